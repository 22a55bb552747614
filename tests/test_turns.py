"""One piece of work in each turn of the event loop, and in which order."""

from __future__ import annotations

import asyncio

from milepost.asgi.turns import _PREFERRED, Turns


async def _works(turns: Turns, done: list[str], name: str, pieces: int = 1) -> None:
    for piece in range(pieces):
        await turns.mine(goes_on=piece > 0)
        done.append(name)


def test_they_are_given_in_the_order_in_which_they_were_asked_for() -> None:
    async def several() -> list[str]:
        turns, done = Turns(), list[str]()
        await asyncio.gather(*[_works(turns, done, name) for name in "abcde"])
        await _works(turns, done, "f")
        return done

    assert asyncio.run(several()) == list("abcdef")


def test_what_begins_goes_before_what_goes_on_but_not_for_ever() -> None:
    async def several() -> list[str]:
        turns, done = Turns(), list[str]()
        await asyncio.gather(_works(turns, done, "L", 3), *[_works(turns, done, "s") for _ in range(20)])
        return done

    done = "".join(asyncio.run(several()))
    assert done.startswith("L" + "s" * _PREFERRED + "L" + "s" * _PREFERRED + "L")
    assert len(done) == 23


def test_between_two_of_them_everybody_else_is_seen_to() -> None:
    async def several() -> list[str]:
        turns, done = Turns(), list[str]()
        long = asyncio.ensure_future(_works(turns, done, "L", 5))
        for _ in range(10):
            await asyncio.sleep(0)
            done.append("-")
        await long
        return done

    assert "LL" not in "".join(asyncio.run(several()))


def test_who_is_gone_takes_nobodys_turn() -> None:
    async def several() -> list[str]:
        turns, done = Turns(), list[str]()
        tasks = [asyncio.ensure_future(_works(turns, done, name)) for name in "abcd"]
        await asyncio.sleep(0)
        tasks[1].cancel()  # before a turn was given
        while "a" not in done:
            await asyncio.sleep(0)
        await asyncio.sleep(0)
        tasks[2].cancel()  # after it may have been
        await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 10)
        await asyncio.wait_for(_works(turns, done, "e"), 10)
        return done

    done = asyncio.run(several())
    assert [one for one in done if one in "ade"] == ["a", "d", "e"]
    assert "b" not in done

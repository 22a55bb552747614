"""Where work runs: long reads of an embedded database take turns, and none holds up another for long."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise

import pytest

from milepost.asgi.lanes import Lane, Lanes, Steps, must_be_short


@pytest.fixture
def lanes() -> Iterator[Lanes]:
    made = Lanes(lambda *_: None, readers=2, answers_at_once=True)
    yield made
    made.close()


def test_long_reads_take_turns(lanes: Lanes) -> None:
    at_once, most = 0, 0
    counting = threading.Lock()

    def read() -> None:
        nonlocal at_once, most
        with counting:
            at_once += 1
            most = max(most, at_once)
        threading.Event().wait(0.002)
        with counting:
            at_once -= 1

    async def several() -> None:
        await asyncio.gather(*[lanes.run(Lane.LONG, read) for _ in range(10)])

    asyncio.run(several())
    assert most == 1


def test_no_number_of_long_reads_holds_up_a_short_one() -> None:
    on_a_server = Lanes(lambda *_: None, readers=4, answers_at_once=False)
    over = threading.Event()

    async def short_behind_long() -> bool:
        scans = [asyncio.ensure_future(on_a_server.run(Lane.LONG, lambda: over.wait(30))) for _ in range(10)]
        try:
            return await asyncio.wait_for(on_a_server.run(Lane.SHORT, must_be_short), 20)
        finally:
            over.set()
            await asyncio.gather(*scans)

    assert asyncio.run(short_behind_long())
    on_a_server.close()


def test_between_pages_the_others_get_their_turn(lanes: Lanes) -> None:
    done: list[str] = []

    async def short() -> None:
        await lanes.run(Lane.SHORT, lambda: done.append("short"))

    async def several() -> None:
        pages = [asyncio.ensure_future(lanes.run(Lane.PAGE, lambda: done.append("page"))) for _ in range(5)]
        await asyncio.sleep(0)
        for _ in range(3):
            await asyncio.ensure_future(short())
        await asyncio.gather(*pages)

    asyncio.run(several())
    assert done.count("page") == 5
    order = " ".join(done)
    assert "page page page" not in order[: order.rindex("short")]


def _in_steps(done: list[str]) -> Steps[str]:
    for number in range(3):
        done.append(f"step {number}")
        yield
    return "made"


def test_what_is_made_in_steps_lets_others_in_between(lanes: Lanes) -> None:
    done: list[str] = []

    async def several() -> str:
        page = asyncio.ensure_future(lanes.run(Lane.PAGE, lambda: _in_steps(done)))
        while not page.done():
            await lanes.run(Lane.SHORT, lambda: done.append("short"))
            await asyncio.sleep(0)
        return await page

    assert asyncio.run(several()) == "made"
    steps = [place for place, what in enumerate(done) if what.startswith("step")]
    assert len(steps) == 3
    assert all("short" in done[before:after] for before, after in pairwise(steps))


@pytest.mark.parametrize("lane", [Lane.LONG, Lane.SHORT])
def test_elsewhere_all_steps_are_taken_at_once(lane: Lane, lanes: Lanes) -> None:
    done: list[str] = []
    assert asyncio.run(lanes.run(lane, lambda: _in_steps(done))) == "made"
    assert done == ["step 0", "step 1", "step 2"]


def test_what_goes_wrong_in_a_step_is_raised(lanes: Lanes) -> None:
    def failing() -> Steps[str]:
        yield
        raise KeyError("step")

    with pytest.raises(KeyError):
        asyncio.run(lanes.run(Lane.PAGE, failing))


def test_a_page_that_is_none_is_made_again_as_a_long_read() -> None:
    class Longer(Exception):
        pass

    places: list[str] = []

    @contextmanager
    def within(name: str) -> Iterator[None]:
        places.append(name)
        yield
        places.append(f"after {name}")

    haste = (lambda: within("at once"), lambda: within("in haste"), Longer)
    lanes = Lanes(lambda *_: None, readers=2, answers_at_once=True, haste=haste)

    def read() -> str:
        if must_be_short():
            raise Longer
        return "read"

    assert asyncio.run(lanes.run(Lane.PAGE, read)) == "read"
    assert places == ["at once", "in haste", "after in haste"]
    lanes.close()


def test_on_a_server_a_page_is_a_long_read() -> None:
    on_a_server = Lanes(lambda *_: None, readers=4, answers_at_once=False)
    assert not asyncio.run(on_a_server.run(Lane.PAGE, must_be_short))
    on_a_server.close()


def test_a_read_that_takes_very_long_does_not_hold_up_the_next(lanes: Lanes) -> None:
    other_has_run = threading.Event()

    async def both() -> bool:
        first = asyncio.ensure_future(lanes.run(Lane.LONG, lambda: other_has_run.wait(30)))
        await asyncio.sleep(0)
        await lanes.run(Lane.LONG, other_has_run.set)
        return await first

    assert asyncio.run(both())


def test_what_is_slow_holds_up_nobody_else_and_goes_one_after_the_other(lanes: Lanes) -> None:
    begun, going_on = threading.Event(), threading.Event()
    done: list[str] = []

    def slow() -> None:
        begun.set()
        assert going_on.wait(10)
        done.append("slow")

    async def together() -> None:
        first = asyncio.ensure_future(lanes.run(Lane.SLOW, slow))
        second = asyncio.ensure_future(lanes.run(Lane.SLOW, lambda: done.append("second")))
        while not begun.is_set():
            await asyncio.sleep(0)
        await lanes.run(Lane.LONG, lambda: done.append("long"))
        await lanes.run(Lane.SHORT, lambda: done.append("short"))
        going_on.set()
        await asyncio.gather(first, second)

    asyncio.run(together())
    assert done == ["long", "short", "slow", "second"]

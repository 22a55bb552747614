"""Group commit: each change stands or falls by itself, is answered once it is durable, and none is forgotten."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest

from milepost.asgi.lanes import Lane, Lanes
from milepost.store.engine import SqliteDatabase, Writer
from milepost.store.engine.writer import Outcome

LIMIT = 10.0


@pytest.fixture
def notes(tmp_path: Path) -> Iterator[SqliteDatabase]:
    """A database with one table; a note that says "doom" rolls back everything, as a full disk would."""
    database = SqliteDatabase(tmp_path / "notes.db")
    database.connection.execute("CREATE TABLE notes (text TEXT NOT NULL UNIQUE)")
    database.connection.execute(
        "CREATE TRIGGER doom BEFORE INSERT ON notes WHEN NEW.text = 'doom' BEGIN SELECT RAISE(ROLLBACK, 'doomed'); END"
    )
    yield database
    database.close()


def note(database: SqliteDatabase, text: str) -> Callable[[], str]:
    """A change that writes a note and returns its text."""

    def change() -> str:
        database.connection.execute("INSERT INTO notes VALUES (?)", (text,))
        return text

    return change


def written(database: SqliteDatabase) -> list[str]:
    """What a reader on another connection sees: only what is committed."""
    other = sqlite3.connect(database.path)
    try:
        return [text for (text,) in other.execute("SELECT text FROM notes ORDER BY rowid")]
    finally:
        other.close()


class Held:
    """A writer that is busy with one change, so that all that is submitted meanwhile waits and becomes one batch."""

    def __init__(self, database: SqliteDatabase) -> None:
        self.writer = Writer(database)
        self._go = threading.Event()
        started = threading.Event()

        def first() -> None:
            started.set()
            self._go.wait(LIMIT)

        self._first = self.writer.submit(first)
        assert started.wait(LIMIT)

    def batch(self, *changes: Callable[[], object]) -> list[Future[object]]:
        """The futures of changes that share one transaction, all done."""
        futures = [self.writer.submit(change) for change in changes]
        self._go.set()
        self._first.result(LIMIT)
        self.writer.close()
        assert all(future.done() for future in futures)
        return futures


def fail() -> None:
    raise LookupError("mine alone")


def test_a_failing_change_takes_no_other_with_it(notes: SqliteDatabase) -> None:
    def half() -> None:
        note(notes, "half")()
        fail()

    one, failed, twice, two = Held(notes).batch(note(notes, "one"), half, note(notes, "one"), note(notes, "two"))
    assert (one.result(), two.result()) == ("one", "two")
    assert isinstance(failed.exception(), LookupError)
    assert isinstance(twice.exception(), sqlite3.IntegrityError)
    assert written(notes) == ["one", "two"]


def test_changes_that_wait_share_one_commit(notes: SqliteDatabase) -> None:
    seen: list[list[str]] = []
    texts = [f"note {index}" for index in range(20)]
    done = Held(notes).batch(*[note(notes, text) for text in texts], lambda: seen.append(written(notes)))
    assert [future.result() for future in done[:-1]] == texts
    assert seen == [[]], "the last change of the batch ran before the commit that holds the others"
    assert written(notes) == texts


def test_an_answer_comes_only_after_the_commit(notes: SqliteDatabase) -> None:
    writer = Writer(notes)
    for index in range(50):
        text = f"note {index}"
        seen: list[bool] = []
        future = writer.submit(note(notes, text))
        # The callback runs on the writer's thread in the moment of the answer.
        future.add_done_callback(lambda _, text=text, seen=seen: seen.append(text in written(notes)))  # type: ignore[misc]
        future.result(LIMIT)
        # `result` wakes up before callbacks are run.
        writer.submit(lambda: None).result(LIMIT)
        assert seen == [True]
    writer.close()


def test_what_rolls_back_the_whole_transaction_fails_the_whole_batch(notes: SqliteDatabase) -> None:
    before, doomed, after = Held(notes).batch(note(notes, "before"), note(notes, "doom"), note(notes, "after"))
    for future in (before, doomed, after):
        with pytest.raises(sqlite3.IntegrityError, match="doomed"):
            future.result()
    assert written(notes) == []


def test_the_writer_goes_on_after_a_batch_that_failed(notes: SqliteDatabase) -> None:
    writer = Writer(notes)
    with pytest.raises(sqlite3.IntegrityError, match="doomed"):
        writer.submit(note(notes, "doom")).result(LIMIT)
    assert writer.submit(note(notes, "life goes on")).result(LIMIT) == "life goes on"
    writer.close()
    assert written(notes) == ["life goes on"]


def test_a_commit_that_fails_fails_every_change_of_it(notes: SqliteDatabase) -> None:
    notes.connection.execute("CREATE TABLE parents (id INTEGER PRIMARY KEY)")
    notes.connection.execute(
        "CREATE TABLE children (parent INTEGER REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED)"
    )

    def orphan() -> None:
        notes.connection.execute("INSERT INTO children VALUES (7)")

    sound, orphaned = Held(notes).batch(note(notes, "sound"), orphan)
    for future in (sound, orphaned):
        with pytest.raises(sqlite3.IntegrityError):
            future.result()
    assert written(notes) == []


def test_a_change_that_nobody_waits_for_any_more_harms_no_other(notes: SqliteDatabase) -> None:
    held = Held(notes)
    given_up = held.writer.submit(note(notes, "given up"))
    assert given_up.cancel()
    (later,) = held.batch(note(notes, "later"))
    assert later.result() == "later"
    assert written(notes) == ["later"]


def test_closing_does_what_is_queued(notes: SqliteDatabase) -> None:
    writer = Writer(notes)
    texts = [f"note {index}" for index in range(500)]
    futures = [writer.submit(note(notes, text)) for text in texts]
    writer.close()
    assert [future.result(0) for future in futures] == texts
    assert written(notes) == texts


class Panic(BaseException):
    """What a library raises that is not to be caught."""


@pytest.mark.parametrize("company", [0, 2], ids=["alone", "in a batch"])
def test_a_change_that_panics_fails_alone_and_the_next_is_made(notes: SqliteDatabase, company: int) -> None:
    def panic() -> str:
        notes.connection.execute("INSERT INTO notes VALUES ('gone')")
        raise Panic

    writer = Writer(notes)
    held = threading.Event()
    first = writer.submit(lambda: held.wait(LIMIT))
    panicked = writer.submit(panic)
    others = [writer.submit(note(notes, f"beside {number}")) for number in range(company)]
    held.set()
    first.result(LIMIT)
    with pytest.raises(RuntimeError, match="a change raised Panic"):
        panicked.result(LIMIT)
    assert [one.result(LIMIT) for one in others] == [f"beside {number}" for number in range(company)]
    assert writer.submit(note(notes, "next")).result(LIMIT) == "next"
    writer.close()
    assert written(notes) == [*(f"beside {number}" for number in range(company)), "next"]


def test_outcomes_of_one_commit_are_told_together(notes: SqliteDatabase) -> None:
    told: list[list[Outcome]] = []
    held = Held(notes)
    waiters: list[Future[object]] = [Future() for _ in range(3)]
    for waiter, change in zip(waiters, (note(notes, "a"), fail, note(notes, "b")), strict=True):
        held.writer.queue(change, "", waiter, told.append)
    (other,) = held.batch(note(notes, "c"))
    assert other.result() == "c", "it was told by itself, though of the same commit"
    ((first, second, third),) = told
    assert [first.waiter, second.waiter, third.waiter] == waiters
    assert (first.result, third.result) == ("a", "b")
    assert isinstance(second.failure, LookupError)


def test_a_change_reaches_whoever_awaits_it(notes: SqliteDatabase) -> None:
    writer = Writer(notes)
    lanes = Lanes(writer.queue, readers=1, answers_at_once=True)

    def stop() -> None:
        raise StopIteration  # which no future of an event loop takes

    async def story() -> list[object]:
        changes = (note(notes, "a"), fail, note(notes, "b"), stop)
        return await asyncio.gather(*[lanes.run(Lane.WRITE, one) for one in changes], return_exceptions=True)

    first, second, third, fourth = asyncio.run(asyncio.wait_for(story(), LIMIT))
    assert (first, third) == ("a", "b")
    assert isinstance(second, LookupError)
    assert isinstance(fourth, RuntimeError)
    lanes.close()
    writer.close()
    assert written(notes) == ["a", "b"]


def test_a_change_whose_event_loop_is_gone_is_made_all_the_same(notes: SqliteDatabase) -> None:
    held = Held(notes)
    lanes = Lanes(held.writer.queue, readers=1, answers_at_once=True)

    async def leave_it() -> None:
        asyncio.get_running_loop().create_task(lanes.run(Lane.WRITE, note(notes, "a"))).set_name("left")
        await asyncio.sleep(0)

    loop = asyncio.new_event_loop()
    loop.run_until_complete(leave_it())
    loop.close()
    (next_one,) = held.batch(note(notes, "b"))
    assert next_one.result() == "b"
    lanes.close()
    assert written(notes) == ["a", "b"]

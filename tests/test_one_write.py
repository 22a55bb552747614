"""Answers leave in one piece, together with those to requests that came in at the same time; nobody waits in vain."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable

import pytest
import uvloop

from milepost.cli import one_write
from milepost.cli.one_write import OneWrite, Outbox

Story = Callable[[OneWrite, socket.socket], Awaitable[None]]
Pairs = list[tuple[OneWrite, socket.socket]]


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine two milliseconds may pass anywhere."""
    monkeypatch.setattr(one_write, "_PATIENCE", 60.0)


def _told(story: Story) -> None:
    """A story of what is written on one end of a connection, and what comes at the other."""

    async def telling() -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            theirs.setblocking(False)
            loop = asyncio.get_running_loop()
            transport, _ = await loop.create_connection(asyncio.Protocol, sock=ours)
            await story(OneWrite(transport, Outbox()), theirs)
            transport.abort()
            await asyncio.sleep(0)

    uvloop.run(telling())


def test_the_head_waits_for_the_body() -> None:
    async def story(transport: OneWrite, theirs: socket.socket) -> None:
        transport.write(b"head ")
        with pytest.raises(BlockingIOError):
            theirs.recv(100)
        assert transport.get_write_buffer_size() == 5
        transport.write(b"body")
        await _turns()
        assert theirs.recv(100) == b"head body"
        assert transport.get_write_buffer_size() == 0

    _told(story)


def test_what_nothing_follows_is_sent_all_the_same() -> None:
    async def story(transport: OneWrite, theirs: socket.socket) -> None:
        transport.write(b"head")
        await _turns()
        assert theirs.recv(100) == b"head"
        transport.write(b"")
        await _turns()
        with pytest.raises(BlockingIOError):
            theirs.recv(100)

    _told(story)


@pytest.mark.parametrize("end", [OneWrite.close, OneWrite.write_eof])
def test_what_is_held_is_sent_before_the_end(end: Callable[[OneWrite], None]) -> None:
    async def story(transport: OneWrite, theirs: socket.socket) -> None:
        transport.write(b"last")
        end(transport)
        await _turns()
        assert theirs.recv(100) == b"last"
        assert theirs.recv(100) == b""

    _told(story)


def test_nothing_is_sent_by_who_is_cut_off() -> None:
    async def story(transport: OneWrite, theirs: socket.socket) -> None:
        transport.write(b"last")
        transport.abort()
        await _turns()
        assert theirs.recv(100) == b""

    _told(story)


def test_answers_to_what_came_together_leave_together() -> None:
    async def story(outbox: Outbox, pairs: Pairs) -> None:
        (one, first), (other, second) = pairs
        outbox.expect()
        outbox.expect()
        one.write(b"head ")
        one.write(b"body")
        assert _has_nothing(first)
        other.write(b"head ")
        assert _has_nothing(first)
        other.write(b"body")
        assert first.recv(100) == second.recv(100) == b"head body"

    _told_of_two(story)


def test_an_answer_that_waits_for_something_holds_up_no_other() -> None:
    async def story(outbox: Outbox, pairs: Pairs) -> None:
        (one, first), (other, second) = pairs
        outbox.expect()
        outbox.expect()
        one.write(b"head ")
        one.write(b"body")
        assert _has_nothing(first)
        await _turns()
        assert first.recv(100) == b"head body"
        other.write(b"late ")
        assert _has_nothing(second)
        other.write(b"body")
        assert second.recv(100) == b"late body"

    _told_of_two(story)


def test_a_large_answer_waits_for_no_other() -> None:
    async def story(outbox: Outbox, pairs: Pairs) -> None:
        (one, first), _ = pairs
        outbox.expect()
        outbox.expect()
        one.write(b"head ")
        one.write(b"x" * 70_000)
        assert first.recv(6) == b"head x"

    _told_of_two(story)


def test_an_answer_does_not_wait_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(outbox: Outbox, pairs: Pairs) -> None:
        (one, first), (other, second) = pairs
        for _ in range(4):
            outbox.expect()
        one.write(b"early ")
        one.write(b"answer")
        monkeypatch.setattr(one_write, "_PATIENCE", 0.001)
        time.sleep(0.01)  # a task that takes long
        other.write(b"late ")
        other.write(b"answer")
        assert first.recv(100) == b"early answer"
        assert second.recv(100) == b"late answer"
        monkeypatch.setattr(one_write, "_PATIENCE", 60.0)
        one.write(b"next ")
        one.write(b"answer")
        assert _has_nothing(first)
        await _turns()
        assert first.recv(100) == b"next answer"

    _told_of_two(story)


def _told_of_two(story: Callable[[Outbox, Pairs], Awaitable[None]]) -> None:
    """A story of two connections of one process."""

    async def telling() -> None:
        loop, outbox = asyncio.get_running_loop(), Outbox()
        pairs: Pairs = []
        for _ in range(2):
            ours, theirs = socket.socketpair()
            theirs.setblocking(False)
            transport, _ = await loop.create_connection(asyncio.Protocol, sock=ours)
            pairs.append((OneWrite(transport, outbox), theirs))
        await story(outbox, pairs)
        for connection, theirs in pairs:
            connection.abort()
            theirs.close()
        await asyncio.sleep(0)

    uvloop.run(telling())


def _has_nothing(end: socket.socket) -> bool:
    """Whether nothing has come."""
    try:
        end.recv(1, socket.MSG_PEEK)
    except BlockingIOError:
        return True
    return False


async def _turns() -> None:
    """What is ready to run has run."""
    for _ in range(5):
        await asyncio.sleep(0)

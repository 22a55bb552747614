"""What is written in two steps leaves in one piece, and nothing is held while anybody waits."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable

import pytest
import uvloop

from milepost.cli.one_write import OneWrite

Story = Callable[[OneWrite, socket.socket], Awaitable[None]]


def _told(story: Story) -> None:
    """A story of what is written on one end of a connection, and what comes at the other."""

    async def telling() -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            theirs.setblocking(False)
            loop = asyncio.get_running_loop()
            transport, _ = await loop.create_connection(asyncio.Protocol, sock=ours)
            await story(OneWrite(transport), theirs)
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


async def _turns() -> None:
    """What is ready to run has run."""
    for _ in range(5):
        await asyncio.sleep(0)

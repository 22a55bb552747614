"""Several processes that serve one database: starts them, replaces those that end, and ends them all.

They share one socket, and any free worker takes the next connection. With one socket each at the same port
(SO_REUSEPORT) the kernel would assign connections by chance: measured, the shares were no more even. The connections of
a killed worker would wait for its successor, and a second server could share the port unnoticed.
"""

from __future__ import annotations

import logging
import multiprocessing
import signal
from collections.abc import Callable, Sequence
from contextlib import suppress
from multiprocessing import connection, resource_tracker
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from socket import socket
from time import monotonic

from milepost.cli.answering import GRACE
from milepost.cli.failure import Failed
from milepost.cli.signals import held_back
from milepost.cli.worker import work
from milepost.config import Settings

_log = logging.getLogger("milepost")

# Seconds that a worker has to end: for running calls, and for the remaining work of its writer.
_LIMIT = GRACE + 10
# Seconds between two starts in one place: the least, doubled after each worker that never became ready; and the most.
_PACE, _SLOWEST = 1.0, 30.0

# Not forked: a lock held by another thread would never be released in the fork.
_spawning = multiprocessing.get_context("spawn")


class _Place:
    """A place for one worker at a time. `is_ready`: the worker takes calls."""

    def __init__(self, number: int, settings: Settings, opened: socket, gone: Callable[[int], None]) -> None:
        self.is_ready = False
        self.process: SpawnProcess | None = None
        self._name, self._settings, self._opened = f"worker {number}", settings, opened
        self._gone = gone
        self._told: Connection | None = None
        self._pace, self._next_start = _PACE, 0.0

    @property
    def signs(self) -> list[int | Connection]:
        """The objects to wait on for news of this place."""
        running = [self.process.sentinel] if self.process is not None else []
        return running + ([self._told] if self._told is not None else [])

    @property
    def rests(self) -> float | None:
        """The seconds until the next start of a worker; `None` where one runs."""
        return None if self.process is not None else max(0.0, self._next_start - monotonic())

    def start(self) -> None:
        """Start a worker; `OSError` where the system has no room for it."""
        self._next_start = monotonic() + self._pace
        self._told, telling = _spawning.Pipe(duplex=False)
        process = _spawning.Process(target=work, args=(self._settings, self._opened, telling), daemon=True)
        try:
            with held_back():
                process.start()
                self.process = process
        finally:
            telling.close()

    def look(self) -> str:
        """Take note of news. How the worker ended comes back, "" while it runs."""
        self._listen()
        if self.process is None or self.process.exitcode is None:
            return ""
        if not self.is_ready:
            self._pace = min(self._pace * 2, _SLOWEST)
        said = f"{self._name} (process {self.process.pid}) {_end(self.process.exitcode)}"
        if self.process.pid is not None:
            self._gone(self.process.pid)
        self.process.close()
        self.process, self.is_ready = None, False
        return said

    def end(self) -> None:
        """Have the worker finish its running calls and end; at once if it has never been ready."""
        self._listen()
        if self.process is not None and self.is_ready:
            self.process.terminate()
        elif self.process is not None:
            self.process.kill()

    def _listen(self) -> None:
        """Take note of whether the worker takes calls."""
        if self._told is not None and self._told.poll():
            with suppress(EOFError):
                self._told.recv()
                self.is_ready, self._pace = True, _PACE
            self._told.close()
            self._told = None


def supervise(
    settings: Settings,
    opened: socket,
    count: int,
    ready: Callable[[], None],
    gone: Callable[[int], None] = lambda _process: None,
) -> None:
    """Serve with `count` workers until a signal ends this process; `ready` is called once all of them take calls,
    `gone` with the id of each process that has ended.

    `Failed` where one of the first cannot be started: it has said why on standard error.
    """
    resource_tracker.ensure_running()  # which would let signals in, if it were started with the first worker
    places = [_Place(number, settings, opened, gone) for number in range(1, count + 1)]
    try:
        for place in places:
            place.start()
        while not all(place.is_ready for place in places):
            _wait(places)
            for place in places:
                if ended := place.look():
                    raise Failed(f"{ended} before it could take calls; what it wrote says why")
        ready()
        while True:
            _wait(places)
            for place in places:
                _keep(place)
    finally:
        opened.close()  # else connections would be accepted after the last worker has closed it
        _end_all(places)


def _wait(places: Sequence[_Place]) -> None:
    resting = [place.rests for place in places if place.rests is not None]
    connection.wait([sign for place in places for sign in place.signs], min(resting, default=None))


def _keep(place: _Place) -> None:
    """Report the end of a worker, and start another when it is time."""
    if ended := place.look():
        _log.warning("%s; another one takes its place", ended)
    if place.rests == 0:
        try:
            place.start()
        except OSError as error:
            _log.error("a worker cannot be started: %s; it is tried again", error.strerror)


def _end_all(places: Sequence[_Place]) -> None:
    processes = [place.process for place in places if place.process is not None]
    for place in places:
        place.end()
    until = monotonic() + _LIMIT
    try:
        for process in processes:
            process.join(max(0.0, until - monotonic()))
    finally:  # also after a second signal, which gives no time
        for process in processes:
            process.kill()
            process.join()


def _end(code: int) -> str:
    return f"ended with code {code}" if code >= 0 else f"was ended by {signal.Signals(-code).name}"

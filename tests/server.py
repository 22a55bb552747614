"""A real server over a database, of one process or of several, for what only a socket and a kill can show."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_LISTENING = re.compile(r"Listening on (http://\S+)")

# A machine that runs other tests beside this one may take its time to load the program.
_START_LIMIT = 60.0
_STOP_LIMIT = 60.0


class Server:
    """`milepost serve` on a free port, over a file or an address. `address` is its base URL once it is made.

    It has a process group of its own, as a program at a terminal has. `before`: Python that its one process runs first.
    """

    def __init__(
        self, database: Path | str, workers: int = 1, environment: dict[str, str] | None = None, before: str = ""
    ) -> None:
        url = f"sqlite:///{database}" if isinstance(database, Path) else database
        program = ["-c", f"{before}\nfrom milepost.cli import main\nmain()"] if before else ["-m", "milepost"]
        command = [sys.executable, *program, "serve", "--port", "0", "--database", url]
        self._process = subprocess.Popen(
            [*command, "--workers", str(workers)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "MILEPOST_RATE_LIMIT": "off", **(environment or {})},
            start_new_session=True,
        )
        self._said: list[str] = []
        self._told = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self._told.wait(_START_LIMIT)
        found = _LISTENING.search(self.said)
        if found is None:
            self.kill()
            raise AssertionError(f"the server did not start: {self.said}")
        self.address = found.group(1)

    @property
    def said(self) -> str:
        """What it has printed so far, on both streams."""
        return "".join(self._said)

    @property
    def pid(self) -> int:
        """The process that was started."""
        return self._process.pid

    def _read(self) -> None:
        """Take what the server prints, so that it never waits for a reader; it has told once it says its address."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._said.append(line)
            if _LISTENING.search(line):
                self._told.set()
        self._told.set()

    def workers(self) -> list[int]:
        """The processes beneath the first that serve."""
        return [pid for pid, parent, command in _processes() if parent == self.pid and "spawn_main" in command]

    @contextmanager
    def only(self, worker: int) -> Iterator[None]:
        """No other worker runs meanwhile, so that this one takes what connects."""
        others = [pid for pid in self.workers() if pid != worker]
        for pid in others:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in others:
                os.kill(pid, signal.SIGCONT)

    def tell(self, number: signal.Signals, *, everybody: bool = False) -> None:
        """Send a signal to the first process, or to everybody, as a terminal does with Ctrl-C."""
        if everybody:
            os.killpg(self.pid, number)
        else:
            self._process.send_signal(number)

    def ended(self) -> int:
        """Wait for the end; the code that it ended with."""
        try:
            return self._process.wait(_STOP_LIMIT)
        except subprocess.TimeoutExpired:
            os.killpg(self.pid, signal.SIGKILL)
            raise
        finally:
            self._reap()

    def kill(self) -> None:
        """SIGKILL: no process gets a chance to finish anything."""
        if self._process.returncode is None:
            os.killpg(self.pid, signal.SIGKILL)
        self._reap()

    def stop(self) -> int:
        """Ask the server to end, as an operator does; what is queued is written. One that is gone already is fine."""
        self._process.terminate()
        return self.ended()

    def _reap(self) -> None:
        self._process.wait()
        self._reader.join(_STOP_LIMIT)
        assert not self._reader.is_alive(), "a worker lives on"
        assert self._process.stdout is not None
        self._process.stdout.close()


@contextmanager
def serving(database: Path | str, workers: int = 1) -> Iterator[Server]:
    """A server over the database, for as long as the context lasts."""
    server = Server(database, workers)
    try:
        yield server
    finally:
        server.stop()


def wait_until(holds: Callable[[], bool], limit: float = 30.0) -> float:
    """Wait until something holds; the seconds that it took."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < limit, "it never came to hold"
        time.sleep(0.02)
    return time.monotonic() - began


def _processes() -> Iterator[tuple[int, int, str]]:
    """Every process: its id, its parent's, and its command line."""
    if Path("/proc/self/stat").exists():
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):  # it has ended meanwhile
                parent = (folder / "stat").read_text().rpartition(")")[2].split()[1]
                yield int(folder.name), int(parent), (folder / "cmdline").read_text(errors="replace").replace("\0", " ")
        return
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,args="], capture_output=True, text=True, check=True)
    for line in listed.stdout.splitlines():
        pid, parent, command = line.split(maxsplit=2)
        yield int(pid), int(parent), command

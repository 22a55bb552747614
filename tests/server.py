"""A real server in a process of its own over a database, for what only a socket and a kill can show."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_LISTENING = re.compile(r"Listening on (http://\S+)")

# A machine that runs other tests beside this one may take its time to load the program.
_START_LIMIT = 60.0
_STOP_LIMIT = 30.0


class Server:
    """`milepost serve` on a free port, over a file or an address. `address` is its base URL once it is made."""

    def __init__(self, database: Path | str) -> None:
        url = f"sqlite:///{database}" if isinstance(database, Path) else database
        command = [sys.executable, "-m", "milepost", "serve", "--port", "0", "--database", url]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self._said: list[str] = []
        self._told = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self._told.wait(_START_LIMIT)
        found = _LISTENING.search("".join(self._said))
        if found is None:
            self.kill()
            raise AssertionError(f"the server did not start: {''.join(self._said)}")
        self.address = found.group(1)

    def _read(self) -> None:
        """Take what the server prints, so that it never waits for a reader; it has told once it says its address."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._said.append(line)
            if _LISTENING.search(line):
                self._told.set()
        self._told.set()

    def kill(self) -> None:
        """SIGKILL: the process gets no chance to finish anything."""
        self._process.kill()
        self._reap()

    def stop(self) -> None:
        """Ask the server to end, as an operator does; what is queued is written. One that is gone already is fine."""
        self._process.terminate()
        try:
            self._process.wait(_STOP_LIMIT)
        except subprocess.TimeoutExpired:
            self._process.kill()
            raise
        finally:
            self._reap()

    def _reap(self) -> None:
        self._process.wait()
        self._reader.join()
        assert self._process.stdout is not None
        self._process.stdout.close()


@contextmanager
def serving(database: Path | str) -> Iterator[Server]:
    """A server over the database, for as long as the context lasts."""
    server = Server(database)
    try:
        yield server
    finally:
        server.stop()

"""Claims to names, granted or refused at once: each stands for some work, and lasts as long as that takes.

A claim prevents nothing; it only tells that somebody else is doing the same. What must not happen twice is decided in
the transaction that does it.
"""

from __future__ import annotations

import os
import struct
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import blake2b
from pathlib import Path

if sys.platform != "win32":  # Windows has no such locks
    import fcntl

# Sets a lock that belongs to an open file, not to its process: only Linux has such locks.
_SET: int = getattr(fcntl, "F_OFD_SETLK", 0) if sys.platform != "win32" else 0
_FURTHEST = 1 << 62


class Claims:
    """The claims of this process; where it works on a file, of all processes that do.

    Between processes a claim is a lock on one byte of the file's log (`-wal`), at an offset that is a hash of the name
    and may lie beyond the end. SQLite never locks the log, which exists as long as anybody has the file open, and the
    system releases the lock with the process. Where there are no such locks, claims hold within one process only.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._log = f"{file}-wal" if file is not None and _SET else ""
        self._handle = -1
        self._names: set[str] = set()
        self._lock = threading.Lock()

    @contextmanager
    def claim(self, name: str) -> Iterator[bool]:
        """Claim a name until the context ends; false where somebody else has claimed it."""
        with self._lock:
            if name in self._names or not self._locked(name):
                claimed = False
            else:
                self._names.add(name)
                claimed = True
        try:
            yield claimed
        finally:
            if claimed:
                with self._lock:
                    self._names.remove(name)
                    self._unlock(name)

    def close(self) -> None:
        """Close the file that it holds open."""
        with self._lock:
            if self._handle >= 0:
                os.close(self._handle)
                self._handle = -1

    def _locked(self, name: str) -> bool:
        if not self._log:
            return True
        try:
            if self._handle < 0:
                self._handle = os.open(self._log, os.O_RDWR | os.O_CLOEXEC)
            self._set(fcntl.F_WRLCK, name)
        except BlockingIOError:
            return False
        except OSError:  # no log yet, or no such locks in this file system
            return True
        return True

    def _unlock(self, name: str) -> None:
        if self._handle >= 0:
            with suppress(OSError):
                self._set(fcntl.F_UNLCK, name)

    def _set(self, kind: int, name: str) -> None:
        byte = int.from_bytes(blake2b(name.encode(), digest_size=8).digest()) % _FURTHEST
        fcntl.fcntl(self._handle, _SET, struct.pack("hhqqi4x", kind, os.SEEK_SET, byte, 1, 0))

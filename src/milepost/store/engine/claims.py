"""Who is at what: a claim to a name, given or refused at once, for as long as the work takes that it stands for.

It keeps nobody from anything, but tells that somebody else is at the same. What must not happen twice is decided in
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

if sys.platform != "win32":  # which has no such locks
    import fcntl

# Sets a lock of an open file, rather than of its process: only Linux has them.
_SET: int = getattr(fcntl, "F_OFD_SETLK", 0) if sys.platform != "win32" else 0
_FURTHEST = 1 << 62


class Claims:
    """Those of this process; and where it works on a file, of all that do.

    Between processes a claim is a lock on one byte of the file's log (`-wal`), wherever that ends: the byte stands for
    the name. SQLite never locks the log, which is there as long as anybody has the file open, and the system releases
    the lock with the process. Where there are no such locks, nothing depends on them.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._log = f"{file}-wal" if file is not None and _SET else ""
        self._handle = -1
        self._names: set[str] = set()
        self._lock = threading.Lock()

    @contextmanager
    def claim(self, name: str) -> Iterator[bool]:
        """Whether nobody else has claimed the name; it is claimed, if so, until the context ends."""
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
        """Release what it holds open."""
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

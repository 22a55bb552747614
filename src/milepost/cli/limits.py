"""How much a connection may ask of the server before anybody is known behind it."""

from __future__ import annotations

import sys
from collections import Counter
from contextlib import suppress
from ipaddress import ip_address, ip_network

from milepost.asgi.origins import origin

# In bytes. A filter of 16 KiB, which is the longest, takes three times as many where every byte of it is escaped.
TARGET_BYTES = 64 * 1024
HEADER_BYTES = 32 * 1024

# In seconds: for the head of a request, which is small; for a body, and one more for every 500 bytes of it that have
# come; for whoever reads an answer, to take anything of it; between two requests; and to read why he is refused, which
# lasts no longer than so many more bytes.
HEAD_SECONDS = 10.0
BODY_SECONDS = 30.0
BODY_RATE = 500
READING_SECONDS = 30.0
IDLE_SECONDS = 5
LAST_SECONDS = 1.0
LAST_BYTES = 1024 * 1024

# Each connection is an open file. Where the system sets no bound, this one is taken.
_OPEN_FILES = 65_536


def raise_open_files() -> None:
    """Let this process have as many files open as the system lets it: most begin with 1,024, whatever they may have.

    Beyond it connections wait unanswered, and a database file cannot be opened.
    """
    if sys.platform == "win32":
        return
    import resource  # there is none on Windows

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, _OPEN_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(OSError, ValueError):  # macOS has another bound beneath this one
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


class Connections:
    """How many connections each address has open; `most` of them, 0 for any number, but for the proxies' own."""

    def __init__(self, most: int, proxies: tuple[str, ...]) -> None:
        self._most = most
        self._proxies = [ip_network(one) for one in proxies]
        self._open: Counter[str] = Counter()

    def counted(self, host: str) -> str:
        """Under which name connections of an address count, "" where they do not."""
        name = origin(host) if self._most else ""
        if not name:
            return ""
        address = ip_address(host if "/" in name else name)
        return "" if any(address in one for one in self._proxies) else name

    def opened(self, name: str) -> bool:
        """Count one more; whether that is one too many."""
        self._open[name] += 1
        return self._open[name] > self._most

    def closed(self, name: str) -> None:
        """Count one less."""
        self._open[name] -= 1
        if self._open[name] <= 0:
            del self._open[name]

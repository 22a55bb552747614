"""Limits of connections, whose clients are not authenticated yet."""

from __future__ import annotations

import sys
from collections import Counter
from contextlib import suppress
from ipaddress import ip_address, ip_network

from milepost.asgi.origins import origin

# In bytes. The longest filter, 16 KiB, takes three times as much if every byte is escaped.
TARGET_BYTES = 64 * 1024
HEADER_BYTES = 32 * 1024

# In seconds: for the head of a request; for a body, plus one for every BODY_RATE bytes received; for a client to read
# any part of an answer; between two requests; and for a refused client to read the refusal, while at most LAST_BYTES
# more are received.
HEAD_SECONDS = 10.0
BODY_SECONDS = 30.0
BODY_RATE = 500
READING_SECONDS = 30.0
IDLE_SECONDS = 5
LAST_SECONDS = 1.0
LAST_BYTES = 1024 * 1024

# The limit of open files where the system sets none; each connection is an open file.
_OPEN_FILES = 65_536


def raise_open_files() -> None:
    """Raise this process's limit of open files to the system's maximum: most processes begin with 1,024.

    Beyond the limit connections wait unanswered, and a database file cannot be opened.
    """
    if sys.platform == "win32":
        return
    import resource  # not on Windows

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, _OPEN_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(OSError, ValueError):  # macOS has another, lower limit
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


class Connections:
    """The number of open connections of each address: at most `most`, 0 for any number. Proxies are exempt."""

    def __init__(self, most: int, proxies: tuple[str, ...]) -> None:
        self._most = most
        self._proxies = [ip_network(one) for one in proxies]
        self._open: Counter[str] = Counter()

    def counted(self, host: str) -> str:
        """The name under which connections of an address count, "" where they do not."""
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

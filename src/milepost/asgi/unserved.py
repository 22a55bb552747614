"""Calls that no front end serves: counted by kind, and logged for the operator, who learns what clients miss."""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from milepost.asgi.observed import METHODS

_log = logging.getLogger("milepost")

# At most this many kinds are told apart; further ones count as one kind for each front end and method.
_MOST_KINDS = 200
_LISTED_AT_END = 20
# A segment that may be the name of a route, rather than an id, or a person's name, address or secret.
_WORD = re.compile(r"[A-Za-z]+(?:[-_][A-Za-z]+)*|v[0-9]{1,2}")
_LONGEST, _DEEPEST = 24, 8
_OTHERS = "others"


class Kind(NamedTuple):
    """Calls that are alike. `front_end`: the one that was called, "" for none; `route`: the path with `{id}` for each
    segment that is no word, "" outside of the front ends.
    """

    front_end: str
    method: str
    route: str

    def __str__(self) -> str:
        if not self.route:
            return f"{self.method} of an address outside of the APIs"
        return f"{self.method} {self.route} ({self.front_end})"


class Unserved:
    """The unserved calls of one process. `tell` is called for each. For the thread of the event loop alone."""

    def __init__(self, tell: Callable[[Kind], None] | None = None) -> None:
        self._tell = tell
        self._counts: Counter[Kind] = Counter()

    def met(self, front_end: str, method: str, path: str) -> None:
        """Count a call of a front end's path; outside of the front ends, the path is not given."""
        kind = Kind(front_end, method if method in METHODS else "other", template(path))
        if kind not in self._counts and len(self._counts) >= _MOST_KINDS:
            kind = kind._replace(route=_OTHERS)
        self._counts[kind] += 1
        if self._tell is not None:
            self._tell(kind)
        count = self._counts[kind]
        if count == 1:
            _log.warning("%s is not served; it is told again after ten such calls, a hundred, and so on", kind)
        elif str(count).strip("0") == "1":
            _log.warning("%s is not served; it was called %s times", kind, f"{count:,}")

    def close(self) -> None:
        """Log how often each kind was called, the most frequent first."""
        for kind, count in self._counts.most_common(_LISTED_AT_END):
            _log.warning("not served while this process ran: %s, called %s", kind, _times(count))
        if more := self._counts.most_common()[_LISTED_AT_END:]:
            _log.warning(
                "not served while this process ran: %s more kinds, called %s",
                len(more),
                _times(sum(n for _, n in more)),
            )
        self._counts.clear()


def template(path: str) -> str:
    """A path as it can be logged: its words, and `{id}` for every segment that may be more than a word."""
    segments = path.split("/", _DEEPEST)
    told = [
        one if not one or (len(one) <= _LONGEST and _WORD.fullmatch(one)) else "{id}" for one in segments[:_DEEPEST]
    ]
    return "/".join(told) + ("/\N{HORIZONTAL ELLIPSIS}" if len(segments) > _DEEPEST else "")


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count:,} times"

"""Calls of what no front end serves: counted by kind, and told to the operator, who learns what a client misses."""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from milepost.asgi.observed import METHODS

_log = logging.getLogger("milepost")

# Kinds that are told apart; further ones are counted as one for each front end and method.
_MOST = 200
# Kinds that are listed at the end.
_LISTED = 20
# A segment that may be the name of a route, rather than somebody's id, name, address or secret.
_WORD = re.compile(r"[A-Za-z]+(?:[-_][A-Za-z]+)*|v[0-9]{1,2}")
_LONGEST, _DEEPEST = 24, 8
_OTHERS = "others"


class Kind(NamedTuple):
    """Calls that are alike. `front_end`: which of them was called, "" for none; `route`: the path with `{id}` in place
    of what is no word, "" outside of the front ends.
    """

    front_end: str
    method: str
    route: str

    def __str__(self) -> str:
        if not self.route:
            return f"{self.method} of an address outside of the APIs"
        return f"{self.method} {self.route} ({self.front_end})"


class Unserved:
    """Those of one process. `tell` hears of each. For the thread of the event loop alone."""

    def __init__(self, tell: Callable[[Kind], None] | None = None) -> None:
        self._tell = tell
        self._counts: Counter[Kind] = Counter()

    def met(self, front_end: str, method: str, path: str) -> None:
        """Somebody called this path of a front end; of calls outside of them no path is given."""
        kind = Kind(front_end, method if method in METHODS else "other", template(path))
        if kind not in self._counts and len(self._counts) >= _MOST:
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
        """Tell how often each was called, the most frequent first."""
        for kind, count in self._counts.most_common(_LISTED):
            _log.warning("not served while this process ran: %s, called %s", kind, _times(count))
        if more := self._counts.most_common()[_LISTED:]:
            _log.warning(
                "not served while this process ran: %s more kinds, called %s",
                len(more),
                _times(sum(n for _, n in more)),
            )
        self._counts.clear()


def template(path: str) -> str:
    """A path as it can be told: its words, and `{id}` for every segment that may be more than a word."""
    segments = path.split("/", _DEEPEST)
    told = [
        one if not one or (len(one) <= _LONGEST and _WORD.fullmatch(one)) else "{id}" for one in segments[:_DEEPEST]
    ]
    return "/".join(told) + ("/\N{HORIZONTAL ELLIPSIS}" if len(segments) > _DEEPEST else "")


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count:,} times"

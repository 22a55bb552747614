"""Shortens long lists of similar messages, so that one cause does not fill the screen: the first few are shown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

# Up to this many similar lines are all shown; of more, only the first few.
_MOST = 10
_FIRST = 3

# Messages of one cause differ only in ids, indexes and other numbers.
_PARTICULAR = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b[0-9a-f]{24}\b|[0-9][0-9,]*")


def digest(lines: Iterable[str]) -> Iterator[str]:
    """The lines, similar ones together, in order of the first; of more than ten similar ones, three and a count."""
    groups: dict[str, list[str]] = {}
    for line in lines:
        groups.setdefault(_PARTICULAR.sub("", line), []).append(line)
    for alike in groups.values():
        if len(alike) <= _MOST:
            yield from alike
        else:
            yield from alike[:_FIRST]
            yield f"  and {len(alike) - _FIRST:,} more like this"

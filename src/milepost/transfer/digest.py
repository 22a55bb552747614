"""Keeps one wrong cause from filling the screen: of many messages that are alike, a person is shown the first few."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

# Up to so many lines alike are all shown; of more, the first few.
_MOST = 10
_FIRST = 3

# What differs between messages of one cause: the ids, the indexes and the numbers in them.
_PARTICULAR = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b[0-9a-f]{24}\b|[0-9][0-9,]*")


def digest(lines: Iterable[str]) -> Iterator[str]:
    """The lines, those that are alike together, in order of their first; of more than ten alike, three and a count."""
    groups: dict[str, list[str]] = {}
    for line in lines:
        groups.setdefault(_PARTICULAR.sub("", line), []).append(line)
    for alike in groups.values():
        if len(alike) <= _MOST:
            yield from alike
        else:
            yield from alike[:_FIRST]
            yield f"  and {len(alike) - _FIRST:,} more like this"

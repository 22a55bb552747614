"""Advice for queries that would scan too many records: the indexed fields, under this API's names."""

from __future__ import annotations

from milepost.dialects.gtmhub.fields import Free, Leaf
from milepost.dialects.gtmhub.tables import GOAL, LIST, METRIC, SESSION, TASK, USER
from milepost.domain.errors import TooMuch

_NAMES = {
    (node.field if isinstance(node, Leaf) else node.place).path: name
    for table in (METRIC, GOAL, TASK, LIST, SESSION, USER)
    for name, node in table.nodes.items()
    if isinstance(node, Leaf | Free)
}


def advice(error: TooMuch) -> str:
    """The fields by which a query may be narrowed."""
    names = [_NAMES[path] for path in error.narrowing if path in _NAMES]
    return f"narrow it by one of {', '.join(sorted(names))}" if names else "ask for less"

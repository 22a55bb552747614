"""Where two answers differ, field by field, and which differences are expected."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from enum import Enum
from typing import Any
from urllib.parse import urlsplit

import msgspec

from milepost.domain import instants


class Absent(Enum):
    """Stands for the value of a missing field."""

    HERE = "absent"


ABSENT = Absent.HERE
_ITEM = re.compile(r"\[[^\]]*\]")


class Difference(msgspec.Struct, frozen=True):
    """One field that differs. `at`: its path, with the ids of items, such as `items[625…].name`."""

    at: str
    theirs: Any
    ours: Any

    @property
    def field(self) -> str:
        """The path without ids: the same for all items."""
        return _ITEM.sub("[]", self.at)

    @property
    def expected(self) -> str:
        """The name in `EXPECTED` of the reason why it does not count, "" where it counts."""
        name = self.at.rpartition(".")[2]
        return next((why for why, (_, holds) in EXPECTED.items() if holds(name, self.theirs, self.ours)), "")


def differences(theirs: Any, ours: Any, at: str = "", *, unordered: bool = False) -> Iterator[Difference]:
    """Every field in which two answers differ. Items are compared by id if they have ids; another order is a difference
    of its own, unless they are `unordered`.
    """
    if isinstance(theirs, dict) and isinstance(ours, dict):
        for name in dict.fromkeys((*theirs, *ours)):
            place = f"{at}.{name}" if at else str(name)
            yield from differences(theirs.get(name, ABSENT), ours.get(name, ABSENT), place, unordered=unordered)
    elif isinstance(theirs, list) and isinstance(ours, list):
        yield from _of_lists(theirs, ours, at, unordered=unordered)
    elif isinstance(theirs, bool) != isinstance(ours, bool) or theirs != ours or type(theirs) is not type(ours):
        yield Difference(at or "(all of it)", theirs, ours)


def _of_lists(theirs: list[Any], ours: list[Any], at: str, *, unordered: bool) -> Iterator[Difference]:
    there, here = by_id(theirs), by_id(ours)
    if there is None or here is None or not (there or here):
        for number in range(max(len(theirs), len(ours))):
            one = theirs[number] if number < len(theirs) else ABSENT
            other = ours[number] if number < len(ours) else ABSENT
            yield from differences(one, other, f"{at}[{number}]")
        return
    for key in dict.fromkeys((*there, *here)):
        yield from differences(there.get(key, ABSENT), here.get(key, ABSENT), f"{at}[{key}]")
    order = [key for key in there if key in here], [key for key in here if key in there]
    if order[0] != order[1] and not unordered:
        yield Difference(f"{at} (order)", order[0], order[1])


def by_id(items: list[Any]) -> dict[str, Any] | None:
    """The items by their ids; `None` where not every one has an id of its own."""
    found = {str(one.get("id") or one.get("_id") or ""): one for one in items if isinstance(one, dict)}
    return found if len(found) == len(items) and "" not in found else None


def _same_number(_name: str, theirs: Any, ours: Any) -> bool:
    numbers = all(isinstance(one, int | float) and not isinstance(one, bool) for one in (theirs, ours))
    return numbers and bool(theirs == ours)


def _same_moment(_name: str, theirs: Any, ours: Any) -> bool:
    if not isinstance(theirs, str) or not isinstance(ours, str) or "T" not in theirs:
        return False
    there, here = (instants.read(one) for one in (theirs, ours))
    return there is not None and there == here


def _same_address(_name: str, theirs: Any, ours: Any) -> bool:
    if not isinstance(theirs, str) or not isinstance(ours, str):
        return False
    try:
        there, here = urlsplit(theirs), urlsplit(ours)
    except ValueError:
        return False
    webs = all(one.scheme in ("http", "https") for one in (there, here))
    return webs and there[1] != here[1] and there[2:] == here[2:]


def _added(name: str, theirs: Any, _ours: Any) -> bool:
    """Whether a field was added, not an item of a list."""
    return theirs is ABSENT and not name.endswith("]")


def _modified(name: str, _theirs: Any, ours: Any) -> bool:
    return name in ("modifiedAt", "lastModified") and ours is not ABSENT


# By name: why a difference is expected, and the test of it: (name of the field, their value, ours).
EXPECTED: dict[str, tuple[str, Callable[[str, Any, Any], bool]]] = {
    "number": ("the same number, with a fraction written or not (1 and 1.0)", _same_number),
    "moment": ("the same moment to the microsecond, which is as exactly as times are kept", _same_moment),
    "host": ("the same address but for the host: it is this server's", _same_address),
    "added": ("a field that is not in theirs: whoever reads those does not look for it", _added),
    "modified": (
        "when a record was last changed here, such as by an import",
        _modified,
    ),
}

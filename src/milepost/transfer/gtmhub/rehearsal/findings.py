"""The findings of a rehearsal: differences counted by call and field, each with its first example."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from milepost.asgi.unserved import template
from milepost.transfer.gtmhub.rehearsal.differing import ABSENT, EXPECTED, Difference

# At most this many groups are told apart; further ones are counted together.
_MOST = 1_000
_SECRET = re.compile("token|secret|password|api_?key|credential|authorization|cookie|bearer", re.IGNORECASE)
# Characters of a value that are shown.
_QUOTED = 120
_OTHERS = ("(others)", "(others)", "", False, False)


class Group(msgspec.Struct, omit_defaults=True):
    """Differences that are alike. `call` and `at`: the place of the first, `theirs` and `ours`: its values as JSON,
    `absent` for a missing field; `expected`: why they do not count, "" where they count.
    """

    calls: str
    field: str
    count: int
    call: str
    at: str
    theirs: str
    ours: str
    expected: str = ""


class Findings(msgspec.Struct):
    """The number of `calls` made, and of the `differing` ones; `fields`: the number of differences that count."""

    calls: int = 0
    differing: int = 0
    fields: int = 0
    groups: list[Group] = []
    expected: dict[str, int] = {}
    _known: dict[tuple[str, str, str, bool, bool], Group] = {}

    def add(self, one: Told) -> None:
        """Take note of a difference."""
        if one.expected:
            self.expected[one.expected] = self.expected.get(one.expected, 0) + 1
        if not one.counts:
            return
        self.fields += 1
        there, here = (value is ABSENT for value in (one.difference.theirs, one.difference.ours))
        key = (template(one.call.partition("?")[0]), one.difference.field, one.expected, there, here)
        if key not in self._known and len(self._known) >= _MOST:
            key = _OTHERS
        if (group := self._known.get(key)) is None:
            told = (one.call, one.difference.at, one.theirs, one.ours)
            group = self._known[key] = Group(key[0], key[1], 0, *told, expected=one.expected)
            self.groups.append(group)
        group.count += 1


class Told(msgspec.Struct, frozen=True):
    """A difference of a call for the report, without the values of secrets. `counts`: it is one of those that are
    looked for.
    """

    call: str
    difference: Difference
    expected: str
    counts: bool

    @property
    def theirs(self) -> str:
        """Their value."""
        return self._shown(self.difference.theirs)

    @property
    def ours(self) -> str:
        """Our value."""
        return self._shown(self.difference.ours)

    def _shown(self, value: Any) -> str:
        if value is ABSENT:
            return "absent"
        if _SECRET.search(self.difference.at):
            return "(not shown)"
        text = msgspec.json.encode(_without_secrets(value)).decode()
        return text if len(text) <= _QUOTED else f"{text[:_QUOTED]}\N{HORIZONTAL ELLIPSIS}"


def _without_secrets(value: Any) -> Any:
    """A value without the fields that are named like secrets, however deep."""
    if isinstance(value, dict):
        return {name: "(not shown)" if _SECRET.search(name) else _without_secrets(one) for name, one in value.items()}
    return [_without_secrets(one) for one in value] if isinstance(value, list) else value


def told(call: str, difference: Difference, *, all_count: bool) -> Told:
    """A difference of a call; `all_count`: expected ones count, too."""
    expected = difference.expected
    return Told(call, difference, expected, all_count or not expected)


def reason(name: str) -> str:
    """Why such differences are expected, in words."""
    return EXPECTED[name][0]

"""Audit records for people: who did what, and the values before and after, with names in place of ids."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

import msgspec

from milepost.domain import ids
from milepost.domain.chain import Link
from milepost.domain.instants import BEGINNING, END, Instant
from milepost.web import showing

# Fields of every record that the page shows elsewhere, or that nobody asks for.
_UNSAID = frozenset({"account_id", "id", "created_at", "created_by", "modified_at", "modified_by", "recorded_at"})
# Where a record has a page of its own.
_PAGES = {
    "user": "/people/", "team": "/teams/", "cycle": "/cycles/", "objective": "/objectives/",
    "key_result": "/key-results/",
}  # fmt: skip
_KINDS = {"user": "person", "check_in": "check-in", "payloads": "the trail"}
_VERBS = {
    "revised": "changed", "removed": "deleted", "withdrawn": "took back", "commented": "changed the comment of",
    "status_set": "set the status of", "history_added": "added history to", "ended": "replaced",
    "resealed": "sealed anew",
}  # fmt: skip
# Longer texts are folded; of even longer ones, the rest is left out. In letters.
_SHORT, _LONG = 160, 4_000
# The most elements of a list that are shown.
_ELEMENTS = 50


class Change(msgspec.Struct, frozen=True):
    """A field before and after, as texts; `None` where the record did not exist."""

    field: str
    before: str | None
    after: str | None

    @property
    def is_long(self) -> bool:
        """Whether it is folded at first."""
        return len(self.before or "") > _SHORT or len(self.after or "") > _SHORT


class Entry(msgspec.Struct, frozen=True):
    """An audit record as it is shown: its number, when and through which front end, who did what to what, and the
    fields that differ. `page`: the address of the thing, "" where it has none now. `erased_by` and `is_missing` say
    whether the payload was erased or is missing.
    """

    number: int
    at: Instant
    through: str
    who: str
    token: str
    did: str
    what: str
    page: str
    record_id: str
    changes: tuple[Change, ...]
    erased_by: int | None
    is_missing: bool


class Told(msgspec.Struct, frozen=True):
    """A record with its payload as plain values."""

    link: Link
    before: dict[str, Any] | None
    after: dict[str, Any] | None

    @classmethod
    def of(cls, link: Link) -> Told:
        """The audit record of a link of the chain."""
        return cls(link, _document(link.before), _document(link.after))

    @property
    def payload(self) -> dict[str, Any]:
        """The newest state in the payload."""
        return self.after or self.before or {}

    @property
    def about(self) -> tuple[str, str]:
        """The kind and the id of its subject: for a check-in, of its key result."""
        kind = self.link.action.partition(".")[0]
        if kind == "check_in" and (under := self.payload.get("key_result_id")):
            return "key_result", str(under)
        return kind, self.link.record_id

    def differing(self) -> Iterator[tuple[str, Any, Any]]:
        """The fields that differ, in order, with their values before and after. For a new or deleted record, the fields
        with a telling value.
        """
        before, after = self.before or {}, self.after or {}
        for field in dict.fromkeys((*before, *after)):
            was, now = before.get(field), after.get(field)
            whole = self.before is None or self.after is None
            silent = (_is_nothing(one) or (whole and _is_usual(one, self.link)) for one in (was, now))
            if field not in _UNSAID and was != now and not all(silent):
                yield field, was, now

    def ids(self) -> Iterator[str]:
        """The ids in it."""
        yield from (self.link.actor_id, self.link.token_id, self.about[1])
        for _, was, now in self.differing():
            yield from _ids_in(was)
            yield from _ids_in(now)


def entry(told: Told, names: Mapping[str, str]) -> Entry:
    """The record as it is shown, with names in place of ids."""
    link = told.link
    kind, _, verb = link.action.partition(".")
    about, record_id = told.about
    named = names.get(record_id) or (str(told.payload.get("name") or "") if about == kind else "")
    did = f"{_VERBS.get(verb, verb.replace('_', ' '))} {_KINDS.get(kind, kind.replace('_', ' '))}"
    return Entry(
        number=link.number,
        at=link.at,
        through=link.front_end,
        who=names.get(link.actor_id, link.actor_id) or "whoever runs the server",
        token=names.get(link.token_id, ""),
        did=f"{did} of" if about != kind else did,
        what=_cut(named or record_id, _SHORT),
        page=f"{_PAGES[about]}{record_id}" if about in _PAGES and record_id in names else "",
        record_id=link.record_id,
        changes=tuple(
            Change(
                _called(field),
                None if told.before is None else _text(field, was, names),
                None if told.after is None else _text(field, now, names),
            )
            for field, was, now in told.differing()
        ),
        erased_by=link.erased_by,
        is_missing=link.salt is None,
    )


def _document(text: str | None) -> dict[str, Any] | None:
    value = None if text is None else msgspec.json.decode(text)
    return value if value is None or isinstance(value, dict) else {"": value}


def _called(field: str) -> str:
    """The label of a field, without the suffix of ids."""
    for end, instead in (("_ids", "s"), ("_id", ""), ("_at", "")):
        if field.endswith(end) and field != end:
            field = field.removesuffix(end) + instead
    return field.replace("_", " ")


def _is_nothing(value: Any) -> bool:
    return value is None or value in ("", [], {})


def _is_usual(value: Any, link: Link) -> bool:
    """Whether a field of a new record has an uninteresting value: an empty one, or the id of the record."""
    return value is False or value == link.record_id


def _ids_in(value: Any) -> Iterator[str]:
    """The ids in the shown part of a value."""
    if isinstance(value, str):
        if ids.is_id(value):
            yield value
    elif isinstance(value, list | dict):
        for one in islice(value.values() if isinstance(value, dict) else value, _ELEMENTS):
            yield from _ids_in(one)


def _text(field: str, value: Any, names: Mapping[str, str]) -> str:
    """A value as text."""
    if _is_nothing(value):
        return showing.NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int) and field.endswith("_at") and BEGINNING <= value <= END:
        return showing.in_utc(value)
    if isinstance(value, int | float):
        return showing.plain(value)
    if isinstance(value, str):
        return _cut(names.get(value, value), _LONG)
    more = f", and {len(value) - _ELEMENTS:,} more" if len(value) > _ELEMENTS else ""
    if isinstance(value, dict):
        said = (
            f"{_called(name)}: {_text(name, one, names)}"
            for name, one in islice(value.items(), _ELEMENTS)
            if not _is_nothing(one)
        )
        return _cut(", ".join(said) + more, _LONG)
    return _cut(", ".join(_text("", one, names) for one in islice(value, _ELEMENTS)) + more, _LONG)


def _cut(text: str, most: int) -> str:
    more = len(text) - most
    return f"{text[:most]}\N{HORIZONTAL ELLIPSIS} (and {more:,} letters more)" if more > 0 else text

"""Forms that make or change a record: the values of their fields, which of them were changed, and their faults.

A form that changes a record has a mark of each value that it showed. Only fields that differ from their mark are
changed: two people who edit a record at once do not undo each other's work, and a time that a program has set to the
second stays.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from hashlib import sha256
from typing import TypeVar

import msgspec
from msgspec import UNSET, UnsetType

from milepost.asgi.request import Request
from milepost.domain.errors import Fault, Invalid
from milepost.web import forms, reading

T = TypeVar("T")
Value = str | tuple[str, ...]
# The fields beside which faults of several fields are shown.
_BESIDE = {"tags": "more_tags", "format": "prefix", "first_name": "name", "last_name": "name"}
# Labels for things that have no field on the page.
_ABOUT = {"cycle_id": "The cycle", "objective_id": "The objective"}


class Form(msgspec.Struct, frozen=True):
    """The values of a form by field; a field for several values has a tuple. `was`: the marks of the values shown, ""
    for a new record, of which all fields count as changed. `changed`: the changed fields. `faults`: faults by field;
    `general`: faults of no field. `held`: the fields that cannot be changed now; `stopped`: why nothing can be changed,
    "" where something can.
    """

    values: Mapping[str, Value]
    was: str = ""
    changed: frozenset[str] = frozenset()
    faults: Mapping[str, str] = {}
    general: tuple[str, ...] = ()
    held: frozenset[str] = frozenset()
    stopped: str = ""

    def __getitem__(self, field: str) -> str:
        value = self.values[field]
        return value if isinstance(value, str) else ""

    def several(self, field: str) -> tuple[str, ...]:
        """The values of a field for several values, or its only one."""
        value = self.values[field]
        return value if isinstance(value, tuple) else (value,)

    def asked(self, field: str, read: Callable[[str], T]) -> T | UnsetType:
        """A changed field, read by `read`; `UNSET` for an unchanged one."""
        return read(self[field]) if field in self.changed else UNSET

    def text(self, field: str) -> str | UnsetType:
        """The text of a changed field."""
        return self.asked(field, str)

    def number(self, field: str, faults: list[Fault]) -> float | UnsetType:
        """The number of a changed field; one more of `faults` where it is none."""
        found = self.asked(field, lambda text: reading.number(text, field, faults))
        return UNSET if found is None else found

    def number_or_none(self, field: str, faults: list[Fault]) -> float | None | UnsetType:
        """The number of a changed field, `None` for an empty one."""
        return self.asked(field, lambda text: reading.number(text, field, faults) if text else None)

    def day(self, field: str, faults: list[Fault], at: Callable[[date], T]) -> T | None | UnsetType:
        """The instant at which, by `at`, the day of a changed field begins or ends; `None` for an empty one."""

        def read(text: str) -> T | None:
            found = reading.day(text, field, faults) if text else None
            return None if found is None else at(found)

        return self.asked(field, read)

    def choice(self, field: str, kind: Callable[[str], T], faults: list[Fault]) -> T | UnsetType:
        """The choice of a changed field; one more of `faults` where it is not among the choices."""
        try:
            return self.asked(field, kind)
        except ValueError:
            faults.append(Fault(field, "must be one of those in the list"))
            return UNSET

    def touching(self, *fields: str) -> Form:
        """The form with some more fields counted as changed."""
        return msgspec.structs.replace(self, changed=self.changed | set(fields))

    def require_name(self, faults: list[Fault]) -> None:
        """One more of `faults` where a record would have no name."""
        if "name" in self.changed and not self["name"]:
            faults.append(Fault("name", "is required"))

    def wrong_in(self, *fields: str) -> bool:
        """Whether one of some fields has a fault, so that they have to be visible."""
        return not self.faults.keys().isdisjoint(fields)

    def refused(self, error: Invalid) -> Form:
        """The form as it was sent, with its faults."""
        placed = [(_BESIDE.get(fault.field, fault.field), fault) for fault in error.faults]
        beside = {field: fault.message for field, fault in placed if field in self.values}
        others = [fault for field, fault in placed if field not in self.values]
        return msgspec.structs.replace(self, faults=beside, general=tuple(map(words, others)))


def making(values: Mapping[str, Value], stopped: str = "") -> Form:
    """The form for a new record, with likely values."""
    return Form(values, stopped=stopped)


def changing(values: Mapping[str, Value], free: Collection[str] | None = None, stopped: str = "") -> Form:
    """The form for an existing record. `free`: the fields that may be changed, `None` for all."""
    marks = {field: _mark(value) for field, value in values.items()}
    held = frozenset() if free is None else frozenset(values) - frozenset(free)
    return Form(values, msgspec.json.encode(marks).decode(), held=held, stopped=stopped)


def sent(request: Request, shown: Form) -> Form:
    """A form that was sent. `shown`: how it would be shown now; fields that were not sent keep those values."""
    fields = forms.fields(request)
    marks = _marks(fields.get("was", ""))
    values: dict[str, Value] = {}
    for field, standing in shown.values.items():
        if isinstance(standing, tuple):
            if (several := forms.every(request, field)) or field in marks:
                values[field] = several
        elif field in fields:
            values[field] = fields[field]
    changed = frozenset(field for field, value in values.items() if marks.get(field) != _mark(value))
    return msgspec.structs.replace(shown, values={**shown.values, **values}, was=fields.get("was", ""), changed=changed)


def raise_any(faults: Iterable[Fault]) -> None:
    """`Invalid` where there are faults."""
    if gathered := tuple(faults):
        raise Invalid.of(gathered)


def words(fault: Fault) -> str:
    """A fault as a sentence that is not shown beside a field."""
    if not fault.field:
        return f"{fault.message[:1].upper()}{fault.message[1:]}."
    return f"{_ABOUT.get(fault.field, fault.field.replace('_', ' ').capitalize())} {fault.message}."


def _marks(text: str) -> dict[str, str]:
    """The marks of a form; none where they are invalid: then all fields count as changed."""
    try:
        return msgspec.json.decode(text, type=dict[str, str])
    except msgspec.DecodeError:
        return {}


def _mark(value: Value) -> str:
    """A short digest of a value, independent of a browser's line ends."""
    parts = [value] if isinstance(value, str) else sorted(value)
    plain = [part.replace("\r\n", "\n").replace("\r", "\n").strip() for part in parts]
    return sha256(msgspec.json.encode(plain)).hexdigest()[:16]

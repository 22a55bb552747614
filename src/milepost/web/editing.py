"""Forms that make or change a record: what stands in their fields, which of them somebody has changed, what is wrong.

A form that changes a record tells by a mark of each field what it had shown. Only what differs from that is changed:
two who edit a record at once do not undo each other's work, and a date that a program has set to the second stays so.
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
# Where a fault stands that is of several fields, or of what is written into another.
_BESIDE = {"tags": "more_tags", "format": "prefix", "first_name": "name", "last_name": "name"}
# What a page calls that which has no field on it.
_ABOUT = {"cycle_id": "The cycle", "objective_id": "The objective"}


class Form(msgspec.Struct, frozen=True):
    """The fields of a form by name; one that takes several values has a tuple.

    `was`: the marks of what was shown, "" for a record that is yet to be made, of which all counts as changed.
    `changed`: what somebody has. `faults`: what is wrong, beside its field; `general`: what is wrong with none of them.
    `held`: the fields that cannot be changed now; `stopped`: why nothing can, "" where something can.
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
        """What is chosen in a field that takes several values, or the one that is."""
        value = self.values[field]
        return value if isinstance(value, tuple) else (value,)

    def asked(self, field: str, read: Callable[[str], T]) -> T | UnsetType:
        """What a changed field says, as it is read; `UNSET` for one that is as it was."""
        return read(self[field]) if field in self.changed else UNSET

    def text(self, field: str) -> str | UnsetType:
        """The text of a changed field."""
        return self.asked(field, str)

    def number(self, field: str, faults: list[Fault]) -> float | UnsetType:
        """The number of a changed field; one more of `faults` where there is none."""
        found = self.asked(field, lambda text: reading.number(text, field, faults))
        return UNSET if found is None else found

    def number_or_none(self, field: str, faults: list[Fault]) -> float | None | UnsetType:
        """The number of a changed field, `None` of one that is empty."""
        return self.asked(field, lambda text: reading.number(text, field, faults) if text else None)

    def day(self, field: str, faults: list[Fault], at: Callable[[date], T]) -> T | None | UnsetType:
        """The instant at which, by `at`, the day of a changed field begins or ends; `None` of one that is empty."""

        def read(text: str) -> T | None:
            found = reading.day(text, field, faults) if text else None
            return None if found is None else at(found)

        return self.asked(field, read)

    def choice(self, field: str, kind: Callable[[str], T], faults: list[Fault]) -> T | UnsetType:
        """What is chosen in a changed field; one more of `faults` where that is none of the choices."""
        try:
            return self.asked(field, kind)
        except ValueError:
            faults.append(Fault(field, "must be one of those in the list"))
            return UNSET

    def touching(self, *fields: str) -> Form:
        """The form as if somebody had changed some fields, too."""
        return msgspec.structs.replace(self, changed=self.changed | set(fields))

    def require_name(self, faults: list[Fault]) -> None:
        """One more of `faults` where a record would have no name."""
        if "name" in self.changed and not self["name"]:
            faults.append(Fault("name", "is required"))

    def wrong_in(self, *fields: str) -> bool:
        """Whether something is wrong with one of some fields, which are then to be seen."""
        return not self.faults.keys().isdisjoint(fields)

    def refused(self, error: Invalid) -> Form:
        """The form as it was sent, with what is wrong."""
        placed = [(_BESIDE.get(fault.field, fault.field), fault) for fault in error.faults]
        beside = {field: fault.message for field, fault in placed if field in self.values}
        others = [fault for field, fault in placed if field not in self.values]
        return msgspec.structs.replace(self, faults=beside, general=tuple(map(words, others)))


def making(values: Mapping[str, Value], stopped: str = "") -> Form:
    """The form of a record that is yet to be made, filled with what is likely."""
    return Form(values, stopped=stopped)


def changing(values: Mapping[str, Value], free: Collection[str] | None = None, stopped: str = "") -> Form:
    """The form of a record as it stands. `free`: the fields that may be changed, `None` for all."""
    marks = {field: _mark(value) for field, value in values.items()}
    held = frozenset() if free is None else frozenset(values) - frozenset(free)
    return Form(values, msgspec.json.encode(marks).decode(), held=held, stopped=stopped)


def sent(request: Request, shown: Form) -> Form:
    """A form that comes back: `shown` is how it would be shown now. A field that was not sent is as it was."""
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
    """`Invalid` where anything is wrong."""
    if gathered := tuple(faults):
        raise Invalid.of(gathered)


def words(fault: Fault) -> str:
    """What is wrong, as a sentence that stands beside no field."""
    if not fault.field:
        return f"{fault.message[:1].upper()}{fault.message[1:]}."
    return f"{_ABOUT.get(fault.field, fault.field.replace('_', ' ').capitalize())} {fault.message}."


def _marks(text: str) -> dict[str, str]:
    """The marks of a form; none where they are not ours: then all of it counts as changed."""
    try:
        return msgspec.json.decode(text, type=dict[str, str])
    except msgspec.DecodeError:
        return {}


def _mark(value: Value) -> str:
    """A few letters that tell one value from another, whatever the browser does to the ends of its lines."""
    parts = [value] if isinstance(value, str) else sorted(value)
    plain = [part.replace("\r\n", "\n").replace("\r", "\n").strip() for part in parts]
    return sha256(msgspec.json.encode(plain)).hexdigest()[:16]

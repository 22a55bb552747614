"""The custom fields that an account has defined, in the forms and on the pages of objectives and key results.

Values that a form cannot show, and undefined fields, stay as they are: only changed fields are written.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from milepost.actions import custom_fields
from milepost.actions.context import Context
from milepost.domain import values
from milepost.domain.custom_field import CustomField, Sort
from milepost.domain.errors import Fault, Invalid
from milepost.domain.key_result import KeyResult
from milepost.domain.objective import Objective
from milepost.domain.query import Query
from milepost.web import reading, showing
from milepost.web.choices import Choice
from milepost.web.editing import Form, Value

# The names of the kinds of records in definitions.
OBJECTIVE, KEY_RESULT = "goal", "metric"
# At most this many definitions are read.
_MOST = 200
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T.*)?")
_YES_NO = {"yes": True, "no": False}
_NOT_LISTED = "must be one of those in the list"


class Own(msgspec.Struct, frozen=True):
    """A custom field in a form: the name of its input, its definition, the type of the input, and its value."""

    input: str
    of: CustomField
    sort: Sort
    shown: Value

    @property
    def label(self) -> str:
        """Its label."""
        return _label(self.of)

    @property
    def words(self) -> dict[str, str]:
        """The labels of its choices by value; a value that is no longer offered is among them."""
        if self.sort is Sort.YES_NO:
            return {"yes": "yes", "no": "no"}
        standing = self.shown if isinstance(self.shown, tuple) else (self.shown,) if self.shown else ()
        return {**{text: words for text, (_, words) in self.of.options.items()}, **self._unlisted(standing)}

    @property
    def choices(self) -> list[Choice]:
        """The choices of a select element."""
        return [Choice(text, words) for text, words in self.words.items()]

    def _unlisted(self, standing: Sequence[str]) -> dict[str, str]:
        return {text: text for text in standing if text not in self.of.options}


def defined(context: Context, target: str) -> list[CustomField]:
    """The definitions for a kind of record, by name; of several with one name, the first."""
    found = [one for one in custom_fields.list_(context, Query(limit=_MOST)).items if one.name and one.is_for(target)]
    return list({one.name: one for one in reversed(found)}.values())[::-1]


def asked(context: Context, target: str, one: Objective | KeyResult | None) -> list[Own]:
    """The fields of a form: the defined ones whose values a form can show."""
    standing = (one.custom_fields if one else None) or {}
    made = ((field, *_entry(field, standing.get(field.name))) for field in defined(context, target))
    return [Own(f"own_{field.id}", field, sort, shown) for field, sort, shown in made if shown is not None]


def shown(fields: Sequence[Own]) -> dict[str, Value]:
    """The values by the names of the inputs."""
    return {one.input: one.shown for one in fields}


def edits(fields: Sequence[Own], form: Form, faults: list[Fault]) -> dict[str, Any] | UnsetType:
    """The changed values by field, `None` for emptied ones; one more of `faults` for each that cannot be taken."""
    changed = [one for one in fields if one.input in form.changed and form.values[one.input] != one.shown]
    return {one.of.name: _read(one, form.values[one.input], faults) for one in changed} if changed else UNSET


def facts(context: Context, target: str, one: Objective | KeyResult) -> list[tuple[str, str]]:
    """All custom fields of a record as texts, the defined ones first."""
    standing = one.custom_fields or {}
    if not standing:
        return []
    fields = {field.name: field for field in defined(context, target)}
    names = [*(name for name in fields if name in standing), *(name for name in standing if name not in fields)]
    said = ((name, _words(fields.get(name), standing[name])) for name in names)
    return [(_label(fields[name]) if name in fields else name, words) for name, words in said if words]


def _label(field: CustomField) -> str:
    return field.label or field.name


def _entry(field: CustomField, value: Any) -> tuple[Sort, Value | None]:
    """The type of the input for a value, and the value as shown in it; `None` where no form can show it."""
    sort = field.sort
    if sort is Sort.CHOICES:
        several = value if isinstance(value, list) else [] if value is None else [value]
        texts = tuple(_text(one) for one in several if _is_plain(one))
        return sort, texts if len(texts) == len(several) else None
    if value is None or not _is_plain(value):
        return sort, "" if value is None else None
    text = _text(value)
    if sort is not Sort.CHOICE and isinstance(value, bool):
        return Sort.YES_NO, text
    if sort in (Sort.TEXT, Sort.LONG) and not isinstance(value, str):
        return Sort.NUMBER, text
    if sort is Sort.DAY and _DAY.fullmatch(text):
        return sort, text[:10]
    # An input for a date, or for one line, would lose part of such a value.
    misfit = sort is Sort.DAY or (sort is Sort.YES_NO and text not in _YES_NO)
    sort = Sort.TEXT if misfit else sort
    return (Sort.LONG if sort in (Sort.TEXT, Sort.NUMBER) and "\n" in text else sort), text


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | int | float)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else showing.plain(value)


def _read(one: Own, said: Value, faults: list[Fault]) -> Any:
    """The value to store for a sent text, `None` for none."""
    if one.sort is Sort.CHOICES:
        chosen = said if isinstance(said, tuple) else (said,)
        return [_chosen(one, text, faults) for text in chosen] or None
    text = said if isinstance(said, str) else ""
    if not text:
        return None
    if one.sort is Sort.CHOICE:
        return _chosen(one, text, faults)
    if one.sort is Sort.NUMBER:
        found = reading.number(text, one.input, faults)
        return int(found) if found is not None and found == int(found) and abs(found) < 2**53 else found
    if one.sort is Sort.DAY:
        day = reading.day(text, one.input, faults)
        return None if day is None else day.isoformat()
    if one.sort is Sort.YES_NO:
        if text not in _YES_NO:
            faults.append(Fault(one.input, _NOT_LISTED))
        return _YES_NO.get(text)
    try:
        return values.text(text, one.input)
    except Invalid as error:
        faults += error.faults
        return None


def _chosen(one: Own, text: str, faults: list[Fault]) -> Any:
    if text not in one.words:
        faults.append(Fault(one.input, _NOT_LISTED))
        return None
    return one.of.options[text][0] if text in one.of.options else text


def _words(field: CustomField | None, value: Any) -> str:
    """A value as text, "" for none."""
    if value is None or value in ("", [], {}):
        return ""
    if isinstance(value, list) and all(map(_is_plain, value)):
        return ", ".join(_words(field, one) for one in value)
    if not _is_plain(value):
        return msgspec.json.encode(value).decode()
    text, options = _text(value), field.options if field else {}
    return options[text][1] if text in options else text

"""The definition of a custom field: the meaning of the values under its name in key results and objectives."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec

from milepost.domain.instants import Instant


class Sort(StrEnum):
    """The kind of input: a line of text, several lines, a number, a day, yes or no, one of a list or several."""

    TEXT = "text"
    LONG = "long"
    NUMBER = "number"
    DAY = "day"
    YES_NO = "yes_no"
    CHOICE = "choice"
    CHOICES = "choices"


# Definitions come from other systems with words of their own: a word that contains one of these means the sort.
_WORDS = (
    (Sort.YES_NO, ("bool", "checkbox", "toggle", "switch")),
    (Sort.NUMBER, ("number", "numeric", "integer", "double", "float", "decimal", "percent", "currency")),
    (Sort.DAY, ("date",)),
    (Sort.LONG, ("area", "long", "rich", "multiline", "paragraph")),
)
_SEVERAL = ("multi", "checkboxes")
_OPTIONS, _VALUE, _TITLE = ("options", "values", "choices"), ("value", "id", "name"), ("label", "title", "name")


class CustomField(msgspec.Struct, frozen=True):
    """A definition, kept for clients that show values: no value is checked by it. `extra` holds its other fields."""

    account_id: str
    id: str
    name: str
    label: str
    description: str
    type: str
    created_at: Instant
    modified_at: Instant
    extra: dict[str, Any] = {}

    @property
    def sort(self) -> Sort:
        """The sort of its values, guessed from the words of the definition."""
        said = (self.type, self.extra.get("visualizationKind"), self.extra.get("operationalType"))
        words = [word.lower() for word in said if isinstance(word, str)]
        if self.options:
            return Sort.CHOICES if _has(words, _SEVERAL) else Sort.CHOICE
        return next((sort for sort, parts in _WORDS if _has(words, parts)), Sort.TEXT)

    @property
    def options(self) -> dict[str, tuple[Any, str]]:
        """The options by the text of their value: (the value as stored, its label)."""
        settings = self.extra.get("settings")
        lists = [settings.get(name) for name in _OPTIONS] if isinstance(settings, dict) else [settings]
        found = next((one for one in lists if isinstance(one, list)), [])
        pairs = [(_of(one, _VALUE), _of(one, _TITLE)) for one in found]
        return {
            str(value): (value, str(value if title is None else title))
            for value, title in pairs
            if isinstance(value, str | int | float) and str(value).strip()
        }

    def is_for(self, target: str) -> bool:
        """Whether it applies to this type of record; a definition that names no types applies to all."""
        targets = self.extra.get("targetTypes")
        return not isinstance(targets, list) or not targets or target in targets


def _has(words: list[str], parts: tuple[str, ...]) -> bool:
    return any(part in word for word in words for part in parts)


def _of(option: Any, names: tuple[str, ...]) -> Any:
    """The first value of an option under these names; an option that is no object is returned as it is."""
    if not isinstance(option, dict):
        return option
    return next((option[name] for name in names if isinstance(option.get(name), str | int | float)), None)

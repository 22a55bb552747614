"""A saved list: a named selection of records with the columns to show. Its content is looked up whenever it is loaded.

Fields, operators and dynamic values are stored in the words of the front end that saved them.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from functools import partial
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from milepost.domain.change import chosen
from milepost.domain.errors import Fault, Invalid
from milepost.domain.instants import Instant
from milepost.domain.values import document, merged, name, text

COLUMN_LIMIT = 200
RULE_LIMIT = 100
# At most this many operands and dynamic values in all rules of one list together.
OPERAND_LIMIT = 1_000
DYNAMIC_LIMIT = 100
WIDTH_LIMIT = 100_000
# The longest name of a field, in characters.
FIELD_LIMIT = 500


class Column(msgspec.Struct, frozen=True):
    """A field to show, and how: `type` and `width` are the front end's business."""

    field: str
    type: str = ""
    width: int = 0
    extra: dict[str, Any] = {}


class Dynamic(msgspec.Struct, frozen=True):
    """A value that is known only when the list is loaded (who loads it, which cycles run): its word, and fixed
    values to add.
    """

    word: str
    values: tuple[str, ...] = ()
    extra: dict[str, Any] = {}


class Rule(msgspec.Struct, frozen=True):
    """A condition on one field. `custom`: the field is the custom field of that name."""

    field: str
    operator: str
    value: Any = None
    custom: bool = False
    dynamic: tuple[Dynamic, ...] = ()
    extra: dict[str, Any] = {}


class Join(StrEnum):
    """Whether a record must meet every rule, or any of them."""

    ALL = "and"
    ANY = "or"


class Selection(msgspec.Struct, frozen=True):
    """The records that a list selects; without rules, all of them."""

    rules: tuple[Rule, ...] = ()
    join: Join = Join.ALL
    extra: dict[str, Any] = {}


class SavedList(msgspec.Struct, frozen=True):
    """A saved list as stored. `about` says which kind of records it lists, in the front end's word."""

    account_id: str
    id: str
    name: str
    description: str
    about: str
    columns: tuple[Column, ...]
    selection: Selection
    owner_id: str
    extra: dict[str, Any]
    created_at: Instant
    created_by: str
    modified_at: Instant
    modified_by: str

    @property
    def owner_ids(self) -> tuple[str, ...]:
        """The owner as a tuple, like the owners of other records."""
        return (self.owner_id,) if self.owner_id else ()


class SavedListChange(msgspec.Struct, frozen=True, kw_only=True):
    """The fields to change; `extra` is merged by key, `UNSET` removes."""

    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    about: str | UnsetType = UNSET
    columns: tuple[Column, ...] | UnsetType = UNSET
    selection: Selection | UnsetType = UNSET
    owner_id: str | UnsetType = UNSET
    extra: dict[str, Any] = {}


def blank(account_id: str, list_id: str, *, at: Instant, by: str) -> SavedList:
    """An empty saved list, created by a user at an instant."""
    return SavedList(
        account_id=account_id,
        id=list_id,
        name="",
        description="",
        about="",
        columns=(),
        selection=Selection(),
        owner_id="",
        extra={},
        created_at=at,
        created_by=by,
        modified_at=at,
        modified_by=by,
    )


def revised(standing: SavedList, change: SavedListChange) -> SavedList:
    """The saved list after a change. `Invalid` names every field that is wrong."""
    faults: list[Fault] = []
    new: dict[str, Any] = {}
    checks: tuple[tuple[str, Callable[[Any, str], Any], Any], ...] = (
        ("name", name, chosen(change.name, standing.name)),
        ("description", text, chosen(change.description, standing.description)),
        ("about", name, chosen(change.about, standing.about)),
        ("columns", checked_columns, chosen(change.columns, standing.columns)),
        ("selection", checked_selection, chosen(change.selection, standing.selection)),
        ("extra", partial(merged, standing.extra), change.extra),
    )
    for field, check, asked in checks:
        try:
            new[field] = check(asked, field)
        except Invalid as error:
            faults.extend(error.faults)
    if faults:
        raise Invalid.of(faults)
    return msgspec.structs.replace(standing, owner_id=chosen(change.owner_id, standing.owner_id), **new)


def checked_columns(columns: tuple[Column, ...], field: str) -> tuple[Column, ...]:
    """The columns; `Invalid` where there are more than 200, or one cannot be stored."""
    if len(columns) > COLUMN_LIMIT:
        raise Invalid(field, f"has more than {COLUMN_LIMIT} columns")
    kept: tuple[Column, ...] = _kept(columns, field, tuple[Column, ...])
    return kept


def checked_selection(selection: Selection, field: str) -> Selection:
    """The selection; `Invalid` where it has more than 100 rules, 1,000 operands or 100 dynamic values, or cannot be
    stored.
    """
    rules = selection.rules
    if len(rules) > RULE_LIMIT:
        raise Invalid(field, f"has more than {RULE_LIMIT} rules")
    dynamic = [one for rule in rules for one in rule.dynamic]
    if len(dynamic) > DYNAMIC_LIMIT:
        raise Invalid(field, f"has more than {DYNAMIC_LIMIT} dynamic values")
    operands = sum(len(rule.value) if isinstance(rule.value, list) else 1 for rule in rules)
    if operands + sum(len(one.values) for one in dynamic) > OPERAND_LIMIT:
        raise Invalid(field, f"has more than {OPERAND_LIMIT:,} operands")
    kept: Selection = _kept(selection, field, Selection)
    return kept


def _kept(value: Any, field: str, kind: Any) -> Any:
    """The value, checked as a document that can be stored."""
    return msgspec.convert(document(msgspec.to_builtins(value), field), kind)

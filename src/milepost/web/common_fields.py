"""The fields that objectives and key results have in common: their name, their description, their owners and tags."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, UnsetType

from milepost.actions.context import Context
from milepost.domain.key_result import KeyResult, Tag
from milepost.domain.objective import Objective
from milepost.web import choices
from milepost.web.editing import Form, Value
from milepost.web.page import Visitor

_OWNERS, _TAGS = ("first_owner", "owner_ids"), ("tags", "more_tags")
# What a locked cycle lets change.
FREE_WHEN_LOCKED = ("name", "description", *_OWNERS, *_TAGS)


def blank(visitor: Visitor) -> dict[str, Value]:
    """The fields of what is yet to be made: whoever makes it is likely to own it."""
    return {
        "name": "",
        "description": "",
        "first_owner": visitor.user.id,
        "owner_ids": (),
        "tags": (),
        "more_tags": "",
    }


def standing(one: Objective | KeyResult) -> dict[str, Value]:
    """The fields of a record that there is."""
    return {
        "name": " ".join(one.name.splitlines()),
        "description": one.description,
        "first_owner": one.owner_id,
        "owner_ids": one.owner_ids[1:],
        "tags": tuple(tag.title.strip() for tag in one.tags),
        "more_tags": "",
    }


def offered(context: Context, one: Objective | KeyResult | None) -> dict[str, Any]:
    """What there is to choose from."""
    return {
        "owners": choices.owners(context, one.owner_ids if one else ()),
        "titles": choices.tag_titles(context, [tag.title.strip() for tag in one.tags] if one else ()),
    }


def owner_ids(form: Form, one: Objective | KeyResult | None) -> tuple[str, ...] | UnsetType:
    """The owners, if somebody has changed them."""
    if form.changed.isdisjoint(_OWNERS):
        return UNSET
    return choices.owner_ids_of(form["first_owner"], form.several("owner_ids"), one.owner_ids if one else ())


def tags(form: Form, one: Objective | KeyResult | None) -> tuple[Tag, ...] | UnsetType:
    """The tags, if somebody has changed them."""
    if form.changed.isdisjoint(_TAGS):
        return UNSET
    return choices.tags_of(form.several("tags"), form["more_tags"], one.tags if one else ())

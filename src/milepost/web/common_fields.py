"""The fields that objectives and key results share: name, description, owners and tags."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, UnsetType

from milepost.actions.context import Context
from milepost.domain.errors import Fault
from milepost.domain.key_result import KeyResult, Tag
from milepost.domain.objective import Objective
from milepost.web import choices, whom
from milepost.web.editing import Form, Value
from milepost.web.page import Visitor

_OWNERS, _TAGS = ("first_owner", "owner_ids", "more_owners"), ("tags", "more_tags")
# The fields that may change in a locked cycle.
FREE_WHEN_LOCKED = ("name", "description", *_OWNERS, *_TAGS)


def blank(visitor: Visitor) -> dict[str, Value]:
    """The fields of a new record; its maker is the likely owner."""
    return {
        "name": "",
        "description": "",
        "first_owner": whom.written(visitor.user),
        "owner_ids": (),
        "more_owners": "",
        "tags": (),
        "more_tags": "",
    }


def standing(context: Context, one: Objective | KeyResult) -> dict[str, Value]:
    """The fields of an existing record."""
    return {
        "name": " ".join(one.name.splitlines()),
        "description": one.description,
        "first_owner": whom.standing(context, one.owner_ids[:1]).get(one.owner_id, ""),
        "owner_ids": one.owner_ids[1:],
        "more_owners": "",
        "tags": tuple(tag.title.strip() for tag in one.tags),
        "more_tags": "",
    }


def offered(context: Context, form: Form, one: Objective | KeyResult | None) -> dict[str, Any]:
    """The choices of these fields."""
    return {
        "owners": whom.standing(
            context, dict.fromkeys((*(one.owner_ids[1:] if one else ()), *form.several("owner_ids")))
        ),
        "suggested": whom.suggested(context, with_teams=True),
        "titles": {
            title: title
            for title in choices.tag_titles(context, [tag.title.strip() for tag in one.tags] if one else ())
        },
    }


def owner_ids(
    context: Context, form: Form, one: Objective | KeyResult | None, faults: list[Fault]
) -> tuple[str, ...] | UnsetType:
    """The owners, if they were changed; one more of `faults` where a name is ambiguous or unknown."""
    if form.changed.isdisjoint(_OWNERS):
        return UNSET
    kept, first = (one.owner_ids, one.owner_id) if one else ((), "")
    if "first_owner" in form.changed:
        first = whom.read(context, form["first_owner"], "first_owner", faults, kept=kept, with_teams=True)
    more = whom.read_several(context, form["more_owners"], "more_owners", faults, kept=kept, with_teams=True)
    return choices.owner_ids_of(first, (*form.several("owner_ids"), *more), kept)


def tags(form: Form, one: Objective | KeyResult | None) -> tuple[Tag, ...] | UnsetType:
    """The tags, if they were changed."""
    if form.changed.isdisjoint(_TAGS):
        return UNSET
    return choices.tags_of(form.several("tags"), form["more_tags"], one.tags if one else ())

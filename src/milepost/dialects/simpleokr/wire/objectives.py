"""Objectives on the wire."""

from __future__ import annotations

import msgspec

from milepost.dialects.simpleokr.wire import shared
from milepost.dialects.simpleokr.wire.body import Body
from milepost.domain import ids
from milepost.domain.views import ObjectiveView

# The domain's fields under this dialect's names, for errors.
NAMES = {"parent_id": "parent_objective_id"}


class ObjectiveDto(msgspec.Struct):
    """An objective. `assignee_id` is the first owner that is a user, `team_id` the first that is a team."""

    id: shared.Uuid
    name: str
    created_at: shared.Moment
    modified_at: shared.Moment
    team_id: shared.Uuid | None
    assignee_id: shared.Uuid | None
    description: str | None
    is_personal: bool
    is_company: bool
    parent_objective_id: shared.Uuid | None
    cycle_id: shared.Uuid


class WantedObjective(msgspec.Struct, frozen=True):
    """The whole of an objective as a client wants it; "" where a reference is null."""

    name: str
    cycle_id: str
    team_id: str
    assignee_id: str
    parent_id: str
    description: str
    is_personal: bool
    is_company: bool


class ObjectivePage(msgspec.Struct):
    """A page of objectives; the next begins behind `next_page_token`, null on the last."""

    next_page_token: str | None
    objectives: list[ObjectiveDto]


def encode_objective(view: ObjectiveView) -> ObjectiveDto:
    """An objective; its owners tell users from teams."""
    one = view.objective
    return ObjectiveDto(
        ids.as_uuid(one.id),
        one.name,
        shared.moment(one.created_at),
        shared.moment(one.modified_at),
        _first(view, "team"),
        _first(view, "user"),
        one.description or None,
        one.is_personal,
        one.is_company,
        shared.reference(one.parent_id),
        ids.as_uuid(one.cycle_id),
    )


def decode_objective(body: Body, *, nameless: bool = False) -> WantedObjective:
    """The wanted objective of a body, for a new or an existing one, which may be nameless so far; `Invalid` names all
    faults.
    """
    body.require_name(nameless=nameless)
    body.require("cycle_id")
    wanted = WantedObjective(
        name=body.text("name"),
        cycle_id=body.reference("cycle_id"),
        team_id=body.reference("team_id"),
        assignee_id=body.reference("assignee_id"),
        parent_id=body.reference("parent_objective_id"),
        description=body.text("description"),
        is_personal=body.flag("is_personal"),
        is_company=body.flag("is_company"),
    )
    body.finish()
    return wanted


def _first(view: ObjectiveView, kind: str) -> str | None:
    found = (owner.id for owner in view.owners if owner.type == kind and owner.id)
    return shared.reference(next(found, ""))

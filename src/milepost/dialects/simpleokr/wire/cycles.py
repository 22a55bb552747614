"""Cycles on the wire. This API has no dates of cycles: a cycle made here has none."""

from __future__ import annotations

import msgspec

from milepost.actions.cycles import CycleChange
from milepost.dialects.simpleokr.wire import shared
from milepost.dialects.simpleokr.wire.body import Body
from milepost.domain import ids
from milepost.domain.cycle import Cycle


class CycleDto(msgspec.Struct):
    """A cycle."""

    id: shared.Uuid
    name: str
    created_at: shared.Moment


class CyclePage(msgspec.Struct):
    """A page of cycles; the next begins behind `next_page_token`, null on the last."""

    next_page_token: str | None
    cycles: list[CycleDto]


def encode_cycle(cycle: Cycle) -> CycleDto:
    """A cycle."""
    return CycleDto(ids.as_uuid(cycle.id), cycle.name, shared.moment(cycle.created_at))


def decode_cycle(body: Body) -> CycleChange:
    """The whole of a cycle; its name is optional (SimpleOKR)."""
    name = body.text("name")
    body.finish()
    return CycleChange(name=name)

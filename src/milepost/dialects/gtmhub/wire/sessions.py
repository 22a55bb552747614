"""Cycles on the wire: sessions."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from milepost.actions.cycles import CycleChange
from milepost.dialects.gtmhub.wire import shared
from milepost.dialects.gtmhub.wire.shared import Date, date, with_extra
from milepost.dialects.gtmhub.wire.words import SessionStatus
from milepost.domain.cycle import Cycle, CycleState
from milepost.domain.errors import Invalid

# The domain's fields under this dialect's names, for errors.
NAMES = {
    "name": "title",
    "state": "status",
    "starts_at": "start",
    "ends_at": "end",
    "time_zone": "cadenceTimeZone",
    "cycle_id": "status",
    "parent_id": "parentId",
    "extra": "",
}


class SessionDto(msgspec.Struct, rename="camel", gc=False):
    """A cycle. Both dates are instants, the end inclusive."""

    id: str
    account_id: str
    title: str
    start: Date
    end: Date
    status: SessionStatus
    parent_id: str
    access: Any
    color: str
    cadence_type: str
    cadence_start: Any
    cadence_time_zone: str
    workflow: Any
    created_by_id: str
    date_created: Date
    modified_at: Date
    modified_by_id: str


class SessionBody(msgspec.Struct, rename="camel"):
    """The attributes of a session that mean something here; the rest is kept as it comes."""

    title: str | UnsetType | None = UNSET
    start: str | UnsetType | None = UNSET
    end: str | UnsetType | None = UNSET
    status: SessionStatus | UnsetType | None = UNSET
    cadence_time_zone: str | UnsetType | None = UNSET
    parent_id: str | UnsetType | None = UNSET


# What a client may set although nothing is computed from it here, and what is shown until it does.
_KEPT: dict[str, Any] = {
    "access": None,
    "color": "",
    "cadenceType": "",
    "cadenceStart": {"periodOfMonth": ""},
    "workflow": None,
}
_NULLABLE = frozenset({"start", "end"})
_DERIVED = frozenset({"id", "accountId", "createdById", "dateCreated", "modifiedAt", "modifiedById"})


def encode_session(cycle: Cycle) -> SessionDto:
    """A cycle as a session."""
    kept = _KEPT | cycle.extra
    shown = SessionDto(
        cycle.id,
        cycle.account_id,
        cycle.name,
        date(cycle.starts_at),
        date(cycle.ends_at),
        cycle.state,
        cycle.parent_id,
        kept["access"],
        kept["color"],
        kept["cadenceType"],
        kept["cadenceStart"],
        cycle.time_zone,
        kept["workflow"],
        cycle.created_by,
        date(cycle.created_at),
        date(cycle.modified_at),
        cycle.modified_by,
    )
    return with_extra(shown, cycle.extra)


def decode_part(raw: dict[str, Any]) -> CycleChange:
    """POST and PATCH: what is left out has its default, or stays."""
    sent = shared.named(shared.convert(raw, SessionBody), _NULLABLE)
    extra = shared.kept(shared.unknown(raw, SessionBody, _DERIVED), _KEPT)
    return CycleChange(**shared.read(sent, _READERS), extra=extra)


def decode_whole(raw: dict[str, Any]) -> CycleChange:
    """PUT: what is left out is set to the zero value of its type, the status to `open`."""
    part = decode_part(raw)
    zero = CycleChange(name="", state=CycleState.OPEN, starts_at=None, ends_at=None, time_zone="", parent_id="")
    said = {field: value for field in part.__struct_fields__ if (value := getattr(part, field)) is not UNSET}
    extra = shared.unset_but(raw, _KEPT) | part.extra
    return msgspec.structs.replace(zero, **(said | {"extra": extra}))


def _state(value: str) -> CycleState:
    try:
        return CycleState(value)
    except ValueError:
        raise Invalid("status", "must be one of open, locked, closed") from None


_READERS: dict[str, tuple[str, Any]] = {
    "title": ("name", None),
    "status": ("state", _state),
    "start": ("starts_at", lambda value: shared.read_date(value, "start")),
    "end": ("ends_at", lambda value: shared.read_date(value, "end")),
    "cadence_time_zone": ("time_zone", None),
    "parent_id": ("parent_id", lambda value: shared.reference(value, "parentId") if value else ""),
}

"""The fields of each kind of record that must be in the tables just as the trail tells them.

Left out are derived values (`derived` computes them anew), the time and author of the last modification, and fields
that a migration has moved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Protocol

import msgspec

from milepost.domain.account import STALE_DAYS, AccountStatus
from milepost.domain.cycle import CycleState
from milepost.domain.instants import Instant
from milepost.domain.key_result import Kind as Measured
from milepost.domain.objective import Closing
from milepost.domain.people import Role
from milepost.domain.scope import Scope
from milepost.domain.token import TokenKind
from milepost.store import (
    accounts,
    check_ins,
    custom_fields,
    cycles,
    key_results,
    keys,
    objectives,
    saved_lists,
    tasks,
    teams,
    tokens,
    users,
)
from milepost.store.engine import Database


class Told(msgspec.Struct, frozen=True):
    """A record that only has to exist."""

    id: str


class ToldAccount(Told, frozen=True):
    """An account."""

    status: AccountStatus
    stale_days: int = STALE_DAYS  # earlier records of the trail do not tell it: all accounts had this value


class ToldUser(Told, frozen=True):
    """A user, with its rights."""

    email: str
    name: str
    role: Role
    is_active: bool


class ToldToken(Told, frozen=True):
    """A token: its user, its rights, and how long it is valid."""

    user_id: str
    expires_at: Instant | None
    revoked_at: Instant | None
    scopes: tuple[Scope, ...] = ()  # earlier records of the trail do not tell this, nor the fields below
    kind: TokenKind = TokenKind.PROGRAM
    came_from: str = ""
    key_result_id: str = ""


class ToldKey(Told, frozen=True):
    """A signing key."""

    user_id: str
    credential: str
    revoked_at: Instant | None
    scopes: tuple[Scope, ...] = ()


class ToldCycle(Told, frozen=True):
    """A cycle."""

    name: str
    state: CycleState
    starts_at: Instant | None
    ends_at: Instant | None


class ToldObjective(Told, frozen=True):
    """An objective."""

    name: str
    cycle_id: str
    owner_ids: tuple[str, ...]
    closing: Closing
    starts_at: Instant | None
    ends_at: Instant | None


class ToldKeyResult(Told, frozen=True):
    """A key result: its measure and its target."""

    name: str
    objective_id: str
    kind: Measured
    start: float
    target: float
    target_max: float | None
    critical: float | None
    weight: float
    due_at: Instant | None
    owner_ids: tuple[str, ...]
    automated: bool


class ToldCheckIn(Told, frozen=True):
    """A check-in: all of it."""

    key_result_id: str
    value: float
    confidence: float | None
    comment: str
    author_id: str
    effective_at: Instant
    recorded_at: Instant
    custom_fields: dict[str, Any] | None = None
    extra: dict[str, Any] = {}


class Rows(Protocol):
    """Reads the records of a kind."""

    def each(self, database: Database, account_id: str, /) -> Iterator[tuple[str, Any]]: ...

    def from_row(self, row: Any, /) -> Any: ...


class Kind(msgspec.Struct, frozen=True):
    """One kind of record: its name in the trail's actions, its table, the fields that are told, and its reader."""

    name: str
    table: str
    told: type[Told]
    records: Rows


_PLACES: tuple[tuple[str, str, type[Told], Rows], ...] = (
    ("account", "accounts", ToldAccount, accounts),
    ("user", "users", ToldUser, users.records),
    ("team", "teams", Told, teams.records),
    ("token", "tokens", ToldToken, tokens.records),
    ("key", "keys", ToldKey, keys.records),
    ("cycle", "cycles", ToldCycle, cycles.records),
    ("objective", "objectives", ToldObjective, objectives.records),
    ("key_result", "key_results", ToldKeyResult, key_results.records),
    ("check_in", "check_ins", ToldCheckIn, check_ins.records),
    ("task", "tasks", Told, tasks.records),
    ("custom_field", "custom_fields", Told, custom_fields.records),
    ("saved_list", "saved_lists", Told, saved_lists.records),
)
KINDS = {place[0]: Kind(*place) for place in _PLACES}

_encode: Callable[[Any], bytes] = msgspec.json.Encoder(order="deterministic").encode


def of(kind: Kind, record: Any) -> Told:
    """The told fields of a record, or of a payload's value. `msgspec.ValidationError` where one is missing or wrong."""
    return msgspec.convert(record, kind.told, from_attributes=True, strict=True)


def said(told: Told) -> str:
    """The fields as a text; equal fields give the same text. 0.0 equals -0.0: SQLite does not keep the two apart."""
    values = [value + 0.0 if type(value) is float else value for value in msgspec.structs.astuple(told)]
    return _encode(values).decode()

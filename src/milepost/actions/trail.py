"""Writes an audit record of every change, in the transaction of the change itself, and reads these records."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from milepost.actions import access
from milepost.actions.context import Context
from milepost.domain.audit import AuditRecord
from milepost.domain.chain import Link
from milepost.domain.errors import NotFound
from milepost.domain.instants import Instant
from milepost.domain.people import Capability
from milepost.store import audit, users

# At most this many records are scanned for one part of the trail: a filter may match few of an account's millions.
_LOOKED_AT = 100_000


class Part(msgspec.Struct, frozen=True):
    """A part of the trail, descending. `further` is the number below which there may be more, 0 for no more."""

    links: tuple[Link, ...]
    further: int


def leave(
    context: Context, action: str, record: Any, before: Any = None, after: Any = None, *, record_id: str = ""
) -> int:
    """Note that the actor did `action` to a record, with its state `before` and `after`, `None` for none. The number of
    the audit record comes back.

    The noted kind is the record's class; the noted id is the record's own unless `record_id` is given.
    """
    return audit.append(
        context.database,
        AuditRecord(
            account_id=context.account_id,
            number=0,  # the store gives the next one
            at=context.clock(),
            actor_id=context.actor.user_id,
            front_end=context.front_end,
            token_id=context.actor.token_id,
            action=action,
            kind=type(record).__name__,
            record_id=record_id or record.id,
            before=before,
            after=after,
        ),
    )


def newest(context: Context, *, record: str, actor: str, since: Instant, until: Instant, limit: int) -> list[Link]:
    """The account's newest records, descending: of one `record`, by the `actor` of an address or an id ("" for any),
    between two instants, both included. `NotFound` where nobody has the address.
    """
    access.require(context, Capability.ADMINISTER)
    if "@" in actor:
        found = users.by_email(context.database, context.account_id, actor)
        if found is None:
            raise NotFound("user", actor)
        actor = found.id
    return audit.newest(
        context.database, context.account_id, record=record, actor=actor, since=since, until=until, limit=limit
    )


def part(context: Context, *, record: str, actor: str, since: Instant, until: Instant, below: int, limit: int) -> Part:
    """At most `limit` of the account's records with numbers `below` one (0 for the newest of all), descending: of one
    `record`, by the `actor` of an id ("" for any), between two instants, both included.

    At most 100,000 records are scanned for one part, so that more may follow a short one.
    """
    access.require(context, Capability.ADMINISTER)
    database, account = context.database, context.account_id
    with database.reading():
        last, _ = audit.head(database, account) or (0, "")
        below = min(below, last + 1) if below else last + 1
        above = max(0, below - 1 - _LOOKED_AT)
        found = audit.newest(
            database, account, record=record, actor=actor, since=since, until=until, limit=limit + 1, above=above,
            below=below,
        )  # fmt: skip
    if len(found) > limit:
        return Part(tuple(found[:limit]), found[limit - 1].number)
    return Part(tuple(found), above + 1 if above else 0)


def whole(context: Context, after: int) -> Iterator[Link]:
    """The account's chain `after` a number, as of one moment, read lazily."""
    access.require(context, Capability.ADMINISTER)
    with context.database.reading():
        yield from audit.links(context.database, context.account_id, after)

"""Takes a person's name, address and words out of an account, the trail included, and leaves the chain whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from milepost.actions import access, keys, people, tokens, trail
from milepost.actions.context import Context
from milepost.actions.erasure.person import Person
from milepost.actions.erasure.words import Words, of_user
from milepost.actions.verification.told import KINDS
from milepost.actions.verification.walk import ERASING
from milepost.domain.people import Capability, User
from milepost.store import accounts, audit, erasing, kept_answers, rows
from milepost.store.erasing import Rewritten

# At most this many payloads are named by one record of the trail.
_BATCH = 500


class Found(msgspec.Struct, frozen=True):
    """Where a person occurs: the ids of records by their kind, and the numbers of the trail's records."""

    records: dict[str, list[str]]
    payloads: list[int]

    @property
    def counts(self) -> dict[str, int]:
        """The number of records in each table."""
        counted = {KINDS[kind].table: len(ids) for kind, ids in self.records.items() if ids}
        return {**counted, "audit_payloads": len(self.payloads)}


def look(context: Context, email: str, further: Iterable[str] = ()) -> tuple[Person, Found]:
    """What an erasure of the user with this address would change. `further`: words to erase like the name.
    `NotFound`; `Conflict` for the last active admin.
    """
    access.require(context, Capability.ADMINISTER)
    with context.database.reading():
        user = people.by_email(context, email)
        people.require_another_admin(context, user)
        person = Person(user.id, Words({*of_user(_ever(context, user)), *further}))
        return person, _found(context, person)


def erase(context: Context, email: str, further: Iterable[str] = ()) -> Found:
    """Erase the user with this address, in one transaction. The user's record stays, without personal data and without
    sign-in. Comments that the user signed become empty; other texts that name the user, in records or in the trail, say
    "[erased]" instead. All answers kept for Idempotency-Keys are deleted, whoever they were for.

    The trail records the erasure and the new digest of every changed payload, so that the chain stays whole.
    """
    access.require(context, Capability.ADMINISTER)
    with context.database.transaction():
        user = people.by_email(context, email)
        people.require_another_admin(context, user)
        _close_doors(context, user)
        person, found = look(context, email, further)
        for kind, ids in found.records.items():
            for record_id in ids:
                _rewrite_record(context, person, kind, record_id)
        nobody = people.get(context, user.id)
        trail.leave(context, "user.erased", nobody, None, nobody)
        for first in range(0, len(found.payloads), _BATCH):
            _rewrite_payloads(context, person, found.payloads[first : first + _BATCH])
        kept_answers.forget(context.database, context.account_id)
    return found


def _ever(context: Context, user: User) -> Iterator[User]:
    """The user as stored, and all earlier states that the trail tells."""
    yield user
    for link in audit.links(context.database, context.account_id):
        if link.record_id == user.id and link.action.startswith("user."):
            for text in filter(None, (link.before, link.after)):
                yield msgspec.json.decode(text, type=User)


def _close_doors(context: Context, user: User) -> None:
    for token in tokens.everyone(context):
        if token.user_id == user.id:
            tokens.revoke(context, token.id)
    for key in keys.everyone(context):
        if key.user_id == user.id:
            keys.revoke(context, key.credential)


def _found(context: Context, person: Person) -> Found:
    database, account = context.database, context.account_id
    records = {
        kind.name: [
            record_id
            for record_id, row in kind.records.each(database, account)
            if (plain := msgspec.to_builtins(kind.records.from_row(row))) != person.out_of(kind.name, plain)
        ]
        for kind in KINDS.values()
    }
    payloads = [
        link.number
        for link in audit.links(database, account)
        if link.action != ERASING and _without(person, link.action, link.before, link.after) is not None
    ]
    return Found(records, payloads)


def _without(
    person: Person, action: str, before: str | None, after: str | None
) -> tuple[str | None, str | None] | None:
    """The texts of a payload without the person, `None` where the person does not occur in it."""
    kind = action.partition(".")[0]
    texts = _out_of(person, kind, before), _out_of(person, kind, after)
    return None if texts == (before, after) else texts


def _out_of(person: Person, kind: str, text: str | None) -> str | None:
    if text is None or not person.may_be_in(text):
        return text
    standing = rows.load(text)
    without = person.out_of_payload(kind, standing)
    return text if without == standing else rows.dump(without)


def _rewrite_record(context: Context, person: Person, kind: str, record_id: str) -> None:
    database, account = context.database, context.account_id
    records: Any = KINDS[kind].records
    record: Any = accounts.find(database, account) if kind == "account" else records.find(database, account, record_id)
    without = msgspec.convert(person.out_of(kind, msgspec.to_builtins(record)), type(record))
    if kind == "account":
        erasing.set_extra(database, account, rows.dump(without.extra))
    else:
        records.update(database, without)


def _rewrite_payloads(context: Context, person: Person, numbers: Iterable[int]) -> None:
    rewritten = []
    for number in numbers:
        link = audit.link(context.database, context.account_id, number)
        if link is not None and (texts := _without(person, link.action, link.before, link.after)) is not None:
            rewritten.append(Rewritten(number, *texts))
    told = {"user_id": person.user_id, "digests": {str(one.number): one.digest for one in rewritten}}
    user = people.get(context, person.user_id)
    by = trail.leave(context, ERASING, user, None, told)
    for one in rewritten:
        erasing.rewrite(context.database, context.account_id, one, by)

"""Verifies that a database agrees with its trail: chain, records, derived values, references. Names the first fault."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import msgspec

from milepost.actions import accounts
from milepost.actions.verification import standing, walk
from milepost.actions.verification.derived import Derived
from milepost.actions.verification.discrepancy import Discrepancy
from milepost.actions.verification.replay import Replay
from milepost.actions.verification.told import KINDS
from milepost.store import audit, derived
from milepost.store.engine import Database
from milepost.store.notebook import Notebook

__all__ = ["Discrepancy", "Head", "Verified", "head", "verify"]

# Called with what is being verified, how much of it is done, and how much there is.
Progress = Callable[[str, int, int | None], None]
_STEP = 1_000


class Head(msgspec.Struct, frozen=True):
    """The end of an account's chain at some time. It can be kept elsewhere, to verify the chain later."""

    account_id: str
    number: int
    hash: str


class Verified(msgspec.Struct, frozen=True):
    """An account that was verified without a fault: the number of records in each table, and the end of its chain."""

    account_id: str
    counts: dict[str, int]
    head: Head


def head(database: Database, account_id: str) -> Head:
    """The end of the account's chain now."""
    number, hash_ = audit.head(database, account_id) or (0, "")
    return Head(account_id, number, hash_)


def verify(
    database: Database,
    account_id: str | None,
    anchored: Sequence[Head] = (),
    progress: Progress = lambda _what, _done, _all: None,
) -> list[Verified]:
    """Verify one account, or all of them, as of one moment; `anchored`: heads that were kept elsewhere.

    `Discrepancy` for the first fault: in the chain, then in the records that it tells of, then in derived values, then
    in references. Other work is not held up, and memory does not grow with the database.
    """
    with database.reading():
        if account_id is None:
            wanted = [account.id for account in accounts.everyone(database)]
            for one in derived.homeless(database):
                raise Discrepancy(one.account_id, one.table, one.id, f"there is no {one.refers_to}, whose it is to be")
        else:
            wanted = [accounts.find(database, account_id).id]
        for lost in anchored:
            if account_id is None and lost.account_id not in wanted:
                what = "the account is gone, although the head of its chain was anchored"
                raise Discrepancy(lost.account_id, "accounts", lost.account_id, what)
        return [_one(database, one, _heads(one, anchored), progress) for one in wanted]


def _heads(account_id: str, anchored: Sequence[Head]) -> dict[int, str]:
    heads: dict[int, str] = {}
    for one in anchored:
        if one.account_id == account_id and heads.setdefault(one.number, one.hash) != one.hash:
            what = f"two different hashes were anchored of record {one.number}"
            raise Discrepancy(account_id, "audit", str(one.number), what, heads[one.number], one.hash)
    return heads


def _one(database: Database, account_id: str, heads: Mapping[int, str], progress: Progress) -> Verified:
    notebook = Notebook()
    try:
        replay, number, last = Replay(account_id, notebook), 0, ""
        for link in walk.along(database, account_id, heads):
            replay.follow(link)
            number, last = link.number, link.hash
            if number % _STEP == 0:
                progress(f"trail of {account_id}", number, None)
        counts = {"audit": number}
        for kind in KINDS.values():
            counts[kind.table] = standing.compare(database, account_id, notebook, kind)
        Derived(database, account_id, notebook).require()
        for orphan in derived.orphans(database, account_id):
            what = f"{orphan.column} refers to {orphan.refers_to}, which is not there"
            raise Discrepancy(account_id, orphan.table, orphan.id, what)
        return Verified(account_id, counts, Head(account_id, number, last))
    finally:
        notebook.close()

"""Check-ins in the database: the history of every key result."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import and_, bindparam, func, literal, select, update

from milepost.domain.check_in import CheckIn
from milepost.domain.instants import Instant
from milepost.domain.query import FieldType, Page
from milepost.store import rows
from milepost.store.engine import Database, Statement
from milepost.store.engine.sql import among, constant
from milepost.store.listing import Listing
from milepost.store.schema import check_ins, commented, key_results
from milepost.store.table import Records
from milepost.store.where import Scalar

# A list shows at most this many entries of each key result's history, the newest.
HISTORY_IN_LISTS = 1_000


def from_row(row: Any) -> CheckIn:
    (account_id, entry_id, key_result_id, value, confidence, comment, author, effective, recorded, custom, extra) = row
    return CheckIn(
        account_id, entry_id, key_result_id, value, confidence, comment, author, effective, recorded,
        rows.load_optional(custom), rows.load_object(extra),
    )  # fmt: skip


def to_row(entry: CheckIn) -> dict[str, Any]:
    return {
        "account_id": entry.account_id,
        "id": entry.id,
        "key_result_id": entry.key_result_id,
        "value": entry.value,
        "confidence": entry.confidence,
        "comment": entry.comment,
        "author_id": entry.author_id,
        "effective_at": entry.effective_at,
        "recorded_at": entry.recorded_at,
        "custom_fields": rows.dump_optional(entry.custom_fields),
        "extra": rows.dump(entry.extra),
    }


records = Records(check_ins, from_row, to_row)

_c = check_ins.c
_key_result_name = (
    select(key_results.c.name)
    .where(key_results.c.account_id == _c.account_id, key_results.c.id == _c.key_result_id)
    .scalar_subquery()
)
_COMMENT_TEXTS = ("account_id", "id", "key_result_id", "comment", "author_id")

# Check-ins with a comment, in the order in which they were recorded.
comments = Listing(
    check_ins,
    from_row,
    {
        **{("check_in", name): Scalar(_c[name], FieldType.TEXT) for name in _COMMENT_TEXTS},
        ("check_in", "recorded_at"): Scalar(_c.recorded_at, FieldType.INSTANT),
        ("key_result", "name"): Scalar(_key_result_name, FieldType.TEXT),
        ("about",): Scalar(constant(literal("key_result")), FieldType.TEXT),
    },
    default=(_c.recorded_at, _c.id),
    within=commented,
)

_of_one = and_(_c.account_id == bindparam("account"), _c.key_result_id == bindparam("key_result"))
_descending = (_c.effective_at.desc(), _c.recorded_at.desc(), _c.id.desc())
_history = Statement(select(*_c).where(_of_one).order_by(_c.effective_at, _c.recorded_at, _c.id))
_newest = Statement(select(*_c).where(_of_one).order_by(*_descending).limit(1))
_newest_confident = Statement(select(*_c).where(_of_one, _c.confidence.is_not(None)).order_by(*_descending).limit(1))
_count = Statement(select(func.count()).select_from(check_ins).where(_of_one))
_in_span = and_(_of_one, _c.effective_at >= bindparam("first"), _c.effective_at <= bindparam("last"))
_between = Statement(
    select(*_c)
    .where(_in_span)
    .order_by(_c.effective_at, _c.recorded_at, _c.id)
    .limit(bindparam("limit"))
    .offset(bindparam("skip"))
)
_count_between = Statement(select(func.count()).select_from(check_ins).where(_in_span))
# Not a join, for which SQLite would read all check-ins of the account.
_of_cycle = select(key_results.c.id).where(
    key_results.c.account_id == bindparam("account"), key_results.c.cycle_id == bindparam("cycle")
)
_in_cycle = and_(
    _c.account_id == bindparam("account"),
    _c.key_result_id.in_(_of_cycle),
    _c.effective_at >= bindparam("first"),
    _c.effective_at <= bindparam("last"),
)
_count_in_cycle = Statement(select(func.count()).select_from(check_ins).where(_in_cycle))
_set_comment = Statement(
    update(check_ins)
    .where(_c.account_id == bindparam("account"), _c.id == bindparam("check_in"))
    .values(comment=bindparam("new_comment"))
)
_of_several = and_(_c.account_id == bindparam("account"), among(_c.key_result_id, bindparam("key_results")))
_ranked = (
    select(*_c, func.row_number().over(partition_by=_c.key_result_id, order_by=_descending).label("newness"))
    .where(_of_several)
    .subquery()
)
_newest_histories = Statement(
    select(*[_ranked.c[column.name] for column in _c])
    .where(_ranked.c.newness <= bindparam("most"))
    .order_by(_ranked.c.key_result_id, _ranked.c.effective_at, _ranked.c.recorded_at, _ranked.c.id)
)
_whole_histories = Statement(
    select(*_c).where(_of_several).order_by(_c.key_result_id, _c.effective_at, _c.recorded_at, _c.id)
)


def history(database: Database, account_id: str, key_result_id: str) -> tuple[CheckIn, ...]:
    """All of a key result's check-ins, ascending by effective date."""
    found = database.all(_history, {"account": account_id, "key_result": key_result_id})
    return tuple(from_row(row) for row in found)


def histories(
    database: Database, account_id: str, key_result_ids: Iterable[str], most: int | None = None
) -> dict[str, list[CheckIn]]:
    """The check-ins of each key result, ascending, by its id; only the newest `most` of each where that is given."""
    found: dict[str, list[CheckIn]] = {}
    values = {"account": account_id, "key_results": rows.dump(sorted(set(key_result_ids))), "most": most}
    for row in database.all(_whole_histories if most is None else _newest_histories, values):
        found.setdefault(row[2], []).append(from_row(row))
    return found


def between(
    database: Database, account_id: str, key_result_id: str, first: Instant, last: Instant, skip: int, limit: int
) -> Page[CheckIn]:
    """A part of the check-ins whose effective date lies between two instants, both included, ascending."""
    values = {"account": account_id, "key_result": key_result_id, "first": first, "last": last}
    found = database.all(_between, {**values, "skip": skip, "limit": limit})
    return Page([from_row(row) for row in found], database.one(_count_between, values)[0])


def count_in_cycle(database: Database, account_id: str, cycle_id: str, first: Instant, last: Instant) -> int:
    """How many check-ins a cycle's key results have between two instants, both included."""
    values = {"account": account_id, "cycle": cycle_id, "first": first, "last": last}
    return int(database.one(_count_in_cycle, values)[0])


def newest(database: Database, account_id: str, key_result_id: str) -> CheckIn | None:
    """The check-in that gives the current value."""
    row = database.one(_newest, {"account": account_id, "key_result": key_result_id})
    return None if row is None else from_row(row)


def newest_confident(database: Database, account_id: str, key_result_id: str) -> CheckIn | None:
    """The newest check-in with a confidence."""
    row = database.one(_newest_confident, {"account": account_id, "key_result": key_result_id})
    return None if row is None else from_row(row)


def count(database: Database, account_id: str, key_result_id: str) -> int:
    """How many check-ins a key result has."""
    return int(database.one(_count, {"account": account_id, "key_result": key_result_id})[0])


def set_comment(database: Database, account_id: str, check_in_id: str, comment: str) -> None:
    """Change the one thing about a check-in that can change."""
    database.run(_set_comment, {"account": account_id, "check_in": check_in_id, "new_comment": comment})

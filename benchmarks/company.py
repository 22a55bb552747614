"""A company of any size for the benchmarks: one session is built through the actions, the others are its copies by SQL.

Every session holds 2,000 key results under 200 objectives, with ten check-ins each.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable

import msgspec
from sqlalchemy import ColumnElement, Table, Text, bindparam, func, insert, select

from milepost import app
from milepost.actions import accounts, cycles, keys, objectives, people, rollup, tokens
from milepost.actions.context import Actor, Context, operator
from milepost.actions.cycles import CycleChange
from milepost.actions.people import UserChange
from milepost.config import Settings
from milepost.domain import history, ids, instants, key
from milepost.domain.change import ObjectiveChange
from milepost.domain.check_in import CheckIn
from milepost.domain.cycle import Cycle
from milepost.domain.instants import DAY, Instant
from milepost.domain.key_result import KeyResult, blank
from milepost.domain.people import Role
from milepost.store import check_ins, key_results, schema
from milepost.store.engine import Database, Statement

OBJECTIVES_EACH = 200
KEY_RESULTS_EACH = 10
SESSION = OBJECTIVES_EACH * KEY_RESULTS_EACH
CHECK_INS_EACH = 10

# So long ago, in microseconds, is the first session made: each copy is a second younger, and none is of the future.
_AGO = 3_600_000_000
_IDS = ("id", "cycle_id", "objective_id", "key_result_id")


class Company(msgspec.Struct):
    """How to get in, and what to ask for."""

    account_id: str
    token: str
    credential: str
    secret: str
    server_key: str
    cycle_ids: list[str]
    objective_ids: list[str]
    key_result_ids: list[str]


def build(
    database: Database, sessions: int, first: int = SESSION, settle: Callable[[], object] = lambda: None
) -> Company:
    """The company in an empty database. `first`: so many key results has the first session; the others are like it.
    `settle` is called once that one is there: a server may want to look at it, lest it copies it by a bad plan.
    """
    account = accounts.add(database, _clock, "Benchmark")
    boss = operator(database, account.id, _clock)
    admin = people.add(boss, UserChange(email="admin@bench.test", name="Ada Admin", role=Role.ADMIN))
    _, text = tokens.add(boss, admin.email)
    server_key = secrets.token_hex(32)
    signing, secret = keys.add(boss, app.vault(Settings(secret_key=server_key), database), admin.email)
    context = Context(database, Actor(account.id, admin.id, admin.role), _clock, "benchmark")
    start = _clock() - 45 * DAY
    quarter = CycleChange(name="Quarter", starts_at=start, ends_at=start + 90 * DAY, time_zone="Europe/Berlin")
    aims, measures = [], []
    with database.transaction():
        cycle = cycles.add(context, quarter)
        for index in range(first // KEY_RESULTS_EACH):
            objective_id, made = _objective(context, cycle, index)
            aims.append(objective_id)
            measures += made
    company = Company(account.id, text, signing.credential, secret, server_key, [cycle.id], [*aims], [*measures])
    settle()
    seconds = _clock() // 1_000_000
    for number in range(1, sessions):
        prefix = f"{seconds + number & 0xFFFFFFFF:08x}"
        _copy(database, {"account": account.id, "cycle": cycle.id, "prefix": prefix, "later": number * 1_000_000})
        company.cycle_ids.append(prefix + cycle.id[8:])
        company.objective_ids += [prefix + one[8:] for one in aims]
        company.key_result_ids += [prefix + one[8:] for one in measures]
    return company


def signed_header(of: Company) -> str:
    """The Authorization header of a request that is signed now; it holds for ten minutes."""
    timestamp = f"{instants.as_datetime(app.clock()).isoformat()[:19]}Z"
    signature = key.signature(of.secret, f"{of.credential}{timestamp}".encode())
    return f"S1-HMAC-SHA256 Credential={of.credential}&Timestamp={timestamp}&Signature={signature}"


def _clock() -> Instant:
    return app.clock() - _AGO


def _copy(database: Database, values: dict[str, object]) -> None:
    """One more session: the first one with other ids, so many microseconds `later`."""
    with database.transaction():
        for statement in _COPIES:
            database.run(statement, values)


def _copying(table: Table, of_cycle: ColumnElement[bool]) -> Statement:
    """The statement that copies a session's rows of a table. Of an id the part that says its second is replaced."""

    def moved(name: str) -> ColumnElement[object]:
        column = table.c[name]
        if name in _IDS:
            return bindparam("prefix", type_=Text) + func.substr(column, 9)
        return column + bindparam("later") if name.endswith("_at") else column

    names = table.columns.keys()
    rows = select(*(moved(name) for name in names)).where(table.c.account_id == bindparam("account"), of_cycle)
    return Statement(insert(table).from_select(names, rows))


def _of(table: Table) -> ColumnElement[object]:
    """The ids of the session's records in a table."""
    return select(table.c.id).where(table.c.account_id == bindparam("account"), table.c.cycle_id == bindparam("cycle"))


_COPIES = (
    _copying(schema.cycles, schema.cycles.c.id == bindparam("cycle")),
    _copying(schema.objectives, schema.objectives.c.cycle_id == bindparam("cycle")),
    _copying(schema.objective_owners, schema.objective_owners.c.objective_id.in_(_of(schema.objectives))),
    _copying(schema.key_results, schema.key_results.c.cycle_id == bindparam("cycle")),
    _copying(schema.key_result_owners, schema.key_result_owners.c.key_result_id.in_(_of(schema.key_results))),
    _copying(schema.check_ins, schema.check_ins.c.key_result_id.in_(_of(schema.key_results))),
)


def _objective(context: Context, cycle: Cycle, index: int) -> tuple[str, list[str]]:
    database = context.database
    change = ObjectiveChange(name=f"Objective {index} of the quarter", owner_ids=(context.user_id,))
    objective_id = objectives.add(context, cycle.id, change).objective.id
    made, told = [], []
    for position in range(1, KEY_RESULTS_EACH + 1):
        key_result = _key_result(context, cycle, objective_id, index, position)
        entries = _history(key_result, cycle, context.clock)
        made.append(history.explained(key_result, entries))
        told += entries
    key_results.records.insert_many(database, made)
    for one in made:
        key_results.owners.write(database, one.account_id, one.id, one.owner_ids, new=True)
    check_ins.records.insert_many(database, told)
    rollup.objectives(context, [objective_id])
    return objective_id, [one.id for one in made]


def _history(key_result: KeyResult, cycle: Cycle, now: Callable[[], Instant]) -> list[CheckIn]:
    start = cycle.starts_at or 0
    return [
        CheckIn(
            account_id=key_result.account_id,
            id=ids.new(now()),
            key_result_id=key_result.id,
            value=float(5 + 9 * step + key_result.position),
            confidence=0.5 + step / 20,
            comment="Two more customers signed, the third waits for its lawyers.",
            author_id=key_result.created_by,
            effective_at=start + step * 4 * DAY,
            recorded_at=start + step * 4 * DAY,
        )
        for step in range(CHECK_INS_EACH)
    ]


def _key_result(context: Context, cycle: Cycle, objective_id: str, index: int, position: int) -> KeyResult:
    now = context.clock()
    bare = blank(
        context.account_id, ids.new(now), objective_id, cycle.id, position=position, at=now, by=context.user_id
    )
    return msgspec.structs.replace(
        bare,
        name=f"Raise what number {position} of team {index} measures from nothing to a hundred",
        description="Counted at the end of each week, from the books.",
        target=100.0,
        number_type="double",
        owner_ids=(context.user_id,),
    )

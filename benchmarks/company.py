"""A company of 20,000 key results for the benchmark, written through the store in bulk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from milepost.actions import accounts, cycles, keys, objectives, people, rollup, tokens
from milepost.actions.context import Actor, Context, operator
from milepost.actions.cycles import CycleChange
from milepost.actions.people import UserChange
from milepost.app import clock
from milepost.domain import history, ids, instants, key
from milepost.domain.change import ObjectiveChange
from milepost.domain.check_in import CheckIn
from milepost.domain.cycle import Cycle
from milepost.domain.instants import DAY, Instant
from milepost.domain.key_result import KeyResult, blank
from milepost.domain.people import Role
from milepost.store import check_ins, key_results
from milepost.store.migrate import open_database
from milepost.store.vault import vault

SESSIONS = 10
OBJECTIVES_EACH = 200
KEY_RESULTS_EACH = 10
CHECK_INS_EACH = 10
# One key result in so many has a history.
TOLD = 4


class Company(msgspec.Struct):
    """How to get in, and what to ask for."""

    account_id: str
    token: str
    credential: str
    secret: str
    session_id: str
    key_result_ids: list[str]


def build(path: Path) -> Company:
    """The company in a new database: ten sessions of 2,000 key results, ten check-ins on every fourth."""
    database = open_database(path)
    account = accounts.add(database, clock, "Benchmark")
    boss = operator(database, account.id, clock)
    admin = people.add(boss, UserChange(email="admin@bench.test", name="Ada Admin", role=Role.ADMIN))
    _, text = tokens.add(boss, admin.email)
    signing, secret = keys.add(boss, vault("", path), admin.email)
    context = Context(database, Actor(account.id, admin.id, admin.role), clock, "benchmark")
    made: list[KeyResult] = []
    session_ids = []
    with database.transaction():
        for number in range(SESSIONS):
            cycle = cycles.add(context, _quarter(number))
            session_ids.append(cycle.id)
            for index in range(OBJECTIVES_EACH):
                made += _objective(context, cycle, index)
    database.close()
    return Company(account.id, text, signing.credential, secret, session_ids[0], [one.id for one in made])


def signed_header(of: Company) -> str:
    """The Authorization header of a request that is signed now; it holds for ten minutes."""
    timestamp = f"{instants.as_datetime(clock()).isoformat()[:19]}Z"
    signature = key.signature(of.secret, f"{of.credential}{timestamp}".encode())
    return f"S1-HMAC-SHA256 Credential={of.credential}&Timestamp={timestamp}&Signature={signature}"


def _quarter(number: int) -> CycleChange:
    """The quarter that is so many before the one that today is in the midst of."""
    start = clock() - 45 * DAY - number * 91 * DAY
    return CycleChange(name=f"Quarter {number}", starts_at=start, ends_at=start + 90 * DAY, time_zone="Europe/Berlin")


def _objective(context: Context, cycle: Cycle, index: int) -> list[KeyResult]:
    database = context.database
    name = f"Objective {index} of {cycle.name}"
    view = objectives.add(context, cycle.id, ObjectiveChange(name=name, owner_ids=(context.user_id,)))
    objective_id = view.objective.id
    made, told = [], []
    for position in range(1, KEY_RESULTS_EACH + 1):
        key_result = _key_result(context, cycle, objective_id, position)
        entries = _history(key_result, cycle, context.clock) if position % TOLD == 0 else []
        made.append(history.explained(key_result, entries))
        told += entries
    key_results.records.insert_many(database, made)
    for one in made:
        key_results.owners.write(database, one.account_id, one.id, one.owner_ids, new=True)
    check_ins.records.insert_many(database, told)
    rollup.objectives(context, [objective_id])
    return made


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


def _key_result(context: Context, cycle: Cycle, objective_id: str, position: int) -> KeyResult:
    now = context.clock()
    bare = blank(
        context.account_id, ids.new(now), objective_id, cycle.id, position=position, at=now, by=context.user_id
    )
    return msgspec.structs.replace(
        bare,
        name=f"Raise what number {position} measures from nothing to a hundred",
        description="Counted at the end of each week, from the books.",
        target=100.0,
        number_type="double",
        owner_ids=(context.user_id,),
    )

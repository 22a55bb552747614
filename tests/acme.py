"""One small company that tests know by name: acme.anna (admin), acme.ben (member), acme.vera (viewer), acme.q3,
acme.growth (an objective) and acme.revenue (its key result); and a rival whose records are nobody's business.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from milepost.actions import accounts, cycles, key_results, objectives, people, tokens
from milepost.actions.context import Actor, Context, operator
from milepost.actions.cycles import CycleChange
from milepost.actions.people import UserChange
from milepost.domain import instants
from milepost.domain.account import Account
from milepost.domain.change import KeyResultChange, ObjectiveChange
from milepost.domain.cycle import Cycle
from milepost.domain.instants import DAY, Instant
from milepost.domain.key_result import Kind
from milepost.domain.people import Role, User
from milepost.store.engine import Database

# Monday in the middle of the third quarter.
NOON = instants.parse("2026-08-17T12:00:00Z", "now")


class Clock:
    """A clock that stands still until it is told to move; each reading is a microsecond later than the one before."""

    def __init__(self, now: Instant = NOON) -> None:
        self.now = now

    def __call__(self) -> Instant:
        self.now += 1
        return self.now

    def forward(self, days: float = 0, seconds: float = 0) -> None:
        self.now += int(days * DAY) + int(seconds * 1_000_000)


class Acme(msgspec.Struct):
    """The company and its rival, in one database."""

    database: Database
    clock: Clock
    account: Account
    anna: User
    ben: User
    vera: User
    q3: Cycle
    growth: str
    revenue: str
    tokens: dict[str, str]
    rival: Account
    rita: User
    rival_cycle: str
    rival_objective: str
    rival_key_result: str

    def context(self, user: User) -> Context:
        """Somebody acting, as if signed in."""
        return Context(self.database, Actor(user.account_id, user.id, user.role), self.clock, "test")


def build(database: Database, clock: Clock | None = None) -> Acme:
    """The company in an empty database."""
    now = clock or Clock()
    account = accounts.add(database, now, "Acme")
    boss = operator(database, account.id, now)
    anna = _user(boss, "anna@acme.test", "Anna", "Ahlberg", Role.ADMIN)
    ben = _user(boss, "ben@acme.test", "Ben", "Bauer", Role.MEMBER)
    vera = _user(boss, "vera@acme.test", "Vera", "Viklund", Role.VIEWER)
    q3, growth, revenue = _plan(boss, anna, "Q3 2026", "Grow the business", "Monthly revenue")
    rival = accounts.add(database, now, "Rival")
    other = operator(database, rival.id, now)
    rita = _user(other, "rita@rival.test", "Rita", "Rossi", Role.ADMIN)
    rival_cycle, rival_objective, rival_key_result = _plan(other, rita, "Secret", "Beat Acme", "Their revenue")
    texts = {name: tokens.add(boss, f"{name}@acme.test", name)[1] for name in ("anna", "ben", "vera")}
    texts["rita"] = tokens.add(other, "rita@rival.test", "rita")[1]
    return Acme(
        database=database,
        clock=now,
        account=account,
        anna=anna,
        ben=ben,
        vera=vera,
        q3=q3,
        growth=growth,
        revenue=revenue,
        tokens=texts,
        rival=rival,
        rita=rita,
        rival_cycle=rival_cycle.id,
        rival_objective=rival_objective,
        rival_key_result=rival_key_result,
    )


def _user(boss: Context, email: str, first: str, last: str, role: Role) -> User:
    return people.add(boss, UserChange(email=email, first_name=first, last_name=last, role=role))


def _plan(boss: Context, owner: User, cycle: str, objective: str, key_result: str) -> tuple[Cycle, str, str]:
    spanning = CycleChange(
        name=cycle,
        starts_at=instants.parse("2026-07-01T00:00:00Z", "start"),
        ends_at=instants.parse("2026-09-30T23:59:59.999Z", "end"),
        time_zone="Europe/Berlin",
    )
    made = cycles.add(boss, spanning)
    acting: Callable[[], Instant] = boss.clock
    as_owner = Context(boss.database, Actor(owner.account_id, owner.id, owner.role), acting, "test")
    aim = objectives.add(as_owner, made.id, ObjectiveChange(name=objective, owner_ids=(owner.id,)))
    measure = key_results.add(
        as_owner,
        aim.objective.id,
        KeyResultChange(name=key_result, kind=Kind.INCREASE, start=0.0, target=100.0, owner_ids=(owner.id,)),
    )
    return made, aim.objective.id, measure.key_result.id

"""`milepost demo`: a company that could be real, at any time of the year, and gone when it ends."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from milepost.actions import cycles, key_results, objectives, people, teams
from milepost.actions.context import Context, operator
from milepost.actions.surroundings import History
from milepost.app import clock
from milepost.cli.demo_company import build
from milepost.domain import instants
from milepost.domain.cycle import CycleState
from milepost.domain.instants import DAY, Instant
from milepost.domain.key_result import Kind
from milepost.domain.objective import ObjectiveStatus
from milepost.domain.people import Role
from milepost.domain.query import Query
from milepost.store import audit
from milepost.store.engine import Database
from milepost.store.migrate import open_database
from terminal import Running, Terminal
from wire import Live

EVERYTHING = Query(limit=1_000)

# Midsummer, the first and the last moment of a quarter in Amsterdam, and a leap day.
DAYS = [
    "2026-08-17T12:00:00Z",
    "2026-09-30T22:00:00Z",
    "2026-12-31T22:59:59Z",
    "2028-02-29T12:00:00Z",
]


def at(text: str) -> Instant:
    return instants.parse(text, "now")


def shown(database: Database, now: Instant) -> Context:
    """Whoever looks at the demo company at that time."""
    return operator(database, build(database, now).account_id, lambda: now)


@pytest.fixture
def midsummer(database: Database) -> Context:
    return shown(database, at(DAYS[0]))


def test_building_takes_a_moment(database: Database) -> None:
    start = time.perf_counter()
    build(database, clock())
    assert time.perf_counter() - start < 3


@pytest.mark.parametrize("day", DAYS)
def test_one_quarter_is_over_one_runs_and_one_is_to_come(database: Database, day: str) -> None:
    now = at(day)
    over, current, following = cycles.list_(shown(database, now), EVERYTHING).items
    assert [one.state for one in (over, current, following)] == [CycleState.CLOSED, CycleState.OPEN, CycleState.OPEN]
    assert over.ends_at is not None
    assert current.starts_at is not None
    assert current.ends_at is not None
    assert over.ends_at < current.starts_at <= now <= current.ends_at
    assert following.starts_at == current.ends_at + 1_000
    assert all(one.days is not None and 90 <= one.days[1] <= 92 for one in (over, current, following))


@pytest.mark.parametrize("day", DAYS)
def test_nothing_lies_in_the_future_and_the_trail_is_whole(database: Database, day: str) -> None:
    now = at(day)
    context = shown(database, now)
    latest = now + 1_000_000  # the clock moves on by a microsecond a reading
    for view in key_results.list_(context, EVERYTHING, History.ALL).items:
        assert view.key_result.created_at <= latest
        for entry in view.check_ins:
            assert view.key_result.created_at < entry.effective_at <= entry.recorded_at <= latest
    trail = list(_trail(database, context.account_id))
    assert [record.number for record in trail] == list(range(1, len(trail) + 1))
    assert [record.at for record in trail] == sorted(record.at for record in trail)


def _trail(database: Database, account_id: str) -> Iterator[audit.AuditRecord]:
    last = 0
    while part := audit.read(database, account_id, after=last):
        yield from part
        last = part[-1].number


def test_all_seven_kinds_are_measured_in_the_quarter_that_runs(midsummer: Context) -> None:
    current = cycles.running(midsummer)[0]
    views = key_results.list_(midsummer, EVERYTHING).items
    kinds = Counter(view.key_result.kind for view in views if view.key_result.cycle_id == current.id)
    assert kinds.keys() == set(Kind)
    assert all(view.key_result.check_in_count >= 2 for view in views if view.key_result.cycle_id == current.id)


def test_months_of_history_by_the_people_who_own_it(midsummer: Context) -> None:
    views = key_results.list_(midsummer, EVERYTHING, History.ALL).items
    history = [(view.key_result, entry) for view in views for entry in view.check_ins]
    assert len(history) > 100
    effective = [entry.effective_at for _, entry in history]
    assert max(effective) - min(effective) > 120 * DAY
    assert all(entry.author_id == one.owner_id for one, entry in history)
    told = [entry for _, entry in history if entry.comment]
    assert len(told) > 20
    assert all(entry.confidence is not None for entry in told)
    assert any(entry.recorded_at - entry.effective_at > DAY for _, entry in history), "some were late"
    weekdays = {instants.as_datetime(entry.effective_at).weekday() for _, entry in history}
    assert weekdays <= {0, 1, 2, 3, 4}


def test_people_with_roles_one_of_whom_has_left(midsummer: Context) -> None:
    staff = people.everyone(midsummer)
    assert {user.role for user in staff} == set(Role)
    assert [user.name for user in staff if not user.is_active] == ["Karel Novák"]
    acting = {record.actor_id for record in _trail(midsummer.database, midsummer.account_id)}
    contributors = {user.id for user in staff if user.role is not Role.VIEWER}
    assert acting == contributors | {""}, "the operator founded the account and added its people"


def test_teams_have_a_lead_and_something_to_do_this_quarter(midsummer: Context) -> None:
    current = cycles.running(midsummer)[0]
    found = {team.id: team for team in teams.list_(midsummer, EVERYTHING).items}
    assert len(found) == 3
    assert [found[team.parent_id].name for team in found.values() if team.parent_id] == ["Bikes"]
    assert all(team.description and team.manager_id in team.member_ids for team in found.values())
    views = key_results.list_(midsummer, EVERYTHING).items
    owned = {owner for view in views if view.key_result.cycle_id == current.id for owner in view.key_result.owner_ids}
    assert found.keys() <= owned
    aims = objectives.list_(midsummer, EVERYTHING).items
    assert len([one for one in aims if found.keys() & set(one.objective.owner_ids)]) == 2
    assert all(found.keys().isdisjoint(view.key_result.owner_ids[:1]) for view in views), "somebody answers for it"


def test_confidence_is_said_of_most_of_what_runs(midsummer: Context) -> None:
    current = cycles.running(midsummer)[0]
    said = [
        view.key_result.confidence
        for view in key_results.list_(midsummer, EVERYTHING).items
        if view.key_result.cycle_id == current.id
    ]
    assert len([one for one in said if one is not None]) > len(said) * 0.8
    assert any(one is None for one in said), "as where nobody was asked"


def test_objectives_stand_in_a_tree_and_were_closed_with_a_reason(midsummer: Context) -> None:
    found = {view.objective.id: view.objective for view in objectives.list_(midsummer, EVERYTHING).items}
    children = [one for one in found.values() if one.parent_id]
    assert len(children) >= 5
    assert all(found[one.parent_id].cycle_id == one.cycle_id for one in children)
    assert any(found[one.parent_id].parent_id for one in children), "a child of a child"
    assert all(one.owner_ids and one.tags and one.custom_fields for one in found.values())
    closed = [one.closing for one in found.values() if one.closing.status is not ObjectiveStatus.ACTIVE]
    assert {closing.status for closing in closed} == {ObjectiveStatus.ACHIEVED, ObjectiveStatus.ABANDONED}
    assert all(closing.comment and closing.by for closing in closed)


def test_the_same_numbers_every_time(tmp_path: Path) -> None:
    told = []
    for name in ("one.db", "two.db"):
        database = open_database(tmp_path / name)
        views = key_results.list_(shown(database, at(DAYS[0])), EVERYTHING, History.ALL).items
        told.append(
            [
                (view.key_result.name, entry.value, entry.comment, entry.effective_at)
                for view in views
                for entry in view.check_ins
            ]
        )
        database.close()
    assert told[0] == told[1]


def test_the_demo_is_served_and_thrown_away(milepost: Terminal, tmp_path: Path) -> None:
    running = Running("demo", "--port", "0", "--database", milepost.url, folder=tmp_path)
    (folder,) = tmp_path.iterdir()
    assert folder.name.startswith("milepost-demo-")
    with closing(Live(running.address, *running.entrance)) as wire:
        answer = wire.request("GET", running.curl[-1].removeprefix(running.address))
        founder = wire.get("v1/users/app/me").json["user"]["id"]
        staff = wire.get("v1/users").json["items"]
    assert answer.status == 200
    assert [one["name"] for one in answer.json["items"]][:1] == ["Active dealers"]
    assert answer.json["totalCount"] > 20
    assert [one["email"] for one in staff if one["id"] == founder] == ["ines@larkspur.example"]
    outcome = running.end()
    assert (outcome.code, outcome.out) == (0, "")
    assert outcome.err == f"the demo has a database of its own; {milepost.url} is left alone\n"
    assert list(tmp_path.iterdir()) == []

"""Single records: what is made up for what this API does not show, what is refused and where, what is left as it is."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from milepost.actions import accounts, cycles, key_results, objectives, people, teams
from milepost.actions.context import operator
from milepost.actions.people import UserChange
from milepost.domain import ids, instants
from milepost.domain.change import KeyResultChange, ObjectiveChange
from milepost.domain.errors import Invalid, NotFound
from milepost.domain.instants import Instant
from milepost.domain.people import Role
from milepost.store import accounts as stored_accounts
from milepost.store import check_ins, users
from milepost.store import key_results as stored_key_results
from milepost.store import objectives as stored_objectives
from milepost.store.engine import Database
from milepost.transfer.simpleokr.account import load
from milepost.transfer.simpleokr.pages import LISTS, Page
from milepost.transfer.simpleokr.report import Report
from milepost.transfer.simpleokr.run import Start
from saved_company import content

HOUSE = "61a0000000000000000000a9"
OTHER = "61a0000000000000000000aa"
NOW = instants.parse("2026-08-17T12:00:00Z", "now")

JANE, TEAM, CYCLE, AIM, MEASURE, SECOND, STRANGER = (
    f"0b7f6a3e-2f0d-4c57-9f6b-2a8f0d6f1c{number:02}" for number in range(7)
)
CREATED, MODIFIED = "2018-02-20T12:32:56Z", "2018-03-01T08:00:00Z"

Take = Callable[..., Report]


def now() -> Instant:
    return NOW


def user(**said: Any) -> dict[str, Any]:
    return {
        "id": JANE, "name": "Jane Doe", "email": "jane@acme.test", "is_active": True, "created_at": CREATED, **said
    }  # fmt: skip


def named(id: str, **said: Any) -> dict[str, Any]:
    """A team or a cycle."""
    return {"id": id, "name": "Somebody", "created_at": CREATED, **said}


def objective(**said: Any) -> dict[str, Any]:
    return {
        "id": AIM, "name": "Grow", "created_at": CREATED, "modified_at": MODIFIED, "team_id": None, "assignee_id": JANE,
        "description": None, "is_personal": False, "is_company": False, "parent_objective_id": None, "cycle_id": CYCLE,
        **said,
    }  # fmt: skip


def key_result(**said: Any) -> dict[str, Any]:
    return {
        "id": MEASURE, "name": "Revenue", "created_at": CREATED, "modified_at": MODIFIED, "objective_id": AIM,
        "type": "positive", "confidence": "0.50", "current_value": "10000.00", "target_value_min": "40000.00",
        "target_value_max": None, **said,
    }  # fmt: skip


@pytest.fixture
def take(database: Database) -> Take:
    """Import one page of each list, its one record replaced where a list is given, into an account made before."""
    accounts.add(database, now, "House", HOUSE)

    def run(start: Start | None = None, account_id: str | None = HOUSE, **lists: list[Any]) -> Report:
        whole = {
            "users": [user()], "teams": [named(TEAM)], "cycles": [named(CYCLE)], "objectives": [objective()],
            "keyresults": [key_result()], **lists,
        }  # fmt: skip
        return load(database, now, [page(name, whole[name]) for name in LISTS], account_id, start=start)

    return run


def page(name: str, items: list[Any], start: int = 0) -> Page:
    cycle = CYCLE if name in ("objectives", "keyresults") else ""
    return Page(name, cycle, start, [msgspec.Raw(json.dumps(item).encode()) for item in items])


def problems(report: Report) -> list[str]:
    return [str(problem) for problem in report.problems]


def stored(database: Database, record_id: str = MEASURE) -> Any:
    return stored_key_results.records.find(database, HOUSE, record_id)


# What is made up


def test_a_user_becomes_a_member_with_the_whole_name(database: Database, take: Take) -> None:
    assert take(users=[user(is_active=False)]).problems == []
    jane = users.records.find(database, HOUSE, JANE)
    assert (jane.name, jane.first_name, jane.last_name) == ("Jane Doe", "", "")
    assert (jane.role, jane.is_active, jane.email) == (Role.MEMBER, False, "jane@acme.test")
    assert jane.created_at == jane.modified_at == instants.parse(CREATED, "")


def test_a_value_is_explained_by_one_check_in_when_the_record_was_modified(database: Database, take: Take) -> None:
    take()
    (entry,) = check_ins.history(database, HOUSE, MEASURE)
    assert (entry.value, entry.confidence, entry.author_id, entry.comment) == (10_000, 0.5, "", "")
    assert entry.effective_at == entry.recorded_at == instants.parse(MODIFIED, "")
    one = stored(database)
    assert (one.start, one.current, one.attainment, one.check_in_count) == (0, 10_000, 0.25, 1)
    assert (one.created_at, one.modified_at) == (instants.parse(CREATED, ""), instants.parse(MODIFIED, ""))
    assert stored_objectives.records.find(database, HOUSE, AIM).attainment == 0.25


@pytest.mark.parametrize(
    ("said", "count"),
    [
        ({"current_value": "0.00", "confidence": "0.00"}, 0),
        ({"current_value": "0.00", "confidence": "0.10"}, 1),
        ({"current_value": "0.01", "confidence": "0.00"}, 1),
        ({"type": "negative", "confidence": "0.00"}, 0),
        ({"type": "negative", "confidence": "0.01"}, 1),
        ({"type": "milestone", "current_value": "1.00", "target_value_min": "1.00", "confidence": "0.00"}, 1),
    ],
)
def test_what_needs_no_explanation_gets_none(database: Database, take: Take, said: Any, count: int) -> None:
    assert take(keyresults=[key_result(**said)]).problems == []
    history = check_ins.history(database, HOUSE, MEASURE)
    assert len(history) == count
    assert all(entry.confidence is None for entry in history if said["confidence"] == "0.00")


@pytest.mark.parametrize("type_", ["positive", "negative", "milestone"])
@pytest.mark.parametrize("start", [None, *Start])
def test_the_start_follows_from_the_type_unless_told(
    database: Database, take: Take, type_: str, start: Start | None
) -> None:
    assert take(start, keyresults=[key_result(type=type_, current_value="7.5")]).problems == []
    from_zero = type_ == "milestone" or start is Start.ZERO or (start is None and type_ == "positive")
    assert (stored(database).start, stored(database).current) == (0 if from_zero else 7.5, 7.5)


def test_a_record_modified_in_the_future_does_not_outdo_check_ins_to_come(database: Database, take: Take) -> None:
    take(keyresults=[key_result(modified_at="2099-01-01T00:00:00Z")])
    (entry,) = check_ins.history(database, HOUSE, MEASURE)
    assert entry.effective_at == NOW
    assert stored(database).modified_at == instants.parse("2099-01-01T00:00:00Z", "")


def test_ids_that_were_24_digits_are_so_again(database: Database, take: Take) -> None:
    short = "61a0000000000000000000e1"
    take(keyresults=[key_result(id=ids.as_uuid(short).upper())])
    assert stored(database, short).name == "Revenue"


def test_the_misspelled_type_and_empty_names_come_in(database: Database, take: Take) -> None:
    report = take(objectives=[objective(name="")], keyresults=[key_result(type="postive", name="")])
    assert report.problems == []
    assert (stored(database).kind, stored(database).name) == ("increase", "")


# What is refused, and where


@pytest.mark.parametrize(
    ("lists", "said"),
    [
        ({"users": [5]}, "users[0]: must be an object"),
        ({"users": [user(), user(id=5)]}, "users[1], id: must be a string"),
        ({"users": [user(id="x")]}, "users[0], id: must be the id of a record, which is a UUID"),
        ({"users": [user(id=None)]}, "users[0], id: is required"),
        ({"users": [user(is_active="yes")]}, "users[0], is_active: must be true or false"),
        ({"users": [user(is_active=None)]}, "users[0], is_active: is required"),
        ({"users": [user(name=["x"])]}, "users[0], name: must be a string"),
        ({"users": [user(created_at=1_500_000_000)]}, "users[0], created_at: must be a string"),
        ({"users": [user(created_at="yesterday")]}, "users[0], created_at: is not a date"),
        ({"users": [user(name="x" * 4_001)]}, "users[0], name: is longer than 4,000 characters"),
        ({"users": [user(email="a\0@acme.test")]}, "users[0], email: holds a NUL"),
        ({"teams": [named(TEAM, name=None)]}, "teams[0], name: is required"),
        ({"teams": [named(JANE)]}, "teams[0], id: is the id of another record here already: a user"),
        ({"cycles": [named(CYCLE, created_at=None)], "objectives": [], "keyresults": []}, "cycles[0], created_at: is"),
        (
            {"objectives": [objective(), objective(id=SECOND, cycle_id=TEAM)]},
            f"objectives[1] of cycle {CYCLE}, cycle_id",
        ),
        (
            {"objectives": [objective(is_company=1)], "keyresults": []},
            f"objectives[0] of cycle {CYCLE}, is_company: mu",
        ),
        ({"objectives": [objective(description=5)], "keyresults": []}, f"objectives[0] of cycle {CYCLE}, description"),
        ({"keyresults": [key_result(objective_id=None)]}, f"keyresults[0] of cycle {CYCLE}, objective_id: is required"),
        ({"keyresults": [key_result(objective_id=JANE)]}, f"keyresults[0] of cycle {CYCLE}, objective_id: there is no"),
        ({"keyresults": [key_result(type="best")]}, f"keyresults[0] of cycle {CYCLE}, type: must be one of positive"),
        (
            {"keyresults": [key_result(confidence="1.5")]},
            f"keyresults[0] of cycle {CYCLE}, confidence: must lie between",
        ),
        (
            {"keyresults": [key_result(current_value="1e5")]},
            f"keyresults[0] of cycle {CYCLE}, current_value: must be a",
        ),
        ({"keyresults": [key_result(target_value_min=None)]}, f"keyresults[0] of cycle {CYCLE}, target_value_min: is"),
        (
            {"keyresults": [key_result(type="range", target_value_max="3")]},
            f"keyresults[0] of cycle {CYCLE}, target_value_max: must not lie below",
        ),
    ],
)
def test_what_cannot_be_taken_is_named_by_list_index_and_attribute(take: Take, lists: Any, said: str) -> None:
    report = take(**lists)
    (problem,) = problems(report)
    assert problem.startswith(said)
    assert sum(one.refused for one in report.lists) == 1


def test_all_faults_of_a_record_are_named_and_the_others_come_in(take: Take) -> None:
    report = take(users=[user(name=5, is_active=5, created_at=5), user()])
    assert {one.attribute for one in report.problems} == {"name", "is_active", "created_at"}
    assert [(one.found, one.taken, one.refused) for one in report.lists[:1]] == [(2, 1, 1)]


def test_an_index_counts_over_pages(database: Database, take: Take) -> None:
    report = load(database, now, [page("users", [user()]), page("users", [5], start=1)])
    assert [str(one.place) for one in report.problems] == ["users[1]"]


def test_two_users_cannot_share_an_address_in_any_case(database: Database, take: Take) -> None:
    boss = operator(database, HOUSE, now)
    here = people.add(boss, UserChange(email="Jane@acme.test", first_name="Jane"))
    report = take()
    (problem,) = problems(report)
    assert problem.startswith("users[0], email: jane@acme.test is the address of another user here already")
    assert ids.as_uuid(here.id) in problem
    # What she owns waits for her.
    (owner,) = report.unknown_owners
    assert (owner.id, owner.records, str(owner.first)) == (JANE, 1, f"objectives[0] of cycle {CYCLE}")
    people.revise(boss, here.id, UserChange(email="boss@acme.test"))
    assert take().problems == []
    assert objectives.get(boss, AIM).owners[0].id == JANE


def test_users_without_an_address_can_be_several(take: Take) -> None:
    assert take(users=[user(email=""), user(id=SECOND, email=None)]).problems == []


# Parents and owners


def test_a_parent_may_come_later(database: Database, take: Take) -> None:
    report = take(objectives=[objective(parent_objective_id=SECOND), objective(id=SECOND)])
    assert (report.problems, report.notes) == ([], [])
    assert stored_objectives.records.find(database, HOUSE, AIM).parent_id == SECOND


def test_a_parent_that_is_nowhere_is_kept_and_noted(database: Database, take: Take) -> None:
    report = take(objectives=[objective(parent_objective_id=STRANGER)])
    said = f"objectives[0] of cycle {CYCLE}, parent_objective_id: there is no objective {STRANGER}; kept as it is"
    assert ([str(note) for note in report.notes], report.problems) == ([said], [])
    assert stored_objectives.records.find(database, HOUSE, AIM).parent_id == STRANGER


@pytest.mark.parametrize("length", [1, 2, 3, 7])
def test_a_circle_costs_one_link(database: Database, take: Take, length: int) -> None:
    circle = [f"1b7f6a3e-2f0d-4c57-9f6b-2a8f0d6f1c{number:02}" for number in range(length)]
    aims = [
        objective(id=one, parent_objective_id=above)
        for one, above in zip(circle, [*circle[1:], circle[0]], strict=True)
    ]
    report = take(objectives=[objective(parent_objective_id=circle[0]), *aims])
    (problem,) = problems(report)
    assert problem.startswith(
        f"objectives[{length}] of cycle {CYCLE}, parent_objective_id: would make it stand beneath"
    )
    last = stored_objectives.records.find(database, HOUSE, circle[-1])
    assert (last.parent_id, last.extra) == ("", {"savedParentId": circle[0]})
    assert stored_objectives.records.find(database, HOUSE, AIM).parent_id == circle[0]


def test_owners_are_the_assignee_then_the_team_and_unknown_ones_are_noted(database: Database, take: Take) -> None:
    report = take(objectives=[objective(team_id=TEAM), objective(id=SECOND, assignee_id=STRANGER, team_id=TEAM)])
    assert stored_objectives.records.find(database, HOUSE, AIM).owner_ids == (JANE, TEAM)
    assert stored_objectives.records.find(database, HOUSE, SECOND).owner_ids == (STRANGER, TEAM)
    assert [(one.id, one.records) for one in report.unknown_owners] == [(STRANGER, 1)]
    assert report.problems == []


# What is here already


def test_what_stands_otherwise_here_is_counted_and_left(database: Database, take: Take) -> None:
    take(objectives=[objective(), objective(id=SECOND)])
    boss = operator(database, HOUSE, now)
    objectives.revise(boss, AIM, ObjectiveChange(name="Mine"))
    objectives.revise(boss, SECOND, ObjectiveChange(parent_id=AIM))
    key_results.revise(boss, MEASURE, KeyResultChange(current=20_000.0))
    before = content(database)
    report = take(objectives=[objective(), objective(id=SECOND)])
    assert [(one.list, one.records, str(one.first), one.attributes) for one in report.differences] == [
        ("objectives", 2, f"objectives[0] of cycle {CYCLE}", ("name",)),
        ("keyresults", 1, f"keyresults[0] of cycle {CYCLE}", ("current_value",)),
    ]
    assert report.problems == []
    assert content(database) == before


def test_what_only_the_other_dialect_shows_makes_no_difference(database: Database, take: Take) -> None:
    take()
    boss = operator(database, HOUSE, now)
    people.revise(boss, JANE, UserChange(role=Role.ADMIN))
    objectives.revise(boss, AIM, ObjectiveChange(custom_fields={"colour": "red"}))
    key_results.revise(boss, MEASURE, KeyResultChange(description="why", start=5.0))
    assert take().differences == []


def test_an_item_that_comes_twice_is_taken_once(database: Database, take: Take) -> None:
    report = take(users=[user(), user()])
    assert [(one.found, one.taken, one.already_there) for one in report.lists[:1]] == [(2, 1, 1)]


def test_what_was_removed_here_stays_removed_with_what_has_come_beneath_it_since(
    database: Database, take: Take
) -> None:
    take()
    boss = operator(database, HOUSE, now)
    teams.remove(boss, TEAM)
    cycles.remove(boss, CYCLE)
    report = take(
        objectives=[objective(), objective(id=SECOND)],
        keyresults=[key_result(), key_result(id=STRANGER)],
    )
    assert report.problems == []
    assert [(one.list, one.taken, one.already_there, one.left_out) for one in report.lists] == [
        ("users", 0, 1, 0), ("teams", 0, 0, 1), ("cycles", 0, 0, 1), ("objectives", 0, 0, 2), ("keyresults", 0, 0, 2)
    ]  # fmt: skip
    assert [note.message for note in report.notes] == [
        f"left out: {TEAM} was removed here",
        f"left out: {CYCLE} was removed here",
        f"left out: {AIM} was removed here",
        "left out: its cycle was removed here",
        f"left out: {MEASURE} was removed here",
        "left out: its objective was removed here",
    ]


# Where it goes


def test_a_named_account_must_be_here(database: Database, take: Take) -> None:
    before = content(database)
    with pytest.raises(NotFound, match=OTHER):
        take(account_id=OTHER)
    assert content(database) == before


def test_among_several_accounts_one_must_be_named(database: Database, take: Take) -> None:
    accounts.add(database, now, "Other", OTHER)
    with pytest.raises(Invalid, match="say which with --account"):
        take(account_id=None)
    assert take(account_id=OTHER).account_id == OTHER
    assert (users.count(database, HOUSE), users.count(database, OTHER)) == (0, 1)
    assert len(stored_accounts.everyone(database)) == 2

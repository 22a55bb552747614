"""What cannot be taken is named by file, index and field, and everything else is taken."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from engines import rows
from milepost.store import key_results, objectives, users
from milepost.store.engine import Database
from milepost.transfer.files import CannotRead
from milepost.transfer.gtmhub.saved import read
from saved_company import (
    ACCOUNT,
    GOAL,
    JANE,
    METRIC,
    SESSION,
    account,
    company,
    content,
    entry,
    goal,
    imported,
    metric,
    places,
    session,
    user,
    write,
)

NOBODY = "61a0000000000000000000b9"
DEEP: Any = 1
for _ in range(40):
    DEEP = [DEEP]


@pytest.mark.parametrize(
    ("lists", "place"),
    [
        ({"users": [user(), 5]}, "users.json[1]"),
        ({"users": [user(), None]}, "users.json[1]"),
        ({"users": [user(), user(id=None)]}, "users.json[1].id"),
        ({"users": [user(), user(id="xyz")]}, "users.json[1].id"),
        ({"users": [user(), user(id=JANE.upper())]}, "users.json[1].id"),
        ({"users": [user(), user(id=NOBODY, email=5)]}, "users.json[1].email"),
        ({"users": [user(), user(id=NOBODY, clientId=5)]}, "users.json[1].clientId"),
        ({"users": [user(), user(id=NOBODY, firstName="a\0")]}, "users.json[1].firstName"),
        ({"users": [user(), user(id=NOBODY, accountId=5)]}, "users.json[1].accountId"),
        ({"users": [user(), user(id=NOBODY, accountId="5")]}, "users.json[1].accountId"),
        ({"users": [user(), user(id=NOBODY, accountId=NOBODY)]}, "users.json[1].accountId"),
        ({"users": [user(), user(id=NOBODY, dateCreated="May")]}, "users.json[1].dateCreated"),
        ({"users": [user(), user(id=NOBODY, dateCreated=7)]}, "users.json[1].dateCreated"),
        ({"users": [user(), user(email="x@y")]}, "users.json[1].id"),
        ({"teams": [{"id": NOBODY, "accountId": ACCOUNT}]}, "teams.json[0].name"),
        ({"teams": [{"id": NOBODY, "accountId": ACCOUNT, "name": "T", "memberIds": ["x"]}]}, "teams.json[0].memberIds"),
        ({"teams": [{"id": JANE, "accountId": ACCOUNT, "name": "T"}]}, "teams.json[0].id"),
        ({"sessions": [session(), session(id=NOBODY, title=None)]}, "sessions.json[1].title"),
        ({"sessions": [session(), session(id=NOBODY, status="ajar")]}, "sessions.json[1].status"),
        ({"sessions": [session(), session(id=NOBODY, end="2021-01-01T00:00:00Z")]}, "sessions.json[1].end"),
        ({"sessions": [session(), session(id=ACCOUNT)]}, "sessions.json[1].id"),
        ({"goals": [goal(), goal(id=NOBODY, sessionId=None)]}, "goals.json[1].sessionId"),
        ({"goals": [goal(), goal(id=NOBODY, sessionId=NOBODY)]}, "goals.json[1].sessionId"),
        ({"goals": [goal(), goal(id=NOBODY, name=None)]}, "goals.json[1].name"),
        ({"goals": [goal(), goal(id=NOBODY, ownerIds=["me"])]}, "goals.json[1].ownerIds"),
        ({"goals": [goal(), goal(id=NOBODY, parentId="up")]}, "goals.json[1].parentId"),
        ({"goals": [goal(), goal(id=NOBODY, closedStatus=5)]}, "goals.json[1].closedStatus"),
        ({"goals": [goal(), goal(id=NOBODY, closedStatus={"status": "gone"})]}, "goals.json[1].closedStatus.status"),
        ({"goals": [goal(), goal(id=NOBODY, closedStatus={"date": "gone"})]}, "goals.json[1].closedStatus.date"),
        ({"goals": [goal(), goal(id=NOBODY, closedStatus={"comment": 5})]}, "goals.json[1].closedStatus.comment"),
        ({"goals": [goal(), goal(id=NOBODY, dateFrom="2022-02-02T00:00:00Z", dateTo="2022-02-01T00:00:00Z")]},
         "goals.json[1].dateTo"),
        ({"metrics": [metric(), metric(id=NOBODY, goalId=None)]}, "metrics.json[1].goalId"),
        ({"metrics": [metric(), metric(id=NOBODY, goalId=NOBODY)]}, "metrics.json[1].goalId"),
        ({"metrics": [metric(), metric(id=NOBODY, name=None)]}, "metrics.json[1].name"),
        ({"metrics": [metric(), metric(id=NOBODY, target="high")]}, "metrics.json[1].target"),
        ({"metrics": [metric(), metric(id=NOBODY, target=float("nan"))]}, "metrics.json[1].target"),
        ({"metrics": [metric(), metric(id=NOBODY, actual=float("inf"))]}, "metrics.json[1].actual"),
        ({"metrics": [metric(), metric(id=NOBODY, initialValue=10**400)]}, "metrics.json[1].initialValue"),
        ({"metrics": [metric(), metric(id=NOBODY, targetOperator="up")]}, "metrics.json[1].targetOperator"),
        ({"metrics": [metric(), metric(id=NOBODY, targetOperator="in_range")]}, "metrics.json[1].targetMax"),
        ({"metrics": [metric(), metric(id=NOBODY, weight=-1)]}, "metrics.json[1].weight"),
        ({"metrics": [metric(), metric(id=NOBODY, orderId=10**12)]}, "metrics.json[1].orderId"),
        ({"metrics": [metric(), metric(id=NOBODY, dueDate="soon")]}, "metrics.json[1].dueDate"),
        ({"metrics": [metric(), metric(id=NOBODY, lastCheckInDate="soon")]}, "metrics.json[1].lastCheckInDate"),
        ({"metrics": [metric(), metric(id=NOBODY, confidence={"value": 11})]}, "metrics.json[1].confidence"),
        ({"metrics": [metric(), metric(id=NOBODY, confidence={"value": "high"})]}, "metrics.json[1].confidence"),
        ({"metrics": [metric(), metric(id=NOBODY, tags=[{}])]}, "metrics.json[1].tags"),
        ({"metrics": [metric(), metric(id=NOBODY, format={"fractionSize": -1})]}, "metrics.json[1].format"),
        ({"metrics": [metric(), metric(id=NOBODY, metricHistory={"a": 1})]}, "metrics.json[1].metricHistory"),
        ({"metrics": [metric(), metric(id=NOBODY, puzzle=DEEP)]}, "metrics.json[1]"),
        ({"metrics": [metric(), metric(id=NOBODY, name="\ud800")]}, "metrics.json[1].name"),
        ({"metrics": [metric(), metric()]}, "metrics.json[1].id"),
        ({"metrics": [metric(), metric(id=GOAL)]}, "metrics.json[1].id"),
        ({"accounts": [account(), account(id="nine")]}, "accounts.json[1].id"),
        ({"accounts": [account(), account(id=NOBODY, name="")]}, "accounts.json[1].name"),
        ({"accounts": [account(), account()]}, "accounts.json[1].id"),
    ],
)  # fmt: skip
def test_the_place_is_named_and_the_rest_is_taken(database: Database, take, lists, place) -> None:
    report = take(**lists)
    assert places(report) == [place]
    tallies = {one.file: one for one in report.files}
    assert tallies[place.partition("[")[0]].refused == 1
    assert key_results.records.find(database, ACCOUNT, METRIC) is not None
    assert tallies["metrics.json"].taken == 1


def test_every_fault_of_an_item_is_named(take) -> None:
    report = take(metrics=[metric(target="high", dueDate=5, weight=[])])
    assert sorted(places(report)) == ["metrics.json[0].dueDate", "metrics.json[0].target", "metrics.json[0].weight"]


def test_a_refused_item_counts_nothing_of_its_history(database: Database, take) -> None:
    report = take(metrics=[metric(metricHistory=[entry(5, 1, 1)], actual=float("inf"))])
    assert (report.tally("metrics.json").refused, report.tally("metrics.json").history_added) == (1, 0)
    assert rows(database, "SELECT count(*) FROM check_ins") == [(0,)]


def test_what_refers_to_what_was_refused_is_refused_too(take) -> None:
    report = take(sessions=[session(status="ajar")])
    assert places(report) == ["sessions.json[0].status", "goals.json[0].sessionId", "metrics.json[0].goalId"]


def test_a_circle_of_goals_loses_one_link_and_no_goal(database: Database, take) -> None:
    one, two, three = (f"61a0000000000000000000d{number}" for number in (2, 3, 4))
    report = take(goals=[goal(), goal(id=one, parentId=two), goal(id=two, parentId=one), goal(id=three, parentId=one)])
    assert places(report) == ["goals.json[1].parentId"]
    found = {name: objectives.records.find(database, ACCOUNT, name) for name in (one, two, three)}
    assert [each.parent_id for each in found.values()] == ["", one, one]
    assert found[one].extra["savedParentId"] == two


def test_a_goal_that_names_itself_as_parent_comes_in_without(database: Database, take) -> None:
    assert places(take(goals=[goal(parentId=GOAL)])) == ["goals.json[0].parentId"]
    assert objectives.records.find(database, ACCOUNT, GOAL).parent_id == ""


def test_a_circle_that_a_later_import_would_close_loses_its_last_link(database: Database, take) -> None:
    later = "61a0000000000000000000d2"
    take(goals=[goal(parentId=later)])
    assert places(take(goals=[goal(parentId=later), goal(id=later, parentId=GOAL)])) == ["goals.json[1].parentId"]
    assert objectives.records.find(database, ACCOUNT, GOAL).parent_id == later
    assert objectives.records.find(database, ACCOUNT, later).parent_id == ""


# Files


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("{", "is not JSON"),
        ("", "is not JSON"),
        (b"\xff{", "not text"),
        ("[" * 100_000, "nested too deep"),
        ("5", "holds no list"),
        ('{"metrics": []}', "holds no list"),
        ('{"items": {}}', "holds no list"),
        ("null", "holds no list"),
    ],
)
def test_a_file_that_is_no_list_is_named_and_the_others_are_taken(database: Database, take, raw, said: str) -> None:
    report = take(teams=raw)
    (problem,) = report.problems
    assert (problem.file, problem.index, problem.field) == ("teams.json", None, "")
    assert said in problem.message
    assert key_results.records.find(database, ACCOUNT, METRIC) is not None


def test_a_file_that_cannot_be_opened_is_named(database: Database, tmp_path: Path) -> None:
    folder = write(tmp_path / "saved", **company())
    (folder / "teams.json").mkdir()
    assert [one.file for one in imported(database, folder).problems] == ["teams.json"]


def test_a_wrapped_list_and_a_bare_one_and_a_byte_order_mark_are_all_read(database: Database, take) -> None:
    marked = b'\xef\xbb\xbf{"items": [{"id": "%s", "accountId": "%s", "name": "T"}]}' % (
        NOBODY.encode(),
        ACCOUNT.encode(),
    )
    report = take(users={"items": [user()], "totalCount": 1}, teams=marked)
    assert (report.problems, report.notes, [one.taken for one in report.files]) == ([], [], [1] * 6)


def test_a_list_that_was_not_saved_whole_is_taken_as_far_as_it_goes_and_is_a_problem(take) -> None:
    report = take(users={"items": [user()], "totalCount": 101})
    assert [str(problem) for problem in report.problems] == [
        "users.json: holds 1 of 101 (totalCount): the other pages of this list were not saved; "
        "save them beside it as users-2.json and so on, or save the list anew with a larger limit"
    ]
    assert report.tally("users.json").taken == 1


def test_a_file_that_nobody_knows_is_a_problem(take) -> None:
    report = take(**{"metrics_2": [metric()], "comments": []})
    assert [(one.file, one.message.split(":")[0]) for one in report.problems] == [
        ("comments.json", "left out"), ("metrics_2.json", "left out"),
    ]  # fmt: skip
    assert "a further page of metrics.json is metrics-2.json" in report.problems[1].message
    assert report.notes == []


def test_a_list_may_be_saved_page_by_page(database: Database, take) -> None:
    first, second, third = (f"61a0000000000000000000e{number}" for number in (1, 2, 3))
    pages = {
        "metrics": {"items": [metric(id=first)], "totalCount": 3},
        "metrics-2": {"items": [metric(id=second), metric(id=first)], "totalCount": 3},
        "metrics-10": {"items": [metric(id=third)], "totalCount": 3},
        "goals-2": {"items": [goal(id=NOBODY, parentId=GOAL)], "totalCount": 2},
    }
    report = take(**pages)
    assert report.problems == []
    assert [(one.file, one.taken, one.already_there) for one in report.files if one.file.startswith("metrics")] == [
        ("metrics.json", 1, 0), ("metrics-2.json", 1, 1), ("metrics-10.json", 1, 0),
    ]  # fmt: skip
    assert objectives.records.find(database, ACCOUNT, NOBODY).parent_id == GOAL
    assert {key_results.records.find(database, ACCOUNT, one).position for one in (first, second, third)} == {1, 2, 3}


def test_a_page_that_was_not_saved_among_others_is_missed(take) -> None:
    first, third = (f"61a0000000000000000000e{number}" for number in (1, 3))
    report = take(**{"metrics": [metric(id=first)], "metrics-3": [metric(id=third)]})
    assert [str(problem) for problem in report.problems] == [
        "metrics.json: has further pages, and metrics-2.json is not among them: save it, or give the others its number"
    ]
    assert report.tally("metrics-3.json").taken == 1


@pytest.mark.parametrize(
    "answer", [{"status": 401, "detail": "no token"}, {"message": "no token"}, {"detail": "no token" + "!" * 1_000}]
)
def test_an_error_answer_that_was_saved_is_quoted(take, answer) -> None:
    (problem,) = take(teams=answer).problems
    assert problem.file == "teams.json"
    assert "looks like an error answer: {" in problem.message
    assert "no token" in problem.message
    assert len(problem.message) < 300


def test_metrics_inside_goals_are_reported_as_not_read(take) -> None:
    (note,) = take(goals=[goal(metrics=[{"id": METRIC, "name": "x"}])]).notes
    assert (note.file, note.field) == ("goals.json", "metrics")


def test_a_session_that_is_not_the_goals_is_reported(database: Database, take) -> None:
    report = take(metrics=[metric(sessionId=NOBODY)])
    assert [(note.index, note.field) for note in report.notes] == [(0, "sessionId")]
    assert key_results.records.find(database, ACCOUNT, METRIC).cycle_id == SESSION


@pytest.mark.parametrize("files", [{}, {"kpis": []}])
def test_a_folder_with_nothing_to_import_says_so(tmp_path: Path, files) -> None:
    with pytest.raises(CannotRead, match=r"holds none of accounts\.json"):
        read(write(tmp_path / "saved", **files))


def test_a_folder_that_is_none_says_so(tmp_path: Path) -> None:
    (tmp_path / "goals.json").write_text("[]")
    with pytest.raises(CannotRead, match="give the folder, not a file"):
        read(tmp_path / "goals.json")
    with pytest.raises(CannotRead, match="cannot be read"):
        read(tmp_path / "nowhere")


def test_every_file_may_be_missing(database: Database, tmp_path: Path) -> None:
    whole = company()
    for number in range(len(whole)):
        name = list(whole)[number]
        report = imported(database, write(tmp_path / name, **{name: whole[name]}))
        assert (report.problems, report.files[0].taken) == ([], 1)
    again = imported(database, write(tmp_path / "saved", **whole))
    assert [one.already_there for one in again.files] == [1] * 5
    assert users.records.find(database, ACCOUNT, JANE) is not None


def test_a_second_import_refuses_the_same_again_and_changes_nothing(database: Database, take) -> None:
    faulty = {"users": [user(), user(email="x@y"), 5], "metrics": [metric(), metric(id=JANE)]}
    first = take(**faulty)
    before = content(database)
    assert places(take(**faulty)) == places(first) == ["users.json[1].id", "users.json[2]", "metrics.json[1].id"]
    assert content(database) == before


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    folder = write(tmp_path / "saved", goals=[])
    os.mkfifo(folder / "users.json")
    assert [one.fault for one in read(folder).files if one.name == "users.json"] == ["is not a file"]

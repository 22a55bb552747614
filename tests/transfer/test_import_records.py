"""Accounts, people, cycles, objectives and key results come in as they were saved: ids, dates, unknown fields."""

from __future__ import annotations

from typing import Any

from milepost.store import accounts, audit, cycles, key_results, objectives, teams, users
from milepost.store.engine import Database
from saved_company import ACCOUNT, GOAL, JANE, METRIC, SESSION, account, at, goal, metric, session, user

UUID = "0b7f6a3e-2f0d-4c57-9f6b-2a8f0d6f1c11"
STRANGER = "61a0000000000000000000b9"


def test_an_account_is_made_with_its_domain_and_unknown_fields(database: Database, take) -> None:
    saved = account(dateCreated=at(1), confidenceSettings={"scale": 10}, edition={"name": "pro"}, status="trial")
    assert take(accounts=[saved]).problems == []
    found = accounts.find(database, ACCOUNT)
    assert (found.name, found.domain, found.status) == ("Acme", "acme", "active")
    assert found.extra == {"confidenceSettings": {"scale": 10}, "edition": {"name": "pro"}, "status": "trial"}


def test_an_account_as_its_own_address_answers_it_is_a_list_of_one(database: Database, take) -> None:
    assert take(accounts=account()).problems == []
    assert accounts.find(database, ACCOUNT).name == "Acme"


def test_a_user_keeps_what_is_known_of_him(take, client) -> None:
    saved = user(
        firstName="Jane", lastName="Doe", language="english", picture="https://acme.test/jane.png", isActive=False,
        clientId="auth0|1", subscriptionType="light", dateCreated=at(3, 7), modifiedAt=at(4), shoe={"size": 38},
    )  # fmt: skip
    take(users=[saved])
    shown = client().get(f"v1/users/{JANE}").json
    assert {key: shown[key] for key in saved} == saved
    assert shown["roles"] == ["member"]


def test_roles_known_here_are_taken_and_others_make_members_and_are_kept(database: Database, take) -> None:
    people = [
        user(id=f"61a0000000000000000000b{number}", email=f"{number}@acme.test", roles=roles)
        for number, roles in enumerate([["admin"], [{"name": "Viewer"}], ["Wizard"], [], None])
    ]
    take(users=people, goals=[], metrics=[])
    found = sorted(users.everyone(database, ACCOUNT), key=lambda one: one.email)
    assert [one.role for one in found] == ["admin", "viewer", "member", "member", "member"]
    assert found[2].extra == {"roles": ["Wizard"]}


def test_a_second_user_of_one_address_is_kept_apart_from_it(database: Database, take) -> None:
    second = user(id=STRANGER, email="JANE@acme.test", name="Jane Two")
    report = take(users=[user(), second])
    assert report.problems == []
    assert [str(note) for note in report.notes] == [
        f"users.json[1].email: JANE@acme.test is the address of the user {JANE} already; kept apart from it"
    ]
    found = users.records.find(database, ACCOUNT, STRANGER)
    assert (found.email, found.name, found.extra) == ("", "Jane Two", {"savedEmail": "JANE@acme.test"})


def test_users_without_an_address_do_not_get_in_each_others_way(database: Database, take) -> None:
    nameless = [{"id": f"61a0000000000000000000b{number}", "accountId": ACCOUNT} for number in range(3)]
    report = take(users=[*nameless, {**user(id=STRANGER), "email": None}])
    assert (report.problems, report.tally("users.json").taken) == ([], 4)
    assert users.by_email(database, ACCOUNT, "jane@acme.test") is None


def test_a_team_keeps_its_members_and_unknown_fields(database: Database, take) -> None:
    team = {
        "id": UUID, "accountId": ACCOUNT, "name": "Sales", "description": "They sell", "avatar": "a", "color": "#fff",
        "parentId": "", "managerId": JANE, "memberIds": [JANE, STRANGER], "dateCreated": at(5), "mood": ["good"],
    }  # fmt: skip
    report = take(teams=[team], goals=[goal(ownerIds=[UUID])])
    found = teams.records.find(database, ACCOUNT, UUID)
    assert (found.name, found.manager_id, found.member_ids) == ("Sales", JANE, (JANE, STRANGER))
    assert (found.description, found.avatar, found.color, found.extra) == ("They sell", "a", "#fff", {"mood": ["good"]})
    assert report.unknown_owners == []  # a team may own


def test_a_session_keeps_dates_authors_and_unknown_fields(take, client) -> None:
    saved = session(
        access={"level": 1}, cadenceStart={"periodOfMonth": "firstDay", "more": 1}, cadenceTimeZone="Europe/Kiev",
        status="closed", dateCreated=at(1), createdById=JANE, modifiedAt=at(2), modifiedById=STRANGER, wind="north",
    )  # fmt: skip
    assert take(sessions=[saved]).problems == []
    shown = client().get(f"v1/sessions/{SESSION}").json
    assert {key: shown[key] for key in saved} == saved


def test_a_session_without_a_date_of_creation_is_as_old_as_its_id(database: Database, take) -> None:
    born = "62550000" + "0" * 15 + "1"  # 0x62550000 seconds after 1970
    take(sessions=[session(), session(id=born), session(id="0" * 23 + "1")], goals=[])
    found = {one: cycles.records.find(database, ACCOUNT, one).created_at for one in (born, "0" * 23 + "1")}
    assert found[born] == 0x62550000 * 1_000_000
    assert found["0" * 23 + "1"] > found[born]  # an id that no clock made: it is new


def test_a_goal_keeps_its_dates_status_and_unknown_fields(take, client) -> None:
    saved = goal(
        closedStatus={"status": "achieved", "comment": "Done", "date": at(20), "userId": STRANGER, "by": {"a": 1}},
        tags=[{"title": "growth", "color": "red"}], customFields={"region": "EU"}, description="Why", createdById=JANE,
        dateFrom=at(1), dateTo=at(30), modifiedAt=at(21), modifiedById=STRANGER, links={"expanded": []}, rank=7,
    )  # fmt: skip
    assert take(goals=[saved]).problems == []
    shown = client().get(f"v1/goals/{GOAL}").json
    assert {key: shown[key] for key in saved} == saved


def test_a_metric_keeps_its_dates_and_unknown_fields_nested_ones_too(take, client) -> None:
    saved = metric(
        format={"fractionSize": 2, "prefix": "€", "suffix": "k", "locale": "de"}, critical=10.5, weight=2.5,
        tags=[{"title": "q2", "origin": {"x": [1]}}], customFields={"a": {"b": None}}, description="Why",
        targetOperator="should_stay_above", manualType="percentage", dueDate=at(30), softDueDate=at(29), dynamic=True,
        createdById=STRANGER, modifiedAt=at(4), modifiedById=JANE, orderId=3, reminderSchedule={"active": True},
        settings=[{"k": 1}], fieldName="rev", obfuscated=True, mystery={"deep": {"er": [1, None]}}, nothing=None,
        confidence={"value": 0.5, "date": at(2), "reason": "a hunch", "userId": JANE, "mood": "calm"},
        access={"who": "all"},
    )  # fmt: skip
    assert take(metrics=[saved]).problems == []
    shown = client().get(f"v1/metrics/{METRIC}").json
    assert {key: shown[key] for key in saved} == saved


def test_derived_fields_are_recomputed_never_taken(take, client) -> None:
    wrong: dict[str, Any] = {
        "attainment": 9, "goalAttainment": 9, "goalName": "no", "goalOwnerIds": ["x"], "assignee": {"name": "no"},
        "progressStatus": "no", "url": "no", "trend": [], "numberOfOwners": 9, "taskCount": 9, "lastCheckInDate": "",
        "metricHistoryCount": 9, "goalClosedStatus": {"status": "no"}, "cascadeType": "no",
    }  # fmt: skip
    aggregated = {"attainment": 9, "aggregatedAttainment": 9, "fullAggregatedAttainment": 9, "metricsCount": 9}
    take(goals=[goal(**aggregated)], metrics=[metric(actual=50, **wrong)])
    shown = client().get(f"v1/metrics/{METRIC}").json
    assert (shown["attainment"], shown["goalAttainment"], shown["goalName"]) == (0.5, 0.5, "Grow")
    assert (shown["assignee"]["name"], shown["numberOfOwners"], shown["taskCount"]) == ("Jane Doe", 1, 0)
    assert not [key for key, value in wrong.items() if shown[key] == value]
    beneath = client().get(f"v1/goals/{GOAL}").json
    assert not [key for key in aggregated if beneath.get(key) == 9]


def test_a_goal_counts_and_scores_its_key_results_anew(database: Database, take) -> None:
    more = metric(id="61a0000000000000000000e2", actual=100, weight=3)
    take(goals=[goal(aggregatedAttainment=9, attainment=9)], metrics=[metric(actual=20), more])
    found = objectives.records.find(database, ACCOUNT, GOAL)
    assert (found.attainment, found.key_result_count, found.extra) == (0.8, 2, {})


def test_uuids_stay_as_they_are(take, client) -> None:
    spelled = [f"0b7f6a3e-2f0d-4c57-9f6b-2a8f0d6f1c1{number}" for number in range(4)]
    entry = {"id": spelled[3], "metricValue": 7, "updatedAt": at(9), "createdAt": at(9)}
    take(
        sessions=[session(id=spelled[0])],
        goals=[goal(id=spelled[1], sessionId=spelled[0])],
        metrics=[metric(id=spelled[2], goalId=spelled[1], metricHistory=[entry], actual=7)],
    )
    shown = client().get(f"v1/metrics/{spelled[2]}").json
    assert (shown["id"], shown["goalId"], shown["sessionId"]) == (spelled[2], spelled[1], spelled[0])
    assert [one["id"] for one in shown["metricHistory"]] == [spelled[3]]


def test_owners_that_nobody_knows_are_kept_and_reported(database: Database, take) -> None:
    report = take(goals=[goal(ownerIds=[STRANGER, JANE])], metrics=[metric(ownerIds=[STRANGER, ACCOUNT])])
    assert report.problems == []
    (unknown,) = report.unknown_owners
    assert (unknown.id, unknown.records, unknown.first) == (STRANGER, 2, "goals.json[0].ownerIds")
    assert objectives.records.find(database, ACCOUNT, GOAL).owner_ids == (STRANGER, JANE)
    assert key_results.records.find(database, ACCOUNT, METRIC).owner_ids == (STRANGER, ACCOUNT)


def test_the_one_owner_of_older_answers_counts_where_no_list_does(database: Database, take) -> None:
    take(metrics=[metric(ownerIds=None, ownerId=JANE)])
    assert key_results.records.find(database, ACCOUNT, METRIC).owner_ids == (JANE,)


def test_parents_may_come_in_any_order(database: Database, take) -> None:
    chain = [f"61a0000000000000000000d{number}" for number in range(1, 5)]
    saved = [goal(id=one, parentId=above) for one, above in zip(chain, [*chain[1:], ""], strict=True)]
    report = take(goals=saved)
    assert (report.problems, report.notes, report.tally("goals.json").taken) == ([], [], 4)
    assert [objectives.records.find(database, ACCOUNT, one).parent_id for one in chain] == [*chain[1:], ""]


def test_a_parent_that_nobody_has_is_kept_and_reported(database: Database, take) -> None:
    report = take(goals=[goal(parentId=STRANGER)])
    assert [str(note) for note in report.notes] == [
        f"goals.json[0].parentId: the account has no goal {STRANGER}; kept as it is"
    ]
    assert objectives.records.find(database, ACCOUNT, GOAL).parent_id == STRANGER


def test_places_are_taken_where_they_are_whole_and_positive_else_they_follow_the_file(database: Database, take) -> None:
    saved = [2, None, 0, "first", 9.0, 1.5, -1, True]
    rows = [metric(id=f"61a0000000000000000000e{n}", orderId=order) for n, order in enumerate(saved)]
    assert take(metrics=rows).problems == []
    found = [key_results.records.find(database, ACCOUNT, row["id"]).position for row in rows]
    assert found == [2, 3, 4, 5, 9, 10, 11, 12]


def test_a_closed_session_and_a_due_date_that_has_passed_do_not_stop_the_operator(database: Database, take) -> None:
    abandoned = {"status": "abandoned", "comment": "", "date": at(3), "userId": JANE}
    report = take(
        sessions=[session(status="closed")],
        goals=[goal(closedStatus=abandoned)],
        metrics=[metric(dueDate=at(3), actual=5, dynamic=True)],
    )
    assert report.problems == []
    assert key_results.records.find(database, ACCOUNT, METRIC).current == 5


def test_every_record_leaves_its_audit_record(database: Database, take) -> None:
    team = {"id": STRANGER, "accountId": ACCOUNT, "name": "Sales"}
    entry = {"id": UUID, "metricValue": 7, "updatedAt": at(9), "createdAt": at(9)}
    take(teams=[team], metrics=[metric(metricHistory=[entry], actual=7)])
    trail = audit.read(database, ACCOUNT)
    assert [one.action for one in trail] == [
        "account.added", "user.added", "team.added", "cycle.added", "objective.added", "key_result.added",
    ]  # fmt: skip
    assert [one.number for one in trail] == [1, 2, 3, 4, 5, 6]
    assert {(one.actor_id, one.token_id) for one in trail} == {("", "")}
    assert {one.front_end for one in trail} == {"import"}
    assert trail[-1].after["key_result"]["current"] == 7
    assert [one["id"] for one in trail[-1].after["check_ins"]] == [UUID]

"""Saved lists over the wire: dynamic values, columns, orders, limits, and what is kept."""

from __future__ import annotations

from typing import Any

import pytest

from acme import Acme
from engines import held
from wire import InProcess, Reply


def rule(field: str, operator: str = "eq", value: Any = None, *dynamic: str, **more: Any) -> dict[str, Any]:
    said = [{"dynamicValueType": word} for word in dynamic]
    return {"fieldName": field, "operator": operator, "value": value, "dynamicFilters": said, **more}


def made(client: InProcess, *rules: dict[str, Any], **said: Any) -> str:
    reply = client.post("v1/lists", {"title": "x", "filter": {"ruleBounds": [*rules]}, **said})
    assert reply.status == 201, reply.body
    return str(reply.json["id"])


def names(reply: Reply) -> list[str]:
    assert reply.status == 200, reply.body
    return [item["name"] for item in reply.json["items"]]


def load(client: InProcess, list_id: str, *rules: dict[str, Any]) -> list[str]:
    body = {"columns": [{"fieldName": "name"}], "filter": {"ruleBounds": [*rules]}} if rules else {}
    return names(client.post(f"v1/lists/{list_id}/load", body))


def faults(reply: Reply) -> list[str]:
    assert reply.status == 400, reply.body
    return [fault["field"] for fault in reply.json["errors"]]


def metric(client: InProcess, goal: str, name: str, **said: Any) -> str:
    return str(client.post("v1/metrics", {"name": name, "goalId": goal, **said}).json["id"])


@pytest.mark.parametrize("word", ["currentUser", "CURRENTUSER"])
@pytest.mark.parametrize("field", ["ownerId", "ownerIds", "assignee.id", "createdById"])
@pytest.mark.parametrize("operator", ["eq", "in", "contains"])
def test_the_current_user_is_whoever_loads_the_list(
    acme: Acme, anna: InProcess, ben: InProcess, vera: InProcess, word: str, field: str, operator: str
) -> None:
    metric(ben, acme.growth, "Ben's")
    mine = made(anna, rule(field, operator, None, word))
    assert load(anna, mine) == ["Monthly revenue"]
    assert load(ben, mine) == ["Ben's"]
    assert load(vera, mine) == []


@pytest.mark.parametrize("operator", ["ne", "nin"])
def test_what_is_not_the_current_user_s(acme: Acme, anna: InProcess, ben: InProcess, operator: str) -> None:
    metric(ben, acme.growth, "Ben's")
    others = made(anna, rule("ownerIds", operator, [], "currentUser"))
    assert load(anna, others) == ["Ben's"]
    assert load(ben, others) == ["Monthly revenue"]


def test_the_teams_of_the_current_user(acme: Acme, anna: InProcess, ben: InProcess, vera: InProcess) -> None:
    first = anna.post("v1/teams", {"name": "First", "memberIds": [acme.ben.id]}).json["id"]
    second = anna.post("v1/teams", {"name": "Second", "managerId": acme.ben.id}).json["id"]
    metric(anna, acme.growth, "First's", ownerIds=[first])
    metric(anna, acme.growth, "Second's", ownerIds=[acme.vera.id, second])
    ours = made(anna, rule("ownerIds", "in", None, "currentUserTeams"))
    assert load(ben, ours) == ["First's", "Second's"]
    assert load(vera, ours) == []
    assert load(vera, ours, rule("ownerIds", "in", None, "currentUserTeams", "currentUser")) == ["Second's"]


@pytest.mark.parametrize("word", ["currentSession", "currentSessions"])
def test_the_sessions_that_run(acme: Acme, anna: InProcess, word: str) -> None:
    past = anna.post("v1/sessions", {"title": "Q1", "start": "2026-01-01T00:00:00Z", "end": "2026-03-31T00:00:00Z"})
    goal = anna.post("v1/goals", {"name": "Old", "sessionId": past.json["id"]}).json["id"]
    metric(anna, goal, "Old")
    running = made(anna, rule("sessionId", "in", None, word))
    assert load(anna, running) == ["Monthly revenue"]
    assert load(anna, running, rule("sessionId", "nin", None, word)) == ["Old"]
    acme.clock.forward(days=60)
    assert load(anna, running) == []


def test_values_beside_a_dynamic_one_join_it(acme: Acme, anna: InProcess, ben: InProcess) -> None:
    metric(ben, acme.growth, "Ben's")
    both = rule("ownerId", "eq", acme.ben.id, "currentUser")
    assert load(anna, made(anna), both) == ["Monthly revenue", "Ben's"]
    listed = rule("ownerId", "eq", None)
    listed["dynamicFilters"] = [{"dynamicValueType": "", "value": [acme.ben.id]}]
    assert load(anna, made(anna, listed)) == ["Ben's"]


@pytest.mark.parametrize("operator", ["gt", "gte", "lt", "lte"])
def test_dynamic_values_do_not_compare(anna: InProcess, operator: str) -> None:
    sent = {"filter": {"ruleBounds": [rule("name"), rule("ownerId", operator, 1, "currentUser")]}}
    assert faults(anna.post("v1/lists", {"title": "x", **sent})) == ["filter.ruleBounds[1].dynamicFilters"]


def test_custom_fields_by_their_names(acme: Acme, anna: InProcess) -> None:
    metric(anna, acme.growth, "North", customFields={"region": "North", "a.b": 1, "teams": ["x", "y"], "name": "Odd"})
    every = made(anna)
    for asked in (
        rule("region", value="North", customField=True), rule("customFields.region", value="North", customField=True),
        rule("customFields.region", value="North"), rule("a.b", value=1, customField=True),
        rule("teams", "contains", "Y", customField=True), rule("name", value="Odd", customField=True),
        rule("region", "contains", "ORT", customField=True),
    ):  # fmt: skip
        assert load(anna, every, asked) == ["North"], asked
    assert load(anna, every, rule("region", value="North")) == []
    columns = ["region", "customFields.teams", "a.b", "name"]
    shown = {
        "columns": [{"fieldName": one} for one in columns],
        "filter": {"ruleBounds": [rule("name", value="North")]},
    }
    (row,) = anna.post(f"v1/lists/{every}/load", shown).json["items"]
    assert {key: row[key] for key in row if key != "id"} == {
        "region": "North", "customFields.teams": ["x", "y"], "a.b": 1, "name": "North",
    }  # fmt: skip
    shown["columns"] = [{"fieldName": "name", "customField": True}, {"fieldName": "gone", "customField": True}]
    assert anna.post(f"v1/lists/{every}/load", shown).json["items"] == [{"id": row["id"], "name": "Odd"}]


def test_every_field_of_a_metric_can_be_a_column(acme: Acme, anna: InProcess) -> None:
    anna.post(f"v1/metrics/{acme.revenue}/checkin", {"actual": 5, "confidence": 1, "comment": "so far"})
    shown = anna.get("v1/metrics").json["items"][0]
    body = {"columns": [{"fieldName": name} for name in shown]}
    reply = anna.post(f"v1/lists/{made(anna)}/load", body)
    assert reply.json == {"items": [shown], "totalCount": 1}
    assert b'"confidence":{"value":1.0,' in reply.body


def test_history_is_read_only_where_a_column_shows_it(acme: Acme, anna: InProcess) -> None:
    anna.post(f"v1/metrics/{acme.revenue}/checkin", {"actual": 5})
    body = {"columns": [{"fieldName": "metricHistory.metricValue"}, {"fieldName": "trend.projected"}]}
    (row,) = anna.post(f"v1/lists/{made(anna)}/load", body).json["items"]
    assert row["metricHistory.metricValue"] == [5]
    trend = anna.get(f"v1/metrics/{acme.revenue}").json["trend"]
    assert row["trend.projected"] == [day["projected"] for day in trend]


def test_orders_and_pages_from_the_list_the_body_and_the_address(acme: Acme, anna: InProcess) -> None:
    for name in ("B", "A", "C"):
        metric(anna, acme.growth, name)
    sorted_ = made(anna, rule("name", "ne", "Monthly revenue"), sort="-name", columns=[{"fieldName": "name"}])
    path = f"v1/lists/{sorted_}/load"
    assert load(anna, sorted_) == ["C", "B", "A"]
    assert names(anna.post(path, {"sort": "name"})) == ["A", "B", "C"]
    assert names(anna.post(path, {"sort": "name", "skip": 1, "limit": 1})) == ["B"]
    assert names(anna.request("POST", path, {"sort": "name", "take": 1}, query={"limit": 2})) == ["A", "B"]
    assert names(anna.request("POST", path, {"limit": 1}, query={"take": 2, "sort": "name"})) == ["A", "B"]
    assert names(anna.request("POST", path, {}, query={"filter": '{name: {$gt: "A"}}'})) == ["C", "B"]
    assert anna.post(path, {"limit": 0}).json == {"items": [], "totalCount": 3}
    assert faults(anna.post(path, {"limit": -1})) == ["limit"]
    assert faults(anna.post(path, {"sort": "trend"})) == ["sort"]
    assert faults(anna.post(path, {"sort": ["name"]})) == ["sort"]
    assert faults(anna.post("v1/lists", {"title": "x", "sort": "trend"})) == ["sort"]
    assert faults(anna.post("v1/lists", {"title": "x", "sort": [{"fieldName": "name"}]})) == ["sort"]


def test_more_than_a_page_of_a_hundred_comes_at_once(acme: Acme, anna: InProcess) -> None:
    for index in range(120):
        metric(anna, acme.growth, f"{index}")
    assert len(load(anna, made(anna))) == 121


def test_each_part_of_the_body_counts_before_the_list_s_own(acme: Acme, anna: InProcess) -> None:
    metric(anna, acme.growth, "Other", target=5)
    rules = [rule("name", value="Other"), rule("target", value=100)]
    either = anna.post("v1/lists", {"title": "x", "filter": {"booleanOperator": "or", "ruleBounds": rules}}).json["id"]
    path = f"v1/lists/{either}/load"
    assert load(anna, either) == ["Monthly revenue", "Other"]
    for nothing in ({"columns": None, "filter": None}, {"filter": {"booleanOperator": "OR", "ruleBounds": None}}):
        assert names(anna.post(path, nothing)) == ["Monthly revenue", "Other"]
    assert names(anna.post(path, {"filter": {"booleanOperator": "and"}})) == []
    swapped = [rule("name", value="x"), rule("target", value=5)]
    assert names(anna.post(path, {"filter": {"ruleBounds": swapped}})) == ["Other"]
    assert names(anna.post(path, {"filter": {"ruleBounds": []}})) == ["Monthly revenue", "Other"]


def test_loading_changes_nothing(acme: Acme, anna: InProcess, vera: InProcess) -> None:
    one = made(anna, rule("name", "contains", "rev"))
    before = held(acme.database, acme.account.id)
    assert load(vera, one) == ["Monthly revenue"]
    assert held(acme.database, acme.account.id) == before


@pytest.mark.parametrize(
    ("said", "places"),
    [
        ({"columns": [{"fieldName": "name"}, {}, {"fieldName": 5, "width": "wide"}]},
         ["columns[1].fieldName", "columns[2].fieldName", "columns[2].width"]),
        ({"columns": [{"fieldName": "name", "width": -1}]}, ["columns[0].width"]),
        ({"columns": {}}, ["columns"]),
        ({"filter": []}, ["filter"]),
        ({"filter": {"booleanOperator": "xor"}}, ["filter.booleanOperator"]),
        ({"filter": {"booleanOperator": 5, "ruleBounds": 6}}, ["filter.booleanOperator", "filter.ruleBounds"]),
        ({"filter": {"ruleBounds": [rule("name"), {"operator": "eq"}, {"fieldName": "name"}, rule("name", "regex")]}},
         ["filter.ruleBounds[1].fieldName", "filter.ruleBounds[2].operator"]),
        ({"filter": {"ruleBounds": [rule("name", "$eq")]}}, ["filter.ruleBounds[0].operator"]),
        ({"filter": {"ruleBounds": [rule("name", customField="yes")]}}, ["filter.ruleBounds[0].customField"]),
        ({"filter": {"ruleBounds": [{**rule("name"), "dynamicFilters": [{"value": [5]}]}]}},
         ["filter.ruleBounds[0].dynamicFilters[0].value[0]"]),
        ({"filter": {"ruleBounds": [rule("name", "eq", None, "currentUser", "tomorrow")]}},
         ["filter.ruleBounds[0].dynamicFilters[1].dynamicValueType"]),
        ({"filter": {"ruleBounds": [rule("target", "gt", [1])]}}, ["filter.ruleBounds[0].value"]),
        ({"filter": {"ruleBounds": [rule("target", "lte", {})]}}, ["filter.ruleBounds[0].value"]),
        ({"filter": {"ruleBounds": [rule("name", "contains", "x" * 401)]}}, ["filter.ruleBounds[0].value"]),
        ({"filter": {"ruleBounds": [rule("name", "contains", ["x"] * 11)] * 2}}, ["filter.ruleBounds"]),
        ({"filter": {"ruleBounds": [rule("x" * 501)]}}, ["filter.ruleBounds[0].fieldName"]),
        ({"filter": {"ruleBounds": [rule("url"), rule("metricHistory")]}},
         ["filter.ruleBounds[0].fieldName", "filter.ruleBounds[1].fieldName"]),
        ({"filter": {"ruleBounds": [rule("name")] * 101}}, ["filter.ruleBounds"]),
        ({"filter": {"ruleBounds": [rule("name", "in", ["x"] * 1_001)]}}, ["filter"]),
        ({"filter": {"ruleBounds": [rule("name", "in", None, *["currentUser"] * 101)]}},
         ["filter.ruleBounds[0].dynamicFilters"]),
        ({"filter": {"ruleBounds": [rule("name", "in", None, *["currentUser"] * 60)] * 2}}, ["filter"]),
        ({"filter": {"ruleBounds": [rule("name", value="a\0b")]}}, ["filter"]),
        ({"columns": [{"fieldName": "name"}] * 201}, ["columns"]),
        ({"columns": [{"fieldName": "x" * 501}]}, ["columns[0].fieldName"]),
        ({"columns": [{"fieldName": "name", "type": "x" * 270_000}]}, ["columns"]),
        ({"columns": [{"fieldName": "name"}, "status"]}, ["columns[1]"]),
        ({"filter": {"ruleBounds": [rule("name"), 5]}}, ["filter.ruleBounds[1]"]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_by_its_place(anna: InProcess, said: dict[str, Any], places: list[str]) -> None:
    one = made(anna)
    for reply in (
        anna.post("v1/lists", {"title": "x", **said}),
        anna.put(f"v1/lists/{one}", {"title": "x", **said}),
        anna.patch(f"v1/lists/{one}", said),
        anna.post(f"v1/lists/{one}/load", said),
    ):
        assert faults(reply) == places


@pytest.mark.parametrize("said", [{"title": "x" * 4_001}, {"title": 5}, {"title": "a\0"}])
def test_a_title_that_cannot_be_kept(anna: InProcess, said: dict[str, Any]) -> None:
    assert faults(anna.post("v1/lists", said)) == ["title"]


@pytest.mark.parametrize("spelled", ["Key Result", "key result", "KeyResult", "Key results", "", None])
def test_spellings_of_the_one_type(anna: InProcess, spelled: str | None) -> None:
    assert anna.post("v1/lists", {"title": "x", "listType": spelled}).json["listType"] == "Key Result"


def test_a_list_that_is_read_and_sent_back_stays_as_it_is(acme: Acme, anna: InProcess) -> None:
    unknown = {"shade": {"deep": [1]}, "access": None}
    one = made(
        anna,
        {**rule("ownerId", "in", ["x"], "currentUser"), **unknown},
        columns=[{"fieldName": "name", "width": 120.4, **unknown}, {"fieldName": "target", "type": "number"}],
        sort="name",
        **unknown,
    )
    shown = anna.get(f"v1/lists/{one}").json
    assert [column["width"] for column in shown["columns"]] == [120, 0]
    before = held(acme.database, acme.account.id)
    assert anna.put(f"v1/lists/{one}", shown).json == shown
    assert anna.patch(f"v1/lists/{one}", shown).json == shown
    assert held(acme.database, acme.account.id) == before
    again = anna.post("v1/lists", shown).json
    fresh = {name: again[name] for name in ("id", "dateCreated", "modifiedAt")}
    assert again == shown | fresh
    assert again["id"] != one


def test_a_removed_team_no_longer_owns_a_list(anna: InProcess) -> None:
    team = anna.post("v1/teams", {"name": "Sales"}).json["id"]
    one = made(anna, ownerId=team)
    assert anna.delete(f"v1/teams/{team}").status == 204
    assert anna.get(f"v1/lists/{one}").json["ownerId"] == ""


def test_descriptions_lose_their_markdown_when_asked(anna: InProcess) -> None:
    made(anna, description="**Bold**")
    assert anna.get("v1/lists", formatting="plainText").json["items"][0]["description"] == "Bold"

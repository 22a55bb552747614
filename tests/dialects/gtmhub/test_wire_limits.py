"""What a stranger with a token cannot make large, and what clients send that is odd but sound."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from acme import Acme
from milepost.actions import surroundings
from milepost.dialects.gtmhub import handling
from milepost.dialects.gtmhub.wire import load, scene
from wire import InProcess


@pytest.mark.parametrize(
    "asked",
    [
        "{$or:[" + "{}," * 5000 + "]}",
        "{$or:[" + ",".join(f'{{name:{{$regex:"[a-z]{index}"}}}}' for index in range(21)) + "]}",
        '{name:{$regex:"' + "a" * 1001 + '"}}',
    ],
    ids=["empty objects", "many patterns", "a long pattern"],
)
def test_costly_filters_are_refused(anna: InProcess, asked: str) -> None:
    answer = anna.get("v2/metrics", filter=asked)
    assert (answer.status, answer.json["errors"][0]["field"]) == (400, "filter")


def test_long_chains_are_answered(anna: InProcess, acme: Acme) -> None:
    # SQLite refuses an expression deeper than 1,000; what is longer is evaluated in the process.
    chain = [{"name": f"x{index}"} for index in range(300)] + [{"name": "Monthly revenue"}]
    assert anna.get("v2/metrics", filter=json.dumps({"$or": chain})).json["totalCount"] == 1
    numbers = {"target": {"$in": [*range(900), 100]}}
    assert anna.get("v2/metrics", filter=json.dumps(numbers)).json["totalCount"] == 1


@pytest.mark.parametrize("text", ["{" + "a" * 16_000, "{" + "a." * 8_000, '{"' + '\\"' * 8_000, "{" + "“" * 5_000])
def test_hostile_texts_are_read_in_linear_time(anna: InProcess, text: str) -> None:
    # Not a measurement: quadratic work on these took from 8 seconds up, linear work takes milliseconds.
    started = time.process_time()
    assert anna.get("v2/metrics", filter=text).status == 400
    assert time.process_time() - started < 4


def test_unclosed_mentions_do_not_hold_up_an_answer(anna: InProcess, acme: Acme) -> None:
    anna.patch(f"v1/metrics/{acme.revenue}", {"description": "@[" * 20_000})
    started = time.process_time()
    shown = anna.get(f"v1/metrics/{acme.revenue}", formatting="plainText", fields="description").json
    assert shown["description"] == "@[" * 20_000
    assert time.process_time() - started < 4


def test_a_list_has_a_budget_of_history(anna: InProcess, acme: Acme, monkeypatch: pytest.MonkeyPatch) -> None:
    for value in range(3):
        anna.post(f"v1/metrics/{acme.revenue}/checkin", {"actual": value})
    monkeypatch.setattr(surroundings, "HISTORY_LIMIT", 2)
    refused = anna.get("v2/metrics")
    assert refused.status == 400
    assert "ask for fewer records" in refused.json["detail"]
    assert anna.get("v2/metrics", fields="name").status == 200
    monkeypatch.setattr(surroundings, "KEY_RESULTS_LIMIT", 0)
    assert anna.get("v1/goals", includeMetrics="true", fields="name").status == 400
    assert anna.get("v1/goals").status == 200


def test_a_list_has_a_budget_of_days_of_trends(anna: InProcess, acme: Acme, monkeypatch: pytest.MonkeyPatch) -> None:
    days = len(anna.get(f"v1/metrics/{acme.revenue}", fields="trend").json["trend"])
    monkeypatch.setattr(scene, "DAYS_LIMIT", days)
    assert anna.get("v2/metrics").status == 200
    anna.post("v1/metrics", {"name": "One more", "goalId": acme.growth})
    refused = anna.get("v2/metrics")
    assert refused.status == 400
    assert f"asks for more than {days} days of trends at once: ask for fewer records" in refused.json["detail"]
    assert anna.get("v1/goals", includeMetrics="true").status == 400
    assert anna.get("v2/metrics", fields="name").status == 200
    assert anna.get("v2/metrics", limit="1").status == 200


def test_a_list_has_a_budget_of_markup_to_be_taken_out(anna: InProcess, acme: Acme) -> None:
    for _ in range(6):
        anna.post("v1/metrics", {"name": "Loud", "goalId": acme.growth, "description": "![" * 10_000})
    started = time.process_time()
    refused = anna.get("v2/metrics", formatting="plainText")
    assert refused.status == 400
    assert "asks for more than 100,000 marks of markup to be taken out at once" in refused.json["detail"]
    assert time.process_time() - started < 8
    assert anna.get("v2/metrics").status == 200


def test_a_list_has_a_budget_of_letters(anna: InProcess, acme: Acme, monkeypatch: pytest.MonkeyPatch) -> None:
    anna.patch(f"v1/metrics/{acme.revenue}", {"description": "x" * 100})
    monkeypatch.setattr(scene, "LETTERS_LIMIT", 99)
    assert anna.get("v2/metrics").status == 400
    anna.patch(f"v1/metrics/{acme.revenue}", {"description": "", "customFields": {"note": "x" * 100}})
    assert anna.get("v2/metrics").status == 400
    monkeypatch.setattr(scene, "LETTERS_LIMIT", 100)
    assert anna.get("v2/metrics").status == 200


def test_a_long_history_is_read_on_another_thread(anna: InProcess, acme: Acme, monkeypatch: pytest.MonkeyPatch) -> None:
    anna.post(f"v1/metrics/{acme.revenue}/checkin", {"actual": 1})
    entry = anna.post(f"v1/metrics/{acme.revenue}/checkin", {"actual": 2}).json["id"]
    before = anna.get(f"v1/metrics/{acme.revenue}").json
    monkeypatch.setattr(handling, "QUICK_HISTORY", 1)
    assert anna.get(f"v1/metrics/{acme.revenue}").json == before
    assert anna.get(f"v1/metrics/checkin/{entry}").json["snapshot"]["value"] == 2


def test_a_byte_order_mark_and_a_doubled_slash_are_borne(anna: InProcess, acme: Acme) -> None:
    marked = b"\xef\xbb\xbf" + json.dumps({"actual": 4}).encode()
    assert anna.request("POST", f"v1/metrics/{acme.revenue}/checkin", raw=marked).status == 201
    assert anna.request("GET", "//api/v2/metrics").status == 200


KEPT: dict[str, Any] = {
    "access": {"x": 1}, "fieldName": "f", "insightName": "i", "obfuscated": True,
    "settings": [1], "reminderSchedule": {"active": True},
}  # fmt: skip


def test_put_returns_what_is_left_out_to_its_default(ben: InProcess, acme: Acme) -> None:
    before = ben.get(f"v1/metrics/{acme.revenue}").json
    assert KEPT.items() <= ben.patch(f"v1/metrics/{acme.revenue}", KEPT | {"mine": 1}).json.items()
    after = ben.put(f"v1/metrics/{acme.revenue}", {"name": "x", "fieldName": "still"}).json
    assert after["mine"] == 1
    assert after["fieldName"] == "still"
    assert {name: after[name] for name in KEPT if name != "fieldName"} == {
        name: before[name] for name in KEPT if name != "fieldName"
    }


@pytest.mark.parametrize("name", ["fieldName", "insightName", "obfuscated", "settings"])
def test_documented_fields_keep_their_types(ben: InProcess, acme: Acme, name: str) -> None:
    refused = ben.patch(f"v1/metrics/{acme.revenue}", {name: 5})
    assert (refused.status, refused.json["errors"][0]["field"]) == (400, name)
    before = ben.get(f"v1/metrics/{acme.revenue}").json[name]
    assert ben.patch(f"v1/metrics/{acme.revenue}", {name: None}).json[name] == before


def test_objects_equal_in_full_with_what_is_unknown_in_them(ben: InProcess, acme: Acme) -> None:
    ben.patch(
        f"v1/metrics/{acme.revenue}",
        {
            "tags": [{"title": "t", "color": "red"}],
            "format": {"fractionSize": 1.0, "unit": "kg"},
            "confidence": {"value": 1, "x": 1},
        },
    )

    def count(asked: Any) -> int:
        return int(ben.get("v2/metrics", filter=json.dumps(asked)).json["totalCount"])

    assert count({"tags": {"title": "t"}}) == 0
    assert count({"tags": {"title": "t", "color": "red"}}) == 1
    assert count({"tags.color": "red"}) == 1
    assert count({"format": {"fractionSize": 1, "prefix": "", "suffix": ""}}) == 0
    assert count({"format": {"fractionSize": 1, "prefix": "", "suffix": "", "unit": "kg"}}) == 1
    assert count({"confidence.x": 1}) == 1
    assert ben.get("v2/sessions", filter='{"cadenceStart.periodOfMonth": ""}').json["totalCount"] == 1


def test_the_order_in_a_new_metric_is_derived(ben: InProcess, acme: Acme) -> None:
    made = ben.post("v1/metrics", {"name": "x", "goalId": acme.growth, "orderId": 77}).json
    assert made["orderId"] == 2
    assert ben.patch(f"v1/metrics/{made['id']}", {"orderId": 7.0}).json["orderId"] == 7


def test_a_new_reason_is_recorded_though_the_confidence_is_the_same(ben: InProcess, acme: Acme) -> None:
    for reason in ("old", "new", "new"):
        said = ben.patch(f"v1/metrics/{acme.revenue}", {"confidence": {"value": 0.5, "reason": reason}}).json
    assert said["confidence"]["reason"] == "new"
    assert said["metricHistoryCount"] == 2


def test_a_locked_session_names_the_unknown_field_it_holds(anna: InProcess, acme: Acme) -> None:
    anna.patch(f"v1/sessions/{acme.q3.id}", {"status": "locked"})
    refused = anna.patch(f"v1/metrics/{acme.revenue}", {"zzz": 1})
    assert [fault["field"] for fault in refused.json["errors"]] == ["zzz"]


def test_the_start_is_a_value_while_nothing_is_checked_in(ben: InProcess, acme: Acme) -> None:
    ben.patch(f"v1/metrics/{acme.revenue}", {"dueDate": "2026-01-01T00:00:00Z"})
    assert ben.patch(f"v1/metrics/{acme.revenue}", {"initialValue": 50}).status == 400
    assert ben.patch(f"v1/metrics/{acme.revenue}", {"name": "late"}).status == 200


def test_metrics_within_goals_are_asked_for_where_they_are(anna: InProcess) -> None:
    for asked in ({"filter": '{"metrics.name":"x"}'}, {"sort": "metrics.name"}):
        refused = anna.get("v2/goals", **asked)
        assert refused.status == 400
        assert "metrics" in refused.json["detail"]


def test_columns_that_look_into_lists_have_a_budget(
    anna: InProcess, acme: Acme, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = anna.post("v1/lists", {"title": "Wide"}).json["id"]

    def loaded(count: int) -> Any:
        columns = [{"fieldName": f"trend.x{number}"} for number in range(count)]
        return anna.post(f"v1/lists/{made}/load", {"columns": columns})

    monkeypatch.setattr(load, "ELEMENT_LIMIT", 1_000)  # a quarter has 92 days
    assert loaded(10).status == 200
    refused = loaded(11)
    assert (refused.status, refused.json["errors"][0]["field"]) == (400, "columns")

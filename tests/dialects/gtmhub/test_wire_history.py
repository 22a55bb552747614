"""Check-ins: which one gives the current value, what deleting one leaves, what trend and progressStatus make of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from acme import Acme
from milepost.actions import accounts
from milepost.actions.accounts import AccountChange
from milepost.actions.context import operator
from wire import InProcess


@pytest.fixture
def path(acme: Acme) -> str:
    return f"v1/metrics/{acme.revenue}"


def _check_in(client: InProcess, path: str, actual: float, when: str | None = None, **more: Any) -> str:
    answer = client.post(f"{path}/checkin", {"actual": actual, "checkInDate": when, **more})
    assert answer.status == 201, answer.body
    made: str = answer.json["id"]
    return made


def test_the_current_value_is_the_one_of_the_latest_effective_date(ben: InProcess, path: str) -> None:
    for actual, when in ((10, "2026-08-05T00:00:00Z"), (30, "2026-08-10T00:00:00Z"), (20, "2026-08-01T00:00:00Z")):
        _check_in(ben, path, actual, when)
    metric = ben.get(path).json
    assert metric["actual"] == 30
    assert metric["lastCheckInDate"] == "2026-08-10T00:00:00Z"
    assert [entry["metricValue"] for entry in metric["metricHistory"]] == [20, 10, 30]


def test_of_two_with_the_same_date_the_one_recorded_later_counts(ben: InProcess, path: str) -> None:
    when = "2026-08-10T00:00:00Z"
    for actual in (1, 3, 2):
        _check_in(ben, path, actual, when)
    metric = ben.get(path).json
    assert metric["actual"] == 2
    assert [entry["metricValue"] for entry in metric["metricHistory"]] == [1, 3, 2]


def test_nanoseconds_are_cut_before_they_are_compared(ben: InProcess, path: str) -> None:
    _check_in(ben, path, 1, "2026-08-10T00:00:00.000000999Z")
    _check_in(ben, path, 2, "2026-08-10T00:00:00.000000001Z")
    assert ben.get(path).json["actual"] == 2


def test_a_confidence_has_a_latest_date_of_its_own(ben: InProcess, path: str) -> None:
    _check_in(ben, path, 1, "2026-08-10T00:00:00Z")
    _check_in(ben, path, 2, "2026-08-05T00:00:00Z", confidence=0.3)
    _check_in(ben, path, 3, "2026-08-02T00:00:00Z", confidence=0.9)
    metric = ben.get(path).json
    assert (metric["actual"], metric["confidence"]["value"]) == (1, 0.3)
    assert metric["confidence"]["date"] == "2026-08-05T00:00:00Z"


def test_a_fast_clock_within_five_minutes_counts_as_now(ben: InProcess, acme: Acme, path: str) -> None:
    now = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=acme.clock.now)
    soon = (now + timedelta(minutes=4, seconds=59)).isoformat()
    recorded = ben.post(f"{path}/checkin", {"actual": 5, "checkInDate": soon})
    assert recorded.status == 201
    assert recorded.json["checkInDate"] == recorded.json["createdAt"]
    later = ben.post(f"{path}/checkin", {"actual": 6})
    assert ben.get(path).json["actual"] == 6
    assert later.json["checkInDate"] > recorded.json["checkInDate"]


def test_more_than_five_minutes_ahead_is_refused(ben: InProcess, acme: Acme, path: str) -> None:
    now = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=acme.clock.now)
    answer = ben.post(f"{path}/checkin", {"actual": 5, "checkInDate": (now + timedelta(seconds=301)).isoformat()})
    assert (answer.status, answer.json["errors"][0]["field"]) == (400, "checkInDate")


def test_deleting_recomputes_from_what_remains(anna: InProcess, path: str) -> None:
    first = _check_in(anna, path, 10, "2026-08-01T00:00:00Z", confidence=0.4)
    second = _check_in(anna, path, 20, "2026-08-05T00:00:00Z", confidence=0.8)
    third = _check_in(anna, path, 30, "2026-08-03T00:00:00Z")
    assert anna.delete(f"v1/metrics/checkin/{second}").status == 204
    metric = anna.get(path).json
    assert (metric["actual"], metric["attainment"], metric["confidence"]["value"]) == (30, 0.3, 0.4)
    assert metric["lastCheckInDate"] == "2026-08-03T00:00:00Z"
    for entry in (third, first):
        assert anna.delete(f"v1/metrics/checkin/{entry}").status == 204
    metric = anna.get(path).json
    assert (metric["actual"], metric["metricHistory"], metric["lastCheckInDate"]) == (0, [], "0001-01-01T00:00:00Z")
    assert "confidence" not in metric


def test_without_a_history_the_value_follows_the_initial_value(ben: InProcess, path: str) -> None:
    answer = ben.patch(path, {"initialValue": 40, "target": 50}).json
    assert (answer["actual"], answer["metricHistory"]) == (40, [])


def test_a_list_holds_the_history_too_and_says_how_long_it_is(ben: InProcess, path: str) -> None:
    for actual in (1, 2, 3):
        _check_in(ben, path, actual)
    (metric,) = ben.get("v2/metrics").json["items"]
    assert [entry["metricValue"] for entry in metric["metricHistory"]] == [1, 2, 3]
    assert metric["metricHistoryCount"] == 3


def test_in_lists_at_most_the_newest_thousand_and_all_of_it_by_id(anna: InProcess, acme: Acme, path: str) -> None:
    for start in (0, 1000):
        size = 1000 if start == 0 else 5
        entries = [{"metricId": acme.revenue, "actual": start + one} for one in range(size)]
        assert anna.post("v1/metrics/checkins", entries).status == 200
    (metric,) = anna.get("v2/metrics").json["items"]
    assert metric["metricHistoryCount"] == 1005
    assert [entry["metricValue"] for entry in metric["metricHistory"]] == list(range(5, 1005))
    assert len(anna.get(path).json["metricHistory"]) == 1005


def test_more_than_a_thousand_in_one_call_are_refused(ben: InProcess, acme: Acme) -> None:
    entries = [{"metricId": acme.revenue, "actual": 1}] * 1001
    assert ben.post("v1/metrics/checkins", entries).status == 400


def test_a_bulk_call_with_one_bad_element_records_nothing(ben: InProcess, acme: Acme, path: str) -> None:
    entries = [
        {"metricId": acme.revenue, "actual": 1},
        {"metricId": acme.rival_key_result, "actual": 1},
        {"metricId": acme.revenue, "actual": "many"},
    ]
    answer = ben.post("v1/metrics/checkins", entries)
    assert answer.status == 400
    assert [fault["field"] for fault in answer.json["errors"]] == ["[1].metricId", "[2].actual"]
    assert ben.get(path).json["metricHistory"] == []


@pytest.fixture
def quarter(anna: InProcess, acme: Acme) -> str:
    """A metric from 0 to 5 in a session of 91 days, 1 July to 29 September, counted in UTC."""
    dates = {"start": "2026-07-01T00:00:00Z", "end": "2026-09-29T23:59:59.999Z"}
    session = anna.post("v1/sessions", {"title": "91 days", **dates}).json["id"]
    goal = anna.post("v1/goals", {"name": "g", "sessionId": session}).json["id"]
    metric: str = anna.post("v1/metrics", {"name": "m", "goalId": goal, "target": 5}).json["id"]
    return f"v1/metrics/{metric}"


def test_the_planned_line_is_added_up_step_by_step(anna: InProcess, quarter: str) -> None:
    trend = anna.get(quarter).json["trend"]
    assert len(trend) == 91
    assert (trend[0]["date"], trend[-1]["date"]) == ("1 Jul 2026", "29 Sep 2026")
    assert trend[0]["projected"] == 5 / 91
    assert trend[-1]["projected"] == 4.99999999999999
    assert all("actual" not in day for day in trend)


def test_days_that_have_passed_carry_the_value_at_their_end(anna: InProcess, quarter: str) -> None:
    _check_in(anna, quarter, 1, "2026-08-14T08:00:00Z")
    _check_in(anna, quarter, 2, "2026-08-14T23:59:59Z")
    _check_in(anna, quarter, 3, "2026-08-17T11:00:00Z")
    days = {day["date"]: day.get("actual") for day in anna.get(quarter).json["trend"]}
    shown = {date: value for date, value in days.items() if value is not None}
    assert shown == {"14 Aug 2026": 2, "15 Aug 2026": 2, "16 Aug 2026": 2, "17 Aug 2026": 3}


def test_days_are_counted_in_the_sessions_time_zone(ben: InProcess, path: str) -> None:
    # The session of the fixture counts in Berlin, where 22:30 UTC is half past midnight of the next day in summer.
    _check_in(ben, path, 7, "2026-08-15T22:30:00Z")
    days = {day["date"]: day.get("actual") for day in ben.get(path).json["trend"]}
    assert (days["15 Aug 2026"], days["16 Aug 2026"]) == (None, 7)


def test_a_session_without_dates_has_an_empty_trend_and_expects_nothing(anna: InProcess) -> None:
    session = anna.post("v1/sessions", {"title": "some day"}).json["id"]
    goal = anna.post("v1/goals", {"name": "g", "sessionId": session}).json["id"]
    metric = anna.post("v1/metrics", {"name": "m", "goalId": goal}).json
    assert (metric["trend"], metric["progressStatus"]) == ([], "good")


def test_silence_is_never_green(anna: InProcess, acme: Acme, quarter: str) -> None:
    _check_in(anna, quarter, 5)

    def shown() -> tuple[str, str, str]:
        (listed,) = anna.get("v2/metrics", filter=f'{{id:"{quarter.rpartition("/")[2]}"}}', fields="health").json[
            "items"
        ]
        one = anna.get(quarter).json
        return one["health"], listed["health"], one["progressStatus"]

    assert shown() == ("onTrack", "onTrack", "good")
    tag = anna.get(quarter).headers["etag"]
    acme.clock.forward(days=7, seconds=1)
    assert shown() == ("stale", "stale", "good")
    assert anna.request("GET", quarter, headers={"if-none-match": tag}).status == 200
    accounts.revise(operator(acme.database, acme.account.id, acme.clock), AccountChange(stale_days=30))
    assert shown() == ("onTrack", "onTrack", "good")
    assert anna.patch(quarter, {"health": "offTrack"}).json["health"] == "onTrack"
    for asked in ({"filter": '{health:"stale"}'}, {"sort": "health"}):
        assert anna.get("v2/metrics", **asked).status == 400


def test_progress_is_judged_against_the_days_that_have_come(anna: InProcess, acme: Acme, quarter: str) -> None:
    # 17 August is day 48 of 91: expected is 48/91 of the way.
    expected = 5 * 48 / 91
    for actual, standing in ((expected, "good"), (expected * 0.9, "warning"), (expected * 0.69, "bad")):
        _check_in(anna, quarter, actual)
        assert anna.get(quarter).json["progressStatus"] == standing
    acme.clock.forward(days=100)
    assert anna.patch(quarter, {"actual": 4.9}).json["progressStatus"] == "warning"

"""Where two answers differ, and which differences are expected."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

import pytest

from milepost.transfer.gtmhub.rehearsal.asking import Answer
from milepost.transfer.gtmhub.rehearsal.call import Call
from milepost.transfer.gtmhub.rehearsal.differing import ABSENT, Difference, differences
from milepost.transfer.gtmhub.rehearsal.findings import Findings
from milepost.transfer.gtmhub.rehearsal.rehearse import everything, rehearse


def found(theirs: Any, ours: Any) -> dict[str, tuple[Any, Any]]:
    return {one.at: (one.theirs, one.ours) for one in differences(theirs, ours)}


def test_every_field_that_differs_is_named_by_its_path() -> None:
    theirs = {"a": {"b": [1, 2, {"c": None}]}, "gone": [], "same": {"x": [1.5, "y", True]}}
    ours = {"a": {"b": [1, 3, {"c": False}, 4]}, "same": {"x": [1.5, "y", True]}, "new": 0}
    assert found(theirs, ours) == {
        "a.b[1]": (2, 3),
        "a.b[2].c": (None, False),
        "a.b[3]": (ABSENT, 4),
        "gone": ([], ABSENT),
        "new": (ABSENT, 0),
    }


def test_items_are_compared_with_those_of_the_same_id() -> None:
    theirs = {"items": [{"id": "1", "n": "a"}, {"id": "2", "n": "b"}, {"id": "3"}]}
    ours = {"items": [{"id": "2", "n": "b"}, {"id": "1", "n": "x"}, {"id": "4"}]}
    assert found(theirs, ours) == {
        "items[1].n": ("a", "x"),
        "items[3]": ({"id": "3"}, ABSENT),
        "items[4]": (ABSENT, {"id": "4"}),
        "items (order)": (["1", "2"], ["2", "1"]),
    }
    assert "items (order)" not in {one.at for one in differences(theirs, ours, unordered=True)}
    twice = {"items": [{"id": "1"}, {"id": "1"}]}
    assert found(twice, {"items": [{"id": "1"}]}) == {"items[1]": ({"id": "1"}, ABSENT)}
    assert Difference("items[1].n[2]", 1, 2).field == "items[].n[]"


@pytest.mark.parametrize(
    ("theirs", "ours", "name"),
    [
        (1, 1.0, "number"),
        (1, True, ""),
        (0, False, ""),
        (1, 2.0, ""),
        ("1", 1, ""),
        ("2026-03-31T12:00:00Z", "2026-03-31T14:00:00+02:00", "moment"),
        ("2026-03-31T12:00:00.1234567Z", "2026-03-31T12:00:00.123456Z", "moment"),
        ("2026-03-31T12:00:00Z", "2026-03-31T12:00:01Z", ""),
        ("https://app.gtmhub.com/#/goals/1", "http://okr.example/#/goals/1", "host"),
        ("https://app.gtmhub.com/#/goals/1", "http://okr.example/#/goals/2", ""),
        ("https://app.gtmhub.com/a", "https://app.gtmhub.com/b", ""),
        ("ftp://a/b", "ftp://c/b", ""),
        ("", None, ""),
        ("[1", "http://[1", ""),
    ],
)
def test_what_is_expected(theirs: Any, ours: Any, name: str) -> None:
    (one,) = differences({"x": theirs}, {"x": ours})
    assert one.expected == name


def test_more_is_expected_of_fields_and_not_of_items() -> None:
    theirs, ours = {"l": [{"id": "1"}]}, {"l": [{"id": "1", "more": 1}, {"id": "2"}], "also": 1}
    assert {one.at: one.expected for one in differences(theirs, ours)} == {
        "l[1].more": "added",
        "l[2]": "",
        "also": "added",
    }
    assert [one.expected for one in differences(ours, theirs)] == ["", "", ""]
    (one,) = differences({"modifiedAt": "2026-01-01T00:00:00Z"}, {"modifiedAt": "2026-01-02T00:00:00Z"})
    assert one.expected == "modified"


class Told:
    """A server that answers what it is told to."""

    def __init__(self, answers: dict[str, Answer]) -> None:
        self.answers = answers
        self.asked: list[str] = []

    def get(self, path: str) -> Answer:
        self.asked.append(path)
        return self.answers.get(path.partition("?")[0], Answer(200, {"items": [], "totalCount": 0}))


def test_nor_are_those_within_what_is_missing() -> None:
    item = {"id": "q", "name": "Q", "apiSecret": "S1", "keys": [{"token": "S2", "of": "me"}]}
    found = rehearse(
        [Call("/api/v1/users", 200, {"items": [item]})], Told({"/api/v1/users": Answer(200, {"items": []})})
    )
    (group,) = [one for one in found.groups if one.ours == "absent"]
    assert '"name":"Q"' in group.theirs
    assert "(not shown)" in group.theirs
    assert "S1" not in str(found)
    assert "S2" not in str(found)


def test_groups_are_few_and_secrets_are_not_told() -> None:
    ours = Told({f"/api/v1/goals/{number}": Answer(200, {"name": "ours", "apiToken": "a"}) for number in range(50)})
    calls = [
        Call(f"/api/v1/goals/{number}?token=hush", 200, {"name": f"theirs {number}", "apiToken": "hush"})
        for number in range(50)
    ]
    result: Findings = rehearse(calls, ours)
    assert (result.calls, result.differing, result.fields) == (50, 50, 100)
    first, second = result.groups
    assert (first.calls, first.field, first.count, first.theirs) == ("/api/v1/goals/{id}", "name", 50, '"theirs 0"')
    assert (second.field, second.theirs, second.ours) == ("apiToken", "(not shown)", "(not shown)")
    assert "hush" not in repr(result.groups)
    fields = {f"f{number}": number for number in range(5_000)}
    many = rehearse([Call("/api/v1/goals/1", 200, fields)], Told({"/api/v1/goals/1": Answer(200, {})}))
    assert (many.fields, len(many.groups), many.groups[-1].count) == (5_000, 1_001, 4_000)


def test_a_status_differs_alone_and_refusals_are_alike() -> None:
    ours = Told({"/a": Answer(404, {"title": "Not Found"}), "/b": Answer(404, "nothing")})
    calls = [Call("/a", 200, {"x": 1}), Call("/b", 404, {"message": "no"})]
    (group,) = rehearse(calls, ours).groups
    assert (group.field, group.theirs, group.ours) == ("(status)", "200", "404")


def test_a_whole_account_is_asked_for_page_by_page() -> None:
    class Paged(Told):
        def get(self, path: str) -> Answer:
            found = super().get(path)
            if path.startswith("/api/v1/metrics?"):
                skip = int(path.partition("skip=")[2].partition("&")[0])
                return Answer(200, {"items": [{"id": str(number)} for number in range(250)[skip : skip + 100]]})
            return found

    theirs = Paged({})
    calls = list(everything(theirs))
    metrics = [call.path for call in calls if call.path.startswith("/api/v1/metrics")]
    assert metrics[:3] == [f"/api/v1/metrics?limit=100&skip={skip}&sort=id" for skip in (0, 100, 200)]
    assert metrics[3:] == [f"/api/v1/metrics/{number}" for number in range(20)]
    assert len(calls) == len(theirs.asked)


class Lists:
    """A server with one list, of which it gives pages in the order of ids."""

    def __init__(self, records: list[dict[str, Any]]) -> None:
        self.records = records

    def get(self, path: str) -> Answer:
        base, _, query = path.partition("?")
        if base != "/api/v2/metrics":
            return Answer(404, {})
        asked = dict(parse_qsl(query))
        skip, limit = int(asked["skip"]), int(asked["limit"])
        return Answer(200, {"items": self.records[skip : skip + limit], "totalCount": len(self.records)})


def test_one_record_that_is_missing_is_told_once_however_many_pages_follow() -> None:
    records = [{"id": f"{number:03}", "n": number} for number in range(450)]
    ours = [*records[:7], *records[8:320], {**records[320], "n": -1}, *records[321:], {"id": "900", "n": 0}]
    for one, other in ((records, ours), (ours, records)):
        findings = rehearse(everything(Lists(one)), Lists(other))
        told = sorted((group.field, group.count, group.theirs == "absent") for group in findings.groups)
        assert told == [("items[]", 1, False), ("items[]", 1, True), ("items[].n", 1, False)]
    fewer = rehearse(everything(Lists(records)), Lists(records[:10]))
    assert fewer.fields == 440 + 1

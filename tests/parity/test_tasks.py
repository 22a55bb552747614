"""Tasks are shown through one dialect only: what is sent back through the other leaves them as they are."""

from __future__ import annotations

import pytest

from milepost.domain import ids
from sides import Sides


@pytest.mark.parametrize("kind", ["keyresults", "objectives"])
def test_what_the_other_dialect_sends_back_touches_no_task(sides: Sides, kind: str) -> None:
    acme = sides.acme
    for parent in (acme.revenue, acme.growth):
        assert sides.gtmhub.post("v1/tasks", {"name": "Do it", "parentId": parent}).status == 201
    before = sides.gtmhub.get("v1/tasks").json
    path = f"{kind}/{ids.as_uuid(acme.revenue if kind == 'keyresults' else acme.growth)}"
    shown = sides.simpleokr.get(path)
    assert shown.status == 200
    assert sides.simpleokr.post(path, shown.json).status == 200
    assert sides.simpleokr.post(path, shown.json | {"name": "Another"}).status == 200
    assert sides.gtmhub.get("v1/tasks").json["items"] == [
        one
        | {
            "parentName": "Another"
            if one["parentType"] == {"keyresults": "metric"}.get(kind, "goal")
            else one["parentName"]
        }
        for one in before["items"]
    ]
    assert sides.metric(acme.revenue)["taskCount"] == 1


def test_a_key_result_that_is_deleted_there_takes_its_tasks_along(sides: Sides) -> None:
    revenue = sides.acme.revenue
    sides.gtmhub.post("v1/tasks", {"name": "Do it", "parentId": revenue})
    gone = sides.simpleokr.delete(f"keyresults/{ids.as_uuid(revenue)}")
    assert 200 <= gone.status < 300, gone.body
    assert sides.gtmhub.get("v1/tasks").json["totalCount"] == 0

"""A published importer's calls, replayed: users, session, goals, key results; and all of it read back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from acme import Acme
from wire import InProcess

WORKBOOK = Path(__file__).parents[4] / "shared" / "data" / "excel-import" / "Users_OKRs_Data.xlsx"
NO_DATE = "0001-01-01T00:00:00Z"
SESSION: dict[str, Any] = {
    "title": "Q4 2021", "access": None, "parentId": "", "status": "open", "cadenceType": "MONTHLY",
    "cadenceStart": {"periodOfMonth": "firstDay"}, "workflow": None, "cadenceTimeZone": "Europe/Kiev",
    "start": "2021-09-30T21:00:00.000Z", "end": "2021-12-31T21:59:59.999Z",
}  # fmt: skip

pytestmark = pytest.mark.skipif(
    not WORKBOOK.exists(),
    reason="the importer's workbook is not beside this project (shared/data/excel-import): it was not replayed",
)


def _rows(sheet: str) -> list[dict[str, Any]]:
    head, *rows = CalamineWorkbook.from_path(WORKBOOK).get_sheet_by_name(sheet).to_python()
    return [dict(zip(head, row, strict=True)) for row in rows if any(cell != "" for cell in row)]


def _made(client: InProcess, resource: str, body: dict[str, Any], name: str) -> str:
    """The id of what a call made; the importer takes nothing but 201, and reads the id and a name."""
    answer = client.post(f"v1/{resource}", body)
    assert answer.status == 201, answer.body
    assert answer.json[name] == body[name]
    made: str = answer.json["id"]
    return made


def test_the_workbook_loads_and_comes_back(anna: InProcess, acme: Acme) -> None:
    people, plan = _rows("Users"), _rows("OKRs")
    assert people
    assert plan

    users = {row["email"]: _made(anna, "users", row, "email") for row in people}
    session = _made(anna, "sessions", SESSION, "title")
    goals: dict[str, str] = {}
    for objective in dict.fromkeys(row["objective"] for row in plan):
        goal = {
            "ownerId": acme.account.id, "description": "Imported from Excel", "name": objective,
            "dateFrom": "2021-09-30T21:00:00Z", "dateTo": "2021-12-31T21:59:59.999Z", "sessionId": session,
        }  # fmt: skip
        goals[objective] = _made(anna, "goals", goal, "name")
    metrics = [_metric(row, users, goals, acme) for row in plan]
    made = [_made(anna, "metrics", metric, "name") for metric in metrics]

    for metric, metric_id in zip(metrics, made, strict=True):
        shown = anna.get(f"v1/metrics/{metric_id}").json
        assert {name: shown[name] for name in metric} == metric
        assert (shown["sessionId"], shown["actual"]) == (session, metric["initialValue"])
    listed = anna.get("v2/metrics", filter=f'{{sessionId:"{session}"}}', limit=1000).json
    assert [one["id"] for one in listed["items"]] == made
    assert listed["totalCount"] == len(plan)
    beneath = anna.get("v1/goals", sessionId=session, includeMetrics="True").json["items"]
    assert {one["name"]: len(one["metrics"]) for one in beneath} == {
        objective: sum(row["objective"] == objective for row in plan) for objective in goals
    }
    for row in people:
        shown = anna.get(f"v1/users/{users[row['email']]}").json
        assert {name: shown[name] for name in row} == row
    assert anna.get(f"v1/sessions/{session}").json["title"] == "Q4 2021"


def _metric(row: dict[str, Any], users: dict[str, str], goals: dict[str, str], acme: Acme) -> dict[str, Any]:
    return {
        "ownerId": users.get(row["owner"], acme.account.id),
        "goalId": goals[row["objective"]],
        "targetOperator": "at_least",
        "initialValue": row["initialValue"],
        "target": row["targetValue"],
        "name": row["keyResultName"],
        "manualType": "double",
        "dueDate": NO_DATE,
        "softDueDate": NO_DATE,
    }


def test_one_target_is_a_formula_whose_value_arrives() -> None:
    targets = [row["targetValue"] for row in _rows("OKRs")]
    assert any(target == pytest.approx(20 * 1.05) for target in targets)

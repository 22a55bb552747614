"""Sessions that stand beneath sessions, and the dates that goals have from them."""

from __future__ import annotations

import json

import pytest

from acme import Acme
from engines import unchain
from milepost.store import migrate
from milepost.store.engine import Database
from wire import InProcess

BEFORE_PARENTS = "0007"


def test_a_session_stands_beneath_one_of_its_account_only(anna: InProcess, acme: Acme) -> None:
    year = anna.post("v1/sessions", {"title": "2026"}).json["id"]
    quarter = anna.post("v1/sessions", {"title": "Q1", "parentId": year})
    assert (quarter.status, quarter.json["parentId"]) == (201, year)
    for nobodys in (acme.rival_cycle, "0" * 24, "xyz"):
        for reply in (
            anna.post("v1/sessions", {"title": "Q2", "parentId": nobodys}),
            anna.patch(f"v1/sessions/{year}", {"parentId": nobodys}),
        ):
            assert (reply.status, [fault["field"] for fault in reply.json["errors"]]) == (400, ["parentId"])
    for own in (year, quarter.json["id"]):
        assert anna.patch(f"v1/sessions/{year}", {"parentId": own}).status == 400
    found = anna.get("v2/sessions", filter=f'{{parentId:"{year}"}}').json["items"]
    assert [one["title"] for one in found] == ["Q1"]
    assert anna.delete(f"v1/sessions/{year}").status == 204
    assert anna.get(f"v1/sessions/{quarter.json['id']}").json["parentId"] == ""


def test_an_echo_keeps_the_parent_and_put_without_it_takes_it_away(anna: InProcess) -> None:
    year = anna.post("v1/sessions", {"title": "2026"}).json["id"]
    quarter = anna.post("v1/sessions", {"title": "Q1", "parentId": year}).json
    path = f"v1/sessions/{quarter['id']}"
    assert anna.put(path, quarter).json["parentId"] == year
    assert anna.put(path, {"title": "Q1"}).json["parentId"] == ""


def test_what_an_earlier_version_kept_is_read(acme: Acme, database: Database) -> None:
    run = database.connection.execute
    unchain(database)
    run("DROP INDEX ix_cycles_parent")
    run("ALTER TABLE cycles DROP COLUMN parent_id")
    run("UPDATE alembic_version SET version_num = ?", (BEFORE_PARENTS,))
    kept = [{"parentId": "0" * 24, "color": "red"}, {"parentId": "a year"}]
    for cycle, extra in zip((acme.q3.id, acme.rival_cycle), kept, strict=True):
        run("UPDATE cycles SET extra = ? WHERE id = ?", (json.dumps(extra), cycle))
    database.close()
    again = migrate.open_database(database.path)
    rows = dict(again.connection.execute("SELECT id, parent_id || extra FROM cycles").fetchall())
    again.close()
    assert rows[acme.q3.id] == "0" * 24 + '{"color":"red"}'
    assert json.loads(rows[acme.rival_cycle]) == kept[1]


@pytest.mark.parametrize("dates", [{"dateFrom": "2030-01-01T00:00:00Z"}, {"dateTo": "2020-01-01T00:00:00Z"}], ids=str)
def test_a_goal_does_not_end_before_it_starts(anna: InProcess, acme: Acme, dates: dict[str, str]) -> None:
    (field,) = dates
    for reply in (
        anna.post("v1/goals", {"name": "x", "sessionId": acme.q3.id, **dates}),
        anna.patch(f"v1/goals/{acme.growth}", dates),
    ):
        assert (reply.status, [fault["field"] for fault in reply.json["errors"]]) == (400, [field])
    within = {"dateFrom": "2026-08-01T00:00:00Z", "dateTo": "2026-08-02T00:00:00Z"}
    assert anna.patch(f"v1/goals/{acme.growth}", within).status == 200

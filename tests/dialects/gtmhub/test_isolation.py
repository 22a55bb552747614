"""No record of an account can be listed, filtered for, counted or sorted by through another account's token."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

import gtmhub_calls
from acme import Acme
from calls import Records
from engines import held
from gtmhub_calls import GTMHUB, LISTS
from milepost.dialects.gtmhub.route import Route
from milepost.store import key_results, objectives
from wire import InProcess

every_list = pytest.mark.parametrize(("route", "version"), LISTS, ids=gtmhub_calls.names(LISTS))


@pytest.fixture
def ours(acme: Acme) -> Records:
    return GTMHUB.ours(acme)


@pytest.fixture
def theirs(acme: Acme) -> Records:
    return GTMHUB.theirs(acme)


def marks(acme: Acme, theirs: Records) -> list[str]:
    """What would give the rival away in an answer."""
    return [*msgspec.structs.astuple(theirs), acme.rival.name, "Secret", "Beat Acme", "Their revenue", "Rossi"]


def identity(item: Any) -> str:
    """What tells an item of a list from the others: the definition of a custom field has an `_id`, a tag its title."""
    return str(item.get("id") or item.get("_id") or item["title"])


def finding_nothing(ours: Records, theirs: Records) -> list[Any]:
    """Filters that only the rival's records meet."""
    named = [{field: value} for field, value in (("name", "Their revenue"), ("name", "Beat Acme"), ("title", "Secret"))]
    others = [theirs.account, theirs.cycle, theirs.objective, theirs.key_result, theirs.check_in, theirs.user]
    foreign = [
        {field: stranger}
        for field in ("id", "_id", "accountId", "goalId", "sessionId", "parentId", "ownerId", "ownerIds", "createdById")
        for stranger in (*others, {"$in": others})
    ]
    return [
        *named,
        *foreign,
        {"accountId": {"$ne": ours.account}},
        {"accountId": {"$nin": [ours.account]}},
        {"accountId": {"$not": {"$eq": ours.account}}},
        {"accountId": {"$exists": False}},
        {"$nor": [{"accountId": ours.account}]},
        {"$and": [{"accountId": theirs.account}, {}]},
        {"$or": [{"accountId": theirs.account}, {"$nor": [{"accountId": {"$in": [ours.account]}}]}]},
        {"email": theirs.email},
        {"goalName": {"$regex": "Beat"}},
        {"assignee.name": {"$regex": "Ros+i"}},
        {"assignees.email": theirs.email},
        {"assignees": {"$elemMatch": {"id": theirs.user}}},
        {"goalOwnerIds": theirs.user},
        {"tags.title": "') OR 1=1 --"},
        {"name": f"' OR account_id = '{theirs.account}"},
    ]


def finding_everything(ours: Records, theirs: Records) -> list[Any]:
    """Filters that all of our records meet, and the rival's too."""
    return [
        {},
        {"$or": [{"accountId": theirs.account}, {"accountId": {"$exists": True}}]},
        {"accountId": {"$in": [ours.account, theirs.account]}},
        {"accountId": {"$regex": ""}},
        {"$nor": [{"id": theirs.objective}]},
        {"id": {"$ne": theirs.key_result}},
        {"$or": [{}, {"accountId": theirs.account}]},
    ]


@every_list
def test_lists_show_count_and_sort_nothing_of_another_account(
    acme: Acme, anna: InProcess, ours: Records, theirs: Records, route: Route, version: int
) -> None:
    before = held(acme.database, acme.rival.id)
    path = gtmhub_calls.path(route, ours, version)

    def ask(**query: Any) -> tuple[set[str], int]:
        reply = anna.get(path, limit=1000, **query)
        assert reply.status == 200, (query, reply.body)
        assert not [mark for mark in marks(acme, theirs) if mark in reply.body.decode()], query
        return {identity(item) for item in reply.json["items"]}, reply.json["totalCount"]

    all_of_it = ask()
    assert all_of_it[1] == len(all_of_it[0]) > 0
    for asked in finding_nothing(ours, theirs):
        assert ask(filter=json.dumps(asked)) == (set(), 0), asked
    for asked in finding_everything(ours, theirs):
        assert ask(filter=json.dumps(asked)) == all_of_it, asked
    for field in ("accountId", "id", "goalName", "assignee.name", "ownerIds", "name", "title", "email", "sessionId"):
        assert ask(sort=field) == ask(sort=f"-{field}") == all_of_it
    for field, value in (("goalId", theirs.objective), ("sessionId", theirs.cycle), ("ownerId", theirs.user)):
        assert ask(**{field: value}) in ((set(), 0), all_of_it)
    assert ask(accountId=theirs.account, includeMetrics="true") == all_of_it
    assert held(acme.database, acme.rival.id) == before


@pytest.mark.parametrize(
    ("path", "parameter", "names"),
    [
        ("v1/metrics", "goalId", "objective"),
        ("v1/metrics", "sessionId", "cycle"),
        ("v1/metrics", "ownerId", "user"),
        ("v1/goals", "sessionId", "cycle"),
        ("v1/goals", "metricOwnerId", "user"),
        ("v1/goals", "metricOwnerIds", "user"),
    ],
)
def test_narrowing_to_another_accounts_record_finds_nothing(
    anna: InProcess, acme: Acme, ours: Records, theirs: Records, path: str, parameter: str, names: str
) -> None:
    assert anna.get(path, **{parameter: getattr(theirs, names)}).json == {"items": [], "totalCount": 0}
    mine = acme.anna.id if names == "user" else getattr(ours, names)
    assert anna.get(path, **{parameter: mine}).json["totalCount"] == 1


def test_a_strangers_id_on_our_own_record_shows_nothing_of_him(
    acme: Acme, anna: InProcess, ours: Records, theirs: Records
) -> None:
    """An import keeps owners and parents that nobody knows; here they happen to be known to another account."""
    database = acme.database
    metric = key_results.records.find(database, ours.account, ours.key_result)
    goal = objectives.records.find(database, ours.account, ours.objective)
    assert metric is not None
    assert goal is not None
    key_results.update_one(database, msgspec.structs.replace(metric, owner_ids=(theirs.user,)))
    objectives.update_one(database, msgspec.structs.replace(goal, owner_ids=(theirs.user,), parent_id=theirs.objective))
    for path in (
        f"v1/metrics/{ours.key_result}",
        f"v1/goals/{ours.objective}",
        "v2/metrics",
        "v1/goals?includeMetrics=true",
    ):
        shown = anna.get(path).body.decode()
        assert theirs.user in shown
        assert not [mark for mark in (acme.rita.name, acme.rita.email, "Beat Acme", acme.rival.id) if mark in shown]
    for path in ("v2/metrics", "v2/goals"):
        for field, value in (("name", acme.rita.name), ("id", theirs.user), ("email", theirs.email)):
            asked = json.dumps({f"assignee.{field}": value})
            assert anna.get(path, filter=asked).json["totalCount"] == 0
        assert anna.get(path, sort="assignee.name").status == 200

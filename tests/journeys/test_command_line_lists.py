"""The end of a command-line client's day: a saved list found by a part of its title, and loaded."""

from __future__ import annotations

from typing import Any

import msgspec

from clients import Listing, read
from command_line import CommandLine, Metric, now, spoken

COLUMNS = [
    {"fieldName": "name", "type": "string", "width": 300},
    {"fieldName": "actual", "type": "number", "width": 80},
    {"fieldName": "ownerIds", "type": "assignee", "width": 120},
]


class Column(msgspec.Struct, rename="camel"):
    field_name: str
    type: str
    width: int


class Rule(msgspec.Struct, rename="camel"):
    """`value` is passed on as it is."""

    field_name: str
    operator: str
    value: Any
    custom_field: bool
    dynamic_filters: list[Any]


class Bounds(msgspec.Struct, rename="camel"):
    boolean_operator: str
    rule_bounds: list[Rule]


class SavedList(msgspec.Struct, rename="camel"):
    id: str
    title: str
    columns: list[Column]
    filter: Bounds


class Row(msgspec.Struct, rename="camel"):
    id: str
    name: str
    actual: float
    owner_ids: list[str]


def saved(cli: CommandLine, title: str, **rules: tuple[str, Any]) -> str:
    """A list that somebody saved in the web application: every rule must hold."""
    bounds = [
        {"fieldName": name, "operator": operator, "value": value, "customField": False, "dynamicFilters": []}
        for name, (operator, value) in rules.items()
    ]
    whole = {
        "title": title, "listType": "Key Result", "columns": COLUMNS,
        "filter": {"booleanOperator": "and", "ruleBounds": bounds},
    }  # fmt: skip
    return str(read(cli.post("v1/lists", whole), dict, 201)["id"])


def listed_and_loaded(cli: CommandLine, part: str, space: str = "+") -> tuple[SavedList, list[Row]]:
    """The one list whose title holds a text, and its rows: what the client asks for is what it was just told."""
    relaxed = f'{{title:{{$regex:".*{part}.*"}},{space}listType:"Key{space}Result"}}'
    answer: Listing[SavedList] = read(
        cli.get(f"v1/lists?fields=id,title,columns,filter&filter={relaxed}"), Listing[SavedList]
    )
    (found,) = answer.items
    assert answer.total == 1
    rows: Listing[Row] = read(
        cli.post(f"v1/lists/{found.id}/load", msgspec.to_builtins({"columns": found.columns, "filter": found.filter})),
        Listing[Row],
    )
    assert rows.total == len(rows.items)
    return found, rows.items


def test_from_a_check_in_to_the_list_that_shows_it(cli: CommandLine) -> None:
    me = cli.who_am_i().user.id
    sessions = [one.id for one in cli.current_sessions()]
    mine: list[Metric] = cli.key_results(sessions, me)
    saved(cli, "What I own this quarter", sessionId=("in", sessions), ownerIds=("eq", me))
    saved(cli, "Everybody's", sessionId=("in", sessions))
    cli.check_in(mine[0].id, actual=mine[0].actual + 1, checkInDate=spoken(now()))

    for part, space in (("I.own", "+"), ("own this", "%20")):
        found, rows = listed_and_loaded(cli, part.replace(" ", space), space)
        assert (found.title, found.filter.boolean_operator) == ("What I own this quarter", "and")
        assert [column.field_name for column in found.columns] == ["name", "actual", "ownerIds"]
        expected = [(one.id, one.name, one.actual + (one.id == mine[0].id), one.owner_ids) for one in mine]
        assert sorted((row.id, row.name, row.actual, row.owner_ids) for row in rows) == sorted(expected)


def test_the_rows_have_the_columns_and_no_more(cli: CommandLine) -> None:
    made = saved(cli, "Bikes", name=("contains", "Bikes"))
    bounds = {"booleanOperator": "and", "ruleBounds": []}
    asked = {"columns": COLUMNS[:1], "filter": bounds}
    rows = read(cli.post(f"v1/lists/{made}/load", asked), Listing[dict[str, Any]]).items
    assert {frozenset(row) for row in rows} == {frozenset({"id", "name"})}
    everything = read(cli.get("v2/metrics?fields=name&limit=1000"), Listing[dict[str, Any]])
    assert len(rows) == min(100, everything.total), "an empty filter leaves nobody out"


def test_no_list_of_that_title_is_an_empty_answer(cli: CommandLine) -> None:
    saved(cli, "Something", name=("contains", "x"))
    answer = read(cli.get('v1/lists?fields=title&filter={title:{$regex:".*else.*"}}'), Listing[dict[str, Any]])
    assert (answer.items, answer.total) == ([], 0)

"""Four key results that filters and the rules of lists tell apart; and which of them a filter finds."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from acme import Acme, build
from arbitrary import keep_key_result
from milepost.actions import key_results
from milepost.dialects.gtmhub import filters, query
from milepost.dialects.gtmhub.tables import METRIC
from milepost.domain import ids
from milepost.domain.check_in import Entry
from milepost.domain.instants import DAY
from milepost.domain.key_result import Format, KeyResult, Kind, Tag
from milepost.domain.matching import holds
from milepost.domain.views import KeyResultView
from milepost.store.engine import Database

A, B, C, D = "Alpha", "beta", "Gamma. ray", ""


class World(msgspec.Struct):
    """Four key results, and who they belong to."""

    acme: Acme
    views: dict[str, KeyResultView]

    def found(self, asked: str) -> set[str]:
        """The names of those that a filter finds, which both ways agree about."""
        condition = filters.condition(asked, METRIC)
        expected = {name for name, view in self.views.items() if holds(condition, view)}
        page = key_results.list_(self.acme.context(self.acme.anna), query.query({"filter": asked}, METRIC))
        assert {view.key_result.name for view in page.items} == expected, "SQL and the domain do not agree"
        return expected


def made(database: Database) -> World:
    """The four in an empty database."""
    acme = build(database)
    context = acme.context(acme.anna)
    template = key_results.find(context, acme.revenue)

    def make(name: str, entries: tuple[Entry, ...], **how: Any) -> None:
        one: KeyResult = msgspec.structs.replace(template, id=ids.new(acme.clock()), name=name, **how)
        keep_key_result(acme, one, entries)

    make(
        A, (Entry(value=5.0, confidence=0.5, comment="sure", effective_at=DAY * 20_000),), target=10.0, weight=2.0,
        owner_ids=(acme.anna.id,), tags=(Tag("red", {"color": "r"}),), automated=True, due_at=DAY * 20_500,
        custom_fields={"region": "north", "n": 5, "list": [1, 2, "x"], "deep": {"a": {"b": "c"}}},
        extra={"fieldName": "f", "free": {"a": [{"b": 1}, {"b": 2}]}}, description="one\ntwo",
    )  # fmt: skip
    make(
        B, (), kind=Kind.DECREASE, owner_ids=(acme.ben.id, acme.anna.id), tags=(Tag("red"), Tag("Blue", {"rank": 2})),
        custom_fields={"region": None, "list": []}, format=Format(2, "$", "", {"x": 1}), critical=3.0, extra={},
    )  # fmt: skip
    make(C, (), kind=Kind.IN_RANGE, target=1.0, target_max=2.5, owner_ids=(), custom_fields={}, extra={"note": "x"})
    make(D, (), kind=Kind.MILESTONE, target=1.0, owner_ids=(acme.vera.id,), custom_fields=None, extra={})
    key_results.remove(context, acme.revenue)
    listed = key_results.list_(context, query.query({}, METRIC))
    return World(acme, {view.key_result.name: view for view in listed.items})


def text(value: Any) -> str:
    """A case as test reports show it, without what pytest cannot be asked for by name."""
    return json.dumps(value).replace("\\", "") if isinstance(value, dict) else "-"

"""Any objective and any key result that a store can hold, imports' leftovers among them, with any history."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from acme import NOON, Acme
from milepost.actions import rollup
from milepost.actions.context import operator
from milepost.domain import ids, key_result, objective
from milepost.domain.check_in import CheckIn
from milepost.domain.history import explained
from milepost.domain.instants import BEGINNING, DAY, END, Instant
from milepost.domain.key_result import Format, KeyResult, Kind, Tag
from milepost.domain.objective import Closing, Objective, ObjectiveStatus
from milepost.store import check_ins, key_results, objectives

NUMBERS = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-1000, 1000).map(float)
OLD_SCALE = st.floats(1, 10, exclude_min=True) | st.integers(11, 100).map(lambda tenths: tenths / 10)
CONFIDENCES = st.none() | st.floats(0, 1) | OLD_SCALE
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
IDS = st.text("0123456789abcdef", min_size=24, max_size=24) | st.uuids().map(str).map(ids.from_uuid)
INSTANTS = st.integers(BEGINNING + 1, END)
_JSON: SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | NUMBERS | TEXTS,
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(TEXTS, inside, max_size=3),
    max_leaves=5,
)
# Under names that neither dialect knows.
_UNKNOWN = st.dictionaries(TEXTS.map(lambda text: f"x-{text}"), _JSON, max_size=3)
_TAGS = st.lists(st.builds(Tag, TEXTS, _UNKNOWN), max_size=3).map(tuple)
_FORMATS = st.builds(Format, st.integers(0, 100), TEXTS, TEXTS, _UNKNOWN)


class Entry(msgspec.Struct, frozen=True):
    """What a check-in says; its ids and author come when it is placed."""

    value: float
    confidence: float | None
    comment: str
    effective_at: Instant


_HISTORIES = st.lists(
    st.builds(Entry, NUMBERS, CONFIDENCES, TEXTS, st.integers(NOON - 200 * DAY, NOON)), max_size=4
).map(tuple)


def owner_ids(acme: Acme, teams: tuple[str, ...]) -> SearchStrategy[tuple[str, ...]]:
    """Owners of both kinds, the account itself, and some whom nobody knows, each once."""
    known = st.sampled_from([acme.anna.id, acme.ben.id, acme.vera.id, *teams, acme.account.id])
    return st.lists(known | IDS, max_size=5, unique=True).map(tuple)


@st.composite
def any_objective(draw: DrawFn, acme: Acme, teams: tuple[str, ...]) -> Objective:
    """An objective in Acme's quarter, of any status, beneath none, one that is there, or one that is not."""
    at = draw(st.integers(NOON - 300 * DAY, NOON))
    dates = sorted(draw(st.tuples(INSTANTS, INSTANTS)))
    blank = objective.blank(acme.account.id, ids.new(NOON), acme.q3.id, at=at, by=draw(IDS))
    return msgspec.structs.replace(
        blank,
        name=draw(TEXTS),
        description=draw(TEXTS),
        parent_id=draw(st.sampled_from(["", acme.growth]) | IDS),
        owner_ids=draw(owner_ids(acme, teams)),
        tags=draw(_TAGS),
        closing=draw(st.builds(Closing, st.sampled_from(ObjectiveStatus), TEXTS, st.none() | INSTANTS, IDS)),
        starts_at=draw(st.sampled_from([None, dates[0]])),
        ends_at=draw(st.sampled_from([None, dates[1]])),
        custom_fields=draw(st.none() | st.dictionaries(TEXTS, _JSON, max_size=3)),
        extra=draw(_UNKNOWN),
        is_company=draw(st.booleans()),
        is_personal=draw(st.booleans()),
        modified_at=draw(st.integers(at, NOON)),
    )


@st.composite
def any_key_result(draw: DrawFn, acme: Acme, teams: tuple[str, ...], under: str) -> tuple[KeyResult, tuple[Entry, ...]]:
    """A key result of any kind under an objective of Acme's quarter, and what its history says."""
    at, kind = draw(st.integers(NOON - 300 * DAY, NOON)), draw(st.sampled_from(Kind))
    low, high = sorted(draw(st.tuples(NUMBERS, NUMBERS)))
    blank = key_result.blank(acme.account.id, ids.new(NOON), under, acme.q3.id, position=1, at=at, by=draw(IDS))
    one = msgspec.structs.replace(
        blank,
        name=draw(TEXTS),
        description=draw(TEXTS),
        kind=kind,
        start=draw(NUMBERS),
        target=1.0 if kind is Kind.MILESTONE else low,
        target_max=high if kind is Kind.IN_RANGE else draw(st.none() | NUMBERS),
        critical=draw(st.none() | NUMBERS),
        number_type=draw(TEXTS),
        format=draw(_FORMATS),
        weight=draw(NUMBERS.map(abs)),
        due_at=draw(st.none() | INSTANTS),
        soft_due_at=draw(st.none() | INSTANTS),
        owner_ids=draw(owner_ids(acme, teams)),
        tags=draw(_TAGS),
        automated=draw(st.booleans()),
        position=draw(st.integers(0, 1_000_000_000)),
        custom_fields=draw(st.none() | st.dictionaries(TEXTS, _JSON, max_size=3)),
        extra=draw(_UNKNOWN),
        modified_at=draw(st.integers(at, NOON)),
    )
    return one, draw(_HISTORIES)


def keep_objective(acme: Acme, one: Objective) -> str:
    """Write an objective straight into the store, as an import does; its id."""
    objectives.insert(acme.database, one)
    return one.id


def keep_key_result(acme: Acme, one: KeyResult, entries: tuple[Entry, ...]) -> str:
    """Write a key result straight into the store, with its history and all that follows from it; its id."""
    history = [
        CheckIn(
            account_id=one.account_id,
            id=ids.new(NOON),
            key_result_id=one.id,
            value=entry.value,
            confidence=entry.confidence,
            comment=entry.comment,
            author_id=acme.ben.id,
            effective_at=entry.effective_at,
            recorded_at=NOON,
        )
        for entry in entries
    ]
    with acme.database.transaction():
        key_results.insert(acme.database, explained(one, history))
        check_ins.records.insert_many(acme.database, history)
        rollup.objectives(operator(acme.database, acme.account.id, acme.clock), [one.objective_id])
    return one.id

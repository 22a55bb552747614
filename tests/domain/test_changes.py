"""Changes of every kind of record: what is named changes, the rest stays, and all that is wrong is named."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from msgspec import UNSET

from milepost.domain import key_result, objective, saved_list, task
from milepost.domain.change import (
    ConfidenceChange,
    KeyResultChange,
    ObjectiveChange,
    confidence_of,
    held_by_lock,
    revised_key_result,
    revised_objective,
)
from milepost.domain.errors import Fault, Invalid
from milepost.domain.key_result import Confidence, Format, KeyResult, Kind, Tag
from milepost.domain.objective import Objective
from milepost.domain.people import Team, blank_team
from milepost.domain.saved_list import Column, Dynamic, Join, Rule, SavedList, SavedListChange, Selection
from milepost.domain.task import ParentKind, Task, TaskChange, TaskStatus

NUL = "a\0b"
UNSTORABLE = "holds a NUL or a lone surrogate, which no text may"

MEASURE = key_result.blank("acme", "k", "o", "q3", position=4, at=10, by="ben")
AIM = objective.blank("acme", "o", "q3", at=10, by="ben")
WORK = task.blank("acme", "t", at=10, by="ben")
LIST = saved_list.blank("acme", "l", at=10, by="ben")

COMMON: dict[str, Any] = {
    "name": "n", "description": "d", "owner_ids": ("a", "b"), "tags": (Tag("t", {"x": 1}),),
    "custom_fields": {"c": 1}, "extra": {"e": 1},
}  # fmt: skip
OF_A_MEASURE = COMMON | {
    "kind": Kind.DECREASE, "start": 9.0, "target": 3.0, "target_max": 4.0, "critical": 5.0, "weight": 2.0,
    "number_type": "int", "format": Format(2, "$", "!", {"f": 1}), "due_at": 20, "soft_due_at": 15, "automated": True,
    "position": 7, "parent_id": "above",
}  # fmt: skip
OF_AN_AIM = COMMON | {
    "cycle_id": "q4", "parent_id": "above", "is_company": True, "is_personal": True, "counts_children": True,
    "starts_at": 12, "ends_at": 30,
}  # fmt: skip
OF_WORK: dict[str, Any] = {
    "name": "n", "description": "d", "status": TaskStatus.DONE, "priority": 3.0, "owner_id": "a", "due_at": 20,
    "custom_fields": {"c": 1}, "extra": {"e": 1},
}  # fmt: skip
RULE = Rule("name", "eq", ["a", {"b": 1}], custom=True, dynamic=(Dynamic("me", ("x",), {"d": 1}),), extra={"r": 1})
OF_A_LIST: dict[str, Any] = {
    "name": "n", "description": "d", "about": "Key Result", "columns": (Column("name", "text", 5, {"c": 1}),),
    "selection": Selection((RULE,), Join.ANY, {"s": 1}), "owner_id": "a", "extra": {"e": 1},
}  # fmt: skip

KINDS: list[tuple[Any, Any, Any, dict[str, Any]]] = [
    (MEASURE, KeyResultChange, revised_key_result, OF_A_MEASURE),
    (AIM, ObjectiveChange, revised_objective, OF_AN_AIM),
    (WORK, TaskChange, task.revised, OF_WORK),
    (LIST, SavedListChange, saved_list.revised, OF_A_LIST),
]
every_kind = pytest.mark.parametrize(("blank", "change", "revised", "values"), KINDS)


@every_kind
def test_what_is_named_changes_and_nothing_else(blank: Any, change: Any, revised: Any, values: dict[str, Any]) -> None:
    full = revised(blank, change(**values))
    assert full == msgspec.structs.replace(blank, **values)
    assert revised(full, change()) == full
    for field, value in values.items():
        assert revised(blank, change(**{field: value})) == msgspec.structs.replace(blank, **{field: value})
        emptied = getattr(blank, field) if field != "extra" else {"e": UNSET}
        expected = getattr(blank, field)
        assert revised(full, change(**{field: emptied})) == msgspec.structs.replace(full, **{field: expected})


def test_what_is_not_known_yet() -> None:
    assert KeyResult(
        account_id="acme", id="k", objective_id="o", cycle_id="q3", name="", description="", kind=Kind.INCREASE,
        start=0.0, target=0.0, target_max=None, critical=None, number_type="double", format=Format(), weight=1.0,
        due_at=None, soft_due_at=None, owner_ids=(), tags=(), automated=False, position=4, custom_fields=None,
        extra={}, current=0.0, confidence=None, attainment=None, last_check_in_at=None, check_in_count=0,
        created_at=10, created_by="ben", modified_at=10, modified_by="ben", parent_id="", child_count=0, task_count=0,
    ) == key_result.blank("acme", "k", "o", "q3", position=4, at=10, by="ben")  # fmt: skip
    assert Objective(
        account_id="acme", id="o", cycle_id="q3", parent_id="", name="", description="", owner_ids=(), tags=(),
        closing=objective.Closing(), starts_at=None, ends_at=None, custom_fields=None, extra={}, attainment=None,
        key_result_count=0, created_at=10, created_by="ben", modified_at=10, modified_by="ben",
    ) == objective.blank("acme", "o", "q3", at=10, by="ben")  # fmt: skip
    assert Task(
        account_id="acme", id="t", name="", description="", status=TaskStatus.TODO, priority=0.0,
        parent_kind=ParentKind.NONE, parent_id="", owner_id="", due_at=None, custom_fields=None, extra={},
        created_at=10, created_by="ben", modified_at=10, modified_by="ben",
    ) == task.blank("acme", "t", at=10, by="ben")  # fmt: skip
    assert SavedList(
        account_id="acme", id="l", name="", description="", about="", columns=(), selection=Selection(), owner_id="",
        extra={}, created_at=10, created_by="ben", modified_at=10, modified_by="ben",
    ) == saved_list.blank("acme", "l", at=10, by="ben")  # fmt: skip
    assert Team(
        account_id="acme", id="s", name="", description="", avatar="", color="", parent_id="", manager_id="",
        member_ids=(), created_at=10, modified_at=10,
    ) == blank_team("acme", "s", at=10)  # fmt: skip


# A value that cannot be taken, by field, and what is said of it.
BAD: dict[str, tuple[Any, str]] = {
    "name": (NUL, UNSTORABLE),
    "description": (NUL, UNSTORABLE),
    "about": (NUL, UNSTORABLE),
    "number_type": (NUL, UNSTORABLE),
    "owner_ids": (tuple(map(str, range(501))), "names more than 500 owners"),
    "tags": ((Tag("t"),) * 501, "holds more than 500 tags"),
    "custom_fields": ({"c": NUL}, UNSTORABLE),
    "extra": ({"e": NUL}, UNSTORABLE),
    "start": (float("nan"), "must be a finite number"),
    "target": (float("inf"), "must be a finite number"),
    "target_max": (10**400, "is too large for a number"),
    "critical": (float("-inf"), "must be a finite number"),
    "weight": (float("inf"), "must be a finite number"),
    "priority": (float("inf"), "must be a finite number"),
    "format": (Format(101), "has a fraction size that is not between 0 and 100"),
    "columns": ((Column("c"),) * 201, "has more than 200 columns"),
    "selection": (Selection((Rule("f", "eq"),) * 101), "has more than 100 rules"),
}


@every_kind
def test_all_that_is_wrong_is_named(blank: Any, change: Any, revised: Any, values: dict[str, Any]) -> None:
    wrong = {field: BAD[field] for field in values if field in BAD}
    with pytest.raises(Invalid) as refused:
        revised(blank, change(**{field: value for field, (value, _) in wrong.items()}))
    said = {(fault.field, fault.message) for fault in refused.value.faults}
    assert said == {(field, message) for field, (_, message) in wrong.items()}
    assert len(said) == len(refused.value.faults)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("format", Format(-1), "has a fraction size that is not between 0 and 100"),
        ("format", Format(prefix=NUL), UNSTORABLE),
        ("format", Format(suffix=NUL), UNSTORABLE),
        ("format", Format(extra={"f": NUL}), UNSTORABLE),
        ("format", Format(suffix="x" * 4_001), "is longer than 4,000 characters"),
        ("tags", (Tag("t", {"x": NUL}),), UNSTORABLE),
        ("tags", (Tag("x" * 4_001),), "is longer than 4,000 characters"),
        ("weight", -0.5, "must not be negative"),
        ("position", -1, "must be a whole number from 0 to 1,000,000,000"),
        ("position", 1_000_000_001, "must be a whole number from 0 to 1,000,000,000"),
        ("kind", Kind.IN_RANGE, "is needed for a range: its upper bound"),
    ],
)
def test_what_a_key_result_cannot_be(field: str, value: Any, message: str) -> None:
    with pytest.raises(Invalid) as refused:
        revised_key_result(MEASURE, KeyResultChange(**{field: value}))
    assert refused.value.faults == (Fault("target_max" if field == "kind" else field, message),)


def test_the_bounds_of_a_range() -> None:
    below = KeyResultChange(kind=Kind.IN_RANGE, target=5.0, target_max=4.5)
    with pytest.raises(Invalid) as refused:
        revised_key_result(MEASURE, below)
    assert refused.value.faults == (Fault("target_max", "must not lie below the lower bound"),)
    narrow = revised_key_result(MEASURE, KeyResultChange(kind=Kind.IN_RANGE, target=5.0, target_max=5.0))
    assert (narrow.target, narrow.target_max) == (5.0, 5.0)
    with pytest.raises(Invalid) as refused:
        revised_key_result(MEASURE, KeyResultChange(weight=-1.0, position=-1, kind=Kind.IN_RANGE))
    assert [fault.field for fault in refused.value.faults] == ["weight", "position", "target_max"]


def test_what_lies_on_the_edge_is_taken() -> None:
    for change in (
        KeyResultChange(weight=0.0),
        KeyResultChange(position=0),
        KeyResultChange(position=1_000_000_000),
        KeyResultChange(format=Format(0)),
        KeyResultChange(format=Format(100)),
        KeyResultChange(name="x" * 4_000),
        KeyResultChange(owner_ids=tuple(map(str, range(500)))),
        KeyResultChange(tags=(Tag("t"),) * 500),
        KeyResultChange(target_max=None, critical=None),
    ):
        assert revised_key_result(MEASURE, change)


def test_a_milestones_target_is_one() -> None:
    assert revised_key_result(MEASURE, KeyResultChange(kind=Kind.MILESTONE, target=7.0)).target == 1.0
    standing = msgspec.structs.replace(MEASURE, kind=Kind.MILESTONE, target=1.0)
    assert revised_key_result(standing, KeyResultChange(target=float("nan"))).target == 1.0
    assert revised_key_result(standing, KeyResultChange(kind=Kind.INCREASE, target=7.0)).target == 7.0


@pytest.mark.parametrize(
    ("standing", "asked", "first", "then"),
    [
        (("a", "b"), UNSET, UNSET, ("a", "b")),
        (("a", "b"), UNSET, "c", ("c", "b")),
        (("a", "b"), UNSET, "b", ("b",)),
        (("a", "b"), UNSET, "a", ("a", "b")),
        (("a", "b"), UNSET, "", ("b",)),
        ((), UNSET, "c", ("c",)),
        ((), UNSET, "", ()),
        (("a", "b"), ("a", "b"), "c", ("c", "b")),
        (("a", "b"), ("d",), "c", ("d",)),
        (("a", "b"), (), "c", ()),
        ((), ("a", "b", "a"), UNSET, ("a", "b")),
    ],
)
def test_the_first_owner(standing: tuple[str, ...], asked: Any, first: Any, then: tuple[str, ...]) -> None:
    before = msgspec.structs.replace(AIM, owner_ids=standing)
    assert revised_objective(before, ObjectiveChange(owner_ids=asked, first_owner_id=first)).owner_ids == then


@pytest.mark.parametrize(
    ("standing", "asked", "edits", "then"),
    [
        (None, UNSET, UNSET, None),
        ({"a": 1}, UNSET, UNSET, {"a": 1}),
        ({"a": 1}, None, UNSET, None),
        ({"a": 1}, {"b": 2}, UNSET, {"b": 2}),
        ({"a": 1}, UNSET, {"b": 2}, {"a": 1, "b": 2}),
        ({"a": 1}, UNSET, {"a": None}, {}),
        ({"a": 1, "b": 2}, UNSET, {"a": None}, {"b": 2}),
        (None, UNSET, {"a": None}, None),
        (None, UNSET, {"a": 1}, {"a": 1}),
        ({"a": 1}, {"b": 2}, {"c": 3}, {"b": 2, "c": 3}),
    ],
)
def test_custom_fields_are_replaced_or_edited(standing: Any, asked: Any, edits: Any, then: Any) -> None:
    for one, revise, change in ((AIM, revised_objective, ObjectiveChange), (WORK, task.revised, TaskChange)):
        before: Any = msgspec.structs.replace(one, custom_fields=standing)
        assert revise(before, change(custom_fields=asked, custom_field_edits=edits)).custom_fields == then


def test_what_a_lock_holds() -> None:
    full = revised_key_result(MEASURE, KeyResultChange(**OF_A_MEASURE))
    held = held_by_lock(MEASURE, full)
    free = {"name", "description", "owner_ids", "tags"}
    assert [fault.field for fault in held] == [
        *(field for field in MEASURE.__struct_fields__ if field in OF_A_MEASURE.keys() - free - {"extra"}),
        "e",
    ]
    assert {fault.message for fault in held} == {"cannot change: all is locked but the progress"}
    signed = msgspec.structs.replace(MEASURE, modified_at=99, modified_by="anna", name="other")
    assert held_by_lock(MEASURE, signed) == []
    before, after = (
        msgspec.structs.replace(AIM, extra=extra) for extra in ({"a": 1, "b": 1, "c": 1}, {"c": 1, "b": 2})
    )
    assert [fault.field for fault in held_by_lock(before, after)] == ["a", "b"]


@pytest.mark.parametrize(
    ("said", "asked", "recorded"),
    [
        (None, UNSET, None),
        (None, ConfidenceChange(0.5), ConfidenceChange(0.5, "")),
        (None, ConfidenceChange(0.5, "why"), ConfidenceChange(0.5, "why")),
        (0.5, ConfidenceChange(0.5), None),
        (0.5, ConfidenceChange(0.5, "since"), None),
        (0.5, ConfidenceChange(0.5, "why"), ConfidenceChange(0.5, "why")),
        (0.5, ConfidenceChange(0.75, "since"), ConfidenceChange(0.75, "since")),
        (0.5, ConfidenceChange(0.5, ""), ConfidenceChange(0.5, "")),
    ],
)
def test_a_confidence_is_recorded_where_it_differs(said: Any, asked: Any, recorded: Any) -> None:
    since = None if said is None else Confidence(said, at=5, reason="since", by="ben")
    standing = msgspec.structs.replace(MEASURE, confidence=since)
    assert confidence_of(KeyResultChange(confidence=asked), standing) == recorded


@pytest.mark.parametrize(
    ("asked", "field"), [(ConfidenceChange(10.5), "confidence"), (ConfidenceChange(1.0, NUL), "confidence")]
)
def test_a_confidence_that_cannot_be(asked: ConfidenceChange, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        confidence_of(KeyResultChange(confidence=asked), MEASURE)
    assert [fault.field for fault in refused.value.faults] == [field]


RULES: list[tuple[Selection, str]] = [
    (Selection((Rule("f", "eq", dynamic=(Dynamic("w"),) * 101),)), "has more than 100 dynamic values"),
    (Selection((Rule("f", "in", ["x"] * 1_001),)), "has more than 1,000 operands"),
    (Selection((Rule("f", "eq", dynamic=(Dynamic("w", ("x",) * 1_000),)),)), "has more than 1,000 operands"),
    (Selection((Rule(NUL, "eq"),)), UNSTORABLE),
    (Selection(extra={"s": NUL}), UNSTORABLE),
]


@pytest.mark.parametrize(("selection", "message"), RULES)
def test_what_a_saved_list_cannot_hold(selection: Selection, message: str) -> None:
    with pytest.raises(Invalid) as refused:
        saved_list.revised(LIST, SavedListChange(selection=selection))
    assert refused.value.faults == (Fault("selection", message),)


def test_what_a_saved_list_just_holds() -> None:
    for selection in (
        Selection((Rule("f", "eq"),) * 100),
        Selection((Rule("f", "eq", dynamic=(Dynamic("w"),) * 100),)),
        Selection((Rule("f", "in", ["x"] * 1_000),)),
        Selection((Rule("f", "eq", dynamic=(Dynamic("w", ("x",) * 999),)),)),
        Selection((Rule("f", "eq", "text of many characters" * 100),)),
    ):
        assert saved_list.revised(LIST, SavedListChange(selection=selection)).selection == selection
    columns = (Column("f"),) * 200
    assert saved_list.revised(LIST, SavedListChange(columns=columns)).columns == columns
    for beyond, message in (((*columns, Column("g")), "has more than 200 columns"), ((Column(NUL),), UNSTORABLE)):
        with pytest.raises(Invalid) as refused:
            saved_list.revised(LIST, SavedListChange(columns=beyond))
        assert refused.value.faults == (Fault("columns", message),)


def test_what_follows_from_a_record() -> None:
    """Owners, scores and how a value comes about, as front ends ask for them."""
    for one in (MEASURE, AIM):
        owned = msgspec.structs.replace(one, owner_ids=("a", "b"))
        assert (one.owner_id, owned.owner_id) == ("", "a")
        assert (one.score, msgspec.structs.replace(one, attainment=0.5).score) == (0.0, 0.5)
    for mine in (WORK, LIST):
        assert (mine.owner_ids, msgspec.structs.replace(mine, owner_id="a").owner_ids) == ((), ("a",))
    assert (MEASURE.cascade, MEASURE.is_manual, MEASURE.owner_count) == ("", True, 0)
    above = msgspec.structs.replace(MEASURE, child_count=2, owner_ids=("a", "b"))
    assert (above.cascade, above.is_manual, above.owner_count) == ("sum", False, 2)
    assert not msgspec.structs.replace(MEASURE, automated=True).is_manual
    scored = msgspec.structs.replace(AIM, attainment=0.5)
    assert (scored.children_score, scored.beneath_score) == (0.5, 0.5)
    among = msgspec.structs.replace(scored, children_attainment=0.25, beneath_attainment=0.125)
    assert (among.children_score, among.beneath_score) == (0.25, 0.125)

"""What single values may be, to the edge of it and a step beyond; and the errors that say so."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import UNSET

from milepost.domain import check_in
from milepost.domain.check_in import Entry
from milepost.domain.errors import Fault, Invalid, NotFound, TooMuch
from milepost.domain.instants import SECOND
from milepost.domain.values import document, merged, name, number, storable, text

UNSTORABLE = "holds a NUL or a lone surrogate, which no text may"


def fault(call: Any, *arguments: Any) -> Fault:
    with pytest.raises(Invalid) as refused:
        call(*arguments)
    (one,) = refused.value.faults
    assert str(refused.value) == f"{one.field}: {one.message}"
    return one


def test_numbers() -> None:
    assert [number(value, "n") for value in (1, 1.5, -(2**63), 0)] == [1.0, 1.5, -(2.0**63), 0.0]
    assert type(number(1, "n")) is float
    assert fault(number, 10**400, "n") == Fault("n", "is too large for a number")
    for value in (float("nan"), float("inf"), float("-inf")):
        assert fault(number, value, "n") == Fault("n", "must be a finite number")


def test_texts() -> None:
    assert text("x" * 200_000, "t") == "x" * 200_000
    assert fault(text, "x" * 200_001, "t") == Fault("t", "is longer than 200,000 characters")
    assert text("abc", "t", 3) == "abc"
    assert fault(text, "abcd", "t", 3) == Fault("t", "is longer than 3 characters")
    assert name("x" * 4_000, "n") == "x" * 4_000
    assert fault(name, "x" * 4_001, "n") == Fault("n", "is longer than 4,000 characters")
    for bad in ("a\0b", "\0", "\ud800", "aé\udfff"):
        assert not storable(bad)
        assert fault(text, bad, "t") == Fault("t", UNSTORABLE)
        assert fault(name, bad, "n") == Fault("n", UNSTORABLE)
    for good in ("", "a", "é", "💡", "a\nb"):
        assert storable(good)
        assert text(good, "t") == good


def nested(levels: int) -> Any:
    value: Any = 1
    for level in range(levels):
        value = [value] if level % 2 else {"k": value}
    return value


def test_documents() -> None:
    value = {"a": [1, 2.5, "x", True, None, {"b": {}}], "c": [], "d": -(2**63), "e": 2**63 - 1}
    kept = document(value, "d")
    assert kept == value
    assert (type(kept["d"]), type(kept["e"])) == (int, int)
    assert [type(one) for one in document([1, True, 1.0, "x", None], "d")] == [int, bool, float, str, type(None)]
    beyond = document([2**63, -(2**63) - 1], "d")
    assert beyond == [float(2**63), -float(2**63)]
    assert all(type(one) is float for one in beyond)
    assert document((1, 2), "d") == [1, 2]


def test_what_no_document_holds() -> None:
    assert document(nested(32), "d") == nested(32)
    assert fault(document, nested(33), "d") == Fault("d", "is nested deeper than 32 levels")
    assert fault(document, [[], nested(32)], "d") == Fault("d", "is nested deeper than 32 levels")
    full = ["x" * 131_068, "y" * 131_069]
    assert document(full, "d") == full
    assert fault(document, [full[0], full[1] + "y"], "d") == Fault("d", "is larger than 256 KiB")
    for bad in ("\0", ["\0"], {"\0": 1}, {"a": "\ud800"}, {"a": [{"b": "\0"}]}):
        assert fault(document, bad, "d") == Fault("d", UNSTORABLE)
    for bad in (float("nan"), [float("inf")], {"a": [float("-inf")]}):
        assert fault(document, bad, "d") == Fault("d", "must be a finite number")
    assert fault(document, [10**400], "d") == Fault("d", "is too large for a number")


def test_unknown_fields_are_merged() -> None:
    standing = {"a": 1, "b": 2}
    assert merged(standing, {}) is standing
    assert merged(standing, {"b": 3, "c": None}) == {"a": 1, "b": 3, "c": None}
    assert merged(standing, {"a": UNSET, "z": UNSET}) == {"b": 2}
    assert fault(merged, standing, {"c": "\0"}) == Fault("extra", UNSTORABLE)
    assert fault(merged, standing, {"c": "\0"}, "more") == Fault("more", UNSTORABLE)


NOW = 1_000 * SECOND
LATEST = NOW + 300 * SECOND


def test_the_moment_of_a_check_in() -> None:
    assert check_in.effective(None, NOW) == NOW
    assert check_in.effective(5, NOW) == 5
    assert check_in.effective(NOW + 1, NOW) == NOW
    assert check_in.effective(LATEST, NOW) == NOW
    assert fault(check_in.effective, LATEST + 1, NOW) == Fault("effective_at", "lies in the future")


def test_confidences() -> None:
    assert [check_in.confidence(value) for value in (0, 0.5, 10)] == [0.0, 0.5, 10.0]
    for value in (-0.1, 10.1):
        message = "must lie between 0 and 1 (or 0 and 10 on the old scale)"
        assert fault(check_in.confidence, value) == Fault("confidence", message)
        assert fault(check_in.confidence, value, "c") == Fault("c", message)
    assert fault(check_in.confidence, float("nan")) == Fault("confidence", "must be a finite number")


def test_what_can_be_recorded() -> None:
    entry = Entry(value=2, confidence=1, comment="so", effective_at=5, custom_fields={"c": 1}, extra={"e": 1})
    assert check_in.checked(entry, NOW) == entry
    assert check_in.checked(Entry(value=0.0), NOW) == Entry(value=0.0, effective_at=NOW)
    bad = {
        "value": float("nan"), "confidence": 11.0, "comment": "\0", "effective_at": LATEST + 1,
        "custom_fields": {"c": "\0"}, "extra": {"e": "\0"},
    }  # fmt: skip
    for field, value in bad.items():
        assert fault(check_in.checked, Entry(**{"value": 1.0, field: value}), NOW).field == field


def test_the_order_of_history() -> None:
    """By the moment that it speaks of, then by that of recording, then by id."""
    made = [
        check_in.CheckIn("a", id, "k", 1.0, None, "", "ben", effective_at=at, recorded_at=recorded)
        for at, recorded, id in ((1, 9, "z"), (2, 1, "z"), (2, 2, "a"), (2, 2, "b"))
    ]
    assert [check_in.precedence(one) for one in made] == [(1, 9, "z"), (2, 1, "z"), (2, 2, "a"), (2, 2, "b")]


def test_errors() -> None:
    assert str(Invalid("", "the body is empty")) == "the body is empty"
    two = Invalid.of(iter([Fault("a", "is wrong"), Fault("b", "too")]))
    assert (str(two), two.faults) == ("a: is wrong", (Fault("a", "is wrong"), Fault("b", "too")))
    missing = NotFound("task", "t1")
    assert (str(missing), missing.what, missing.record_id) == ("there is no task t1", "task", "t1")
    broad = TooMuch("looks at too many records", iter([("name",), ("key_result", "id")]))
    assert broad.faults == (Fault("filter", "looks at too many records"),)
    assert broad.narrowing == (("name",), ("key_result", "id"))

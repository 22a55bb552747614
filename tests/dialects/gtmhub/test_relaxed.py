"""Relaxed JSON: what published clients send, and where a fault is said to be."""

from __future__ import annotations

from typing import Any

import pytest

from milepost.dialects.gtmhub import relaxed
from milepost.domain.errors import Fault, Invalid


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{name: {$in: ["sales", "marketing"]}}', {"name": {"$in": ["sales", "marketing"]}}),
        ("{“name”: ‘a’,}", {"name": "a"}),
        ("{confidence.value: 1, customFields.x.y: 'a.b: c'}", {"confidence.value": 1, "customFields.x.y": "a.b: c"}),
        ('{name: "“quoted”"}', {"name": "“quoted”"}),
        ("{name: 'it\\'s'}", {"name": "it's"}),
        ("{été: [1, 2, ], }", {"été": [1, 2]}),
        (" \n{a: 1}", {"a": 1}),
        ('{name: “a"}', {"name": "a"}),
    ],
)
def test_spellings(text: str, value: Any) -> None:
    assert relaxed.parse(text) == value


@pytest.mark.parametrize(
    ("text", "place"),
    [("{a: [1, }", 9), ("{a.b: 1, c.d: [1, }", 19), ("{“a”: ]", 7), ("{a:1} x", 5), ("{", 1), ("{a.b:}x.y: ", 6)],
)
def test_a_fault_is_where_the_client_sees_it(text: str, place: int) -> None:
    with pytest.raises(Invalid, match=rf"at character {place}: "):
        relaxed.parse(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{a: }", "is not a JSON object at character 5: Expected JSON5Value , found U+007d"),
        ("{", "is not a JSON object at character 1: Unclosed object starting"),
        ("{/", "is not a JSON object at character 2: Stray slash"),
        ("{a: '\0'}", "holds a NUL or a lone surrogate, which no text may"),
        ("{a: '\ud800'}", "holds a NUL or a lone surrogate, which no text may"),
        (" x" * 40, f"must be an object in braces, but came as {' x' * 30!r} (curl -g keeps braces)"),
    ],
)
def test_what_is_said_of_a_fault(text: str, said: str) -> None:
    with pytest.raises(Invalid) as refused:
        relaxed.parse(text)
    assert refused.value.faults == (Fault("filter", said),)


def test_how_long_a_filter_may_be() -> None:
    """In bytes, of which a letter may be several."""
    assert relaxed.parse("{a: '" + "é" * 8_188 + "x'}")
    with pytest.raises(Invalid, match="is longer than 16 KiB"):
        relaxed.parse("{a: '" + "é" * 8_188 + "xy'}")


def test_how_deep_it_is_read_at_all() -> None:
    with pytest.raises(Invalid, match="is nested deeper than 20 levels"):
        relaxed.parse("{a: " + "[" * 70 + "]" * 70 + "}")


def test_braces_that_a_shell_took_are_guessed() -> None:
    with pytest.raises(Invalid, match="came as 'name:1'"):
        relaxed.parse("name:1")

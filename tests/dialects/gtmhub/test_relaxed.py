"""Relaxed JSON: what published clients send, and where a fault is said to be."""

from __future__ import annotations

from typing import Any

import pytest

from milepost.dialects.gtmhub import relaxed
from milepost.domain.errors import Invalid


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{name: {$in: ["sales", "marketing"]}}', {"name": {"$in": ["sales", "marketing"]}}),
        ("{“name”: ‘a’,}", {"name": "a"}),
        ("{confidence.value: 1, customFields.x.y: 'a.b: c'}", {"confidence.value": 1, "customFields.x.y": "a.b: c"}),
        ('{name: "“quoted”"}', {"name": "“quoted”"}),
        ("{name: 'it\\'s'}", {"name": "it's"}),
        ("{été: [1, 2, ], }", {"été": [1, 2]}),
    ],
)
def test_spellings(text: str, value: Any) -> None:
    assert relaxed.parse(text) == value


@pytest.mark.parametrize(
    ("text", "place"),
    [("{a: [1, }", 9), ("{a.b: 1, c.d: [1, }", 19), ("{“a”: ]", 7), ("{a:1} x", 5)],
)
def test_a_fault_is_where_the_client_sees_it(text: str, place: int) -> None:
    with pytest.raises(Invalid, match=rf"at character {place}: "):
        relaxed.parse(text)


def test_braces_that_a_shell_took_are_guessed() -> None:
    with pytest.raises(Invalid, match="came as 'name:1'"):
        relaxed.parse("name:1")

"""Hostile queries, which only lists have. What is sent to every dialect is in tests/dialects/test_fuzz.py."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import hostile
from acme import Acme
from calls import Call, assert_sound, calls_of
from simpleokr_calls import SIMPLEOKR
from wire import InProcess

READING = [call for call in calls_of(SIMPLEOKR) if call.method == "GET"]
PARAMETERS = ("cycle_id", "page_token", "unknown", "limit", "filter")

every_read = pytest.mark.parametrize("call", READING, ids=str)


@every_read
def test_hostile_queries(anna: InProcess, acme: Acme, call: Call) -> None:
    path = call.address(SIMPLEOKR.ours(acme)).partition("?")[0]

    @settings(max_examples=60)
    @given(query=st.dictionaries(st.sampled_from([*PARAMETERS, "x\0y", "", "%"]), hostile.TEXTS, max_size=4))
    def ask(query: dict[str, str]) -> None:
        assert_sound(SIMPLEOKR, anna.request("GET", f"{path}?{hostile.query_string(query)}"))

    ask()
    repeated = "page_token=&page_token=x"
    for query in ("&" * 1000, "a=1&" * 200, "%", "%zz=%ff&cycle_id=%ed%a0%80", "=", "cycle_id", repeated):
        assert_sound(SIMPLEOKR, anna.request("GET", f"{path}?{query}"))


@every_read
def test_every_parameter_with_every_hostile_text(anna: InProcess, acme: Acme, call: Call) -> None:
    path = call.address(SIMPLEOKR.ours(acme)).partition("?")[0]
    texts = [value if isinstance(value, str) else hostile.written(value).decode() for value in hostile.SAMPLES]
    for parameter in PARAMETERS:
        for text in texts:
            assert_sound(SIMPLEOKR, anna.request("GET", f"{path}?{hostile.query_string({parameter: text})}"))

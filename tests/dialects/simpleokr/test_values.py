"""Any sequence of values, through all the calls that take one: what is shown parses, goes back in, and is equal."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acme import Acme
from calls import assert_sound
from milepost.domain import ids
from simpleokr_calls import SIMPLEOKR
from wire import InProcess

DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]{2,}\Z")
NUMBERS = ("confidence", "current_value", "target_value_min", "target_value_max")
TYPES = ("positive", "postive", "negative", "range", "baseline", "milestone")


def plain(number: float) -> str:
    """The shortest digits of a double, without an exponent."""
    return f"{Decimal(repr(number)):f}"


# Every double, as its own shortest digits and as a JSON number, beside what people type.
DOUBLES = st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from(
    [0.0, -0.0, 1.0, 5e-324, 1e-300, -1e308, 1e308, 1.7976931348623157e308, 1e22, 1e23, 0.1, 2.675]
)
SENT = st.one_of(
    DOUBLES.map(plain),
    DOUBLES,
    st.integers(-(2**53), 2**53),
    st.decimals(-1_000_000, 1_000_000, places=3).map(str),
    st.none(),
)
CONFIDENCES = st.one_of(st.decimals(0, 1, places=4).map(str), st.floats(0, 1), st.sampled_from([0, 1, "1.5", -1, None]))
BODIES = st.fixed_dictionaries(
    {"name": st.just("Measured"), "type": st.sampled_from(TYPES)},
    optional={
        "confidence": CONFIDENCES,
        "current_value": SENT,
        "target_value_min": SENT,
        "target_value_max": SENT,
    },
)
# What the other dialect's clients write between two updates of this one's.
ELSEWHERE = st.fixed_dictionaries(
    {"actual": DOUBLES}, optional={"confidence": st.floats(0, 10), "comment": st.just("from elsewhere")}
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("update"), BODIES),
        st.tuples(st.just("add"), BODIES),
        st.tuples(st.just("change"), BODIES),
        st.tuples(st.just("check in elsewhere"), ELSEWHERE),
    ),
    max_size=8,
)


def assert_decimals(shown: dict[str, Any]) -> None:
    """Every number that is shown is a decimal text that a double gives back digit for digit."""
    for name in NUMBERS:
        text = shown[name]
        if text is None:
            assert name.startswith("target")
            continue
        assert DECIMAL.match(text), (name, text)
        assert text != "-0.00"
        assert len(text.partition(".")[2]) == 2 or not text.endswith("0")
        if name != "confidence":
            assert Decimal(repr(float(text))) == Decimal(text)
    assert 0 <= Decimal(shown["confidence"]) <= 1


def sent_and_shown(sent: dict[str, Any], shown: dict[str, Any]) -> None:
    """What a call answers is what it was sent: equal as decimals, without a digit more or less."""
    for name in ("confidence", "current_value", "target_value_min", "target_value_max"):
        value = sent.get(name)
        if name == "target_value_min" and sent["type"] == "milestone":
            assert shown[name] == "1.00"
        elif value is None:
            assert shown[name] == (None if name.startswith("target") else "0.00")
        else:
            assert Decimal(shown[name]) == Decimal(value if isinstance(value, str | int) else repr(value))


@settings(max_examples=150)
@given(steps=STEPS)
def test_any_sequence_of_values_parses_and_echoes_back_as_it_was(
    anna: InProcess, acme: Acme, steps: list[tuple[str, dict[str, Any]]]
) -> None:
    client = anna.at("/v1")
    under = f"objectives/{ids.as_uuid(acme.growth)}/keyresults"
    one = client.post(under, {"name": "Measured", "type": "baseline"}).json["id"]
    for step, body in steps:
        if step == "check in elsewhere":
            assert anna.post(f"v1/metrics/{one}/checkin", body).status == 201
            continue
        whole = client.get(f"keyresults/{one}").json
        sent = {**whole, **body} if step == "change" else body
        reply = client.post(under if step == "add" else f"keyresults/{one}", sent)
        shown = assert_sound(SIMPLEOKR, reply)
        if reply.status == 200:
            assert_decimals(shown)
            sent_and_shown(sent, shown)
            assert client.get(f"keyresults/{shown['id']}").json == shown
        else:
            assert set(shown["details"]) <= {*NUMBERS}
            assert client.get(f"keyresults/{one}").json == whole
    found = client.get(under).json["keyresults"]
    for shown in found:
        assert_decimals(shown)
        echoed = client.post(f"keyresults/{shown['id']}", shown)
        assert (echoed.status, echoed.json) == (200, shown)
    for shown in found:
        if shown["id"] != ids.as_uuid(acme.revenue):
            assert client.delete(f"keyresults/{shown['id']}").json == {}


@pytest.mark.parametrize("type", TYPES)
def test_every_type_takes_every_number(anna: InProcess, acme: Acme, type: str) -> None:
    client = anna.at("/v1")

    @settings(max_examples=60)
    @given(value=DOUBLES, low=DOUBLES, high=DOUBLES, confidence=st.decimals(0, 1, places=3))
    def measure(value: float, low: float, high: float, confidence: Decimal) -> None:
        low, high = min(low, high), max(low, high)
        sent = {"name": "M", "type": type, "current_value": plain(value), "confidence": str(confidence)}
        if type not in ("baseline", "milestone"):
            sent["target_value_min"] = plain(low)
        if type == "range":
            sent["target_value_max"] = plain(high)
        reply = client.post(f"keyresults/{ids.as_uuid(acme.revenue)}", sent)
        assert reply.status == 200, reply.body
        assert_decimals(reply.json)
        sent_and_shown(sent, reply.json)

    measure()

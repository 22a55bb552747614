"""Decimals lose nothing on the way out or in, and what would lose something is refused."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from acme import Acme
from milepost.dialects.simpleokr.wire.decimals import Literal, decode, encode
from milepost.domain.errors import Invalid
from milepost.domain.ids import as_uuid
from wire import InProcess, Reply

DOUBLES = st.floats(allow_nan=False, allow_infinity=False)
SHOWN = re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]{2,}\Z")


@settings(max_examples=1000)
@given(value=DOUBLES)
@example(0.0)
@example(-0.0)
@example(5e-324)
@example(-5e-324)
@example(2.2250738585072014e-308)
@example(1.7976931348623157e308)
@example(-1.7976931348623157e308)
@example(1e13)
@example(9999999999999.99)
@example(1e15 + 0.25)
@example(2.0**53 + 2)
@example(0.1 + 0.2)
@example(1e22)
@example(1e23)
def test_every_double_comes_back_as_it_went_out(value: float) -> None:
    shown = encode(value)
    assert SHOWN.match(shown)
    assert decode(shown, "x") == value
    assert encode(decode(shown, "x")) == shown


@settings(max_examples=1000)
@given(value=DOUBLES | st.integers(-(10**15), 10**15).map(lambda thousandths: thousandths / 1000))
def test_no_zeros_stand_behind_the_second_digit_and_none_is_missing_before_it(value: float) -> None:
    _, _, fraction = encode(value).partition(".")
    assert len(fraction) == 2 or (len(fraction) > 2 and fraction[-1] != "0")


@settings(max_examples=500)
@given(value=DOUBLES)
def test_the_digits_are_the_shortest_that_give_the_double_back(value: float) -> None:
    assert Decimal(encode(value)) == Decimal(repr(value))


@settings(max_examples=1000)
@given(digits=st.integers(-(10**15) + 1, 10**15 - 1), places=st.integers(0, 290))
def test_every_decimal_of_15_significant_digits_is_exact(digits: int, places: int) -> None:
    exact = Decimal(digits).scaleb(-places)
    written = f"{exact:f}"
    assert Decimal(encode(decode(written, "x"))) == exact


@settings(max_examples=300)
@given(digits=st.integers(-(10**15) + 1, 10**15 - 1), zeros=st.integers(0, 290))
def test_and_so_is_one_that_is_followed_by_zeros(digits: int, zeros: int) -> None:
    written = f"{digits}{'0' * zeros}"
    assert encode(decode(written, "x")) == (f"{written}.00" if digits else "0.00")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0.00"), (-0.0, "0.00"), (0.5, "0.50"), (10000, "10000.00"), (0.125, "0.125"), (1.1, "1.10"), (-1, "-1.00"),
        (-0.005, "-0.005"), (0.004, "0.004"), (1e-7, "0.0000001"), (1e13, "10000000000000.00"),
        (1e16, f"1{'0' * 16}.00"),
        (12345678901234.5, "12345678901234.50"), (123456789012345.0, "123456789012345.00"),
        (0.1 + 0.2, "0.30000000000000004"),
        (5e-324, f"0.{'0' * 323}5"), (1e308, f"1{'0' * 308}.00"),
    ],
)  # fmt: skip
def test_how_numbers_show(value: float, shown: str) -> None:
    assert encode(value) == shown


@pytest.mark.parametrize(
    ("sent", "value"),
    [
        ("0.5", 0.5), ("1.100", 1.1), ("7", 7), ("-7", -7), ("007.50", 7.5), ("-0", 0), ("-0.00", 0), (7, 7), (-7, -7),
        (0, 0), ("1" + "0" * 308, 1e308), (2**53, 2.0**53), (10**22, 1e22), (Literal("0.125"), 0.125),
        (Literal("-0.0"), 0), ("999999999999999", 999999999999999), ("0.999999999999999", 0.999999999999999),
    ],
)  # fmt: skip
def test_what_is_read(sent: object, value: float) -> None:
    assert decode(sent, "x") == value
    assert math.copysign(1, decode(sent, "x")) == (-1 if value < 0 else 1)  # the zero has no sign


REFUSED: list[Any] = [
    "NaN", "nan", "inf", "Infinity", "-Infinity", "1e5", "1E5", "1e-5", "0x10", "1.", ".5", "-.5", ".", "-", "+1",
    "--1", "- 1", " 1", "1 ", "1\n", "1\n.5", "1_000", "1,000", "1,5", "1.2.3", "١٢", "１２", "²", "½", "1\0",
    "", "abc", "$1", "1%", "0.10000000000000001", "9007199254740993", 2**53 + 1, Literal("123456789012345678.9"),
    Literal("1e5"), "123456789012345678.9", "0.1234567890123456789", "9" * 309, "9" * 5000, "0." + "1" * 5000,
    "0." + "0" * 350 + "1", "1" + "0" * 5000, "-" + "9" * 400, 10**400, -(10**400), 10**309, 10**5000, True, False,
    [], ["1"], {}, {"value": "1"}, 1.5,
]  # fmt: skip


def _label(sent: object) -> str:
    """A short name of a test; a number of so many digits would have none of its own."""
    return f"{sent.bit_length()} bits" if isinstance(sent, int) else ascii(sent)[:20]


@pytest.mark.parametrize("sent", REFUSED, ids=_label)
def test_what_is_refused(sent: object) -> None:
    with pytest.raises(Invalid) as caught:
        decode(sent, "current_value")
    (fault,) = caught.value.faults
    assert fault.field == "current_value"


@settings(max_examples=500)
@given(text=st.text(st.sampled_from("0123456789.-+eE_ ٣"), max_size=24))
def test_a_text_is_read_exactly_or_refused(text: str) -> None:
    try:
        read = decode(text, "x")
    except Invalid:
        return
    assert Decimal(repr(read)) == Decimal(text)
    assert re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text)


@pytest.fixture
def ways(anna: InProcess, acme: Acme) -> Any:
    """Send a current value as it is written in JSON; the answer."""
    path = f"keyresults/{as_uuid(acme.revenue)}"
    body = '{"name": "x", "type": "baseline", "current_value": %s}'

    def send(written: str) -> Reply:
        return anna.at("/v1").request("POST", path, raw=(body % written).encode())

    return send


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ('"0.125"', "0.125"), ("0.125", "0.125"), ("7", "7.00"), ("-7.5", "-7.50"), ("null", "0.00"),
        ('"1.100"', "1.10"),
        ("1.100", "1.10"), ("123456789012345", "123456789012345.00"), ('"-0.00"', "0.00"), ("-0.0", "0.00"),
        ("-0", "0.00"),
        ("9007199254740992", "9007199254740992.00"), ("18446744073709552000", "18446744073709552000.00"),
    ],
)  # fmt: skip
def test_a_json_number_does_in_place_of_a_text(ways: Any, written: str, shown: str) -> None:
    answer = ways(written)
    assert (answer.status, answer.json["current_value"]) == (200, shown)


@pytest.mark.parametrize(
    "written",
    [
        "18446744073709551616",  # 2**64 is a double, but those are not its shortest digits
        "1e5", "1E400", "1e-400", "-1e5", "123456789012345678.9", "9" * 400, "0." + "1" * 5000, '"NaN"', '"1e5"',
        "true", "[]", "{}", '""', '" 1"', '"\\u0661"',
    ],
    ids=lambda written: written[:20],
)  # fmt: skip
def test_what_the_wire_refuses_by_name(ways: Any, written: str) -> None:
    answer = ways(written)
    assert (answer.status, list(answer.json["details"])) == (400, ["current_value"]), answer.body


# The last one is JSON, but no parser takes an integer of so many digits.
@pytest.mark.parametrize(
    "written",
    ["NaN", "Infinity", "-Infinity", "1.", ".5", "+1", "01", "1_000", "0x10", "1,5", "9" * 5000],
    ids=lambda written: written[:20],
)
def test_what_cannot_be_parsed_at_all_is_refused(ways: Any, written: str) -> None:
    answer = ways(written)
    assert (answer.status, answer.json["code"]) == (400, 400)


def test_any_double_of_gtmhub_is_shown_and_taken_back(anna: InProcess, acme: Acme) -> None:
    path = f"keyresults/{as_uuid(acme.revenue)}"

    @settings(max_examples=60)
    @given(actual=DOUBLES, target=DOUBLES)
    def cross(actual: float, target: float) -> None:
        assert anna.patch(f"v1/metrics/{acme.revenue}", {"actual": actual, "target": target}).status == 200
        shown = anna.at("/v1").get(path).json
        assert (float(shown["current_value"]), float(shown["target_value_min"])) == (actual, target)
        assert anna.at("/v1").post(path, shown).json == shown
        metric = anna.get(f"v1/metrics/{acme.revenue}").json
        assert (metric["actual"], metric["target"]) == (actual, target)

    cross()

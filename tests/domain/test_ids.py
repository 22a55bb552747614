"""Ids: order, spelling, and the mapping to UUIDs and back."""

from __future__ import annotations

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.domain import ids
from milepost.domain.errors import Fault, Invalid

SHORT = st.integers(0, 2**96 - 1).map(lambda number: f"{number:024x}")


@given(SHORT)
def test_a_short_id_survives_the_way_to_a_uuid_and_back(short: str) -> None:
    spelled = ids.as_uuid(short)
    assert uuid.UUID(spelled).version == 8
    assert uuid.UUID(spelled).variant == uuid.RFC_4122
    assert ids.from_uuid(spelled) == short
    assert ids.parse(spelled) == short


@given(st.uuids())
def test_a_foreign_uuid_stays_itself(foreign: uuid.UUID) -> None:
    assert ids.parse(str(foreign)) == str(foreign)
    assert ids.as_uuid(str(foreign)) == str(foreign)


@given(SHORT, SHORT)
def test_two_ids_never_share_a_uuid(one: str, other: str) -> None:
    assert (ids.as_uuid(one) == ids.as_uuid(other)) == (one == other)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "6a82f7c000003f11d968afe",
        "6A82F7C000003F11D968AFEC",
        "6a82f7c000003f11d968afec ",
        "6a82f7c000003f11d968afecc",
    ],
)
def test_what_is_not_an_id_is_refused(text: str) -> None:
    for field in ("id", "owner"):
        with pytest.raises(Invalid) as refused:
            ids.parse(text, field) if field != "id" else ids.parse(text)
        assert refused.value.faults == (Fault(field, "must be an id: 24 lower-case hex digits"),)


def test_new_ids_ascend_even_when_the_clock_does_not() -> None:
    made = [ids.new(now) for now in (10**15, 10**15, 10**15 - 5, 10**15 + 1)]
    assert made == sorted(made)
    assert len(set(made)) == 4
    assert all(ids.is_id(one) for one in made)


def test_both_spellings_look_like_ids() -> None:
    assert ids.is_id("6a82f7c000003f11d968afec")
    assert ids.is_id("12345678-1234-8234-9234-123456789abc")
    for text in ("", "6a82f7c0", "12345678123482349234123456789abc", "12345678-1234-8234-9234-123456789ABC"):
        assert not ids.is_id(text)


def test_a_uuid_that_almost_bears_the_mark_stays_itself() -> None:
    ours = ids.as_uuid("6a82f7c000003f11d968afec")
    for place in (14, 19, 22, 24, 26):
        other = f"{ours[:place]}{'1' if ours[place] == '0' else '0'}{ours[place + 1 :]}"
        assert ids.from_uuid(other) == other


def test_an_id_tells_its_second() -> None:
    made = ids.new(4_000_000_000_000_000)
    assert int(made[:8], 16) == 4_000_000_000

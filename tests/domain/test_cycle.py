"""The days of a cycle, in its own time zone."""

from __future__ import annotations

from datetime import date

import msgspec

from milepost.domain import instants
from milepost.domain.cycle import Cycle, CycleState
from milepost.domain.instants import BEGINNING, END


def at(text: str) -> int:
    return instants.parse(text, "at")


Q3 = Cycle(
    "acme", "q3", "Q3", CycleState.OPEN, at("2026-06-30T22:00:00Z"), at("2026-09-30T21:59:59Z"), "Europe/Berlin",
    created_at=0, created_by="", modified_at=0, modified_by="",
)  # fmt: skip


def test_days() -> None:
    assert Q3.days == (date(2026, 7, 1), 92)
    assert msgspec.structs.replace(Q3, time_zone="UTC").days == (date(2026, 6, 30), 93)
    one = msgspec.structs.replace(Q3, ends_at=Q3.starts_at)
    assert one.days == (date(2026, 7, 1), 1)
    assert Q3.starts_at is not None
    for without in ({"starts_at": None}, {"ends_at": None}, {"ends_at": Q3.starts_at - 1}):
        assert msgspec.structs.replace(Q3, **without).days is None


def test_the_span_of_some_days() -> None:
    first, last = date(2026, 7, 1), date(2026, 7, 2)
    assert Q3.span(first, last) == (at("2026-06-30T22:00:00Z"), at("2026-07-02T22:00:00Z") - 1)
    assert Q3.span(None, last) == (BEGINNING, at("2026-07-02T22:00:00Z") - 1)
    assert Q3.span(first, None) == (at("2026-06-30T22:00:00Z"), END)
    assert Q3.span(first, date.max) == (at("2026-06-30T22:00:00Z"), END)


def test_what_day_it_is() -> None:
    assert Q3.today(at("2026-08-17T21:59:59Z")) == date(2026, 8, 17)
    assert Q3.today(at("2026-08-17T22:00:00Z")) == date(2026, 8, 18)

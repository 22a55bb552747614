"""Attainment of every kind, roll-up, expectation, and the planned line."""

from __future__ import annotations

import math
import sys
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.domain import instants, progress
from milepost.domain.check_in import CheckIn
from milepost.domain.cycle import Cycle, CycleState
from milepost.domain.key_result import Kind
from milepost.domain.progress import Standing

VAST = 2.0**1023
DOUBLES = st.floats(allow_nan=False, allow_infinity=False)


def cycle(start: str | None, end: str | None, zone: str = "") -> Cycle:
    first = None if start is None else instants.parse(start, "start")
    last = None if end is None else instants.parse(end, "end")
    return Cycle("a", "c", "Q", CycleState.OPEN, first, last, zone, 0, "", 0, "")


SPRING = cycle("2022-04-01T00:00:00Z", "2022-06-30T23:59:59.999Z")


@pytest.mark.parametrize(
    ("kind", "value", "start", "target", "target_max", "critical", "attained"),
    [
        (Kind.INCREASE, 5, 0, 10, None, None, 0.5),
        (Kind.INCREASE, 12.5, 0, 10, None, None, 1.25),
        (Kind.INCREASE, -5, 0, 10, None, None, -0.5),
        (Kind.INCREASE, 0, -VAST, VAST, None, None, 0.5),
        (Kind.INCREASE, VAST / 2, -VAST, VAST, None, None, 0.75),
        (Kind.DECREASE, -VAST, VAST, -VAST, None, None, 1),
        (Kind.DECREASE, -VAST, VAST, VAST / 2, None, None, 4),
        (Kind.INCREASE, VAST / 2, VAST, -VAST, None, None, 0.25),
        (Kind.INCREASE, 5e-324, 0, 1e-323, None, None, 0.5),
        (Kind.INCREASE, 9, 10, 10, None, None, 0),
        (Kind.INCREASE, 10, 10, 10, None, None, 1),
        (Kind.DECREASE, 75, 100, 50, None, None, 0.5),
        (Kind.DECREASE, 110, 100, 50, None, None, -0.2),
        (Kind.DECREASE, 10, 10, 10, None, None, 1),
        (Kind.DECREASE, 11, 10, 10, None, None, 0),
        (Kind.STAY_ABOVE, 10, 0, 10, None, None, 0),
        (Kind.STAY_ABOVE, 10.01, 0, 10, None, None, 1),
        (Kind.STAY_ABOVE, 9, 0, 10, None, 8, 0.5),
        (Kind.STAY_ABOVE, 8, 0, 10, None, 8, 0),
        (Kind.STAY_ABOVE, 7, 0, 10, None, 8, 0),
        (Kind.STAY_ABOVE, 10, 0, 10, None, 8, 1),
        (Kind.STAY_ABOVE, 12, 0, 10, None, 8, 1),
        (Kind.STAY_BELOW, 8, 0, 10, None, 12, 1),
        (Kind.STAY_ABOVE, 10, 0, 10, None, 10, 0),
        (Kind.STAY_ABOVE, 11, 0, 10, None, 10, 1),
        (Kind.STAY_BELOW, 10, 0, 10, None, None, 0),
        (Kind.STAY_BELOW, 10, 0, 10, None, 10, 0),
        (Kind.STAY_BELOW, 9, 0, 10, None, 10, 1),
        (Kind.STAY_BELOW, 9.99, 0, 10, None, None, 1),
        (Kind.STAY_BELOW, 11, 0, 10, None, 12, 0.5),
        (Kind.STAY_BELOW, 13, 0, 10, None, 12, 0),
        (Kind.IN_RANGE, 10, 0, 10, 20, None, 1),
        (Kind.IN_RANGE, 20, 0, 10, 20, None, 1),
        (Kind.IN_RANGE, 20.1, 0, 10, 20, None, 0),
        (Kind.IN_RANGE, 9.9, 0, 10, 20, None, 0),
        (Kind.MILESTONE, 0.4, 0, 1, None, None, 0.4),
        (Kind.MILESTONE, 1.5, 0, 1, None, None, 1),
        (Kind.MILESTONE, 3, 0, 1, None, None, 1),
        (Kind.BASELINE, 3, 0, 1, None, None, None),
    ],
)
def test_attainment(
    kind: Kind, value: float, start: float, target: float, target_max: float | None, critical: float | None,
    attained: float | None,
) -> None:  # fmt: skip
    assert progress.attainment(kind, value, start, target, target_max, critical) == pytest.approx(attained)


@given(st.sampled_from(Kind), DOUBLES, DOUBLES, DOUBLES, st.none() | DOUBLES, st.none() | DOUBLES)
def test_attainment_is_always_a_finite_number(
    kind: Kind, value: float, start: float, target: float, upper: float | None, critical: float | None
) -> None:
    attained = progress.attainment(kind, value, start, target, upper, critical)
    assert attained is None if kind is Kind.BASELINE else math.isfinite(attained or 0.0)


@given(st.lists(st.tuples(DOUBLES, st.floats(0, 1e300))))
def test_a_mean_is_finite_and_lies_between_its_parts(parts: list[tuple[float, float]]) -> None:
    weighty = [value for value, weight in parts if weight > 0]
    found = progress.mean(parts)
    if not weighty:
        assert found is None
    else:
        assert found is not None
        slack = 1e-9 * max(map(abs, weighty)) + 1e-300
        assert min(weighty) - slack <= found <= max(weighty) + slack


def test_weights_count() -> None:
    assert progress.mean([(1.0, 3.0), (0.0, 1.0)]) == pytest.approx(0.75)
    assert progress.mean([(1.0, 0.0)]) is None
    assert progress.mean([]) is None


def test_expectation_counts_days_today_included() -> None:
    def at(text: str) -> float:
        return progress.expected(SPRING, instants.parse(text, "now"))

    assert at("2022-03-31T23:59:59Z") == 0
    assert at("2022-04-01T00:00:00Z") == pytest.approx(1 / 91)
    assert at("2022-06-30T12:00:00Z") == 1
    assert at("2030-01-01T00:00:00Z") == 1
    assert progress.expected(cycle(None, None), 0) == 0


def test_expectation_over_decades() -> None:
    """Where the days are too many to be kept, each still begins at midnight in the cycle's time zone."""
    decades = cycle("2000-01-01T00:00:00Z", "2020-01-01T00:00:00Z", "Asia/Tokyo")
    assert decades.days is not None
    assert decades.days[1] == 7_306 > progress.TREND_DAYS
    for now, days in (
        ("1999-12-31T14:59:59Z", 0), ("1999-12-31T15:00:00Z", 1), ("2000-01-09T14:59:59Z", 9),
        ("2000-01-09T15:00:00Z", 10), ("2020-01-01T00:00:00Z", 7_306), ("2030-01-01T00:00:00Z", 7_306),
    ):  # fmt: skip
        assert progress.expected(decades, instants.parse(now, "now")) == days / 7_306


def test_expectation_changes_at_midnight_in_the_cycle_s_time_zone() -> None:
    spring = cycle("2022-04-01T00:00:00Z", "2022-04-10T00:00:00Z", "Asia/Tokyo")
    assert progress.expected(spring, instants.parse("2022-04-01T14:59:59Z", "now")) == 0.1
    assert progress.expected(spring, instants.parse("2022-04-01T15:00:00Z", "now")) == 0.2


def test_standing_against_expectation() -> None:
    assert progress.standing(0.5, 0.5) is Standing.GOOD
    assert progress.standing(0.35, 0.5) is Standing.WARNING
    assert progress.standing(0.34, 0.5) is Standing.BAD
    assert progress.standing(0.0, 0.0) is Standing.GOOD


def test_the_planned_line_ends_where_repeated_addition_ends() -> None:
    line = progress.planned(91, 0.0, 5.0)
    assert line[0] == 5.0 / 91
    # The documentation's own example: the floats of the original service, bit for bit.
    assert line[-1] == 4.99999999999999


def test_a_planned_line_from_anywhere_to_anywhere() -> None:
    assert progress.planned(4, 2.0, 10.0) == (4.0, 6.0, 8.0, 10.0)
    assert progress.planned(2, 10.0, 2.0) == (6.0, 2.0)
    assert progress.planned(2, -2.0, 2.0) == (0.0, 2.0)
    # A small way to go, far from zero: nothing of it may be lost before it is divided.
    assert progress.planned(3, 2.0**40, 2.0**40 + 1)[-1] == pytest.approx(2.0**40 + 1, rel=0, abs=2.0**-12)
    # The difference is more than a double holds, each half of it is not.
    far = progress.planned(4, -(2.0**1023), 2.0**1023)
    assert far == (-(2.0**1022), 0.0, 2.0**1022, 2.0**1023)
    assert progress.planned(4, 2.0**1023, 2.0**1023) == (2.0**1023,) * 4


def test_sums() -> None:
    assert progress.total([]) == 0.0
    assert progress.total(iter([1.0, 2.5, -0.5])) == 3.0
    assert progress.total([0.1] * 10) == 1.0
    most = sys.float_info.max
    assert progress.total([most, most]) == most
    assert progress.total([-most, -most]) == -most
    # Too much on the way, but not in all.
    assert progress.total([most, most, -most]) == pytest.approx(most)
    assert progress.total([2.0**1023, 2.0**1023, -(2.0**1023), -(2.0**1022)]) == 2.0**1022


@given(DOUBLES, DOUBLES, st.integers(1, 100))
def test_the_planned_line_is_finite(start: float, target: float, days: int) -> None:
    assert all(math.isfinite(value) for value in progress.planned(days, start, target))


def test_days_count_in_the_cycle_s_time_zone() -> None:
    autumn = cycle("2021-09-30T21:00:00Z", "2021-12-31T21:59:59.999Z", "Europe/Kiev")
    assert autumn.days is not None
    assert (autumn.days[0].isoformat(), autumn.days[1]) == ("2021-10-01", 92)
    assert cycle("2022-01-02T00:00:00Z", "2022-01-01T00:00:00Z").days is None


ZONES = ("", "Europe/Berlin", "America/Sao_Paulo", "Pacific/Apia", "America/Havana", "Asia/Kathmandu", "Not/AZone")
# Years in which the clocks of all these places went forward or back, some of them at midnight.
MOMENTS = st.integers(instants.parse("2009-12-01T00:00:00Z", "from"), instants.parse("2013-02-01T00:00:00Z", "until"))


@given(st.sampled_from(ZONES), MOMENTS, st.integers(1, 400), st.lists(MOMENTS, max_size=12), MOMENTS, st.booleans())
def test_the_value_of_a_day_is_the_last_by_its_end(
    zone: str, start: int, days: int, told: list[int], now: int, at_the_bounds: bool
) -> None:
    """Each day for itself, by the calendar: what the runs of days say at once."""
    one = Cycle("a", "c", "Q", CycleState.OPEN, start, start + days * instants.DAY, zone, 0, "", 0, "")
    local = instants.zone(zone)
    if at_the_bounds:
        told = [instants.beginning_of(instants.local_day(at, local), local) - at % 2 for at in told]
    history = [entry(at, float(number)) for number, at in enumerate(sorted(told))]
    assert one.days is not None
    first, length = one.days
    expected: dict[int, float] = {}
    for offset in range(length):
        day = first + timedelta(days=offset)
        known = [each.value for each in history if instants.local_day(each.effective_at, local) <= day]
        if known and day <= one.today(now):
            expected[offset] = known[-1]
    found = {day: value for since, until, value in progress.observed(one, history, now) for day in range(since, until)}
    assert found == expected


def test_of_two_values_of_a_day_only_the_last_stands() -> None:
    told = [entry(instants.parse(f"2022-04-0{day}T1{hour}:00:00Z", "at"), day + hour / 10) for day, hour in TOLD]
    now = instants.parse("2022-04-05T00:00:00Z", "now")
    assert progress.observed(SPRING, told, now) == [(1, 3, 2.2), (3, 5, 4.1)]
    assert progress.observed(SPRING, told, instants.parse("2022-04-03T00:00:00Z", "now")) == [(1, 3, 2.2)]


# On which day of the month, and how many hours after ten.
TOLD = ((2, 0), (2, 2), (4, 0), (4, 1))


def entry(at: int, value: float) -> CheckIn:
    return CheckIn("a", f"{at}", "k", value, None, "", "u", at, at, None, {})


def test_the_last_day_of_the_calendar_has_none_behind_it() -> None:
    last = cycle("9999-12-30T00:00:00Z", "9999-12-31T23:59:59Z")
    history = [entry(instants.parse("9999-12-31T10:00:00Z", "at"), 1.0)]
    assert progress.observed(last, history, instants.END) == [(1, 2, 1.0)]

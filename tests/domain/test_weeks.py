"""The weeks of a cycle, and how a key result was at the end of each."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from acme import NOON, Acme
from milepost.actions import check_ins, cycles, key_results
from milepost.domain import instants, progress, weeks
from milepost.domain.check_in import Entry
from milepost.domain.cycle import Cycle, CycleState
from milepost.domain.health import Health, health
from milepost.domain.instants import DAY
from milepost.domain.key_result import KeyResult
from milepost.domain.views import KeyResultView
from milepost.domain.weeks import AtEnd


def moment(text: str) -> int:
    return instants.parse(text, "")


@pytest.fixture
def q3(acme: Acme) -> Cycle:
    """A quarter of Berlin's."""
    start, end = moment("2026-06-30T22:00:00Z"), moment("2026-09-30T21:59:59.999Z")
    return msgspec.structs.replace(cycles.get(acme.context(acme.anna), acme.q3.id), starts_at=start, ends_at=end)


@pytest.fixture
def told(acme: Acme) -> KeyResultView:
    """A key result that was made before its cycle, with check-ins in July and at noon."""
    context = acme.context(acme.anna)
    for day, value in (("2026-07-09T12:00:00Z", 50.0), ("2026-07-20T12:00:00Z", 15.0), ("2026-08-17T11:00:00Z", 90.0)):
        check_ins.record(context, acme.revenue, Entry(value=value, effective_at=moment(day)))
    return key_results.get(context, acme.revenue)


def test_weeks_begin_on_mondays_and_end_with_the_cycle(q3: Cycle) -> None:
    found = weeks.of_cycle(q3, moment("2027-01-01T00:00:00Z"))
    assert [one.monday for one in found][:2] == [date(2026, 6, 29), date(2026, 7, 6)]
    assert [one.monday for one in found][-1] == date(2026, 9, 28)
    assert len(found) == 14
    assert found[0].ends_at == moment("2026-07-05T22:00:00Z") - 1  # midnight in Berlin
    assert found[-1].ends_at == q3.ends_at


def test_the_week_that_runs_ends_now(q3: Cycle) -> None:
    found = weeks.of_cycle(q3, NOON)
    assert (found[-1].monday, found[-1].ends_at) == (date(2026, 8, 17), NOON)


def test_a_cycle_that_has_not_begun_has_no_weeks(q3: Cycle) -> None:
    assert q3.starts_at is not None
    assert weeks.of_cycle(q3, q3.starts_at - 1) == []
    assert len(weeks.of_cycle(q3, q3.starts_at)) == 1


def test_of_a_long_or_an_endless_cycle_the_newest_weeks_are_looked_at(q3: Cycle) -> None:
    ages = msgspec.structs.replace(q3, starts_at=moment("0001-01-01T00:00:00Z"), ends_at=None)
    assert len(weeks.of_cycle(ages, NOON)) == weeks.MOST
    endless = msgspec.structs.replace(q3, starts_at=None, ends_at=None, time_zone="")
    found = weeks.of_cycle(endless, NOON)
    assert (len(found), found[-1].ends_at) == (13, NOON)


def healths(one: KeyResult, cycle: Cycle, view: KeyResultView) -> list[Health]:
    spans = weeks.of_cycle(cycle, NOON)
    return [at.health for at in weeks.healths(one, cycle, view.check_ins, spans, NOON)]


def test_each_week_is_as_it_was_then(q3: Cycle, told: KeyResultView) -> None:
    one = msgspec.structs.replace(told.key_result, created_at=q3.created_at - 100 * DAY)
    stale, good, bad = Health.STALE, Health.ON_TRACK, Health.OFF_TRACK
    # Made long ago, so somebody is asked from the first day on: the first week is not over seven days, the second has
    # a check-in, the third is silent for a week and a half.
    assert healths(one, q3, told) == [bad, good, stale, bad, stale, stale, stale, good]


def test_the_attainment_is_that_of_the_value_then(q3: Cycle, told: KeyResultView) -> None:
    one = msgspec.structs.replace(told.key_result, created_at=q3.created_at - 100 * DAY)
    found = weeks.healths(one, q3, told.check_ins, weeks.of_cycle(q3, NOON), NOON)
    assert [at.attainment for at in found] == [0.0, 0.5, 0.5, 0.15, 0.15, 0.15, 0.15, 0.9]


def test_before_it_was_made_there_is_no_state(q3: Cycle, told: KeyResultView) -> None:
    one = msgspec.structs.replace(told.key_result, created_at=moment("2026-08-05T12:00:00Z"))
    spans = weeks.of_cycle(q3, NOON)
    assert weeks.healths(one, q3, (), spans, NOON)[:5] == [AtEnd(Health.NONE, None)] * 5
    assert weeks.healths(one, q3, told.check_ins, spans, NOON)[1].health is Health.ON_TRACK


def test_the_week_that_runs_is_as_every_other_page_says(q3: Cycle, told: KeyResultView) -> None:
    for state in CycleState:
        for value, days in ((90.0, 0), (5.0, 0), (90.0, 20)):
            cycle, now = msgspec.structs.replace(q3, state=state), NOON + days * DAY
            entry = msgspec.structs.replace(told.check_ins[-1], value=value)
            history = (*told.check_ins[:-1], entry)
            one = msgspec.structs.replace(told.key_result, current=value, attainment=value / 100)
            found = weeks.healths(one, cycle, history, weeks.of_cycle(cycle, now), now)
            assert found[-1].health is health(one, cycle, now, progress.expected(cycle, now), 7)


def test_a_cycle_that_is_closed_today_was_open(q3: Cycle, told: KeyResultView) -> None:
    one = msgspec.structs.replace(told.key_result, created_at=q3.created_at - 100 * DAY)
    closed = msgspec.structs.replace(q3, state=CycleState.CLOSED)
    assert healths(one, closed, told)[:-1] == healths(one, q3, told)[:-1]


def test_silence_lasts_as_long_as_the_account_says(q3: Cycle, told: KeyResultView) -> None:
    spans = weeks.of_cycle(q3, NOON)
    found = weeks.healths(told.key_result, q3, told.check_ins, spans, NOON, stale_days=366)
    assert Health.STALE not in [at.health for at in found]

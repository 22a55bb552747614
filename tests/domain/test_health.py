"""How a key result is: against what is expected, unless nobody has said anything for too long."""

from __future__ import annotations

import msgspec
import pytest

from acme import NOON, Acme
from milepost.actions import check_ins, cycles, key_results
from milepost.domain import progress
from milepost.domain.account import STALE_DAYS
from milepost.domain.check_in import Entry
from milepost.domain.cycle import Cycle, CycleState
from milepost.domain.health import Health, health, silent_since
from milepost.domain.instants import DAY
from milepost.domain.key_result import KeyResult


def how(one: KeyResult, cycle: Cycle, now: int, stale_days: int = STALE_DAYS) -> Health:
    return health(one, cycle, now, progress.expected(cycle, now), stale_days)


@pytest.fixture
def said(acme: Acme) -> tuple[KeyResult, Cycle]:
    """A key result in the middle of its cycle, with a check-in that was made at noon."""
    context = acme.context(acme.anna)
    check_ins.record(context, acme.revenue, Entry(value=60.0))
    return key_results.get(context, acme.revenue).key_result, cycles.get(context, acme.q3.id)


@pytest.mark.parametrize(
    ("attainment", "expected"), [(1.0, Health.ON_TRACK), (0.0, Health.OFF_TRACK), (None, Health.NONE)]
)
def test_it_is_as_its_attainment_is(said: tuple[KeyResult, Cycle], attainment: float | None, expected: Health) -> None:
    one, cycle = said
    assert how(msgspec.structs.replace(one, attainment=attainment), cycle, NOON) is expected


@pytest.mark.parametrize("attainment", [1.0, 0.0, None])
def test_silence_is_never_green(said: tuple[KeyResult, Cycle], attainment: float | None) -> None:
    one, cycle = msgspec.structs.replace(said[0], attainment=attainment), said[1]
    assert one.last_check_in_at is not None
    last_day = one.last_check_in_at + 7 * DAY
    assert how(one, cycle, last_day) is not Health.STALE
    assert how(one, cycle, last_day + 1) is Health.STALE
    assert how(one, cycle, last_day + 1, stale_days=8) is not Health.STALE


@pytest.mark.parametrize(("silent_for", "expected"), [(6, Health.ON_TRACK), (7, Health.ON_TRACK), (8, Health.STALE)])
def test_what_was_silent_when_its_cycle_ended_stays_so(
    said: tuple[KeyResult, Cycle], silent_for: int, expected: Health
) -> None:
    cycle = said[1]
    assert cycle.ends_at is not None
    last = cycle.ends_at - silent_for * DAY
    one = msgspec.structs.replace(said[0], attainment=1.0, last_check_in_at=last)
    for later in (0, 1, 60 * DAY):
        assert how(one, cycle, cycle.ends_at + later) is expected
    said_later = msgspec.structs.replace(one, last_check_in_at=cycle.ends_at + DAY)
    assert how(said_later, cycle, cycle.ends_at + 60 * DAY) is Health.ON_TRACK


def test_nobody_is_asked_outside_of_a_cycle_that_runs(said: tuple[KeyResult, Cycle]) -> None:
    one, cycle = said
    assert cycle.starts_at is not None
    assert cycle.ends_at is not None
    assert silent_since(one, cycle, cycle.ends_at + 1) is None
    assert silent_since(one, cycle, cycle.starts_at - 1) is None
    assert how(one, cycle, cycle.starts_at - 1) is Health.NONE
    closed = msgspec.structs.replace(cycle, state=CycleState.CLOSED)
    assert how(one, closed, NOON + 30 * DAY) is not Health.STALE


def test_a_cycle_runs_from_its_first_moment_to_its_last(said: tuple[KeyResult, Cycle]) -> None:
    one, cycle = msgspec.structs.replace(said[0], attainment=1.0, last_check_in_at=None), said[1]
    assert cycle.starts_at is not None
    assert cycle.ends_at is not None
    assert how(one, cycle, cycle.starts_at) is Health.ON_TRACK
    assert silent_since(one, cycle, cycle.starts_at) is not None
    assert silent_since(one, cycle, cycle.ends_at) is not None
    endless = msgspec.structs.replace(cycle, starts_at=None, ends_at=None)
    assert silent_since(one, endless, NOON) == one.created_at


def test_what_nobody_has_checked_in_is_silent_since_it_could_be(said: tuple[KeyResult, Cycle]) -> None:
    cycle = said[1]
    one = msgspec.structs.replace(said[0], last_check_in_at=None)
    assert cycle.starts_at is not None
    early, late = cycle.starts_at - 5 * DAY, cycle.starts_at + 5 * DAY
    assert silent_since(msgspec.structs.replace(one, created_at=early), cycle, NOON) == cycle.starts_at
    assert silent_since(msgspec.structs.replace(one, created_at=late), cycle, NOON) == late

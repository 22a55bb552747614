"""The figures by which cycles are compared, and which cycle comes before another."""

from __future__ import annotations

from acme import NOON, Acme
from milepost.actions import check_ins, comparing, cycles, key_results
from milepost.actions.context import operator
from milepost.actions.cycles import CycleChange
from milepost.domain import instants
from milepost.domain.change import KeyResultChange
from milepost.domain.check_in import Entry
from milepost.domain.cycle import Cycle
from milepost.domain.health import Health


def moment(day: str) -> int:
    return instants.parse(f"{day}T00:00:00Z", "")


def cycle(acme: Acme, name: str, first: str, last: str) -> Cycle:
    boss = operator(acme.database, acme.account.id, acme.clock)
    return cycles.add(boss, CycleChange(name=name, starts_at=moment(first), ends_at=moment(last) - 1))


def test_figures_of_a_cycle(acme: Acme) -> None:
    context = acme.context(acme.anna)
    key_results.add(context, acme.growth, KeyResultChange(name="Silent", start=0.0, target=10.0))
    acme.clock.forward(days=8)
    check_ins.record(context, acme.revenue, Entry(value=90.0))
    found = comparing.figures(acme.context(acme.vera), acme.q3.id)
    assert (len(found.objectives), found.key_results, found.progress) == (1, 2, 0.45)
    assert {state: count for state, count in found.states.items() if count} == {Health.ON_TRACK: 1, Health.STALE: 1}
    assert 0.6 < found.expected < 0.62


def test_the_cycle_before_is_one_of_its_length(acme: Acme) -> None:
    first = cycle(acme, "Q4 2025", "2025-10-01", "2026-01-01")
    second = cycle(acme, "Q1 2026", "2026-01-01", "2026-04-01")
    year, next_year = (cycle(acme, str(one), f"{one}-01-01", f"{one + 1}-01-01") for one in (2025, 2026))
    every = [first, second, year, next_year]
    assert comparing.before(second, every) == first
    assert comparing.before(next_year, every) == year
    assert comparing.before(year, every) is None
    assert comparing.before(next_year, [first, second]) == first


def test_figures_of_what_says_nothing(acme: Acme) -> None:
    context = acme.context(acme.vera)
    boss = operator(acme.database, acme.account.id, acme.clock)
    endless = cycles.add(boss, CycleChange(name="Someday"))
    for one in (endless, cycle(acme, "Later", "2027-01-01", "2027-04-01")):
        found = comparing.figures(context, one.id)
        assert (found.pace, found.progress, found.key_results) == (None, None, 0)
        assert set(found.states) == set(Health)


def test_check_ins_count_that_speak_of_the_cycle(acme: Acme) -> None:
    context = acme.context(acme.anna)
    for day in ("2026-06-30", "2026-07-01", "2026-07-07", "2026-07-08", "2026-08-16"):
        check_ins.record(context, acme.revenue, Entry(value=1.0, effective_at=moment(day)))
    assert acme.q3.starts_at is not None
    assert (NOON - acme.q3.starts_at) // comparing.WEEK == 6
    assert comparing.figures(context, acme.q3.id).pace == 4 / 7

"""The sum that a key result has of those that go into it: what its history says of it, and what it costs to bring
everything above a check-in up to date.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from acme import Acme
from engines import watch
from milepost.actions import check_ins, cycles, key_results, objectives
from milepost.actions.cycles import CycleChange
from milepost.domain.change import KeyResultChange, ObjectiveChange
from milepost.domain.check_in import CheckIn, Entry
from milepost.domain.cycle import CycleState
from milepost.domain.errors import Invalid
from milepost.domain.instants import DAY
from milepost.domain.key_result import KeyResult
from milepost.domain.objective import Objective, ObjectiveStatus
from milepost.store import check_ins as check_in_store


def aim(acme: Acme, parent: str = "", cycle: str = "") -> str:
    change = ObjectiveChange(name="Aim", parent_id=parent)
    return objectives.add(acme.context(acme.anna), cycle or acme.q3.id, change).objective.id


def measure(acme: Acme, objective: str, parent: str = "", **said: float) -> str:
    change = KeyResultChange(name="Measure", parent_id=parent, target=100.0, **said)
    return key_results.add(acme.context(acme.anna), objective, change).key_result.id


def key_result(acme: Acme, key_result_id: str) -> KeyResult:
    return key_results.find(acme.context(acme.anna), key_result_id)


def objective(acme: Acme, objective_id: str) -> Objective:
    return objectives.find(acme.context(acme.anna), objective_id)


def history(acme: Acme, key_result_id: str) -> list[CheckIn]:
    return list(check_in_store.history(acme.database, acme.account.id, key_result_id))


def closing(acme: Acme, cycle: str, state: CycleState) -> None:
    cycles.revise(acme.context(acme.anna), cycle, CycleChange(state=state))


def test_a_sum_is_told_by_whoever_changed_it(acme: Acme) -> None:
    top = measure(acme, acme.growth)
    middle = measure(acme, acme.growth, top)
    low = [measure(acme, acme.growth, middle) for _ in range(2)]
    check_ins.record(acme.context(acme.ben), low[0], Entry(value=5.0, comment="Five", confidence=0.5))
    check_ins.record(acme.context(acme.anna), low[1], Entry(value=7.0))
    for one in (middle, top):
        told = history(acme, one)
        assert [(entry.value, entry.author_id) for entry in told] == [(5.0, acme.ben.id), (12.0, acme.anna.id)]
        assert {(entry.comment, entry.confidence) for entry in told} == {("", None)}
        assert (key_result(acme, one).current, key_result(acme, one).confidence) == (12.0, None)


def test_what_leaves_a_sum_as_it_is_leaves_no_entry(acme: Acme) -> None:
    top = measure(acme, acme.growth)
    one, other = (measure(acme, acme.growth, top, current=5.0) for _ in range(2))
    before = history(acme, top)
    anna = acme.context(acme.anna)
    check_ins.record(anna, one, Entry(value=9.0, effective_at=acme.clock() - DAY))
    check_ins.record_all(anna, [(one, Entry(value=4.0)), (other, Entry(value=6.0))])
    assert history(acme, top) == before
    assert key_result(acme, one).current == 4.0


def test_many_check_ins_at_once_are_one_entry_of_the_sum(acme: Acme) -> None:
    top = measure(acme, acme.growth)
    middle = [measure(acme, acme.growth, top) for _ in range(2)]
    low = [measure(acme, acme.growth, parent) for parent in middle for _ in range(3)]
    check_ins.record_all(acme.context(acme.ben), [(one, Entry(value=float(place))) for place, one in enumerate(low)])
    assert [[entry.value for entry in history(acme, one)] for one in (*middle, top)] == [[3.0], [12.0], [15.0]]


def test_a_sum_is_the_newest_word_also_where_the_history_lies_ahead(acme: Acme) -> None:
    top = measure(acme, acme.growth)
    low = measure(acme, acme.growth, top)
    anna = acme.context(acme.anna)
    check_ins.record(anna, low, Entry(value=1.0))
    acme.clock.forward(days=-3)
    key_results.revise(anna, low, KeyResultChange(start=5.0))
    measure(acme, acme.growth, top, current=2.0)
    assert [entry.value for entry in history(acme, top)] == [1.0, 3.0]
    assert key_result(acme, top).current == 3.0


def test_a_withdrawn_sum_is_told_again_by_who_withdrew_it(acme: Acme) -> None:
    top = measure(acme, acme.growth)
    low = measure(acme, acme.growth, top)
    check_ins.record(acme.context(acme.ben), low, Entry(value=5.0))
    [entry] = history(acme, top)
    check_ins.remove(acme.context(acme.anna), entry.id)
    [again] = history(acme, top)
    assert (again.value, again.author_id, again.id != entry.id) == (5.0, acme.anna.id, True)


def test_a_start_without_history_is_a_value_that_goes_into_the_sum(acme: Acme) -> None:
    top = measure(acme, acme.growth)
    low = measure(acme, acme.growth, top, start=3.0)
    assert key_result(acme, top).current == 3.0
    anna = acme.context(acme.anna)
    key_results.revise(anna, low, KeyResultChange(start=4.0))
    assert key_result(acme, top).current == 4.0
    key_results.revise(anna, top, KeyResultChange(start=50.0))
    assert key_result(acme, top).current == 4.0


def test_the_last_to_leave_leaves_the_value_behind(acme: Acme) -> None:
    top = measure(acme, acme.growth)
    low = measure(acme, acme.growth, top, current=8.0)
    anna = acme.context(acme.anna)
    key_results.remove(anna, low)
    assert (key_result(acme, top).current, key_result(acme, top).cascade) == (8.0, "")
    assert check_ins.record(anna, top, Entry(value=9.0))[0].current == 9.0


def test_the_sum_goes_on_where_nobody_may_check_in(acme: Acme) -> None:
    anna = acme.context(acme.anna)
    place = aim(acme)
    top = measure(acme, place)
    low = measure(acme, acme.growth, top)
    key_results.revise(anna, top, KeyResultChange(due_at=acme.clock() - DAY))
    objectives.close(anna, place, ObjectiveStatus.ABANDONED, "")
    check_ins.record(anna, low, Entry(value=6.0))
    assert (key_result(acme, top).current, objective(acme, place).attainment) == (6.0, 0.06)
    with pytest.raises(Invalid):
        check_ins.record(anna, top, Entry(value=6.0))


def test_what_is_closed_keeps_its_sum_until_it_is_opened_again(acme: Acme) -> None:
    anna = acme.context(acme.anna)
    old = cycles.add(anna, CycleChange(name="Q2")).id
    high = aim(acme)
    middle = aim(acme, high, old)
    low = aim(acme, middle)
    top = measure(acme, high)
    between = measure(acme, middle, top)
    bottom = measure(acme, low, between, current=10.0)
    measure(acme, aim(acme), between)  # so that it stays a sum when the rest is gone
    closing(acme, old, CycleState.CLOSED)

    check_ins.record(anna, bottom, Entry(value=40.0))
    another = measure(acme, low, between, current=20.0)
    assert [key_result(acme, one).current for one in (between, top)] == [10.0, 10.0]
    assert [objective(acme, one).attainment for one in (middle, high)] == [0.1, 0.1]
    assert objective(acme, middle).children_attainment == 0.1
    assert objective(acme, low).attainment == pytest.approx(0.3)
    objectives.remove(anna, low)
    assert [objective(acme, one).beneath_count for one in (middle, high)] == [1, 2]

    low = aim(acme, middle)
    another = measure(acme, low, between, current=60.0)
    entries = len(history(acme, between))
    acme.clock.forward(days=1)
    closing(acme, old, CycleState.LOCKED)
    assert [key_result(acme, one).current for one in (another, between, top)] == [60.0, 60.0, 60.0]
    assert [objective(acme, one).attainment for one in (middle, high)] == [0.6, 0.6]
    assert [objective(acme, one).beneath_count for one in (middle, high)] == [1, 2]
    assert len(history(acme, between)) == entries + 1


@pytest.mark.parametrize("state", [CycleState.LOCKED, CycleState.CLOSED])
def test_what_is_checked_in_by_hand_becomes_no_sum_where_that_may_not_change(acme: Acme, state: CycleState) -> None:
    anna = acme.context(acme.anna)
    old = cycles.add(anna, CycleChange(name="Q2")).id
    high = aim(acme, "", old)
    manual, total = measure(acme, high, current=7.0), measure(acme, high)
    measure(acme, aim(acme), total, current=3.0)
    loose = measure(acme, aim(acme), current=1.0)
    closing(acme, old, state)
    with pytest.raises(Invalid, match=f"parent_id: stands in a {state} cycle"):
        measure(acme, aim(acme), manual)
    with pytest.raises(Invalid, match=f"parent_id: stands in a {state} cycle"):
        key_results.revise(anna, loose, KeyResultChange(parent_id=manual))
    assert (key_result(acme, manual).current, key_result(acme, manual).child_count) == (7.0, 0)
    key_results.revise(anna, loose, KeyResultChange(parent_id=total))
    assert key_result(acme, total).current == (3.0 if state is CycleState.CLOSED else 4.0)


def test_an_objective_without_sums_catches_up_too(acme: Acme) -> None:
    anna = acme.context(acme.anna)
    old = cycles.add(anna, CycleChange(name="Q2")).id
    high = aim(acme, cycle=old)
    low = measure(acme, aim(acme, high), current=10.0)
    closing(acme, old, CycleState.CLOSED)
    check_ins.record(anna, low, Entry(value=30.0))
    assert objective(acme, high).attainment == 0.1
    closing(acme, old, CycleState.OPEN)
    assert objective(acme, high).attainment == 0.3


def test_a_closed_cycle_that_is_removed_takes_its_sums_along(acme: Acme) -> None:
    anna = acme.context(acme.anna)
    old = cycles.add(anna, CycleChange(name="Q2")).id
    high = aim(acme)
    gone = aim(acme, high, old)
    left = aim(acme, gone)
    top = measure(acme, high)
    inner = measure(acme, gone, top, current=10.0)
    low = measure(acme, left, inner, current=30.0)
    closing(acme, old, CycleState.CLOSED)
    cycles.remove(anna, old)
    assert (key_result(acme, low).parent_id, objective(acme, left).parent_id) == ("", "")
    assert (key_result(acme, top).current, key_result(acme, top).child_count) == (30.0, 0)
    assert (objective(acme, high).children_attainment, objective(acme, high).beneath_count) == (None, 0)


# What it costs


@contextmanager
def statements(acme: Acme) -> Iterator[list[str]]:
    """The statements that this thread's connection runs inside."""
    run: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        watch(patch, type(acme.database), run.append)
        yield run


def line(acme: Acme, depth: int) -> tuple[str, str, str]:
    """The highest objective, and the lowest key result and the highest, of a line of objectives with one each."""
    anna, high = acme.context(acme.anna), aim(acme)
    low = top = measure(acme, high)
    for _ in range(depth - 1):
        beneath, high = high, aim(acme)
        objectives.revise(anna, beneath, ObjectiveChange(parent_id=high))
        beneath, top = top, measure(acme, high)
        key_results.revise(anna, beneath, KeyResultChange(parent_id=top))
    return high, low, top


def test_a_check_in_costs_a_few_statements_a_level(acme: Acme) -> None:
    ran = []
    for depth in (1, 10, 100):
        with acme.database.transaction():
            _, low, _ = line(acme, depth)
        with statements(acme) as run:
            check_ins.record(acme.context(acme.ben), low, Entry(value=5.0))
        ran.append(len(run))
    # Four for an objective; eight for a sum, of which four are its audit record's.
    assert ran[0] < 30
    assert ran[2] - ran[1] == 90 * ((ran[1] - ran[0]) // 9) <= 90 * 12


def test_a_check_in_costs_the_same_under_many_siblings(acme: Acme) -> None:
    ran = []
    top = measure(acme, acme.growth)
    for more in (1, 99):
        with acme.database.transaction():
            for _ in range(more):
                child = aim(acme, acme.growth)
                low = measure(acme, child, top)
        with statements(acme) as run:
            check_ins.record(acme.context(acme.ben), low, Entry(value=float(more)))
        ran.append(len(run))
    assert ran[0] == ran[1]


def test_no_tree_is_too_deep(acme: Acme) -> None:
    with acme.database.transaction():
        high, low, top = line(acme, 600)
    check_ins.record(acme.context(acme.ben), low, Entry(value=5.0))
    assert (key_result(acme, top).current, objective(acme, high).attainment) == (5.0, 0.05)
    assert (objective(acme, high).beneath_count, objective(acme, high).beneath_attainment) == (599, pytest.approx(0.05))

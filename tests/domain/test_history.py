"""What follows from a history, step by step and at once."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from milepost.domain import history, progress
from milepost.domain.check_in import CheckIn
from milepost.domain.key_result import Confidence, Kind, blank

BLANK = msgspec.structs.replace(
    blank("a", "k", "o", "c", position=1, at=0, by=""), start=2.0, current=2.0, target=10.0, attainment=0.0
)

ENTRIES = st.lists(st.tuples(st.integers(0, 4), st.floats(-10, 10), st.none() | st.floats(0, 1)), max_size=8)


def _entry(number: int, effective: int, value: float, confidence: float | None) -> CheckIn:
    return CheckIn("a", f"{number:024x}", "k", value, confidence, f"said {number}", "u", effective, number)


@given(ENTRIES)
def test_step_by_step_is_as_good_as_all_at_once(told: list[tuple[int, float, float | None]]) -> None:
    entries = [_entry(number, *one) for number, one in enumerate(told)]
    stepwise = BLANK
    for count, entry in enumerate(entries, 1):
        after = history.extended(stepwise, entry)
        stepwise = history.explained(BLANK, entries[:count]) if after is None else after
        assert stepwise == history.explained(BLANK, entries[:count])


def test_without_history_the_value_is_the_start() -> None:
    stale = msgspec.structs.replace(BLANK, current=7.0, check_in_count=3, last_check_in_at=5)
    assert history.explained(stale, []) == BLANK


def test_the_latest_effective_date_counts_and_ties_go_by_recording() -> None:
    entries = [_entry(1, 20, 4.0, 0.5), _entry(2, 10, 5.0, 0.9), _entry(3, 20, 6.0, None)]
    found = history.explained(BLANK, entries)
    assert (found.current, found.attainment, found.last_check_in_at, found.check_in_count) == (6.0, 0.5, 20, 3)
    assert found.confidence is not None
    assert found.confidence == Confidence(0.5, at=20, reason="said 1", by="u")


def test_the_attainment_of_a_value_is_that_of_its_key_result() -> None:
    ranged = msgspec.structs.replace(BLANK, kind=Kind.IN_RANGE, target=2.0, target_max=4.0)
    assert [progress.of_value(ranged, value) for value in (1.0, 2.0, 3.0, 4.0, 5.0)] == [0, 1, 1, 1, 0]
    above = msgspec.structs.replace(BLANK, kind=Kind.STAY_ABOVE, target=4.0, critical=2.0)
    assert [progress.of_value(above, value) for value in (2.0, 3.0, 4.0)] == [0, 0.5, 1]


def test_no_confidence_at_all_is_a_confidence() -> None:
    assert history.explained(BLANK, [_entry(1, 5, 1.0, 0.0)]).confidence == Confidence(0.0, 5, "said 1", "u")


def test_one_of_the_same_date_needs_a_look_into_the_history() -> None:
    """Its value, and its word on confidence; one that says nothing of that leaves it."""
    one = history.extended(BLANK, _entry(1, 5, 1.0, 0.5))
    assert one is not None
    assert history.extended(one, _entry(2, 5, 2.0, None)) is None
    later = history.extended(one, _entry(2, 6, 2.0, None))
    assert later is not None
    assert history.extended(later, _entry(3, 5, 3.0, 0.75)) is None
    before = history.extended(later, _entry(3, 4, 3.0, 0.75))
    assert before is not None
    assert (before.current, before.confidence, before.last_check_in_at, before.check_in_count) == (
        2.0, one.confidence, 6, 3,
    )  # fmt: skip

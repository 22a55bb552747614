"""A command-line client's day: the current sessions, my key results in them, and a check-in."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from command_line import EMAIL, CommandLine, now, spoken


def test_from_the_current_sessions_to_a_check_in(cli: CommandLine) -> None:
    me = cli.who_am_i()
    assert (me.account.id, me.account.domain) == (cli.account, "larkspur-bicycles")

    sessions = cli.current_sessions()
    moment = now()
    assert [(one.status, one.start <= moment <= one.end) for one in sessions] == [("open", True)]

    mine = cli.key_results([one.id for one in sessions], me.user.id)
    assert mine
    assert {(one.owner_id, one.assignee.id, one.assignee.email) for one in mine} == {(me.user.id, me.user.id, EMAIL)}
    assert {one.session_id for one in mine} == {sessions[0].id}
    assert [one.id for one in cli.key_results([one.id for one in sessions], me.user.id, "%20")] == [
        one.id for one in mine
    ]

    chosen = next(one for one in mine if one.target_operator == "at_least")
    moment = now()
    told = cli.check_in(
        chosen.id, actual=chosen.actual + 12.5, comment="Größer & besser", confidence=1, checkInDate=spoken(moment)
    )
    assert (told.metric_id, told.value, told.confidence, told.comment) == (
        chosen.id,
        chosen.actual + 12.5,
        1.0,
        "Größer & besser",
    )
    assert told.check_in_date == moment, "UTC, cut to the microsecond"

    after = cli.key_result(chosen.id)
    assert (after.actual, after.last_check_in_date) == (chosen.actual + 12.5, moment)
    assert after.attainment == pytest.approx(
        (after.actual - after.initial_value) / (after.target - after.initial_value)
    )
    assert (after.metric_history[-1].id, after.metric_history[-1].changed_by) == (told.id, me.user.id)
    assert len(after.metric_history) == len(chosen.metric_history) + 1
    assert after.confidence is not msgspec.UNSET
    assert (after.confidence.value, after.confidence.user_id) == (1.0, me.user.id)


def test_a_pointer_that_points_nowhere_is_null(cli: CommandLine) -> None:
    """Go marshals a nil pointer to null: no date is now, and no confidence leaves the one that stands."""
    sessions = [one.id for one in cli.current_sessions()]
    (chosen, *_) = cli.key_results(sessions, cli.who_am_i().user.id)
    earlier = cli.check_in(chosen.id, actual=3, confidence=0.25, checkInDate=spoken(now() - timedelta(minutes=1)))
    before = now() - timedelta(seconds=1)
    told = cli.check_in(chosen.id, actual=4)
    assert (told.confidence, before <= told.check_in_date <= now() + timedelta(seconds=1)) == (None, True)
    after = cli.key_result(chosen.id)
    assert after.confidence is not msgspec.UNSET
    assert (after.actual, after.confidence.value) == (4, 0.25)
    assert [entry.id for entry in after.metric_history[-2:]] == [earlier.id, told.id]


def test_another_session_or_another_owner_is_another_answer(cli: CommandLine) -> None:
    me = cli.who_am_i().user.id
    assert cli.key_results([], me) == []
    assert cli.key_results([one.id for one in cli.current_sessions()], cli.account) == []

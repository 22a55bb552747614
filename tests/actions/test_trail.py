"""The audit: one record for every change, numbered without gaps, with what stood before and after."""

from __future__ import annotations

from acme import Acme
from engines import rows
from milepost.actions import accounts, check_ins, cycles, key_results, objectives, people, tokens
from milepost.actions.context import operator
from milepost.actions.cycles import CycleChange
from milepost.actions.people import UserChange
from milepost.domain.account import AccountStatus
from milepost.domain.change import KeyResultChange, ObjectiveChange
from milepost.domain.check_in import Entry
from milepost.domain.objective import ObjectiveStatus
from milepost.domain.people import Role
from milepost.store import audit


def test_every_change_is_on_record(acme: Acme) -> None:
    anna, database = acme.context(acme.anna), acme.database
    start = len(audit.read(database, acme.account.id))
    theirs = audit.read(database, acme.rival.id)

    user = people.add(anna, UserChange(email="new@acme.test", first_name="New"))
    people.revise(anna, user.id, UserChange(role=Role.VIEWER))
    people.deactivate(anna, user.id)
    made, _ = tokens.add(anna, "ben@acme.test")
    tokens.revoke(anna, made.id)
    cycle = cycles.add(anna, CycleChange(name="Q4"))
    cycles.revise(anna, cycle.id, CycleChange(name="Q4 2026"))
    aim = objectives.add(anna, cycle.id, ObjectiveChange(name="Aim")).objective
    objectives.revise(anna, aim.id, ObjectiveChange(description="High"))
    objectives.close(anna, aim.id, ObjectiveStatus.ACHIEVED, "Done")
    objectives.reopen(anna, aim.id)
    measure = key_results.add(anna, aim.id, KeyResultChange(name="Measure", current=5.0)).key_result
    key_results.revise(anna, measure.id, KeyResultChange(target=10.0, current=6.0))
    _, entry = check_ins.record(anna, measure.id, Entry(value=7.0, comment="Seven"))
    check_ins.comment(anna, entry.id, "Lucky seven")
    check_ins.remove(anna, entry.id)
    key_results.remove(anna, measure.id)
    objectives.remove(anna, aim.id)
    cycles.remove(anna, cycle.id)
    boss = operator(database, acme.account.id, acme.clock)
    accounts.set_status(boss, AccountStatus.SUSPENDED)

    found = audit.read(database, acme.account.id)
    assert [record.number for record in found] == list(range(1, len(found) + 1))
    assert [record.action for record in found[start:]] == [
        "user.added", "user.revised", "user.revised", "token.added", "token.revoked", "cycle.added", "cycle.revised",
        "objective.added", "objective.revised", "objective.status_set", "objective.status_set", "key_result.added",
        "check_in.recorded", "key_result.revised", "check_in.recorded", "check_in.recorded", "check_in.commented",
        "check_in.withdrawn", "key_result.removed", "objective.removed", "cycle.removed", "account.suspended",
    ]  # fmt: skip
    assert audit.read(database, acme.rival.id) == theirs
    commented = next(record for record in found if record.action == "check_in.commented")
    assert (commented.actor_id, commented.front_end) == (acme.anna.id, "test")
    assert (commented.before["comment"], commented.after["comment"]) == ("Seven", "Lucky seven")
    removed = next(record for record in found if record.action == "key_result.removed")
    assert [one["value"] for one in removed.before["check_ins"]] == [5.0, 6.0]
    assert found[-1].actor_id == ""


def test_a_change_that_changes_nothing_leaves_no_trace(acme: Acme) -> None:
    anna = acme.context(acme.anna)
    before = audit.read(acme.database, acme.account.id)
    key_results.revise(anna, acme.revenue, KeyResultChange(name="Monthly revenue", current=0.0))
    objectives.revise(anna, acme.growth, ObjectiveChange(name="Grow the business"))
    cycles.revise(anna, acme.q3.id, CycleChange(name="Q3 2026"))
    people.revise(anna, acme.ben.id, UserChange(first_name="Ben"))
    assert audit.read(acme.database, acme.account.id) == before


def test_no_token_text_or_digest_reaches_the_audit(acme: Acme) -> None:
    anna = acme.context(acme.anna)
    made, text = tokens.add(anna, "ben@acme.test")
    kept = rows(acme.database, "SELECT * FROM audit NATURAL JOIN audit_payloads")
    assert made.id in str(kept)
    assert text not in str(kept)
    assert made.digest not in str(kept)

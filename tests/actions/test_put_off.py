"""What is derived of objectives can wait for the end of many changes."""

from __future__ import annotations

import pytest

from acme import Acme
from milepost.actions import check_ins, key_results, objectives, rollup
from milepost.actions.verification import verify
from milepost.domain.change import KeyResultChange, ObjectiveChange
from milepost.domain.check_in import Entry


def test_objectives_are_brought_in_line_once_at_the_end(acme: Acme, monkeypatch: pytest.MonkeyPatch) -> None:
    context, made = acme.context(acme.anna), list[str]()
    rolled_up = rollup.rolled_up

    def counting(database: object, account: str, one: object) -> object:
        made.append(one.id)  # type: ignore[attr-defined]
        return rolled_up(database, account, one)  # type: ignore[arg-type]

    monkeypatch.setattr(rollup, "rolled_up", counting)
    with context.database.transaction(), rollup.put_off(context):
        above = objectives.add(context, acme.q3.id, ObjectiveChange(name="Above")).objective.id
        objectives.revise(context, acme.growth, ObjectiveChange(parent_id=above))
        for name in ("One", "Two", "Three"):
            added = key_results.add(context, acme.growth, KeyResultChange(name=name, target=10))
            check_ins.record(context, added.key_result.id, Entry(value=5.0))
        assert made == []
    assert sorted(made) == sorted({acme.growth, above})
    standing = objectives.get(context, acme.growth).objective
    assert (standing.key_result_count, standing.attainment) == (4, pytest.approx(0.375))
    assert objectives.get(context, above).objective.attainment == pytest.approx(0.375)
    verify(acme.database, None)


def test_what_fails_leaves_nothing_that_waits(acme: Acme) -> None:
    context = acme.context(acme.anna)
    with pytest.raises(KeyError), context.database.transaction(), rollup.put_off(context):
        key_results.add(context, acme.growth, KeyResultChange(name="One", target=10))
        raise KeyError("broken off")
    check_ins.record(context, acme.revenue, Entry(value=100.0))
    assert objectives.get(context, acme.growth).objective.attainment == 1.0
    verify(acme.database, None)

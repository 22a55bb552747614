"""A cycle beside another one."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from acme import Acme
from browsing import Browser, text_of
from milepost.actions import check_ins, cycles, key_results, objectives
from milepost.actions.context import operator
from milepost.actions.cycles import CycleChange
from milepost.domain import instants
from milepost.domain.change import KeyResultChange, ObjectiveChange
from milepost.domain.check_in import Entry
from milepost.domain.cycle import Cycle

SignedIn = Callable[[str], Browser]


def moment(day: str) -> int:
    return instants.parse(f"{day}T00:00:00Z", "")


def cycle(acme: Acme, name: str, first: str, last: str) -> Cycle:
    boss = operator(acme.database, acme.account.id, acme.clock)
    return cycles.add(boss, CycleChange(name=name, starts_at=moment(first), ends_at=moment(last) - 1))


@pytest.fixture
def q2(acme: Acme) -> Cycle:
    """The quarter before, with the same objective, one of its own and three check-ins."""
    made = cycle(acme, "Q2 2026", "2026-04-01", "2026-07-01")
    context = acme.context(acme.anna)
    same = objectives.add(context, made.id, ObjectiveChange(name="grow  THE business")).objective.id
    objectives.add(context, made.id, ObjectiveChange(name="Move house"))
    one = key_results.add(context, same, KeyResultChange(name="Revenue", start=0.0, target=100.0)).key_result.id
    for day, value in (("2026-04-02", 10.0), ("2026-04-03", 30.0), ("2026-06-28", 80.0)):
        check_ins.record(context, one, Entry(value=value, effective_at=moment(day)))
    return made


def row(page: str, words: str) -> list[str]:
    """The cells of the first row of a table that begins with some words."""
    found = re.search(rf"<tr><th scope=\"row\">(?:<span[^>]*>.</span> )?{words}</th>(.*?)</tr>", page)
    assert found is not None, words
    return re.sub(r"<[^>]+>", "", found.group(1).replace("</td><td>", "|")).split("|")


def test_a_cycle_stands_beside_the_one_before_it(signed_in: SignedIn, acme: Acme, q2: Cycle) -> None:
    check_ins.record(acme.context(acme.anna), acme.revenue, Entry(value=90.0))
    reply = signed_in("vera").open(f"/cycles/{acme.q3.id}/compare")
    page, text = reply.body.decode(), text_of(reply)
    assert "Q3 2026 and Q2 2026" in text
    assert row(page, "Objectives") == ["1", "2"]
    assert row(page, "Key results") == ["1", "1"]
    assert row(page, "on track") == ["1 100\u202f%", "0 0\u202f%"]
    assert row(page, "at risk") == ["0 0\u202f%", "1 100\u202f%"]
    # One in seven weeks, three in thirteen.
    assert row(page, "Check-ins a week") == ["0.14", "0.23"]
    both = page[page.index("Objectives in both") :]
    assert "+10\u202f%" in both
    assert "Only in Q2 2026" in text
    assert "Move house" in text
    assert "Only in Q3 2026" not in text
    assert f'href="/cycles/{acme.q3.id}/compare"' in signed_in("vera").open(f"/cycles/{acme.q3.id}").body.decode()


def test_another_cycle_can_be_chosen(signed_in: SignedIn, acme: Acme, q2: Cycle) -> None:
    anna = signed_in("anna")
    page = anna.open(f"/cycles/{q2.id}/compare?with={acme.q3.id}").body.decode()
    assert "Q2 2026 and Q3 2026" in page
    assert row(page, "Objectives") == ["2", "1"]
    assert anna.open(f"/cycles/{q2.id}/compare?with={acme.rival_cycle}").status == 404
    assert anna.open(f"/cycles/{acme.rival_cycle}/compare?with={q2.id}").status == 404
    assert "Q2 2026 and Q2 2026" in text_of(anna.open(f"/cycles/{q2.id}/compare?with={q2.id}"))


def test_a_first_cycle_says_what_to_do(signed_in: SignedIn, acme: Acme) -> None:
    anna = signed_in("anna")
    assert "There is no other cycle yet" in text_of(anna.open(f"/cycles/{acme.q3.id}/compare"))
    cycle(acme, "Q4 2026", "2026-10-01", "2027-01-01")
    assert "No cycle began before this one" in text_of(anna.open(f"/cycles/{acme.q3.id}/compare"))

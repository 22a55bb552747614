"""The heat map of a cycle."""

from __future__ import annotations

import re
from collections.abc import Callable

from acme import Acme
from browsing import Browser, text_of
from milepost.actions import check_ins, cycles, key_results, objectives
from milepost.actions.cycles import CycleChange
from milepost.domain import instants
from milepost.domain.change import KeyResultChange, ObjectiveChange
from milepost.domain.check_in import Entry
from milepost.domain.instants import DAY

SignedIn = Callable[[str], Browser]


def cells(page: str) -> list[str]:
    return re.findall(r'<td class="(\w+)">', page)


def test_a_cycle_leads_to_its_weeks(signed_in: SignedIn, acme: Acme) -> None:
    assert f'href="/cycles/{acme.q3.id}/weeks"' in signed_in("vera").open(f"/cycles/{acme.q3.id}").body.decode()


def test_each_key_result_has_a_state_a_week(signed_in: SignedIn, acme: Acme) -> None:
    context = acme.context(acme.anna)
    at = instants.parse("2026-07-09T12:00:00Z", "")
    check_ins.record(context, acme.revenue, Entry(value=50.0, effective_at=at))
    acme.clock.forward(days=1)
    check_ins.record(context, acme.revenue, Entry(value=90.0))
    reply = signed_in("vera").open(f"/cycles/{acme.q3.id}/weeks")
    page, text = reply.body.decode(), text_of(reply)
    assert cells(page) == ["none", "on_track", *["stale"] * 5, "on_track"]
    assert "29 Jun" in text
    assert "17 Aug" in text
    assert "the last column is now" in text
    assert f'href="/key-results/{acme.revenue}"' in page
    # The numbers beneath: one key result, in one state a week.
    rows = dict(re.findall(r"</span> ([a-z ]+)</th>((?:<td>\d+</td>)+)", page))
    assert rows["on track"].count("<td>1</td>") == 2
    assert rows["stale"].count("<td>1</td>") == 5
    assert rows["off track"].count("<td>1</td>") == 0


def test_every_state_has_a_sign_and_words(signed_in: SignedIn, acme: Acme) -> None:
    page = signed_in("vera").open(f"/cycles/{acme.q3.id}/weeks").body.decode()
    signs = re.findall(r'<li><span class="sign \w+" aria-hidden="true">(.)</span> ([a-z ]+)</li>', page)
    assert len(signs) == 5
    assert len({sign for sign, _ in signs}) == len({words for _, words in signs}) == 5


def test_a_long_list_comes_in_pages(signed_in: SignedIn, acme: Acme) -> None:
    context = acme.context(acme.anna)
    for number in range(80):
        key_results.add(context, acme.growth, KeyResultChange(name=f"Measure {number}", target=10.0))
    ben = signed_in("ben")
    first, second, third = (text_of(ben.open(f"/cycles/{acme.q3.id}/weeks?page={page}")) for page in (1, 2, 3))
    assert "Of the 60 key results above, of 81 in the cycle" in first
    assert "Of the 21 key results above" in second
    assert "Measure 79" in second
    assert "There is no page 3" in third
    for strange in ("0", "x", "-1", "99999999", "%00"):
        assert "of 81 in the cycle" in text_of(ben.open(f"/cycles/{acme.q3.id}/weeks?page={strange}"))


def test_an_empty_cycle_says_what_to_do(signed_in: SignedIn, acme: Acme) -> None:
    boss, now = acme.context(acme.anna), acme.clock()
    empty = cycles.add(boss, CycleChange(name="Q4 2026", starts_at=now - DAY, ends_at=now + DAY))
    later = cycles.add(boss, CycleChange(name="2027", starts_at=now + DAY, ends_at=now + 9 * DAY))
    objective = objectives.add(boss, later.id, ObjectiveChange(name="Later")).objective.id
    key_results.add(boss, objective, KeyResultChange(name="Something", target=1.0))
    ben = signed_in("ben")
    assert "No key result is set in this cycle yet" in text_of(ben.open(f"/cycles/{empty.id}/weeks"))
    assert "This cycle begins on 2026-08-18" in text_of(ben.open(f"/cycles/{later.id}/weeks"))


def test_a_cycle_without_dates_has_weeks_too(signed_in: SignedIn, acme: Acme) -> None:
    boss = acme.context(acme.anna)
    cycles.revise(boss, acme.q3.id, CycleChange(starts_at=None, ends_at=None))
    page = signed_in("ben").open(f"/cycles/{acme.q3.id}/weeks").body.decode()
    assert len(cells(page)) == 13


def test_others_weeks_are_not_there(signed_in: SignedIn, acme: Acme) -> None:
    assert signed_in("anna").open(f"/cycles/{acme.rival_cycle}/weeks").status == 404

"""The heat map of a cycle."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest

from acme import Acme
from browsing import Browser, text_of
from milepost.actions import check_ins, cycles, key_results, objectives
from milepost.actions.cycles import CycleChange
from milepost.domain import instants, weeks
from milepost.domain.change import KeyResultChange, ObjectiveChange
from milepost.domain.check_in import Entry
from milepost.domain.health import Health
from milepost.domain.instants import DAY
from milepost.domain.weeks import Week
from milepost.web import charts

SignedIn = Callable[[str], Browser]
SVG = "{http://www.w3.org/2000/svg}"


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


def test_a_picture_sums_up_each_week(signed_in: SignedIn, acme: Acme) -> None:
    context = acme.context(acme.anna)
    for _ in range(4):
        key_results.add(context, acme.growth, KeyResultChange(name="Measure", target=10.0))
    check_ins.record(context, acme.revenue, Entry(value=90.0))
    vera = signed_in("vera")
    page = vera.open(f"/cycles/{acme.q3.id}/weeks").body.decode()
    addresses = [one.replace("&amp;", "&") for one in re.findall(r'(?:src|srcset)="(/cycles/[^"]+)"', page)]
    assert len(addresses) == 2
    for address, reply in ((address, vera.open(address)) for address in addresses):
        assert (reply.status, reply.headers["content-type"]) == (200, "image/svg+xml")
        drawn = ElementTree.fromstring(reply.body)
        assert drawn.findtext(f"{SVG}title") == "Key results in each state, week by week"
        assert drawn.findtext(f"{SVG}desc") == "8 weeks from 29 Jun to 17 Aug; the table beneath has the numbers"
        assert b"<script" not in reply.body
        assert not re.search(rb" (?:style|on\w+)=", reply.body)
        assert b"prefers-color-scheme: dark" in reply.body
        written = [one.text for one in drawn.iter(f"{SVG}text")]
        # Every bar tells its states by their signs, the legend by their words; and axes count in whole key results.
        signs = {"\N{CHECK MARK} on track", "! at risk", "\N{MULTIPLICATION SIGN} off track", "? stale"}
        assert signs < set(written)
        assert not [one for one in written if one and "." in one]
        now = [one for one in written if one and one[0] in "\N{CHECK MARK}\N{MULTIPLICATION SIGN}" and len(one) < 4]
        assert now == (
            ["\N{CHECK MARK}", "\N{MULTIPLICATION SIGN}"]
            if "narrow" in address
            else ["\N{CHECK MARK} 1", "\N{MULTIPLICATION SIGN} 4"]
        )


def test_a_picture_of_as_many_weeks_as_are_shown_is_made_too() -> None:
    spans = [Week(date(2026, 1, 5) + timedelta(days=7 * number), 0) for number in range(weeks.MOST)]
    counts = {one: [12] * len(spans) for one in Health}
    drawn = ElementTree.fromstring(charts.states(counts, spans))
    bars = [one for one in drawn.iter(f"{SVG}g") if one.get("class") == "bar"]
    assert len(bars) == weeks.MOST * len(Health)
    assert len([one.text for one in drawn.iter(f"{SVG}text") if re.fullmatch(r"\d+ \w{3}", one.text or "")]) <= 14
    assert charts.states({one: [] for one in Health}, [])


@pytest.mark.parametrize(
    ("most", "steps"),
    [(0, [0, 1]), (1, [0, 1]), (3, [0, 1, 2, 3]), (22, [0, 5, 10, 15, 20]), (60, [0, 20, 40, 60])],
)
def test_its_axis_counts_whole_key_results(most: int, steps: list[int]) -> None:
    counts = {one: [most if one is Health.STALE else 0] for one in Health}
    drawn = charts.states(counts, [Week(date(2026, 1, 5), 0)])
    assert re.findall(rb'<text x="-5"[^>]*>([^<]*)</text>', drawn) == [b"%d" % one for one in steps]


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
    assert "This cycle begins on 18 August 2026" in text_of(ben.open(f"/cycles/{later.id}/weeks"))


def test_a_cycle_without_dates_has_weeks_too(signed_in: SignedIn, acme: Acme) -> None:
    boss = acme.context(acme.anna)
    cycles.revise(boss, acme.q3.id, CycleChange(starts_at=None, ends_at=None))
    page = signed_in("ben").open(f"/cycles/{acme.q3.id}/weeks").body.decode()
    assert len(cells(page)) == 13


def test_others_weeks_are_not_there(signed_in: SignedIn, acme: Acme) -> None:
    assert signed_in("anna").open(f"/cycles/{acme.rival_cycle}/weeks").status == 404

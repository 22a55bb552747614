"""A cycle's page: whose, how sure, and when."""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec
import pytest

from acme import Acme
from browsing import Browser, text_of
from milepost.actions import check_ins, key_results, objectives, teams
from milepost.actions.teams import TeamChange
from milepost.domain import instants
from milepost.domain.change import KeyResultChange, ObjectiveChange
from milepost.domain.check_in import Entry
from milepost.domain.key_result import Format, Tag
from milepost.domain.objective import ObjectiveStatus
from milepost.web import showing

SignedIn = Callable[[str], Browser]


def test_a_key_result_says_how_sure_somebody_is(signed_in: SignedIn, acme: Acme) -> None:
    vera, cycle = signed_in("vera"), f"/cycles/{acme.q3.id}"
    assert "confidence 6" not in text_of(vera.open(cycle))
    context = acme.context(acme.ben)
    check_ins.record(context, acme.revenue, Entry(value=30.0, confidence=0.65))
    acme.clock.forward(days=2)
    check_ins.record(context, acme.revenue, Entry(value=31.0))
    for page in (cycle, f"/objectives/{acme.growth}"):
        assert "confidence 65\u202f%, 17 Aug 2026" in text_of(vera.open(page))
    own = " ".join(text_of(vera.open(f"/key-results/{acme.revenue}")).split())
    assert "Confidence 65 % Ben Bauer, 17 August 2026" in own


def test_a_confidence_of_the_old_scale_is_no_percentage(signed_in: SignedIn, acme: Acme) -> None:
    check_ins.record(acme.context(acme.ben), acme.revenue, Entry(value=30.0, confidence=7.5))
    vera = signed_in("vera")
    assert "confidence 7.5 of 10" in text_of(vera.open(f"/cycles/{acme.q3.id}"))
    assert "750" not in text_of(vera.open(f"/key-results/{acme.revenue}"))


def test_a_team_can_be_asked_for(signed_in: SignedIn, acme: Acme) -> None:
    context = acme.context(acme.anna)
    team = teams.add(context, TeamChange(name="Sales")).id
    own = KeyResultChange(name="Calls", target=10.0, owner_ids=(acme.ben.id, team))
    key_results.add(context, acme.growth, own)
    change = ObjectiveChange(name="Be loved", owner_ids=(team,), tags=(Tag("care"),))
    loved = objectives.add(context, acme.q3.id, change).objective.id
    key_results.add(context, loved, KeyResultChange(name="Letters", target=10.0, owner_ids=(acme.anna.id,)))
    objectives.add(context, acme.q3.id, ObjectiveChange(name="Be rich", owner_ids=(acme.ben.id,)))
    vera, cycle = signed_in("vera"), f"/cycles/{acme.q3.id}"
    page = vera.open(cycle).body.decode()
    assert re.search(rf'Owner or team <select.*<optgroup label="Teams"><option value="{team}">Sales</option>', page)
    asked = text_of(vera.open(f"{cycle}?owner={team}"))
    assert "Calls" in asked
    assert "Be loved" in asked, "an objective of the team, whatever its key results are"
    assert "None of its key results matches these filters" in asked
    for other in ("Monthly revenue", "Letters", "Be rich"):
        assert other not in asked
    assert "Be loved" in text_of(vera.open(f"{cycle}?tag=care"))
    assert "Be loved" not in text_of(vera.open(f"{cycle}?owner={team}&health=on_track")), "it has no state of its own"


@pytest.mark.parametrize(
    ("starts", "ends", "words"),
    [
        ("2026-10-01", "2026-12-31", "1 October to 31 December 2026"),
        ("2025-11-03", "2026-01-31", "3 November 2025 to 31 January 2026"),
        ("2026-08-03", "2026-08-31", "3 to 31 August 2026"),
        ("2025-08-03", "2026-08-03", "3 August 2025 to 3 August 2026"),
        ("2026-08-03", "2026-08-03", "3 August 2026"),
        ("2026-08-03", "", "from 3 August 2026"),
        ("", "2026-08-03", "until 3 August 2026"),
        ("", "", "without dates"),
    ],
)
def test_days_are_said_once(acme: Acme, starts: str, ends: str, words: str) -> None:
    first, last = (instants.parse(f"{one}T12:00:00Z", "") if one else None for one in (starts, ends))
    assert showing.days(msgspec.structs.replace(acme.q3, starts_at=first, ends_at=last)) == words


def test_days_are_those_of_the_cycles_own_zone(signed_in: SignedIn, acme: Acme) -> None:
    # It begins on the last evening of June in Greenwich, which is July in Berlin.
    last = instants.parse("2026-09-30T21:59:59Z", "")
    first = instants.parse("2026-06-30T22:00:00Z", "")
    there = msgspec.structs.replace(acme.q3, starts_at=first, ends_at=last)
    assert showing.days(there) == "1 July to 30 September 2026"
    vera = signed_in("vera")
    for page in ("/cycles", f"/cycles/{acme.q3.id}"):
        assert showing.days(acme.q3) in text_of(vera.open(page))


def test_moments_are_written_as_days_are() -> None:
    noon = instants.parse("2026-08-07T09:05:00Z", "")
    assert showing.in_utc(noon) == "7 August 2026, 09:05 UTC"
    assert showing.moment(noon) == '<time datetime="2026-08-07T09:05:00Z">7 August 2026, 09:05 UTC</time>'
    assert showing.short_day(noon, "Pacific/Auckland") == "7 Aug 2026"
    assert showing.form_day(noon) == "2026-08-07"
    assert showing.day(instants.parse("2026-07-01T00:00:00Z", ""), "America/New_York") == "30 June 2026"


def test_how_many_are_in_each_state_leads_to_them(signed_in: SignedIn, acme: Acme) -> None:
    context = acme.context(acme.anna)
    for name in ("One", "Two"):
        key_results.add(context, acme.growth, KeyResultChange(name=name, target=10, owner_ids=(acme.ben.id,)))
    check_ins.record(context, acme.revenue, Entry(value=100.0))
    acme.clock.forward(days=8)
    check_ins.record(context, acme.revenue, Entry(value=100.0))
    page = signed_in("anna").open(f"/cycles/{acme.q3.id}").body.decode()
    counted = re.search(r'<ul class="signs states".*?</ul>', page, re.DOTALL)
    assert counted is not None
    assert re.findall(r"(\d+) (stale|on track|at risk|off track|no state yet)", counted[0]) == [
        ("1", "on track"),
        ("2", "stale"),
    ]
    (stale,) = re.findall(r'href="(\?[^"]*health=stale)"', counted[0])
    narrowed = signed_in("anna").open(f"/cycles/{acme.q3.id}{stale.replace('&amp;', '&')}").body.decode()
    assert ("One" in narrowed, "Two" in narrowed, acme.revenue in narrowed) == (True, True, False)
    of_anna = signed_in("anna").open(f"/cycles/{acme.q3.id}?owner={acme.ben.id}").body.decode()
    counted = re.search(r'<ul class="signs states".*?</ul>', of_anna, re.DOTALL)
    assert counted is not None
    assert "on track" not in counted[0]


def test_an_objective_says_how_its_key_results_are_and_how_sure_their_owners(signed_in: SignedIn, acme: Acme) -> None:
    context = acme.context(acme.anna)
    for name, sure in (("One", 0.4), ("Two", 8.0), ("Three", None)):
        made = key_results.add(context, acme.growth, KeyResultChange(name=name, target=10)).key_result.id
        check_ins.record(context, made, Entry(value=10.0, confidence=sure))
    acme.clock.forward(days=8)
    check_ins.record(context, acme.revenue, Entry(value=100.0))
    anna = signed_in("anna")
    for path in (f"/cycles/{acme.q3.id}?health=on_track", f"/objectives/{acme.growth}"):
        summed = re.findall(r'<p class="signs summed">.*?</p>', anna.open(path).body.decode(), re.DOTALL)
        words = [" ".join(re.sub(r"<[^>]*>", " ", one).split()) for one in summed]
        assert words == ["? 3 stale \u2713 1 on track confidence 60 %"], path


def test_what_to_look_at_first_stands_first_with_what_it_is_beneath(signed_in: SignedIn, acme: Acme) -> None:
    context = acme.context(acme.anna)

    def objective(name: str, parent_id: str = "") -> str:
        return objectives.add(context, acme.q3.id, ObjectiveChange(name=name, parent_id=parent_id)).objective.id

    fine, above = objective("A fine one"), objective("The one above")
    late = objective("A late one", above)
    for place in (fine, late):
        made = key_results.add(context, place, KeyResultChange(name=f"of {place}", target=10)).key_result.id
        check_ins.record(context, made, Entry(value=10.0 if place == fine else 0.0))
    check_ins.record(context, acme.revenue, Entry(value=100.0))
    anna = signed_in("anna")

    def titles(sort: str) -> list[str]:
        page = anna.open(f"/cycles/{acme.q3.id}?sort={sort}").body.decode()
        return [name for name in re.findall(r'class="title"><a[^>]*>([^<]*)</a>', page) if " one" in name]

    assert titles("name") == ["A fine one", "The one above", "A late one"]
    assert titles("urgency") == ["The one above", "A late one", "A fine one"]


def test_objectives_of_one_status(signed_in: SignedIn, acme: Acme) -> None:
    context, anna = acme.context(acme.anna), signed_in("anna")
    path = f"/cycles/{acme.q3.id}"
    assert 'name="status"' not in anna.open(path).body.decode(), "all are active: there is nothing to choose"
    other = objectives.add(context, acme.q3.id, ObjectiveChange(name="Given up")).objective.id
    key_results.add(context, other, KeyResultChange(name="Of what was given up", target=10))
    objectives.close(context, other, ObjectiveStatus.ABANDONED, "")
    both = anna.open(path).body.decode()
    assert 'name="status"' in both
    abandoned, active = (anna.open(f"{path}?status={one}").body.decode() for one in ("abandoned", "active"))
    for name in ("Given up", "Of what was given up"):
        assert (name in both, name in abandoned, name in active) == (True, True, False)
    assert (acme.revenue in abandoned, acme.revenue in active) == (False, True)


@pytest.mark.parametrize(
    ("number", "digits", "suffix", "words"),
    [
        (109.0, 0, "monthly customers", "109\u202fmonthly customers"),
        (109.0, 0, " customers", "109 customers"),
        (62.0, 0, "%", "62%"),
        (5.0, 1, "k", "5.0k"),
        (0.00005, 0, "", "5e-05"),
        (0.004, 2, "", "0.004"),
        (0.0, 0, "", "0"),
        (1234.5, 0, "", "1\u202f234.5"),
    ],
)
def test_how_a_value_is_written(acme: Acme, number: float, digits: int, suffix: str, words: str) -> None:
    standing = key_results.find(acme.context(acme.anna), acme.revenue)
    of = msgspec.structs.replace(standing, format=Format(fraction_size=digits, suffix=suffix))
    assert showing.value(number, of) == words


def test_the_tags_of_a_cycle_are_suggested(signed_in: SignedIn, acme: Acme) -> None:
    context = acme.context(acme.anna)
    key_results.revise(context, acme.revenue, KeyResultChange(tags=(Tag(title="Growth & <b>"),)))
    objectives.revise(context, acme.growth, ObjectiveChange(tags=(Tag(title="bold"),)))
    page = signed_in("vera").open(f"/cycles/{acme.q3.id}?tag=none").body.decode()
    assert '<option value="bold"></option><option value="Growth &amp; &lt;b&gt;"></option>' in page

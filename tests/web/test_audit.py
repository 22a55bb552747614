"""The trail as a page: for admins, with names in place of ids, part by part however much is added meanwhile."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest

from acme import Acme
from browsing import Browser, text_of
from milepost.actions import check_ins, cycles, erasure, key_results, objectives, people, teams, tokens, trail
from milepost.actions.context import operator
from milepost.actions.cycles import CycleChange
from milepost.actions.people import UserChange
from milepost.actions.teams import TeamChange
from milepost.domain.change import KeyResultChange, ObjectiveChange
from milepost.domain.check_in import Entry
from milepost.domain.instants import BEGINNING, END
from milepost.domain.people import Role
from milepost.web.pages import audit as page
from statements import counted
from visiting import asked, visitor

SignedIn = Callable[[str], Browser]
HOSTILE = "<script>document.title='taken'</script>\"'><img src=x onerror=\"document.title='taken'\">{{ 7*7 }}"


def entries(browser: Browser, path: str = "/audit") -> list[str]:
    """What each record of a page says, in one line."""
    shown = browser.open(path)
    assert shown.status == 200, text_of(shown)
    parts = re.findall(r'<li id="record-\d+">(.*?)</li>', shown.body.decode(), re.DOTALL)
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", one)).strip() for one in parts]


def numbers(browser: Browser, path: str) -> Iterator[list[int]]:
    """The numbers of the records of each page, from one on."""
    while path:
        shown = browser.open(path).body.decode()
        yield [int(one) for one in re.findall(r'id="record-(\d+)"', shown)]
        further = re.search(r'<a href="([^"]*)" rel="next">', shown)
        path = further.group(1).replace("&amp;", "&") if further else ""


@pytest.mark.parametrize("who", ["ben", "vera"])
def test_it_is_for_admins(signed_in: SignedIn, who: str) -> None:
    browser = signed_in(who)
    assert browser.open("/audit").status == 403
    assert 'href="/audit' not in browser.open("/").body.decode()
    assert 'href="/audit"' in signed_in("anna").open("/").body.decode()


def test_a_change_tells_who_what_before_and_after(signed_in: SignedIn, acme: Acme) -> None:
    context = acme.context(acme.ben)
    change = KeyResultChange(name="Yearly revenue", owner_ids=(acme.ben.id, acme.vera.id))
    key_results.revise(context, acme.revenue, change)
    check_ins.record(context, acme.revenue, Entry(value=0.0, comment="Nothing yet"))
    anna = signed_in("anna")
    said, changed = (one for one in entries(anna) if one.startswith("Ben Bauer"))
    assert "Ben Bauer recorded check-in of Yearly revenue" in said
    assert "value after: 0 " in said
    assert "comment after: Nothing yet" in said
    assert "Ben Bauer changed key result Yearly revenue" in changed
    assert "name before: Monthly revenue → after: Yearly revenue" in changed
    assert "owners before: Anna Ahlberg → after: Ben Bauer, Vera Viklund" in changed
    assert "target" not in changed
    assert f'href="/key-results/{acme.revenue}"' in anna.open("/audit").body.decode()
    assert acme.vera.id not in " ".join(entries(anna, f"/audit?record={acme.revenue}"))


def test_what_is_gone_is_told_by_the_name_it_had(signed_in: SignedIn, acme: Acme) -> None:
    context = acme.context(acme.anna)
    team = teams.add(context, TeamChange(name="Blue")).id
    teams.remove(context, team)
    shown = entries(signed_in("anna"), f"/audit?record={team}")
    told = [one.split(" 17 August 2026")[0] for one in shown]
    assert told == ["Anna Ahlberg deleted team Blue", "Anna Ahlberg added team Blue"]
    assert f"/teams/{team}" not in signed_in("anna").open(f"/audit?record={team}").body.decode()


def test_every_kind_of_change_can_be_told(signed_in: SignedIn, acme: Acme) -> None:
    context = acme.context(acme.anna)
    one = objectives.add(context, acme.q3.id, ObjectiveChange(name="More", parent_id=acme.growth)).objective.id
    objectives.remove(context, one)
    cycles.revise(context, acme.q3.id, CycleChange(name="Third"))
    people.revise(context, acme.vera.id, UserChange(extra={"note": {"deep": [1, {"x": acme.ben.id}]}, "on": True}))
    shown = " ".join(entries(signed_in("anna")))
    assert "deleted objective More" in shown
    assert "name before: Q3 2026 → after: Third" in shown
    assert "extra before: – → after: note: deep: 1, x: Ben Bauer, on: yes" in shown
    assert "whoever runs the server added account Acme" in shown


def test_parts_stay_where_they_are_while_more_is_added(signed_in: SignedIn, acme: Acme) -> None:
    context, anna = acme.context(acme.anna), signed_in("anna")
    for number in range(120):
        people.revise(context, acme.vera.id, UserChange(name=f"Vera {number}"))
    seen: list[int] = []
    for part in numbers(anna, "/audit"):
        seen += part
        assert len(part) <= 50
        people.revise(context, acme.vera.id, UserChange(name=f"Vera again {len(seen)}"))
    assert seen == list(range(seen[0], 0, -1))
    assert seen[0] >= 120


def test_a_part_with_little_in_it_is_gone_on_from(
    signed_in: SignedIn, acme: Acme, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = acme.context(acme.anna)
    for number in range(30):
        people.revise(context, acme.vera.id, UserChange(name=f"Vera {number}"))
    anna = signed_in("anna")
    whole = [one for part in numbers(anna, f"/audit?record={acme.q3.id}") for one in part]
    monkeypatch.setattr(trail, "_LOOKED_AT", 7)
    assert "there are older ones" in text_of(anna.open(f"/audit?record={acme.q3.id}"))
    parts = list(numbers(anna, f"/audit?record={acme.q3.id}"))
    assert len(parts) > 3
    assert [one for part in parts for one in part] == whole == [5]


def test_it_is_narrowed_by_person_record_and_days(signed_in: SignedIn, acme: Acme) -> None:
    acme.clock.forward(days=3)
    key_results.revise(acme.context(acme.ben), acme.revenue, KeyResultChange(name="By Ben"))
    acme.clock.forward(days=3)
    vera = people.revise(acme.context(acme.anna), acme.vera.id, UserChange(role=Role.MEMBER))
    objectives.revise(acme.context(vera), acme.growth, ObjectiveChange(name="By Vera"))
    anna = signed_in("anna")

    def did(query: str) -> list[str]:
        return [re.split(r" \d+ August 2026", one)[0] for one in entries(anna, f"/audit?{query}")]

    assert did(f"actor={acme.ben.id}") == ["Ben Bauer changed key result By Ben"]
    assert did("since=2026-08-20&until=2026-08-20") == ["Ben Bauer changed key result By Ben"]
    assert did("until=2026-08-20")[0] == "Ben Bauer changed key result By Ben"
    assert "Vera Viklund changed objective By Vera" in did("since=2026-08-21")
    assert did(f"record={acme.growth}&actor={acme.ben.id}") == []
    assert did(f"actor={acme.rita.id}") == did(f"record={acme.rival_objective}") == did("record=x%00") == []
    assert did(f"record={acme.revenue}")[0] == "Ben Bauer changed key result By Ben"


@pytest.mark.parametrize("query", ["since=soon", "until=2026-02-30", "since=2026-01-01T00:00:00Z"])
def test_a_day_that_is_none_is_told_beside_its_field(signed_in: SignedIn, query: str) -> None:
    reply = signed_in("anna").open(f"/audit?{query}")
    assert reply.status == 400
    assert "must be a day such as" in text_of(reply)


@pytest.mark.parametrize("below", ["x", "-1", "0", "1", "9" * 15, "9" * 400, "%C2%B3"])
def test_a_strange_place_to_go_on_from_is_a_page(signed_in: SignedIn, below: str) -> None:
    assert signed_in("anna").open(f"/audit?below={below}").status == 200


def test_nothing_of_another_account_is_in_it(signed_in: SignedIn) -> None:
    shown = signed_in("anna").open("/audit").body.decode()
    for theirs in ("Rita", "Rival", "Beat Acme", "Secret"):
        assert theirs not in shown


def test_what_was_erased_is_told_as_such(signed_in: SignedIn, acme: Acme) -> None:
    check_ins.record(acme.context(acme.ben), acme.revenue, Entry(value=1.0, comment="Ben Bauer says"))
    boss = operator(acme.database, acme.account.id, acme.clock)
    erasure.erase(boss, "ben@acme.test")
    anna = signed_in("anna")
    shown = text_of(anna.open("/audit"))
    assert "Words of a person were erased from this since" in shown
    assert "Ben Bauer" not in shown
    number = re.search(r'href="/audit\?below=(\d+)">record no', anna.open("/audit").body.decode())
    assert number is not None
    first = entries(anna, f"/audit?below={number.group(1)}")[0]
    assert "erased the trail" in first


def test_a_payload_that_is_missing_is_told_as_such(signed_in: SignedIn, acme: Acme) -> None:
    acme.database.connection.execute(
        "DELETE FROM audit_payloads WHERE number = 5 AND account_id = ?", (acme.account.id,)
    )
    (one,) = (one for one in entries(signed_in("anna")) if "no. 5" in one)
    assert "missing" in one


def test_what_is_long_is_folded_and_what_is_very_long_is_cut(signed_in: SignedIn, acme: Acme) -> None:
    context = acme.context(acme.anna)
    objectives.revise(context, acme.growth, ObjectiveChange(description="long " * 30_000))
    shown = signed_in("anna").open(f"/audit?record={acme.growth}").body.decode()
    assert "<summary>long: show it</summary>" in shown
    assert "letters more" in shown
    assert len(shown) < 40_000


def test_what_people_write_is_text(signed_in: SignedIn, acme: Acme) -> None:
    context = acme.context(acme.anna)
    objectives.revise(context, acme.growth, ObjectiveChange(name=HOSTILE, description=HOSTILE * 10))
    people.revise(context, acme.ben.id, UserChange(name=HOSTILE, extra={HOSTILE: HOSTILE}))
    tokens.add(context, "anna@acme.test", HOSTILE)
    anna = signed_in("anna")
    for path in ("/audit", f"/audit?record={HOSTILE.replace('#', '')}", f"/audit?since={HOSTILE}"):
        shown = anna.open(path).body.decode()
        assert "<script>document" not in shown
        assert "<img src=x" not in shown
        assert "&lt;script&gt;" in shown


def test_a_page_costs_the_same_however_much_is_on_it(acme: Acme) -> None:
    context, boss = acme.context(acme.anna), visitor(acme, acme.anna)
    costs = []
    for size in (1, 10, 60):
        for number in range(size):
            one = key_results.add(context, acme.growth, KeyResultChange(name=f"{size} {number}")).key_result
            check_ins.record(context, one.id, Entry(value=1.0))
        with counted(acme.database) as run:
            assert page.show(asked(), boss).status == 200
        costs.append(len(run))
    assert costs[0] == costs[1] == costs[2] <= 18, costs


def test_a_part_has_no_more_than_was_asked_for_and_misses_nothing(acme: Acme) -> None:
    context = acme.context(acme.anna)
    found, below = [], 0
    while True:
        part = trail.part(context, record="", actor="", since=BEGINNING, until=END, below=below, limit=4)
        assert len(part.links) <= 4
        found += [one.number for one in part.links]
        below = part.further
        if not below:
            break
    assert found == list(range(len(found), 0, -1))
    assert found

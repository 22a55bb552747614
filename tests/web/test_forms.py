"""A form is taken from a page of this browser's, and from nowhere else."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import quote

import pytest

from acme import Acme
from browsing import Browser, fields_of, text_of
from milepost.actions import check_ins, cycles, key_results, objectives
from milepost.actions.context import operator
from milepost.actions.cycles import CycleChange
from milepost.actions.surroundings import History
from milepost.domain import instants
from milepost.domain.change import KeyResultChange
from milepost.domain.check_in import Entry
from milepost.domain.cycle import CycleState
from milepost.domain.objective import ObjectiveStatus
from milepost.store import check_ins as stored

SignedIn = Callable[[str], Browser]


def values(acme: Acme) -> list[float]:
    return [
        row[0]
        for row in acme.database.connection.execute(
            "SELECT value FROM check_ins WHERE account_id = ?", (acme.account.id,)
        )
    ]


def test_a_form_without_this_browsers_proof_is_refused(signed_in: SignedIn, acme: Acme) -> None:
    anna, ben = signed_in("anna"), signed_in("ben")
    path = f"/key-results/{acme.revenue}/check-ins"
    for proof in ({}, {"proof": ""}, {"proof": "0" * 64}, {"proof": ben.proof()}, {"proof": "\N{SNOWMAN}"}):
        reply = anna.send(path, {"value": "40", **proof})
        assert reply.status == 403, proof
        assert "load the page again" in reply.body.decode()
    assert values(acme) == []
    assert anna.submit(path, {"value": "40"}).status == 303
    assert values(acme) == [40.0]


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.test"},
        {"origin": "http://milepost.test:81"},
        {"origin": "http://milepost.test.evil.test"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "null", "sec-fetch-site": "cross-site"},
    ],
    ids=str,
)
def test_a_form_of_another_site_is_refused_with_any_proof(
    signed_in: SignedIn, acme: Acme, headers: dict[str, str]
) -> None:
    anna = signed_in("anna")
    fields = {"value": "40", "proof": anna.proof()}
    assert anna.send(f"/key-results/{acme.revenue}/check-ins", fields, headers).status == 403
    assert anna.send("/sign-in", {"code": acme.tokens["ben"]}, headers).status == 403
    assert values(acme) == []


def test_a_form_of_this_site_is_taken(signed_in: SignedIn, acme: Acme) -> None:
    anna = signed_in("anna")
    headers = {"origin": "http://milepost.test", "sec-fetch-site": "same-origin"}
    fields = {"value": "40", "proof": anna.proof()}
    assert anna.send(f"/key-results/{acme.revenue}/check-ins", fields, headers).status == 303


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data; boundary=x", ""])
def test_what_no_form_sends_is_refused(signed_in: SignedIn, acme: Acme, kind: str) -> None:
    anna = signed_in("anna")
    fields = {"value": "40", "proof": anna.proof()}
    reply = anna.send(f"/key-results/{acme.revenue}/check-ins", fields, {"content-type": kind})
    assert reply.status == 400
    assert values(acme) == []


def test_what_is_wrong_stands_beside_its_field_with_what_was_written(signed_in: SignedIn, acme: Acme) -> None:
    path = f"/key-results/{acme.revenue}/check-ins"
    sent = {"value": "much", "confidence": "low", "effective_at": "soon", "comment": 'a <b> & "c"'}
    reply = signed_in("anna").submit(path, sent)
    page = reply.body.decode()
    assert reply.status == 400
    for field in ("value", "confidence", "effective_at"):
        assert f'id="fault-{field}"' in page
        assert f'aria-describedby="fault-{field}"' in page
    assert 'value="much"' in page
    assert "a &lt;b&gt; &amp; &#34;c&#34;" in page
    assert values(acme) == []


@pytest.mark.parametrize("written", ["1200.5", "1200,5", "1 200,5", "1\u202f200.5", " 1200.5 "])
def test_a_value_may_be_written_as_people_write_it(signed_in: SignedIn, acme: Acme, written: str) -> None:
    assert signed_in("anna").submit(f"/key-results/{acme.revenue}/check-ins", {"value": written}).status == 303
    assert values(acme) == [1200.5]


def test_a_form_in_place_gets_its_row_back(signed_in: SignedIn, acme: Acme) -> None:
    sent = {"value": "40", "confidence": "70", "comment": "half way", "from": "mine", "form": "in-place"}
    reply = signed_in("anna").submit(f"/key-results/{acme.revenue}/check-ins", sent)
    assert reply.status == 200
    assert reply.body.decode().strip().startswith("<li")
    assert "Checked in: 40" in reply.body.decode()
    assert '<p class="sum" id="waits">None waits for a check-in.</p>' in reply.body.decode()


def test_a_form_in_place_that_is_refused_gets_its_row_back_with_what_was_written(
    signed_in: SignedIn, acme: Acme
) -> None:
    sent = {"value": "abc", "comment": "<b>", "effective_at": "2200-01-01", "from": "mine", "form": "in-place"}
    reply = signed_in("anna").submit(f"/key-results/{acme.revenue}/check-ins", sent)
    page = reply.body.decode()
    assert (reply.status, values(acme)) == (400, [])
    assert page.strip().startswith("<li")
    assert '<details class="say" open>' in page
    assert 'value="abc" aria-invalid="true"' in page
    assert "As of must not lie in the future." in page
    assert 'value="&lt;b&gt;"' in page


def test_a_check_in_of_an_earlier_day_is_of_its_end_where_the_cycle_is(signed_in: SignedIn, acme: Acme) -> None:
    boss, zone = acme.context(acme.anna), instants.zone("America/New_York")
    cycle = key_results.get(boss, acme.revenue, History.NONE).cycle
    cycles.revise(boss, cycle.id, CycleChange(time_zone="America/New_York"))
    anna, path = signed_in("anna"), f"/key-results/{acme.revenue}/check-ins"
    today = instants.local_day(acme.clock(), zone)
    earlier = today - timedelta(days=2)
    assert anna.submit(path, {"value": "30", "effective_at": f"{today}"}).status == 303
    assert anna.submit(path, {"value": "20", "effective_at": f"{earlier}"}).status == 303
    told = stored.history(acme.database, acme.account.id, acme.revenue)
    assert [(one.value, instants.local_day(one.effective_at, zone)) for one in told] == [
        (20.0, earlier),
        (30.0, today),
    ]
    assert told[0].effective_at == instants.beginning_of(today - timedelta(days=1), zone) - 1
    assert told[1].effective_at <= acme.clock()


def test_who_may_check_in_but_not_now_is_told_why(signed_in: SignedIn, acme: Acme) -> None:
    boss, page = acme.context(acme.anna), f"/key-results/{acme.revenue}"
    assert "Nobody can check in now." not in text_of(signed_in("ben").open(page))
    key_results.revise(boss, acme.revenue, KeyResultChange(due_at=acme.clock()))
    acme.clock.forward(days=1)
    assert "Its due date has passed: move it to check in again." in text_of(signed_in("ben").open(page))
    key_results.revise(boss, acme.revenue, KeyResultChange(automated=True))
    assert "Its value comes from a program: nobody checks in by hand." in text_of(signed_in("ben").open(page))
    assert "Nobody can check in now." not in text_of(signed_in("vera").open(page))
    objectives.close(boss, acme.growth, ObjectiveStatus.ABANDONED, "")
    assert "Its objective is abandoned." in text_of(signed_in("ben").open(page))
    cycles.revise(boss, acme.q3.id, CycleChange(state=CycleState.CLOSED))
    assert f"The cycle {acme.q3.name} is closed." in text_of(signed_in("ben").open(page))


def test_what_was_done_is_said_on_the_page_that_follows(signed_in: SignedIn, acme: Acme) -> None:
    anna, page = signed_in("anna"), f"/key-results/{acme.revenue}"
    after = anna.submit(f"{page}/check-ins", {"value": "40"}).headers["location"]
    assert '<p class="note done" role="status">Checked in.</p>' in anna.open(after).body.decode()
    (entry,) = stored.history(acme.database, acme.account.id, acme.revenue)
    after = anna.submit(f"{page}/check-ins/{entry.id}/comment", {"comment": "Well"}).headers["location"]
    assert "The comment is saved." in text_of(anna.open(after))
    after = anna.submit(f"{page}/check-ins/{entry.id}/withdraw", {}).headers["location"]
    assert "The check-in is taken back." in text_of(anna.open(after))
    assert 'class="note done"' not in anna.open(f"{page}?done=<b>").body.decode()


@pytest.mark.parametrize("value", [1e308, -1e308, 1e16, 5e-324])
def test_no_value_takes_a_page_away(signed_in: SignedIn, acme: Acme, value: float) -> None:
    anna, boss = signed_in("anna"), acme.context(acme.anna)
    assert anna.submit(f"/key-results/{acme.revenue}/check-ins", {"value": repr(value)}).status == 303
    far = KeyResultChange(name="Far", start=value, target=-value, owner_ids=(acme.anna.id,))
    key_results.add(boss, acme.growth, far)
    cycle, one = f"/cycles/{acme.q3.id}", f"/key-results/{acme.revenue}"
    for path in ("/", cycle, f"{cycle}/weeks", f"{cycle}/weeks.svg", f"{cycle}/compare", f"/objectives/{acme.growth}"):
        assert anna.open(path).status == 200, path
    for path in (one, f"{one}/history.svg", f"{one}/history.svg?narrow", f"{one}/edit", "/audit"):
        assert anna.open(path).status == 200, path


def test_a_check_in_is_changed_beneath_its_own_key_result_only(signed_in: SignedIn, acme: Acme) -> None:
    boss, anna = acme.context(acme.anna), signed_in("anna")
    other = key_results.add(boss, acme.growth, KeyResultChange(name="Other", target=10)).key_result.id
    assert anna.submit(f"/key-results/{acme.revenue}/check-ins", {"value": "40"}).status == 303
    (entry,) = stored.history(acme.database, acme.account.id, acme.revenue)
    for path in (other, "0" * 24):
        assert anna.submit(f"/key-results/{path}/check-ins/{entry.id}/comment", {"comment": "x"}).status == 404
        assert anna.submit(f"/key-results/{path}/check-ins/{entry.id}/withdraw", {}).status == 404
    assert stored.history(acme.database, acme.account.id, acme.revenue) == (entry,)


def test_a_long_history_has_pages(signed_in: SignedIn, acme: Acme) -> None:
    boss = acme.context(acme.anna)
    for value in range(250):
        check_ins.record(boss, acme.revenue, Entry(value=float(value)))
    anna, path = signed_in("anna"), f"/key-results/{acme.revenue}"
    first, last = anna.open(path).body.decode(), anna.open(f"{path}?page=3").body.decode()
    assert (first.count('data-label="Value">'), last.count('data-label="Value">')) == (100, 50)
    assert ">249<" in first
    assert ">0<" in last
    assert '<a href="?page=3" aria-current="page">3</a>' in last
    assert anna.open(f"{path}?page=9").body.decode().count('data-label="Value">') == 50


def test_what_is_sent_twice_is_taken_once(signed_in: SignedIn, acme: Acme) -> None:
    anna, page = signed_in("anna"), f"/key-results/{acme.revenue}"
    path = f"{page}/check-ins"
    sent = {**fields_of(anna.open(page), path), "value": "40"}
    first = anna.send(path, sent)
    again = anna.send(path, sent)
    assert (first.status, again.status) == (303, 303)
    assert again.headers["location"] == first.headers["location"]
    assert values(acme) == [40.0]
    assert anna.send(path, {**sent, "value": "41"}).status == 303
    assert anna.send(path, {**fields_of(anna.open(page), path), "value": "40"}).status == 303
    assert sorted(values(acme)) == [40.0, 40.0, 41.0]


def test_what_was_sent_in_place_and_lost_on_its_way_back_is_taken_once(signed_in: SignedIn, acme: Acme) -> None:
    anna = signed_in("anna")
    path, home = f"/key-results/{acme.revenue}/check-ins", {"referer": "http://milepost.test/"}
    sent = {**fields_of(anna.open("/"), path), "value": "40"}
    assert anna.send(path, {**sent, "form": "in-place"}, home).status == 200
    for again in ({**sent, "form": "in-place"}, sent):
        reply = anna.send(path, again, home)
        assert (reply.status, reply.headers["location"]) == (303, "/")
    assert values(acme) == [40.0]


def test_a_secret_is_not_kept_for_who_asks_twice(signed_in: SignedIn, acme: Acme) -> None:
    anna = signed_in("anna")
    sent = {**fields_of(anna.open("/access"), "/access/tokens"), "name": "dashboard"}
    shown, again = (anna.send("/access/tokens", sent, {"referer": "http://milepost.test/access"}) for _ in range(2))
    assert (shown.status, again.status, again.headers["location"]) == (200, 303, "/access")
    kept = acme.database.connection.execute("SELECT body, headers FROM kept_answers").fetchall()
    assert [body for body, _ in kept] == [""]
    assert "mp_" not in str(kept)


def test_a_form_that_is_refused_can_be_sent_again_as_it_is(signed_in: SignedIn, acme: Acme) -> None:
    anna, page = signed_in("anna"), f"/key-results/{acme.revenue}"
    path = f"{page}/check-ins"
    sent = {**fields_of(anna.open(page), path), "value": "40"}
    boss = operator(acme.database, acme.account.id, acme.clock)
    cycles.revise(boss, acme.q3.id, CycleChange(state=CycleState.CLOSED))
    assert anna.send(path, sent).status == 400
    cycles.revise(boss, acme.q3.id, CycleChange(state=CycleState.OPEN))
    assert anna.send(path, sent).status == 303
    assert values(acme) == [40.0]


def test_what_somebody_wrote_before_he_was_signed_out_is_given_back_and_sent_again(
    signed_in: SignedIn, acme: Acme
) -> None:
    anna, page = signed_in("anna"), f"/key-results/{acme.revenue}"
    path = f"{page}/check-ins"
    sent = {**fields_of(anna.open(page), path), "value": "40", "comment": 'half <b> & "way"\nand on'}
    anna.submit("/sign-out", {})
    kept = anna.send(path, sent)
    assert kept.status == 403
    assert 'href="/sign-in"' in kept.body.decode()
    assert "half &lt;b&gt;" in kept.body.decode()
    assert values(acme) == []
    anna.sign_in(acme.tokens["anna"])
    assert anna.send(path, fields_of(kept, path)).status == 303
    assert values(acme) == [40.0]
    assert 'half <b> & "way"\nand on' in text_of(anna.open(page))


def test_where_nothing_changes_any_more_nothing_is_offered_and_what_is_sent_is_told(
    signed_in: SignedIn, acme: Acme
) -> None:
    anna, page = signed_in("anna"), f"/key-results/{acme.revenue}"
    anna.submit(f"{page}/check-ins", {"value": "40"})
    comment = re.findall(r'action="([^"]*/comment)"', anna.open(page).body.decode())
    assert len(comment) == 1
    assert "Take back this check-in" in text_of(anna.open(page))
    boss = operator(acme.database, acme.account.id, acme.clock)
    cycles.revise(boss, acme.q3.id, CycleChange(state=CycleState.CLOSED))
    assert not re.findall(r'action="[^"]*/(?:comment|withdraw)"', anna.open(page).body.decode())
    refused = anna.submit(comment[0], {"comment": "late"})
    assert refused.status == 400
    assert "The cycle is closed (Q3 2026): an admin must re-open it" in text_of(refused)


def test_another_site_has_nothing_of_a_form_given_back(browser: Browser, acme: Acme) -> None:
    path, evil = f"/key-results/{acme.revenue}/check-ins", {"origin": "https://evil.test"}
    reply = browser.send(path, {"value": "40", "comment": "<b>mine"}, evil)
    assert reply.status == 403
    assert "mine" not in reply.body.decode()


def test_who_is_signed_out_meanwhile_comes_back_to_the_page_of_the_form(signed_in: SignedIn, acme: Acme) -> None:
    stranger, page = signed_in("anna"), f"/key-results/{acme.revenue}"
    assert stranger.submit("/sign-out", {}).status == 303
    for referer, wanted in (
        (f"http://milepost.test{page}", f"?next={quote(page, safe='')}"),
        (f"http://evil.test{page}", ""),
        (f"http://milepost.test.evil.test{page}", ""),
        ("", ""),
    ):
        reply = stranger.send(f"{page}/check-ins", {"proof": "1"}, {"referer": referer})
        assert (reply.status, reply.headers["location"]) == (303, f"/sign-in{wanted}")


@pytest.mark.parametrize("written", ["1_0", "\uff15", "0x10", "1e999", "nan", "inf", "--1", "1.2.3", "", "1e1e1"])
def test_what_is_no_number_is_refused(signed_in: SignedIn, acme: Acme, written: str) -> None:
    assert signed_in("anna").submit(f"/key-results/{acme.revenue}/check-ins", {"value": written}).status == 400
    assert values(acme) == []

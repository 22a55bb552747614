"""Links that check in: what they do, what they do not, and how they end."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from acme import Acme
from browsing import Browser, text_of
from milepost.actions import accounts, cycles, key_results, objectives, people, quick_links, tokens
from milepost.actions.context import Context, operator
from milepost.actions.cycles import CycleChange
from milepost.actions.people import UserChange
from milepost.domain.account import AccountStatus
from milepost.domain.change import KeyResultChange
from milepost.domain.cycle import CycleState
from milepost.domain.instants import DAY
from milepost.domain.objective import ObjectiveStatus
from wire import InProcess, Reply

SignedIn = Callable[[str], Browser]
_PAGE = {"accept": "text/html"}


@pytest.fixture
def link(signed_in: SignedIn, acme: Acme) -> str:
    """The path of a link that Ben has made for the revenue."""
    reply = signed_in("ben").submit(f"/key-results/{acme.revenue}/links", {"name": "The nightly report"})
    found = re.findall(r"http://milepost\.test(/in/\w+)", reply.body.decode())
    assert reply.status == 200
    assert len(found) == 2, "the link, and a line for a shell"
    return str(found[0])


def posted(wire: InProcess, path: str, body: str = "", headers: dict[str, str] | None = None) -> Reply:
    form = {"content-type": "application/x-www-form-urlencoded"} if body else {}
    return wire.acting("", "").request("POST", path, raw=body.encode(), headers={**form, **(headers or {})})


def now(acme: Acme) -> float:
    return key_results.get(operator(acme.database, acme.account.id, acme.clock), acme.revenue).key_result.current


def test_a_script_says_a_value(link: str, anna: InProcess, acme: Acme) -> None:
    for reply in (posted(anna, f"{link}?value=41"), posted(anna, link, "value=42&comment=by+night")):
        assert (reply.status, reply.body) == (200, b"Checked in.\n")
        assert reply.headers["content-type"].startswith("text/plain")
    view = key_results.get(operator(acme.database, acme.account.id, acme.clock), acme.revenue)
    assert [entry.value for entry in view.check_ins] == [41.0, 42.0]
    assert (view.check_ins[-1].comment, view.check_ins[-1].author_id) == ("by night", acme.ben.id)


def test_an_increment_adds_to_what_stands(link: str, anna: InProcess, acme: Acme) -> None:
    posted(anna, f"{link}?value=10")
    assert posted(anna, f"{link}?increment=2.5").status == 200
    assert posted(anna, f"{link}?increment=-1").status == 200
    assert now(acme) == 11.5


def test_a_script_that_sends_again_with_its_key_is_taken_once(link: str, anna: InProcess, acme: Acme) -> None:
    posted(anna, f"{link}?value=10")
    key = {"idempotency-key": "run 7"}
    for _ in range(2):
        assert posted(anna, f"{link}?increment=2", headers=key).body == b"Checked in.\n"
    assert now(acme) == 12.0
    other = posted(anna, f"{link}?increment=3", headers=key)
    assert (other.status, other.body[:27]) == (422, b"This Idempotency-Key came w")
    assert posted(anna, f"{link}?increment=3", headers={"idempotency-key": ""}).status == 400
    assert now(acme) == 12.0


def test_a_form_that_is_sent_twice_is_taken_once(link: str, anna: InProcess, acme: Acme) -> None:
    posted(anna, f"{link}?value=10")
    page = anna.acting("", "").request("GET", link, headers=_PAGE).body.decode()
    found = re.search(r'name="once" value="([^"]+)"', page)
    assert found is not None
    for _ in range(2):
        assert posted(anna, link, f"increment=2&once={found.group(1)}", _PAGE).status == 200
    assert now(acme) == 12.0


def due_yesterday(acme: Acme) -> None:
    acme.clock.forward(days=1)
    key_results.revise(boss(acme), acme.revenue, KeyResultChange(due_at=acme.clock.now - DAY))


def boss(acme: Acme) -> Context:
    return operator(acme.database, acme.account.id, acme.clock)


HOLDING: dict[str, Callable[[Acme], object]] = {
    "closed": lambda acme: cycles.revise(boss(acme), acme.q3.id, CycleChange(state=CycleState.CLOSED)),
    "abandoned": lambda acme: objectives.close(boss(acme), acme.growth, ObjectiveStatus.ABANDONED, ""),
    "due": due_yesterday,
    "automatic": lambda acme: key_results.revise(boss(acme), acme.revenue, KeyResultChange(automated=True)),
}


@pytest.mark.parametrize("why", HOLDING)
def test_where_no_check_ins_are_taken_it_says_so_and_nothing_else(
    link: str, anna: InProcess, acme: Acme, why: str
) -> None:
    HOLDING[why](acme)
    for headers in ({}, _PAGE):
        reply = posted(anna, link, "value=42", headers)
        assert reply.status == 409
        assert "The key result takes no check-ins now: its page says why." in reply.body.decode()
        assert "Q3" not in reply.body.decode()
    assert now(acme) != 42.0


def test_a_suspended_account_takes_none_by_link(link: str, anna: InProcess, acme: Acme) -> None:
    accounts.set_status(boss(acme), AccountStatus.SUSPENDED)
    assert posted(anna, link, "value=42").status == 402
    assert now(acme) != 42.0


def test_a_member_closes_only_his_own(signed_in: SignedIn, link: str, anna: InProcess, acme: Acme) -> None:
    people.add(boss(acme), UserChange(email="mia@acme.test", first_name="Mia"))
    _, text = tokens.add(boss(acme), "mia@acme.test", "hers")
    mia = Browser(anna)
    mia.sign_in(text)
    (made,) = quick_links.of(boss(acme), acme.revenue)
    path = f"/key-results/{acme.revenue}/links/{made.id}/close"
    assert mia.submit(path, {}).status == 404
    assert posted(anna, link, "value=42").status == 200
    assert signed_in("ben").submit(path, {}).status == 303
    assert posted(anna, link, "value=43").status == 404


def test_to_look_at_it_changes_nothing_and_tells_nothing(link: str, anna: InProcess, acme: Acme) -> None:
    before = now(acme)
    for method in ("GET", "HEAD"):
        reply = anna.acting("", "").request(method, f"{link}?value=99", headers=_PAGE)
        assert reply.status == 200
        page = reply.body.decode()
        assert "Monthly revenue" not in page
        assert "Acme" not in page
        assert reply.headers["referrer-policy"] == "no-referrer"
    assert now(acme) == before
    assert posted(anna, link, "value=7", _PAGE).status == 200
    assert "Monthly revenue" not in text_of(posted(anna, link, "value=8", _PAGE))


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ("", "value=42 or increment=1"),
        ("value=1&increment=1", "one of them"),
        ("value=many", "value must be a number"),
        ("increment=1%2C000", "can be read in two ways"),
        ("value=nan", "value must be a number"),
    ],
)
def test_what_is_wrong_is_said(link: str, anna: InProcess, acme: Acme, sent: str, words: str) -> None:
    before = now(acme)
    reply = posted(anna, f"{link}?{sent}")
    assert (reply.status, words in reply.body.decode()) == (400, True), reply.body
    page = posted(anna, link, sent or "x=1", _PAGE)
    assert page.status == 400
    assert "aria-invalid" in page.body.decode()
    assert now(acme) == before


def test_another_type_is_not_guessed_at(link: str, anna: InProcess) -> None:
    reply = anna.acting("", "").request("POST", link, {"value": 3})
    assert reply.status == 415


def test_it_opens_nothing_else(link: str, anna: InProcess, browser: Browser, acme: Acme) -> None:
    code = link.rpartition("/")[2]
    assert anna.acting(code, acme.account.id).get("v2/metrics").status == 401
    assert browser.sign_in(code).status == 403
    for other in (acme.tokens["ben"], "x", "0" * 24, "%00"):
        assert posted(anna, f"/in/{other}?value=1").status == 404


def test_it_can_be_closed_by_whoever_made_it_and_by_admins(
    link: str, anna: InProcess, signed_in: SignedIn, acme: Acme
) -> None:
    boss = operator(acme.database, acme.account.id, acme.clock)
    posted(anna, f"{link}?value=5")
    (held,) = quick_links.of(boss, acme.revenue)
    path = f"/key-results/{acme.revenue}/links/{held.id}/close"
    assert held.name == "The nightly report"
    assert "never" not in text_of(signed_in("anna").open(f"/key-results/{acme.revenue}"))
    assert signed_in("vera").submit(path, {}).status == 403
    assert signed_in("ben").submit(path, {}).status == 303
    assert posted(anna, f"{link}?value=6").status == 404
    assert now(acme) == 5.0


def test_it_ends_with_whoever_made_it_and_with_the_key_result(link: str, anna: InProcess, acme: Acme) -> None:
    boss = operator(acme.database, acme.account.id, acme.clock)
    people.deactivate(boss, acme.ben.id)
    assert posted(anna, f"{link}?value=6").status == 404
    people.revise(boss, acme.ben.id, people.UserChange(is_active=True))
    assert posted(anna, f"{link}?value=6").status == 200
    key_results.remove(boss, acme.revenue)
    assert posted(anna, f"{link}?value=7").status == 404


def test_viewers_and_limited_tokens_make_none(signed_in: SignedIn, browser: Browser, acme: Acme) -> None:
    path = f"/key-results/{acme.revenue}/links"
    assert signed_in("vera").submit(path, {"name": "x"}).status == 403
    assert signed_in("rita").submit(path, {"name": "x"}).status == 404
    nameless = signed_in("ben").submit(path, {"name": " "})
    assert nameless.status == 400
    assert "say what uses the link" in text_of(nameless)


def test_its_code_stands_in_no_log(link: str, anna: InProcess, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("DEBUG"):
        posted(anna, f"{link}?value=6")
        anna.acting("", "").request("DELETE", link)
    assert link.rpartition("_")[2] not in caplog.text

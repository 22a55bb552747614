"""Every page: who may open it, what it may load, and that it shows nothing of others' and no control in vain."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from acme import NOON, Acme
from browsing import Browser
from milepost.actions import check_ins, key_results, objectives, people, teams, tokens
from milepost.actions.context import operator
from milepost.actions.people import UserChange
from milepost.actions.teams import TeamChange
from milepost.domain.change import KeyResultChange, ObjectiveChange
from milepost.domain.check_in import Entry
from milepost.domain.ids import is_id
from milepost.domain.people import Capability, User
from milepost.domain.query import Query
from milepost.store.engine import budget
from milepost.transfer.web.pages import PAGES as TRANSFER
from milepost.web import rendering, rows
from milepost.web.page import Page
from milepost.web.pages import PAGES as OKRS
from milepost.web.rows import Row

SignedIn = Callable[[str], Browser]
HOSTILE = "<script>document.title='taken'</script>\"'><img src=x onerror=\"document.title='taken'\">{{ 7*7 }}"
PAGES = (*OKRS, *TRANSFER)
FORMS = [one for one in PAGES if one.method == "POST"]


def addresses(acme: Acme, pages: Iterator[Page], *, foreign: bool = False) -> dict[str, str]:
    """Each page's address, filled with ids of the small company, or of its rival."""
    ids = {
        "cycles": acme.rival_cycle if foreign else acme.q3.id,
        "objectives": acme.rival_objective if foreign else acme.growth,
        "key-results": acme.rival_key_result if foreign else acme.revenue,
        "people": acme.rita.id if foreign else acme.ben.id,
        "teams": team(acme, acme.rita if foreign else acme.anna),
        "access": token(acme, acme.rita if foreign else acme.anna),
        "entry": entry(acme, acme.rival.id if foreign else acme.account.id),
    }
    found = {}
    for one in pages:
        first = one.path.split("/")[1]
        found[one.path] = one.path.replace("{id}", ids.get(first, "")).replace("{entry}", ids["entry"])
        found[one.path] = found[one.path].replace("{file}", "key-results.csv").replace("{link}", ids["access"])
        assert "{" not in found[one.path], f"say here what {one.path} is filled with"
    return found


def entry(acme: Acme, account_id: str) -> str:
    """A check-in's id, of an account that has one once this was asked."""
    connection = acme.database.connection
    query = "SELECT id FROM check_ins WHERE account_id = ? LIMIT 1"
    if (row := connection.execute(query, (account_id,)).fetchone()) is None:
        ours = account_id == acme.account.id
        user, key_result = (acme.anna, acme.revenue) if ours else (acme.rita, acme.rival_key_result)
        check_ins.record(acme.context(user), key_result, Entry(value=20.0))
        row = connection.execute(query, (account_id,)).fetchone()
    return str(row[0])


def team(acme: Acme, admin: User) -> str:
    """A team's id, of the admin's account, that has one once this was asked."""
    context = acme.context(admin)
    found = teams.list_(context, Query()).items
    return (found[0] if found else teams.add(context, TeamChange(name="Secret team"))).id


def token(acme: Acme, user: User) -> str:
    """The id of a token that a program of somebody's has."""
    return next(one.id for one in tokens.everyone(acme.context(user)) if one.user_id == user.id)


def test_nobody_opens_a_page_without_signing_in(browser: Browser, acme: Acme) -> None:
    for one in PAGES:
        address = addresses(acme, iter([one]))[one.path]
        for cookie in ("", "milepost=", "milepost=made-up", "__Host-milepost=x"):
            browser.cookie = cookie
            reply = browser.open(address) if one.method == "GET" else browser.send(address, {"proof": "1"})
            assert reply.status == 303, one.path
            assert reply.headers["location"].startswith("/sign-in")
            assert reply.body == b""


def test_what_only_takes_a_form_leads_up_to_the_page_that_has_it(signed_in: SignedIn, acme: Acme) -> None:
    anna, shown = signed_in("anna"), {one.path for one in PAGES if one.method == "GET"}
    led = {}
    for path, address in addresses(acme, (one for one in PAGES if one.path not in shown)).items():
        reply = anna.open(address)
        assert reply.status == 303, path
        led[path] = reply.headers["location"]
        assert anna.open(led[path]).status == 200, path
    assert led["/key-results/{id}/check-ins/{entry}/comment"] == f"/key-results/{acme.revenue}"
    assert led["/access/tokens"] == "/access"
    assert led["/sign-out"] == "/"


def test_every_page_says_what_it_may_load(signed_in: SignedIn, browser: Browser, acme: Acme) -> None:
    anna = signed_in("anna")
    opened = [anna.open(path) for path in addresses(acme, (one for one in PAGES if one.method == "GET")).values()]
    opened += [browser.open("/sign-in"), browser.open("/"), browser.sign_in("wrong")]
    opened.append(browser.open("/nowhere", {"accept": "text/html"}))
    opened.append(anna.open(f"/objectives/{acme.rival_objective}"))
    assert b"unsafe" not in rendering.POLICY
    for reply in opened:
        if reply.headers["content-type"].startswith("text/html"):
            assert reply.headers["content-security-policy"] == rendering.POLICY.decode()
            assert reply.headers["x-content-type-options"] == "nosniff"
            page = reply.body.decode()
            assert not re.search(r"<[^>]* (?:style|on\w+)=", page)
            assert not re.search(r"<script(?![^>]*src=)", page)
            assert "<style" not in page
            named = re.findall(r'(?:src|href|action)="([^"]*)"', page)
            assert all(address.startswith(("/", "#", "?")) and not address.startswith("//") for address in named)
        assert "no-store" in reply.headers["cache-control"]


def test_what_pages_need_is_there_and_is_kept(browser: Browser) -> None:
    named = re.findall(r'(?:src|href)="(/static/[^"]+)"', browser.open("/sign-in").body.decode())
    assert len(named) == 3
    for address in named:
        reply = browser.open(address)
        assert reply.status == 200
        assert "immutable" in reply.headers["cache-control"]


def test_another_companys_ids_are_not_there(signed_in: SignedIn, acme: Acme) -> None:
    anna = signed_in("anna")
    for one in PAGES:
        if "{id}" not in one.path:
            continue
        address = addresses(acme, iter([one]), foreign=True)[one.path]
        fields = {"value": "1", "comment": "x"}
        reply = anna.open(address) if one.method == "GET" else anna.submit(address, fields)
        assert reply.status == 404, one.path
        assert b"Rival" not in reply.body
        assert b"Secret" not in reply.body


@pytest.mark.parametrize("strange", ["x", "0" * 24, "%2e%2e", "%00", "a" * 2000, "%F0%9F%92%A9"])
def test_an_id_of_nothing_is_a_page_that_says_so(signed_in: SignedIn, strange: str) -> None:
    assert not is_id(strange) or strange == "0" * 24
    anna = signed_in("anna")
    for one in PAGES:
        if one.method == "GET" and "{id}" in one.path:
            assert anna.open(one.path.replace("{id}", strange)).status in (400, 404), one.path


def test_a_viewer_sees_no_control_and_is_refused(signed_in: SignedIn, acme: Acme) -> None:
    vera = signed_in("vera")
    for path in addresses(acme, (one for one in PAGES if one.method == "GET")).values():
        page = vera.open(path).body.decode()
        forms = re.findall(r'method="post" action="([^"]*)"', page)
        # His own ways in are his to make and close, on one page: no other one has a form for him.
        program = f"/access/tokens/{token(acme, acme.vera)}/revoke"
        own = [program, "/access/tokens"] if path == "/access" else []
        assert [one for one in forms if one != "/sign-out"] == own, path
    before = acme.database.connection.execute("SELECT count(*) FROM audit").fetchone()[0]
    for one in FORMS:
        if one.path != "/sign-out":
            address = addresses(acme, iter([one]))[one.path]
            # Those of others are not there for him, and a form that says nothing makes none of his own.
            refused = (403,) if one.needs is not Capability.READ else (400, 404)
            assert vera.submit(address, {"value": "1", "comment": "x"}).status in refused, one.path
    assert acme.database.connection.execute("SELECT count(*) FROM audit").fetchone()[0] == before


def test_a_member_sees_no_control_of_an_admins(signed_in: SignedIn, acme: Acme) -> None:
    said = entry(acme, acme.account.id)
    path = f"/key-results/{acme.revenue}/check-ins/{said}/withdraw"
    ben, anna = signed_in("ben"), signed_in("anna")
    assert path not in ben.open(f"/key-results/{acme.revenue}").body.decode()
    assert ben.submit(path, {}).status == 403
    assert path in anna.open(f"/key-results/{acme.revenue}").body.decode()
    assert anna.submit(path, {}).status == 303
    assert "Nobody has checked in yet" in anna.open(f"/key-results/{acme.revenue}").body.decode()


def test_a_browser_may_do_no_more_than_the_token_it_came_with(browser: Browser, acme: Acme) -> None:
    boss = operator(acme.database, acme.account.id, acme.clock)
    _, text = tokens.add(boss, "anna@acme.test", "reads", scopes=frozenset({"read"}))
    assert browser.sign_in(text).status == 303
    assert browser.submit(f"/key-results/{acme.revenue}/check-ins", {"value": "1"}).status == 403


def test_a_page_that_looks_at_much_is_made_where_no_list_waits_for_it(
    signed_in: SignedIn, acme: Acme, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, threads = rows.row, set()

    def noting(*arguments: Any) -> Row:
        threads.add(threading.current_thread().name.rpartition("_")[0])
        return made(*arguments)

    anna = signed_in("anna")
    monkeypatch.setattr(rows, "row", noting)
    for most, thread in ((budget.HASTY_ROWS, "milepost-reader"), (0, "milepost-scan")):
        monkeypatch.setattr(budget, "HASTY_ROWS", most)
        assert "Monthly revenue" in anna.open(f"/cycles/{acme.q3.id}?owner={acme.anna.id}").body.decode()
        assert threads == {thread}
        threads.clear()


def test_what_people_write_is_shown_as_text(signed_in: SignedIn, acme: Acme) -> None:
    furnish_with(acme, HOSTILE)
    anna = signed_in("anna")
    for path in addresses(acme, (one for one in PAGES if one.method == "GET")).values():
        reply = anna.open(path)
        assert reply.status == 200, path
        page = reply.body.decode() if "charset" in reply.headers["content-type"] else ""
        if "attachment" in reply.headers.get("content-disposition", ""):
            continue
        assert "<script>document" not in page, path
        assert "<img src=x" not in page, path
    assert "&lt;script&gt;" in anna.open(f"/key-results/{acme.revenue}").body.decode()
    assert "{{ 7*7 }}" in anna.open(f"/key-results/{acme.revenue}").body.decode()


def furnish_with(acme: Acme, text: str) -> None:
    """Write the same text wherever people of the company may write one."""
    context = acme.context(acme.anna)
    objectives.revise(context, acme.growth, ObjectiveChange(name=text, description=text))
    key_results.revise(context, acme.revenue, KeyResultChange(name=text, description=text))
    check_ins.record(context, acme.revenue, Entry(value=30.0, comment=text))
    people.revise(context, acme.ben.id, UserChange(name=text))
    teams.add(context, TeamChange(name=text, description=text, manager_id=acme.ben.id, member_ids=(acme.ben.id,)))
    tokens.add(context, acme.anna.email, text)


def test_my_key_results_begin_with_those_that_are_silent(signed_in: SignedIn, acme: Acme) -> None:
    context = acme.context(acme.anna)
    change = KeyResultChange(name="Aa, just said", start=0.0, target=10.0, owner_ids=(acme.anna.id,))
    fresh = key_results.add(context, acme.growth, change).key_result.id
    check_ins.record(context, fresh, Entry(value=9.0))
    acme.clock.forward(days=8)
    check_ins.record(context, fresh, Entry(value=10.0))
    page = signed_in("anna").open("/").body.decode()
    assert page.index("Monthly revenue") < page.index("Aa, just said")
    assert "no check-in for 8 days" in page
    assert "1 waits for a check-in" in page
    assert acme.clock.now > NOON


def test_who_owns_nothing_is_told_where_to_look(signed_in: SignedIn, acme: Acme) -> None:
    page = signed_in("vera").open("/").body.decode()
    assert "You own no key result" in page
    assert f'href="/cycles/{acme.q3.id}"' in page


@pytest.mark.parametrize("path", ["/cycles/0123456789abcdef01234567", "/key-results/no-id"])
def test_who_is_signed_in_finds_back_from_an_error(signed_in: SignedIn, path: str) -> None:
    page = signed_in("anna").open(path).body.decode()
    assert '<nav aria-label="Pages">' in page
    assert "Sign out" in page


def test_an_address_that_is_none_is_a_page_in_a_browser_and_a_problem_for_a_program(signed_in: SignedIn) -> None:
    anna = signed_in("anna")
    page = anna.open("/nowhere", {"accept": "text/html,*/*;q=0.8"})
    assert (page.status, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "There is nothing at this address." in page.body.decode()
    assert anna.open("/nowhere").headers["content-type"] == "application/problem+json"

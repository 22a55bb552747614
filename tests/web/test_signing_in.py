"""Who gets in, for how long, and what his browser is given."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from acme import Acme
from browsing import Browser, fields_of
from milepost.actions import people, signing_in, tokens
from milepost.actions.context import Actor, Context, operator
from milepost.app import running
from milepost.config import Settings
from milepost.domain.people import Role
from wire import InProcess

SignedIn = Callable[[str], Browser]


def link(acme: Acme) -> str:
    return signing_in.link(operator(acme.database, acme.account.id, acme.clock), "anna@acme.test")


def test_a_link_signs_in_once(browser: Browser, anna: InProcess, acme: Acme) -> None:
    code = link(acme)
    assert browser.sign_in(code).headers["location"] == "/"
    assert "Anna Ahlberg" in browser.open("/").body.decode()
    second = Browser(anna)
    refused = second.sign_in(code)
    assert refused.status == 403
    assert "works once" in refused.body.decode()
    assert not second.is_signed_in


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_to_look_at_a_link_does_not_use_it_up(browser: Browser, acme: Acme, method: str) -> None:
    code = link(acme)
    for _ in range(3):
        reply = browser.open(f"/sign-in?code={code}", method=method)
        assert reply.status == 200
        assert "set-cookie" not in reply.headers
    assert browser.sign_in(code).status == 303


def test_a_link_holds_for_a_quarter_of_an_hour(browser: Browser, acme: Acme) -> None:
    soon, late = link(acme), link(acme)
    acme.clock.forward(seconds=14 * 60)
    assert browser.sign_in(soon).status == 303
    acme.clock.forward(seconds=61)
    assert browser.sign_in(late).status == 403


def test_a_browser_ends_with_the_token_that_it_came_with(browser: Browser, anna: InProcess, acme: Acme) -> None:
    boss = operator(acme.database, acme.account.id, acme.clock)
    lasting, text = tokens.add(boss, "anna@acme.test", "lasting")
    _, short = tokens.add(boss, "anna@acme.test", "an hour", acme.clock.now + 3600 * 1_000_000)
    second = Browser(anna)
    assert (browser.sign_in(text).status, second.sign_in(short).status) == (303, 303)
    acme.clock.forward(seconds=3599)
    assert second.is_signed_in
    acme.clock.forward(seconds=2)
    assert not second.is_signed_in
    acme.clock.forward(days=2)
    assert browser.is_signed_in, "and has a new token now"
    acme.clock.forward(days=2)
    assert browser.is_signed_in
    tokens.revoke(boss, lasting.id)
    assert not browser.is_signed_in


def test_a_link_opens_no_api(anna: InProcess, acme: Acme) -> None:
    assert anna.acting(link(acme), acme.account.id).get("v2/metrics").status == 401


def test_a_browsers_token_opens_no_api_and_no_other_browser(browser: Browser, anna: InProcess, acme: Acme) -> None:
    context = operator(acme.database, acme.account.id, acme.clock)
    text = signing_in.enter(acme.database, context.clock, link(acme))
    assert anna.acting(text, acme.account.id).get("v2/metrics").status == 401
    assert browser.sign_in(text).status == 403


def test_a_token_signs_in_and_goes_on_working(browser: Browser, acme: Acme) -> None:
    assert browser.sign_in(acme.tokens["ben"]).status == 303
    assert "Ben Bauer" in browser.open("/").body.decode()
    assert browser.sign_in(acme.tokens["ben"]).status == 303


@pytest.mark.parametrize("code", ["", "x", "0" * 5000, "' OR 1=1", "\N{SNOWMAN}"])
def test_what_is_no_code_opens_nothing(browser: Browser, code: str) -> None:
    assert browser.sign_in(code).status == 403
    assert not browser.is_signed_in


def test_who_signs_out_is_out_even_with_the_cookie_kept(signed_in: SignedIn) -> None:
    browser = signed_in("anna")
    kept = browser.cookie
    reply = browser.submit("/sign-out", {})
    assert (reply.status, reply.headers["location"]) == (303, "/sign-in")
    assert "Max-Age=0" in reply.headers["set-cookie"]
    browser.cookie = kept
    assert not browser.is_signed_in


def test_a_browser_that_is_revoked_is_out(signed_in: SignedIn, acme: Acme) -> None:
    browser = signed_in("anna")
    boss = operator(acme.database, acme.account.id, acme.clock)
    held = acme.database.connection.execute("SELECT id FROM tokens WHERE kind = 'browser'").fetchone()[0]
    tokens.revoke(boss, held)
    assert browser.open("/").headers["location"] == "/sign-in"


def test_a_user_who_is_deactivated_is_out(signed_in: SignedIn, acme: Acme) -> None:
    browser = signed_in("ben")
    people.deactivate(operator(acme.database, acme.account.id, acme.clock), acme.ben.id)
    assert not browser.is_signed_in


def test_a_browser_that_does_not_come_back_for_two_weeks_is_out(signed_in: SignedIn, acme: Acme) -> None:
    browser = signed_in("anna")
    acme.clock.forward(days=14, seconds=1)
    reply = browser.open(f"/key-results/{acme.revenue}?from=mail")
    assert reply.status == 303
    assert reply.headers["location"] == f"/sign-in?next=%2Fkey-results%2F{acme.revenue}%3Ffrom%3Dmail"


def test_a_cookie_is_renewed_after_a_day_and_the_old_one_holds_a_minute(signed_in: SignedIn, acme: Acme) -> None:
    browser = signed_in("anna")
    assert "set-cookie" not in browser.open("/").headers
    old = browser.cookie
    acme.clock.forward(days=1, seconds=1)
    assert "set-cookie" in browser.open("/").headers
    new = browser.cookie
    assert new != old
    acme.clock.forward(seconds=50)
    browser.cookie = old
    assert "set-cookie" not in browser.open("/").headers
    assert browser.is_signed_in
    acme.clock.forward(seconds=11)
    browser.cookie = old
    assert not browser.is_signed_in
    browser.cookie = new
    acme.clock.forward(days=13)
    assert browser.is_signed_in


def test_a_form_that_was_open_when_the_cookie_was_renewed_is_taken(signed_in: SignedIn, acme: Acme) -> None:
    browser = signed_in("anna")
    opened, path = browser.open(f"/key-results/{acme.revenue}"), f"/key-results/{acme.revenue}/check-ins"
    acme.clock.forward(days=1, seconds=1)
    renewing = browser.open(f"/key-results/{acme.revenue}")
    assert "set-cookie" in renewing.headers
    for page, value in ((opened, "40"), (renewing, "41")):
        assert browser.send(path, {**fields_of(page, path), "value": value}).status == 303


def test_a_page_and_its_pictures_renew_one_cookie_together(signed_in: SignedIn, acme: Acme) -> None:
    browser = signed_in("anna")
    old = acme.database.connection.execute("SELECT id, user_id FROM tokens WHERE kind = 'browser'").fetchone()
    context = Context(acme.database, Actor(acme.account.id, old[1], Role.ADMIN), acme.clock, "web")
    acme.clock.forward(days=1, seconds=1)
    assert signing_in.renewed(context, old[0])
    assert signing_in.renewed(context, old[0]) == ""
    assert acme.database.connection.execute("SELECT count(*) FROM tokens WHERE kind = 'browser'").fetchone() == (2,)
    assert browser.is_signed_in


def test_a_form_outlives_signing_in_again(signed_in: SignedIn, acme: Acme) -> None:
    browser, path = signed_in("anna"), f"/key-results/{acme.revenue}/check-ins"
    opened = browser.open(f"/key-results/{acme.revenue}")
    browser.submit("/sign-out", {})
    browser.sign_in(acme.tokens["anna"])
    assert browser.send(path, {**fields_of(opened, path), "value": "40"}).status == 303
    browser.sign_in(acme.tokens["ben"])
    assert browser.send(path, {**fields_of(opened, path), "value": "41"}).status == 403


def test_who_signs_out_in_the_moment_of_a_renewal_is_out(signed_in: SignedIn, acme: Acme) -> None:
    browser = signed_in("anna")
    proof = browser.proof()
    acme.clock.forward(days=1, seconds=1)
    reply = browser.send("/sign-out", {"proof": proof})
    assert (reply.status, reply.headers["location"]) == (303, "/sign-in")
    assert not browser.is_signed_in
    left = acme.database.connection.execute("SELECT count(*) FROM tokens WHERE kind = 'browser' AND revoked_at IS NULL")
    assert left.fetchone() == (0,)


def test_a_cookie_that_is_altered_or_made_up_opens_nothing(signed_in: SignedIn, acme: Acme) -> None:
    browser = signed_in("anna")
    name, _, value = browser.cookie.partition("=")
    middle = len(value) // 2
    altered = value[:middle] + ("A" if value[middle] != "A" else "B") + value[middle + 1 :]
    for made in (altered, value[:-4], "", acme.tokens["anna"], '"', "\\", f"{value}; {name}=x"):
        browser.cookie = f"{name}={made}"
        assert not browser.is_signed_in, made


@pytest.mark.parametrize(
    ("wanted", "goes_to"),
    [
        ("/cycles?page=2", "/cycles?page=2"),
        ("", "/"),
        ("https://evil.test/", "/"),
        ("//evil.test/", "/"),
        ("/\\evil.test/", "/"),
        ("/\t/evil.test/", "/"),
        ("/\r\nset-cookie: a=b", "/"),
        ("javascript:alert(1)", "/"),
        ("cycles", "/"),
    ],
)
def test_after_signing_in_one_stays_here(browser: Browser, acme: Acme, wanted: str, goes_to: str) -> None:
    assert browser.sign_in(acme.tokens["anna"], next=wanted).headers["location"] == goes_to


def test_the_cookie_is_for_this_site_alone(browser: Browser, acme: Acme) -> None:
    given = browser.sign_in(acme.tokens["anna"]).headers["set-cookie"]
    assert given.startswith("milepost=")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(given.split("; "))
    assert "Secure" not in given
    assert acme.tokens["anna"] not in given


def test_over_https_the_cookie_goes_over_nothing_else(acme: Acme) -> None:
    loop = asyncio.new_event_loop()
    settings = Settings(failed_sign_ins=0, public_url="https://okr.acme.test")
    with running(settings, acme.database, acme.clock) as application:
        browser = Browser(InProcess(application, loop))
        given = browser.sign_in(acme.tokens["anna"]).headers["set-cookie"]
        assert given.startswith("__Host-milepost=")
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(given.split("; "))
        assert browser.is_signed_in
        # A neighbour beneath the same domain, or whoever changes plain http, can plant a cookie of the plain name.
        ours = browser.cookie
        browser.cookie = ours.removeprefix("__Host-")
        assert not browser.is_signed_in
        browser.cookie = ours
        assert "__Host-milepost=;" in browser.submit("/sign-out", {}).headers["set-cookie"]
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()


@pytest.mark.parametrize("foreign", ['prefs={"a":1}', "x y=3", "s=\u00e9", "alone", "=", "milepost-other=1", 'q="a;b"'])
def test_cookies_of_other_services_sign_nobody_out(signed_in: SignedIn, foreign: str) -> None:
    browser = signed_in("anna")
    ours = browser.cookie
    for kept in (f"{foreign}; {ours}", f"{ours}; {foreign}"):
        browser.cookie = kept
        assert browser.is_signed_in, kept
        browser.cookie = kept

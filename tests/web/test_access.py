"""Tokens, keys and browsers: what is shown of them, once or for good, and who may make and close them."""

from __future__ import annotations

import io
import logging
import re
import sys
from collections.abc import Callable

import pytest

from acme import Acme
from browsing import Browser, text_of
from milepost import logs
from milepost.actions import keys, people, signing_in, tokens, ways_in
from milepost.actions.context import operator
from milepost.actions.people import UserChange
from milepost.app import running
from milepost.config import Settings
from milepost.domain import key
from milepost.domain.scope import Scope
from milepost.domain.token import Token, TokenKind
from milepost.store import keys as stored
from milepost.store.vault import vault
from milepost.web.pages import access as page
from statements import counted
from visiting import asked, visitor
from wire import InProcess

SignedIn = Callable[[str], Browser]
HOSTILE = "<script>document.title='taken'</script>\"'><img src=x onerror=\"document.title='taken'\">{{ 7*7 }}"
_TEXT = re.compile(r"mp_[0-9a-f]+_[0-9a-f]{48}")


def made(browser: Browser, **fields: str) -> str:
    """The text of a token that a browser has made."""
    reply = browser.submit("/access/tokens", {"name": "nightly", **fields})
    assert reply.status == 200, text_of(reply)
    (text,) = _TEXT.findall(reply.body.decode())
    return str(text)


def standing(acme: Acme, name: str) -> Token:
    return next(one for one in tokens.everyone(acme.context(acme.anna)) if one.name == name)


@pytest.mark.parametrize("who", ["anna", "ben", "vera"])
def test_a_token_is_shown_once_and_opens_the_api(signed_in: SignedIn, anna: InProcess, acme: Acme, who: str) -> None:
    browser = signed_in(who)
    text = made(browser, expires_at="2026-12-31")
    assert anna.acting(text, acme.account.id).get("v2/metrics").status == 200
    for path in ("/access", "/access?of=everybody", "/audit"):
        assert text not in browser.open(path).body.decode()
    assert "nightly" in text_of(browser.open("/access"))
    held = standing(acme, "nightly")
    assert held.user_id == getattr(acme, who).id
    assert held.expires_at == page.reading.day_in_utc("2026-12-31", "", [], end=True)
    assert anna.acting(text, acme.account.id).get("v2/metrics").status == 200


def test_the_answer_with_a_secret_is_kept_by_nobody_and_goes_nowhere(signed_in: SignedIn) -> None:
    reply = signed_in("ben").submit("/access/tokens", {"name": "nightly"})
    assert reply.status == 200
    assert "no-store" in reply.headers["cache-control"]
    assert not [value for value in reply.headers.values() if _TEXT.search(value)]
    assert not re.search(r'(?:href|action|src)="[^"]*mp_', reply.body.decode())
    assert "shown this once" in text_of(reply)


def test_a_secret_is_in_no_log_and_not_in_the_database(
    acme: Acme, anna: InProcess, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    said = io.StringIO()
    monkeypatch.setattr(sys, "stderr", said)
    with (
        caplog.at_level(logging.DEBUG),
        logs.written("json", requests=True),
        running(Settings(log_requests=True), acme.database, acme.clock) as application,
    ):
        browser = Browser(InProcess(application, anna._loop))
        browser.sign_in(acme.tokens["anna"])
        token = made(browser)
        link = _TEXT.findall(browser.submit(f"/people/{acme.ben.id}/link", {}).body.decode())[0]
    told = said.getvalue() + caplog.text
    assert "/access/tokens" in told
    kept = "\n".join(acme.database.connection.iterdump())
    for secret in (token, link):
        assert secret not in told
        assert secret not in kept
        assert secret.rpartition("_")[2] not in told + kept


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 5000}, "name"),
        ({"expires_at": "soon"}, "expires_at"),
        ({"expires_at": "2026-02-30"}, "expires_at"),
        ({"expires_at": "2026-08-16"}, "expires_at"),
        ({"scopes": "everything"}, "scopes"),
    ],
    ids=str,
)
def test_what_cannot_be_stands_beside_its_field(
    signed_in: SignedIn, acme: Acme, fields: dict[str, str], wrong: str
) -> None:
    before = tokens.everyone(acme.context(acme.anna))
    ben = signed_in("ben")
    reply = ben.submit("/access/tokens", {"name": "a <b>", **fields})
    assert reply.status == 400
    assert f'id="fault-{wrong}"' in reply.body.decode()
    assert _TEXT.search(reply.body.decode()) is None
    assert '<b>"' not in reply.body.decode()
    assert len(tokens.everyone(acme.context(acme.anna))) == len(before) + 1  # the browser's own


@pytest.mark.parametrize(
    ("who", "offered"),
    [("anna", {"read", "check-in", "write", "admin"}), ("ben", {"read", "check-in", "write"}), ("vera", {"read"})],
)
def test_nobody_makes_a_token_that_may_more_than_himself(
    signed_in: SignedIn, acme: Acme, who: str, offered: set[str]
) -> None:
    browser = signed_in(who)
    shown = browser.open("/access").body.decode()
    assert set(re.findall(r'name="scopes" value="([^"]*)"', shown)) == offered
    for scope in Scope:
        reply = browser.submit("/access/tokens", {"name": f"for {scope}", "scopes": scope})
        assert reply.status == (200 if scope in offered else 400), scope
        if scope in offered:
            assert standing(acme, f"for {scope}").scopes == (scope,)


@pytest.mark.parametrize("scopes", [{Scope.READ}, {Scope.WRITE, Scope.CHECK_IN}])
def test_who_came_in_with_less_makes_and_closes_nothing(browser: Browser, acme: Acme, scopes: set[Scope]) -> None:
    boss = operator(acme.database, acme.account.id, acme.clock)
    limited, text = tokens.add(boss, "anna@acme.test", "little", scopes=scopes)
    browser.sign_in(text)
    shown = browser.open("/access").body.decode()
    assert re.findall(r'method="post" action="([^"]*)"', shown) == ["/sign-out"]
    assert "sign in by a link" in shown
    for asked_for in ("read", ""):
        assert browser.submit("/access/tokens", {"name": "more", "scopes": asked_for}).status == 403
        assert browser.submit("/access/tokens", {"name": "more", "sort": "key", "scopes": asked_for}).status == 403
    other = standing(acme, "anna")
    assert browser.submit(f"/access/tokens/{other.id}/revoke", {}).status == 403
    assert browser.submit(f"/access/tokens/{limited.id}/revoke", {}).status == 403
    assert browser.submit(f"/access/keys/{other.id}/revoke", {}).status == 403
    assert standing(acme, "anna").revoked_at is None
    assert browser.submit("/sign-out", {}).status == 303


def test_a_token_for_all_of_an_admins_makes_others(browser: Browser, acme: Acme) -> None:
    boss = operator(acme.database, acme.account.id, acme.clock)
    browser.sign_in(tokens.add(boss, "anna@acme.test", "all", scopes={Scope.ADMIN})[1])
    assert made(browser)


def test_one_closes_ones_own_and_signs_out_elsewhere(signed_in: SignedIn, anna: InProcess, acme: Acme) -> None:
    here, there = signed_in("ben"), signed_in("ben")
    text = made(here)
    assert here.submit(f"/access/tokens/{standing(acme, 'nightly').id}/revoke", {}).headers["location"] == "/access"
    assert anna.acting(text, acme.account.id).get("v2/metrics").status == 401
    assert "nightly" not in text_of(here.open("/access"))
    shown = here.open("/access").body.decode()
    assert shown.count("this browser") == 1
    found = re.findall(r'action="(/access/tokens/\w+/revoke)">(?:(?!</form>).)*Sign out there', shown, re.DOTALL)
    assert len(found) == 1
    assert there.is_signed_in
    assert here.submit(found[0], {}).status == 303
    assert not there.is_signed_in
    assert here.is_signed_in


def test_others_ways_in_are_an_admins_to_close(signed_in: SignedIn, anna: InProcess, acme: Acme) -> None:
    ben, admin = signed_in("ben"), signed_in("anna")
    hers, his = standing(acme, "anna"), standing(acme, "ben")
    assert ben.open("/access?of=everybody").status == 403
    assert ben.submit(f"/access/tokens/{hers.id}/revoke", {}).status == 404
    assert "of=everybody" not in ben.open("/access").body.decode()
    shown = text_of(admin.open("/access?of=everybody"))
    assert all(name in shown for name in ("Ben Bauer", "Vera Viklund"))
    reply = admin.submit(f"/access/tokens/{his.id}/revoke", {"of": "everybody"})
    assert reply.headers["location"] == "/access?of=everybody"
    assert anna.acting(acme.tokens["ben"], acme.account.id).get("v2/metrics").status == 401
    assert standing(acme, "anna").revoked_at is None


def test_another_accounts_and_links_are_not_there(signed_in: SignedIn, acme: Acme) -> None:
    admin = signed_in("anna")
    theirs = next(one for one in tokens.everyone(acme.context(acme.rita)) if one.name == "rita")
    code = signing_in.link(acme.context(acme.anna), "ben@acme.test")
    link = signing_in.presented(acme.database, code, acme.clock())[1]
    assert link.kind is TokenKind.LINK
    for one in (theirs, link):
        assert admin.submit(f"/access/tokens/{one.id}/revoke", {}).status == 404
    assert link.id not in admin.open("/access?of=everybody").body.decode()
    assert "rita" not in admin.open("/access?of=everybody").body.decode()
    assert signing_in.presented(acme.database, code, acme.clock())[1].revoked_at is None


def test_signing_keys_are_seen_and_closed(signed_in: SignedIn, acme: Acme) -> None:
    sealed = vault("", acme.database.path)
    boss = operator(acme.database, acme.account.id, acme.clock)
    his, secret = keys.add(boss, sealed, "ben@acme.test", "robot")
    other = keys.add(operator(acme.database, acme.rival.id, acme.clock), sealed, "rita@rival.test", "rival robot")[0]
    ben, vera, admin = signed_in("ben"), signed_in("vera"), signed_in("anna")
    shown = ben.open("/access").body.decode()
    assert his.credential in shown
    assert secret not in shown
    assert his.credential not in vera.open("/access").body.decode()
    assert his.credential not in admin.open("/access").body.decode()
    everybodys = admin.open("/access?of=everybody").body.decode()
    assert his.credential in everybodys
    assert other.credential not in everybodys
    assert vera.submit(f"/access/keys/{his.id}/revoke", {}).status == 404
    assert admin.submit(f"/access/keys/{other.id}/revoke", {}).status == 404
    assert ben.submit(f"/access/keys/{his.id}/revoke", {}).status == 303
    assert keys.everyone(boss)[0].revoked_at is not None
    assert his.credential not in ben.open("/access").body.decode()


@pytest.mark.parametrize("who", ["ben", "vera"])
def test_a_signing_key_is_shown_once_and_signs(
    signed_in: SignedIn, acme: Acme, who: str, caplog: pytest.LogCaptureFixture
) -> None:
    browser = signed_in(who)
    with caplog.at_level(logging.DEBUG):
        reply = browser.submit("/access/tokens", {"name": "robot", "sort": "key", "scopes": "read"})
    assert reply.status == 200
    found = re.search(r"(mk_\w+) ([0-9a-f]{64})", text_of(reply))
    assert found is not None
    credential, secret = found.groups()
    sealed = vault("", acme.database.path)
    signed = key.signature(secret, b"a message")
    actor = keys.authenticate(acme.database, sealed, credential, b"a message", signed)
    assert (actor.user_id, actor.scopes) == (getattr(acme, who).id, (Scope.READ,))
    shown = browser.open("/access").body.decode()
    assert credential in shown
    assert secret not in shown + caplog.text + "\n".join(acme.database.connection.iterdump())
    assert not [value for value in reply.headers.values() if secret in value]


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [({"name": ""}, "name"), ({"scopes": "admin"}, "scopes"), ({"expires_at": "2027-01-01"}, "expires_at")],
    ids=str,
)
def test_a_signing_key_that_cannot_be_is_not_made(
    signed_in: SignedIn, acme: Acme, fields: dict[str, str], wrong: str
) -> None:
    reply = signed_in("ben").submit("/access/tokens", {"name": "robot", "sort": "key", **fields})
    assert reply.status == 400
    assert f'id="fault-{wrong}"' in reply.body.decode()
    assert keys.everyone(acme.context(acme.anna)) == []


def test_a_secret_that_cannot_be_read_is_told_to_the_operator(
    signed_in: SignedIn, acme: Acme, caplog: pytest.LogCaptureFixture
) -> None:
    """Those of other accounts are none of this one's business, and are in nobody's way."""
    boss, sealed = acme.context(acme.anna), vault("", acme.database.path)
    rival = keys.add(acme.context(acme.rita), sealed, "rita@rival.test", "robot")[0]
    stored.reseal(acme.database, rival, "v1.lost.AAAA")
    ben, fields = signed_in("ben"), {"name": "robot", "sort": "key"}
    assert ben.submit("/access/tokens", fields).status == 200
    (ours,) = keys.everyone(boss)
    stored.reseal(acme.database, ours, "v1.lost.AAAA")
    reply = ben.submit("/access/tokens", fields)
    assert reply.status == 503
    assert ours.credential not in reply.body.decode()
    assert ours.credential in caplog.text
    assert len(keys.everyone(boss)) == 1


def test_what_does_not_open_any_more_is_not_shown(signed_in: SignedIn, acme: Acme) -> None:
    ben = signed_in("ben")
    made(ben, expires_at="2026-08-18")
    assert "nightly" in text_of(ben.open("/access"))
    acme.clock.forward(days=2)
    assert "nightly" not in text_of(ben.open("/access"))


def test_who_is_not_active_is_marked(signed_in: SignedIn, acme: Acme) -> None:
    people.revise(acme.context(acme.anna), acme.ben.id, UserChange(is_active=False))
    assert "not active" in text_of(signed_in("anna").open("/access?of=everybody"))


def test_what_people_write_is_text(signed_in: SignedIn) -> None:
    anna = signed_in("anna")
    for reply in (
        anna.submit("/access/tokens", {"name": HOSTILE}),
        anna.submit("/access/tokens", {"name": HOSTILE, "expires_at": HOSTILE}),
        anna.open("/access"),
        anna.open("/access?of=everybody"),
    ):
        assert "<script>document" not in reply.body.decode()
        assert "<img src=x" not in reply.body.decode()
        assert "&lt;script&gt;" in reply.body.decode()


def test_the_list_costs_the_same_however_many_there_are(acme: Acme) -> None:
    context, boss = acme.context(acme.anna), visitor(acme, acme.anna)
    costs = []
    for size in (1, 10, 100):
        for number in range(size):
            tokens.add(context, ("anna@acme.test", "ben@acme.test")[number % 2], f"{size} {number}")
        with counted(acme.database) as run:
            assert page.show(asked(query={"of": "everybody"}), boss).status == 200
        costs.append(len(run))
    assert costs[0] == costs[1] == costs[2] <= 6, costs


def test_no_more_than_the_newest_are_shown(signed_in: SignedIn, acme: Acme, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ways_in, "SHOWN", 3)
    for number in range(4):
        acme.clock.forward(seconds=1)
        tokens.add(acme.context(acme.anna), "anna@acme.test", f"token {number}")
    anna = signed_in("anna")
    shown = text_of(anna.open("/access"))
    assert "token 3" in shown
    assert "token 0" not in shown
    assert "These are the newest" in shown

"""Who signs in by a provider of OpenID Connect, and whom its word does not let in."""

from __future__ import annotations

import asyncio
import gzip
import logging
import time
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from joserfc.jwk import RSAKey

from acme import Acme
from browsing import Browser, text_of
from milepost.actions import people
from milepost.actions.context import operator
from milepost.actions.people import UserChange
from milepost.app import running
from milepost.config import BadSetting, OpenId, Settings, from_environment
from milepost.domain.people import Role
from milepost.web import provider as single_provider
from openid import CLIENT, SECRET, Provider, provider
from wire import InProcess, Reply

Served = Callable[..., Browser]


@pytest.fixture
def vouching(acme: Acme) -> Iterator[Provider]:
    with provider(acme.clock) as made:
        yield made


@pytest.fixture
def served(acme: Acme, vouching: Provider) -> Iterator[Served]:
    """A browser of a server that has the provider, with other settings where they are given."""
    loop = asyncio.new_event_loop()
    started = []

    def made(**changes: object) -> Browser:
        openid = OpenId(vouching.issuer, CLIENT, SECRET, "Acme SSO", any_email=bool(changes.pop("any_email", False)))
        context = running(Settings(failed_sign_ins=0, openid=openid), acme.database, acme.clock)
        started.append(context)
        return Browser(InProcess(context.__enter__(), loop))

    yield made
    for context in started:
        context.__exit__(None, None, None)
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()


def signed_in(browser: Browser, vouching: Provider, wanted: str = "") -> Reply:
    """What the browser is given at the end of the whole way."""
    away = browser.open(f"/sign-in/provider?next={wanted}" if wanted else "/sign-in/provider")
    assert away.status == 303, text_of(away)
    back = urlsplit(vouching.authorized(away.headers["location"]))
    return browser.open(f"{back.path}?{back.query}")


def test_whoever_the_provider_knows_is_in(served: Served, vouching: Provider, acme: Acme) -> None:
    browser = served()
    page = browser.open("/sign-in?next=/cycles")
    assert "Sign in with Acme SSO" in text_of(page)
    assert 'href="/sign-in/provider?next=/cycles"' in page.body.decode()
    reply = signed_in(browser, vouching, "/cycles")
    assert (reply.status, reply.headers["location"]) == (303, "/cycles")
    assert "Anna Ahlberg" in text_of(browser.open("/"))
    trail = acme.database.connection.execute("SELECT action FROM audit ORDER BY number DESC LIMIT 3").fetchall()
    assert [row[0] for row in trail] == ["token.added", "token.revoked", "token.added"]


def test_without_a_provider_there_is_no_such_way(browser: Browser) -> None:
    assert "provider" not in browser.open("/sign-in").body.decode()
    assert browser.open("/sign-in/provider").status == 404


def test_case_does_not_matter(served: Served, vouching: Provider) -> None:
    vouching.said["email"] = "Anna@ACME.test"
    assert signed_in(served(), vouching).status == 303


def test_what_the_token_leaves_out_the_provider_is_asked_for(served: Served, vouching: Provider) -> None:
    vouching.said = {"sub": "1"}
    vouching.info = {"sub": "1", "email": "anna@acme.test", "email_verified": "true"}
    assert signed_in(served(), vouching).status == 303


def test_a_provider_may_want_the_secret_in_the_body(served: Served, vouching: Provider) -> None:
    vouching.methods = ["client_secret_post"]
    assert signed_in(served(), vouching).status == 303


def test_who_has_several_accounts_chooses(served: Served, vouching: Provider, acme: Acme) -> None:
    theirs = operator(acme.database, acme.rival.id, acme.clock)
    people.add(theirs, UserChange(email="anna@acme.test", first_name="Anna", last_name="Elsewhere", role=Role.MEMBER))
    browser = served()
    page = signed_in(browser, vouching)
    assert page.status == 200
    assert "Which account?" in text_of(page)
    codes = [part.split('"')[0] for part in page.body.decode().split('name="code" value="')[1:]]
    assert len(codes) == 2
    assert all(name in text_of(page) for name in (acme.account.name, acme.rival.name))
    assert browser.sign_in(codes[0]).status == 303
    assert browser.is_signed_in


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        ({"email_verified": False}, "has not verified"),
        ({"email_verified": None}, "has not verified"),
        ({"email": None}, "does not tell your e-mail address"),
        ({"email": ["anna@acme.test"]}, "does not tell your e-mail address"),
        ({"email": "nobody@acme.test"}, "nobody here has the address nobody@acme.test"),
        ({"nonce": "another"}, "proves nothing"),
        ({"nonce": None}, "proves nothing"),
        ({"aud": "somebody else"}, "proves nothing"),
        ({"aud": [CLIENT, "somebody else"], "azp": "somebody else"}, "proves nothing"),
        ({"iss": "https://evil.test"}, "proves nothing"),
        ({"exp": 1}, "proves nothing"),
        ({"exp": None}, "proves nothing"),
    ],
    ids=str,
)
def test_what_proves_nothing_lets_nobody_in(
    served: Served, vouching: Provider, claims: dict[str, object], words: str
) -> None:
    vouching.claims, vouching.info = claims, {"sub": "1"}
    browser = served()
    reply = signed_in(browser, vouching)
    assert reply.status == 403
    assert words in text_of(reply).replace("Nobody", "nobody")
    assert not browser.is_signed_in


def test_a_provider_of_one_company_may_be_taken_at_its_word(served: Served, vouching: Provider) -> None:
    vouching.claims = {"email_verified": None}
    assert signed_in(served(any_email=True), vouching).status == 303


def test_another_key_does_not_sign_for_it(served: Served, vouching: Provider) -> None:
    vouching.published = RSAKey.generate_key(2048, {"kid": "one"})
    assert signed_in(served(), vouching).status == 403


def test_what_the_client_could_have_signed_itself_is_not_taken(served: Served, vouching: Provider) -> None:
    vouching.algorithm = "HS256"
    assert signed_in(served(), vouching).status == 403


def test_two_people_are_not_one(served: Served, vouching: Provider) -> None:
    vouching.said, vouching.info = {"sub": "1"}, {"sub": "2", "email": "anna@acme.test", "email_verified": True}
    assert "two people" in text_of(signed_in(served(), vouching))


def test_who_is_no_longer_active_stays_out(served: Served, vouching: Provider, acme: Acme) -> None:
    boss = operator(acme.database, acme.account.id, acme.clock)
    people.deactivate(boss, people.by_email(boss, "ben@acme.test").id)
    vouching.said["email"] = "ben@acme.test"
    assert signed_in(served(), vouching).status == 403


def test_a_refusal_is_passed_on(served: Served, vouching: Provider) -> None:
    vouching.refuses = "not <b>today</b>"
    reply = signed_in(served(), vouching)
    assert reply.status == 403
    assert "not &lt;b&gt;today&lt;/b&gt;" in reply.body.decode()


def test_an_answer_belongs_to_the_browser_that_asked(served: Served, vouching: Provider) -> None:
    first = served()
    second = Browser(first.wire)
    back = urlsplit(vouching.authorized(first.open("/sign-in/provider").headers["location"]))
    answer = f"{back.path}?{back.query}"
    assert second.open(answer).status == 403
    second.open("/sign-in/provider")
    assert "not the answer to what this browser asked" in text_of(second.open(answer))
    assert first.open(answer).status == 303
    again = first.open(answer)
    assert again.status == 403, "an answer is good once"


def test_a_question_is_not_asked_for_ever(served: Served, vouching: Provider, acme: Acme) -> None:
    browser = served()
    back = urlsplit(vouching.authorized(browser.open("/sign-in/provider").headers["location"]))
    acme.clock.forward(seconds=16 * 60)
    assert "too long ago" in text_of(browser.open(f"{back.path}?{back.query}"))


def test_the_way_on_stays_here(served: Served, vouching: Provider) -> None:
    for wanted in ("//evil.test", "https://evil.test", "/\\evil.test"):
        assert signed_in(served(), vouching, wanted).headers["location"] == "/"


def test_a_provider_that_is_another_is_not_asked(
    served: Served, vouching: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    vouching.other_issuer = "https://evil.test"
    with caplog.at_level(logging.WARNING, "milepost"):
        reply = served().open("/sign-in/provider")
    assert reply.status == 403
    assert "it says that it is https://evil.test" in caplog.text
    assert "evil" not in text_of(reply)


def test_a_provider_that_talks_without_end_is_not_listened_to(served: Served, vouching: Provider) -> None:
    vouching.long = True
    assert served().open("/sign-in/provider").status == 403


def _padded(text: bytes) -> Iterator[bytes]:
    yield text[:-1] + b', "padding": "' + b"x" * 2_000_000 + b'"}'


def _packed(text: bytes) -> Iterator[bytes]:
    yield gzip.compress(text)


def _dripping(text: bytes) -> Iterator[bytes]:
    for place in range(len(text)):
        yield text[place : place + 1]
        time.sleep(0.003)


def _as_it_is(text: bytes) -> Iterator[bytes]:
    yield text


@pytest.mark.parametrize(
    ("sending", "encoding", "status"),
    [(_as_it_is, "", 303), (_padded, "", 403), (_packed, "gzip", 403), (_dripping, "", 403)],
)
def test_a_token_is_short_and_comes_soon(
    served: Served,
    vouching: Provider,
    monkeypatch: pytest.MonkeyPatch,
    sending: Callable[[bytes], Iterator[bytes]],
    encoding: str,
    status: int,
) -> None:
    monkeypatch.setattr(single_provider, "_SECONDS", 1.0)
    vouching.token_is, vouching.token_encoding = sending, encoding
    assert signed_in(served(), vouching).status == status


@pytest.mark.parametrize("spelled", ["strasse@acme.test", "Straße@acme.test", "stra\u017f\u017fe@acme.test"])
def test_letters_that_fold_alike_are_not_the_same_address(
    served: Served, vouching: Provider, acme: Acme, spelled: str
) -> None:
    """Else whoever owns one address gets in with the other's account."""
    boss = operator(acme.database, acme.account.id, acme.clock)
    people.add(boss, UserChange(email="strasse@acme.test", name="Anna Strasse"))
    vouching.said["email"] = spelled
    assert signed_in(served(), vouching).status == (303 if spelled.isascii() else 403)


def test_it_is_not_asked_where_its_pages_are_for_everybody(served: Served, vouching: Provider) -> None:
    browser = served()
    for _ in range(3):
        assert signed_in(browser, vouching).status == 303
    assert vouching.asked.count("/.well-known/openid-configuration") == 1


def test_a_provider_that_is_gone_is_told_of(served: Served, vouching: Provider, acme: Acme) -> None:
    vouching.issuer = "http://127.0.0.1:9"
    reply = served().open("/sign-in/provider")
    assert reply.status == 403
    assert "Acme SSO cannot be asked" in text_of(reply)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"MILEPOST_OIDC_ISSUER": "https://sso.test"}, "are set together"),
        ({"MILEPOST_OIDC_CLIENT_ID": "us"}, "are set together"),
        (
            {"MILEPOST_OIDC_ISSUER": "http://sso.test", "MILEPOST_OIDC_CLIENT_ID": "us"},
            "it is an address such as https://",
        ),
        ({"MILEPOST_OIDC_ISSUER": "sso.test", "MILEPOST_OIDC_CLIENT_ID": "us"}, "it is an address such as https://"),
        ({"MILEPOST_OIDC_ANY_EMAIL": "yes"}, "it can be on or off"),
    ],
    ids=str,
)
def test_what_cannot_be_set(settings: dict[str, str], words: str) -> None:
    with pytest.raises(BadSetting, match=words):
        from_environment(settings)


def test_the_secret_is_shown_nowhere() -> None:
    found = from_environment(
        {
            "MILEPOST_OIDC_ISSUER": "https://sso.test",
            "MILEPOST_OIDC_CLIENT_ID": "us",
            "MILEPOST_OIDC_CLIENT_SECRET": "the secret",
        }
    )
    assert found.openid is not None
    assert (found.openid.name, found.openid.client_secret) == ("sso.test", "the secret")
    assert "the secret" not in repr(found) + repr(found.openid)

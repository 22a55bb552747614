"""Tokens and signing keys by themselves: how they are made, what may be brought along, and when they hold."""

from __future__ import annotations

import re

import msgspec
import pytest

from milepost.domain import key, token
from milepost.domain.errors import Fault, Invalid
from milepost.domain.people import email_key, full_name
from milepost.domain.token import Token

SHORT, LONG = "0123456789abcdef01234567", "01234567-89ab-4def-8123-456789abcdef"
OTHER = "f" * 24


def faults(call: object, *arguments: str) -> tuple[Fault, ...]:
    assert callable(call)
    with pytest.raises(Invalid) as refused:
        call(*arguments)
    return refused.value.faults


def test_when_a_token_holds() -> None:
    standing = Token("a", "t", "u", "n", "d", created_at=0)
    assert standing.holds_at(10**18)
    ending = msgspec.structs.replace(standing, expires_at=100)
    assert [ending.holds_at(now) for now in (99, 100, 101)] == [True, False, False]
    for one in (standing, ending):
        assert not msgspec.structs.replace(one, revoked_at=50).holds_at(10)


@pytest.mark.parametrize("account", [SHORT, LONG])
def test_what_is_issued_names_its_account(account: str) -> None:
    text = token.issue(account)
    assert re.fullmatch(rf"mp_{account.replace('-', '')}_[0-9a-f]{{48}}", text)
    assert token.issue(account) != text
    assert (token.account_of(text), token.brought(text, account)) == (account, text)
    credential, secret = key.issue(account)
    assert re.fullmatch(rf"mk_{account.replace('-', '')}_[0-9a-f]{{16}}", credential)
    assert re.fullmatch("[0-9a-f]{64}", secret)
    assert key.issue(account) != (credential, secret)
    assert (key.account_of(credential), key.brought(credential, secret, account)) == (account, (credential, secret))
    assert faults(token.brought, text, OTHER) == (
        Fault("value", "Milepost made this token for another account, and its text says so: make a new one"),
    )
    wrong = Fault(
        "credential", "Milepost made this credential for another account, and its text says so: make a new one"
    )
    assert faults(key.brought, credential, secret, OTHER) == (wrong,)


def test_what_was_brought_along_names_no_account() -> None:
    for text in ("x" * 16, "!~" * 2_048, "mp_short_secret_text"):
        assert token.account_of(text) is None
        assert token.brought(text, SHORT) == text
    message = "a token is 16 to 4,096 printable ASCII characters without spaces"
    for text in ("x" * 15, "x" * 4_097, "with a space in it", "with-ünicode-in-it", "x" * 16 + "\n"):
        assert faults(token.brought, text, SHORT) == (Fault("value", message),)


def test_pairs_that_are_brought_along() -> None:
    for credential, secret in (("c", "s" * 8), ("c" * 200, "s" * 4_096), ("!%'~", "two words and ünicode")):
        assert key.account_of(credential) is None
        assert key.brought(credential, secret, SHORT) == (credential, secret)
    bad = Fault("credential", "a credential is 1 to 200 printable ASCII characters without spaces and &")
    for credential in ("", "c" * 201, "a b", "a&b", "ü", "c\n"):
        assert faults(key.brought, credential, "s" * 8, SHORT) == (bad,)
    for secret in ("s" * 7, "s" * 4_097):
        wanted = Fault("secret", "a secret is 8 to 4,096 characters long")
        assert faults(key.brought, "c", secret, SHORT) == (wanted,)
        assert faults(key.brought, "", secret, SHORT) == (bad, wanted)
    for secret in ("two\nlines of it", "ends in a line\n", "a\0 in the middle", "half of a \ud800"):
        assert faults(key.brought, "c", secret, SHORT) == (Fault("secret", "a secret is one line of text"),)


def test_digests_and_signatures() -> None:
    """Against what sha256sum and openssl dgst -hmac say."""
    assert token.digest("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert len(token.digest("half of a pair \ud800")) == 64
    signed = key.signature("key", b"The quick brown fox jumps over the lazy dog")
    assert signed == "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8"


def test_people() -> None:
    assert full_name("Given", "Anna", "Ahlberg", "a@acme.test") == "Given"
    assert full_name("", " Anna ", " Ahlberg ", "a@acme.test") == "Anna Ahlberg"
    assert full_name("", "", "Ahlberg", "a@acme.test") == "Ahlberg"
    assert full_name("", " ", "", "a@acme.test") == "a@acme.test"
    assert email_key(" Anna@ACME.test ") == email_key("anna@acme.TEST") == "anna@acme.test"
    assert email_key("STRASSE@x") == email_key("straße@x")

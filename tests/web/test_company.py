"""`/company`: admins say what the account is called, and when silence counts."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from acme import Acme
from browsing import Browser, text_of
from milepost.actions import accounts
from milepost.actions.verification import verify

SignedIn = Callable[[str], Browser]


def _sent(**changed: str) -> dict[str, str]:
    return {"name": "Acme & Sons", "stale_days": "14", **changed}


def test_an_admin_says_what_it_is_called_and_when_silence_counts(signed_in: SignedIn, acme: Acme) -> None:
    anna = signed_in("anna")
    assert 'href="/company"' in anna.open("/people").body.decode()
    assert anna.open("/company").status == 200
    reply = anna.submit("/company", _sent())
    assert (reply.status, reply.headers["location"]) == (303, "/people")
    account = accounts.find(acme.database, acme.account.id)
    assert (account.name, account.stale_days) == ("Acme & Sons", 14)
    assert "Acme &amp; Sons" in anna.open("/").body.decode()
    assert "account.revised" in [row[0] for row in acme.database.connection.execute("SELECT action FROM audit")]
    verify(acme.database, None)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": " "}, "Name is required."),
        ({"name": "x" * 10_000}, "Name "),
        ({"stale_days": "0"}, "Days until a key result is stale is a number of days from 1 to 366."),
        ({"stale_days": "-3"}, "is a number of days from 1 to 366."),
        ({"stale_days": "1e2"}, "is a number of days from 1 to 366."),
        ({"stale_days": "9" * 5_000}, "is a number of days from 1 to 366."),
        ({"stale_days": "٧"}, "is a number of days from 1 to 366."),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(
    signed_in: SignedIn, acme: Acme, wrong: dict[str, str], words: str
) -> None:
    reply = signed_in("anna").submit("/company", _sent(**wrong))
    assert reply.status == 400
    assert words in text_of(reply)
    account = accounts.find(acme.database, acme.account.id)
    assert (account.name, account.stale_days) == (acme.account.name, 7)


@pytest.mark.parametrize("who", ["ben", "vera"])
def test_others_neither_see_it_nor_change_it(signed_in: SignedIn, acme: Acme, who: str) -> None:
    browser = signed_in(who)
    assert 'href="/company"' not in browser.open("/people").body.decode()
    assert browser.open("/company").status == 403
    assert browser.submit("/company", _sent()).status == 403
    assert accounts.find(acme.database, acme.account.id).name == acme.account.name

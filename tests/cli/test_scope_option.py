"""`milepost token` and `milepost key`: what one is for, when it was last used, and settings that cannot be taken."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from server import serving, wait_until
from terminal import Terminal
from wire import Live

KINDS = pytest.mark.parametrize("kind", ["token", "key"])


@KINDS
def test_scopes_are_listed_in_their_order(company: Terminal, kind: str) -> None:
    made = company.right(kind, "add", "--user", "anna@acme.test", "--scope", "write", "--scope", "read", "--json").json
    assert made["scopes"] == ["read", "write"]
    company.right(kind, "add", "--user", "anna@acme.test")
    assert [one["scopes"] for one in company.right(kind, "list", "--json").json] == [["read", "write"], []]
    head, limited, free = company.right(kind, "list").out.splitlines()
    assert {"SCOPES", "LAST", "USED"} <= set(head.split())
    assert "read write" in limited
    assert " all " in free
    assert company.right("verify").out.startswith("ok")


@KINDS
def test_a_scope_that_there_is_not(company: Terminal, kind: str) -> None:
    outcome = company(kind, "add", "--user", "anna@acme.test", "--scope", "everything")
    assert outcome.code == 2
    assert "'read', 'check-in', 'write', 'admin'" in outcome.err


@pytest.fixture
def used(company: Terminal) -> Iterator[str]:
    """The token of a client that has called a server once."""
    text = company.right("token", "add", "--user", "anna@acme.test", "--scope", "read").line
    with serving(company.url) as server, closing(Live(server.address, text)) as wire:
        assert wire.get("v1/users").status == 200
        assert wire.request("POST", "v1/sessions", {"title": "Q4"}).status == 403
        wait_until(lambda: bool(company.right("token", "list", "--json").json[0]["last_used_at"]))
        yield text


def test_the_last_use_is_listed(company: Terminal, used: str) -> None:
    (one,) = company.right("token", "list", "--json").json
    assert one["created_at"] < one["last_used_at"]
    assert one["last_used_at"][:19] in company.right("token", "list").out


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("MILEPOST_TRUSTED_PROXIES", "*", "* is no address or network: write 10.0.0.5, 10.0.0.0/8, or nothing"),
        ("MILEPOST_CONNECTIONS_PER_ADDRESS", "some", "write a number such as 1000, or off"),
        ("MILEPOST_FAILED_SIGN_INS", "0", "write a number such as 60, or off"),
    ],
)
def test_a_setting_that_cannot_be_taken_ends_every_command(
    company: Terminal, monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str
) -> None:
    monkeypatch.setenv(name, value)
    outcome = company("user", "list")
    assert (outcome.code, outcome.err) == (1, f"milepost: {name}: {words}\n")

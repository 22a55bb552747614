"""Tokens and the account header, as far as a client can tell."""

from __future__ import annotations

import pytest

from acme import Acme
from milepost.actions import tokens
from milepost.actions.context import operator
from wire import InProcess


def test_a_token_is_opaque_and_has_no_dots(acme: Acme) -> None:
    assert all("." not in text for text in acme.tokens.values())


def test_a_revoked_token_is_refused(ben: InProcess, acme: Acme) -> None:
    boss = operator(acme.database, acme.account.id, acme.clock)
    (mine,) = [token for token in tokens.everyone(boss) if token.name == "ben"]
    assert ben.get("v1/users/app/me").status == 200
    tokens.revoke(boss, mine.id)
    assert ben.get("v1/users/app/me").status == 401


def test_an_expired_token_is_refused_and_one_without_an_end_holds_for_years(ben: InProcess, acme: Acme) -> None:
    boss = operator(acme.database, acme.account.id, acme.clock)
    soon = acme.clock() + 60_000_000
    _, text = tokens.add(boss, "ben@acme.test", "short", expires_at=soon)
    short = ben.acting(text, acme.account.id)
    assert short.get("v1/users/app/me").status == 200
    acme.clock.forward(seconds=61)
    assert short.get("v1/users/app/me").status == 401
    acme.clock.forward(days=3_650)
    assert ben.get("v1/users/app/me").status == 200


def test_a_token_that_a_client_brought_along_works(ben: InProcess, acme: Acme) -> None:
    boss = operator(acme.database, acme.account.id, acme.clock)
    tokens.add(boss, "ben@acme.test", "old", value="an-older-token-of-ours")
    assert ben.acting("an-older-token-of-ours", acme.account.id).get("v1/users/app/me").status == 200


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Basic YTpi", "Token x", "Bearer x.y.z", "Bearer \xff\xfe", "Bearer mp_0_0"],
)
def test_anything_else_is_a_401_with_a_challenge(anna: InProcess, acme: Acme, header: str) -> None:
    nobody = anna.acting("", acme.account.id)
    for path in ("v2/metrics", f"v1/metrics/{acme.revenue}", "v1/goals", "v1/nothing", "v2/nothing"):
        answer = nobody.request("GET", path, headers={"authorization": header} if header else {})
        assert answer.status == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert answer.headers["content-type"] == "application/problem+json"


def test_the_account_header_may_be_missing_but_for_metrics(anna: InProcess, acme: Acme) -> None:
    bare = anna.acting(acme.tokens["ben"], "")
    for path in ("v1/goals", f"v1/goals/{acme.growth}", "v2/sessions", "v1/users", "v1/users/app/me", "v1/assignees"):
        assert bare.get(path).status == 200, path
    for path in ("v2/metrics", "v1/metrics", f"v1/metrics/{acme.revenue}", f"v1/metrics/owner/{acme.anna.id}"):
        assert bare.get(path).status == 400, path


def test_a_suspended_account_answers_402_but_for_itself(anna: InProcess, suspended: Acme) -> None:
    for path in ("v2/metrics", "v1/goals", "v1/users/app/me", "v1/sessions", "v1/nothing"):
        assert anna.get(path).status == 402, path
    answer = anna.get(f"v1/accounts/{suspended.account.id}")
    assert (answer.status, answer.json["status"]) == (200, "suspended")

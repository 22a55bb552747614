"""When a token or a key was last used: exact to an hour, never waited for, and no change of anybody's."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Any

import pytest

from acme import Acme
from engines import rows
from milepost.actions import last_use, tokens
from milepost.actions.context import operator
from milepost.actions.last_use import LastUse
from milepost.actions.verification import verify
from wire import InProcess


class Writes:
    """A writer that writes when it is told to."""

    def __init__(self, acme: Acme) -> None:
        self._database = acme.database
        self.queued: list[Any] = []

    def __call__(self, change: Any, account: str) -> Future[Any]:
        self.queued.append((change, account))
        return Future()

    def run(self) -> None:
        for change, _ in self.queued:
            with self._database.transaction():
                change()
        self.queued.clear()


def used(acme: Acme, name: str) -> int | None:
    boss = operator(acme.database, acme.account.id, acme.clock)
    (token,) = [one for one in tokens.everyone(boss) if one.name == name]
    return token.last_used_at


def test_a_call_is_noted(acme: Acme, anna: InProcess) -> None:
    assert used(acme, "anna") is None
    before = acme.clock()
    assert anna.get("v1/users").status == 200
    # The change is behind what was queued for this in the one writer.
    assert anna.patch(f"v1/metrics/{acme.revenue}", {"actual": 7}).status == 200
    at = used(acme, "anna")
    assert at is not None
    assert before <= at <= acme.clock(), "a list in which it was used before it was made looks wrong"
    assert used(acme, "ben") is None
    verify(acme.database, None)


def test_one_that_is_refused_is_not(acme: Acme, anna: InProcess) -> None:
    assert anna.acting(acme.tokens["ben"] + "0", "").get("v1/users").status == 401
    assert anna.patch(f"v1/metrics/{acme.revenue}", {"actual": 7}).status == 200
    assert used(acme, "ben") is None


def test_it_is_written_once_an_hour(acme: Acme) -> None:
    writes = Writes(acme)
    seen, elsewhere = LastUse(acme.database, writes), LastUse(acme.database, writes)
    actor = tokens.authenticate(acme.database, acme.tokens["anna"], acme.clock())
    for _ in range(3):
        seen.note(actor, acme.clock())
    assert [account for _, account in writes.queued] == [acme.account.id]
    writes.run()
    first = used(acme, "anna")
    acme.clock.forward(seconds=1_800)
    elsewhere.note(actor, acme.clock())  # another process, which does not know
    writes.run()
    assert used(acme, "anna") == first
    acme.clock.forward(seconds=1_900)
    later = acme.clock()
    seen.note(actor, later)
    writes.run()
    assert used(acme, "anna") == later


def test_a_clock_that_is_set_back(acme: Acme) -> None:
    writes = Writes(acme)
    seen = LastUse(acme.database, writes)
    actor = tokens.authenticate(acme.database, acme.tokens["anna"], acme.clock())
    seen.note(actor, acme.clock())
    acme.clock.forward(days=-3)
    earlier = acme.clock()
    seen.note(actor, earlier)
    writes.run()
    assert used(acme, "anna") == earlier


def test_no_number_of_tokens_fills_the_memory(acme: Acme, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(last_use, "_MOST", 3)
    seen = LastUse(acme.database, Writes(acme))
    for name in ("anna", "ben", "vera", "rita"):
        seen.note(tokens.authenticate(acme.database, acme.tokens[name], acme.clock()), acme.clock())
    assert len(seen._noted) <= 3


def test_it_is_no_change_in_the_trail(acme: Acme, anna: InProcess) -> None:
    before = rows(acme.database, "SELECT count(*) FROM audit WHERE account_id = :account", account=acme.account.id)
    anna.get("v1/users")
    assert anna.patch(f"v1/metrics/{acme.revenue}", {"description": "New"}).status == 200
    after = rows(acme.database, "SELECT count(*) FROM audit WHERE account_id = :account", account=acme.account.id)
    assert after[0][0] == before[0][0] + 1

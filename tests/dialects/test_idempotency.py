"""Idempotency-Key: what is sent again with its key is answered again, and done once."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from typing import Any
from uuid import uuid4

import pytest

from acme import Acme, Clock
from calls import Call, Dialect, calls_of
from checking_in import Stored, client
from engines import held, rows
from gtmhub_calls import GTMHUB
from milepost import app
from milepost.actions import accounts, people, tokens
from milepost.actions.context import operator
from milepost.actions.erasure import erase
from milepost.actions.people import UserChange
from milepost.asgi.lanes import Lane
from milepost.config import Settings
from milepost.domain.account import AccountStatus
from milepost.domain.instants import Instant
from milepost.domain.people import Role
from milepost.manners import is_keyed
from milepost.store import kept_answers
from server import serving
from simpleokr_calls import SIMPLEOKR
from wire import InProcess, Reply, Wire

HEADER, AGAIN = "idempotency-key", "idempotent-replayed"
CALLS = calls_of(GTMHUB, SIMPLEOKR)
KEYED = [call for call in CALLS if is_keyed(call.route)]
OTHERS = [call for call in CALLS if not is_keyed(call.route)]
DIALECTS = (GTMHUB, SIMPLEOKR)
AT_ONCE = 16

every_dialect = pytest.mark.parametrize("dialect", DIALECTS, ids=str)


def key(text: str = "") -> dict[str, str]:
    """The header with a key, or with one of its own."""
    return {HEADER: text or str(uuid4())}


def told(reply: Reply) -> tuple[int, bytes, dict[str, str]]:
    """An answer without what is new each time."""
    headers = {name: value for name, value in reply.headers.items() if name not in (AGAIN, "x-request-id")}
    return reply.status, reply.body, headers


def maker(dialect: Dialect) -> Call:
    """The call that makes an objective."""
    return next(call for call in KEYED if call.dialect is dialect and call.route.path in ("/goals", "/objectives"))


def count(acme: Acme, table: str = "objectives") -> int:
    """How many rows of a table Acme has."""
    query = f"SELECT count(*) FROM {table} WHERE account_id = :account"
    return int(rows(acme.database, query, account=acme.account.id)[0][0])


def test_every_change_takes_a_key_but_for_deletions() -> None:
    assert {call.method for call in KEYED} == {"POST", "PUT", "PATCH"}
    assert [call for call in OTHERS if call.route.lane is Lane.WRITE and call.method != "DELETE"] == []


@pytest.mark.parametrize("call", KEYED, ids=str)
def test_sent_again_it_is_answered_again_and_changes_nothing(anna: InProcess, acme: Acme, call: Call) -> None:
    dialect, of, same = call.dialect, call.dialect.ours(acme), key()
    body = call.body(of)
    before = held(acme.database, acme.account.id)
    first = call.send(anna, of, body, headers=same)
    assert first.status in dialect.successes
    assert AGAIN not in first.headers
    after = held(acme.database, acme.account.id)
    assert after != before
    for _ in range(2):
        again = call.send(anna, of, body, headers=same)
        assert again.headers[AGAIN] == "true"
        assert told(again) == told(first)
    address = call.address(of)
    for other in (
        anna.request(call.method, address, {"name": "another"}, headers=same),
        anna.request(call.method, f"{address}?formatting=plainText", body, headers=same),
        anna.request(call.method, address, raw=b"", headers=same),
        maker(dialect).send(anna, of, {"name": "of another call"}, headers=same),
    ):
        dialect.refused(other, 422)
    assert held(acme.database, acme.account.id) == after
    assert call.send(anna, of, headers=key()).headers.get(AGAIN) is None


@pytest.mark.parametrize("call", OTHERS, ids=str)
def test_what_takes_no_key_passes_it_over(anna: InProcess, acme: Acme, call: Call) -> None:
    of = call.dialect.ours(acme)
    reply = call.send(anna, of, headers=key("\x7f"))
    assert (reply.status in call.dialect.successes, reply.headers.get(AGAIN)) == (True, None)
    assert count(acme, "kept_answers") == 0


@every_dialect
@pytest.mark.parametrize("wrong", ["", "x" * 256, "ä", "a\x00", "a\tb", "\x7f"])
def test_what_can_be_no_key_is_refused(anna: InProcess, acme: Acme, dialect: Dialect, wrong: str) -> None:
    of, before = dialect.ours(acme), count(acme)
    dialect.refused(maker(dialect).send(anna, of, headers={HEADER: wrong}), 400)
    assert count(acme) == before
    for right in ("x" * 255, '"a b"', "~"):
        assert maker(dialect).send(anna, of, headers={HEADER: right}).status in dialect.successes


@every_dialect
def test_what_was_refused_may_be_sent_right(anna: InProcess, acme: Acme, dialect: Dialect) -> None:
    call, of, same = maker(dialect), dialect.ours(acme), key()
    dialect.refused(call.send(anna, of, {"name": 5}, headers=same), 400)
    first = call.send(anna, of, headers=same)
    assert (first.status in dialect.successes, first.headers.get(AGAIN)) == (True, None)
    dialect.refused(call.send(anna, of, {"name": 5}, headers=same), 422)


@every_dialect
def test_what_failed_is_not_kept_and_what_is_not_kept_has_failed(
    anna: InProcess, acme: Acme, dialect: Dialect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The change and its answer are one transaction."""
    call, of, same = maker(dialect), dialect.ours(acme), key()
    before = held(acme.database, acme.account.id)

    def failing(*_: Any) -> None:
        raise RuntimeError("no room for the answer")

    with monkeypatch.context() as patch:
        patch.setattr(kept_answers, "keep", failing)
        dialect.refused(call.send(anna, of, headers=same), 500)
    assert held(acme.database, acme.account.id) == before
    assert AGAIN not in call.send(anna, of, headers=same).headers
    assert count(acme) == len(before["objectives"]) + 1


@every_dialect
def test_an_answer_is_given_again_for_a_day(anna: InProcess, acme: Acme, dialect: Dialect) -> None:
    call, of, same = maker(dialect), dialect.ours(acme), key()
    first = call.send(anna, of, headers=same)
    acme.clock.forward(seconds=86_399)
    assert call.send(anna, of, headers=same).body == first.body
    acme.clock.forward(seconds=1)
    later = call.send(anna, of, headers=same)
    assert (later.status, later.headers.get(AGAIN)) == (first.status, None)
    assert later.body != first.body
    assert call.send(anna, of, headers=same).body == later.body


@every_dialect
def test_a_key_is_its_token_s_own(
    anna: InProcess, ben: InProcess, rita: InProcess, acme: Acme, dialect: Dialect
) -> None:
    call, of, same = maker(dialect), dialect.ours(acme), key()
    boss = operator(acme.database, acme.account.id, acme.clock)
    another = anna.acting(tokens.add(boss, "anna@acme.test", "another")[1], acme.account.id)
    made = [call.send(one, of, headers=same) for one in (anna, another, ben)]
    assert len({reply.body for reply in made}) == 3
    assert [reply.headers.get(AGAIN) for reply in made] == [None] * 3
    theirs = call.send(rita, dialect.theirs(acme), headers=same)
    assert (theirs.status in dialect.successes, theirs.headers.get(AGAIN)) == (True, None)


@every_dialect
@pytest.mark.parametrize("shut_out", ["a viewer now", "inactive", "revoked", "expired", "suspended", "no token"])
def test_an_answer_is_only_for_who_may_still_make_the_call(
    anna: InProcess, acme: Acme, dialect: Dialect, shut_out: str
) -> None:
    call, of, same = maker(dialect), dialect.ours(acme), key()
    boss = operator(acme.database, acme.account.id, acme.clock)
    token, text = tokens.add(boss, "ben@acme.test", "once", expires_at=acme.clock.now + 3_600_000_000)
    caller = anna.acting(text, acme.account.id)
    assert call.send(caller, of, headers=same).status in dialect.successes
    match shut_out:
        case "a viewer now":
            people.revise(boss, acme.ben.id, UserChange(role=Role.VIEWER))
        case "inactive":
            people.deactivate(boss, acme.ben.id)
        case "revoked":
            tokens.revoke(boss, token.id)
        case "expired":
            acme.clock.forward(seconds=3_600)
        case "suspended":
            accounts.set_status(boss, AccountStatus.SUSPENDED)
        case _:
            caller = anna.acting("", acme.account.id)
    refused = call.send(caller, of, headers=same)
    dialect.refused(refused, {"a viewer now": 403, "suspended": 402}.get(shut_out, 401))
    assert AGAIN not in refused.headers


def test_of_many_at_once_one_is_done_and_the_others_are_told_to_ask_again(anna: InProcess, acme: Acme) -> None:
    """They share a commit with others, some of which fail."""
    of, before = GTMHUB.ours(acme), count(acme)
    call, same, loop = maker(GTMHUB), key(), anna._loop
    headers = {
        "host": "milepost.test", "authorization": f"Bearer {anna.token}", "gtmhub-accountid": acme.account.id,
    }  # fmt: skip
    body = b'{"name": "New", "sessionId": "%b"}' % of.cycle.encode()
    wrong = b'{"name": "New", "sessionId": "%b"}' % GTMHUB.nobodys.cycle.encode()

    async def together() -> list[Reply]:
        sent = [anna.asend("POST", call.address(of), headers | same, body) for _ in range(20)]
        sent += [anna.asend("POST", call.address(of), headers | key(), wrong) for _ in range(20)]
        sent += [anna.asend("POST", call.address(of), headers | key(f"k{number}"), body) for number in range(20)]
        return list(await asyncio.gather(*sent))

    replies = loop.run_until_complete(together())
    alike, wrong_ones, others = replies[:20], replies[20:40], replies[40:]
    assert {reply.status for reply in alike} <= {201, 409}
    assert [reply.headers.get(AGAIN) for reply in alike if reply.status == 201].count(None) == 1
    assert all(reply.headers["retry-after"] == "1" for reply in alike if reply.status == 409)
    if acme.database.is_embedded:  # elsewhere who is asked on a thread who he is may come when it is done
        assert [reply.status for reply in alike].count(409) == 19
    assert {reply.status for reply in wrong_ones} == {400}
    assert {reply.status for reply in others} == {201}
    assert count(acme) == before + 21
    done = next(reply for reply in alike if reply.status == 201)
    assert loop.run_until_complete(anna.asend("POST", call.address(of), headers | same, body)).body == done.body
    for number, first in enumerate(others):
        again = loop.run_until_complete(anna.asend("POST", call.address(of), headers | key(f"k{number}"), body))
        assert (again.body, again.headers[AGAIN]) == (first.body, "true")


class Held(Clock):
    """A clock that the writer's thread finds stopped: a change that reads it is at work until it is let go."""

    def __init__(self, now: Instant) -> None:
        super().__init__(now)
        self.reached, self.go = threading.Event(), threading.Event()

    def __call__(self) -> Instant:
        if threading.current_thread().name == "milepost-writer":
            self.reached.set()
            assert self.go.wait(60)
        return super().__call__()


@contextmanager
def serving_in_process(url: str, clock: Clock, acting: Acme) -> Iterator[InProcess]:
    """An application with a database of its own, as another process has it."""
    loop = asyncio.new_event_loop()
    with closing(app.database(url)) as database, app.running(Settings(), database, clock) as application:
        yield InProcess(application, loop, acting.tokens["anna"], acting.account.id)
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()


@every_dialect
def test_a_key_that_is_at_work_in_another_process_is_not_waited_for(stored: Stored, dialect: Dialect) -> None:
    acme, call, same = stored.acme, maker(dialect), key()
    with closing(app.database(stored.url)) as database:
        acme.database = database
        of, before, clock = dialect.ours(acme), count(acme), Held(acme.clock.now)
        with (
            serving_in_process(stored.url, clock, acme) as there,
            serving_in_process(stored.url, acme.clock, acme) as here,
            ThreadPoolExecutor(1) as pool,
        ):
            at_work = pool.submit(call.send, there, of, headers=same)
            assert clock.reached.wait(60)
            refused = call.send(here, of, headers=same)
            clock.go.set()
            first = at_work.result(60)
            again = call.send(here, of, headers=same)
        dialect.refused(refused, 409)
        assert refused.headers["retry-after"] == "1"
        assert (first.status in dialect.successes, first.headers.get(AGAIN)) == (True, None)
        assert (again.body, again.headers[AGAIN]) == (first.body, "true")
        assert count(acme) == before + 1


def test_many_threads_with_one_key_and_two_workers_make_one_change(stored: Stored) -> None:
    acme, address = stored.acme, f"v1/metrics/{stored.acme.revenue}/checkin"
    together = threading.Barrier(AT_ONCE)
    with serving(stored.url, 2) as server:

        def send(same: dict[str, str]) -> list[Reply]:
            replies: list[Reply] = []
            with closing(client(server, acme)) as wire:
                together.wait(60)
                while not replies or replies[-1].status == 409:
                    replies.append(wire.request("POST", address, {"actual": 7}, headers=same))
            return replies

        with ThreadPoolExecutor(AT_ONCE) as pool:
            rounds = [list(pool.map(send, [key()] * AT_ONCE)) for _ in range(5)]
    for found in rounds:
        last = [replies[-1] for replies in found]
        assert {reply.status for reply in last} == {201}
        assert len({reply.body for reply in last}) == 1
        assert [reply.headers.get(AGAIN) for reply in last].count(None) == 1
        refused = [reply for replies in found for reply in replies[:-1]]
        assert all((reply.status, reply.headers["retry-after"]) == (409, "1") for reply in refused)
    with closing(app.database(stored.url)) as database:
        acme.database = database
        assert count(acme, "check_ins") == len(rounds)


def test_old_answers_go_as_new_ones_come(anna: InProcess, acme: Acme) -> None:
    call, of = maker(GTMHUB), GTMHUB.ours(acme)
    for _ in range(20):
        call.send(anna, of, headers=key())
    acme.clock.forward(days=1)
    kept = []
    for _ in range(4):
        call.send(anna, of, headers=key())
        kept.append(count(acme, "kept_answers"))
    assert kept == [13, 6, 3, 4]


def test_an_erasure_forgets_every_answer_of_the_account(anna: InProcess, rita: InProcess, acme: Acme) -> None:
    call = maker(GTMHUB)
    for caller, of in ((anna, GTMHUB.ours(acme)), (rita, GTMHUB.theirs(acme))):
        assert call.send(caller, of, headers=key()).status == 201
    erase(acme.context(acme.anna), "ben@acme.test")
    left = rows(acme.database, "SELECT account_id FROM kept_answers WHERE account_id = :account", account=acme.rival.id)
    assert (count(acme, "kept_answers"), len(left)) == (0, 1)


def test_of_a_request_only_a_digest_is_kept(anna: Wire, acme: Acme) -> None:
    of = GTMHUB.ours(acme)
    reply = anna.request("PUT", f"v1/goals/{of.objective}/status", {"status": "achieved", "x": "SECRET"}, headers=key())
    assert reply.status == 204
    (kept,) = held(acme.database, acme.account.id)["kept_answers"]
    assert not any(word in repr(kept) for word in ("SECRET", "achieved", of.objective))

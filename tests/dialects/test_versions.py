"""ETag, If-None-Match and If-Match: which version of an item an answer shows, and calls that depend on it."""

from __future__ import annotations

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import pytest

from acme import Acme
from calls import Call, Dialect, Records, calls_of
from checking_in import Stored, client
from engines import held
from gtmhub_calls import GTMHUB
from milepost import app
from milepost.actions import key_results, objectives, tasks
from milepost.asgi.lanes import Lane
from milepost.asgi.request import headers_of
from milepost.domain.change import KeyResultChange, ObjectiveChange
from milepost.domain.task import TaskChange
from server import serving
from simpleokr_calls import SIMPLEOKR
from wire import InProcess, Reply

CALLS = calls_of(GTMHUB, SIMPLEOKR)
ITEMS = [call for call in CALLS if call.method == "GET" and call.route.tagged]
CHANGES = [call for call in CALLS if call.route.lane is Lane.WRITE]
_PATHS = {(call.dialect, call.route.path): call for call in ITEMS}
OF_ITEMS = [call for call in CHANGES if (call.dialect, call.route.path) in _PATHS]
TAGGED = [call for call in CHANGES if call.route.tagged]
STALE = '"0123456789abcdef0123456789abcdef"'
AT_ONCE = 12


def tag(client: InProcess, address: str) -> str:
    """The tag of the item at an address."""
    reply = client.request("GET", address)
    assert reply.status == 200, reply.body
    return reply.headers["etag"]


def place(call: Call, of: Records, reply: Reply) -> str:
    """Where GET gives the item that a change has answered with."""
    here = call.address(of).partition("?")[0]
    if (call.dialect, call.route.path) in _PATHS:
        return here
    prefix, kind = call.dialect.prefixes(call.route)[0], call.route.path.split("/")[-1]
    return f"{prefix}/users/{of.user}" if "{email}" in call.route.path else f"{prefix}/{kind}/{reply.json['id']}"


@pytest.mark.parametrize("call", ITEMS, ids=str)
def test_an_item_has_a_tag_and_who_has_it_is_not_sent_it_again(anna: InProcess, acme: Acme, call: Call) -> None:
    of = call.dialect.ours(acme)
    first = call.send(anna, of)
    current = first.headers["etag"]
    assert re.fullmatch(r'"[0-9a-f]{32}"', current)
    assert call.send(anna, of).headers["etag"] == current
    assert anna.request("HEAD", call.address(of)).headers["etag"] == current
    for held_ in (current, f"W/{current}", f'"a,b", W/"c" ,{current}', "*"):
        for method in ("GET", "HEAD"):
            reply = anna.request(method, call.address(of), headers={"if-none-match": held_})
            assert (reply.status, reply.body, reply.headers["etag"]) == (304, b"", current)
            assert not {"content-type", "content-length"} & reply.headers.keys()
    for other in (STALE, current.strip('"'), "", f"W/{STALE}", current.upper().replace('"', '"x')):
        assert call.send(anna, of, headers={"if-none-match": other}).body == first.body
    assert call.send(anna, of, headers={"if-match": current}).body == first.body
    call.dialect.refused(call.send(anna, of, headers={"if-match": STALE}), 412)
    # Neither says anything to who may not ask, or of what is not there.
    always = {"if-none-match": "*", "if-match": STALE}
    call.dialect.refused(call.send(anna.acting("", ""), of, headers=always), 401)
    if "{" in call.route.path and "{sub}" not in call.route.path:
        call.dialect.refused(call.send(anna, call.dialect.nobodys, headers=always), 404)


@pytest.mark.parametrize("call", [call for call in CALLS if call.method == "GET" and call not in ITEMS], ids=str)
def test_a_list_has_none(anna: InProcess, acme: Acme, call: Call) -> None:
    reply = call.send(anna, call.dialect.ours(acme), headers={"if-none-match": "*", "if-match": STALE})
    assert (reply.status, reply.headers.get("etag")) == (200, None)


@pytest.mark.parametrize("call", CHANGES, ids=str)
def test_a_change_that_gives_an_item_has_the_tag_that_get_gives(anna: InProcess, acme: Acme, call: Call) -> None:
    of = call.dialect.ours(acme)
    reply = call.send(anna, of)
    assert ("etag" in reply.headers) is (call in TAGGED)
    if call in TAGGED:
        assert tag(anna, place(call, of, reply)) == reply.headers["etag"]
        # With a query, GET may show something else.
        again = anna.request(call.method, f"{call.address(call.dialect.ours(acme))}?x=y", call.body(of))
        assert "etag" not in again.headers
    elif reply.status not in (204,) and call.method != "DELETE":
        assert (call.dialect, call.route.path) not in _PATHS


@pytest.mark.parametrize("call", OF_ITEMS, ids=str)
def test_a_change_for_another_version_is_not_made(anna: InProcess, acme: Acme, call: Call) -> None:
    dialect, of = call.dialect, call.dialect.ours(acme)
    current = tag(anna, call.address(of))
    before = held(acme.database, acme.account.id)
    for condition in (
        {"if-match": STALE},
        {"if-match": f"W/{current}"},
        {"if-match": current.strip('"')},
        {"if-match": ""},
        {"if-none-match": "*"},
        {"if-none-match": f"W/{current}, {STALE}"},
        {"if-match": current, "if-none-match": current},
    ):
        dialect.refused(call.send(anna, of, headers=condition), 412)
        # What the version is counts before what is wrong with the body, and after who asks, and whether it is there.
        dialect.refused(call.send(anna, of, raw=b"{", headers=condition), 412)
        dialect.refused(call.send(anna.acting("", ""), of, headers=condition), 401)
        dialect.refused(call.send(anna, dialect.nobodys, headers=condition), 404)
    assert held(acme.database, acme.account.id) == before
    matching = {"if-match": f"{STALE}, {current}", "if-none-match": STALE}
    assert call.send(anna, of, headers=matching).status in dialect.successes
    assert held(acme.database, acme.account.id) != before
    if call.method != "DELETE":
        dialect.refused(call.send(anna, of, headers=matching), 412)
        assert call.send(anna, of, headers={"if-match": "*"}).status in dialect.successes


@pytest.mark.parametrize("call", [call for call in CHANGES if call not in OF_ITEMS], ids=str)
def test_where_there_is_no_item_no_version_can_be_meant(anna: InProcess, acme: Acme, call: Call) -> None:
    of = call.dialect.ours(acme)
    before = held(acme.database, acme.account.id)
    call.dialect.refused(call.send(anna, of, headers={"if-match": STALE}), 412)
    assert held(acme.database, acme.account.id) == before
    assert call.send(anna, of, headers={"if-match": "*", "if-none-match": STALE}).status in call.dialect.successes


def test_the_tag_follows_everything_that_is_shown(anna: InProcess, acme: Acme) -> None:
    """A metric shows its goal's name, and a line that ends today."""
    address, context = f"/api/v1/metrics/{acme.revenue}", acme.context(acme.anna)
    key_results.revise(context, acme.revenue, KeyResultChange(description="**bold**"))
    tags = [tag(anna, address)]
    objectives.revise(context, acme.growth, ObjectiveChange(name="Another name"))
    tags.append(tag(anna, address))
    anna.post(f"v1/metrics/{acme.revenue}/checkin", {"actual": 3})
    tags.append(tag(anna, address))
    acme.clock.forward(days=1)
    tags.append(tag(anna, address))
    for query in ("?fields=name", "?formatting=plainText", "?expand=tasks"):
        tags.append(tag(anna, address + query))
    assert len(set(tags)) == len(tags)
    acme.clock.forward(seconds=1)
    assert tag(anna, address) == tags[3]


def test_a_condition_with_a_query_is_about_what_get_shows_with_it(anna: InProcess, acme: Acme) -> None:
    address = f"/api/v1/metrics/{acme.revenue}"
    whole, part = tag(anna, address), tag(anna, f"{address}?fields=name")
    assert anna.request("PATCH", address, {"name": "b"}, headers={"if-match": part}).status == 412
    assert anna.request("PATCH", f"{address}?fields=name", {"name": "b"}, headers={"if-match": whole}).status == 412
    assert anna.request("PATCH", f"{address}?fields=name", {"name": "b"}, headers={"if-match": part}).status == 200


def test_the_answer_of_a_change_is_what_get_gives_whatever_stands_around_it(anna: InProcess, acme: Acme) -> None:
    """With a history, tasks, a key result that goes into it, and a closed goal above it."""
    context = acme.context(acme.anna)
    into = KeyResultChange(name="Beneath", parent_id=acme.revenue)
    beneath = key_results.add(context, acme.growth, into).key_result.id
    tasks.add(context, TaskChange(name="A task", parent_id=acme.revenue, owner_id=acme.ben.id))
    for value in (3, 5, 4):
        assert anna.post(f"v1/metrics/{beneath}/checkin", {"actual": value}).status == 201
        acme.clock.forward(days=1)
    anna.put(f"v1/goals/{acme.growth}/status", {"status": "achieved"})
    for path in (f"v1/metrics/{acme.revenue}", f"v1/metrics/{beneath}", f"v1/goals/{acme.growth}"):
        for body in ({"name": "Another"}, {"name": "Another", "tags": [{"title": "x"}]}, {"nobodyKnows": 1}):
            reply = anna.patch(path, body)
            assert (reply.status, reply.headers["etag"]) == (200, tag(anna, f"/api/{path}")), reply.body


def test_a_change_that_is_sent_again_has_the_answer_of_the_first_though_the_version_is_another(
    anna: InProcess, acme: Acme
) -> None:
    address = f"/api/v1/goals/{acme.growth}"
    headers = {"if-match": tag(anna, address), "idempotency-key": "k"}
    first = anna.request("PATCH", address, {"name": "Another"}, headers=headers)
    again = anna.request("PATCH", address, {"name": "Another"}, headers=headers)
    assert (first.status, again.status, again.body, again.headers["etag"]) == (
        200, 200, first.body, first.headers["etag"],
    )  # fmt: skip
    assert again.headers["idempotent-replayed"] == "true"
    stale = {"if-match": STALE, "idempotency-key": "other"}
    assert anna.request("PATCH", address, {"name": "c"}, headers=stale).status == 412
    current = {"if-match": first.headers["etag"], "idempotency-key": "other"}
    assert anna.request("PATCH", address, {"name": "c"}, headers=current).status == 200


@pytest.mark.parametrize("dialect", [GTMHUB, SIMPLEOKR], ids=str)
def test_of_many_who_change_the_same_version_one_does(stored: Stored, dialect: Dialect) -> None:
    """Over two processes."""
    acme = stored.acme
    with closing(app.database(stored.url)) as database:
        acme.database = database
        of = dialect.ours(acme)
    call = next(call for call in OF_ITEMS if call.dialect is dialect and call.method in ("PATCH", "POST"))
    address, body, together = call.address(of), call.body(of), threading.Barrier(AT_ONCE)
    with serving(stored.url, 2) as server:

        def send(round_: int) -> list[tuple[int, Any]]:
            with closing(client(server, acme)) as wire:
                found = []
                for number in range(3):
                    current = wire.request("GET", address).headers["etag"]
                    together.wait(60)
                    named = body | {"name": f"{round_} {number}"}
                    reply = wire.request(call.method, address, named, headers={"if-match": current})
                    found.append((reply.status, reply.json.get("name")))
                    together.wait(60)
                return found

        with ThreadPoolExecutor(AT_ONCE) as pool:
            answers = list(pool.map(send, range(AT_ONCE)))
    for number in range(3):
        statuses = sorted(found[number][0] for found in answers)
        assert statuses == [200] + [412] * (AT_ONCE - 1)


def test_several_lines_of_a_condition_are_one_list() -> None:
    sent = [(b"if-match", b'"a"'), (b"accept", b"x"), (b"If-Match", b'"b"'), (b"accept", b"y")]
    assert headers_of({"headers": sent}) == {"if-match": '"a", "b"', "accept": "x"}

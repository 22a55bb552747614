"""A walk over every route table: nobody gets in without a token; roles, suspended accounts and unknown addresses."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest

from acme import Acme
from calls import Call, Dialect, Records, calls_of, name
from engines import held
from gtmhub_calls import GTMHUB
from milepost.actions import accounts, people, tokens
from milepost.actions.context import operator
from milepost.actions.people import UserChange
from milepost.asgi import endpoint
from milepost.asgi.endpoint import Endpoint, Paths
from milepost.asgi.places import Places
from milepost.domain.account import AccountStatus
from milepost.domain.people import GRANTS, Role
from milepost.web import application as web
from milepost.web import static
from simpleokr_calls import SIMPLEOKR
from wire import InProcess

# All that answers without a token, beside a browser's preflight. Nothing is public by accident: add to it on purpose.
PUBLIC = [
    "/api/openapi.json",
    "/docs",
    "/docs/page.css",
    "/docs/page.js",
    "/docs/swagger-ui-bundle.js",
    "/docs/swagger-ui-standalone-preset.js",
    "/docs/swagger-ui.css",
    "/healthz",
    "/in/{code}",
    "/readyz",
    "/sign-in",
    *map(static.address, static.NAMES),
    "/v1/openapi.json",
]

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW")

DIALECTS = (GTMHUB, SIMPLEOKR)
CALLS = calls_of(*DIALECTS)

every_call = pytest.mark.parametrize("call", CALLS, ids=str)
every_dialect = pytest.mark.parametrize("dialect", DIALECTS, ids=str)


def everywhere(call: Call, of: Records) -> Iterator[str]:
    """Every address of a call, with a slash at the end of its path and without."""
    for address in call.addresses(of):
        path, question, query = address.partition("?")
        yield address
        yield f"{path}/{question}{query}"


def credentials(acme: Acme) -> dict[str, str]:
    """Authorization headers that open nothing, by what is wrong with them."""
    boss = operator(acme.database, acme.account.id, acme.clock)
    good = acme.tokens["anna"]
    revoked, revoked_text = tokens.add(boss, "anna@acme.test", "revoked")
    tokens.revoke(boss, revoked.id)
    _, expired_text = tokens.add(boss, "anna@acme.test", "expired", expires_at=acme.clock() + 1)
    gone = people.add(boss, UserChange(email="gone@acme.test", role=Role.ADMIN))
    _, inactive_text = tokens.add(boss, gone.email)
    people.deactivate(boss, gone.id)
    acme.clock.forward(seconds=1)
    return {
        "none": "",
        "no scheme": good,
        "another scheme": f"Basic {good}",
        "a scheme alone": "Bearer ",
        "two tokens": f"Bearer {good} {good}",
        "a digest": f"Bearer {acme.database.connection.execute('SELECT digest FROM tokens').fetchone()[0]}",
        "unknown": f"Bearer {good[:-1]}{'0' if good[-1] != '0' else '1'}",
        "not latin": "Bearer \xe4\xf6\xfc\xff",
        "quoted": f"Bearer ' OR 1=1 -- {good}",
        "of another account by its text": f"Bearer {good.replace(acme.account.id, acme.rival.id)}",
        "revoked": f"Bearer {revoked_text}",
        "expired": f"Bearer {expired_text}",
        "of an inactive user": f"Bearer {inactive_text}",
        "a token for a signature": f"S1-HMAC-SHA256 {good}",
        "a signature of nobody's": "S1-HMAC-SHA256 Credential=x&Timestamp=2026-08-17T12:00:01Z&Signature=0",
    }


@every_dialect
def test_no_route_answers_without_a_good_token(acme: Acme, anna: InProcess, dialect: Dialect) -> None:
    of = dialect.ours(acme)
    before = held(acme.database, acme.account.id)
    stranger = anna.acting("", acme.account.id)
    for wrong, header in credentials(acme).items():
        for call in calls_of(dialect):
            for address in everywhere(call, of):
                reply = stranger.request(call.method, address, call.body(of), headers={"authorization": header})
                assert reply.status == 401, f"{wrong}: {call.method} {address}"
                dialect.refused(reply, 401)
                assert reply.headers["www-authenticate"].startswith(dialect.challenge)
    after = held(acme.database, acme.account.id)
    for table in ("accounts", "cycles", "objectives", "key_results", "check_ins", "teams"):
        assert after[table] == before[table]


@every_dialect
@pytest.mark.parametrize("shut_out", ["revoked", "suspended"])
def test_who_sends_a_body_slowly_is_asked_again(
    acme: Acme, anna: InProcess, dialect: Dialect, shut_out: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    boss, of = operator(acme.database, acme.account.id, acme.clock), dialect.ours(acme)

    def shut() -> None:
        if shut_out == "suspended":
            accounts.set_status(boss, AccountStatus.SUSPENDED)
            return
        for one in tokens.everyone(boss):
            tokens.revoke(boss, one.id)

    call = next(one for one in calls_of(dialect) if one.method == "POST")
    monkeypatch.setattr(endpoint, "_SLOW_BODY", 0.0)
    slow = anna.acting(anna.token, anna.account)
    slow.meanwhile = shut
    reply = slow.request(call.method, call.address(of), call.body(of))
    assert reply.status == (402 if shut_out == "suspended" else 401)


@every_call
def test_every_route_answers_its_own_account(anna: InProcess, acme: Acme, call: Call) -> None:
    """What the other tests see refused would be done otherwise."""
    of = call.dialect.ours(acme)
    for address in call.addresses(of)[:1]:
        reply = anna.request(call.method, address, call.body(of))
        assert reply.status in call.dialect.successes, reply.body


def test_what_needs_no_token_is_one_short_list(acme: Acme, anna: InProcess) -> None:
    router = anna._app
    while not isinstance(router, Places):
        router = vars(router).get("app") or vars(router)["_app"]
    assert isinstance(router.otherwise, Paths)
    assert sorted([*unguarded(router), *web.public(router.otherwise.paths)]) == sorted(PUBLIC)
    stranger = anna.acting("", "")
    for path in PUBLIC:
        # A link that nobody has made is none.
        assert stranger.request("GET", path).status == (404 if path == "/in/{code}" else 200)
    preflight = {
        "origin": "https://client.test",
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,gtmhub-accountid,content-type",
    }
    for call in CALLS:
        reply = stranger.request("OPTIONS", call.address(call.dialect.nobodys), headers=preflight)
        assert reply.status == 200
        assert reply.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in reply.headers


def unguarded(app: object, path: str = "") -> Iterator[str]:
    """The paths beneath a path that no dialect's gate guards. What answers all others counts too, but for the
    outermost, which says that there is nothing.
    """
    if isinstance(app, Places):
        for place, within in app.places:
            yield from unguarded(within, place.removesuffix("/"))
    elif isinstance(app, Paths):
        yield from unguarded(app.default, f"{path}/*")
        for inner, within in app.paths:
            yield from unguarded(within, f"{path}{inner}")
    elif not isinstance(app, Endpoint):
        yield path


@every_call
def test_a_suspended_account_is_asked_to_pay(anna: InProcess, acme: Acme, call: Call) -> None:
    dialect, of = call.dialect, call.dialect.ours(acme)
    accounts.set_status(operator(acme.database, acme.account.id, acme.clock), AccountStatus.SUSPENDED)
    before = held(acme.database, acme.account.id)
    for address in call.addresses(of):
        reply = anna.request(call.method, address, call.body(of))
        if name(call.route) in dialect.free:
            assert (reply.status, reply.json["status"]) == (200, "suspended")
        else:
            dialect.refused(reply, 402)
    assert held(acme.database, acme.account.id) == before
    accounts.set_status(operator(acme.database, acme.account.id, acme.clock), AccountStatus.ACTIVE)
    assert call.send(anna, of).status in dialect.successes


@every_dialect
def test_a_suspended_account_pays_before_it_learns_what_is_there(
    anna: InProcess, suspended: Acme, dialect: Dialect
) -> None:
    of = dialect.nobodys
    for address in dialect.nothing_here:
        dialect.refused(anna.request("GET", address.format(**msgspec.structs.asdict(of))), 402)
    for call in calls_of(dialect):
        if name(call.route) not in dialect.free:
            dialect.refused(call.send(anna, of), 402)
            dialect.refused(anna.request("BREW", call.address(of)), 402)


@every_call
@pytest.mark.parametrize("role", Role)
def test_roles(request: pytest.FixtureRequest, acme: Acme, call: Call, role: Role) -> None:
    caller: InProcess = request.getfixturevalue({"admin": "anna", "member": "ben", "viewer": "vera"}[role])
    dialect, nobodys = call.dialect, call.dialect.nobodys
    if call.route.needs in GRANTS[role]:
        for address in call.addresses(nobodys):
            reply = caller.request(call.method, address, None, raw=b"{}")
            assert reply.status in dialect.successes | {400, 404}, reply.body
    else:
        ours, theirs = dialect.ours(acme), dialect.theirs(acme)
        before = held(acme.database, acme.account.id)
        # Whether the record is there, or the body sound, is none of his business.
        for of in (ours, nobodys, theirs):
            for raw in (None, b"{"):
                dialect.refused(call.send(caller, of, call.body(ours), raw=raw), 403)
        assert held(acme.database, acme.account.id) == before


@pytest.mark.parametrize(
    ("dialect", "address"), [(one, address) for one in DIALECTS for address in one.nothing_here], ids=str
)
def test_unknown_addresses(anna: InProcess, acme: Acme, dialect: Dialect, address: str) -> None:
    filled = address.format(**msgspec.structs.asdict(dialect.ours(acme)))
    for method in METHODS:
        dialect.refused(anna.acting("", "").request(method, filled), 401)
        dialect.refused(anna.request(method, filled), 404)


@pytest.mark.parametrize(
    "address",
    [
        "/nothing",
        "/nothing/",
        "/api",
        "/api/",
        "/apis/v1/metrics",
        "/results",
        "/v2/users",
        "/v11/users",
        "/users",
    ],
)
def test_outside_of_the_dialects_there_is_nothing_to_guard(anna: InProcess, address: str) -> None:
    """Nothing, and no redirect either: an old client would not send its body again."""
    for caller in (anna, anna.acting("", "")):
        for method in ("GET", "POST"):
            GTMHUB.refused(caller.request(method, address), 404)


@every_dialect
def test_other_methods_are_refused_with_those_that_are_served(anna: InProcess, acme: Acme, dialect: Dialect) -> None:
    of = dialect.ours(acme)
    served: dict[str, set[str]] = {}
    for call in calls_of(dialect):
        for address in call.addresses(of):
            served.setdefault(address.partition("?")[0], set()).add(call.method)
    for address, methods in served.items():
        for method in METHODS:
            if method in methods or (method == "HEAD" and "GET" in methods):
                continue
            reply = anna.request(method, address)
            dialect.refused(reply, 405)
            assert reply.headers["allow"] == ", ".join(sorted(dialect.allowed(methods))), (method, address)
            dialect.refused(anna.acting("", "").request(method, address), 401)


@pytest.mark.parametrize("call", [call for call in CALLS if call.method == "GET"], ids=str)
def test_head_is_get_without_a_body_on_the_wire(anna: InProcess, acme: Acme, call: Call) -> None:
    address = call.address(call.dialect.ours(acme))
    head, get = anna.request("HEAD", address), anna.request("GET", address)
    assert (head.status, head.headers["content-type"]) == (get.status, get.headers["content-type"])

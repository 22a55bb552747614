"""A walk over the route table: nobody gets in without a token; roles, suspended accounts and unknown addresses."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest
from starlette.routing import BaseRoute, Mount, Router
from starlette.routing import Route as Path

import calls
from acme import Acme
from calls import BASES, NOBODYS, Records, assert_problem, held
from milepost.actions import accounts, people, tokens
from milepost.actions.context import operator
from milepost.actions.people import UserChange
from milepost.dialects.gtmhub.gate import Gate
from milepost.dialects.gtmhub.routes import ROUTES, Route
from milepost.domain.account import AccountStatus
from milepost.domain.people import GRANTS, Capability, Role
from wire import InProcess

# All that answers without a token, beside a browser's preflight. Nothing is public by accident: add to it on purpose.
PUBLIC = ["/healthz"]

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW")

every_route = pytest.mark.parametrize("route", ROUTES, ids=calls.name)


@pytest.fixture
def ours(acme: Acme) -> Records:
    return calls.ours(acme)


@pytest.fixture
def theirs(acme: Acme) -> Records:
    return calls.theirs(acme)


def everywhere(route: Route, of: Records) -> Iterator[str]:
    """Every address of a route: both base paths, each version that has it, with a slash at the end and without."""
    for base in BASES:
        for version in route.versions:
            yield f"{base}/{calls.path(route, of, version)}"
            yield f"{base}/{calls.path(route, of, version)}/"


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
    }


def test_no_route_answers_without_a_good_token(acme: Acme, anna: InProcess, ours: Records) -> None:
    before = held(acme.database, acme.account.id)
    stranger = anna.acting("", acme.account.id)
    for wrong, header in credentials(acme).items():
        for route in ROUTES:
            for address in everywhere(route, ours):
                reply = stranger.request(
                    route.method, address, calls.body(route, ours), headers={"authorization": header}
                )
                assert reply.status == 401, f"{wrong}: {route.method} {address}"
                assert_problem(reply, 401)
                assert reply.headers["www-authenticate"].startswith("Bearer")
    after = held(acme.database, acme.account.id)
    for table in ("accounts", "cycles", "objectives", "key_results", "check_ins"):
        assert after[table] == before[table]


@every_route
def test_a_header_of_another_account_is_refused(anna: InProcess, acme: Acme, route: Route, ours: Records) -> None:
    before = held(acme.database, acme.account.id), held(acme.database, acme.rival.id)
    for account in (acme.rival.id, "nonsense", acme.account.id + "0", "\xff"):
        wrong = anna.acting(acme.tokens["anna"], account)
        assert_problem(wrong.request(route.method, calls.path(route, ours), calls.body(route, ours)), 403)
    assert (held(acme.database, acme.account.id), held(acme.database, acme.rival.id)) == before


@every_route
def test_the_accounts_header_may_be_missing_but_on_metrics(
    anna: InProcess, acme: Acme, route: Route, ours: Records
) -> None:
    bare = anna.acting(acme.tokens["anna"], "")
    for version in route.versions:
        reply = bare.request(route.method, calls.path(route, ours, version), calls.body(route, ours))
        if route.path.startswith("/metrics"):
            problem = assert_problem(reply, 400)
            assert problem["errors"][0]["field"] == "gtmhub-accountId"
        else:
            assert reply.status in (200, 201, 204), reply.body


@every_route
def test_every_route_answers_its_own_account(anna: InProcess, route: Route, ours: Records) -> None:
    """What the other tests see refused would be done otherwise."""
    reply = anna.request(route.method, calls.path(route, ours), calls.body(route, ours))
    assert reply.status in (200, 201, 204), reply.body


def test_what_needs_no_token_is_one_short_list(acme: Acme, anna: InProcess) -> None:
    router = anna._app
    while not isinstance(router, Router):
        router = vars(router).get("app") or vars(router)["_app"]
    assert sorted(unguarded(router)) == PUBLIC
    stranger = anna.acting("", "")
    for path in PUBLIC:
        assert stranger.request("GET", path).status == 200
    preflight = {
        "origin": "https://client.test",
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,gtmhub-accountid,content-type",
    }
    for route in ROUTES:
        reply = stranger.request("OPTIONS", calls.path(route, NOBODYS), headers=preflight)
        assert reply.status == 200
        assert reply.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in reply.headers


def unguarded(router: Router, prefix: str = "") -> Iterator[str]:
    """The paths beneath a router that no gate guards. Its default counts only where it is not the outermost: there, it
    says that there is nothing.
    """
    if prefix and not isinstance(router.default, Gate):
        yield f"{prefix}/*"
    for route in router.routes:
        if not isinstance(behind(route), Gate):
            inner = behind(route)
            if isinstance(inner, Router):
                yield from unguarded(inner, f"{prefix}{route.path}")  # type: ignore[attr-defined]
            else:
                yield f"{prefix}{route.path}"  # type: ignore[attr-defined]


def behind(route: BaseRoute) -> object:
    """What answers a route."""
    return route.app if isinstance(route, Mount | Path) else route


@every_route
def test_a_suspended_account_is_asked_to_pay(anna: InProcess, acme: Acme, ours: Records, route: Route) -> None:
    accounts.set_status(operator(acme.database, acme.account.id, acme.clock), AccountStatus.SUSPENDED)
    before = held(acme.database, acme.account.id)
    for version in route.versions:
        reply = anna.request(route.method, calls.path(route, ours, version), calls.body(route, ours))
        if calls.name(route) == "GET /accounts/{id}":
            assert (reply.status, reply.json["status"]) == (200, "suspended")
        else:
            assert_problem(reply, 402)
    assert held(acme.database, acme.account.id) == before
    accounts.set_status(operator(acme.database, acme.account.id, acme.clock), AccountStatus.ACTIVE)
    assert anna.get("v2/metrics").status == 200


def test_a_suspended_account_pays_before_it_learns_what_is_there(anna: InProcess, acme: Acme) -> None:
    accounts.set_status(operator(acme.database, acme.account.id, acme.clock), AccountStatus.SUSPENDED)
    assert_problem(anna.get("v1/nothing"), 402)
    assert_problem(anna.request("DELETE", "v1/assignees"), 402)


@every_route
@pytest.mark.parametrize("role", Role)
def test_roles(
    request: pytest.FixtureRequest, acme: Acme, ours: Records, theirs: Records, route: Route, role: Role
) -> None:
    caller: InProcess = request.getfixturevalue({"admin": "anna", "member": "ben", "viewer": "vera"}[role])
    if route.needs in GRANTS[role]:
        for version in route.versions:
            reply = caller.request(route.method, calls.path(route, NOBODYS, version), None, raw=b"{}")
            assert reply.status in (200, 201, 400, 404), reply.body
    else:
        before = held(acme.database, acme.account.id)
        # Whether the record is there, or the body sound, is none of his business.
        for of in (ours, NOBODYS, theirs):
            for raw in (None, b"{"):
                reply = caller.request(route.method, calls.path(route, of), calls.body(route, ours), raw=raw)
                assert_problem(reply, 403)
        assert held(acme.database, acme.account.id) == before


ADMINS_TOO = ("DELETE /metrics/checkin/{checkinId}",)


def test_what_each_call_needs() -> None:
    """Contract, section 6: users, roles, sessions and the deletion of check-ins are the admins'; viewers read."""
    for route in ROUTES:
        if route.method == "GET":
            expected = Capability.READ
        elif route.path.startswith(("/users", "/sessions")) or calls.name(route) in ADMINS_TOO:
            expected = Capability.ADMINISTER
        else:
            expected = Capability.CONTRIBUTE
        assert route.needs is expected, calls.name(route)


NOTHING_HERE = [
    "/api/v1",
    "/api/v1/nothing",
    "/api/v1/kpis",
    "/api/v1/insights/1",
    "/api/v2/accounts/{account}",
    "/api/v2/goals/{goal}",
    "/api/v1/goals/{goal}/nothing",
    "/api/v1/metrics/{metric}/a/b/c",
    "/api/v1//metrics//x",
    "/api/v3/metrics",
    "/results/api/v1/users/multi/switch",
    "/api/v1/%00",
    "/api/v1/metrics%2Fx%2Fy%2Fz",
    "/api/v1/healthz",
]


@pytest.mark.parametrize("address", NOTHING_HERE)
def test_unknown_addresses(anna: InProcess, ours: Records, address: str) -> None:
    filled = address.format(**msgspec.structs.asdict(ours))
    for method in METHODS:
        assert_problem(anna.acting("", "").request(method, filled), 401)
        reply = anna.request(method, filled)
        assert reply.status == 404, reply.body
        assert_problem(anna.acting(anna.token, NOBODYS.account).request(method, filled), 403)


@pytest.mark.parametrize("address", ["/", "/nothing", "/nothing/", "/api", "/api/", "/apis/v1/metrics", "/results"])
def test_outside_of_the_dialect_there_is_nothing_to_guard(anna: InProcess, address: str) -> None:
    """Nothing, and no redirect either: an old client would not send its body again."""
    for caller in (anna, anna.acting("", "")):
        for method in ("GET", "POST"):
            assert_problem(caller.request(method, address), 404)


def test_other_methods_are_refused_with_those_that_are_served(anna: InProcess, ours: Records) -> None:
    served: dict[tuple[int, str], set[str]] = {}
    for route in ROUTES:
        for version in route.versions:
            also = {"HEAD"} if route.method == "GET" else set()
            served.setdefault((version, calls.path(route, ours, version)), set()).update({route.method} | also)
    for (_, address), methods in served.items():
        for method in METHODS:
            if method in methods:
                continue
            reply = anna.request(method, address)
            problem = assert_problem(reply, 405)
            assert {one.strip() for one in reply.headers["allow"].split(",")} == methods, (method, address)
            assert problem["title"] == "Method Not Allowed"
            assert_problem(anna.acting("", "").request(method, address), 401)


@pytest.mark.parametrize("route", [route for route in ROUTES if route.method == "GET"], ids=calls.name)
def test_head_is_get_without_a_body_on_the_wire(anna: InProcess, ours: Records, route: Route) -> None:
    address = calls.path(route, ours)
    head, get = anna.request("HEAD", address), anna.request("GET", address)
    assert (head.status, head.headers["content-type"]) == (get.status, get.headers["content-type"])

"""The account header, which this dialect alone has, and what each call needs.

What the routes of every dialect have in common is in tests/dialects/test_routes.py.
"""

from __future__ import annotations

import pytest

import gtmhub_calls
from acme import Acme
from calls import Records, name
from engines import held
from gtmhub_calls import GTMHUB, assert_problem
from milepost.dialects.gtmhub.route import Route
from milepost.dialects.gtmhub.routes import ROUTES
from milepost.domain.people import Capability
from wire import InProcess

every_route = pytest.mark.parametrize("route", ROUTES, ids=name)


@pytest.fixture
def ours(acme: Acme) -> Records:
    return GTMHUB.ours(acme)


@every_route
def test_a_header_of_another_account_is_refused(anna: InProcess, acme: Acme, route: Route, ours: Records) -> None:
    before = held(acme.database, acme.account.id), held(acme.database, acme.rival.id)
    for account in (acme.rival.id, "nonsense", acme.account.id + "0", "\xff"):
        wrong = anna.acting(acme.tokens["anna"], account)
        assert_problem(wrong.request(route.method, gtmhub_calls.path(route, ours), GTMHUB.body(route, ours)), 403)
    assert (held(acme.database, acme.account.id), held(acme.database, acme.rival.id)) == before


@every_route
def test_the_accounts_header_may_be_missing_but_on_metrics(
    anna: InProcess, acme: Acme, route: Route, ours: Records
) -> None:
    bare = anna.acting(acme.tokens["anna"], "")
    for version in route.versions:
        reply = bare.request(route.method, gtmhub_calls.path(route, ours, version), GTMHUB.body(route, ours))
        if route.path.startswith("/metrics"):
            problem = assert_problem(reply, 400)
            assert problem["errors"][0]["field"] == "gtmhub-accountId"
        else:
            assert reply.status in (200, 201, 204), reply.body


# What a token of the scope check-in may do.
CHECKING_IN = {"POST /metrics/checkins", "POST /metrics/{metricId}/checkin"}
ADMINS_TOO = ("DELETE /metrics/checkin/{checkinId}",)
# A question too long for an address.
ASKING = ("POST /lists/{id}/load",)


def test_what_each_call_needs() -> None:
    """Contract, section 6: users, teams, sessions and the deletion of check-ins are the admins'; viewers read."""
    for route in ROUTES:
        if route.method == "GET" or name(route) in ASKING:
            expected = Capability.READ
        elif route.path.startswith(("/users", "/teams", "/sessions")) or name(route) in ADMINS_TOO:
            expected = Capability.ADMINISTER
        elif name(route) in CHECKING_IN:
            expected = Capability.CHECK_IN
        else:
            expected = Capability.CONTRIBUTE
        assert route.needs is expected, name(route)


@pytest.mark.parametrize("address", GTMHUB.nothing_here)
def test_another_accounts_header_at_an_unknown_address(anna: InProcess, acme: Acme, address: str) -> None:
    for account in (acme.rival.id, GTMHUB.nobodys.account):
        assert_problem(anna.acting(anna.token, account).request("GET", address), 403)

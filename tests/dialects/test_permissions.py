"""Every route, asked by everybody whom permissions.txt of its dialect names, answers as it says there."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

import msgspec
import pytest

from acme import Acme
from calls import Call, Dialect, calls_of, name
from engines import held
from gtmhub_calls import GTMHUB
from permissions import CALLERS, TURNS, table, token
from simpleokr_calls import SIMPLEOKR
from wire import InProcess

DIALECTS = (GTMHUB, SIMPLEOKR)
TABLES = {dialect.name: table(dialect.name) for dialect in DIALECTS}
# What would give Acme away to a stranger, beside its ids.
MARKS = ("acme.test", "Grow the business", "Monthly revenue", "Ahlberg", "Bauer", "Viklund", "Our team")


@pytest.mark.parametrize("dialect", DIALECTS, ids=str)
def test_every_route_and_every_caller_has_its_place(dialect: Dialect) -> None:
    rows, routes = TABLES[dialect.name], [name(route) for route in dialect.routes]
    missing, unknown = set(routes) - rows.keys(), rows.keys() - set(routes)
    assert not missing, f"say in tests/dialects/{dialect.name}/permissions.txt who may call {sorted(missing)}"
    assert not unknown, f"no such call: {sorted(unknown)}"
    assert all(tuple(row) == CALLERS for row in rows.values()), f"the columns must be {CALLERS}"


@pytest.mark.parametrize("turn", TURNS, ids=["callers", "scopes"])
@pytest.mark.parametrize("call", calls_of(*DIALECTS), ids=str)
def test_everybody_is_answered_as_the_table_says(
    acme: Acme, anna: InProcess, call: Call, turn: tuple[str, ...]
) -> None:
    dialect, row = call.dialect, TABLES[call.dialect.name][name(call.route)]
    for caller in turn:
        status = row[caller]
        account = acme.rival.id if caller == "stranger" else acme.account.id
        asking = anna.acting(token(acme, caller), account)
        of = dialect.ours(acme)
        secrets, before = (*MARKS, *msgspec.structs.astuple(of)), _kept(acme)
        harmless = call.method == "GET" or status >= 400
        for address in call.addresses(of) if harmless else [call.address(of)]:
            reply = asking.request(call.method, address, call.body(of))
            assert reply.status == status, (caller, address, reply.body)
            if status >= 400:
                dialect.refused(reply, status)
            if caller == "stranger":
                sent = f"{unquote(address)} {call.body(of)}"
                assert not [mark for mark in secrets if mark in reply.body.decode() and mark not in sent], reply.body
        if harmless or caller == "stranger":
            assert _kept(acme) == before, f"{caller} has changed something of Acme's"


def _kept(acme: Acme) -> dict[str, list[Any]]:
    """All that Acme has; a token may note its use."""
    return {table: rows for table, rows in held(acme.database, acme.account.id).items() if table != "tokens"}

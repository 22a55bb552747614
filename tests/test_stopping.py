"""A server that ends tells those for whom it waits no longer, in the words of their API."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from acme import Acme
from calls import Dialect, calls_of
from gtmhub_calls import GTMHUB
from milepost.store.engine.sqlite import SqliteDatabase
from simpleokr_calls import SIMPLEOKR
from wire import InProcess, Reply


class Impatient(InProcess):
    """Cancels each call after a moment, as uvicorn does when its time to finish is over."""

    async def asend(self, *request: Any) -> Reply:
        call = asyncio.ensure_future(super().asend(*request))
        await asyncio.sleep(0.2)
        call.cancel()
        return await call


@pytest.mark.parametrize("dialect", [GTMHUB, SIMPLEOKR], ids=str)
def test_a_change_that_would_take_too_long(acme: Acme, anna: InProcess, dialect: Dialect) -> None:
    call, of = next(one for one in calls_of(dialect) if one.method == "POST"), dialect.ours(acme)
    elsewhere = SqliteDatabase(acme.database.path)
    elsewhere.connection.execute("BEGIN IMMEDIATE")
    impatient = Impatient(anna._app, anna._loop, anna.token, anna.account)
    reply = impatient.request(call.method, call.address(of), call.body(of))
    elsewhere.close()
    assert (reply.status, reply.headers["retry-after"]) == (503, "1")
    dialect.refused(reply, 503)

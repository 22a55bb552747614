"""No record of an account can be read, changed or referred to through another account's token, in any dialect."""

from __future__ import annotations

import random
from contextlib import closing

import pytest

from acme import Acme
from calls import Call
from checking_in import Stored, client
from isolation import ABOUT_RECORDS, REFERENCES, assert_not_there, assert_refused
from milepost import app
from server import serving
from wire import InProcess


@pytest.mark.parametrize("call", ABOUT_RECORDS, ids=str)
def test_another_accounts_records_are_not_there(acme: Acme, anna: InProcess, call: Call) -> None:
    assert_not_there(acme, anna, call)


@pytest.mark.parametrize(("call", "field"), REFERENCES, ids=str)
def test_references_to_what_the_account_does_not_hold(acme: Acme, anna: InProcess, call: Call, field: str) -> None:
    assert_refused(acme, anna, call, field)


def test_some_of_it_through_two_workers(stored: Stored) -> None:
    """A quarter of the same questions, other ones each time, put to two processes in turn."""
    acme = stored.acme
    with (
        serving(stored.url, 2) as server,
        closing(app.attached(stored.url)) as acme.database,
        closing(client(server, acme)) as one,
        closing(client(server, acme)) as other,
    ):
        for wire, worker in zip((one, other), server.workers(), strict=True):
            with server.only(worker):
                assert wire.get("v1/users").status == 200
        for index, call in enumerate(random.sample(ABOUT_RECORDS, len(ABOUT_RECORDS) // 4)):
            assert_not_there(acme, (one, other)[index % 2], call)
        for index, (call, field) in enumerate(random.sample(REFERENCES, len(REFERENCES) // 4)):
            assert_refused(acme, (one, other)[index % 2], call, field)

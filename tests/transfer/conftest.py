"""What the importer's tests can ask for: a way to save lists, import them, and ask the real application about them."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from milepost.actions import people, tokens
from milepost.actions.context import operator
from milepost.actions.people import UserChange
from milepost.actions.verification import verify
from milepost.app import running
from milepost.config import Settings
from milepost.domain.people import Role
from milepost.store.engine import Database
from milepost.transfer.gtmhub.report import Report
from saved_company import ACCOUNT, company, imported, now, write
from wire import InProcess

BOSS = "boss@milepost.test"
Take = Callable[..., Report]


@pytest.fixture(autouse=True)
def fitting(database: Database) -> Iterator[None]:
    """Whatever an import did, what stands afterwards is what the trail tells, and all that follows from it follows."""
    yield
    verify(database, None)


@pytest.fixture
def take(database: Database, tmp_path: Path) -> Take:
    """Import the made-up company, with the lists that are given in place of its own."""

    def run(**lists: Any) -> Report:
        return imported(database, write(tmp_path / "saved", **company(**lists)))

    return run


@pytest.fixture
def client(database: Database) -> Iterator[Callable[..., InProcess]]:
    """Makes a client of an account that was imported, over the real application."""
    loop = asyncio.new_event_loop()
    with running(Settings(public_url="https://acme.example.org"), database, now) as app:

        def of(account: str = ACCOUNT) -> InProcess:
            boss = operator(database, account, now)
            if not any(user.email == BOSS for user in people.everyone(boss)):
                people.add(boss, UserChange(email=BOSS, first_name="Boss", role=Role.ADMIN))
            return InProcess(app, loop, tokens.add(boss, BOSS)[1], account)

        yield of
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()

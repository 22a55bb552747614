"""What every test can ask for: a database, the Acme world in it, and a client of each kind."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from acme import Acme, build
from milepost.app import running
from milepost.config import Settings
from milepost.store.engine import Database
from milepost.store.migrate import open_database
from wire import InProcess

settings.register_profile(
    "milepost", deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
settings.load_profile("milepost")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """An empty database at this program's version."""
    opened = open_database(tmp_path / "milepost.db")
    yield opened
    opened.close()


@pytest.fixture
def acme(database: Database) -> Acme:
    """The small company that tests know by name."""
    return build(database)


@pytest.fixture
def anna(acme: Acme) -> Iterator[InProcess]:
    """A client with the admin's token."""
    loop = asyncio.new_event_loop()
    with running(Settings(), acme.database, acme.clock) as app:
        yield InProcess(app, loop, acme.tokens["anna"], acme.account.id)
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()


@pytest.fixture
def ben(anna: InProcess, acme: Acme) -> InProcess:
    """A client with a member's token."""
    return anna.acting(acme.tokens["ben"], acme.account.id)


@pytest.fixture
def vera(anna: InProcess, acme: Acme) -> InProcess:
    """A client with a viewer's token."""
    return anna.acting(acme.tokens["vera"], acme.account.id)


@pytest.fixture
def rita(anna: InProcess, acme: Acme) -> InProcess:
    """A client of another company, an admin there."""
    return anna.acting(acme.tokens["rita"], acme.rival.id)

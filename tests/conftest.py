"""What every test can ask for: a database, and the Acme world in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from acme import Acme, build
from milepost.store.engine import Database
from milepost.store.migrate import open_database

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

"""One `milepost serve` process for all journeys, over a database in which each journey founds companies of its own."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from clients import Http, Site
from command_line import EMAIL, CommandLine
from milepost.store.migrate import open_database
from server import serving


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A live server on a free port, and the operator's way into its database."""
    path = tmp_path_factory.mktemp("journeys") / "milepost.db"
    database = open_database(path)
    with serving(path) as server:
        yield Site(database, server.address)
    database.close()


@pytest.fixture
def connect(site: Site) -> Iterator[Callable[..., Http]]:
    """Makes clients of the live server, and hangs up for them when the journey ends."""
    made: list[Http] = []

    def connected(**said: object) -> Http:
        made.append(Http(site.address, **said))  # type: ignore[arg-type]
        return made[-1]

    yield connected
    for client in made:
        client.close()


@pytest.fixture
def cli(site: Site, connect: Callable[..., Http]) -> CommandLine:
    """The terminal of somebody at the demo company who is no admin there."""
    return CommandLine(connect, site.entered(site.demonstrated().account, EMAIL))

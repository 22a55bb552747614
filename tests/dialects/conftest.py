"""One real server for all transcripts, and beside it the same application without a socket."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import msgspec
import pytest
import uvicorn

from acme import Acme, Clock
from milepost import app
from milepost.actions import accounts
from milepost.actions.context import operator
from milepost.config import Settings
from milepost.domain.account import AccountStatus
from milepost.store.engine import Database
from milepost.store.vault import Vault
from wire import InProcess, Live, Wire

Opener = Callable[[Path], AbstractContextManager[Database]]


class Stage(msgspec.Struct):
    """A server over one database, reached in two ways, and where it listens. Each transcript gets companies of its own
    in it.
    """

    database: Database
    clock: Clock
    vault: Vault
    wires: dict[str, Wire]
    address: str


@pytest.fixture(scope="session")
def stage(opened: Opener, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A live server on a free port, and the same application called in process."""
    with opened(tmp_path_factory.mktemp("stage")) as database:
        yield from _staged(database)


def _staged(database: Database) -> Iterator[Stage]:
    clock, loop = Clock(), asyncio.new_event_loop()
    # Whoever asks here asks from one address, and with many a wrong token.
    settings = Settings(secret_key="s" * 32, failed_sign_ins=0)
    with app.running(settings, database, clock) as running:
        config = uvicorn.Config(running, port=0, log_level="warning", lifespan="off", ws="none", access_log=False)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, name="live-server")
        thread.start()
        while not server.started:
            threading.Event().wait(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        address = f"http://127.0.0.1:{port}"
        live = Live(address)
        wires: dict[str, Wire] = {"in process": InProcess(running, loop), "live": live}
        yield Stage(database, clock, app.vault(settings, database), wires, address)
        live.close()
        server.should_exit = True
        thread.join()
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()


@pytest.fixture
def suspended(acme: Acme) -> Acme:
    """Acme, after the operator has suspended it."""
    accounts.set_status(operator(acme.database, acme.account.id, acme.clock), AccountStatus.SUSPENDED)
    return acme

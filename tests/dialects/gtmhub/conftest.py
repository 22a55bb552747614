"""One real server for all transcripts, and beside it the same application without a socket."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import msgspec
import pytest
import uvicorn

from acme import Acme, Clock, build
from milepost.actions import accounts, people, tokens
from milepost.actions.context import operator
from milepost.actions.people import UserChange
from milepost.app import running
from milepost.config import Settings
from milepost.domain.account import AccountStatus
from milepost.domain.people import Role
from milepost.store.engine import Database
from milepost.store.migrate import open_database
from wire import InProcess, Live, Wire


class Stage(msgspec.Struct):
    """A server over one database, reached in two ways. Each transcript gets companies of its own in it."""

    database: Database
    clock: Clock
    wires: dict[str, Wire]


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A live server on a free port, and the same application called in process."""
    database = open_database(tmp_path_factory.mktemp("stage") / "milepost.db")
    clock, loop = Clock(), asyncio.new_event_loop()
    with running(Settings(), database, clock) as app:
        config = uvicorn.Config(app, port=0, log_level="warning", lifespan="off", ws="none", access_log=False)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, name="live-server")
        thread.start()
        while not server.started:
            threading.Event().wait(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        live = Live(f"http://127.0.0.1:{port}")
        yield Stage(database, clock, {"in process": InProcess(app, loop), "live": live})
        live.close()
        server.should_exit = True
        thread.join()
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()
    database.close()


@pytest.fixture
def names(stage: Stage) -> dict[str, str]:
    """What the transcripts' `{{names}}` stand for, in a world that nobody else touches."""
    world = build(stage.database, stage.clock)
    return {
        **{f"{name}_token": text for name, text in world.tokens.items()},
        "account": world.account.id,
        "anna": world.anna.id,
        "ben": world.ben.id,
        "vera": world.vera.id,
        "rita": world.rita.id,
        "q3": world.q3.id,
        "growth": world.growth,
        "revenue": world.revenue,
        "rival_account": world.rival.id,
        "rival_goal": world.rival_objective,
        "rival_metric": world.rival_key_result,
        "over_8_mib": "x" * (8 * 1024 * 1024),
        **_dormant(stage),
    }


def _dormant(stage: Stage) -> dict[str, str]:
    """A company that the operator has suspended."""
    account = accounts.add(stage.database, stage.clock, "Dormant")
    boss = operator(stage.database, account.id, stage.clock)
    people.add(boss, UserChange(email="dora@dormant.test", first_name="Dora", last_name="Dahl", role=Role.ADMIN))
    _, token = tokens.add(boss, "dora@dormant.test", "dora")
    accounts.set_status(boss, AccountStatus.SUSPENDED)
    return {"dora_token": token, "dormant_account": account.id}


@pytest.fixture
def suspended(acme: Acme) -> Acme:
    """Acme, after the operator has suspended it."""
    accounts.set_status(operator(acme.database, acme.account.id, acme.clock), AccountStatus.SUSPENDED)
    return acme

"""Record the examples of the APIs' descriptions: every call of every dialect, made once against a real server's code.

The same calls give the same bytes, so that a recording that was forgotten can be told: `make docs` writes it anew.
"""

from __future__ import annotations

import asyncio
import random
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import msgspec

from acme import NOON, Acme, Clock, build
from calls import Call, Dialect
from gtmhub_calls import GTMHUB
from milepost import dialects
from milepost.app import running
from milepost.asgi import openapi
from milepost.asgi.openapi import Example
from milepost.config import Settings
from milepost.dialects.gtmhub import description as gtmhub
from milepost.domain import ids
from milepost.store.migrate import open_database
from simpleokr_calls import SIMPLEOKR
from wire import InProcess

DIALECTS: tuple[Dialect, ...] = (GTMHUB, SIMPLEOKR)
_SETTINGS = Settings(public_url="https://milepost.example.com")


def path(dialect: Dialect) -> Path:
    """Where the examples of a dialect are kept: beside its route table."""
    return Path(dialects.__file__).parent / dialect.name / "examples.json"


def recorded(dialect: Dialect) -> bytes:
    """What every call of a dialect takes and answers, by operation, as JSON."""
    with tempfile.TemporaryDirectory() as folder, _without_chance():
        made = Path(folder, "made.db")
        database = open_database(made)
        acme = build(database)
        of = dialect.ours(acme)
        database.close()
        examples = {}
        for route in dialect.routes:
            for index, address in enumerate(Call(dialect, route).addresses(of)):
                name = _operation(dialect, route, index)
                if name not in examples:
                    examples[name] = _example(acme, made, Call(dialect, route), address, of)
    return msgspec.json.format(msgspec.json.encode(examples), indent=1) + b"\n"


def _operation(dialect: Dialect, route: object, index: int) -> str:
    """The name of the operation at the nth address of a route."""
    if dialect is GTMHUB:
        return gtmhub.operation_id(route, route.versions[index % len(route.versions)])
    return openapi.operation_name(route.handler)


def _example(acme: Acme, made: Path, call: Call, address: str, of: object) -> Example:
    """One call in a world of its own, so that none sees what another has done."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, "milepost.db")
        shutil.copy(made, copy)
        database, loop = open_database(copy), asyncio.new_event_loop()
        with running(_SETTINGS, database, Clock(NOON + 1_000_000)) as app:
            anna = InProcess(app, loop, acme.tokens["anna"], acme.account.id)
            body = call.body(of)
            reply = anna.request(call.method, address, body)
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()
        database.close()
    if reply.status not in call.dialect.successes:
        raise SystemExit(f"{call.method} {address} was refused: {reply.body.decode()}")
    return Example(body, reply.json if reply.body else None)


@contextmanager
def _without_chance() -> Iterator[None]:
    """Ids as if chance always fell the same."""
    chance = random.Random(1)  # noqa: S311  # examples need no secrets
    with patch.object(ids.secrets, "randbits", chance.getrandbits), patch.dict(ids._last, {"tick": 0}):
        yield


if __name__ == "__main__":
    for dialect in DIALECTS:
        path(dialect).write_bytes(recorded(dialect))

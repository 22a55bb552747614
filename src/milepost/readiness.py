"""`GET /readyz`: may calls be sent here? The database answers, and is at the version that this program works with."""

from __future__ import annotations

import asyncio

from starlette.types import Receive, Scope, Send

from milepost.asgi.answer import Answer
from milepost.asgi.lanes import Lane
from milepost.asgi.public import problem
from milepost.services import Services
from milepost.store.engine import ENGINE_ERRORS
from milepost.store.migrate import HEAD
from milepost.store.versions import version_of

# Seconds to wait for the database.
_PATIENCE = 3.0
_READY = Answer(200, b'{"status":"ready"}')


class Readiness:
    """The ASGI application. Requests at the same time share one query of the database."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._look: asyncio.Task[str] | None = None

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        if self._look is None or self._look.done():
            self._look = asyncio.ensure_future(self._version())
            self._look.add_done_callback(_taken_note_of)
        try:
            version = await asyncio.wait_for(asyncio.shield(self._look), _PATIENCE)
        except TimeoutError:
            await _not_ready("the database does not answer").send(send)
        except ENGINE_ERRORS as error:
            self._services.outages.met(error)
            await _not_ready("the database cannot be read").send(send)
        else:
            await (_READY if version == HEAD else _not_ready(_unfit(version))).send(send)

    async def _version(self) -> str:
        services = self._services
        return await services.lanes.run(Lane.SHORT, lambda: version_of(services.database))


def _taken_note_of(look: asyncio.Task[str]) -> None:
    """Retrieve the query's error, which asyncio would log where no request waits for it any more."""
    if not look.cancelled():
        look.exception()


def _unfit(version: str) -> str:
    if version < HEAD:
        return f"the database is at version {version or 'none'}, and this program needs {HEAD}: restart the server"
    return f"the database is at version {version}, newer than {HEAD}, which this program knows: run the newer one"


def _not_ready(words: str) -> Answer:
    return problem(503, words, ((b"retry-after", b"1"),))

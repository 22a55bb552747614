"""Runs the application on a socket that is bound already, until a signal ends it."""

from __future__ import annotations

import gc
import socket
import sys
from collections.abc import Callable

import uvicorn
from starlette.types import ASGIApp

from milepost.cli import limits
from milepost.cli.guarded import guarded
from milepost.cli.limits import Connections
from milepost.config import Settings

# A call that is under way when the server is told to stop has so many seconds left.
GRACE = 20
# Seconds after which a thread with a long read lets others in, which Python by default has wait for 5 ms: a check-in,
# which asks for the interpreter's lock some fifteen times, waits much less beside long reads.
_SWITCH = 0.0005


class _Server(uvicorn.Server):
    """uvicorn, which tells when it takes calls, and ten times a second how many connections are open."""

    def __init__(
        self, config: uvicorn.Config, ready: Callable[[], None], connections: Callable[[int], None] | None
    ) -> None:
        super().__init__(config)
        self._ready = ready
        self._connections = connections

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then tell."""
        await super().startup(sockets)
        self._ready()

    async def on_tick(self, counter: int) -> bool:
        """Whether it is to end."""
        if self._connections is not None:
            self._connections(len(self.server_state.connections))
        return await super().on_tick(counter)


def serve(
    app: ASGIApp,
    opened: socket.socket,
    ready: Callable[[], None],
    settings: Settings,
    connections: Callable[[int], None] | None = None,
) -> None:
    """Answer calls until a signal ends it; `ready` is called once the first one can be taken, `connections` with their
    number again and again. The settings say how many connections an address may have, and which proxies are believed
    for whom they ask.
    """
    sys.setswitchinterval(_SWITCH)
    limits.raise_open_files()
    counts = Connections(settings.connections_per_address, settings.trusted_proxies)
    config = uvicorn.Config(
        app,
        loop="asyncio" if sys.platform == "win32" else "uvloop",
        http=guarded(counts),
        ws="none",
        lifespan="off",
        log_config=None,  # `milepost.logs` has seen to it
        access_log=False,
        server_header=False,
        forwarded_allow_ips=list(settings.trusted_proxies),
        timeout_keep_alive=limits.IDLE_SECONDS,
        timeout_graceful_shutdown=GRACE,
    )
    # Everything loaded so far lives as long as the process: keep the garbage collector from looking at it again.
    gc.collect()
    gc.freeze()
    _Server(config, ready, connections).run(sockets=[opened])

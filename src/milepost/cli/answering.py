"""Runs the application on a bound socket until a signal ends it."""

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

# Seconds that running calls may still take when the server is told to stop.
GRACE = 20
# Seconds after which a thread with a long read lets others run; Python's default is ten times as long. A check-in,
# which asks for the interpreter's lock some fifteen times, waits much less beside long reads.
_SWITCH = 0.0005


class _Server(uvicorn.Server):
    """uvicorn, which also reports when it is ready, and ten times a second the number of open connections."""

    def __init__(
        self, config: uvicorn.Config, ready: Callable[[], None], connections: Callable[[int], None] | None
    ) -> None:
        super().__init__(config)
        self._ready = ready
        self._connections = connections

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then report it."""
        await super().startup(sockets)
        self._ready()

    async def on_tick(self, counter: int) -> bool:
        """Whether the server is to end."""
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
    """Answer calls until a signal ends it. `ready` is called once the server accepts calls, `connections` again and
    again with the number of connections. The settings limit connections per address and name the trusted proxies.
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

"""Serves the application on a socket that was bound beforehand: a port in use is known before anything is made."""

from __future__ import annotations

import gc
import socket
import sys
from collections.abc import Callable

import uvicorn
from starlette.types import ASGIApp

from milepost.cli.failure import Failed

# A call that is under way when the server is told to stop has so many seconds left.
_GRACE = 10


def bound(host: str, port: int) -> socket.socket:
    """A socket that listens at a host and port, 0 for any free one; `Failed` where that cannot be had."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        opened = socket.socket(family, kind, protocol)
        try:
            if sys.platform != "win32":  # there it would let two programs share a port
                opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            opened.bind(address)
            opened.listen()
        except BaseException:
            opened.close()
            raise
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise Failed(
            f"cannot listen on {host} port {port}: {reason}; "
            "choose another with --host and --port (0 takes any free one)"
        ) from error
    return opened


def address_of(opened: socket.socket) -> str:
    """The address at which this machine reaches the server: of a socket that listens everywhere, the loopback's."""
    host, port = opened.getsockname()[:2]
    reached = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  # read here, not bound to
    return f"http://[{reached}]:{port}" if ":" in reached else f"http://{reached}:{port}"


class _Server(uvicorn.Server):
    """uvicorn, which tells when it takes calls."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then tell."""
        await super().startup(sockets)
        self._ready()


def serve(app: ASGIApp, opened: socket.socket, ready: Callable[[], None]) -> None:
    """Answer calls until a signal ends it; `ready` is called once the first one can be taken."""
    config = uvicorn.Config(
        app,
        loop="asyncio" if sys.platform == "win32" else "uvloop",
        http="httptools",
        ws="none",
        lifespan="off",
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_GRACE,
    )
    # What stands by now stays until the end: the collector of cycles need not look at it again and again.
    gc.collect()
    gc.freeze()
    _Server(config, ready).run(sockets=[opened])

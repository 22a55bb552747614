"""The socket to serve on, bound first: a port in use is noticed before anything is made."""

from __future__ import annotations

import socket
import sys

from milepost.cli.failure import Failed


def bound(host: str, port: int) -> socket.socket:
    """A socket that listens at a host and port, 0 for any free one; `Failed` where it is not available."""
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

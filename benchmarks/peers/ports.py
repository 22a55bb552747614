"""Ports for programs that must be told one."""

from __future__ import annotations

import socket


def free_port() -> int:
    """A port of the loopback that nobody listens at now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port

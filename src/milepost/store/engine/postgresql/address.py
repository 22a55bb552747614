"""Addresses of databases, in the form of libpq, and connections to them."""

from __future__ import annotations

from typing import Any, NoReturn

import psycopg
from psycopg.conninfo import conninfo_to_dict

from milepost.store.engine.errors import EngineError, Unavailable
from milepost.store.engine.trouble import Trouble

# The tables of the schema that holds ours, or is to hold them.
TABLES = (
    "SELECT table_name FROM information_schema.tables"
    " WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' ORDER BY table_name"
)
# Unless the address says otherwise: a server that cannot be reached any more must not hold up a request for long. In
# seconds, the last in milliseconds.
_PATIENCE = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 2,
    "tcp_user_timeout": 10_000,
}
# Every digit of a number, whatever the role's or database's settings; and a limit to the wait for a lock.
_SETTINGS = (
    "SET extra_float_digits = 1;"
    "SELECT set_config('lock_timeout', '15s', false) WHERE current_setting('lock_timeout') = '0'"
)
# Statements that a connection keeps prepared; the store has some two hundred, and more for lists.
_PREPARED = 500
# The meaning of the server's codes, by class (58: system errors) or one by one. Other connection errors are AWAY.
_TROUBLES = {
    "53100": Trouble.FULL,
    "25006": Trouble.READ_ONLY,
    "58": Trouble.FAILING,
    "XX001": Trouble.BROKEN,
    "XX002": Trouble.BROKEN,
    "40001": Trouble.BUSY,
    "40P01": Trouble.BUSY,
    "55P03": Trouble.BUSY,
}
_AWAY = (psycopg.OperationalError, psycopg.InterfaceError)


def shown(url: str) -> str:
    """An address without its user, its password and its options."""
    try:
        parts = conninfo_to_dict(url)
    except psycopg.Error:
        return "the PostgreSQL database"
    host = str(parts.get("host") or parts.get("hostaddr") or "")
    host = f"[{host}]" if ":" in host else host
    port = f":{parts['port']}" if "port" in parts else ""
    return f"postgresql://{host}{port}/{parts.get('dbname') or parts.get('user') or ''}"


def connected(url: str) -> psycopg.Connection:
    """A new connection; `psycopg.Error` where there can be none."""
    more: dict[str, Any] = {"client_encoding": "utf8", "application_name": "milepost"}
    said = conninfo_to_dict(url)
    more |= {name: value for name, value in _PATIENCE.items() if name not in said}
    connection = psycopg.connect(url, autocommit=True, **more)
    connection.prepared_max = _PREPARED
    connection.execute(_SETTINGS)
    return connection


def fail(error: psycopg.Error) -> NoReturn:
    """Raise the store's error for one of the driver's."""
    words = " ".join(str(error).split())
    code = error.sqlstate or ""
    trouble = _TROUBLES.get(code) or _TROUBLES.get(code[:2])
    if trouble is None and not isinstance(error, _AWAY):
        raise EngineError(words) from error
    raise Unavailable(words, trouble or Trouble.AWAY) from error

"""The log on standard error: a line for each event, for people or as JSON, with the id of its request.

No line holds anything that a client sent or that is stored. So an unexpected error is logged by its class and stack,
not by its message, which may quote either.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import msgspec

from milepost.asgi import request_id
from milepost.asgi.observed import Seen
from milepost.config import LogStyle

_requests = logging.getLogger("milepost.requests")
# Milepost's own loggers, and those of the server that it runs in.
_LOGGERS = ("milepost", "uvicorn", "asyncio")


@contextmanager
def written(style: LogStyle, *, requests: bool = False) -> Iterator[None]:
    """Log to standard error while the context lasts; `requests`: log each request, too."""
    handler: logging.Handler = logging.NullHandler()
    if style != "off":
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(AsJson() if style == "json" else ForPeople())
    loggers = [logging.getLogger(name) for name in _LOGGERS]
    for logger in loggers:
        logger.addHandler(handler)
        logger.propagate = False
        logger.setLevel(logging.WARNING)
    _requests.setLevel(logging.INFO if requests else logging.WARNING)
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeHandler(handler)
            logger.propagate = True
            logger.setLevel(logging.NOTSET)
        _requests.setLevel(logging.NOTSET)


def request(seen: Seen) -> None:
    """Log an answered request by its route, never by its path or query."""
    fields = {
        "method": seen.method,
        "route": seen.route or "none",
        "status": seen.status,
        "milliseconds": round(seen.seconds * 1_000, 1),
    }
    _requests.info("%(method)s %(route)s %(status)s in %(milliseconds)s ms", fields, extra={"fields": fields})


class ForPeople(logging.Formatter):
    """`2026-03-31 12:00:00Z error: the disk is full … (request 4f2a)`, with the stack of an error on lines below."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, and the lines of a stack below it."""
        said = f"{_moment(record):%Y-%m-%d %H:%M:%SZ} {record.levelname.lower()}: {_words(record)}"
        if identity := request_id.current():
            said += f" (request {identity})"
        return "\n  ".join([said, *_trace(record)])


class AsJson(logging.Formatter):
    """One JSON object on a line."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        document: dict[str, Any] = {
            "time": _moment(record).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "message": _words(record),
        }
        if identity := request_id.current():
            document["request_id"] = identity
        document |= getattr(record, "fields", {})
        if trace := list(_trace(record)):
            document["trace"] = trace
        return msgspec.json.encode(document).decode()


def _moment(record: logging.LogRecord) -> datetime:
    return datetime.fromtimestamp(record.created, UTC)


def _words(record: logging.LogRecord) -> str:
    """The first line of the message, without control characters. Further lines are asyncio's, and may show data."""
    words = record.getMessage().partition("\n")[0]
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in words)


def _trace(record: logging.LogRecord) -> Iterator[str]:
    """The stack and class of an error and of its causes, the first cause first."""
    chain: list[BaseException] = []
    error = record.exc_info[1] if record.exc_info else None
    while error is not None and error not in chain:
        chain.append(error)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    for one in reversed(chain):
        for frame in traceback.extract_tb(one.__traceback__):
            yield f"{frame.filename}:{frame.lineno} in {frame.name}"
        code = getattr(one, "sqlstate", None) or getattr(one, "sqlite_errorname", None)
        yield f"{type(one).__module__}.{type(one).__qualname__}{f' {code}' if code else ''}"

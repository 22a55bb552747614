"""Errors on the wire: one object, {"code", "message", "details"}, whose code is the HTTP status.

`details` holds the faults by attribute, under this dialect's names.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping

import msgspec

from milepost.asgi.answer import Answer
from milepost.asgi.endpoint import MethodNotAllowed, Stopping, Unknown
from milepost.asgi.refused import Refused
from milepost.asgi.request import BodyTooLarge, TooManyParameters
from milepost.domain import ids
from milepost.domain.errors import Conflict, Forbidden, Invalid, NotFound, Suspended, Unauthenticated
from milepost.outages import Refusal
from milepost.store.vault import CannotUnseal

_log = logging.getLogger("milepost")

# The first matching class counts. Some have a message of their own, as the error's is not meant for this API's clients.
_TABLE: tuple[tuple[type[Exception], int, str], ...] = (
    (Invalid, 400, "invalid request"),
    (TooManyParameters, 400, "the query has more than 100 parameters"),
    (Conflict, 400, ""),
    (Unauthenticated, 401, ""),
    (Suspended, 402, ""),
    (Forbidden, 403, ""),
    (NotFound, 404, ""),
    (Unknown, 404, "Milepost serves nothing at this address: /docs shows what it serves"),
    (MethodNotAllowed, 405, ""),
    (BodyTooLarge, 413, "the body is larger than 2 MiB"),
)


# Faults of fields that this API does not show, under the attribute that causes them.
_UNSHOWN = {
    "due_at": ("current_value", "cannot change any more: the due date, which this API does not show, has passed"),
}


class ErrorDto(msgspec.Struct, omit_defaults=True):
    """What went wrong. `details` is left out where there is nothing to say."""

    code: int
    message: str
    details: dict[str, str] = {}


def answer(error: Exception, names: Mapping[str, str]) -> Answer:
    """The error object of an error. `names`: the dialect's names for the domain's fields. An unexpected error is a 500,
    with its trace in the log and not in the answer.
    """
    for kind, status, message in _TABLE:
        if isinstance(error, kind):
            return _expected(error, status, message or str(error), names)
    if isinstance(error, Refused):
        return _problem(error.status, str(error), headers=error.headers)
    if isinstance(error, CannotUnseal):
        _log.error("a signature cannot be verified: %s", error)
        return _problem(500, "this server cannot verify signatures now: whoever runs it finds the reason in its log")
    if isinstance(error, Stopping):
        return _problem(503, "the server is stopping: try again in a moment", headers=((b"retry-after", b"1"),))
    _log.error("a request failed by a fault of this program: please report it with these lines", exc_info=error)
    return _problem(500, "the server failed to answer; its log says why")


def unavailable(refusal: Refusal) -> Answer:
    """The error object for a call that the database cannot serve now."""
    return _problem(refusal.status, refusal.words, headers=((b"retry-after", str(refusal.retry_after).encode()),))


def _expected(error: Exception, status: int, message: str, names: Mapping[str, str]) -> Answer:
    if isinstance(error, Invalid):
        faults = [
            _UNSHOWN.get(fault.field, (names.get(fault.field, fault.field), fault.message)) for fault in error.faults
        ]
        whole = "; ".join(said for name, said in faults if not name)
        details: dict[str, str] = {}
        for name, said in faults:
            if name:
                details.setdefault(name, f"{name} {said}")
        return _problem(status, whole or message, details)
    if isinstance(error, Unauthenticated):
        return _problem(status, message, headers=((b"www-authenticate", b"S1-HMAC-SHA256"),))
    if isinstance(error, MethodNotAllowed):
        return _problem(status, message, headers=((b"allow", ", ".join(error.allowed).encode()),))
    if isinstance(error, NotFound):
        shown = ids.as_uuid(error.record_id) if ids.is_id(error.record_id) else error.record_id
        return _problem(status, f"there is no {error.what} {shown}")
    return _problem(status, message)


def _problem(
    status: int, message: str, details: dict[str, str] | None = None, headers: tuple[tuple[bytes, bytes], ...] = ()
) -> Answer:
    return Answer(status, msgspec.json.encode(ErrorDto(status, message, details or {})), headers=headers)

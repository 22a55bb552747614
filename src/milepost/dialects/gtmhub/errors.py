"""Errors on the wire: RFC 9457 problems, with one status for each class of the domain's errors.

The vendor documents codes but no body. `errors` lists the faulty fields under this dialect's names.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping

import msgspec

from milepost.asgi.answer import Answer
from milepost.asgi.endpoint import MethodNotAllowed, Stopping, Unknown
from milepost.asgi.phrases import phrase
from milepost.asgi.refused import Refused
from milepost.asgi.request import BodyTooLarge, TooManyParameters
from milepost.dialects.gtmhub import narrowing
from milepost.domain.errors import Conflict, Forbidden, Invalid, NotFound, Suspended, TooMuch, Unauthenticated
from milepost.outages import Refusal

_log = logging.getLogger("milepost")

# The first matching class counts. Conflicts are 400: the vendor documents no 409.
_STATUS: tuple[tuple[type[Exception], int], ...] = (
    (Invalid, 400),
    (Conflict, 400),
    (TooManyParameters, 400),
    (Unauthenticated, 401),
    (Suspended, 402),
    (Forbidden, 403),
    (NotFound, 404),
    (BodyTooLarge, 413),
)

_WORDS = {
    BodyTooLarge: "the body is larger than 8 MiB",
    TooManyParameters: "the query has more than 100 parameters",
}

_NOUNS = {"key result": "metric", "check-in": "snapshot", "objective": "goal", "cycle": "session", "saved list": "list"}

# The nouns to replace in messages; text in parentheses or quotes is the client's own.
_IN_WORDS = re.compile(r'\(.*\)|".*"|\b(key result|objective|cycle)(?=s?\b)', re.DOTALL)


class FaultDto(msgspec.Struct):
    """A fault of a field."""

    field: str
    message: str


class ProblemDto(msgspec.Struct, omit_defaults=True):
    """A problem (RFC 9457). `errors` is left out where no field is at fault."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FaultDto] = []


def answer(error: Exception, names: Mapping[str, str]) -> Answer:
    """The problem document of an error. `names`: the dialect's names for the domain's fields. An unexpected error is a
    500, with its trace in the log and not in the answer.
    """
    if isinstance(error, MethodNotAllowed):
        allowed = ", ".join(sorted({*error.allowed, "HEAD"} if "GET" in error.allowed else error.allowed))
        return problem(405, f"this path answers {allowed} only", headers=((b"allow", allowed.encode()),))
    if isinstance(error, Refused):
        return problem(error.status, str(error), headers=error.headers)
    if isinstance(error, Unknown):
        return problem(404, "Milepost serves nothing at this address: /docs shows what it serves")
    if isinstance(error, Stopping):
        return problem(503, "the server is stopping: try again in a moment", headers=((b"retry-after", b"1"),))
    for kind, status in _STATUS:
        if isinstance(error, kind):
            return _expected(error, status, names)
    _log.error("a request failed by a fault of this program: please report it with these lines", exc_info=error)
    return problem(500, "the server failed to answer; its log says why")


def unavailable(refusal: Refusal) -> Answer:
    """The problem document for a call that the database cannot serve now."""
    return problem(refusal.status, refusal.words, headers=((b"retry-after", str(refusal.retry_after).encode()),))


def problem(
    status: int, detail: str, faults: list[FaultDto] | None = None, headers: tuple[tuple[bytes, bytes], ...] = ()
) -> Answer:
    """A problem document: type, title, status, detail, and errors for faulty fields."""
    document = ProblemDto("about:blank", phrase(status), status, detail, faults or [])
    return Answer(status, msgspec.json.encode(document), b"application/problem+json", headers)


def _expected(error: Exception, status: int, names: Mapping[str, str]) -> Answer:
    headers = ((b"www-authenticate", b'Bearer realm="milepost"'),) if status == 401 else ()
    if isinstance(error, NotFound):
        return problem(status, f"there is no {_NOUNS.get(error.what, error.what)} {error.record_id}")
    if not isinstance(error, Invalid):
        return problem(status, _WORDS.get(type(error)) or str(error), headers=headers)
    more = f": {narrowing.advice(error)}" if isinstance(error, TooMuch) else ""
    # Two of the domain's fields may be one on the wire.
    faults = list(dict.fromkeys((_named(fault.field, names), _worded(fault.message) + more) for fault in error.faults))
    detail = "; ".join(f"{field}: {message}" if field else message for field, message in faults[:3])
    listed = [FaultDto(field, message) for field, message in faults if field]
    return problem(status, detail, listed, headers)


def _worded(message: str) -> str:
    """A message of the domain in the words of this API: goals and sessions."""
    return _IN_WORDS.sub(lambda found: _NOUNS[found[1]] if found[1] else found[0], message)


def _named(field: str, names: Mapping[str, str]) -> str:
    """The wire's name of a field; in a bulk call "3.value" becomes "[3].actual"."""
    index, dot, name = field.partition(".")
    if dot and re.fullmatch("[0-9]+", index):
        return f"[{index}].{names.get(name, name)}".rstrip(".")
    return names.get(field, field)

"""The errors of the domain, which every front end translates.

No error here knows of HTTP, of a wire format or of SQL. Each front end has one table from these classes to its own
status and body.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec


class Fault(msgspec.Struct, frozen=True):
    """One field that cannot be accepted, and why, in words for whoever sent it."""

    field: str
    message: str


class MilepostError(Exception):
    """The base class of every error that a user or the operator can cause."""


class Invalid(MilepostError):
    """The input cannot be accepted: `faults` names each field with its reason."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}" if field else message)
        self.faults: tuple[Fault, ...] = (Fault(field, message),)

    @classmethod
    def of(cls, faults: Iterable[Fault]) -> Invalid:
        """One error for several faults; there must be at least one."""
        gathered = tuple(faults)
        error = cls(gathered[0].field, gathered[0].message)
        error.faults = gathered
        return error


class TooMuch(Invalid):
    """A list query would take too long. `narrowing`: the paths of the indexed fields, which can narrow it."""

    def __init__(self, message: str, narrowing: Iterable[tuple[str, ...]]) -> None:
        super().__init__("filter", message)
        self.narrowing = tuple(narrowing)


class NotFound(MilepostError):
    """The account holds no such record."""

    def __init__(self, what: str, record_id: str) -> None:
        super().__init__(f"there is no {what} {record_id}")
        self.what = what
        self.record_id = record_id


class Forbidden(MilepostError):
    """The actor is known, but may not do this."""


class Unauthenticated(MilepostError):
    """The request could not be attributed to a user."""


class Suspended(MilepostError):
    """The account is suspended by the operator of this server."""


class Conflict(MilepostError):
    """The request is valid, but conflicts with what is stored already."""

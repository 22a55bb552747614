"""What a status is called in words (RFC 9110): the same whatever Python the server runs on."""

from __future__ import annotations

from http import HTTPStatus

# Python 3.13 took over the names of RFC 9110; older ones have those of the RFCs before it.
_RENAMED = {413: "Content Too Large", 414: "URI Too Long", 416: "Range Not Satisfiable", 422: "Unprocessable Content"}


def phrase(status: int) -> str:
    """The name of a status."""
    return _RENAMED.get(status) or HTTPStatus(status).phrase

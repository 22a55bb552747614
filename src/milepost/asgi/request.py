"""Requests as handlers see them: plain values, nothing to await."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import parse_qsl

import msgspec
from starlette.types import Receive, Scope

PARAMETER_LIMIT = 100
# Headers that may come in several lines.
_LISTS = ("if-match", "if-none-match")
_LONGEST_CACHED_QUERY = 4_096  # bytes


class BodyTooLarge(Exception):
    """The body is longer than this server takes."""


class TooManyParameters(Exception):
    """The query string has more parameters than any client needs."""


class ClientGone(Exception):
    """The client hung up before its body was complete."""


class Request(msgspec.Struct, frozen=True):
    """`path` holds the parameters of the route, `query` the first value of each query parameter, `headers` have
    lower-case names; `base_url` is where the client reaches this server, without a slash at the end; `address` is the
    whole path of the request, and `query_string` the query as it was sent.
    """

    method: str
    path: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    base_url: str
    address: str
    query_string: bytes


def headers_of(scope: Scope) -> dict[str, str]:
    """The headers by lower-case name. Of a repeated header the first line counts; the lines of a list are joined."""
    found: dict[str, str] = {}
    for name, value in scope["headers"]:
        text = name.decode("latin-1").lower()
        if text not in found:
            found[text] = value.decode("latin-1")
        elif text in _LISTS:
            found[text] += f", {value.decode('latin-1')}"
    return found


def query_of(scope: Scope) -> Mapping[str, str]:
    """The query parameters, `+` and `%20` both a space. Of a repeated parameter the first value counts."""
    text: bytes = scope["query_string"]
    if not text:
        return {}
    return _parameters(text) if len(text) <= _LONGEST_CACHED_QUERY else _parameters.__wrapped__(text)


# Cached: clients repeat their queries, and parsing one takes longer than reading some records.
@lru_cache(maxsize=256)
def _parameters(query_string: bytes) -> Mapping[str, str]:
    try:
        pairs = parse_qsl(query_string.decode("latin-1"), keep_blank_values=True, max_num_fields=PARAMETER_LIMIT)
    except ValueError as error:
        raise TooManyParameters from error
    found: dict[str, str] = {}
    for name, value in pairs:
        found.setdefault(name, value)
    return found


def base_url_of(scope: Scope, headers: Mapping[str, str], public_url: str) -> str:
    """Where clients reach this server: as configured, else by the request's own host."""
    if public_url:
        return public_url
    server = scope.get("server") or ("localhost", None)
    host = headers.get("host") or (server[0] if server[1] is None else f"{server[0]}:{server[1]}")
    return f"{scope.get('scheme', 'http')}://{host}"


async def read_body(receive: Receive, headers: Mapping[str, str], limit: int) -> bytes:
    """The whole body; `BodyTooLarge` above the limit, before the rest of it is read."""
    announced = headers.get("content-length", "")
    if not announced and "transfer-encoding" not in headers:
        return b""  # there is none
    if announced.isascii() and announced.isdigit() and int(announced[:20]) > limit:
        raise BodyTooLarge
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > limit:
            raise BodyTooLarge
        if not message.get("more_body", False):
            return b"".join(parts)


async def received(
    scope: Scope, receive: Receive, headers: Mapping[str, str], method: str, limit: int, public_url: str
) -> Request:
    """The request as handlers see it; `method` is GET for a HEAD request. `BodyTooLarge` above the limit."""
    return Request(
        method=method,
        path=scope.get("path_params", {}),
        query=query_of(scope),
        headers=headers,
        body=await read_body(receive, headers, limit),
        base_url=base_url_of(scope, headers, public_url),
        address=scope["path"],
        query_string=scope["query_string"],
    )

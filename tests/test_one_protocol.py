"""A request that wishes for another protocol is read as it would be without the wish, however it comes in pieces."""

from __future__ import annotations

from typing import Any, cast

import httptools
import msgspec
from hypothesis import given
from hypothesis import strategies as st

from milepost.cli.one_protocol import OneProtocolParser

_BODIES = st.text("ab\r\nGET / HTTP/1.1:", max_size=60).map(str.encode)


class Sent(msgspec.Struct, frozen=True):
    """A request, but for the wish. `coding`: how it says how long its body is."""

    method: bytes
    version: bytes
    connection: bytes
    coding: str
    body: bytes

    def written(self, wish: bytes) -> bytes:
        """As it goes over the wire, `wish` being one of its headers, or none."""
        length, body = b"", b""
        if self.coding == "chunked" and self.body:
            length, body = (
                b"Transfer-Encoding: chunked\r\n",
                b"%x\r\n%b\r\n0\r\nX-Behind: 1\r\n\r\n"
                % (
                    len(self.body),
                    self.body,
                ),
            )
        elif self.body:
            length, body = b"Content-Length: %d\r\n" % len(self.body), self.body
        first = b"%b /path?query HTTP/%b\r\nHost: x\r\n" % (self.method, self.version)
        return first + wish + b"Connection: " + self.connection + b"\r\n" + length + b"\r\n" + body


class Reader:
    """Notes what a parser reads, as a connection does."""

    def __init__(self) -> None:
        self.seen: list[Any] = []
        self.url, self.headers, self.body = b"", [], b""
        self._passes_over = False
        self.parser = OneProtocolParser(cast(Any, self))

    def on_message_begin(self) -> None:
        self.url, self.headers, self.body = b"", [], b""

    def on_url(self, url: bytes) -> None:
        self.url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        self._passes_over = self.parser.is_wished_otherwise
        if not self._passes_over:
            parser = self.parser
            told = (parser.get_method(), parser.get_http_version(), parser.should_keep_alive(), parser.should_upgrade())
            self.seen.append((told, self.url, [one for one in self.headers if one[0] != b"upgrade"]))

    def on_body(self, body: bytes) -> None:
        self.body += body

    def on_message_complete(self) -> None:
        if not self._passes_over:
            self.seen.append(self.body)

    def read(self, data: bytes, cuts: list[int]) -> list[Any]:
        """What is seen of it in pieces of these lengths, the last of them again and again."""
        try:
            while data:
                cut = cuts.pop(0) if len(cuts) > 1 else cuts[0]
                piece, data = data[:cut], data[cut:]
                self.parser.feed_data(piece)
        except httptools.HttpParserError:
            self.seen.append("no HTTP")
        return self.seen


_REQUESTS = st.builds(
    Sent,
    st.sampled_from([b"GET", b"POST", b"PATCH", b"DELETE", b"HEAD"]),
    st.sampled_from([b"1.1", b"1.1", b"1.0"]),
    st.sampled_from([b"Upgrade", b"keep-alive, Upgrade", b"close, Upgrade", b"Upgrade, HTTP2-Settings"]),
    st.sampled_from(["chunked", "length"]),
    _BODIES,
)
_WISHES = st.sampled_from([b"", b"Upgrade: h2c\r\n", b"Upgrade: websocket\r\n"])
_CUTS = st.lists(st.sampled_from([1, 3, 20, 200, 5_000]), min_size=1, max_size=9)


@given(st.lists(st.tuples(_REQUESTS, _WISHES), min_size=1, max_size=5), _CUTS, _CUTS)
def test_it_is_read_as_if_there_were_no_wish(
    requests: list[tuple[Sent, bytes]], cuts: list[int], others: list[int]
) -> None:
    wished = b"".join(request.written(wish) for request, wish in requests)
    plain = b"".join(request.written(b"") for request, _ in requests)
    assert Reader().read(wished, cuts) == Reader().read(plain, others)

"""Ignores requests for another protocol (`Upgrade`), as a server may (RFC 9110, 7.8), and answers in HTTP/1.

The parser beneath takes all bytes after the head of such a request for the other protocol: the body would be missing,
and be read as the next request.
"""

from __future__ import annotations

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

# Opens a tunnel, and has no body.
_CONNECT = b"CONNECT"


class OneProtocolParser:
    """Wraps the parser of a connection. The head of such a request is parsed again without `Upgrade`, by a new parser;
    the connection ignores the first pass.
    """

    def __init__(self, connection: HttpToolsProtocol) -> None:
        self._connection = connection
        self._parser = self._new()

    @property
    def is_wished_otherwise(self) -> bool:
        """Whether the request whose head is complete will be parsed again."""
        return self._parser.should_upgrade() and self._parser.get_method() != _CONNECT

    def feed_data(self, data: bytes) -> None:
        """Read on."""
        left = memoryview(data)
        while True:
            try:
                self._parser.feed_data(left)
            except httptools.HttpParserUpgrade as stopped:
                left = left[stopped.args[0] :]
                if self._parser.get_method() != _CONNECT:
                    head, self._parser = self._head(), self._new()
                    self._parser.feed_data(head)
            else:
                return

    def should_upgrade(self) -> bool:
        """As the parser says, of the request whose head is complete; so are those below."""
        return self._parser.should_upgrade()

    def should_keep_alive(self) -> bool:
        return self._parser.should_keep_alive()

    def get_http_version(self) -> str:
        return self._parser.get_http_version()

    def get_method(self) -> bytes:
        return self._parser.get_method()

    def _new(self) -> httptools.HttpRequestParser:
        made = httptools.HttpRequestParser(self._connection)
        made.set_dangerous_leniencies(lenient_data_after_close=True)  # as uvicorn's own
        return made

    def _head(self) -> bytes:
        connection = self._connection
        first = b"%b %b HTTP/%b" % (self.get_method(), connection.url, self.get_http_version().encode())
        lines = [name + b": " + value for name, value in connection.headers if name != b"upgrade"]
        return b"\r\n".join([first, *lines, b"", b""])

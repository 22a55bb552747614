"""Ways to talk to Milepost over its wire: in process, without a socket, or to a live server over one."""

from __future__ import annotations

import asyncio
import http.client
import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, unquote, urlencode, urlsplit

import msgspec
from starlette.types import ASGIApp, Receive, Scope, Send


class Reply(msgspec.Struct, frozen=True):
    """What came back. `json` is the body's value; a header that comes twice is a line for each."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Wire:
    """A client with a token and an account, which sends what it is told to and judges nothing."""

    def __init__(self, token: str = "", account: str = "", base: str = "/api") -> None:
        self.token = token
        self.account = account
        self.base = base

    def send(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Reply:
        raise NotImplementedError  # the two ways below

    def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        raw: bytes | None = None,
    ) -> Reply:
        """A call as an ordinary client makes it: `path` such as v1/metrics, a JSON body, the two headers."""
        target = f"{self.base}/{path}" if not path.startswith("/") else path
        if query:
            target += "?" + urlencode(query, quote_via=quote)
        sent = {"host": "milepost.test"}
        if self.token:
            sent["authorization"] = f"Bearer {self.token}"
        if self.account:
            sent["gtmhub-accountid"] = self.account
        content = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
        return self.send(method, target, sent | dict(headers or {}), content)

    def get(self, path: str, **query: Any) -> Reply:
        return self.request("GET", path, query=query)

    def post(self, path: str, body: Any) -> Reply:
        return self.request("POST", path, body)

    def put(self, path: str, body: Any) -> Reply:
        return self.request("PUT", path, body)

    def patch(self, path: str, body: Any) -> Reply:
        return self.request("PATCH", path, body)

    def delete(self, path: str) -> Reply:
        return self.request("DELETE", path)


class InProcess(Wire):
    """Calls an ASGI application on an event loop of its own."""

    def __init__(
        self, app: ASGIApp, loop: asyncio.AbstractEventLoop, token: str = "", account: str = "", base: str = "/api"
    ) -> None:
        super().__init__(token, account, base)
        self._app = app
        self._loop = loop
        # What happens between the head of a request and its body.
        self.meanwhile: Callable[[], object] = lambda: None

    def acting(self, token: str, account: str) -> InProcess:
        """The same server, another caller."""
        return InProcess(self._app, self._loop, token, account, self.base)

    def at(self, base: str) -> InProcess:
        """The same caller, another base path."""
        return InProcess(self._app, self._loop, self.token, self.account, base)

    def send(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Reply:
        return self._loop.run_until_complete(self.asend(method, target, headers, body))

    def run(self, scope: Scope, receive: Receive, send: Send) -> None:
        """What the application does with a request that does not come as others do."""
        self._loop.run_until_complete(self._app(scope, receive, send))

    async def asend(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """The same, for tests that send many at once."""
        path, _, query = target.partition("?")
        if body and not {"content-length", "transfer-encoding"} & {name.lower() for name in headers}:
            headers = {**headers, "content-length": str(len(body))}
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": unquote(path),
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": query.encode("latin-1", "replace"),
            "headers": [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()],
            "server": ("milepost.test", 80),
            "client": ("127.0.0.1", 50_000),
        }
        sent: list[dict[str, Any]] = []
        pending = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> dict[str, Any]:
            self.meanwhile()
            return pending.pop(0) if pending else {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            sent.append(message)

        await self._app(scope, receive, send)
        start = sent[0]
        found: dict[str, str] = {}
        for name, value in start["headers"]:
            text = name.decode("latin-1").lower()
            found[text] = f"{found[text]}\n{value.decode('latin-1')}" if text in found else value.decode("latin-1")
        return Reply(start["status"], found, b"".join(part.get("body", b"") for part in sent[1:]))


class Live(Wire):
    """Calls a server at an address, over one kept connection."""

    def __init__(self, address: str, token: str = "", account: str = "", base: str = "/api") -> None:
        super().__init__(token, account, base)
        parts = urlsplit(address)
        self._connection = http.client.HTTPConnection(parts.hostname or "127.0.0.1", parts.port, timeout=30)

    def send(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Reply:
        self._connection.request(method, target, body or None, dict(headers))
        answer = self._connection.getresponse()
        found = {name.lower(): value for name, value in answer.getheaders()}
        return Reply(answer.status, found, answer.read())

    def close(self) -> None:
        self._connection.close()

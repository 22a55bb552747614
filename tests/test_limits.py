"""What a connection may ask of a server before anybody is known behind it, shown on real sockets."""

from __future__ import annotations

import json
import select
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from http.client import HTTPResponse
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from acme import Acme, build
from milepost import app
from server import Server
from wire import Live

# So short that nobody waits for long, and long enough for a machine that has other things to do.
SHORT = """
from milepost.cli import limits
limits.HEAD_SECONDS, limits.BODY_SECONDS, limits.READING_SECONDS, limits.BODY_RATE = 2.0, 1.0, 4.0, 1_000_000
"""
MOST = 8


@contextmanager
def over(folder: Path, before: str = "", **settings: str) -> Iterator[tuple[Server, Acme]]:
    """A server over the small company, with settings of its environment."""
    path = folder / "milepost.db"
    with closing(app.database(f"sqlite:///{path}")) as database:
        acme = build(database)
    server = Server(path, 1, settings, before)
    try:
        yield server, acme
    finally:
        server.kill()


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Acme]]:
    """A server as it comes."""
    with over(tmp_path_factory.mktemp("plain")) as made:
        yield made


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Acme]]:
    """A server with little patience."""
    with over(tmp_path_factory.mktemp("strict"), SHORT) as made:
        yield made


class Raw:
    """A connection to a server, for what no client library sends."""

    def __init__(self, server: Server, receive_buffer: int = 0) -> None:
        parts = urlsplit(server.address)
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(30)
        self.socket.connect((parts.hostname, parts.port))
        # That the last answer is of.
        self.request_id = ""

    def send(self, data: bytes) -> Raw:
        self.socket.sendall(data)
        return self

    def answered(self) -> tuple[int, bytes]:
        """The status and the body of the next answer."""
        answer = HTTPResponse(self.socket)
        answer.begin()
        self.request_id = answer.headers["x-request-id"]
        return answer.status, answer.read()

    def refused(self) -> tuple[int, str]:
        """The status of a refusal, and what it says; the connection is closed behind it."""
        status, body = self.answered()
        assert self.ended() == b""
        problem = json.loads(body)
        assert problem["status"] == status
        assert self.request_id, "every answer says which request it is of"
        return status, problem["detail"]

    def close(self) -> None:
        self.socket.close()

    def ended(self) -> bytes:
        """All that comes before the other side closes."""
        parts = []
        try:
            while part := self.socket.recv(65_536):
                parts.append(part)
        except ConnectionResetError:
            pass
        return b"".join(parts)


Connect = Callable[..., Raw]


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Connects to a server until the test is over."""
    with ExitStack() as stack:

        def connected(server: Server, receive_buffer: int = 0) -> Raw:
            return stack.enter_context(closing(Raw(server, receive_buffer)))

        yield connected


def call(acme: Acme, target: str = "/api/v1/users/app/me", *more: str, method: str = "GET") -> bytes:
    """The head of a call with Anna's token."""
    token = f"Authorization: Bearer {acme.tokens['anna']}"
    return "\r\n".join([f"{method} {target} HTTP/1.1", "Host: milepost.test", token, *more, "", ""]).encode()


def test_what_is_just_short_enough_is_answered(connect: Connect, plain: tuple[Server, Acme]) -> None:
    server, acme = plain
    line = connect(server).send(call(acme, "/api/v1/users/app/me?x=" + "y" * 65_000, "X-Long: " + "z" * 32_000))
    assert line.answered()[0] == 200
    assert line.send(call(acme)).answered()[0] == 200


@pytest.mark.parametrize("at_once", [True, False], ids=["at once", "bit by bit"])
def test_too_long_an_address(connect: Connect, plain: tuple[Server, Acme], at_once: bool) -> None:
    server, acme = plain
    line, sent = connect(server), call(acme, "/api/v1/users/app/me?x=" + "y" * 65_536)
    for first in range(0, len(sent), len(sent) if at_once else 1_000):
        line.send(sent[first : first + (len(sent) if at_once else 1_000)])
    assert line.refused() == (414, "the address is longer than 64 KiB")


@pytest.mark.parametrize("many", [True, False], ids=["many headers", "one header"])
def test_too_many_headers(connect: Connect, plain: tuple[Server, Acme], many: bool) -> None:
    server, acme = plain
    more = [f"X-{number}: {'z' * 100}" for number in range(330)] if many else ["X-Long: " + "z" * 33_000]
    assert connect(server).send(call(acme, "/healthz", *more)).refused() == (431, "the headers are longer than 32 KiB")


def test_a_header_without_end_is_not_kept(connect: Connect, plain: tuple[Server, Acme]) -> None:
    server, acme = plain
    line = connect(server).send(call(acme, "/healthz")[:-2] + b"X-Endless: ")
    with pytest.raises((ConnectionResetError, BrokenPipeError)):
        for _ in range(200):
            line.send(b"z" * 500_000)
    if Path("/proc/self/status").exists():
        status = Path(f"/proc/{server.pid}/status").read_text()
        peak = int(status.partition("VmHWM:")[2].split()[0])
        assert peak < 400_000, f"{peak} KiB of memory, for 100 MB that were sent"


@pytest.mark.parametrize("chunk", [b"0\r\nX-Endless: ", b"0\r\n", b"1;"], ids=["one trailer", "many", "an extension"])
def test_what_is_not_the_body_itself_has_an_end_too(connect: Connect, plain: tuple[Server, Acme], chunk: bytes) -> None:
    """Parsers keep the headers behind a body as they do those before it, and nobody has to be known to send them."""
    server, _ = plain
    line = connect(server).send(b"POST /api/v1/goals HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk)
    more = b"X-Many: z\r\n" * 6_000 if chunk == b"0\r\n" else b"z" * 60_000
    with pytest.raises((ConnectionResetError, BrokenPipeError)):
        for _ in range(500):
            line.send(more)


def test_a_body_in_chunks_may_end_in_headers(connect: Connect, plain: tuple[Server, Acme]) -> None:
    server, acme = plain
    head = call(acme, f"/api/v1/metrics/{acme.revenue}", f"gtmhub-accountId: {acme.account.id}",
                "Transfer-Encoding: chunked", method="PATCH")  # fmt: skip
    body = json.dumps({"name": "Long", "description": "x" * 90_000}).encode()
    parts = [body[first : first + 7] for first in range(0, len(body), 7)]
    chunks = b"".join(b"%x;of=many\r\n%b\r\n" % (len(part), part) for part in parts)
    line = connect(server)
    for _ in range(2):
        line.send(head + chunks + b"0\r\nX-Digest: none\r\n\r\n")
        assert line.answered()[0] == 200


def test_a_header_without_end_behind_a_whole_request(connect: Connect, plain: tuple[Server, Acme]) -> None:
    server, acme = plain
    line = connect(server).send(call(acme) + call(acme)[:-2] + b"X-Endless: ")
    assert line.answered()[0] == 200
    line.send(b"z" * 200_000)
    assert line.refused()[0] == 431


def test_a_long_body_does_not_count_as_a_header(connect: Connect, plain: tuple[Server, Acme]) -> None:
    server, acme = plain
    body = json.dumps({"name": "Long", "description": "x" * 190_000}).encode()
    head = call(acme, f"/api/v1/metrics/{acme.revenue}", f"gtmhub-accountId: {acme.account.id}",
                f"Content-Length: {len(body)}", method="PATCH")  # fmt: skip
    line = connect(server)
    for _ in range(3):
        line.send(head + body)
    line.send(call(acme, "/healthz", "Connection: close"))
    assert line.ended().count(b"HTTP/1.1 200 OK") == 4


def test_a_refusal_says_which_request_it_is_of(connect: Connect, strict: tuple[Server, Acme]) -> None:
    """The client's own id, where it has come; never that of the request before it on the connection."""
    server, acme = strict
    long = connect(server).send(call(acme, "/healthz", "X-Request-Id: mine", "X-Long: " + "z" * 33_000))
    assert (long.refused()[0], long.request_id) == (431, "mine")
    silent = connect(server).send(call(acme, "/api/v1/goals", "X-Request-Id: mine", "Content-Length: 9", method="POST"))
    assert (silent.refused()[0], silent.request_id) == (408, "mine")
    line = connect(server).send(call(acme, "/healthz", "X-Request-Id: first"))
    assert (line.answered()[0], line.request_id) == (200, "first")
    assert line.send(b"\x16\x03\x01").refused()[0] == 400
    assert line.request_id != "first"


@pytest.mark.parametrize("coded", ["Content-Length", "Transfer-Encoding"])
def test_who_would_like_another_protocol_is_answered_in_this_one(connect: Connect, tmp_path: Path, coded: str) -> None:
    """With all that was sent: Java's client would like HTTP/2. A body is never read as the next request."""
    wishes = ("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAE")
    with over(tmp_path) as (server, acme):
        said, line = server.said, connect(server)
        hidden = call(acme, "/healthz").decode()
        body = json.dumps({"name": "Told in HTTP/1", "description": f"{hidden}{hidden}"}).encode()
        sent = body if coded == "Content-Length" else b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
        length = f"{coded}: {len(body) if coded == 'Content-Length' else 'chunked'}"
        head = call(acme, f"/api/v1/metrics/{acme.revenue}", f"gtmhub-accountId: {acme.account.id}", length, *wishes,
                    method="PATCH")  # fmt: skip
        healthy = call(acme, "/healthz", "Connection: Upgrade", "Upgrade: websocket")
        for parts in ([head + sent], [head, sent], [head[:50], head[50:] + sent[:9], sent[9:]]):
            for part in parts:
                line.send(part)
                time.sleep(0.05)
            status, answer = line.answered()
            assert (status, json.loads(answer)["name"]) == (200, "Told in HTTP/1")
        line.send(healthy * 2 + head + sent + call(acme, "/healthz", "Connection: close, Upgrade", "Upgrade: h2c"))
        assert line.ended().count(b"HTTP/1.1 200 OK") == 4
        assert server.said == said


def test_what_is_no_http(connect: Connect, plain: tuple[Server, Acme]) -> None:
    assert connect(plain[0]).send(b"\x16\x03\x01 hello\r\n\r\n").refused()[0] == 400


@pytest.mark.parametrize("nested", [b"[" * 1_000_000, b'{"a":' * 300_000, b'{"name":' + b"[" * 900_000], ids=len)
def test_deep_nesting_is_refused(plain: tuple[Server, Acme], nested: bytes) -> None:
    server, acme = plain
    with closing(Live(server.address, acme.tokens["anna"], acme.account.id)) as anna:
        assert anna.request("POST", "v1/metrics", raw=nested).status == 400
        assert anna.request("POST", "/v1/cycles", raw=nested).status == 400
        assert anna.get("v2/metrics", filter='{"a":' * 3_000).status == 400


def test_a_head_that_does_not_come(connect: Connect, strict: tuple[Server, Acme]) -> None:
    server, acme = strict
    said_nothing, half = connect(server), connect(server).send(call(acme)[:-2])
    again = connect(server).send(call(acme))
    assert again.answered()[0] == 200
    again.send(b"GET ")
    blank = connect(server).send(b"\r\n")
    assert half.refused() == (408, "the head of the request did not come in time")
    assert again.refused()[0] == 408
    assert said_nothing.ended() == b""
    assert blank.ended()[:12] in (b"", b"HTTP/1.1 408")


@pytest.mark.parametrize("dialect", ["api/v1/metrics/{0.revenue}/checkin", "v1/keyresults/{0.revenue}"])
def test_a_body_that_does_not_come(connect: Connect, strict: tuple[Server, Acme], dialect: str) -> None:
    server, acme = strict
    head = call(acme, f"/{dialect.format(acme)}", f"gtmhub-accountId: {acme.account.id}", "Content-Length: 100000",
                method="POST")  # fmt: skip
    silent, dripping = connect(server).send(head), connect(server).send(head)
    with pytest.raises((ConnectionResetError, BrokenPipeError)):
        until = time.monotonic() + 30
        while time.monotonic() < until:
            dripping.send(b" ")
            time.sleep(0.05)
    assert silent.refused() == (408, "the body did not come in time")


def test_an_answer_that_nobody_reads(connect: Connect, strict: tuple[Server, Acme]) -> None:
    """The other side reads nothing of a large file that anybody may ask for."""
    server, _ = strict
    line = connect(server, receive_buffer=4_096)
    for _ in range(20):  # more than the system takes of an answer
        line.send(b"GET /docs/swagger-ui-bundle.js HTTP/1.1\r\nHost: milepost.test\r\n\r\n")
    poll = select.poll()
    poll.register(line.socket, 0)  # nothing but that it is over
    assert poll.poll(30_000), "the server keeps it for ever"


def test_a_slow_reader_gets_all_of_it(connect: Connect, strict: tuple[Server, Acme]) -> None:
    server, _ = strict
    line = connect(server, receive_buffer=65_536)
    line.send(b"GET /docs/swagger-ui-bundle.js HTTP/1.1\r\nHost: milepost.test\r\n\r\n")
    answer = HTTPResponse(line.socket)
    answer.begin()
    length, read = int(answer.headers["content-length"]), 0
    while read < length:
        read += len(answer.read(length // 8 + 1))
        time.sleep(0.6)
    assert read == length


def test_connections_of_one_address(connect: Connect, tmp_path: Path) -> None:
    settings = {"MILEPOST_CONNECTIONS_PER_ADDRESS": str(MOST), "MILEPOST_TRUSTED_PROXIES": ""}
    with over(tmp_path, **settings) as (server, acme):
        lines = [connect(server) for _ in range(MOST)]
        assert connect(server).refused() == (429, "too many connections are open from this address")
        assert all(line.send(call(acme)).answered()[0] == 200 for line in lines)
        lines.pop().close()
        until = time.monotonic() + 30
        while time.monotonic() < until:
            line = connect(server)
            line.send(call(acme))
            if line.answered()[0] == 200:
                break
        else:
            pytest.fail("a connection that was closed counts for ever")


def test_a_trusted_proxy_has_as_many_connections_as_it_wants(connect: Connect, tmp_path: Path) -> None:
    with over(tmp_path, MILEPOST_CONNECTIONS_PER_ADDRESS=str(MOST)) as (server, acme):
        lines = [connect(server) for _ in range(3 * MOST)]
        assert all(line.send(call(acme)).answered()[0] == 200 for line in lines)


def test_few_open_files_to_begin_with_are_raised(connect: Connect, tmp_path: Path) -> None:
    few = "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (64, 1_024))"
    with over(tmp_path, few, MILEPOST_CONNECTIONS_PER_ADDRESS="off") as (server, _):
        connections = [connect(server) for _ in range(100)]
        for one in connections:
            assert one.send(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").answered()[0] == 200

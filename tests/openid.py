"""A provider of OpenID Connect on this machine, which signs in whoever it is told to, and can be told to lie."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

CLIENT, SECRET = "milepost-test", "a secret of the client"
_KEY = RSAKey.generate_key(2048, {"kid": "one"})


class Provider:
    """`said` is what it tells of the person at its browser. The attributes beneath change what it does."""

    def __init__(self, clock: Callable[[], int]) -> None:
        self.clock = clock
        self.key = _KEY
        self.published = self.key
        self.said: dict[str, Any] = {"sub": "1", "email": "anna@acme.test", "email_verified": True}
        self.claims: dict[str, Any] = {}  # in the place of what belongs into the token
        self.info: dict[str, Any] | None = None  # what it tells elsewhere than in the token
        self.algorithm = "RS256"
        self.methods = ["client_secret_basic"]
        self.issuer = self.other_issuer = ""
        self.refuses = ""
        self.long = False
        self.token_is: Callable[[bytes], Iterator[bytes]] | None = None  # how it sends a token
        self.token_encoding = ""
        self.asked: list[str] = []
        self._codes: dict[str, dict[str, str]] = {}

    def authorized(self, address: str) -> str:
        """Where a browser that was sent to an address is sent back to, once its person has proved who he is."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert query["client_id"] == CLIENT
        assert query["code_challenge_method"] == "S256"
        assert {"openid", "email"} <= set(query["scope"].split())
        if self.refuses:
            answer = {"error": "access_denied", "error_description": self.refuses}
        else:
            code = secrets.token_hex(8)
            self._codes[code] = query
            answer = {"code": code}
        return f"{query['redirect_uri']}?{urlencode({**answer, 'state': query['state']})}"

    def answer(self, method: str, path: str, headers: Any, body: bytes) -> tuple[int, dict[str, Any]]:
        """What it answers a program."""
        self.asked.append(path)
        if path == "/.well-known/openid-configuration":
            return 200, {
                "issuer": self.other_issuer or self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                "userinfo_endpoint": f"{self.issuer}/who",
                "token_endpoint_auth_methods_supported": self.methods,
                "padding": "x" * (2_000_000 if self.long else 0),
            }
        if path == "/keys":
            return 200, {"keys": [self.published.as_dict(private=False)]}
        if path == "/who" and headers["authorization"] == "Bearer the access token":
            return 200, self.info or {}
        if path == "/token" and method == "POST":
            return self._token(headers, {name: values[0] for name, values in parse_qs(body.decode()).items()})
        return 404, {}

    def _token(self, headers: Any, sent: dict[str, str]) -> tuple[int, dict[str, Any]]:
        asked = self._codes.pop(sent["code"], None)
        proof = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        by_header = headers.get("authorization") == f"Basic {proof}"
        by_body = (sent.get("client_id"), sent.get("client_secret")) == (CLIENT, SECRET)
        verifier = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
        if (
            asked is None
            or not (by_header if "client_secret_basic" in self.methods else by_body)
            or sent["redirect_uri"] != asked["redirect_uri"]
            or base64.urlsafe_b64encode(verifier).decode().rstrip("=") != asked["code_challenge"]
        ):
            return 400, {"error": "invalid_grant"}
        now = self.clock() // 1_000_000
        standing = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        claims = {name: one for name, one in {**standing, **self.said, **self.claims}.items() if one is not None}
        key = self.key if self.algorithm != "HS256" else OctKey.import_key(SECRET)
        token = jwt.encode({"alg": self.algorithm, "kid": "one"}, claims, key, algorithms=[self.algorithm])
        return 200, {"access_token": "the access token", "token_type": "Bearer", "id_token": token}


@contextmanager
def provider(clock: Callable[[], int]) -> Iterator[Provider]:
    """A provider, at `issuer`."""
    made = Provider(clock)

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            status, said = made.answer(self.command, urlsplit(self.path).path, self.headers, body)
            text = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            if self.path == "/token" and made.token_is is not None:
                if made.token_encoding:
                    self.send_header("content-encoding", made.token_encoding)
                self.end_headers()  # it ends with the connection
                self.close_connection = True
                with suppress(OSError):  # nobody listens any more
                    for part in made.token_is(text):
                        self.wfile.write(part)
                return
            self.send_header("content-length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def log_message(self, *_about: object) -> None:
            """Nothing: a test says what it found."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        made.issuer = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield made
        server.shutdown()
        thread.join()

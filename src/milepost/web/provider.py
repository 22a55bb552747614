"""A provider of OpenID Connect, which authenticates people and vouches for their e-mail addresses.

It is asked by the code flow with PKCE. Its ID token must be signed by it, for this client, with the nonce of this
question.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from time import monotonic
from typing import Any, cast

import httpx2
import msgspec
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, KeySetSerialization

from milepost.config import OpenId
from milepost.domain.instants import SECOND, Instant

# Asymmetric signatures only: with others, the client itself could have made the token.
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
_SCOPE = "openid email profile"
# Ways to authenticate the client: the first, unless a provider accepts only the second.
_IN_HEADER, _IN_BODY = "client_secret_basic", "client_secret_post"
# The limits of an answer: in seconds, and in bytes.
_SECONDS = 10.0
_MOST = 1024 * 1024
# The most that the clocks of two machines may differ, in seconds.
_LEEWAY = 60
# How long the provider's metadata is cached.
_METADATA_HOLDS = 10 * 60 * SECOND


class NotVouched(Exception):
    """The provider does not vouch for anybody; the message is for the person who signs in."""


class Question(msgspec.Struct, frozen=True):
    """The values that a browser must bring back with the provider's answer before `until`; `wanted`: the page it asked
    for.
    """

    state: str
    nonce: str
    verifier: str
    wanted: str
    until: Instant


class _Metadata(msgspec.Struct, frozen=True):
    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str = ""
    token_endpoint_auth_methods_supported: list[str] = msgspec.field(default_factory=lambda: [_IN_HEADER])


def question(wanted: str, until: Instant) -> Question:
    """A new question with random values."""
    return Question(secrets.token_urlsafe(48), secrets.token_urlsafe(48), secrets.token_urlsafe(48), wanted, until)


class Provider:
    """The provider in some settings. Its calls block on the network: not for the thread of an event loop."""

    def __init__(self, settings: OpenId, clock: Callable[[], Instant]) -> None:
        self._settings = settings
        self._clock = clock
        self._lock = threading.Lock()
        self._known: tuple[Instant, _Metadata] | None = None

    @property
    def name(self) -> str:
        """Its name for people."""
        return self._settings.name

    def ask(self) -> None:
        """Fetch the metadata. `NotVouched`, whose cause tells the operator why."""
        with self._client("") as client:
            self._metadata(client)

    def address(self, asked: Question, back: str) -> str:
        """The address to which a browser takes a question; it returns to `back` with the answer. `NotVouched`."""
        with self._client(back) as client:
            found = self._metadata(client)
            url: str = client.create_authorization_url(
                found.authorization_endpoint, state=asked.state, nonce=asked.nonce, code_verifier=asked.verifier
            )[0]
            return url

    def email(self, asked: Question, answer: Mapping[str, str], back: str) -> str:
        """The e-mail address that the provider vouches for. `NotVouched`: it refused, or its answer proves nothing."""
        with self._client(back) as client:
            found = self._metadata(client)
            if not secrets.compare_digest(asked.state.encode(), answer.get("state", "").encode()):
                raise NotVouched("this is not the answer to what this browser asked: try again")
            if answer.get("iss", found.issuer) != found.issuer:
                raise NotVouched("this is the answer of somebody else")
            if "error" in answer:
                why = answer.get("error_description") or answer["error"]
                raise NotVouched(f"{self.name} did not sign you in: {why[:200]}")
            if client.client_secret and _IN_HEADER not in found.token_endpoint_auth_methods_supported:
                client.token_endpoint_auth_method = _IN_BODY
            held = client.fetch_token(
                found.token_endpoint,
                grant_type="authorization_code",
                code=answer.get("code", ""),
                code_verifier=asked.verifier,
            )
            said = self._verified(client, found, held, asked)
            if "email" not in said and found.userinfo_endpoint:
                more = _object(_got(client, found.userinfo_endpoint, f"Bearer {held['access_token']}"))
                if more.get("sub") != said["sub"]:
                    raise NotVouched(f"{self.name} told of two people")
                said = more
            return self._vouched(said)

    def _vouched(self, said: Mapping[str, Any]) -> str:
        email = said.get("email")
        if not isinstance(email, str) or not email:
            raise NotVouched(f"{self.name} does not tell your e-mail address, by which you are known here")
        # Some providers send the text "true".
        if not self._settings.any_email and str(said.get("email_verified")).lower() != "true":
            raise NotVouched(f"{self.name} has not verified that {email[:200]} is yours")
        return email

    def _verified(
        self, client: OAuth2Client, found: _Metadata, held: Mapping[str, Any], asked: Question
    ) -> Mapping[str, Any]:
        keys = KeySet.import_key_set(cast(KeySetSerialization, _object(_got(client, found.jwks_uri))))
        token = jwt.decode(str(held.get("id_token", "")), keys, algorithms=_ALGORITHMS)
        ours = self._settings.client_id
        claims = CodeIDToken(
            token.claims,
            token.header,
            {"iss": {"essential": True, "value": found.issuer}, "aud": {"essential": True, "value": ours}},
            {"nonce": asked.nonce, "client_id": ours, "access_token": held.get("access_token")},
        )
        claims.validate(now=self._clock() // SECOND, leeway=_LEEWAY)
        return token.claims

    def _metadata(self, client: OAuth2Client) -> _Metadata:
        now = self._clock()
        with self._lock:
            if self._known is not None and now < self._known[0]:
                return self._known[1]
            issuer = self._settings.issuer
            body = _got(client, f"{issuer.rstrip('/')}/.well-known/openid-configuration")
            found = msgspec.json.decode(body, type=_Metadata)
            if found.issuer.rstrip("/") != issuer.rstrip("/"):
                raise ValueError(f"it says that it is {found.issuer}")
            places = (found.authorization_endpoint, found.token_endpoint, found.jwks_uri, found.userinfo_endpoint)
            if issuer.startswith("https://") and not all(place.startswith("https://") for place in places if place):
                raise ValueError("not all of its addresses begin with https://")
            self._known = (now + _METADATA_HOLDS, found)
            return found

    @contextmanager
    def _client(self, back: str) -> Iterator[OAuth2Client]:
        settings = self._settings
        client = OAuth2Client(
            settings.client_id,
            settings.client_secret or None,
            scope=_SCOPE,
            redirect_uri=back,
            code_challenge_method="S256",
            timeout=_SECONDS,
            transport=_Bounded(),
        )
        try:
            with client:
                yield client
        except (OAuthError, httpx2.HTTPError, httpx2.InvalidURL, JoseError, ValueError, KeyError) as error:
            raise NotVouched(f"{self.name} cannot be asked, or its answer proves nothing") from error


def _got(client: OAuth2Client, url: str, authorization: str = "") -> bytes:
    """The body of an answer."""
    headers = {"accept": "application/json"} | ({"authorization": authorization} if authorization else {})
    response = client.request("GET", url, withhold_token=True, headers=headers)
    response.raise_for_status()
    content: bytes = response.content
    return content


class _Bounded(httpx2.BaseTransport):
    """A transport that limits every answer to one MiB and ten seconds."""

    def __init__(self) -> None:
        self._transport = httpx2.HTTPTransport()

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """The answer, whose body raises `ValueError` beyond the limits."""
        request.headers["accept-encoding"] = "identity"  # a compressed MiB could expand to a gigabyte
        response = self._transport.handle_request(request)
        if response.headers.get("content-encoding", "identity") != "identity":
            response.close()
            raise ValueError(f"{request.url} answers with what it was not asked for")
        return httpx2.Response(
            response.status_code,
            headers=response.headers,
            stream=_BoundedStream(cast(httpx2.SyncByteStream, response.stream), f"{request.url}"),
            extensions=response.extensions,
        )

    def close(self) -> None:
        """Close its connections."""
        self._transport.close()


class _BoundedStream(httpx2.SyncByteStream):
    def __init__(self, stream: httpx2.SyncByteStream, url: str) -> None:
        self._stream = stream
        self._url = url
        self._until = monotonic() + _SECONDS

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        for part in self._stream:
            size += len(part)
            if size > _MOST or monotonic() > self._until:
                raise ValueError(f"{self._url} answers with more than it has to say")
            yield part

    def close(self) -> None:
        self._stream.close()


def _object(body: bytes) -> dict[str, Any]:
    return msgspec.json.decode(body, type=dict[str, Any])

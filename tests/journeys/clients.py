"""What the journeys' clients have in common: a socket on which they send exactly what they say, the companies whose
tokens they hold, and what they read of an answer.
"""

from __future__ import annotations

import http.client
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar
from urllib.parse import urlsplit

import msgspec

from milepost.actions import accounts, people, tokens
from milepost.actions.context import operator
from milepost.actions.people import UserChange
from milepost.app import clock
from milepost.cli import demo_company
from milepost.domain.people import Role
from milepost.store.engine import Database
from wire import Reply

# A timestamp as strict types read it: RFC 3339 with its zone, never "" and never null.
Moment = Annotated[datetime, msgspec.Meta(tz=True)]

T = TypeVar("T")


class Listing(msgspec.Struct, Generic[T]):
    """A list as every client reads it."""

    items: list[T]
    total: Annotated[int, msgspec.Meta(ge=0)] = msgspec.field(name="totalCount")


class Company(msgspec.Struct, frozen=True):
    """An account, and a token that somebody in it was given."""

    account: str
    token: str


class Site(msgspec.Struct, frozen=True):
    """A live server, and what its operator can do while it runs."""

    database: Database
    address: str

    def founded(self, name: str) -> Company:
        """A company with nobody in it but an admin, whose token it is."""
        account = accounts.add(self.database, clock, name)
        email = f"admin@{account.domain}.test"
        owner = operator(self.database, account.id, clock)
        people.add(owner, UserChange(email=email, first_name="Adele", last_name="Admin", role=Role.ADMIN))
        return self.entered(account.id, email)

    def demonstrated(self) -> Company:
        """The demo company, as it stands now: two quarters of work by ten people. The token is the founder's."""
        entrance = demo_company.build(self.database, clock())
        return Company(entrance.account_id, entrance.token)

    def entered(self, account: str, email: str) -> Company:
        """A company that exists, entered by somebody else."""
        _, token = tokens.add(operator(self.database, account, clock), email, "journey")
        return Company(account, token)


class Http:
    """One kept connection, on which nothing is sent but what is said: not a header more than Host and, with a body,
    Content-Length; names and values in the letters in which they are given, the target as it stands.
    """

    def __init__(self, address: str, base: str = "/api", headers: Mapping[str, str] | None = None) -> None:
        parts = urlsplit(address)
        self._connection = http.client.HTTPConnection(parts.hostname or "127.0.0.1", parts.port, timeout=30)
        self._host = parts.netloc
        self.base = base
        self.headers = dict(headers or {})

    def ask(
        self, method: str, path: str, body: bytes | None = None, *, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """One exchange. `headers` take the place of the client's own."""
        self._connection.putrequest(method, f"{self.base}/{path}", skip_host=True, skip_accept_encoding=True)
        self._connection.putheader("Host", self._host)
        for name, value in (self.headers if headers is None else headers).items():
            self._connection.putheader(name, value)
        if body is not None:
            self._connection.putheader("Content-Length", str(len(body)))
        self._connection.endheaders(body)
        answer = self._connection.getresponse()
        found = {name.lower(): value for name, value in answer.getheaders()}
        return Reply(answer.status, found, answer.read())

    def close(self) -> None:
        self._connection.close()


def read(reply: Reply, type_: Any, status: int = 200) -> Any:
    """An answer's body as a client with strict types reads it: what it does not know is passed over, but a missing
    field, a null, or a number with a fraction where none belongs, fails the whole.
    """
    assert reply.status == status, (reply.status, reply.body)
    assert reply.headers["content-type"].partition(";")[0] == "application/json"
    return msgspec.json.decode(reply.body, type=type_)

"""What strangers may open: the ways in, at which nobody is signed in yet."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping

import msgspec
from starlette.types import Scope

from milepost.asgi.answer import Answer
from milepost.asgi.endpoint import Endpoint
from milepost.asgi.origins import origin_of
from milepost.asgi.refused import Refused
from milepost.asgi.request import Request
from milepost.house import House
from milepost.web import errors

_BODY_LIMIT = 16 * 1024


class Knock(msgspec.Struct, frozen=True):
    """A call at a door."""

    method: str


class Door(Endpoint[Knock, str]):
    """One path, for everybody. Who calls is the name of his address, by which those who guess are slowed down."""

    front_end = "web"

    def __init__(self, house: House, methods: Iterable[str]) -> None:
        calls = {method: Knock(method) for method in methods}
        super().__init__(calls, _BODY_LIMIT, house.public_url, house.rates, house.unserved)
        self._house = house

    async def admitted(self, _route: Knock | None, scope: Scope, _headers: Mapping[str, str]) -> str:
        """Anybody."""
        return origin_of(scope)

    def token_of(self, caller: str) -> str:
        """There is none: those who are not signed in share one count for each address."""
        return f"sign-in {caller}"

    @abstractmethod
    async def perform(self, call: Knock, request: Request, caller: str) -> Answer:
        """What is behind the door."""

    def refusal(self, error: Exception, _route: Knock | None) -> Answer:
        """The page that says what is wrong."""
        if (refusal := self._house.outages.met(error)) is not None:
            return errors.page(Refused(refusal.status, refusal.words))
        return errors.page(error)

"""Every call that this dialect answers: one line each, and nothing is answered that has no line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from milepost.actions.context import Context
from milepost.asgi.answer import Answer
from milepost.asgi.lanes import Lane
from milepost.asgi.request import Request
from milepost.dialects.simpleokr import cycles, keyresults, objectives, teams, users
from milepost.dialects.simpleokr.wire import keyresults as key_result_wire
from milepost.dialects.simpleokr.wire import objectives as objective_wire
from milepost.domain.people import Capability

Handler = Callable[[Request, Context], Answer]


class Route(msgspec.Struct, frozen=True):
    """One call. `names` are the dialect's names for the domain's fields in errors."""

    method: str
    path: str
    handler: Handler
    lane: Lane
    needs: Capability
    names: Mapping[str, str] = {}


_READ, _CONTRIBUTE, _ADMINISTER = Capability.READ, Capability.CONTRIBUTE, Capability.ADMINISTER
_OBJECTIVE, _KEY_RESULT = objective_wire.NAMES, key_result_wire.NAMES


def _item(path: str, handler: Handler) -> Route:
    return Route("GET", path, handler, Lane.SHORT, _READ)


def _list(path: str, handler: Handler) -> Route:
    return Route("GET", path, handler, Lane.LONG, _READ)


def _change(method: str, path: str, handler: Handler, needs: Capability, names: Mapping[str, str] = {}) -> Route:
    return Route(method, path, handler, Lane.WRITE, needs, names)


# The most frequent calls stand first: routes are tried one after the other.
ROUTES: tuple[Route, ...] = (
    _list("/keyresults", keyresults.list_),
    _item("/keyresults/{id}", keyresults.get),
    _change("POST", "/keyresults/{id}", keyresults.replace, _CONTRIBUTE, _KEY_RESULT),
    _change("DELETE", "/keyresults/{id}", keyresults.remove, _CONTRIBUTE, _KEY_RESULT),
    _list("/objectives", objectives.list_),
    _change("POST", "/objectives", objectives.create, _CONTRIBUTE, _OBJECTIVE),
    _item("/objectives/{id}", objectives.get),
    _change("POST", "/objectives/{id}", objectives.replace, _CONTRIBUTE, _OBJECTIVE),
    _change("DELETE", "/objectives/{id}", objectives.remove, _CONTRIBUTE, _OBJECTIVE),
    _list("/objectives/{id}/keyresults", keyresults.list_under),
    _change("POST", "/objectives/{id}/keyresults", keyresults.create, _CONTRIBUTE, _KEY_RESULT),
    _list("/cycles", cycles.list_),
    _change("POST", "/cycles", cycles.create, _ADMINISTER),
    _item("/cycles/{id}", cycles.get),
    _change("POST", "/cycles/{id}", cycles.replace, _ADMINISTER),
    _change("DELETE", "/cycles/{id}", cycles.remove, _ADMINISTER),
    _list("/teams", teams.list_),
    _change("POST", "/teams", teams.create, _ADMINISTER),
    _item("/teams/{id}", teams.get),
    _change("POST", "/teams/{id}", teams.replace, _ADMINISTER),
    _change("DELETE", "/teams/{id}", teams.remove, _ADMINISTER),
    _list("/users", users.list_),
    _item("/users/{id}", users.get),
)

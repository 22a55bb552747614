"""The route table: one line for each call of this dialect; other calls are not answered. The OpenAPI document is made
from it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from milepost.actions.context import Context
from milepost.asgi.answer import Answer
from milepost.asgi.lanes import Lane
from milepost.asgi.openapi import Parameter
from milepost.asgi.request import Request
from milepost.dialects.simpleokr import cycles, keyresults, objectives, paging, teams, users
from milepost.dialects.simpleokr.wire import keyresults as key_result_wire
from milepost.dialects.simpleokr.wire import objectives as objective_wire
from milepost.dialects.simpleokr.wire.bodies import KeyResultBody, NameBody, ObjectiveBody
from milepost.dialects.simpleokr.wire.cycles import CycleDto, CyclePage
from milepost.dialects.simpleokr.wire.keyresults import KeyResultDto, KeyResultPage
from milepost.dialects.simpleokr.wire.objectives import ObjectiveDto, ObjectivePage
from milepost.dialects.simpleokr.wire.people import TeamDto, TeamPage, UserDto, UserPage
from milepost.dialects.simpleokr.wire.shared import Removed
from milepost.domain.people import Capability

Handler = Callable[[Request, Context], Answer]


class Route(msgspec.Struct, frozen=True):
    """One call. `names` are the dialect's names for the domain's fields in errors. For clients: what it is for, what
    it takes in query and body, and what it gives; `tagged`: that is one item as a GET of its own address shows it, with
    its ETag.
    """

    method: str
    path: str
    handler: Handler
    lane: Lane
    needs: Capability
    summary: str
    gives: Any
    takes: Any = None
    query: tuple[Parameter, ...] = ()
    names: Mapping[str, str] = {}
    tagged: bool = False


class Kind(msgspec.Struct, frozen=True):
    """The body type, the answer type and the names of fields in errors that the changes of one kind of record share."""

    takes: Any
    gives: Any
    names: Mapping[str, str] = {}


_READ, _CONTRIBUTE, _ADMINISTER = Capability.READ, Capability.CONTRIBUTE, Capability.ADMINISTER
_KEY_RESULT = Kind(KeyResultBody, KeyResultDto, key_result_wire.NAMES)
_OBJECTIVE = Kind(ObjectiveBody, ObjectiveDto, objective_wire.NAMES)
_CYCLE = Kind(NameBody, CycleDto)
_TEAM = Kind(NameBody, TeamDto)

_PAGED = (Parameter(paging.PARAMETER, "Where the page begins: `next_page_token` of the page before."),)
_OF_A_CYCLE = (Parameter("cycle_id", "The id of the cycle.", required=True), *_PAGED)


def _item(path: str, handler: Handler, gives: Any, summary: str) -> Route:
    return Route("GET", path, handler, Lane.SHORT, _READ, summary, gives, tagged=True)


def _list(path: str, handler: Handler, gives: Any, summary: str, query: tuple[Parameter, ...] = _PAGED) -> Route:
    return Route("GET", path, handler, Lane.PAGE, _READ, summary, gives, query=query)


def _change(path: str, handler: Handler, needs: Capability, kind: Kind, summary: str) -> Route:
    return Route(
        "POST", path, handler, Lane.WRITE, needs, summary, kind.gives, kind.takes, names=kind.names, tagged=True
    )


def _removal(path: str, handler: Handler, needs: Capability, kind: Kind, summary: str) -> Route:
    return Route("DELETE", path, handler, Lane.WRITE, needs, summary, Removed, names=kind.names)


ROUTES: tuple[Route, ...] = (
    _list("/keyresults", keyresults.list_, KeyResultPage, "Key results of a cycle", _OF_A_CYCLE),
    _item("/keyresults/{id}", keyresults.get, KeyResultDto, "A key result"),
    _change("/keyresults/{id}", keyresults.replace, _CONTRIBUTE, _KEY_RESULT, "Replace a key result"),
    _removal(
        "/keyresults/{id}",
        keyresults.remove,
        _CONTRIBUTE,
        _KEY_RESULT,
        "Delete a key result (members: own ones)",
    ),
    _list("/objectives", objectives.list_, ObjectivePage, "Objectives of a cycle", _OF_A_CYCLE),
    _change("/objectives", objectives.create, _CONTRIBUTE, _OBJECTIVE, "Make an objective"),
    _item("/objectives/{id}", objectives.get, ObjectiveDto, "An objective"),
    _change("/objectives/{id}", objectives.replace, _CONTRIBUTE, _OBJECTIVE, "Replace an objective"),
    _removal(
        "/objectives/{id}",
        objectives.remove,
        _CONTRIBUTE,
        _OBJECTIVE,
        "Delete an objective (members: own ones)",
    ),
    _list("/objectives/{id}/keyresults", keyresults.list_under, KeyResultPage, "Key results of an objective"),
    _change("/objectives/{id}/keyresults", keyresults.create, _CONTRIBUTE, _KEY_RESULT, "Make a key result"),
    _list("/cycles", cycles.list_, CyclePage, "Cycles"),
    _change("/cycles", cycles.create, _ADMINISTER, _CYCLE, "Make a cycle"),
    _item("/cycles/{id}", cycles.get, CycleDto, "A cycle"),
    _change("/cycles/{id}", cycles.replace, _ADMINISTER, _CYCLE, "Replace a cycle"),
    _removal("/cycles/{id}", cycles.remove, _ADMINISTER, _CYCLE, "Delete a cycle, with its objectives"),
    _list("/teams", teams.list_, TeamPage, "Teams"),
    _change("/teams", teams.create, _ADMINISTER, _TEAM, "Make a team"),
    _item("/teams/{id}", teams.get, TeamDto, "A team"),
    _change("/teams/{id}", teams.replace, _ADMINISTER, _TEAM, "Replace a team"),
    _removal("/teams/{id}", teams.remove, _ADMINISTER, _TEAM, "Delete a team"),
    _list("/users", users.list_, UserPage, "Users"),
    _item("/users/{id}", users.get, UserDto, "A user"),
)

"""The calls of the SimpleOKR dialect: whose records each path names, and a body that each takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any

import msgspec

from calls import Dialect, Records
from milepost.dialects.simpleokr.gate import BODY_LIMIT
from milepost.dialects.simpleokr.routes import ROUTES
from milepost.dialects.simpleokr.wire.cycles import CycleDto
from milepost.dialects.simpleokr.wire.keyresults import KeyResultDto
from milepost.dialects.simpleokr.wire.objectives import ObjectiveDto
from milepost.dialects.simpleokr.wire.people import TeamDto
from milepost.domain import ids
from wire import InProcess, Reply

# The object of each path, which is also its body; every attribute of it that ends in _id refers to another record.
OBJECTS: dict[str, type[msgspec.Struct]] = {
    "/teams": TeamDto,
    "/teams/{id}": TeamDto,
    "/cycles": CycleDto,
    "/cycles/{id}": CycleDto,
    "/objectives": ObjectiveDto,
    "/objectives/{id}": ObjectiveDto,
    "/objectives/{id}/keyresults": KeyResultDto,
    "/keyresults/{id}": KeyResultDto,
}

_OF_A_CYCLE = {("GET", "/objectives"), ("GET", "/keyresults")}

# What each parameter of a path names, by the path's first segment and the parameter's name.
_PARAMETERS: dict[tuple[str, str], str] = {
    ("users", "id"): "user",
    ("teams", "id"): "team",
    ("cycles", "id"): "cycle",
    ("objectives", "id"): "objective",
    ("keyresults", "id"): "key_result",
}
# A body that each call takes; the references in it are those of the records.
_BODIES: dict[str, Callable[[Records], Any]] = {
    "POST /teams": lambda of: {"name": "New"},
    "POST /teams/{id}": lambda of: {"name": "Other"},
    "POST /cycles": lambda of: {"name": "New"},
    "POST /cycles/{id}": lambda of: {"name": "Other"},
    "POST /objectives": lambda of: {"name": "New", "cycle_id": of.cycle, "assignee_id": of.user},
    "POST /objectives/{id}": lambda of: {"name": "Other", "cycle_id": of.cycle, "team_id": of.team},
    "POST /objectives/{id}/keyresults": lambda of: {"name": "New", "type": "positive", "target_value_min": "5"},
    "POST /keyresults/{id}": lambda of: {
        "name": "Other", "type": "range", "target_value_min": "5", "target_value_max": 6, "current_value": "5.25",
        "objective_id": of.objective,
    },
}  # fmt: skip
# What the fields of bodies that refer to other records refer to.
_REFERENCES: dict[str, str] = {
    "cycle_id": "cycle",
    "team_id": "team",
    "assignee_id": "user",
    "parent_objective_id": "objective",
    "objective_id": "objective",
}


class SimpleOkr(Dialect):
    """One base path, 200 for everything, one error object."""

    name = "simpleokr"
    routes = ROUTES
    challenge = "S1-HMAC-SHA256"
    body_limit = BODY_LIMIT
    successes = frozenset({200})
    nothing_here = (
        "/v1", "/v1/", "/v1/nothing", "/v1/users/{user}/teams", "/v1/objectives/{objective}/keyresults/{key_result}",
        "/v1/keyresults/{key_result}/checkins", "/v1/cycles/{cycle}/objectives", "/v1/v1/users", "/v1/api/v1/goals",
        "/v1/Users", "/v1//users//x", "/v1/%00", "/v1/teams%2F{team}%2Fx", "/v1/healthz", "/v1/metrics",
        "/v1/%0A", "/v1/users%0A/x", "/v1/objectives/{objective}/keyresults%0A",
    )  # fmt: skip
    parameters = _PARAMETERS
    bodies = _BODIES
    references = _REFERENCES

    def spelled(self, record_id: str) -> str:
        return ids.as_uuid(record_id)

    def prefixes(self, route: Any) -> Sequence[str]:
        return ["/v1"]

    def filled(self, route: Any, of: Records, **instead: str) -> str:
        path = super().filled(route, of, **instead)
        return f"{path}?cycle_id={of.cycle}" if (route.method, path) in _OF_A_CYCLE else path

    def refused(self, reply: Reply, status: int) -> list[str]:
        assert reply.status == status, reply.body
        assert reply.headers["content-type"] == "application/json"
        error = reply.json
        assert {"code", "message"} <= error.keys() <= {"code", "message", "details"}
        assert error["code"] == HTTPStatus(status)
        assert isinstance(error["message"], str)
        assert error["message"]
        details = error.get("details", {"": ""})
        assert details, "details are left out where there is nothing to say"
        assert all(isinstance(said, str) for said in details.values())
        return list(error.get("details", {}))

    def allowed(self, methods: set[str]) -> set[str]:
        return methods

    def fields(self, route: Any) -> Sequence[str]:
        return OBJECTS[route.path].__struct_encode_fields__

    def read_everything(self, client: InProcess) -> None:
        here = client.at("/v1")
        cycles = _all(here, "cycles")
        for cycle in cycles:
            for one in _all(here, "objectives", cycle_id=cycle):
                _all(here, f"objectives/{one}/keyresults")
            _all(here, "keyresults", cycle_id=cycle)
        _all(here, "users")
        _all(here, "teams")


def _all(client: InProcess, path: str, **query: str) -> list[str]:
    """The ids of a whole list, page by page, each of which can be read by itself just as it is listed."""
    name = path.rpartition("/")[2]
    found: list[Any] = []
    token: str | None = ""
    while token is not None:
        reply = client.get(path, page_token=token, **query)
        assert reply.status == 200, reply.body
        found += reply.json[name]
        token = reply.json["next_page_token"]
    for one in found:
        assert client.get(f"{name}/{one['id']}").json == one
    return [one["id"] for one in found]


SIMPLEOKR = SimpleOkr()

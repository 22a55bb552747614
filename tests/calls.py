"""Calls of every dialect, filled in, so that one walk puts the same questions to every route of every front end.

Each dialect describes its calls in a module of its own. A route that is not described there fails the tests that walk
the tables, so that none can be forgotten.
"""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn, Protocol
from urllib.parse import quote

import msgspec

from acme import Acme
from milepost.actions import check_ins, saved_lists, tasks, teams
from milepost.actions.teams import TeamChange
from milepost.domain.check_in import Entry
from milepost.domain.people import Capability, User
from milepost.domain.saved_list import SavedListChange
from milepost.domain.task import TaskChange
from wire import InProcess, Reply, Wire

UNKNOWN = "0123456789abcdef01234567"


class Route(Protocol):
    """What the route tables of all dialects have in common."""

    @property
    def method(self) -> str: ...

    @property
    def path(self) -> str: ...

    @property
    def needs(self) -> Capability: ...


class Records(msgspec.Struct, frozen=True):
    """One record of each kind, of one account, as a dialect spells their ids."""

    account: str
    cycle: str
    objective: str
    key_result: str
    check_in: str
    user: str
    team: str
    task: str
    saved_list: str
    email: str


class Dialect(ABC):
    """A front end's route table and how to talk to it."""

    name: str
    routes: Sequence[Route]
    # How a 401 begins to say what is wanted.
    challenge: str
    body_limit: int
    successes: frozenset[int]
    # What a suspended account may still ask.
    free: frozenset[str] = frozenset()
    # Addresses where there is nothing, with {names} of records in them.
    nothing_here: tuple[str, ...]
    # What each parameter of a path names, by the path's first segment and the parameter's name.
    parameters: Mapping[tuple[str, str], str]
    # A body that each call takes; the references in it are those of the records.
    bodies: Mapping[str, Callable[[Records], Any]]
    # What the fields of bodies that refer to other records refer to.
    references: Mapping[str, str]
    # Objects that a careless client wraps its body in.
    wrappers: tuple[str, ...] = ()
    # Fields in which a value can also stand deeper.
    deep: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return self.name

    @abstractmethod
    def spelled(self, record_id: str) -> str:
        """An id as this dialect shows it."""

    @abstractmethod
    def prefixes(self, route: Route) -> Sequence[str]:
        """What stands before a route's path, one for each address that it has; the most usual is the first."""

    @abstractmethod
    def refused(self, reply: Reply, status: int) -> list[str]:
        """Assert an error of this dialect's shape with this status; the names of the fields at fault."""

    @abstractmethod
    def allowed(self, methods: set[str]) -> set[str]:
        """What `Allow` names on a path with calls of these methods."""

    @abstractmethod
    def fields(self, route: Route) -> Sequence[str]:
        """Every field of a route's body that means something."""

    @abstractmethod
    def read_everything(self, client: InProcess) -> None:
        """Assert that every list, and every record in it, can be read."""

    def texts(self, route: Route) -> set[str]:
        """The fields of a route's body that keep a text."""
        return {"name", "description"} & {*self.fields(route)}

    def referring(self, route: Route, of: Records, field: str, record_id: str) -> Any:
        """A sound body, but for one field that refers to this record."""
        return self.changed(route, of, {field: record_id})

    def faults(self, field: str) -> tuple[list[str], ...]:
        """What an error may name where a reference is at fault."""
        return ([field],)

    def changed(self, route: Route, of: Records, fields: Mapping[str, Any]) -> Any:
        """A sound body with some fields set otherwise."""
        return {**self.body(route, of), **fields}

    def passed_over(self, route: Route, field: str) -> bool:
        """Whether a call never touches a reference: what a client echoes of it is passed over."""
        return False

    def body(self, route: Route, of: Records) -> Any:
        """A body that a route takes; `None` for calls that take none."""
        if not takes_body(route):
            return None
        assert name(route) in self.bodies, f"say in tests/{self.name}_calls.py what body {name(route)} takes"
        return self.bodies[name(route)](of)

    def kind(self, route: Route, parameter: str) -> str:
        """What a parameter of a route names."""
        key = (route.path.split("/")[1], parameter)
        assert key in self.parameters, f"say in tests/{self.name}_calls.py what {parameter} of {route.path} names"
        return self.parameters[key]

    def filled(self, route: Route, of: Records, **instead: str) -> str:
        """A route's path; `instead` gives parameters other values."""
        path = route.path
        for parameter in parameters(route):
            value = instead.get(parameter) or getattr(of, self.kind(route, parameter))
            path = path.replace(f"{{{parameter}}}", quote(value, safe=""))
        return path

    def ours(self, acme: Acme) -> Records:
        """Acme's, with a fresh check-in, team, task and saved list."""
        return self._records(acme, acme.anna, acme.ben, (acme.account.id, acme.q3.id, acme.growth, acme.revenue))

    def theirs(self, acme: Acme) -> Records:
        """The rival's, with a fresh check-in, team, task and saved list."""
        standing = (acme.rival.id, acme.rival_cycle, acme.rival_objective, acme.rival_key_result)
        return self._records(acme, acme.rita, acme.rita, standing)

    @property
    def nobodys(self) -> Records:
        """Records that are nowhere."""
        return Records(*[self.spelled(UNKNOWN)] * 9, email="nobody@nowhere.test")

    def _records(self, acme: Acme, boss: User, user: User, standing: tuple[str, str, str, str]) -> Records:
        context = acme.context(boss)
        entry = check_ins.record(context, standing[3], Entry(value=4.5, comment="so far"))[1].id
        team = teams.add(context, TeamChange(name="Their team" if user is acme.rita else "Our team")).id
        of_key_result = TaskChange(name="A task", parent_id=standing[3], owner_id=user.id)
        task = tasks.add(context, of_key_result).task.id
        saved = saved_lists.add(context, SavedListChange(name="A list", about="Key Result", owner_id=user.id)).id
        return Records(*map(self.spelled, (*standing, entry, user.id, team, task, saved)), email=user.email)


class Call(msgspec.Struct, frozen=True):
    """One route of one dialect."""

    dialect: Dialect
    route: Any

    def __str__(self) -> str:
        return f"{self.dialect.name} {name(self.route)}"

    @property
    def method(self) -> str:
        return str(self.route.method)

    def addresses(self, of: Records, **instead: str) -> list[str]:
        """Every address of the call."""
        path = self.dialect.filled(self.route, of, **instead)
        return [f"{prefix}{path}" for prefix in self.dialect.prefixes(self.route)]

    def address(self, of: Records, **instead: str) -> str:
        """The most usual address of the call."""
        return self.addresses(of, **instead)[0]

    def raw_address(self, value: str) -> str:
        """The address with this in the place of every parameter, as it is."""
        return self.dialect.prefixes(self.route)[0] + re.sub(r"{\w+}", lambda _: value, self.route.path)

    def body(self, of: Records) -> Any:
        """A body that the call takes."""
        return self.dialect.body(self.route, of)

    def send(self, client: Wire, of: Records, body: Any = None, **more: Any) -> Reply:
        """The call with a sound body, or another."""
        return client.request(self.method, self.address(of), self.body(of) if body is None else body, **more)


def calls_of(*dialects: Dialect) -> list[Call]:
    """Every call of some dialects."""
    return [Call(dialect, route) for dialect in dialects for route in dialect.routes]


def name(route: Route) -> str:
    """A route as test reports show it."""
    return f"{route.method} {route.path}"


def parameters(route: Route) -> list[str]:
    """The names of a route's path parameters."""
    return re.findall(r"{(\w+)}", route.path)


def takes_body(route: Route) -> bool:
    """Whether a call has a body."""
    return route.method not in ("GET", "DELETE")


def assert_sound(dialect: Dialect, reply: Reply) -> Any:
    """No failure of the server's; JSON to the letter, an error in the dialect's shape. Gives its value."""
    assert 200 <= reply.status < 500, reply.body
    if reply.status == 204:
        assert reply.body == b""
        return None
    assert int(reply.headers["content-length"]) == len(reply.body)
    value = json.loads(reply.body.decode(), parse_constant=_refused)
    if reply.status >= 400:
        dialect.refused(reply, reply.status)
    else:
        assert reply.headers["content-type"] == "application/json"
        assert reply.status in dialect.successes
    return value


def _refused(constant: str) -> NoReturn:
    raise AssertionError(f"{constant} is not JSON")

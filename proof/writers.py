"""Writers of both dialects, which make, change, check in and delete without a pause, until the server is gone."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from contextlib import closing
from http.client import HTTPException
from itertools import count
from random import Random
from typing import Any

import msgspec

from acme import Acme
from book import Book, Change, Thing, World
from milepost.domain import ids
from wire import Live, Reply

SHARED = "the key result of all"
_OBJECTIVES, _KEY_RESULTS = 2, 4  # so many stand at most
_PAGE = 1_000


class Call(msgspec.Struct, frozen=True):
    """A call, and what it makes of the world where it is done."""

    method: str
    path: str
    body: Any
    change: Change


def _with(name: str, **changed: Any) -> Change:
    return lambda world, _: {**world, name: msgspec.structs.replace(world[name], **changed)}


def _new(name: str, **how: Any) -> Change:
    return lambda world, made: {**world, name: Thing(made, **how)}


def _without(name: str) -> Change:
    return lambda world, _: {key: one for key, one in world.items() if name not in (key, one.beneath)}


class Writer:
    """One client, with things of its own and one that it shares with all others."""

    base: str

    def __init__(self, name: str, acme: Acme, random: Random) -> None:
        self.book = Book(name, {SHARED: Thing(acme.revenue)})
        self.wrong: list[str] = []
        self._name, self._acme, self._random = name, acme, random
        self._thread = threading.Thread()
        self._number = count(1)

    def start(self, address: str) -> None:
        """Write from now on, until nobody answers any more."""
        acme = self._acme
        wire = Live(address, acme.tokens["anna"], acme.account.id, self.base)
        self._thread = threading.Thread(target=self._write, args=(wire,))
        self._thread.start()

    def join(self) -> None:
        """Wait until the server's end has been noticed."""
        self._thread.join(60)
        assert not self._thread.is_alive(), "a writer still waits for a server that is gone"

    def _write(self, wire: Live) -> None:
        try:
            while not self.wrong:
                call = self._next()
                self.book.ask(call.change)
                reply = wire.request(call.method, call.path, call.body)
                if reply.status in (200, 201, 204):
                    self.book.answer(_made(reply))
                else:
                    self.wrong.append(f"{call.method} {call.path}: {reply.status} {reply.body.decode()}")
        except (OSError, HTTPException):
            pass
        finally:
            wire.close()

    def _next(self) -> Call:
        """What to do next, so that there is always something and never much."""
        world, number = self.book.world, next(self._number)
        own = {name: one for name, one in world.items() if name != SHARED}
        objectives = [name for name, one in own.items() if not one.beneath]
        measures = [name for name, one in own.items() if one.beneath]
        if len(objectives) < _OBJECTIVES:
            return self.make_objective(f"{self._name}.o{number}", number)
        if len(measures) < _KEY_RESULTS:
            above = self._random.choice(objectives)
            return self.make_key_result(f"{self._name}.k{number}", above, own[above].id, number)
        one = self._random.choice(measures)
        match self._random.choices(("check in", "together", "change", "whole", "drop"), (8, 4, 4, 3, 2))[0]:
            case "check in":
                name = self._random.choice((one, SHARED))
                return self.check_in(name, world[name], self.value(number))
            case "together":
                return self.several(world, [*measures, SHARED], number)
            case "change":
                return self.change(one, own[one], number)
            case "whole":
                name = self._random.choice(objectives)
                return self.change_objective(name, own[name], number)
        gone = self._random.choice((one, self._random.choice(objectives)))
        return self.drop(gone, own[gone])

    def value(self, number: int) -> float:
        """A number that no other writer ever says."""
        return float(number * 100 + int(self._name.removeprefix("w")))

    def make_objective(self, name: str, number: int) -> Call:
        raise NotImplementedError

    def make_key_result(self, name: str, above: str, above_id: str, number: int) -> Call:
        raise NotImplementedError

    def check_in(self, name: str, one: Thing, value: float) -> Call:
        raise NotImplementedError

    def several(self, world: World, names: list[str], number: int) -> Call:
        """More than one change in one call."""
        raise NotImplementedError

    def change(self, name: str, one: Thing, number: int) -> Call:
        raise NotImplementedError

    def change_objective(self, name: str, one: Thing, number: int) -> Call:
        raise NotImplementedError

    def drop(self, name: str, one: Thing) -> Call:
        raise NotImplementedError


class GtmhubWriter(Writer):
    """Speaks the Gtmhub API."""

    base = "/api/v1"

    def make_objective(self, name: str, number: int) -> Call:
        texts = _texts(name, number)
        body = {**_named(texts), "sessionId": self._acme.q3.id, "ownerIds": [self._acme.anna.id]}
        return Call("POST", "goals", body, _new(name, texts=texts))

    def make_key_result(self, name: str, above: str, above_id: str, number: int) -> Call:
        texts = _texts(name, number)
        body = {**_named(texts), "goalId": above_id, "target": number, "ownerIds": [self._acme.anna.id]}
        return Call("POST", "metrics", body, _new(name, beneath=above, texts=texts, target=float(number)))

    def check_in(self, name: str, one: Thing, value: float) -> Call:
        body = {"actual": value, "comment": f"said by {name}"}
        return Call("POST", f"metrics/{one.id}/checkin", body, _with(name, values=one.values | {value}))

    def several(self, world: World, names: list[str], number: int) -> Call:
        value = self.value(number)
        body = [{"metricId": world[name].id, "actual": value} for name in names]

        def change(before: World, _made: str) -> World:
            said = {name: before[name].values | {value} for name in names}
            return {**before, **{name: msgspec.structs.replace(before[name], values=said[name]) for name in names}}

        return Call("POST", "metrics/checkins", body, change)

    def change(self, name: str, one: Thing, number: int) -> Call:
        texts, value = _texts(name, number), self.value(number)
        body = {**_named(texts), "target": number, "actual": value}
        changed = _with(name, texts=texts, target=float(number), values=one.values | {value})
        return Call("PATCH", f"metrics/{one.id}", body, changed)

    def change_objective(self, name: str, one: Thing, number: int) -> Call:
        texts = _texts(name, number)
        return Call("PATCH", f"goals/{one.id}", _named(texts), _with(name, texts=texts))

    def drop(self, name: str, one: Thing) -> Call:
        return Call("DELETE", f"{'metrics' if one.beneath else 'goals'}/{one.id}", None, _without(name))


class SimpleOkrWriter(Writer):
    """Speaks the SimpleOKR API, where a value is said by replacing the whole key result."""

    base = "/v1"

    def make_objective(self, name: str, number: int) -> Call:
        texts = _texts(name, number)
        body = {**_named(texts), "cycle_id": ids.as_uuid(self._acme.q3.id)}
        return Call("POST", "objectives", body, _new(name, texts=texts))

    def make_key_result(self, name: str, above: str, above_id: str, number: int) -> Call:
        texts = (_texts(name, number)[0], "")
        body = {"name": texts[0], "type": "positive", "target_value_min": str(number)}
        change = _new(name, beneath=above, texts=texts, target=float(number))
        return Call("POST", f"objectives/{ids.as_uuid(above_id)}/keyresults", body, change)

    def check_in(self, name: str, one: Thing, value: float) -> Call:
        said = ("Monthly revenue", 100.0) if name == SHARED else (one.texts[0], one.target)
        body = {"name": said[0], "type": "positive", "target_value_min": str(said[1]), "current_value": str(value)}
        return Call("POST", f"keyresults/{ids.as_uuid(one.id)}", body, _with(name, values=one.values | {value}))

    def several(self, world: World, names: list[str], number: int) -> Call:
        return self.change(names[0], world[names[0]], number)

    def change(self, name: str, one: Thing, number: int) -> Call:
        texts, value = (_texts(name, number)[0], ""), self.value(number)
        body = {"name": texts[0], "type": "positive", "target_value_min": str(number), "current_value": str(value)}
        changed = _with(name, texts=texts, target=float(number), values=one.values | {value})
        return Call("POST", f"keyresults/{ids.as_uuid(one.id)}", body, changed)

    def change_objective(self, name: str, one: Thing, number: int) -> Call:
        texts = _texts(name, number)
        body = {**_named(texts), "cycle_id": ids.as_uuid(self._acme.q3.id)}
        return Call("POST", f"objectives/{ids.as_uuid(one.id)}", body, _with(name, texts=texts))

    def drop(self, name: str, one: Thing) -> Call:
        kind = "keyresults" if one.beneath else "objectives"
        return Call("DELETE", f"{kind}/{ids.as_uuid(one.id)}", None, _without(name))


def _texts(name: str, number: int) -> tuple[str, str]:
    return f"{name}.{number}", f"the words of {number}"


def _named(texts: tuple[str, ...]) -> Mapping[str, Any]:
    return {"name": texts[0], "description": texts[1]}


def _made(reply: Reply) -> str:
    """The id that an answer gives, as the store spells it; nothing where it gives none."""
    answer = reply.json if reply.body else None
    said = answer.get("id", "") if isinstance(answer, dict) else ""
    return str(ids.from_uuid(said)) if "-" in said else str(said)


def found(address: str, acme: Acme, names: Iterable[str]) -> dict[str, World]:
    """What stands in the database, by the name of the writer that it belongs to, as the Gtmhub dialect shows it."""
    with closing(Live(address, acme.tokens["anna"], acme.account.id)) as wire:
        goals = _everything(wire, "goals")
        # One by one: a list shows no more than the newest thousand entries of a history.
        metrics = [wire.get(f"v1/metrics/{one['id']}").json for one in _everything(wire, "metrics")]
    worlds: dict[str, dict[str, Thing]] = {name: {} for name in names}
    objectives = {one["id"]: _name(one) for one in goals}
    shared: dict[str, set[float]] = {name: set() for name in names}
    for one in (*goals, *metrics):
        history = [entry["metricValue"] for entry in one.get("metricHistory", [])]
        if len(set(history)) < len(history):
            raise AssertionError(f"a check-in of {one['name']} is there twice")
        if one["id"] == acme.revenue:
            for value in history:
                shared[f"w{int(value) % 100:02}"].add(value)
        elif one["id"] != acme.growth:
            name = _name(one)
            world = worlds[name.partition(".")[0]]
            if name in world:
                raise AssertionError(f"{name} is there twice")
            beneath = objectives[one["goalId"]] if "goalId" in one else ""
            texts = (one["name"], one["description"])
            world[name] = Thing(one["id"], beneath, texts, float(one.get("target", 0)), frozenset(history))
    for name, world in worlds.items():
        world[SHARED] = Thing(acme.revenue, values=frozenset(shared[name]))
    return dict(worlds)


def _name(one: Any) -> str:
    """The writer's own name for a thing, without the number of its last change."""
    return str(one["name"]).rpartition(".")[0]


def _everything(wire: Live, kind: str) -> list[Any]:
    items: list[Any] = []
    while True:
        page = wire.get(f"v2/{kind}", limit=_PAGE, skip=len(items), fields="id,name,description").json
        items += page["items"]
        if len(items) >= page["totalCount"]:
            return items

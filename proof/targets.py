"""What is fuzzed: each target takes any bytes, and fails where they raise what no front end knows how to answer.

The parsers run as a handler runs them, over a small company, in a transaction that is taken back. Where a target has
several routes, the first byte of an input picks one; `@objective` and the like stand for the ids of records.
"""

from __future__ import annotations

import hmac
import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import closing, contextmanager, suppress
from itertools import product
from pathlib import Path
from typing import cast

import msgspec

from acme import NOON, Acme, build
from calls import Call, Records, calls_of, name, parameters, takes_body
from gtmhub_calls import GTMHUB, is_list
from milepost import app
from milepost.actions import keys
from milepost.actions.context import operator
from milepost.asgi.lanes import Lanes, finished
from milepost.asgi.request import Request
from milepost.config import Settings
from milepost.dialects.gtmhub import errors as gtmhub_errors
from milepost.dialects.simpleokr import auth
from milepost.dialects.simpleokr import errors as simpleokr_errors
from milepost.domain.errors import Unauthenticated
from milepost.services import Services
from milepost.sign_ins import SignIns
from simpleokr_calls import SIMPLEOKR

# In seconds of the processor: what no input may take.
LIMIT = 0.1
# So long may an input be, in bytes: a filter's own limit, and more than any body that a person would write.
LONGEST = 16 * 1024

PAIR = ("fuzzed-credential", "fuzzed-secret-of-more-than-thirty-two-letters")

CORPUS = Path(__file__).parent / "corpus"

_ALL = (GTMHUB, SIMPLEOKR)
_ERRORS = {GTMHUB.name: gtmhub_errors, SIMPLEOKR.name: simpleokr_errors}
_FILTERS = (
    '{"name": "x"}',
    "{name: {$regex: 'a+', $options: 'i'}}",
    '{"$or": [{"attainment": {"$gte": 0.5}}, {"tags.title": "x"}]}',
    '{"ownerIds": {"$in": ["a"], "$size": 1}, "createdAt": {"$lt": "2026-01-01T00:00:00Z"}}',
    "{“a.b”: {$not: {$exists: true}}}",
    '{"assignees": {"$elemMatch": {"name": "x", "id": {"$nin": []}}}}',
)
_LOAD = "POST /lists/{id}/load"


class TooSlow(Exception):
    """An input took longer than any may."""


class Target(msgspec.Struct, frozen=True):
    """`run` takes one of the choices and the rest of an input. `seeds`: of the corpus, for one that is new."""

    choices: tuple[str, ...]
    run: Callable[[str, bytes], object]
    seeds: tuple[tuple[str, str], ...] = ()

    def __call__(self, data: bytes) -> None:
        """Run an input whose first byte picks the choice."""
        self.check(*opened(self.choices, data))

    def check(self, choice: str, rest: bytes) -> None:
        """Run an input; raises what it raises, or `TooSlow` where it takes too long again and again."""
        took = self._timed(choice, rest)
        if took > LIMIT:
            took = min(self._timed(choice, rest) for _ in range(3))
        if took > LIMIT:
            raise TooSlow(f"{took * 1000:.0f} ms")

    def _timed(self, choice: str, rest: bytes) -> float:
        began = time.thread_time()
        self.run(choice, rest)
        return time.thread_time() - began


class _TakenBack(Exception):
    """Ends a transaction of which nothing is to stay."""


class _Calls:
    """Performs calls in the name of an admin, as a front end's gate does, and takes back what they have changed."""

    def __init__(self, acme: Acme, calls: Sequence[Call]) -> None:
        self._context = msgspec.structs.replace(acme.context(acme.anna), clock=lambda: NOON)
        self._records = {dialect: dialect.ours(acme) for dialect in (GTMHUB, SIMPLEOKR)}
        self._calls = {str(call): call for call in calls}
        self.choices = tuple(self._calls)

    def with_filter(self, choice: str, data: bytes) -> None:
        """A list with a filter."""
        self._perform(self._calls[choice], {"filter": data.decode("utf-8", "replace"), "limit": "5"}, b"")

    def with_body(self, choice: str, data: bytes) -> None:
        """A call with a body, in which @objective, @user and so on are the ids of records that are there."""
        call = self._calls[choice]
        for what, value in msgspec.structs.asdict(self._records[call.dialect]).items():
            data = data.replace(b"@" + what.encode(), value.encode())
        self._perform(call, {}, data)

    def seeds(self) -> tuple[tuple[str, str], ...]:
        """A sound body for each call."""
        names = Records(*(f"@{what}" for what in Records.__struct_fields__))
        return tuple((choice, json.dumps(call.body(names))) for choice, call in self._calls.items())

    def _perform(self, call: Call, query: Mapping[str, str], body: bytes) -> None:
        dialect, of = call.dialect, self._records[call.dialect]
        path = {name: getattr(of, dialect.kind(call.route, name)) for name in parameters(call.route)}
        request = Request(call.method, path, query, {}, body, "http://milepost.test", call.route.path, b"")
        try:
            with self._context.database.transaction():
                answer = finished(call.route.handler(request, self._context))
                raise _TakenBack
        except _TakenBack:
            pass
        except Exception as error:
            answer = _ERRORS[dialect.name].answer(error, call.route.names)
            if answer.status >= 500:
                raise
        json.loads(answer.body or b"{}", parse_constant=_refused)


def _refused(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _signature(services: Services) -> Target:
    def run(_choice: str, data: bytes) -> None:
        with suppress(Unauthenticated):
            auth.actor(services, {"authorization": data.decode("latin-1")}, NOON)

    at = "2026-08-17T12:00:00Z"
    signature = hmac.new(PAIR[1].encode(), f"{PAIR[0]}{at}".encode(), "sha256").hexdigest()
    sound = f"S1-HMAC-SHA256 Credential={PAIR[0]}&Timestamp={at}&Signature={signature}"
    return Target(("",), run, (("", sound), ("", "Bearer x")))


@contextmanager
def targets(folder: Path) -> Iterator[Mapping[str, Target]]:
    """Every target by its name, over a database in the folder."""
    with closing(app.database(f"sqlite:///{folder}/fuzzed.db")) as database:
        acme = build(database)
        lanes = Lanes(lambda _change, _about: Future(), 1, answers_at_once=True)
        vault = app.vault(Settings(secret_key="f" * 32), database)
        services = Services(database, lanes, lambda: NOON, "", vault, cast(SignIns, None))  # nobody signs in
        keys.add(operator(database, acme.account.id, acme.clock), services.vault, acme.anna.email, pair=PAIR)
        lists = _Calls(acme, [call for call in calls_of(GTMHUB) if call.method == "GET" and is_list(call.route)])
        rules = _Calls(acme, [call for call in calls_of(GTMHUB) if name(call.route) == _LOAD])
        bodies = {one.name: _Calls(acme, [call for call in calls_of(one) if takes_body(call.route)]) for one in _ALL}
        yield {
            "filter": Target(lists.choices, lists.with_filter, tuple(product(lists.choices, _FILTERS))),
            "rules": Target(rules.choices, rules.with_body, rules.seeds()),
            "signature": _signature(services),
            **{f"{name}-body": Target(one.choices, one.with_body, one.seeds()) for name, one in bodies.items()},
        }


def corpus(name: str) -> list[tuple[str, bytes]]:
    """The inputs of a target that are kept: the choice and the rest of each."""
    path = CORPUS / f"{name}.jsonl"
    lines = path.read_text(encoding="ascii").splitlines() if path.exists() else []
    return [(choice, text.encode("latin-1")) for choice, text in map(json.loads, lines)]


def keep(name: str, inputs: Iterable[tuple[str, bytes]]) -> None:
    """Keep these inputs of a target, and no others."""
    lines = sorted(line(*one) for one in inputs)
    (CORPUS / f"{name}.jsonl").write_text("".join(f"{one}\n" for one in lines), encoding="ascii")


def opened(choices: Sequence[str], data: bytes) -> tuple[str, bytes]:
    """The choice that an input's first byte means, and the rest."""
    return choices[data[0] % len(choices)] if data else choices[0], data[1:]


def line(choice: str, rest: bytes) -> str:
    """An input as the corpus has it."""
    return json.dumps([choice, rest.decode("latin-1")])

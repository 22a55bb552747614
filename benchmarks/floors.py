"""What can hardly be undercut: a constant answer, a bare SELECT on bare ASGI, and the statements alone in process."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs

import msgspec
from sqlalchemy import FromClause, Select, and_, bindparam, func, select
from sqlalchemy.dialects.sqlite import dialect
from starlette.types import ASGIApp, Receive, Scope, Send

from milepost.domain import ids
from milepost.store.schema import key_results, objectives, users

_SECONDS = 0.5

_c = key_results.c


def _joined(some: FromClause) -> Select[tuple[object, ...]]:
    """Key results with what is shown of their objectives and owners.

    By outer joins, or SQLite begins with the owners and sorts what it finds.
    """
    aims, aim = objectives.c, and_(objectives.c.account_id == some.c.account_id, objectives.c.id == some.c.objective_id)
    people, owner = users.c, and_(users.c.account_id == some.c.account_id, users.c.id == some.c.owner_id)
    of_objective = ("name", "description", "attainment", "status", "owner_id", "owner_ids")
    of_owner = ("email", "name", "picture", "is_active")
    return select(
        *some.c,
        *(aims[name].label(f"objective_{name}") for name in of_objective),
        *(people[name].label(f"owner_{name}") for name in of_owner),
    ).select_from(some.outerjoin(objectives, aim).outerjoin(users, owner))


_NAMES = [str(column.name) for column in _joined(key_results).selected_columns]
_DOCUMENTS = [
    index
    for index, name in enumerate(_NAMES)
    if name in ("format", "owner_ids", "tags", "extra", "objective_owner_ids")
]
_Row = msgspec.defstruct("_Row", _NAMES, gc=False)
_encoder = msgspec.json.Encoder()

# What a check-in writes, in one commit: history, key result, objective, audit.
_CHECK_IN = (
    "INSERT INTO check_ins VALUES (:account, :entry, :key_result, 42.5, 0.7, 'as planned', '', :now, :now, NULL, '{}')",
    "UPDATE key_results SET current_value = 42.5, confidence = 0.7, confidence_at = :now, attainment = 0.425, "
    "last_check_in_at = :now, check_in_count = check_in_count + 1, modified_at = :now "
    "WHERE account_id = :account AND id = :key_result",
    "UPDATE objectives SET attainment = (SELECT sum(weight * attainment) / sum(weight) FROM key_results "
    "WHERE account_id = :account AND objective_id = objectives.id) WHERE account_id = :account AND id = "
    "(SELECT objective_id FROM key_results WHERE account_id = :account AND id = :key_result)",
    "INSERT INTO audit SELECT :account, max(number) + 1, :now, '', 'benchmark', '', 'check_in.recorded', 'check_in', "
    ":entry, printf('%064d', 1), printf('%064d', 2), printf('%064d', 3) FROM audit WHERE account_id = :account",
    "INSERT INTO audit_payloads SELECT :account, max(number), NULL, '{}', printf('%032d', 4), NULL FROM audit "
    "WHERE account_id = :account",
)


def _text(statement: Select[tuple[object, ...]]) -> str:
    return str(statement.compile(dialect=dialect(paramstyle="named")))


class Bare:
    """The statements of the hot path on sqlite3 itself, with the settings of Milepost's own connections."""

    _of_cycle = and_(_c.account_id == bindparam("account"), _c.cycle_id == bindparam("cycle"))
    # Cut before it is joined: what is skipped needs no objective.
    _cut = (
        select(*_c)
        .where(_of_cycle)
        .order_by(_c.name, _c.id)
        .limit(bindparam("limit"))
        .offset(bindparam("skip"))
        .subquery()
    )
    _page = _text(_joined(_cut).order_by(_cut.c.name, _cut.c.id))
    _one = _text(_joined(key_results).where(_c.account_id == bindparam("account"), _c.id == bindparam("key_result")))
    _count = _text(select(func.count()).select_from(key_results).where(_of_cycle))

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None, cached_statements=512)
        for pragma in ("synchronous = FULL", "foreign_keys = ON", "busy_timeout = 15000", "cache_size = -32768"):
            self._connection.execute(f"PRAGMA {pragma}")

    def one(self, account: str, key_result: str) -> tuple[object, ...]:
        """A key result with what is shown of its objective and owner."""
        row: tuple[object, ...] = self._connection.execute(
            self._one, {"account": account, "key_result": key_result}
        ).fetchone()
        return row

    def page(self, account: str, cycle: str, skip: int) -> tuple[list[tuple[object, ...]], int]:
        """A hundred of a cycle, by name, and how many there are in all."""
        values = {"account": account, "cycle": cycle, "skip": skip, "limit": 100}
        rows = self._connection.execute(self._page, values).fetchall()
        return rows, self._connection.execute(self._count, values).fetchone()[0]

    def check_in(self, account: str, key_result: str) -> None:
        """A check-in with all that follows from it, durable when this returns."""
        now = time.time_ns() // 1000
        values = {"account": account, "key_result": key_result, "entry": ids.new(now), "now": now}
        self._connection.execute("BEGIN IMMEDIATE")
        for statement in _CHECK_IN:
            self._connection.execute(statement, values)
        self._connection.execute("COMMIT")


def _shown(row: tuple[object, ...]) -> msgspec.Struct:
    values = list(row)
    for index in _DOCUMENTS:
        values[index] = msgspec.Raw(values[index])  # type: ignore[arg-type]
    return _Row(*values)


def constant(file: Path) -> ASGIApp:
    """An application that does nothing but to read the request and to send the bytes of a file: a JSON object of
    numbered texts, chosen by the request's header x-answer.
    """
    answers = {number.encode(): text.encode() for number, text in json.loads(file.read_bytes()).items()}

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        while (await receive()).get("more_body", False):
            pass
        await _send(send, answers[dict(scope["headers"])[b"x-answer"]])

    return answer


def bare(database: Bare) -> ASGIApp:
    """An application of two calls that checks nothing: /one/ACCOUNT/KEY-RESULT and /page/ACCOUNT/CYCLE?skip=N."""

    async def answer(scope: Scope, _receive: Receive, send: Send) -> None:
        _, call, account, about = scope["path"].split("/")
        if call == "one":
            shown: object = _shown(database.one(account, about))
        else:
            rows, total = database.page(account, about, int(parse_qs(scope["query_string"])[b"skip"][0]))
            shown = {"items": [_shown(row) for row in rows], "totalCount": total}
        await _send(send, _encoder.encode(shown))

    return answer


async def _send(send: Send, body: bytes) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def microseconds(path: Path, account: str, cycle: str, key_results: list[str]) -> dict[str, float]:
    """What each statement costs in process, one after the other on one connection."""
    database = Bare(path)
    return {
        "read one": _each(lambda turn: database.one(account, key_results[turn % len(key_results)])),
        "list 100": _each(lambda turn: database.page(account, cycle, turn % 20 * 100)),
        "check-in": _each(lambda turn: database.check_in(account, key_results[turn % len(key_results)])),
    }


def _each(call: Callable[[int], object]) -> float:
    started, turns = time.perf_counter(), 0
    while time.perf_counter() - started < _SECONDS:
        call(turns)
        turns += 1
    return (time.perf_counter() - started) / turns * 1e6

"""A saved company, made up here: small builders for what Gtmhub's lists held, and ways to import and to compare."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from engines import rows
from milepost.domain import instants
from milepost.domain.instants import Instant
from milepost.store.engine import Database
from milepost.store.schema import metadata
from milepost.transfer.gtmhub import saved
from milepost.transfer.gtmhub.folder import load
from milepost.transfer.gtmhub.report import Report

NOW = instants.parse("2026-08-17T12:00:00Z", "now")
ACCOUNT = "61a0000000000000000000a1"
OTHER = "61a0000000000000000000a2"
JANE = "61a0000000000000000000b1"
SESSION = "61a0000000000000000000c1"
GOAL = "61a0000000000000000000d1"
METRIC = "61a0000000000000000000e1"


def now() -> Instant:
    return NOW


def at(day: int, hour: int = 9) -> str:
    """A moment in May 2022."""
    return f"2022-05-{day:02}T{hour:02}:00:00Z"


def account(**said: Any) -> dict[str, Any]:
    return {"id": ACCOUNT, "name": "Acme", "domain": "acme", **said}


def user(**said: Any) -> dict[str, Any]:
    return {"id": JANE, "accountId": ACCOUNT, "email": "jane@acme.test", "name": "Jane Doe", **said}


def session(**said: Any) -> dict[str, Any]:
    dates = {"start": "2022-04-01T00:00:00Z", "end": "2022-06-30T23:59:59.999Z"}
    return {"id": SESSION, "accountId": ACCOUNT, "title": "Q2 2022", "status": "open", **dates, **said}


def goal(**said: Any) -> dict[str, Any]:
    made = {"dateCreated": at(1), "ownerIds": [JANE]}
    return {"id": GOAL, "accountId": ACCOUNT, "name": "Grow", "sessionId": SESSION, **made, **said}


def metric(**said: Any) -> dict[str, Any]:
    made = {"dateCreated": at(2), "ownerIds": [JANE], "initialValue": 0, "target": 100, "actual": 0}
    return {"id": METRIC, "accountId": ACCOUNT, "name": "Revenue", "goalId": GOAL, **made, **said}


def entry(day: int, value: float, number: int = 0, **said: Any) -> dict[str, Any]:
    """An entry of May; without a number it has no id."""
    named = {"id": f"61a0000000000000000f{number:04}"} if number else {}
    return {**named, "metricValue": value, "createdAt": at(day), "updatedAt": at(day), "changedBy": JANE, **said}


def company(**lists: Any) -> dict[str, Any]:
    """The six lists, one item each (no team), but for those that are given."""
    whole = {
        "accounts": [account()], "users": [user()], "sessions": [session()], "goals": [goal()], "metrics": [metric()],
    }  # fmt: skip
    return whole | lists


def write(folder: Path, **lists: Any) -> Path:
    """Save lists as files; one that is text or bytes is written as it stands."""
    folder.mkdir(exist_ok=True)
    for name, content in lists.items():
        raw = content if isinstance(content, str | bytes) else json.dumps(content)
        (folder / f"{name}.json").write_bytes(raw if isinstance(raw, bytes) else raw.encode())
    return folder


def imported(database: Database, folder: Path, account_id: str | None = None, **options: Any) -> Report:
    """Import a folder at a moment that stands still."""
    clock: Callable[[], Instant] = now
    return load(database, clock, saved.read(folder), account_id, **options)


# What is drawn at random, and what follows from that.
_SALTED = ("salt", "payload_digest", "previous", "hash")


def content(database: Database, *, times: bool = True) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that a database holds, by table, but for what differs each time. `times`: the audit's own moments
    too.
    """
    whole = {}
    for name, table in metadata.tables.items():
        kept = [column.name for column in table.c if times or (name, column.name) != ("audit", "at")]
        kept = [column for column in kept if column not in _SALTED]
        whole[name] = sorted(rows(database, f"SELECT {', '.join(kept)} FROM {name}"), key=repr)
    return whole


def places(report: Report) -> list[str]:
    """Where an import found something that it could not take."""
    return [str(problem).partition(": ")[0] for problem in report.problems]

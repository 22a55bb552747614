"""What was measured, in words and tables, and its place in docs/benchmarks.md."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import msgspec
from measuring import Measured
from milepost_calls import CHECK_IN, LIST, READ, READ_WHOLE
from peers import fastcrud_server, pocketbase
from servers import HERE

PAGE = HERE.parent / "docs" / "benchmarks.md"
TITLE = "# Benchmarks"
GROWTH = "## Growth"

MILEPOST, MILEPOST_POSTGRESQL = "Milepost, SQLite", "Milepost, PostgreSQL"
CONSTANT, BARE = "constant answer", "bare SELECT"
MOST = 16

HEADINGS = ("call", "connections", "server", "bytes", "per second", "p50 ms", "p99 ms", f"{MILEPOST}: times its rate")


class Line(msgspec.Struct):
    """What the servers did for one kind of call over so many connections, by their names."""

    call: str
    connections: int
    found: Mapping[str, Measured]


class Goal(msgspec.Struct, frozen=True):
    """The rate of one server for a kind of call is to be so many times that of another, over 16 connections."""

    call: str
    server: str
    other: str
    least: float


GOALS = (
    Goal(READ, MILEPOST, CONSTANT, 0.45),
    Goal(READ_WHOLE, MILEPOST, CONSTANT, 0.45),
    Goal(READ, MILEPOST, pocketbase.NAME, 2.0),
    Goal(LIST, MILEPOST, BARE, 0.6),
    Goal(LIST, MILEPOST, pocketbase.NAME, 2.0),
    Goal(CHECK_IN, MILEPOST, CONSTANT, 0.1),
    Goal(CHECK_IN, MILEPOST, pocketbase.NAME, 1.3),
    Goal(READ, MILEPOST_POSTGRESQL, fastcrud_server.NAME, 4.0),
    Goal(LIST, MILEPOST_POSTGRESQL, fastcrud_server.NAME, 4.0),
    Goal(CHECK_IN, MILEPOST_POSTGRESQL, fastcrud_server.NAME, 2.5),
)


def machine() -> str:
    """Where and when this runs, with the versions of what Milepost stands on."""
    parts = (f"{name} {version(name)}" for name in ("milepost", "uvicorn", "starlette", "msgspec"))
    return (
        f"{datetime.now(UTC):%Y-%m-%d}. {_processor()}, {os.cpu_count()} cores, which the servers share with the load "
        f"generator; {platform.system()} {platform.release()}. Python {platform.python_version()}, {', '.join(parts)}."
    )


def _processor() -> str:
    try:
        found = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text("utf-8"), re.MULTILINE)
    except OSError:
        found = None
    return found[1] if found else platform.processor() or platform.machine()


def head(names: Sequence[str]) -> str:
    """The first two lines of a table: its left column holds words, all others numbers."""
    return f"{row(names)}\n|---{'|--:' * (len(names) - 1)}|"


def row(cells: Sequence[str]) -> str:
    """A line of a table."""
    return f"| {' | '.join(cells)} |"


def rows(line: Line) -> list[str]:
    """The rows of one kind of call, one a server."""
    milepost = line.found[MILEPOST]
    return [
        row(
            [
                *(line.call, str(line.connections), name, f"{one.bytes:,}", f"{one.rate:,.0f}"),
                *(f"{one.percentile(0.5):.2f}", f"{one.percentile(0.99):.2f}", f"{milepost.rate / one.rate:.2f}"),
            ]
        )
        for name, one in line.found.items()
    ]


def goals(lines: Sequence[Line], left_out: Mapping[str, str]) -> list[str]:
    """The table of what is to be reached, and whether it was."""
    most = {line.call: line.found for line in lines if line.connections == MOST}
    shown = [head([f"over {MOST} connections", "bytes", "at least", "measured", "reached"])]
    for goal in GOALS:
        found = most.get(goal.call, {})
        ours, theirs = found.get(goal.server), found.get(goal.other)
        words = f"{goal.call}: {goal.server} to {goal.other}"
        if ours is None or theirs is None:
            missing = goal.server if ours is None else goal.other
            why = f"not measured: {missing} {'is left out' if missing in left_out else 'was not asked'}"
            shown.append(row([words, "", f"{goal.least}", "", why]))
            continue
        ratio = ours.rate / theirs.rate
        reached = "yes" if ratio >= goal.least else "no"
        shown.append(row([words, f"{ours.bytes:,} to {theirs.bytes:,}", f"{goal.least}", f"{ratio:.2f}", reached]))
    return shown


def write(text: str, page: Path = PAGE) -> None:
    """Put a text onto the page: its section on growth, or all before that; the other part stays as it is."""
    before, growth = parted(page.read_text("utf-8") if page.exists() else f"{TITLE}\n")
    if text.startswith(GROWTH):
        growth = text
    else:
        before = text
    page.write_text("\n\n".join(part.strip() for part in (before, growth) if part.strip()) + "\n", "utf-8")


def parted(text: str) -> tuple[str, str]:
    """What stands before the section on growth, and that section."""
    before, heading, growth = text.partition(f"\n{GROWTH}\n")
    return before, heading.lstrip("\n") + growth

"""How the command line writes: results on standard output, words for people on standard error."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import click
import msgspec

from milepost.domain import instants
from milepost.domain.instants import Instant

# Wider than any row: the terminal wraps long lines itself, and a pipe gets each record on one line.
_WIDTH = 100_000


def result(text: str) -> None:
    """A line of the command's result."""
    click.echo(text)


def words(text: str) -> None:
    """A line for the person at the terminal, which a pipe does not see."""
    click.echo(text, err=True)


def document(value: Any) -> None:
    """A result that programs read: one JSON document."""
    click.echo(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())


def document_line(value: Any) -> None:
    """The same on one line, for a program that reads while this one runs."""
    click.echo(msgspec.json.encode(value).decode())


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Records as columns under their headings."""
    # Imported here: rich takes longer to load than most commands take to run.
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(*headings, box=None, pad_edge=False)
    for row in rows:
        drawn.add_row(*(Text(harmless(cell)) for cell in row))
    page = io.StringIO()
    Console(file=page, width=_WIDTH, color_system=None, force_terminal=False).print(drawn)
    for line in page.getvalue().splitlines():
        result(line.rstrip())


def moment(instant: Instant | None) -> str:
    """An instant as RFC 3339 in UTC, to the second; "" for none."""
    return "" if instant is None else f"{instants.as_datetime(instant):%Y-%m-%dT%H:%M:%SZ}"


def exact(instant: Instant | None) -> str | None:
    """An instant as RFC 3339 in UTC, to the microsecond; `None` for none."""
    return None if instant is None else instants.as_datetime(instant).isoformat().replace("+00:00", "Z")


def scopes(limited: Sequence[str]) -> str:
    """The scopes of a token or a key."""
    return " ".join(limited) or "all"


def harmless(text: str) -> str:
    """The text with a mark in place of each control character, which a terminal would obey."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)

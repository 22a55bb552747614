"""The outcome of one record of an import, and a table of the counts."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

import msgspec


class Outcome(StrEnum):
    """What became of one item: taken; a further date of one that is taken or there; there already, as it is or
    otherwise; left out, because it was removed here; or refused.
    """

    TAKEN = "taken"
    FURTHER = "further"
    ALREADY_THERE = "already_there"
    DIFFERS = "differs"
    LEFT_OUT = "left_out"
    REFUSED = "refused"


def counted(headings: Sequence[str], tallies: Sequence[Any]) -> tuple[list[str], list[list[str]]]:
    """The counts of an import as a table, its headings and its rows, without the columns that are all zero."""
    counts = [msgspec.structs.astuple(tally) for tally in tallies]
    shown = [column for column in range(len(headings)) if any(row[column] for row in counts)]
    rows = [[f"{row[column]:,}" if column else row[column] for column in shown] for row in counts]
    return [headings[column] for column in shown], rows

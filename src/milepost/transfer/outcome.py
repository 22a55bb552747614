"""What becomes of one record of an import."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """What became of one item: taken; there already; left out, because it was removed here; or refused."""

    TAKEN = "taken"
    ALREADY_THERE = "already_there"
    LEFT_OUT = "left_out"
    REFUSED = "refused"

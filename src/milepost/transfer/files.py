"""What can be wrong with a file or a folder that is to be read or made."""

from __future__ import annotations

from milepost.domain.errors import MilepostError


class CannotRead(MilepostError):
    """It cannot be taken in; the message says why, and what to do."""


class CannotWrite(MilepostError):
    """It cannot be made; the message says why, and what to do."""

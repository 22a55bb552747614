"""The errors of reading and writing files and folders."""

from __future__ import annotations

from milepost.domain.errors import MilepostError


class CannotRead(MilepostError):
    """The file or folder cannot be read; the message says why, and what to do."""


class CannotWrite(MilepostError):
    """The file or folder cannot be written; the message says why, and what to do."""

"""What an examination comes to."""

from __future__ import annotations

from enum import Enum

import msgspec


class State(Enum):
    """NOTE: as it may be wanted, or may not. WRONG: something to be put right."""

    OK = "ok"
    NOTE = "note"
    WRONG = "wrong"


class Finding(msgspec.Struct, frozen=True):
    """About one subject, in words that say what to do where it is not well."""

    state: State
    subject: str
    words: str


def ok(subject: str, words: str) -> Finding:
    return Finding(State.OK, subject, words)


def note(subject: str, words: str) -> Finding:
    return Finding(State.NOTE, subject, words)


def wrong(subject: str, words: str) -> Finding:
    return Finding(State.WRONG, subject, words)

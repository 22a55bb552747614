"""The results of an examination."""

from __future__ import annotations

from enum import Enum

import msgspec


class State(Enum):
    """NOTE: may be intended, or not. WRONG: has to be put right."""

    OK = "ok"
    NOTE = "note"
    WRONG = "wrong"


class Finding(msgspec.Struct, frozen=True):
    """A result about one subject, in words that say what to do unless it is OK."""

    state: State
    subject: str
    words: str


def ok(subject: str, words: str) -> Finding:
    return Finding(State.OK, subject, words)


def note(subject: str, words: str) -> Finding:
    return Finding(State.NOTE, subject, words)


def wrong(subject: str, words: str) -> Finding:
    return Finding(State.WRONG, subject, words)

"""A short run of `make crash`: what sixteen writers were answered stands after the whole server was killed."""

from __future__ import annotations

import random

import pytest

from checking_in import Stored
from crash import crashes, said

KILLS = 3


@pytest.mark.parametrize("workers", [1, 2], ids=["one process", "two workers"])
def test_nothing_that_was_answered_is_missing(stored: Stored, workers: int) -> None:
    seed = random.randrange(2**32)
    outcome = crashes(stored.url, stored.acme, workers, KILLS, seed)
    assert outcome.sound, f"seed {seed}: {said(outcome)}"
    assert outcome.kills == KILLS

"""What fuzzing has found stays found: every input in proof/corpus runs, and none takes longer than it may."""

from __future__ import annotations

from pathlib import Path

import pytest

from fuzz import NAMES
from targets import corpus, targets


@pytest.mark.parametrize("name", NAMES)
def test_the_inputs_that_are_kept(name: str, tmp_path: Path) -> None:
    with targets(tmp_path) as every:
        assert every.keys() == set(NAMES)
        target, inputs = every[name], corpus(name)
        assert inputs
        for choice, rest in inputs:
            assert choice in target.choices, f"there is no {choice} any more: take its lines out of {name}.jsonl"
            target.check(choice, rest)

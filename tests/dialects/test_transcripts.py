"""Every transcript of every dialect, played in process and against a live server."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from acme import build
from milepost.actions import accounts, keys, people, tokens
from milepost.actions.context import operator
from milepost.actions.people import UserChange
from milepost.domain import ids, key
from milepost.domain.account import AccountStatus
from milepost.domain.people import Role
from transcripts import play, read

if TYPE_CHECKING:
    from conftest import Stage

HERE = Path(__file__).parent
# How each dialect spells the ids of records.
DIALECTS: dict[str, Callable[[str], str]] = {"gtmhub": str, "simpleokr": ids.as_uuid}
TRANSCRIPTS = sorted(HERE.glob("*/transcripts/*.http"))

NOON = "2026-08-17T12:00:00Z"

every_transcript = pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: f"{_dialect(path)}-{path.stem}")
every_dialect = pytest.mark.parametrize("dialect", DIALECTS)


def _dialect(path: Path) -> str:
    return path.parent.parent.name


def names(stage: Stage, spelled: Callable[[str], str]) -> dict[str, str]:
    """What the transcripts' `{{names}}` stand for, in a world that nobody else touches."""
    world = build(stage.database, stage.clock)
    made, secret = keys.add(operator(stage.database, world.account.id, stage.clock), stage.vault, "anna@acme.test")
    records = {
        "anna": world.anna.id,
        "ben": world.ben.id,
        "vera": world.vera.id,
        "rita": world.rita.id,
        "q3": world.q3.id,
        "growth": world.growth,
        "revenue": world.revenue,
        "rival_cycle": world.rival_cycle,
        "rival_goal": world.rival_objective,
        "rival_metric": world.rival_key_result,
        "rival_objective": world.rival_objective,
        "rival_key_result": world.rival_key_result,
        "unknown": "0123456789abcdef01234567",
    }
    return {
        **{f"{name}_token": text for name, text in world.tokens.items()},
        **{name: spelled(record_id) for name, record_id in records.items()},
        "account": world.account.id,
        "rival_account": world.rival.id,
        "credential": made.credential,
        "timestamp": NOON,
        "signature": key.signature(secret, f"{made.credential}{NOON}".encode()),
        "over_2_mib": "x" * (2 * 1024 * 1024),
        "over_8_mib": "x" * (8 * 1024 * 1024),
        **_dormant(stage),
    }


def _dormant(stage: Stage) -> dict[str, str]:
    """A company that the operator has suspended."""
    account = accounts.add(stage.database, stage.clock, "Dormant")
    boss = operator(stage.database, account.id, stage.clock)
    people.add(boss, UserChange(email="dora@dormant.test", first_name="Dora", last_name="Dahl", role=Role.ADMIN))
    _, token = tokens.add(boss, "dora@dormant.test", "dora")
    accounts.set_status(boss, AccountStatus.SUSPENDED)
    return {"dora_token": token, "dormant_account": account.id}


@pytest.mark.parametrize("way", ["in process", "live"])
@every_transcript
def test_a_transcript_holds(path: Path, way: str, stage: Stage) -> None:
    play(path, stage.wires[way], names(stage, DIALECTS[_dialect(path)]))


@every_dialect
def test_the_readmes_table_names_every_transcript_and_only_what_there_is(dialect: str) -> None:
    readme = HERE / dialect / "transcripts" / "README.md"
    named = set(re.findall(r"`([\w-]+\.(?:http|py))`", readme.read_text(encoding="utf-8")))
    transcripts = {path.name for path in TRANSCRIPTS if _dialect(path) == dialect}
    assert transcripts
    assert not transcripts - named, "say in the README's table which statement these show"
    there = transcripts | {path.name for folder in (HERE, HERE / dialect) for path in folder.glob("test_*.py")}
    assert not named - there, "the README's table names what is not there"


@every_transcript
def test_titles_are_unique_so_that_a_failure_names_one_exchange(path: Path) -> None:
    titles = [exchange.title for exchange in read(path)]
    assert titles
    assert len(set(titles)) == len(titles)

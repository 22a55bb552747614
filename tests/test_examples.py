"""The pages of examples, run as they stand against a live server: only address and key are set before."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from acme import Acme, Clock, build
from milepost.actions import check_ins, keys
from milepost.app import clock
from milepost.domain.check_in import Entry
from milepost.store.engine import Database
from milepost.store.vault import vault
from server import serving

PAGE = (Path(__file__).parent.parent / "docs" / "simpleokr-examples.md").read_text(encoding="utf-8")


@pytest.fixture
def world(database: Database) -> Acme:
    """Acme as it is today: a real server's clock runs."""
    return build(database, Clock(clock()))


@pytest.fixture
def environment(world: Acme) -> Iterator[dict[str, str]]:
    """What the page tells its reader to set."""
    made, secret = keys.add(world.context(world.anna), vault("", world.database.path), world.anna.email)
    with serving(world.database.path) as server:
        yield os.environ | {"MILEPOST": server.address, "CREDENTIAL": made.credential, "SECRET": secret}


def blocks(language: str) -> list[str]:
    """The code of the page in a language, block by block."""
    found = re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert found
    return found


def test_every_block_is_run() -> None:
    assert set(re.findall(r"^```(\w+)$", PAGE, re.MULTILINE)) == {"bash", "python"}


def test_curl(environment: dict[str, str], tmp_path: Path) -> None:
    for program in ("bash", "curl", "openssl"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed here: the examples for curl did not run")
    said = run(["bash", "-euo", "pipefail", "-c", "\n".join(blocks("bash"))], environment, tmp_path)
    users, first, changed, listed, removed = [json.loads(line) for line in said.splitlines()]
    assert [user["email"] for user in users["users"]] == ["anna@acme.test", "ben@acme.test", "vera@acme.test"]
    assert (first["current_value"], first["confidence"]) == ("12.00", "0.50")
    assert (changed["current_value"], changed["confidence"]) == ("18.00", "0.50")
    assert listed == {"next_page_token": None, "keyresults": [changed]}
    assert removed == {}


def test_python(environment: dict[str, str], world: Acme, tmp_path: Path) -> None:
    context = world.context(world.anna)
    check_ins.record(context, world.revenue, Entry(value=42.5))
    said = run([sys.executable, "-W", "error", "-c", "\n".join(blocks("python"))], environment, tmp_path)
    assert said == "Q3 2026 Monthly revenue 42.50 → 100.00\nExamples that ran 1.00 0.70\n"


def run(command: list[str], environment: dict[str, str], folder: Path) -> str:
    """What a program says that ends well."""
    ended = subprocess.run(
        command, env=environment, cwd=folder, capture_output=True, text=True, timeout=120, check=False
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert not ended.stderr
    return ended.stdout

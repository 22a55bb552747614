"""A live account over a real socket: what comes out of the copy is what the original holds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec import UNSET

from engines import rows
from live_account import There, fetched, there
from milepost.actions.context import operator
from milepost.cli.demo_company import build as build_demo
from milepost.dialects.gtmhub.wire.users import role
from milepost.store.engine import Database
from milepost.transfer.gtmhub.export import export
from odd_company import ODD
from saved_company import ACCOUNT, NOW, content, imported, now, write

# What the API does not show as it is kept. Of a goal without dates it shows those of its session; of a task not when it
# was changed last; the account's status and confidence settings of this server, whether it came with any or not; of a
# user only the roles that mean something here.
_HIDDEN = {
    "goals": {"dateFrom", "dateTo"},
    "tasks": {"modifiedAt", "modifiedById"},
    "accounts": {"status", "confidenceSettings"},
}


def exported(database: Database, account: str, folder: Path) -> dict[str, list[Any]]:
    """The lists of an export, without what the API does not show."""
    export(operator(database, account, now), folder)
    found: dict[str, list[Any]] = {}
    for file in sorted(folder.iterdir()):
        name = file.stem.partition("-")[0]
        items = json.loads(file.read_bytes())["items"]
        hidden = _HIDDEN.get(name, set())
        found.setdefault(name, []).extend(
            {key: _shown(key, value) for key, value in one.items() if key not in hidden} for one in items
        )
    return found


def _shown(key: str, value: Any) -> Any:
    return [one for one in value if role([one]) is not UNSET] if key == "roles" else value


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[There]:
    with there(tmp_path, lambda database: build_demo(database, NOW).account_id) as found:
        yield found


@pytest.fixture
def odd(tmp_path: Path) -> Iterator[There]:
    def fill(database: Database) -> str:
        imported(database, write(tmp_path / "odd", **ODD))
        return ACCOUNT

    with there(tmp_path, fill) as found:
        yield found


def assert_whole(database: Database, source: There, folder: Path) -> None:
    """Out there and out here: the same. Imported again, nothing changes."""
    answered = fetched(folder / "saved", source.address, source.account, source.token)
    assert answered.lacking == {}
    report = imported(database, folder / "saved")
    assert report.problems == []
    first = exported(source.database, source.account, folder / "first")
    assert exported(database, source.account, folder / "second") == first
    assert {"accounts", "users", "sessions", "goals", "metrics"} <= first.keys()
    before = content(database)
    fetched(folder / "again", source.address, source.account, source.token)
    again = imported(database, folder / "again")
    assert {(one.taken, one.differs, one.refused, one.history_added) for one in again.files} == {(0, 0, 0, 0)}
    assert content(database) == before


def test_a_company_with_months_of_history(database: Database, demo: There, tmp_path: Path) -> None:
    assert_whole(database, demo, tmp_path)
    assert rows(database, "SELECT count(*) FROM check_ins")[0][0] > 100


def test_what_only_an_import_brings(database: Database, odd: There, tmp_path: Path) -> None:
    assert_whole(database, odd, tmp_path)

"""The way out: what is exported, imported elsewhere and exported again is the same, byte for byte."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from acme import Acme
from engines import held, rows
from milepost.actions.context import operator
from milepost.actions.verification import verify
from milepost.app import database as opened_database
from milepost.cli.demo_company import build as build_demo
from milepost.domain.errors import Forbidden
from milepost.store.engine import Database
from milepost.transfer.files import CannotWrite
from milepost.transfer.gtmhub import pages
from milepost.transfer.gtmhub.export import export
from odd_company import ODD
from saved_company import (
    ACCOUNT,
    NOW,
    OTHER,
    company,
    imported,
    now,
    user,
    write,
)

# Of the server, not of the account: who may sign in, the trail, and what is made anew.
_OWN = {"tokens", "signing_keys", "audit", "audit_payloads", "alembic_version"}


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Database]:
    """An empty database of another server."""
    with closing(opened_database(f"sqlite:///{tmp_path / 'elsewhere.db'}")) as found:
        yield found


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def standing(database: Database, account: str) -> dict[str, list[Any]]:
    """Every row of an account but for those of `_OWN`."""
    found = {name: whole for name, whole in held(database, account).items() if name not in _OWN}
    return {name: [[_document(value) for value in row] for row in whole] for name, whole in found.items()}


def _document(value: Any) -> Any:
    """A document as what it says; the order of its fields says nothing."""
    return sorted(json.loads(value).items()) if isinstance(value, str) and value.startswith("{") else value


def assert_round(database: Database, elsewhere: Database, account: str, folder: Path) -> None:
    """Out, in elsewhere, and out again: the same files, and the same rows."""
    export(operator(database, account, now), folder / "first")
    report = imported(elsewhere, folder / "first")
    assert report.problems == []
    export(operator(elsewhere, account, now), folder / "second")
    assert bytes_of(folder / "first") == bytes_of(folder / "second")
    assert standing(database, account) == standing(elsewhere, account)
    verify(elsewhere, None)


def test_a_company_with_months_of_history(database: Database, elsewhere: Database, tmp_path: Path) -> None:
    entrance = build_demo(database, NOW)
    assert_round(database, elsewhere, entrance.account_id, tmp_path)


def test_what_only_an_import_brings(database: Database, elsewhere: Database, tmp_path: Path) -> None:
    imported(database, write(tmp_path / "saved", **ODD))
    assert rows(database, "SELECT count(*) FROM key_results") == [(4,)]
    assert_round(database, elsewhere, ACCOUNT, tmp_path)


def test_the_company_of_the_other_tests(acme: Acme, elsewhere: Database, tmp_path: Path) -> None:
    assert_round(acme.database, elsewhere, acme.account.id, tmp_path)


def test_many_pages(database: Database, elsewhere: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "PAGE", 2)
    imported(database, write(tmp_path / "saved", **ODD))
    assert_round(database, elsewhere, ACCOUNT, tmp_path)
    assert {"metrics.json", "metrics-2.json", "goals-2.json"} <= bytes_of(tmp_path / "first").keys()
    (tmp_path / "first" / "metrics-2.json").unlink()
    (problem,) = imported(elsewhere, tmp_path / "first").problems
    assert "holds 2 of 4 (totalCount)" in problem.message


def test_one_account_of_two(database: Database, tmp_path: Path) -> None:
    both = [{"id": ACCOUNT, "name": "Acme"}, {"id": OTHER, "name": "Other"}]
    theirs = user(id="61a0000000000000000000b9", accountId=OTHER, email="rita@other.test", name="Rita")
    imported(database, write(tmp_path / "saved", **company(accounts=both, users=[user(), theirs])))
    written = export(operator(database, OTHER, now), tmp_path / "other")
    assert {kind: count for kind, count in written.items() if count} == {"accounts": 1, "users": 1}
    assert b"Jane" not in b"".join(bytes_of(tmp_path / "other").values())


def test_only_who_administers_exports(acme: Acme, tmp_path: Path) -> None:
    with pytest.raises(Forbidden):
        export(acme.context(acme.ben), tmp_path / "first")
    assert list(tmp_path.glob("*first*")) == []


def test_a_folder_in_use_is_left_alone(database: Database, tmp_path: Path) -> None:
    imported(database, write(tmp_path / "saved", **company()))
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "notes.txt").write_text("mine")
    for place in (tmp_path / "taken", tmp_path / "taken" / "notes.txt"):
        with pytest.raises(CannotWrite, match="is there already, and not an empty folder: name another one"):
            export(operator(database, ACCOUNT, now), place)
    with pytest.raises(CannotWrite, match="cannot be written: No such file or directory"):
        export(operator(database, ACCOUNT, now), tmp_path / "missing" / "folder")
    assert [file.name for file in (tmp_path / "taken").iterdir()] == ["notes.txt"]


def test_nothing_is_left_of_an_export_that_fails(database: Database, tmp_path: Path) -> None:
    imported(database, write(tmp_path / "saved", **company()))

    def broken(file: str, _done: int, _total: int) -> None:
        if file == "metrics.json":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export(operator(database, ACCOUNT, now), tmp_path / "first", broken)
    assert [found.name for found in tmp_path.iterdir() if found.is_dir()] == ["saved"]


def test_only_its_owner_may_read_it(database: Database, tmp_path: Path) -> None:
    imported(database, write(tmp_path / "saved", **company()))
    export(operator(database, ACCOUNT, now), tmp_path / "first")
    assert (tmp_path / "first").stat().st_mode & 0o077 == 0
    assert {file.stat().st_mode & 0o077 for file in (tmp_path / "first").iterdir()} == {0}

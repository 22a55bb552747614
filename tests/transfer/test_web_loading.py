"""What the pages import: tried on a copy, then taken, in the name of who does it."""

from __future__ import annotations

from pathlib import Path

import pytest

from acme import Acme
from milepost.actions import check_ins, key_results
from milepost.domain.check_in import Entry
from milepost.domain.query import Query
from milepost.store import audit
from milepost.transfer.gtmhub import archive
from milepost.transfer.gtmhub.export import export
from milepost.transfer.web.loading import Asked, Kind, load

TABLE = (
    "Cycle,Objective,Key result,Target,Date,Current\n"
    "Q4 2026,Aim,Steps,9,2026-08-01,1\nQ4 2026,Aim,Steps,9,2026-08-02,2\n"
)
VIVA = "Title,Type,Time Period,Parent,Target\nAim,Objective,Q4 2026,,\nSteps,Key result,Q4 2026,Aim,9\n"


def names(acme: Acme) -> set[str]:
    """The key results of both companies."""
    both = (acme.context(acme.anna), acme.context(acme.rita))
    return {one.name for context in both for one in key_results.list_bare(context, Query(limit=100)).items}


@pytest.mark.parametrize(("kind", "content"), [(Kind.TABLE, TABLE), (Kind.VIVA, VIVA)])
def test_a_table_is_tried_then_taken(acme: Acme, tmp_path: Path, kind: Kind, content: str) -> None:
    path = tmp_path / "okrs.csv"
    path.write_text(content)
    before, told = names(acme), audit.head(acme.database, acme.account.id)
    tried = load(acme.context(acme.anna), path, Asked(kind), dry_run=True)
    assert (names(acme), audit.head(acme.database, acme.account.id)) == (before, told)
    taken = load(acme.context(acme.anna), path, Asked(kind), dry_run=False)
    assert (taken.rows, taken.is_whole) == (tried.rows, True)
    assert names(acme) == before | {"Steps"}
    again = load(acme.context(acme.anna), path, Asked(kind), dry_run=True)
    assert "TAKEN" not in again.headings


def test_an_archive_is_tried_then_taken_into_the_account_of_who_sends_it(acme: Acme, tmp_path: Path) -> None:
    check_ins.record(acme.context(acme.anna), acme.revenue, Entry(value=42.0))
    export(acme.context(acme.anna), tmp_path / "acme")
    archive.pack(tmp_path / "acme", tmp_path / "acme.zip")
    rita, asked = acme.context(acme.rita), Asked(Kind.GTMHUB)
    assert load(rita, tmp_path / "acme.zip", asked, dry_run=True).is_whole
    assert [one.name for one in key_results.list_bare(rita, Query()).items] == ["Their revenue"]
    assert load(rita, tmp_path / "acme.zip", asked, dry_run=False).is_whole
    found = key_results.get(rita, acme.revenue)
    assert (found.key_result.account_id, [entry.value for entry in found.check_ins]) == (acme.rival.id, [42.0])

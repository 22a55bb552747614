"""A whole account over a real socket: what comes out of the copy is what the original holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from engines import rows
from milepost import app
from milepost.actions import accounts
from milepost.domain import instants
from milepost.domain.instants import Instant
from milepost.store import accounts as stored_accounts
from milepost.store import audit, check_ins, key_results
from milepost.store.engine import Database
from milepost.store.migrate import open_database
from milepost.transfer.simpleokr import account as importing
from milepost.transfer.simpleokr.account import load
from milepost.transfer.simpleokr.address import parse
from milepost.transfer.simpleokr.api import connected
from milepost.transfer.simpleokr.pages import everything as pages
from milepost.transfer.simpleokr.report import Report
from milepost.transfer.simpleokr.run import Start
from milepost.transfer.upstream.asking import CannotPull
from milepost.transfer.upstream.patience import Patience
from saved_company import content
from upstream import (
    CREDENTIAL,
    LISTS,
    MANY,
    SECRET,
    Original,
    answering,
    everything,
    original,
    relayed,
    talking,
    whole_account,
)

HOUSE = "61a0000000000000000000a9"
# After everything that was done in the original.
LATER = instants.parse("2027-01-01T00:00:00Z", "later")


def later() -> Instant:
    return LATER


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Original]:
    """The account to import, as large as it takes for every list but the cycles and teams to have several pages."""
    with original(tmp_path_factory.mktemp("original"), whole_account) as found:
        yield found


def pulled(database: Database, address: str, account_id: str | None = None, **options: Any) -> Report:
    """Import a service's account at a moment that stands still; the service's own clock is the real one."""
    with connected(parse(address), CREDENTIAL, SECRET, app.clock, Patience(sleep=lambda _seconds: None)) as api:
        return load(database, later, pages(api), account_id, **options)


def housed(path: Path) -> Database:
    """A database with one empty account, the same whenever it is made."""
    database = open_database(path)
    accounts.add(database, later, "House", HOUSE)
    return database


@pytest.fixture(scope="module")
def straight(there: Original, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Any]]:
    """What such a database holds after an import that nothing came in the way of."""
    database = housed(tmp_path_factory.mktemp("straight") / "milepost.db")
    pulled(database, there.address)
    whole = content(database)
    database.close()
    return whole


def copied(database: Database, account_id: str) -> dict[str, dict[str, Any]]:
    """What the copy's API shows."""
    with talking(database, account_id, "anna@acme.test") as anna:
        return everything(anna)


def differing(before: dict[str, list[Any]], after: dict[str, list[Any]]) -> list[str]:
    """The tables that do not hold the same."""
    return [table for table in before | after if before.get(table) != after.get(table)]


@pytest.mark.parametrize("name", LISTS)
def test_the_original_has_what_there_is_to_show(there: Original, name: str) -> None:
    # What makes the next test worth something.
    shown = there.shown[name].values()
    assert name in ("teams", "cycles") or len(shown) > 100
    told = {attribute: {repr(one[attribute]) for one in shown} for one in shown for attribute in one}
    assert all(len(values) > 1 for values in told.values()) or name in ("teams", "cycles")
    if name == "objectives":
        assert len(shown) > 2 * MANY
        assert any(
            one["parent_objective_id"] and shown_cycle(there, one["parent_objective_id"]) != one["cycle_id"]
            for one in shown
        )
    if name == "keyresults":
        assert told["type"] == {"'positive'", "'negative'", "'range'", "'baseline'", "'milestone'"}


def shown_cycle(there: Original, objective: str) -> str:
    return str(there.shown["objectives"][objective]["cycle_id"])


def test_the_copy_shows_what_the_original_shows_object_by_object(database: Database, there: Original) -> None:
    report = pulled(database, there.address)
    assert (report.problems, report.notes, report.differences, report.unknown_owners) == ([], [], [], [])
    assert {one.list: (one.found, one.taken) for one in report.lists} == {
        name: (len(there.shown[name]),) * 2 for name in LISTS
    }
    copy = copied(database, report.account_id)
    for name in LISTS:
        assert copy[name] == there.shown[name], name


def test_the_history_of_the_copy_explains_every_value_in_one_check_in(database: Database, there: Original) -> None:
    report = pulled(database, there.address)
    entries = [
        (one, check_ins.history(database, report.account_id, one.id))
        for one in everything_stored(database, report.account_id)
    ]
    assert {len(history) for _, history in entries} == {0, 1}
    for one, history in entries:
        if not history:
            assert one.current == one.start
            assert one.confidence is None
        else:
            (entry,) = history
            assert (entry.value, entry.effective_at) == (one.current, one.modified_at)
            assert entry.confidence == (None if one.confidence is None else one.confidence.value)


def everything_stored(database: Database, account_id: str) -> list[Any]:
    ids = [row[0] for row in rows(database, "SELECT id FROM key_results")]
    return key_results.records.several(database, account_id, ids)


def test_each_record_leaves_its_trace_by_the_front_end_import(database: Database, there: Original) -> None:
    report = pulled(database, there.address)
    trail: list[Any] = []
    while part := audit.read(database, report.account_id, after=len(trail)):
        trail += part
    assert {record.front_end for record in trail} == {"import"}
    assert len(trail) == 1 + sum(one.taken for one in report.lists)


def test_a_second_run_doubles_nothing_and_changes_nothing(database: Database, there: Original) -> None:
    first = pulled(database, there.address)
    before = content(database)
    again = pulled(database, there.address)
    assert content(database) == before
    assert [(one.taken, one.already_there) for one in again.lists] == [(0, one.taken) for one in first.lists]
    assert (again.problems, again.notes, again.differences) == ([], [], [])


def test_a_dry_run_says_the_same_and_keeps_nothing(database: Database, there: Original) -> None:
    before = content(database)
    said = pulled(database, there.address, dry_run=True)
    assert content(database) == before
    assert (said.dry_run, said.account_id) == (True, "")
    done = pulled(database, there.address)
    assert (said.lists, said.problems, said.notes) == (done.lists, done.problems, done.notes)


@pytest.mark.parametrize("start", [None, Start.ZERO, Start.CURRENT])
def test_the_start_is_as_told_and_changes_nothing_that_shows(
    database: Database, there: Original, start: Start | None
) -> None:
    report = pulled(database, there.address, start=start)
    found = everything_stored(database, report.account_id)
    for one in found:
        zero = one.kind == "milestone" or start is Start.ZERO or (start is None and one.kind == "increase")
        assert one.start == (0 if zero else one.current)
    assert {one.kind for one in found} == {"increase", "decrease", "in_range", "baseline", "milestone"}
    assert copied(database, report.account_id)["keyresults"] == there.shown["keyresults"]


# Where it goes


def test_it_goes_to_the_only_account_and_without_one_to_a_new_one(database: Database, there: Original) -> None:
    made = pulled(database, there.address).account_id
    (account,) = stored_accounts.everyone(database)
    assert (account.id, account.name) == (made, "My company")
    assert pulled(database, there.address).account_id == made


# Stopped and run again


class Stopped(Exception):
    """What ends an import in its midst."""


def _until(address: str, requests: int) -> Callable[[str, Mapping[str, str]], Any]:
    """A service that goes away after so many requests."""
    left = iter(range(requests))

    def answer(path: str, headers: Mapping[str, str]) -> tuple[int, dict[str, str], bytes] | None:
        return None if next(left, None) is None else relayed(address, path, headers)

    return answer


@pytest.mark.parametrize("requests", [0, 1, 3, 6, 9, 15])
def test_when_the_service_goes_away_another_run_ends_as_if_it_had_not(
    there: Original, straight: dict[str, list[Any]], tmp_path: Path, requests: int
) -> None:
    copy = housed(tmp_path / "copy.db")
    with answering(_until(there.address, requests)) as flaky, pytest.raises(CannotPull, match="cannot be reached"):
        pulled(copy, flaky.address)
    assert differing(straight, content(copy))
    pulled(copy, there.address)
    assert differing(straight, content(copy)) == []
    copy.close()


@pytest.mark.parametrize("stop", [1, 50, 108, 110, 113, 114, 300, 536, 749])
def test_stopped_after_any_item_and_run_again_it_ends_the_same(
    there: Original, straight: dict[str, list[Any]], tmp_path: Path, stop: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", 50)
    copy = housed(tmp_path / "copy.db")
    left = iter(range(stop - 1))

    def progress(_list: str, _done: int) -> None:
        if next(left, None) is None:
            raise Stopped

    with pytest.raises(Stopped):
        pulled(copy, there.address, progress=progress)
    pulled(copy, there.address)
    assert differing(straight, content(copy)) == []
    copy.close()


def test_no_transaction_is_open_while_the_service_is_waited_for(there: Original, database: Database) -> None:
    def answer(path: str, headers: Mapping[str, str]) -> tuple[int, dict[str, str], bytes]:
        # Another writer gets its turn at once.
        other = open_database(database.path)
        with other.transaction():
            seen.append(path)
        other.close()
        return relayed(there.address, path, headers)

    seen: list[str] = []
    with answering(answer) as service:
        assert pulled(database, service.address, dry_run=True).problems == []
        asked = len(seen)
        assert pulled(database, service.address).problems == []
    assert (asked, len(seen)) == (asked, 2 * asked)
    assert asked > len(LISTS)

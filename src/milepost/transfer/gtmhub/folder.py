"""Imports a folder: file by file, in transactions of at most 1,000 records, each with its history.

It can be stopped at any point and run again: existing records are left as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from milepost.actions import accounts as known_accounts
from milepost.actions.context import Actor
from milepost.domain.errors import Fault, Invalid
from milepost.domain.instants import Instant
from milepost.store import holders
from milepost.store.engine import Database
from milepost.transfer.gtmhub import (
    accounts,
    custom_fields,
    goals,
    lists,
    metrics,
    reading,
    sessions,
    tasks,
    teams,
    users,
)
from milepost.transfer.gtmhub.differing import Read, fields
from milepost.transfer.gtmhub.report import Report
from milepost.transfer.gtmhub.run import Item, Run
from milepost.transfer.gtmhub.saved import Folder, Saved
from milepost.transfer.outcome import Outcome

# At most this many records share a transaction.
BATCH = 1_000

# Takes the item of an index; `Invalid` where it cannot be taken.
Taker = Callable[[Run, int, dict[str, Any]], Outcome]

# (file, items done, items in all), after each item.
Progress = Callable[[str, int, int], None]


class Kind(msgspec.Struct, frozen=True):
    """How one file's items are imported. `holder`: the store's name for such a record; `extend` adds what an existing
    record lacks; `id_field` holds its id; `read` gives an existing record and the one that the item would make;
    `compared`: the fields to compare, with their names in the file.
    """

    holder: str
    names: Mapping[str, str]
    add: Callable[[Run, Item], None]
    extend: Callable[[Run, Item], None] | None = None
    id_field: str = "id"
    read: Read | None = None
    compared: Mapping[str, str] = {}


_KINDS = {
    "users.json": Kind("user", users.NAMES, users.add, read=users.read, compared=users.COMPARED),
    "teams.json": Kind("team", teams.NAMES, teams.add, read=teams.read, compared=teams.COMPARED),
    "customFields.json": Kind("custom field", custom_fields.NAMES, custom_fields.add, id_field="_id"),
    "sessions.json": Kind("cycle", sessions.NAMES, sessions.add, read=sessions.read, compared=sessions.COMPARED),
    goals.FILE: Kind("objective", goals.NAMES, goals.add, read=goals.read, compared=goals.COMPARED),
    metrics.FILE: Kind(
        "key result", metrics.NAMES, metrics.add, metrics.extend, read=metrics.read, compared=metrics.COMPARED
    ),
    "tasks.json": Kind("task", tasks.NAMES, tasks.add),
    "lists.json": Kind("saved list", lists.NAMES, lists.add),
}


def load(
    database: Database,
    clock: Callable[[], Instant],
    folder: Folder,
    account_id: str | None = None,
    *,
    actor: Actor | None = None,
    dry_run: bool = False,
    progress: Progress = lambda _file, _done, _total: None,
) -> Report:
    """Import a folder, into one account if one is named; the report comes back. `actor`: the user of that account who
    imports, else the operator.

    `dry_run` does everything to a copy of the database. `NotFound` where the account is not here.
    """
    if account_id is not None:
        account_id = known_accounts.find(database, account_id).id
    report = Report(dry_run)
    for name, why in folder.unknown:
        report.refuse(name, None, [Fault("", why)])
    if not dry_run:
        _take_all(Run(database, clock, report, account_id, actor), folder.files, progress)
        return report
    with database.scratch() as copy:
        _take_all(Run(copy, clock, report, account_id, actor), folder.files, progress)
    return report


def _take_all(run: Run, files: list[Saved], progress: Progress) -> None:
    for file in files:
        run.report.tally(file.name).found = file.count
        if file.fault:
            run.report.refuse(file.name, None, [Fault("", file.fault)])
    _take_accounts(run, next((file for file in files if file.kind == accounts.FILE), None), progress)
    goals.survey(run, (item for file in files if file.kind == goals.FILE for item in file.items()))
    for name, kind in _KINDS.items():
        for page in (file for file in files if file.kind == name):
            _take_file(run, page, kind.names, _taker(page.name, kind), progress)
        if name == goals.FILE:
            goals.mention_missing_parents(run)
        if name == metrics.FILE:
            metrics.mention_missing_parents(run)


def _take_accounts(run: Run, file: Saved | None, progress: Progress) -> None:
    if run.account_id is not None:
        for index, raw in enumerate(file.items() if file else ()):
            accounts.leave_out(run, raw, index)
        return
    if file is not None:
        _take_file(run, file, accounts.NAMES, accounts.take, progress)
    accounts.settle_destination(run, file)


def _take_file(run: Run, file: Saved, names: Mapping[str, str], take: Taker, progress: Progress) -> None:
    items, total = file.items(), file.count
    for start in range(0, total, BATCH):
        with run.database.transaction():
            for index, raw in enumerate(items[start : start + BATCH], start):
                run.report.tally(file.name).count(_take_one(run, file.name, index, raw, names, take))
                progress(file.name, index + 1, total)
            run.settle()


def _take_one(run: Run, name: str, index: int, raw: Any, names: Mapping[str, str], take: Taker) -> Outcome:
    try:
        if not isinstance(raw, dict):
            raise Invalid("", "must be an object")
        return take(run, index, raw)
    except Invalid as error:
        run.report.refuse(name, index, [Fault(names.get(one.field, one.field), one.message) for one in error.faults])
        return Outcome.REFUSED


def _taker(file: str, kind: Kind) -> Taker:
    """How an item of a file is imported: first the steps common to all kinds, then those of its kind."""
    seen: dict[tuple[str, str], int] = {}

    def take(run: Run, index: int, raw: dict[str, Any]) -> Outcome:
        item = Item(file, index, raw, reading.own_id(raw, kind.id_field), run.destination(raw))
        account = item.context.account_id
        first = seen.setdefault((account, item.id), index)
        if first != index:
            raise Invalid("id", f"is the id of {file}[{first}] already")
        held = holders.kinds(run.database, account, [item.id]).get(item.id)
        if held == kind.holder:
            if kind.extend is not None:
                kind.extend(run, item)
            if kind.read is None or not (differing := fields(run, item, kind.read, kind.compared)):
                return Outcome.ALREADY_THERE
            said = f"{item.id} is here already, and stays as it is: the file has another {', '.join(differing)}"
            run.report.note(file, index, "", said)
            return Outcome.DIFFERS
        if held is not None:
            raise Invalid("id", f"is the id of another record already: a {held}")
        if item.id in run.removed(account):
            run.report.note(file, index, "id", f"{item.id} was removed here, and stays so")
            return Outcome.LEFT_OUT
        kind.add(run, item)
        return Outcome.TAKEN

    return take

"""Imports an account: page by page, in transactions of at most 1,000 records.

It can be stopped at any point and run again: existing records are left as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from milepost.actions import accounts, people
from milepost.actions.context import Context, operator
from milepost.domain import ids
from milepost.domain.account import Account, AccountStatus
from milepost.domain.errors import Fault, Invalid
from milepost.domain.instants import Instant
from milepost.domain.people import Role
from milepost.store import holders
from milepost.store.engine import Database
from milepost.transfer.outcome import Outcome
from milepost.transfer.simpleokr.kinds import KINDS, Kind
from milepost.transfer.simpleokr.pages import LISTS, Page
from milepost.transfer.simpleokr.report import Place, Report
from milepost.transfer.simpleokr.run import Item, LeftOut, Run, Start
from milepost.transfer.simpleokr.shown import Shown

FRONT_END = "import"
# The name of a new account: this API does not show the company's.
COMPANY = "My company"

# At most this many records share a transaction.
BATCH = 1_000

# (list, items so far), after each item that is taken.
Progress = Callable[[str, int], None]


def load(
    database: Database,
    clock: Callable[[], Instant],
    pages: Iterable[Page],
    account_id: str | None = None,
    *,
    start: Start | None = None,
    dry_run: bool = False,
    progress: Progress = lambda _list, _done: None,
) -> Report:
    """Import the pages into the named account, else the only one, else a new one; the report comes back.

    `dry_run` does everything to a copy of the database. `NotFound` where the named account is not here, `Invalid` where
    none is named and there are several. The error of a page is raised; the pages before it are kept.
    """
    report = Report(dry_run)
    for name in LISTS:
        report.tally(name)
    destination = _destination(database, account_id)
    if not dry_run:
        _take_all(_run(database, clock, destination, report, start), pages, progress)
        return report
    with database.scratch() as copy:
        _take_all(_run(copy, clock, destination, report, start), pages, progress)
    report.account_id = destination or ""
    return report


def _destination(database: Database, account_id: str | None) -> str | None:
    """The id of the account that everything goes to; `None` for a new one."""
    if account_id is not None:
        return accounts.find(database, account_id).id
    return accounts.only(database).id if accounts.everyone(database) else None


def _run(
    database: Database, clock: Callable[[], Instant], account_id: str | None, report: Report, start: Start | None
) -> Run:
    report.account_id = _made(database, clock).id if account_id is None else account_id
    return Run(_context(database, clock, report.account_id), report, start)


def _made(database: Database, clock: Callable[[], Instant]) -> Account:
    now = clock()
    account = Account(ids.new(now), COMPANY, accounts.short_name(COMPANY), AccountStatus.ACTIVE, now)
    return accounts.keep(_context(database, clock, account.id), account)


def _context(database: Database, clock: Callable[[], Instant], account_id: str) -> Context:
    return msgspec.structs.replace(operator(database, account_id, clock), front_end=FRONT_END)


def _take_all(run: Run, pages: Iterable[Page], progress: Progress) -> None:
    for page in pages:
        tally, kind = run.report.tally(page.name), KINDS[page.name]
        for first in range(0, len(page.items), BATCH):
            with run.database.transaction():
                for index, raw in enumerate(page.items[first : first + BATCH], page.start + first):
                    tally.count(_take_one(run, Place(page.name, page.cycle, index), raw, kind))
                    progress(page.name, tally.found)
                run.settle()
    run.mention_missing_parents()
    everybody = people.everyone(run.context)
    run.report.without_admin = not any(one.role is Role.ADMIN and one.is_active for one in everybody)


def _take_one(run: Run, place: Place, raw: msgspec.Raw, kind: Kind[Any]) -> Outcome:
    try:
        shown = Shown(bytes(raw))
        return _take(run, Item(place, shown.own_id(), shown), kind)
    except LeftOut as reason:
        run.report.note(place, "", f"left out: {reason}")
        return Outcome.LEFT_OUT
    except Invalid as error:
        faults = [Fault(kind.names.get(fault.field, fault.field), fault.message) for fault in error.faults]
        run.report.refuse(place, faults)
        return Outcome.REFUSED


def _take(run: Run, item: Item, kind: Kind[Any]) -> Outcome:
    held = holders.kinds(run.database, run.account_id, [item.id]).get(item.id)
    if held is None and item.id in run.removed:
        raise LeftOut(f"{ids.as_uuid(item.id)} was removed here")
    if held not in (None, kind.holder):
        raise Invalid("id", f"is the id of another record here already: a {held}")
    wanted = kind.decode(run, item)
    if held is None:
        kind.add(run, item, wanted)
        return Outcome.TAKEN
    if differing := _differing(kind.encode(run, kind.find(run, item.id)), kind.encode(run, wanted)):
        run.report.differs(item.place, differing)
    return Outcome.ALREADY_THERE


def _differing(here: msgspec.Struct, there: msgspec.Struct) -> tuple[str, ...]:
    """The attributes that differ, except the date of the last modification."""
    names = (name for name in here.__struct_fields__ if name != "modified_at")
    return tuple(name for name in names if getattr(here, name) != getattr(there, name))

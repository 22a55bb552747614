"""The check-ins in rows: those that are not in the history of their key result yet are added to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

import msgspec

from milepost.actions import rollup, trail
from milepost.actions.context import Context
from milepost.domain import history
from milepost.domain.check_in import CheckIn
from milepost.domain.instants import SECOND, Instant
from milepost.store import audit, check_ins, key_results
from milepost.store.notebook import Notebook
from milepost.transfer import derived_ids

_KIND = "check-in"
_decoder = msgspec.json.Decoder(CheckIn)


class Noted:
    """Check-ins in the order of their rows; kept out of memory, as a file may hold very many."""

    def __init__(self) -> None:
        self._notebook = Notebook()
        self.count = 0

    def put(self, entry: CheckIn) -> None:
        """Note one check-in."""
        self.count += 1
        self._notebook.put(_KIND, f"{entry.key_result_id} {self.count:012}", 0, msgspec.json.encode(entry).decode())

    def by_key_result(self) -> Iterator[tuple[str, list[CheckIn]]]:
        """The noted check-ins of each key result, by its id, in the order of the rows."""
        entries = (_decoder.decode(note.said) for note in self._notebook.all(_KIND))
        for key_result_id, found in groupby(entries, lambda entry: entry.key_result_id):
            yield key_result_id, list(found)

    def close(self) -> None:
        """Forget it all."""
        self._notebook.close()


def add(context: Context, noted: Iterable[tuple[str, list[CheckIn]]]) -> int:
    """Add the noted check-ins of each key result, by id, that are neither there nor withdrawn; the number added."""
    database, account_id = context.database, context.account_id
    added, touched = 0, set[str]()
    removed = audit.removed(database, account_id)
    for key_result_id, found in noted:
        before = key_results.records.find(database, account_id, key_result_id)
        if before is None:
            continue
        known = check_ins.history(database, account_id, key_result_id)
        entries = {one: entry for entry in found if (one := derived_ids.of_entry(entry, 0)) not in removed}
        fresh = _fresh(entries, known)
        if not fresh:
            continue
        after = history.explained(before, [*known, *fresh])
        check_ins.records.insert_many(database, fresh)
        key_results.set_progress(database, after)
        told: dict[str, Any] = {"key_result": after, "check_ins": fresh}
        trail.leave(context, "key_result.history_added", after, {"key_result": before}, told)
        touched.add(after.objective_id)
        added += len(fresh)
    rollup.objectives(context, touched, into_closed=True)
    return added


def _fresh(entries: Mapping[str, CheckIn], known: Sequence[CheckIn]) -> list[CheckIn]:
    """Of the entries by id those that are not known. A file tells moments to the second, or the day: one of a known
    moment and value is known. Of one moment each comes a microsecond after the one before, as in the file, and after
    what is known: else chance would say which of two of one day gives the current value.
    """
    there = {entry.id for entry in known}
    said = {(entry.effective_at // SECOND, entry.value) for entry in known}
    last: dict[Instant, Instant] = {}
    for entry in known:
        second = entry.effective_at // SECOND
        last[second] = max(entry.effective_at, last.get(second, entry.effective_at))
    found = []
    for one, entry in entries.items():
        second = entry.effective_at // SECOND
        if one in there or (second, entry.value) in said:
            continue
        at = max(entry.effective_at, last.get(second, entry.effective_at - 1) + 1)
        last[second] = at
        recorded = entry.recorded_at + at - entry.effective_at
        found.append(msgspec.structs.replace(entry, id=one, effective_at=at, recorded_at=recorded))
    return found

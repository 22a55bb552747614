"""Compares every record with the trail, and names one that was changed, added or deleted without it."""

from __future__ import annotations

from typing import Any

import msgspec

from milepost.actions.verification import told
from milepost.actions.verification.discrepancy import Discrepancy
from milepost.actions.verification.told import Kind
from milepost.store.engine import Database
from milepost.store.notebook import Note, Notebook

_LONGEST_SHOWN = 80


def compare(database: Database, account_id: str, notebook: Notebook, kind: Kind) -> int:
    """The number of records of a kind; `Discrepancy` for the first one that does not agree with the trail."""
    count = 0
    notes = notebook.all(kind.name)
    note = next(notes, None)
    for record_id, row in kind.records.each(database, account_id):
        while note is not None and note.id < record_id:
            raise _missing(account_id, kind, note)
        if note is None or note.id != record_id:
            raise Discrepancy(account_id, kind.table, record_id, "the trail says nothing of it: it was added otherwise")
        _require_as_told(account_id, kind, record_id, row, note)
        note = next(notes, None)
        count += 1
    if note is not None:
        raise _missing(account_id, kind, note)
    return count


def _missing(account_id: str, kind: Kind, note: Note) -> Discrepancy:
    what = f"it is gone, although by record {note.number} of the trail it stands: it was deleted otherwise"
    return Discrepancy(account_id, kind.table, note.id, what)


def _require_as_told(account_id: str, kind: Kind, record_id: str, row: Any, note: Note) -> None:
    try:
        standing = told.of(kind, kind.records.from_row(row))
    except (msgspec.MsgspecError, ValueError, TypeError, KeyError) as error:
        raise Discrepancy(account_id, kind.table, record_id, f"it holds what it cannot ({error})") from error
    if note.said and told.said(standing) != note.said:
        raise _changed(account_id, kind, record_id, standing, note)


def _changed(account_id: str, kind: Kind, record_id: str, standing: told.Told, note: Note) -> Discrepancy:
    names = kind.told.__struct_fields__
    ours, theirs = msgspec.json.decode(told.said(standing)), msgspec.json.decode(note.said)
    name, stands, should = next(trio for trio in zip(names, ours, theirs, strict=True) if trio[1] != trio[2])
    what = f"{name} is not what record {note.number} of the trail says"
    return Discrepancy(account_id, kind.table, record_id, what, _shown(stands), _shown(should))


def _shown(value: Any) -> str:
    text = msgspec.json.encode(value).decode()
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"

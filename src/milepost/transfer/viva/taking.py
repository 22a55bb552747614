"""Takes a row: an objective, a key result with its check-in, or an initiative, which becomes a task."""

from __future__ import annotations

import re
from typing import Any

import msgspec
from msgspec import UNSET

from milepost.actions import key_results, objectives, tasks
from milepost.domain.change import KeyResultChange, ObjectiveChange
from milepost.domain.check_in import CheckIn, effective
from milepost.domain.errors import Invalid
from milepost.domain.instants import Instant
from milepost.domain.key_result import Kind, Tag
from milepost.domain.task import ParentKind, TaskChange, TaskStatus
from milepost.domain.values import name, text
from milepost.transfer.outcome import Outcome
from milepost.transfer.table import cells, custom_fields
from milepost.transfer.table.run import Run, plain
from milepost.transfer.viva.columns import Field
from milepost.transfer.viva.known import ID, Known
from milepost.transfer.viva.place import Made, Places
from milepost.transfer.viva.rows import Kind as RowKind
from milepost.transfer.viva.rows import Row, Tree

_DONE = ("complete", "closed", "done", "achieved")
_IDLE = ("not started", "postponed", "")


class Taker:
    """Takes the rows of a file. `noted` are the check-ins to add, by sheet and key result; `used` holds a value of each
    custom field.
    """

    def __init__(self, run: Run, places: Places, tree: Tree) -> None:
        self._run = run
        self._tree = tree
        self._places = places
        self._known = Known(run.context)
        self.noted: dict[str, dict[str, list[CheckIn]]] = {}
        self.used: dict[str, Any] = {}

    def take(self, row: Row) -> Outcome:
        """What became of a row; `Invalid` where it cannot be taken."""
        if not name(row.text(Field.TITLE), Field.TITLE):
            raise Invalid(Field.TITLE, "is required")
        above = self._places.above(row)
        kind = row.kind()
        if kind is RowKind.OBJECTIVE:
            return self._objective(row, above)
        return self._key_result(row, above) if kind is RowKind.KEY_RESULT else self._task(row, above)

    def _objective(self, row: Row, above: Made | None) -> Outcome:
        """Import an objective. Beneath a key result, it becomes a child of that one's objective."""
        cycle = self._places.cycle(row, above)
        parent_id = "" if above is None else above.objective_id
        more = self._more(row, Field.START, Field.TARGET, Field.CURRENT, Field.PROGRESS, Field.NOTE, Field.NOTED)
        title, outcome = row.text(Field.TITLE), Outcome.ALREADY_THERE
        found = self._known.objective(row.text(Field.ID), cycle.id, parent_id, title)
        if found is None:
            change = ObjectiveChange(
                name=title,
                description=self._description(row),
                owner_ids=self._owners(row),
                parent_id=parent_id,
                starts_at=self._moment(row, Field.BEGINS),
                ends_at=self._moment(row, Field.DUE),
                tags=self._tags(row),
                custom_fields=more or None,
            )
            found = objectives.add(self._run.context, cycle.id, change).objective
            self._known.meet_objective(found)
            outcome = Outcome.TAKEN
        self.used |= more
        self._places.keep(row, Made(cycle, found.id))
        return outcome

    def _key_result(self, row: Row, above: Made | None) -> Outcome:
        above = above or self._objective_for(row)
        start, target, current = _values(row)
        noted_at = self._moment(row, Field.NOTED)
        entry = None if noted_at is None or current is None else self._entry(row, noted_at, current)
        differs = plain(row.text(Field.PERIOD)) not in ("", plain(above.cycle.name))
        more = self._more(
            row,
            Field.BEGINS,
            *((Field.PERIOD,) if differs else ()),
            *(() if entry else (Field.NOTE, Field.NOTED)),
        )
        title, outcome = row.text(Field.TITLE), Outcome.ALREADY_THERE
        one = self._known.key_result(row.text(Field.ID), above.objective_id, title)
        if one is None:
            change = KeyResultChange(
                name=title,
                description=self._description(row),
                owner_ids=self._owners(row),
                kind=Kind.DECREASE if target < start else Kind.INCREASE,
                start=start,
                target=target,
                current=UNSET if current is None or entry else current,
                due_at=self._moment(row, Field.DUE),
                tags=self._tags(row),
                custom_fields=more or None,
            )
            one = key_results.add(self._run.context, above.objective_id, change).key_result
            self._known.meet_key_result(one)
            self._run.know(self._run.rows, one.id, (row.sheet.name, row.number, _print(row)))
            outcome = Outcome.TAKEN
        elif entry is None:
            self._require_nothing_new(row, one.id)
        else:
            outcome = Outcome.FURTHER
        self.used |= more
        if entry is not None:
            found = self.noted.setdefault(row.sheet.name, {}).setdefault(one.id, [])
            found.append(msgspec.structs.replace(entry, key_result_id=one.id))
        self._places.keep(row, Made(above.cycle, one.objective_id, one.id))
        return outcome

    def _objective_for(self, row: Row) -> Made:
        """An objective of its own for a key result that names none, as one at the top of the tree: else all that stands
        beneath it would fall with it.
        """
        cycle, title = self._places.cycle(row, None), row.text(Field.TITLE)
        found = self._known.objective("", cycle.id, "", title)
        if found is None:
            change = ObjectiveChange(name=title, owner_ids=self._owners(row))
            found = objectives.add(self._run.context, cycle.id, change).objective
            self._known.meet_objective(found)
            self._run.report.note(
                f"{row.sheet.name}, row {row.number:,}: names no objective, and stands beneath one of its own title"
            )
        return Made(cycle, found.id)

    def _require_nothing_new(self, row: Row, key_result_id: str) -> None:
        """`Invalid` where a row without a date and a value says something else of a key result than the row that made
        it: it would be lost.
        """
        sheet, number, made = self._run.rows.get(key_result_id, ("", 0, _print(row)))
        if made != _print(row):
            place = f"row {number:,}" if sheet == row.sheet.name else f"{sheet}, row {number:,}"
            raise Invalid(
                Field.TITLE,
                f"is that of {place}, and says something else of it: give it a date and a value, or another title",
            )

    def _task(self, row: Row, above: Made | None) -> Outcome:
        parent_id = "" if above is None else above.key_result_id or above.objective_id
        title = row.text(Field.TITLE)
        if self._known.has_task(row.text(Field.ID), parent_id, title):
            return Outcome.ALREADY_THERE
        parent = ParentKind.KEY_RESULT if above is not None and above.key_result_id else ParentKind.OBJECTIVE
        more = self._more(
            row,
            Field.PERIOD, Field.BEGINS, Field.START, Field.TARGET, Field.CURRENT, Field.PROGRESS, Field.NOTE,
            Field.NOTED, Field.TAGS,
        )  # fmt: skip
        change = TaskChange(
            name=title,
            description=self._description(row),
            status=_status(row),
            parent_id=parent_id,
            parent_kind=parent if parent_id else ParentKind.NONE,
            owner_id=next(iter(self._owners(row)), ""),
            due_at=self._moment(row, Field.DUE),
            custom_fields=more or None,
        )
        self._known.meet_task(tasks.add(self._run.context, change).task)
        self.used |= more
        return Outcome.TAKEN

    def _entry(self, row: Row, at: Instant, value: float) -> CheckIn:
        context = self._run.context
        return CheckIn(
            account_id=context.account_id,
            id="",
            key_result_id="",
            value=value,
            confidence=None,
            comment=text(row.text(Field.NOTE), Field.NOTE),
            author_id="",
            effective_at=effective(at, context.clock()),
            recorded_at=at,
        )

    def _more(self, row: Row, *fields: Field) -> dict[str, Any]:
        """The custom fields of a row: its id and status, what its record has no place for, and unknown columns."""
        layout = row.layout
        named = row.text(Field.PARENT)
        if named and plain(self._tree.parent_named(row)) != plain(named):  # of several the first counts
            fields = (*fields, Field.PARENT)
        places = {layout.names[one]: layout.places[one] for one in (Field.STATUS, *fields) if one in layout.places}
        found = custom_fields.values({**places, **layout.others}, row.cells)
        return found | ({ID: row.text(Field.ID)} if row.text(Field.ID) else {})

    def _owners(self, row: Row) -> tuple[str, ...]:
        return self._run.owners(row.text(Field.EMAIL) or row.text(Field.OWNER))

    def _description(self, row: Row) -> str:
        return text(row.text(Field.DESCRIPTION), Field.DESCRIPTION)

    def _tags(self, row: Row) -> tuple[Tag, ...]:
        return tuple(Tag(one.strip()) for one in re.split(r"[,;\n]", row.text(Field.TAGS)) if one.strip())

    def _moment(self, row: Row, field: Field) -> Instant | None:
        return cells.moment(row.cell(field), field, month_first=row.sheet.month_first)


def _values(row: Row) -> tuple[float, float, float | None]:
    """Start, target and current value. Where only a progress is given, they are in percent of it."""
    start, target, current, progress = (
        cells.number(row.cell(field), field, has_decimal_commas=row.sheet.has_decimal_commas)
        for field in (Field.START, Field.TARGET, Field.CURRENT, Field.PROGRESS)
    )
    start, target = 0.0 if start is None else start, 100.0 if target is None else target
    if current is None and progress is not None:
        current = start + (target - start) * _fraction(row, progress)
    return start, target, current


def _fraction(row: Row, progress: float) -> float:
    """A progress as a fraction."""
    cell = row.cell(Field.PROGRESS)
    is_percent = isinstance(cell, str) and "%" in cell
    return progress if row.layout.has_fractions and not is_percent else progress / 100


def _print(row: Row) -> int:
    """A fingerprint of the contents of a row."""
    return hash(tuple(map(cells.text, row.cells)))


def _status(row: Row) -> TaskStatus:
    said = row.text(Field.STATUS).casefold()
    if any(word in said for word in _DONE):
        return TaskStatus.DONE
    return TaskStatus.TODO if said in _IDLE else TaskStatus.IN_PROGRESS

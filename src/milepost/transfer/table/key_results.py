"""Rows of key results: one row each, or one row for each date that a value was noted."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from milepost.actions import key_results
from milepost.domain import check_in
from milepost.domain.change import ConfidenceChange, KeyResultChange, ObjectiveChange, chosen
from milepost.domain.check_in import CheckIn
from milepost.domain.errors import Invalid
from milepost.domain.instants import Instant
from milepost.domain.key_result import Kind, Tag
from milepost.domain.values import name, text
from milepost.transfer.outcome import Outcome
from milepost.transfer.table import cells, custom_fields, noted
from milepost.transfer.table.columns import Field, Layout
from milepost.transfer.table.report import Tally
from milepost.transfer.table.run import Run, plain
from milepost.transfer.table.sheet import Cell, Sheet

# The words that people write before the sums beneath their columns.
_TOTAL = re.compile(r"(?:(?:sub|grand)[ -]?)?(?:total|sum|summe|gesamt|average|mean|mittelwert)s? ?:?", re.IGNORECASE)
# At most this many key results of each sheet are shown in a dry run.
_SHOWN = 3
# Fields that an objective does not have itself: they follow from its key results.
_OF_KEY_RESULTS = (
    Field.KIND, Field.START, Field.TARGET, Field.CURRENT, Field.WEIGHT, Field.DUE, Field.DATE, Field.COMMENT,
    Field.CONFIDENCE,
)  # fmt: skip
# The kinds of key results that need no target.
_WITHOUT_TARGET = frozenset({Kind.MILESTONE, Kind.BASELINE})


class Said(msgspec.Struct):
    """The values of a row for its key result: a value at a moment, or the current one; and fields that have no place
    there, for custom fields.
    """

    value: float | None
    at: Instant | None
    sure: float | None
    kind: Kind | None
    aside: list[Field] = []

    @property
    def is_entry(self) -> bool:
        """Whether it is an entry of the history."""
        return self.at is not None and self.value is not None


class Reader:
    """Takes the rows of one sheet. A cycle and an objective count for the rows beneath that name none, as in merged
    cells.
    """

    def __init__(self, run: Run, sheet: Sheet, laid_out: Layout) -> None:
        self._run = run
        self._sheet = sheet
        self._layout = laid_out
        # Sheets for single quarters are named after them.
        self._cycle_name = run.cycle_name or laid_out.cycle_name
        self._objective_name = ""
        self._title = ""
        self._noted = noted.Noted()
        self._used: dict[str, Any] = {}
        self._made = self._without_target = self._with_values = 0

    def take(self, number: int, row: list[Cell]) -> Outcome:
        """Make the key result of a row, with the objective and the cycle that it names, or note what it says of one
        that is there. `Invalid` where it cannot be taken.
        """
        cycle_name, objective_name = self._place(row)
        said = self._said(row)
        title = name(self._text(row, Field.NAME), "name") or self._carried(row, said)
        if not title:
            return self._objective(row, cycle_name, objective_name)
        run, owner_ids = self._run, self._run.owners(self._text(row, Field.OWNER))
        if not run.knows_all(self._text(row, Field.OWNER)):
            said.aside.append(Field.OWNER)
        change = self._change(row, title, owner_ids, said)
        value, at = said.value, said.at
        entry = None if value is None or at is None else self._entry(row, value, at, said.sure)
        objective = ObjectiveChange(name=objective_name, owner_ids=owner_ids)
        objective_id, _ = run.objective(run.cycle(cycle_name), objective)
        if run.is_removed(objective_id):
            return Outcome.LEFT_OUT
        known, outcome = run.key_results(objective_id), Outcome.ALREADY_THERE
        if plain(title) not in known:
            change = self._started(number, change, said)
            made = key_results.add(run.context, objective_id, change).key_result.id
            run.know(known, plain(title), made)
            run.know(run.rows, made, (self._sheet.name, number, _print(row)))
            self._made += 1
            self._show(number, cycle_name, objective_name, change)
            self._without_target += change.target is UNSET and said.kind not in _WITHOUT_TARGET
            outcome = Outcome.TAKEN
        elif run.is_removed(known[plain(title)]):
            return Outcome.LEFT_OUT
        elif said.is_entry:
            outcome = Outcome.FURTHER
        else:
            self._require_nothing_new(row, said, known[plain(title)])
        self._title = title
        self._used |= change.custom_fields or {}
        if entry is not None:
            self._noted.put(msgspec.structs.replace(entry, key_result_id=known[plain(title)]))
        return outcome

    def finish(self, tally: Tally) -> None:
        """Add the noted check-ins that are not in their histories yet, and define the custom fields."""
        added = noted.add(self._run.context, self._noted.by_key_result())
        tally.add_history(self._noted.count, added)
        self._noted.close()
        custom_fields.define(self._run.context, self._used)
        if self._without_target:
            self._run.report.note(
                f"{self._sheet.name}: key results without a target, which count as reached until they have one: "
                f"{self._without_target:,}; if a column holds it, say which with --map"
            )
        if self._with_values:
            self._run.report.note(
                f"{self._sheet.name}: rows that name an objective and no key result, and have values: "
                f"{self._with_values:,}; these are passed over, since an objective's follow from its key results"
            )

    def _show(self, number: int, cycle_name: str, objective_name: str, change: KeyResultChange) -> None:
        """In a dry run, show one of the first key results: the outcome of its row."""
        if not self._run.report.dry_run or self._made > _SHOWN:
            return
        numbers = {"from": change.start, "to": change.target, "now": change.current}
        values = ", ".join(
            f"{word} {number:g}" for word, number in numbers.items() if not isinstance(number, UnsetType)
        )
        place = f"{cycle_name} \N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK} {objective_name}"
        self._run.report.note(
            f"{self._sheet.name}, row {number:,} becomes: {place} \N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK} "
            f"{change.name}: {values}"
        )

    def _place(self, row: list[Cell]) -> tuple[str, str]:
        """The names of the cycle and of the objective that a row belongs to, which count for the rows beneath it."""
        first = next((said for cell in row if (said := cells.text(cell))), "")
        if _TOTAL.fullmatch(first):
            raise Invalid("", f'looks like a sum ("{first}"), of which nothing is taken')
        cycle_name = self._cycle_said(row) or self._cycle_name
        if not cycle_name:
            raise Invalid("cycle", "is not said: add a column for it, or name one for all rows with --cycle")
        above = self._objective_name if plain(cycle_name) == plain(self._cycle_name) else ""
        objective_name = self._text(row, Field.OBJECTIVE)
        if not objective_name and not above:
            raise Invalid("objective", "is not said, neither here nor above")
        if objective_name:
            self._title = ""
        if objective_name or self._text(row, Field.NAME):
            self._cycle_name, self._objective_name = cycle_name, objective_name or above
        return cycle_name, objective_name or above

    def _carried(self, row: list[Cell], said: Said) -> str:
        """The name of the key result above, for a row that has none and notes a value of it, as in merged cells; ""
        where the row names an objective instead. `Invalid` where it is of nothing.
        """
        if self._text(row, Field.OBJECTIVE):
            return ""
        if self._title and said.is_entry:
            return self._title
        raise Invalid("name", "is required")

    def _cycle_said(self, row: list[Cell]) -> str:
        """The name of the cycle; where a spreadsheet has taken a month for its first day, that month's."""
        cell = self._cell(row, Field.CYCLE)
        return f"{cell:%B %Y}" if isinstance(cell, date) and cell.day == 1 else cells.text(cell)

    def _objective(self, row: list[Cell], cycle_name: str, objective_name: str) -> Outcome:
        """Make the objective of a row that names no key result."""
        self._with_values += any(self._text(row, field) for field in _OF_KEY_RESULTS)
        own = custom_fields.values(self._layout.others, row) or None
        change = ObjectiveChange(
            name=objective_name,
            description=text(self._text(row, Field.DESCRIPTION), "description"),
            owner_ids=self._run.owners(self._text(row, Field.OWNER)),
            tags=self._tags(row),
            custom_fields=own,
        )
        objective_id, outcome = self._run.objective(self._run.cycle(cycle_name), change)
        if self._run.is_removed(objective_id):
            return Outcome.LEFT_OUT
        self._used |= (own or {}) if outcome is Outcome.TAKEN else {}
        return outcome

    def _said(self, row: list[Cell]) -> Said:
        """The value of a row. An unknown word for a kind or a confidence is kept for a custom field."""
        said = Said(self._number(row, Field.CURRENT), self._moment(row, Field.DATE), None, None)
        try:
            said.kind = cells.kind(self._cell(row, Field.KIND), "kind")
        except Invalid:
            self._keep_aside(row, said, Field.KIND, "no kind of key result that is known here")
        try:
            said.sure = self._sure(row)
        except Invalid:
            self._keep_aside(row, said, Field.CONFIDENCE, "no confidence between 0 and 1, nor of 10 or 100")
        if said.at is not None and said.value is None:
            said.aside += [Field.DATE, Field.COMMENT, *([Field.CONFIDENCE] if said.sure is not None else [])]
            said.sure = None
        elif said.at is None and said.sure is None:
            said.aside.append(Field.COMMENT)
        return said

    def _keep_aside(self, row: list[Cell], said: Said, field: Field, why: str) -> None:
        said.aside.append(field)
        words = f'{self._sheet.name}, {self._layout.headings[field]}: "{self._text(row, field)[:60]}" is {why}'
        self._run.report.note(f"{words}: kept as a custom field")

    def _require_nothing_new(self, row: list[Cell], said: Said, key_result_id: str) -> None:
        """`Invalid` where a row says something at no moment of a key result that a row above has made: it would be
        lost.
        """
        sheet, number, cells_of_it = self._run.rows.get(key_result_id, ("", 0, _print(row)))
        if cells_of_it == _print(row):
            return
        if said.at is not None:
            if any(self._text(row, field) for field in (Field.COMMENT, Field.CONFIDENCE)):
                raise Invalid("current", "is required where there is a date")
            return
        place = f"row {number:,}" if sheet == self._sheet.name else f"{sheet}, row {number:,}"
        raise Invalid(
            "name", f"is that of {place}, in the same objective: give one of them another name, or each its date"
        )

    def _started(self, number: int, change: KeyResultChange, said: Said) -> KeyResultChange:
        """The change with a start from which its value can decrease."""
        if change.kind is not Kind.DECREASE or change.start is not UNSET:
            return msgspec.structs.replace(change, start=chosen(change.start, 0.0))
        if said.value is None:
            raise Invalid("start", "is required where a value is to decrease")
        self._run.report.note(
            f"{self._sheet.name}, row {number:,}: starts at {said.value:g}, the value of this row, since none is said"
        )
        return msgspec.structs.replace(change, start=said.value)

    def _change(self, row: list[Cell], title: str, owner_ids: tuple[str, ...], said: Said) -> KeyResultChange:
        start, target, weight = (self._number(row, one) for one in (Field.START, Field.TARGET, Field.WEIGHT))
        falls = said.kind is None and start is not None and target is not None and target < start
        kind = Kind.DECREASE if falls else said.kind
        return KeyResultChange(
            name=title,
            description=text(self._text(row, Field.DESCRIPTION), "description"),
            owner_ids=owner_ids,
            kind=UNSET if kind is None else kind,
            start=UNSET if start is None else start,
            target=UNSET if target is None else target,
            weight=UNSET if weight is None else weight,
            due_at=self._moment(row, Field.DUE),
            tags=self._tags(row),
            custom_fields=self._custom_fields(row, said.aside),
            current=UNSET if said.value is None or said.is_entry else said.value,
            confidence=self._confidence(row, said),
        )

    def _entry(self, row: list[Cell], value: float, at: Instant, sure: float | None) -> CheckIn:
        context = self._run.context
        return CheckIn(
            account_id=context.account_id,
            id="",
            key_result_id="",
            value=value,
            confidence=sure,
            comment=text(self._text(row, Field.COMMENT), "comment"),
            author_id="",
            effective_at=check_in.effective(at, context.clock()),
            recorded_at=at,
        )

    def _custom_fields(self, row: list[Cell], aside: Iterable[Field]) -> dict[str, Any] | None:
        """The custom fields of a row: its unknown columns, and the fields kept aside."""
        layout = self._layout
        kept = {layout.headings[field]: layout.places[field] for field in aside if field in layout.places}
        return custom_fields.values({**layout.others, **kept}, row) or None

    def _confidence(self, row: list[Cell], said: Said) -> ConfidenceChange | UnsetType:
        """The confidence that a row without a date tells, with what is said beside it."""
        if said.is_entry or said.sure is None:
            return UNSET
        return ConfidenceChange(said.sure, self._text(row, Field.COMMENT) or None)

    def _tags(self, row: list[Cell]) -> tuple[Tag, ...]:
        titles = re.split(r"[,;\n]", self._text(row, Field.TAGS))
        return tuple(Tag(one.strip()) for one in titles if one.strip())

    def _sure(self, row: list[Cell]) -> float | None:
        has_commas = self._sheet.has_decimal_commas
        found = cells.share(self._cell(row, Field.CONFIDENCE), Field.CONFIDENCE, has_decimal_commas=has_commas)
        return None if found is None else check_in.confidence(found)

    def _cell(self, row: list[Cell], field: Field) -> Cell:
        return self._layout.cell(row, field)

    def _text(self, row: list[Cell], field: Field) -> str:
        return cells.text(self._cell(row, field))

    def _number(self, row: list[Cell], field: Field) -> float | None:
        return cells.number(self._cell(row, field), field, has_decimal_commas=self._sheet.has_decimal_commas)

    def _moment(self, row: list[Cell], field: Field) -> Instant | None:
        return cells.moment(self._cell(row, field), field, month_first=self._layout.month_first)


def _print(row: list[Cell]) -> int:
    """A fingerprint of the cells of a row."""
    return hash(tuple(map(cells.text, row)))

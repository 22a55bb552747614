"""Rows of key results: one row each, or one row for each date that a value was noted."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from milepost.actions import key_results
from milepost.domain import check_in
from milepost.domain.change import ConfidenceChange, KeyResultChange
from milepost.domain.check_in import CheckIn
from milepost.domain.errors import Invalid
from milepost.domain.instants import Instant
from milepost.domain.key_result import KeyResult, Tag
from milepost.domain.values import name, text
from milepost.transfer.outcome import Outcome
from milepost.transfer.table import cells, custom_fields, noted
from milepost.transfer.table.columns import Field, Layout
from milepost.transfer.table.report import Tally
from milepost.transfer.table.run import Run, plain
from milepost.transfer.table.sheet import Cell, Sheet


class Reader:
    """Takes the rows of one sheet. A cycle and an objective count for the rows beneath that name none, as in merged
    cells.
    """

    def __init__(self, run: Run, sheet: Sheet, laid_out: Layout) -> None:
        self._run = run
        self._sheet = sheet
        self._layout = laid_out
        self._cycle_name = run.cycle_name
        self._objective_name = ""
        self._noted: dict[str, list[CheckIn]] = {}
        self._standing: dict[str, KeyResult] = {}
        self._used: dict[str, Any] = {}

    def take(self, row: list[Cell]) -> Outcome:
        """Make the key result of a row, with the objective and the cycle that it names, or note what it says of one
        that is there. `Invalid` where it cannot be taken.
        """
        run = self._run
        cycle_name = self._text(row, Field.CYCLE) or self._cycle_name
        if not cycle_name:
            raise Invalid("cycle", "is not said: add a column for it, or name one for all rows with --cycle")
        if plain(cycle_name) != plain(self._cycle_name):
            self._objective_name = ""
        self._cycle_name = cycle_name
        self._objective_name = self._text(row, Field.OBJECTIVE) or self._objective_name
        if not self._objective_name:
            raise Invalid("objective", "is not said, neither here nor above")
        owner_ids = run.owners(self._text(row, Field.OWNER))
        title = name(self._text(row, Field.NAME), "name")
        change, noted_at = self._change(row, title, owner_ids), self._moment(row, Field.DATE)
        entry = None if noted_at is None else self._entry(row, noted_at)
        objective_id = run.objective(run.cycle(cycle_name), self._objective_name, owner_ids)
        if not title:
            return Outcome.ALREADY_THERE
        known, outcome = run.key_results(objective_id), Outcome.ALREADY_THERE
        if plain(title) not in known:
            known[plain(title)] = key_results.add(run.context, objective_id, change).key_result
            outcome = Outcome.TAKEN
        one = known[plain(title)]
        self._standing[one.id] = one
        self._used |= self._custom_fields(row) or {}
        if entry is not None:
            self._noted.setdefault(one.id, []).append(msgspec.structs.replace(entry, key_result_id=one.id))
        return outcome

    def finish(self, tally: Tally) -> None:
        """Add what was noted of each key result and is not in its history yet; and say what the custom fields are."""
        tally.history_added += noted.add(self._run.context, self._noted, self._standing)
        custom_fields.define(self._run.context, self._used)

    def _change(self, row: list[Cell], title: str, owner_ids: tuple[str, ...]) -> KeyResultChange:
        start, target, current = (self._number(row, one) for one in (Field.START, Field.TARGET, Field.CURRENT))
        weight, kind = self._number(row, Field.WEIGHT), cells.kind(self._cell(row, Field.KIND), "kind")
        tags = tuple(Tag(one.strip()) for one in self._text(row, Field.TAGS).split(",") if one.strip())
        return KeyResultChange(
            name=title,
            description=text(self._text(row, Field.DESCRIPTION), "description"),
            owner_ids=owner_ids,
            kind=UNSET if kind is None else kind,
            start=0.0 if start is None else start,
            target=UNSET if target is None else target,
            weight=UNSET if weight is None else weight,
            due_at=self._moment(row, Field.DUE),
            tags=tags,
            custom_fields=self._custom_fields(row),
            current=UNSET if current is None or self._has_dates else current,
            confidence=self._confidence(row),
        )

    def _entry(self, row: list[Cell], at: Instant) -> CheckIn:
        value, sure = self._number(row, Field.CURRENT), self._sure(row)
        if value is None:
            raise Invalid("current", "is required where there is a date")
        now = self._run.context.clock()
        return CheckIn(
            account_id=self._run.context.account_id,
            id="",
            key_result_id="",
            value=value,
            confidence=None if sure is None else check_in.confidence(sure),
            comment=text(self._text(row, Field.COMMENT), "comment"),
            author_id="",
            effective_at=check_in.effective(at, now),
            recorded_at=at,
        )

    def _custom_fields(self, row: list[Cell]) -> dict[str, Any] | None:
        """What stands under headings that mean nothing here, and what is said of a key result at no date."""
        places = dict(self._layout.others)
        if not self._has_dates and self._sure(row) is None and Field.COMMENT in self._layout.places:
            places[self._layout.headings[Field.COMMENT]] = self._layout.places[Field.COMMENT]
        return custom_fields.values(places, row) or None

    @property
    def _has_dates(self) -> bool:
        """Whether each row is a check-in."""
        return Field.DATE in self._layout.places

    def _confidence(self, row: list[Cell]) -> ConfidenceChange | UnsetType:
        """The confidence that a row without a date tells, with what is said beside it."""
        sure = None if self._has_dates else self._sure(row)
        return UNSET if sure is None else ConfidenceChange(sure, self._text(row, Field.COMMENT) or None)

    def _sure(self, row: list[Cell]) -> float | None:
        has_commas = self._sheet.has_decimal_commas
        return cells.share(self._cell(row, Field.CONFIDENCE), Field.CONFIDENCE, has_decimal_commas=has_commas)

    def _cell(self, row: list[Cell], field: Field) -> Cell:
        return self._layout.cell(row, field)

    def _text(self, row: list[Cell], field: Field) -> str:
        return cells.text(self._cell(row, field))

    def _number(self, row: list[Cell], field: Field) -> float | None:
        return cells.number(self._cell(row, field), field, has_decimal_commas=self._sheet.has_decimal_commas)

    def _moment(self, row: list[Cell], field: Field) -> Instant | None:
        return cells.moment(self._cell(row, field), field, month_first=self._layout.month_first)

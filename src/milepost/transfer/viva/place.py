"""The place of a row: its cycle, and its parent, an objective or key result."""

from __future__ import annotations

import msgspec

from milepost.domain.cycle import Cycle
from milepost.domain.errors import Invalid
from milepost.transfer.table.run import Run
from milepost.transfer.viva.columns import Field
from milepost.transfer.viva.rows import Kind, Row, Tree


class Made(msgspec.Struct, frozen=True):
    """The record of a row: an objective, or a key result in one (`key_result_id`, else ""); and its cycle."""

    cycle: Cycle
    objective_id: str
    key_result_id: str = ""


class Places:
    """Finds the place of each row, which comes after the row above it."""

    def __init__(self, run: Run, tree: Tree) -> None:
        self._run = run
        self._tree = tree
        self._made: dict[int, Made] = {}

    def keep(self, row: Row, made: Made) -> None:
        """Remember the record of a row."""
        self._made[id(row)] = made

    def above(self, row: Row) -> Made | None:
        """The record of the parent row, `None` where there is none. A task cannot have children: they go where the task
        is. `Invalid` where the row above could not be taken.
        """
        found, passed = self._tree.parent(row), {id(row)}
        while found is not None and found.kind() is Kind.TASK:
            if id(found) in passed:
                raise Invalid(Field.PARENT, "would make it stand beneath itself")
            passed.add(id(found))
            found = self._tree.parent(found)
        if found is None:
            return None
        if id(found) not in self._made:
            if self._goes_round(row):
                raise Invalid(Field.PARENT, "goes in a circle: the row stands beneath itself")
            raise Invalid(Field.PARENT, f"row {found.number:,}, which it stands beneath, is not taken")
        return self._made[id(found)]

    def _goes_round(self, row: Row) -> bool:
        """Whether the parents of a row lead back to it."""
        passed: set[int] = set()
        found = self._tree.parent(row)
        while found is not None and id(found) not in passed:
            if found is row:
                return True
            passed.add(id(found))
            found = self._tree.parent(found)
        return False

    def cycle(self, row: Row, above: Made | None) -> Cycle:
        """The cycle of a row, made where there is none of its name: the one that it says, else that of what it stands
        beneath, else the one for all rows.
        """
        if name := row.text(Field.PERIOD):
            return self._run.cycle(name)
        if above is not None:
            return above.cycle
        if not self._run.cycle_name:
            raise Invalid(Field.PERIOD, "is not said: add a column for it, or name one for all rows with --cycle")
        return self._run.cycle(self._run.cycle_name)

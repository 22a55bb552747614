"""Rows of people: an address and a name each. They become members."""

from __future__ import annotations

from milepost.actions import people
from milepost.actions.people import UserChange
from milepost.domain.errors import Invalid
from milepost.transfer.outcome import Outcome
from milepost.transfer.table import cells
from milepost.transfer.table.columns import Field, Layout
from milepost.transfer.table.run import Run
from milepost.transfer.table.sheet import Cell


def take(run: Run, laid_out: Layout, _number: int, row: list[Cell]) -> Outcome:
    """Add the user of a row, unless somebody here has the address. `Invalid` where the row cannot be taken."""
    email, first, last, language = (
        cells.text(laid_out.cell(row, field))
        for field in (Field.EMAIL, Field.FIRST_NAME, Field.LAST_NAME, Field.LANGUAGE)
    )
    if not email:
        raise Invalid("email", "is required")
    if run.knows(email):
        return Outcome.ALREADY_THERE
    change = UserChange(email=email, first_name=first, last_name=last, language=language)
    run.meet(people.add(run.context, change))
    return Outcome.TAKEN

"""Whether the progress in a column is in fractions or in percent: 0.45 may be either, and so may 1."""

from __future__ import annotations

from collections.abc import Iterable

from milepost.transfer.table import numbers
from milepost.transfer.table.sheet import Cell

# The largest number that is likelier to be a fraction than a percentage.
_FAR_AHEAD = 1.5


def is_fraction(cells: Iterable[Cell], has_decimal_commas: bool | None) -> bool:
    """Whether the numbers of a column are fractions: most of them are that small, and at least one has decimals. A
    workbook holds 45 % as 0.45; texts with a percent sign do not count, as they are clear.
    """
    near = far = 0
    has_decimals = False
    for cell in cells:
        if isinstance(cell, bool) or (isinstance(cell, str) and "%" in cell):
            continue
        try:
            found = cell if isinstance(cell, int | float) else numbers.read(str(cell), has_decimal_commas)
        except ValueError:
            continue
        if found:
            near, far = near + (abs(found) <= _FAR_AHEAD), far + (abs(found) > _FAR_AHEAD)
            has_decimals |= found != int(found)
    return near > far and has_decimals

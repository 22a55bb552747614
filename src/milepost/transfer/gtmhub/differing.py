"""The differences between an existing record and the imported item of the same id."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Protocol

from milepost.domain.errors import Invalid
from milepost.transfer.gtmhub.run import Item, Run


class Read(Protocol):
    """Gives the record of an item twice: as stored, and as the item would make it; `None` where there is none. It may
    raise `Invalid`.
    """

    def __call__(self, run: Run, item: Item) -> tuple[Any, Any] | None: ...


def fields(run: Run, item: Item, read: Read, compared: Mapping[str, str]) -> list[str]:
    """The names, as in the file, of the fields in which the two differ. `compared`: the fields to compare, by their
    names in the record, with their names in the file. Empty where the item cannot be read: only new items report that.
    """
    with suppress(Invalid):
        if (pair := read(run, item)) is not None:
            standing, wanted = pair
            return [name for field, name in compared.items() if getattr(standing, field) != getattr(wanted, field)]
    return []

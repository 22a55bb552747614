"""What a record that is here already says otherwise than the item that would have made it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Protocol

from milepost.domain.errors import Invalid
from milepost.transfer.gtmhub.run import Item, Run


class Read(Protocol):
    """Reads the record that an item stands for, as it is now and as the item has it; `None` where there is none. It may
    raise `Invalid`.
    """

    def __call__(self, run: Run, item: Item) -> tuple[Any, Any] | None: ...


def fields(run: Run, item: Item, read: Read, compared: Mapping[str, str]) -> list[str]:
    """The names, as the file has them, of the fields in which the two differ, of those that are `compared`: what the
    record calls them, with their names. None where the item cannot be read, which is told of one that is new.
    """
    with suppress(Invalid):
        if (pair := read(run, item)) is not None:
            standing, wanted = pair
            return [name for field, name in compared.items() if getattr(standing, field) != getattr(wanted, field)]
    return []

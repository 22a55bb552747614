"""What the pages of people, teams and ways in share: how faults come to their fields, and the pages of a list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from milepost.domain.errors import Fault
from milepost.domain.query import Field, FieldType

TEAM_NAME = Field(("name",), FieldType.TEXT)


def faults_of(faults: Iterable[Fault], called: Mapping[str, str]) -> dict[str, str]:
    """What is wrong by the field of the form; `called`: the form's names of fields that records name otherwise."""
    found: dict[str, str] = {}
    for fault in faults:
        found.setdefault(called.get(fault.field, fault.field), fault.message)
    return found


def page_of(asked: str, total: int, size: int) -> tuple[int, int]:
    """The number of the page that is shown where one was asked for, and how many there are."""
    pages = max(1, -(-total // size))
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 8 else 1
    return min(max(number, 1), pages), pages

"""Readers for the texts in fields of forms: each fault is added to a list, to be shown beside its field."""

from __future__ import annotations

import re
from datetime import date
from math import isfinite

from milepost.asgi.request import Request
from milepost.domain import instants
from milepost.domain.errors import Fault
from milepost.domain.instants import DAY, Instant

# Some people write 1,000 for a thousand, others for one.
_AMBIGUOUS = re.compile(r"[+-]?\d{1,3},\d{3}")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def number(text: str, field: str, faults: list[Fault]) -> float | None:
    """The number in a text; `None`, and one more of `faults`, where there is none."""
    if _AMBIGUOUS.fullmatch(text):
        faults.append(
            Fault(field, f"can be read in two ways: write {text.replace(',', '')} or {text.replace(',', '.')}")
        )
        return None
    plain = text.replace("\u202f", "").replace(" ", "").replace(",", ".").rstrip("%")
    if _NUMBER.fullmatch(plain) and isfinite(found := float(plain)):
        return found
    faults.append(Fault(field, "must be a number such as 42 or 42.5"))
    return None


def page(request: Request) -> int:
    """The number of the requested page, from 1; an invalid one counts as 1."""
    number = request.query.get("page", "")
    return int(number) if number.isascii() and number.isdigit() and 0 < len(number) < 5 and int(number) else 1


def confidence(text: str, faults: list[Fault]) -> float | None:
    """A confidence as a fraction, from a percentage."""
    found = number(text, "confidence", faults)
    if found is None or 0 <= found <= 100:
        return None if found is None else found / 100
    faults.append(Fault("confidence", "must lie between 0 and 100"))
    return None


def day(text: str, field: str, faults: list[Fault]) -> date | None:
    """The day in a text; `None`, and one more of `faults`, where there is none."""
    try:
        return date.fromisoformat(text if _DAY.fullmatch(text) else "")
    except ValueError:
        faults.append(Fault(field, "must be a day such as 2026-03-31"))
        return None


def end_of_day(text: str, field: str, zone: str, now: Instant, faults: list[Fault]) -> Instant | None:
    """The end of the day in a text, in a time zone; `None`, which means now, for an empty text or today. One more of
    `faults` for an invalid day or one in the future.
    """
    found = day(text, field, faults) if text else None
    today = instants.local_day(now, instants.zone(zone))
    if found is None or found == today:
        return None
    if found > today:
        faults.append(Fault(field, "must not lie in the future"))
        return None
    return instants.span(found, found, instants.zone(zone))[1]


def day_in_utc(text: str, field: str, faults: list[Fault], *, end: bool = False) -> Instant | None:
    """The beginning or the end of the day in a text, in UTC; `None` for an empty text or, with one more of `faults`, an
    invalid one.
    """
    found = day(text, field, faults) if text else None
    if found is None:
        return None
    return instants.beginning_of(found, instants.zone("UTC")) + (DAY - 1 if end else 0)

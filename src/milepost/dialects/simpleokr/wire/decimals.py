"""Decimals as texts: at least two digits after the point, and no digit lost on the way in or out.

Numbers are stored as doubles. Their digits are the shortest that give the same double back, which holds every decimal
of up to 15 significant digits; a decimal that would come back otherwise is refused, not rounded.
"""

from __future__ import annotations

from decimal import Decimal

from milepost.domain.errors import Invalid

# The longest text: the smallest double, with 17 digits after 324 zeros.
_LONGEST = 400
# Below this size, Python's own formatting tells two digits after the point exactly.
_PLAIN = 1e13
_UNBOUNDED = 10**309


class Literal(str):
    """A JSON number with a fraction or an exponent, as it was written."""

    __slots__ = ()


def encode(value: float) -> str:
    """The digits of a number, such as "0.50", "10000.00" and "0.125"."""
    if -_PLAIN < value < _PLAIN:
        short = f"{value:.2f}"
        if float(short) == value:
            return "0.00" if short == "-0.00" else short
    whole, _, fraction = f"{Decimal(repr(value)):f}".partition(".")
    return f"{whole}.{fraction.ljust(2, '0')}"


def decode(value: object, name: str) -> float:
    """The number in a decimal text, or in a JSON number. `Invalid` for everything else: infinities, exponents, and
    digits that would be lost.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        if not -_UNBOUNDED < value < _UNBOUNDED:
            raise _lost(name)
        value = str(value)
    if not isinstance(value, str) or not _is_decimal(value):
        raise Invalid(
            name, 'must be a decimal, such as "12.50" or "0.5": digits, a point between them, and no exponent'
        )
    number = float(value)
    if Decimal(repr(number)) != Decimal(value):
        raise _lost(name)
    return number + 0.0  # zero has no sign here


def _is_decimal(text: str) -> bool:
    whole, point, fraction = text.removeprefix("-").partition(".")
    digits = whole + fraction
    return (
        len(text) <= _LONGEST
        and digits.isascii()
        and digits.isdigit()
        and whole != ""
        and bool(point) == bool(fraction)
    )


def _lost(name: str) -> Invalid:
    return Invalid(name, "has more digits than can be kept: up to 15 significant ones always can")

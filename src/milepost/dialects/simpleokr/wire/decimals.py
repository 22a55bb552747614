"""Decimals as texts: at least two digits after the point, and no digit lost on the way in or out.

A number is a double inside. Its digits are the shortest that give the same double back, which holds every decimal of up
to 15 significant digits; one that would come back otherwise is refused, not rounded.
"""

from __future__ import annotations

from decimal import Decimal

from milepost.domain.errors import Invalid

# The longest text that is ever shown: the smallest double, of 17 digits behind 324 zeros.
_LONGEST = 400
# Below this size, two digits after the point are told exactly by Python's own formatting.
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
    """The number of a decimal text, or of a JSON number in its place.

    `Invalid` for everything else: not finite, with an exponent, or with digits that would be lost.
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
    return number + 0.0  # the zero has no sign here


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

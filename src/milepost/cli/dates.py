"""Dates as people type them: a whole day, or a moment."""

from __future__ import annotations

import re
from typing import Any

import click

from milepost import app
from milepost.domain import instants
from milepost.domain.instants import DAY, Instant

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")


class Moment(click.ParamType[Instant]):
    """2027-01-31 means the beginning or the end of that day in UTC; an RFC 3339 text the moment that it names."""

    name = "date"

    def __init__(self, *, end: bool) -> None:
        self._end = end

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Instant:
        """The instant of a text; a usage error where it is no date."""
        text = str(value)
        if _DAY.match(text):
            midnight = instants.read(f"{text}T00:00:00Z")
            instant = None if midnight is None else midnight + (DAY - 1 if self._end else 0)
        else:
            instant = instants.read(text)
        if instant is None:
            self.fail(f"{text} is not a date: write 2027-01-31, or 2027-01-31T12:00:00Z", param, ctx)
        return instant


class Expiry(Moment):
    """The end of a day in UTC, or a moment, that lies ahead."""

    def __init__(self) -> None:
        super().__init__(end=True)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Instant:
        """The instant of a text; a usage error where it is no date or has passed."""
        instant = super().convert(value, param, ctx)
        if instant <= app.clock():
            self.fail(f"{value} has passed: a token that ends then would open nothing", param, ctx)
        return instant

"""Secrets that are given on standard input, because others can see a command line."""

from __future__ import annotations

import sys
from collections.abc import Callable

import click

from milepost.domain.errors import Invalid

DASH = "-"

# Longer than any secret, so that a file given by mistake is refused without reading it all.
_MOST_BYTES = 32_768


def only_a_dash(what: str) -> Callable[[click.Context, click.Parameter, str | None], str | None]:
    """The callback of an option that takes "-" or nothing; a secret itself is refused, and not repeated."""

    def check(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
        if value not in (None, DASH):
            raise click.BadParameter(f"write - and give the {what} on standard input: others can see a command line")
        return value

    return check


def line(field: str) -> str:
    """The first line of standard input, without its end; `Invalid` naming `field` where it is no text."""
    read = sys.stdin.buffer.readline(_MOST_BYTES)
    try:
        return read.decode().removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        raise Invalid(field, "what came on standard input is not text in UTF-8") from None

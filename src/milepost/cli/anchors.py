"""The heads of audit chains as texts, which are printed, kept elsewhere and read again."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import click

from milepost.actions.verification import Head
from milepost.cli.failure import Failed

_HEAD = re.compile(r"(?P<account>[0-9a-zA-Z-]+):(?P<number>[0-9]{1,18}):(?P<hash>[0-9a-f]{64})\Z")


def written(head: Head) -> str:
    """A head as one word: ACCOUNT:NUMBER:HASH."""
    return f"{head.account_id}:{head.number}:{head.hash}"


def _read(text: str) -> Head | None:
    match = _HEAD.match(text)
    return None if match is None else Head(match["account"], int(match["number"]), match["hash"])


class HeadParameter(click.ParamType[Head]):
    """ACCOUNT:NUMBER:HASH."""

    name = "head"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Head:
        """The head of a text; a usage error where it is none."""
        head = _read(str(value))
        if head is None:
            self.fail(
                f"{value} is no head: write it as `milepost audit head` prints it, ACCOUNT:NUMBER:HASH", param, ctx
            )
        return head


def of_file(path: Path) -> list[Head]:
    """The heads in a file, one a line: the last word of each, so that a date may stand before it.

    Empty lines, and those that begin with #, are passed over. `Failed` where it cannot be read, or a line holds none.
    """
    try:
        lines = path.read_text().splitlines()
    except OSError as error:
        raise Failed(f"{path} cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise Failed(f"{path} cannot be read: it is no text in UTF-8") from error
    heads = []
    for number, line in enumerate(lines, 1):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        head = _read(words[-1])
        if head is None:
            raise Failed(f"{path}, line {number}: {words[-1]} is no head, which is written ACCOUNT:NUMBER:HASH")
        heads.append(head)
    return heads

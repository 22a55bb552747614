"""`formatting=plainText`: text without markdown and without the markup of mentions."""

from __future__ import annotations

import re
from collections.abc import Callable

from markdown_it import MarkdownIt
from markdown_it.token import Token

# @[Jane Doe:jane@example.org:602a65efc05575000123291b]
_MENTION = re.compile(r"@\[([^\]\[:]{1,200}+):[^\]\[]{0,300}+\]")
_markdown = MarkdownIt("commonmark", {"html": False}).enable(["strikethrough", "table"])

# Text longer than this is left with its markup: a parser's work must stay small beside a read.
SIZE_LIMIT = 20_000
# Characters at which the parser stops to see what they begin or end.
_WITHOUT_MARKS = str.maketrans("", "", "[]()!*_~`<>|#&\\-=:@\n")


def formatter(parameter: str) -> Callable[[str], str] | None:
    """The function that a `formatting` parameter asks for; `None` for "leave it as it is"."""
    return plain if parameter == "plainText" else None


def plain(text: str) -> str:
    """The text as somebody would read it: mentions as @Name, no emphasis, links by their words, items a line each."""
    text = _MENTION.sub(lambda match: f"@{match.group(1).strip()}", text)
    if len(text) > SIZE_LIMIT:
        return text
    lines: list[str] = []
    for token in _markdown.parse(text):
        if token.type == "inline":
            lines.append(_inline(token.children or []))
        elif token.type in ("fence", "code_block"):
            lines.append(token.content.rstrip("\n"))
    return "\n".join(lines)


def marks(text: str) -> int:
    """How many marks `plain` has to look at, which is what it takes its time for."""
    return len(text) - len(text.translate(_WITHOUT_MARKS)) if len(text) <= SIZE_LIMIT else 0


def _inline(tokens: list[Token]) -> str:
    parts = []
    for token in tokens:
        if token.type in ("softbreak", "hardbreak"):
            parts.append("\n")
        elif token.type == "image":
            parts.append(_inline(token.children or []))
        else:
            parts.append(token.content)
    return "".join(parts)

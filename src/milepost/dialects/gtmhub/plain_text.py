"""`formatting=plainText`: text without markdown and without the markup of mentions."""

from __future__ import annotations

import re
from collections.abc import Callable

from markdown_it import MarkdownIt
from markdown_it.token import Token

# @[Jane Doe:jane@example.org:602a65efc05575000123291b]
_MENTION = re.compile(r"@\[([^\]\[:]{1,200}+):[^\]\[]{0,300}+\]")
_markdown = MarkdownIt("commonmark", {"html": False}).enable(["strikethrough", "table"])

# Longer text keeps its markup: parsing must stay cheap beside a read. In characters.
SIZE_LIMIT = 20_000
# The characters at which the parser looks for markup.
_WITHOUT_MARKS = str.maketrans("", "", "[]()!*_~`<>|#&\\-=:@\n")


def formatter(parameter: str) -> Callable[[str], str] | None:
    """The function for a `formatting` parameter; `None` leaves text as it is."""
    return plain if parameter == "plainText" else None


def plain(text: str) -> str:
    """The text without markup: mentions as @Name, no emphasis, the words of links, one line for each item."""
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
    """The number of marks in a text, which decides how long `plain` takes."""
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

"""Relaxed JSON, as published clients write filters: bare and dotted keys, any kind of quotes, loose commas."""

from __future__ import annotations

import re
from typing import Any

import pyjson5

from milepost.domain.errors import Invalid
from milepost.domain.values import storable

SIZE_LIMIT = 16 * 1024

_QUOTES = str.maketrans("“”„‟″‘’‚‛′", "\"\"\"\"\"'''''")
_TOKEN = re.compile(
    r"""(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
    r"""|(?P<double>[“”„‟″](?P<d>[^“”„‟″"]*)[“”„‟″])|(?P<single>[‘‚‛′](?P<s>[^‘’‚‛′']*)[’‛′])"""
    r"""|(?P<dotted>[^\W\d][\w$]*(?:\.[\w$]+)+(?=\s*:))|(?P<other>.)""",
    re.DOTALL,
)
_PLACE = re.compile(r"near (\d+)")


def parse(text: str) -> Any:
    """The value of a relaxed JSON text; `Invalid` naming the filter, with the place of the fault.

    NaN and infinities are refused, as are texts that no database could hold.
    """
    if len(text.encode("utf-8", "surrogatepass")) > SIZE_LIMIT:
        raise Invalid("filter", "is longer than 16 KiB")
    if not storable(text):
        raise Invalid("filter", "holds a NUL or a lone surrogate, which no text may")
    try:
        return pyjson5.decode(_plain(text), 64)
    except pyjson5.Json5NestingTooDeep:
        raise Invalid("filter", "is nested deeper than 20 levels") from None
    except pyjson5.Json5DecoderException as error:
        said = str(error.args[0]) if error.args else "not JSON"
        place = _PLACE.search(said)
        at = f" at character {place.group(1)}" if place else ""
        raise Invalid("filter", f"is not a JSON object{at}: {_clear(said)}") from None


def _plain(text: str) -> str:
    """The text with plain quotes around what typographic ones enclose, and quoted dotted keys."""
    return _TOKEN.sub(_replaced, text)


def _replaced(match: re.Match[str]) -> str:
    kind = match.lastgroup
    if match["double"] is not None:
        return f'"{match["d"]}"'
    if match["single"] is not None:
        return "'" + match["s"] + "'"
    if kind == "dotted":
        return f'"{match.group()}"'
    return match.group().translate(_QUOTES) if kind == "other" else match.group()


def _clear(said: str) -> str:
    """The parser's words without its notation."""
    return re.sub(r"b'(\w+)'", r"\1", _PLACE.sub("", said)).strip().rstrip(",").strip()

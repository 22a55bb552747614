"""Relaxed JSON, as published clients write filters: bare and dotted keys, any kind of quotes, extra commas."""

from __future__ import annotations

import re
from typing import Any

import pyjson5

from milepost.domain.errors import Invalid
from milepost.domain.values import storable

SIZE_LIMIT = 16 * 1024

_QUOTES = str.maketrans("“”„‟″‘’‚‛′", "\"\"\"\"\"'''''")
# Every alternative is possessive and never backtracks, so that matching is linear in the text.
_TOKEN = re.compile(
    r"""(?P<text>"(?:[^"\\]|\\.)*+"?|'(?:[^'\\]|\\.)*+'?)"""
    r"""|(?P<double>[“”„‟″](?P<d>[^“”„‟″"]*+)[“”„‟″])|(?P<single>[‘‚‛′](?P<s>[^‘’‚‛′']*+)[’‛′])"""
    r"""|(?P<word>[^\W\d][\w$]*+(?:\.[\w$]++)*+)|(?P<other>.)""",
    re.DOTALL,
)
_COLON = re.compile(r"\s*+:")
_PLACE = re.compile(r"near (\d+)")


def parse(text: str) -> dict[str, Any]:
    """The object of a relaxed JSON text; `Invalid` naming the filter, with the place of the fault. NaN, infinities and
    texts that no database can store are refused.
    """
    if len(text.encode("utf-8", "surrogatepass")) > SIZE_LIMIT:
        raise Invalid("filter", "is longer than 16 KiB")
    if not storable(text):
        raise Invalid("filter", "holds a NUL or a lone surrogate, which no text may")
    if not text.lstrip().startswith("{"):
        raise Invalid("filter", f"must be an object in braces, but came as {text[:60]!r} (curl -g keeps braces)")
    plain = _TOKEN.sub(_plain, text)
    try:
        decoded: dict[str, Any] = pyjson5.decode(plain, 64)
    except pyjson5.Json5NestingTooDeep:
        raise Invalid("filter", "is nested deeper than 20 levels") from None
    except pyjson5.Json5DecoderException as error:
        said = str(error.args[0]) if error.args else "not JSON"
        place = _PLACE.search(said)
        at = f" at character {_place_in(text, int(place.group(1)))}" if place else ""
        raise Invalid("filter", f"is not a JSON object{at}: {_clear(said)}") from None
    return decoded


def _plain(match: re.Match[str]) -> str:
    """A piece of the text in plain JSON: typographic quotes replaced, dotted keys quoted."""
    if match["double"] is not None:
        return f'"{match["d"]}"'
    if match["single"] is not None:
        return "'" + match["s"] + "'"
    if match["word"] is not None:
        dotted = "." in match["word"] and _COLON.match(match.string, match.end())
        return f'"{match["word"]}"' if dotted else match["word"]
    return match.group().translate(_QUOTES) if match["other"] is not None else match.group()


def _place_in(text: str, place: int) -> int:
    """The position in the original text, from 1, of a position in its plain form, where dotted keys have two more
    quotes.
    """
    gained = 0
    for match in _TOKEN.finditer(text):
        if match.end() + gained >= place:
            break
        gained += len(_plain(match)) - len(match.group())
    return max(1, place - gained)


def _clear(said: str) -> str:
    """The parser's message without its notation."""
    return re.sub(r"b'(\w+)'", r"\1", _PLACE.sub("", said)).strip()

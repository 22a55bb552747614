"""Plays `.http` transcripts: raw exchanges with holes, sent over any `Wire` and compared with what comes back.

The format is described in dialects/gtmhub/transcripts/README.md.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec

from wire import Reply, Wire

HOLE = "…"
ABSENT = "(absent)"

_TITLE = re.compile(r"^### +(.+)$", re.MULTILINE)
_STATUS_LINE = re.compile(r"^HTTP/1\.1 ([0-9]{3})\b.*$", re.MULTILINE)
_NAME = re.compile(r"\{\{(\w+)\}\}")
_CAPTURE = re.compile(r"\{\{(\w+)=…\}\}")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|\s+|.', re.DOTALL)


class Number(str):
    """A JSON number as it is printed: 1 and 1.0 differ, because a client tells two scales apart by that."""

    __slots__ = ()


class Exchange(msgspec.Struct, frozen=True):
    """One request and what is expected of its answer; every text still has its `{{names}}` in it."""

    title: str
    method: str
    target: str
    headers: dict[str, str]
    body: str
    status: int
    expected_headers: dict[str, str]
    expected_body: str


def read(path: Path) -> list[Exchange]:
    """The exchanges of a transcript; `ValueError` naming the one that cannot be read."""
    _, *parts = _TITLE.split(path.read_text(encoding="utf-8"))
    return [_exchange(title, text) for title, text in zip(parts[::2], parts[1::2], strict=True)]


def play(path: Path, wire: Wire, names: dict[str, str]) -> None:
    """Send every exchange of a transcript in turn; `AssertionError` says which answer differs, and where.

    `names` are the values of the `{{names}}`; what answers fill in is added to a copy of them.
    """
    __tracebackhide__ = True
    known = dict(names)
    for exchange in read(path):
        reply = wire.send(
            exchange.method,
            quote(_filled(exchange.target, known), safe="/?&=%+,:;$@!~*'()"),
            {name: _filled(value, known) for name, value in exchange.headers.items()},
            _filled(exchange.body, known).encode(),
        )
        faults = list(_differences(exchange, reply, known))
        said = reply.body.decode("utf-8", "replace")[:3000]
        assert not faults, f"{path.name}: {exchange.title}\n  " + "\n  ".join(faults) + f"\n{reply.status} {said}"


def _exchange(title: str, text: str) -> Exchange:
    asked, status, expected = _STATUS_LINE.split(text, maxsplit=1) if _STATUS_LINE.search(text) else (text, "", "")
    head, body = _head_and_body(asked.strip("\n"))
    method, _, target = head[0].partition(" ") if head else ("", "", "")
    if not (target and status):
        raise ValueError(f"{title!r} needs a request line and a status line")
    answer_head, answer_body = _head_and_body(expected.removeprefix("\n"))
    return Exchange(title, method, target, _headers(head[1:]), body, int(status), _headers(answer_head), answer_body)


def _head_and_body(text: str) -> tuple[list[str], str]:
    """The lines before the first empty one, without comments, and the text after it."""
    head, _, body = ("\n" + text).partition("\n\n")
    return [line for line in head.splitlines() if line and not line.startswith("#")], body.strip()


def _headers(lines: list[str]) -> dict[str, str]:
    return {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in lines)}


def _filled(text: str, known: dict[str, str]) -> str:
    return _NAME.sub(lambda match: known[match.group(1)], text)


def _differences(exchange: Exchange, reply: Reply, known: dict[str, str]) -> Iterator[str]:
    if reply.status != exchange.status:
        yield f"the status is {reply.status}, not {exchange.status}"
    for name, expected in exchange.expected_headers.items():
        found = reply.headers.get(name.lower(), ABSENT)
        yield from _compared(_filled(expected, known), found, f"header {name}", known)
    if exchange.expected_body == HOLE:
        return
    if not exchange.expected_body or not reply.body:
        if exchange.expected_body or reply.body:
            yield "one of the two bodies, the expected and the real one, is empty"
        return
    expected_value = _value(_with_quoted_holes(_filled(exchange.expected_body, known)))
    yield from _compared(expected_value, _value(reply.body.decode()), "$", known)


def _value(text: str) -> Any:
    return json.loads(text, parse_int=Number, parse_float=Number)


def _with_quoted_holes(text: str) -> str:
    """Plain JSON: a bare hole becomes the text "…", and the member "…": "…" where it stands for members."""
    pieces: list[str] = []
    around: list[str] = []
    last = ""
    for token in _TOKEN.findall(text):
        member = token == HOLE and around[-1:] == ["{"] and last in ("{", ",")
        pieces.append(f'"{HOLE}": "{HOLE}"' if member else f'"{HOLE}"' if token == HOLE else token)
        if token in "{[":
            around.append(token)
        elif token in "}]":
            around.pop()
        last = last if token.isspace() else token
    return "".join(pieces)


def _compared(expected: Any, found: Any, place: str, known: dict[str, str]) -> Iterator[str]:
    """A line for every difference; captures are added to what is known."""
    if expected == HOLE:
        return
    if isinstance(expected, dict) and isinstance(found, dict):
        yield from _compared_objects(expected, found, place, known)
    elif isinstance(expected, list) and isinstance(found, list):
        yield from _compared_lists(expected, found, place, known)
    elif type(expected) is str and isinstance(found, str) and (capture := _CAPTURE.fullmatch(expected)):
        known[capture.group(1)] = found
    elif type(expected) is str and type(found) is str and HOLE in expected:
        pattern = ".*".join(re.escape(part) for part in expected.split(HOLE))
        if not re.fullmatch(pattern, found, re.DOTALL):
            yield f"{place} is {found!r}, not {expected!r}"
    elif type(expected) is not type(found) or expected != found:
        yield f"{place} is {found!r}, not {expected!r}"


def _compared_objects(
    expected: dict[str, Any], found: dict[str, Any], place: str, known: dict[str, str]
) -> Iterator[str]:
    for name, value in expected.items():
        if name == HOLE:
            continue
        if value == ABSENT:
            if name in found:
                yield f"{place}.{name} is there"
        elif name not in found:
            yield f"{place}.{name} is missing"
        else:
            yield from _compared(value, found[name], f"{place}.{name}", known)
    if HOLE not in expected:
        yield from (f"{place}.{name} is not expected" for name in found if name not in expected)


def _compared_lists(expected: list[Any], found: list[Any], place: str, known: dict[str, str]) -> Iterator[str]:
    """A hole at the end of a list stands for any further elements."""
    open_ended = expected[-1:] == [HOLE]
    elements = expected[:-1] if open_ended else expected
    if len(found) < len(elements) or (len(found) > len(elements) and not open_ended):
        yield f"{place} has {len(found)} elements, not {len(elements)}"
        return
    for index, (one, other) in enumerate(zip(elements, found, strict=False)):
        yield from _compared(one, other, f"{place}[{index}]", known)

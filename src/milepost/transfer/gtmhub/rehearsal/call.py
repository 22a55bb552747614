"""Calls to repeat, with the answers that they had: from a folder of saved lists, or from recorded calls."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import msgspec

from milepost.transfer.files import CannotRead
from milepost.transfer.gtmhub import saved

# Records of a saved list that are asked for at once.
TOGETHER = 50
# The largest answer in a file, in bytes; also the largest that is read from a server.
LARGEST = 64 << 20

_LISTS = {
    "users.json": "/api/v2/users",
    "teams.json": "/api/v1/teams",
    "customFields.json": "/api/v2/customFields",
    "sessions.json": "/api/v1/sessions",
    "goals.json": "/api/v1/goals",
    "metrics.json": "/api/v1/metrics",
    "tasks.json": "/api/v1/tasks",
    "lists.json": "/api/v1/lists",
}
_SECRET = re.compile(r"([?&][^=&]*(?:token|secret|password|key|credential)[^=&]*=)[^&]*", re.IGNORECASE)
_ID = re.compile(r"[0-9A-Za-z-]{1,64}\Z")
# A path in a line of an access log or of curl.
_LINE = re.compile(r'(?:GET\s+)?"?(?P<target>(?:https?://|/)[^\s"]+)')


class Call(msgspec.Struct, frozen=True):
    """A GET: its path with the query, and what the other server answered, where that is known already (`status` is 0
    otherwise). `unordered`: the order of its items means nothing. `pages_of`: the list that it is a page of, in
    the order of ids.
    """

    path: str
    status: int = 0
    body: Any = None
    unordered: bool = False
    pages_of: str = ""

    @property
    def shown(self) -> str:
        """The path for reports: without secrets, and without the ids of records that are asked for by id."""
        return self.path.partition("?")[0] if self.unordered else _SECRET.sub("\\1\N{HORIZONTAL ELLIPSIS}", self.path)


class _Line(msgspec.Struct):
    path: str
    body: Any = None
    status: int = 200
    method: str = "GET"


def saved_calls(place: Path, pass_over: Callable[[], object] = lambda: None) -> Iterator[Call]:
    """The calls of a file of recorded calls, or of a folder of saved lists and such files (`.jsonl`); `CannotRead`.
    Recorded calls other than GET are not repeated: `pass_over` is called for each.
    """
    if place.is_file():
        yield from _recorded(place, pass_over)
        return
    try:
        files = sorted(place.glob("*.jsonl"))
        folder = saved.read(place) if not files or any((place / name).exists() for name in saved.FILES) else None
    except OSError as error:
        raise CannotRead(f"{place}: cannot be read: {error.strerror or error}") from error
    for file in files:
        yield from _recorded(file, pass_over)
    for one in folder.files if folder else ():
        if one.fault and not one.count:
            raise CannotRead(f"{one.path}: {one.fault}")
        yield from _records(one)


def listed(file: Path) -> Iterator[Call]:
    """The paths of a file, one on a line, with or without `GET` and a host before them; `CannotRead`."""
    for number, line in _lines(file):
        if not line.strip() or line.lstrip().startswith(b"#"):
            continue
        try:
            found = _LINE.match(line.decode().strip())
            parts = urlsplit(found["target"]) if found else None
        except ValueError:
            parts = None
        if parts is None:
            raise CannotRead(
                f"{file}, line {number}: is no path: write one on each line, such as /api/v1/goals?limit=10"
            )
        yield Call(_safe(parts.path) + (f"?{_safe(parts.query)}" if parts.query else ""))


def _recorded(file: Path, pass_over: Callable[[], object]) -> Iterator[Call]:
    for number, line in _lines(file):
        if not line.strip():
            continue
        try:
            one = msgspec.json.decode(line, type=_Line)
        except (ValueError, RecursionError) as error:
            raise CannotRead(
                f"{file}, line {number}: is no call ({error}): write "
                '{"path": "/api/v1/goals", "status": 200, "body": {"items": []}}'
            ) from error
        if one.method.upper() != "GET":
            pass_over()
            continue
        if not one.path.startswith("/"):
            raise CannotRead(f"{file}, line {number}: the path begins with /, after the host")
        yield Call(_safe(one.path), one.status, one.body)


def _lines(file: Path) -> Iterator[tuple[int, bytes]]:
    try:
        with file.open("rb") as opened:
            number = 0
            while line := opened.readline(LARGEST + 1):
                number += 1
                if len(line) > LARGEST:
                    raise CannotRead(f"{file}, line {number}: is longer than {LARGEST >> 20} MiB")
                yield number, line
    except OSError as error:
        raise CannotRead(f"{file}: cannot be read: {error.strerror or error}") from error


def _records(file: saved.Saved) -> Iterator[Call]:
    """The records of a saved list, asked for by their ids: a folder does not hold the calls that were made."""
    known = [one for one in file.items() if isinstance(one, dict) and _ID.match(_id(one))]
    if file.kind == "accounts.json":
        yield from (Call(f"/api/v1/accounts/{_id(one)}", 200, one) for one in known)
        return
    path = _LISTS[file.kind]
    for start in range(0, len(known), TOGETHER):
        some = known[start : start + TOGETHER]
        wanted = {"_id": {"$in": [_id(one) for one in some]}}
        query = f"filter={quote(msgspec.json.encode(wanted))}&limit={TOGETHER}"
        yield Call(f"{path}?{query}", 200, {"items": some}, unordered=True)


def _id(record: dict[str, Any]) -> str:
    return str(record.get("id") or record.get("_id") or "")


def _safe(text: str) -> str:
    """A text escaped for the wire; existing escapes stay."""
    return quote(text, safe="/?&=%+$-_.!~*'(),:;@[]")

"""Repeats calls, or makes them to two servers, and compares the answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec

from milepost.store.new_file import made
from milepost.transfer.gtmhub.rehearsal.asking import Answer, Server
from milepost.transfer.gtmhub.rehearsal.call import Call
from milepost.transfer.gtmhub.rehearsal.differing import ABSENT, Difference, by_id, differences
from milepost.transfer.gtmhub.rehearsal.findings import Findings, Told, told

# The default calls: every list, page by page, and some records of each kind one by one.
_LISTS = (
    "/api/v2/users", "/api/v1/teams", "/api/v2/customFields", "/api/v1/sessions", "/api/v1/goals", "/api/v2/goals",
    "/api/v1/metrics", "/api/v2/metrics", "/api/v1/tasks", "/api/v1/lists",
)  # fmt: skip
_ONE_BY_ONE = {path: path.replace("/v2/", "/v1/") for path in _LISTS if "/v1/" in path or path == "/api/v2/users"}
_PAGE = 100
_EACH = 20

Hear = Callable[[Told], object]


def rehearse(
    calls: Iterable[Call],
    ours: Server,
    theirs: Server | None = None,
    *,
    all_count: bool = False,
    hear: Hear = lambda _told: None,
    progress: Callable[[int], None] = lambda _calls: None,
) -> Findings:
    """Make each call here, and there if its answer is not known; the findings come back. `hear` gets each difference
    that counts. One answer of either side is in memory at a time. `all_count`: expected differences count, too.
    """
    findings = Findings()

    def find(shown: str, found: Iterable[Difference]) -> None:
        counted = findings.fields
        for difference in found:
            one = told(shown, difference, all_count=all_count)
            findings.add(one)
            if one.counts:
                hear(one)
        findings.differing += findings.fields > counted

    walk: ListWalk | None = None
    for call in calls:
        there = Answer(call.status, call.body) if theirs is None else theirs.get(call.path)
        here = ours.get(call.path)
        if walk is not None and walk.path != call.pages_of:
            find(walk.shown, walk.ended())
            walk = None
        is_page = bool(call.pages_of) and there.status == here.status == 200
        if is_page and _records(there.body) is not None and _records(here.body) is not None:
            walk = walk or ListWalk(call.pages_of, ours)
            find(call.shown, walk.compared(call, there.body, here.body))
        else:
            find(call.shown, _compared(there, here, unordered=call.unordered))
        findings.calls += 1
        progress(findings.calls)
    if walk is not None:
        find(walk.shown, walk.ended())
    return findings


def everything(theirs: Server) -> Iterator[Call]:
    """The calls that show all of an account, with their answers: every list, and some records of each kind."""
    for path in _LISTS:
        known: list[str] = []
        for call in _pages(theirs, path):
            known += [str(one["id"]) for one in _items(call.body) if isinstance(one, dict) and one.get("id")]
            del known[_EACH:]
            yield call
        if path in _ONE_BY_ONE:
            singles = [Call(f"{_ONE_BY_ONE[path]}/{quote(one, safe='')}") for one in known]
            yield from asked(singles, theirs)


def asked(calls: Iterable[Call], theirs: Server) -> Iterator[Call]:
    """The calls with the answers of a server."""
    for call in calls:
        answer = theirs.get(call.path)
        yield Call(call.path, answer.status, answer.body)


class ListWalk:
    """Compares a list page by page. Records are matched by id across pages, as a record that only one side has moves
    all that come after it.
    """

    def __init__(self, path: str, ours: Server) -> None:
        self.path = path
        self.shown = path
        self._ours = ours
        self._pages = 0
        self._there: dict[str, Any] = {}
        self._here: dict[str, Any] = {}

    def compared(self, call: Call, there: Any, here: Any) -> Iterator[Difference]:
        """The differences of the records that both sides have shown by now; for the first page, of the wrapper, too."""
        self.shown = call.shown
        if not self._pages:
            yield from differences(_around(there), _around(here))
        self._pages += 1
        self._there |= _records(there) or {}
        self._here |= _records(here) or {}
        yield from self._met()

    def ended(self) -> Iterator[Difference]:
        """The differences of the rest: our further pages are fetched while a record of theirs is missing."""
        while self._there:
            answer = self._ours.get(page_of(self.path, self._pages))
            self._pages += 1
            more = _records(answer.body) if answer.status == 200 else None
            if not more:
                break
            self._here |= more
            yield from self._met()
        for key, one in self._there.items():
            yield from differences(one, ABSENT, f"items[{key}]")
        for key, one in self._here.items():
            yield from differences(ABSENT, one, f"items[{key}]")

    def _met(self) -> Iterator[Difference]:
        for key in [one for one in self._there if one in self._here]:
            yield from differences(self._there.pop(key), self._here.pop(key), f"items[{key}]")


def _around(body: Any) -> Any:
    return {name: value for name, value in body.items() if name != "items"} if isinstance(body, dict) else {}


def _records(body: Any) -> dict[str, Any] | None:
    """The records of a page by their ids, `None` where not every one has an id of its own."""
    return by_id(_items(body))


def page_of(path: str, number: int) -> str:
    """The address of a page of a list, from 0, in the order of ids."""
    order = "_id" if path.endswith("customFields") else "id"
    return f"{path}?limit={_PAGE}&skip={number * _PAGE}&sort={order}"


def recording(calls: Iterable[Call], target: Path) -> Iterator[Call]:
    """The calls, each also written into a new file, readable for its owner only. The file appears once all calls have
    been made; `CannotBackUp` where it cannot be.
    """
    with made(target) as part, part.open("wb") as opened:
        for call in calls:
            line = {"path": call.path, "status": call.status, "body": call.body}
            opened.write(msgspec.json.encode(line) + b"\n")
            yield call


def _pages(theirs: Server, path: str) -> Iterator[Call]:
    for number in count():
        page = page_of(path, number)
        answer = theirs.get(page)
        yield Call(page, answer.status, answer.body, pages_of=path)
        if answer.status != 200 or len(_items(answer.body)) < _PAGE:
            return


def _items(body: Any) -> list[Any]:
    items = body.get("items") if isinstance(body, dict) else body
    return items if isinstance(items, list) else []


def _compared(there: Answer, here: Answer, *, unordered: bool) -> Iterator[Difference]:
    if there.status != here.status:
        yield Difference("(status)", there.status, here.status)
    elif there.status >= 400:  # each server words its refusals itself
        return
    elif isinstance(there.body, dict) and isinstance(here.body, dict) and unordered:
        yield from differences(there.body.get("items"), here.body.get("items"), "items", unordered=True)
    else:
        yield from differences(there.body, here.body)

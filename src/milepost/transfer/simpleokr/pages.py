"""Walks through everything that a service shows of an account, page by page. A record comes after those that it refers
to; only an objective's parent may come later.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from milepost.transfer.upstream.asking import CannotPull, Service

LISTS = ("users", "teams", "cycles", "objectives", "keyresults")

# More pages than any list has: stops a service that gives new tokens for ever.
_MOST_PAGES = 100_000

_decoder = msgspec.json.Decoder(dict[str, msgspec.Raw])
_items = msgspec.json.Decoder(list[msgspec.Raw])
_token = msgspec.json.Decoder(str | None)


class Page(msgspec.Struct, frozen=True):
    """A part of a list: its name and, where it is asked for by cycle, that cycle's id as the service writes it;
    the index in it of the first item; the items, not decoded yet.
    """

    name: str
    cycle: str
    start: int
    items: list[msgspec.Raw]


class _Identified(msgspec.Struct):
    id: str


def everything(api: Service) -> Iterator[Page]:
    """Users, teams, cycles, then objectives and key results cycle by cycle, each page asked for when its turn comes.

    `CannotPull` where an answer does not come, or is no page of its list.
    """
    yield from _pages(api, "users")
    yield from _pages(api, "teams")
    cycles: dict[str, None] = {}
    for page in _pages(api, "cycles"):
        cycles.update(dict.fromkeys(_ids(page)))
        yield page
    for cycle in cycles:
        yield from _pages(api, "objectives", cycle)
        yield from _pages(api, "keyresults", cycle)


def _pages(api: Service, name: str, cycle: str = "") -> Iterator[Page]:
    token, seen, start = "", set[str](), 0
    asked = {"cycle_id": cycle} if cycle else {}
    for _ in range(_MOST_PAGES):
        items, token = _page(name, start, api.get(name, asked | ({"page_token": token} if token else {})))
        yield Page(name, cycle, start, items)
        if not token:
            return
        if token in seen:
            raise CannotPull(f"the list {name} does not end: its page from item {start} on gives a token again")
        seen.add(token)
        start += len(items)
    raise CannotPull(f"the list {name} does not end: {_MOST_PAGES:,} pages were read of it")


def _page(name: str, start: int, body: bytes) -> tuple[list[msgspec.Raw], str]:
    """The items of a page and the token of the next, "" at the end."""
    where = f"the page of {name} from item {start} on"
    try:
        whole = _decoder.decode(body)
    except (ValueError, RecursionError) as error:
        if body.lstrip()[:1] == b"<":
            raise CannotPull(f"{where} is a web page: is --url the address of the API itself?") from error
        raise CannotPull(f"{where} is not a JSON object: {error}") from error
    return _part(_items, whole, name, where) or [], _part(_token, whole, "next_page_token", where) or ""


def _part(decoder: msgspec.json.Decoder[Any], whole: dict[str, msgspec.Raw], name: str, where: str) -> Any:
    """One attribute of a page; a token that is left out counts as none."""
    if name not in whole:
        if decoder is _token:
            return None
        raise CannotPull(f"{where} holds no list {name}")
    try:
        return decoder.decode(whole[name])
    except (ValueError, RecursionError) as error:
        raise CannotPull(f"{where} has a bad {name}: {error}") from error


def _ids(page: Page) -> Iterator[str]:
    """The ids of a page's items; items without one are skipped here, and refused later."""
    for raw in page.items:
        try:
            found = msgspec.json.decode(raw, type=_Identified).id
        except (ValueError, RecursionError):
            continue
        if found:
            yield found

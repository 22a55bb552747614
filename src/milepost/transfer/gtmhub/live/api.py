"""Gtmhub's API at an address, asked with a token for one account; and readers of its answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Any

from milepost.domain.instants import Instant
from milepost.transfer.upstream import address, asking
from milepost.transfer.upstream.address import Address
from milepost.transfer.upstream.asking import CannotPull, Service
from milepost.transfer.upstream.patience import Patience

# Gtmhub's own largest page.
_LIMIT = 1_000
# More records than any list has: stops a service that makes up new ones for ever.
_MOST = 5_000_000

_VERSIONS = ("/v1", "/v2")
_BASE = "/api"
_REASONS = {
    400: "does not understand this",
    401: "refuses the token: see to --token, and to --url",
    402: "says that the account is suspended",
    403: "does not let the user of this token read this",
    404: "has nothing there: see to --source-account, and whether --url is the address of a Gtmhub API",
}


def parse(text: str) -> Address:
    """The address in a text, without a final /v1 or /v2, and with /api where it has no path; `Invalid` says what is
    wrong.
    """
    return address.parse(text, _base, "the token goes into --token")


def _base(path: str) -> str:
    return next((path.removesuffix(one) for one in _VERSIONS if path.endswith(one)), path) or _BASE


def connected(
    place: Address, token: str, account_id: str, clock: Callable[[], Instant], patience: Patience | None = None
) -> AbstractContextManager[Service]:
    """The API at an address, for as long as the context lasts."""
    headers = {"authorization": f"Bearer {token}", "gtmhub-accountid": account_id}
    return asking.connected(place, lambda: headers, _REASONS, clock, patience)


def item(api: Service, path: str) -> dict[str, Any]:
    """One record; `CannotPull` where there is none."""
    found = _decoded(path, api.get(path, {}))
    if not isinstance(found, dict):
        raise CannotPull(f"the answer to {path} is no JSON object")
    return found


def pages(api: Service, path: str, query: Mapping[str, str]) -> Iterator[tuple[list[Any], int | None]]:
    """The items of a list, page by page in the order of their ids, each page with the number of items in all, `None`
    where the service does not give it. `CannotPull` where an answer is no page of a list, or the list has no end.
    """
    start, total = 0, None
    while total is None or start < total:
        asked = {"sort": "id", "skip": str(start), "limit": str(_LIMIT)}
        items, total = _page(f"the page of {path} from item {start} on", api.get(path, {**query, **asked}))
        if not items:
            return
        yield items, total
        start += len(items)
        if start > _MOST:
            raise CannotPull(f"the list {path} does not end: {start:,} records were read of it")


def _page(where: str, body: bytes) -> tuple[list[Any], int | None]:
    """The items of a page, with or without a wrapper, and the number of items in all."""
    found, total = _decoded(where, body), None
    if isinstance(found, dict):
        total = found.get("totalCount")
        found = found.get("items")
    if not isinstance(found, list):
        raise CannotPull(f'{where} holds no list: {{"items": […]}} was expected')
    return found, total if isinstance(total, int) and not isinstance(total, bool) else None


def _decoded(where: str, body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        if body.lstrip()[:1] == b"<":
            raise CannotPull(f"{where} is a web page: is --url the address of the API itself?") from error
        raise CannotPull(f"{where} is not JSON: {error}") from error

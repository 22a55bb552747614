"""Fetches everything that the API shows of an account: lists page by page, and each key result by its id, as only that
call shows its whole history.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec

from milepost.domain import ids
from milepost.transfer.gtmhub.live.api import item, pages
from milepost.transfer.gtmhub.live.spool import Spool
from milepost.transfer.upstream.asking import CannotPull, Service

ACCOUNTS = "accounts"
_METRICS = "metrics"
_CUSTOM_FIELDS = "customFields"
# The path of each list, by the name of its file. Saved lists are in v1 only.
_LISTS = {
    "users": "v2/users",
    "teams": "v2/teams",
    _CUSTOM_FIELDS: "v2/customFields",
    "sessions": "v2/sessions",
    "goals": "v2/goals",
    _METRICS: "v2/metrics",
    "tasks": "v2/tasks",
    "lists": "v1/lists",
}
NAMES = (ACCOUNTS, *_LISTS)
# Statuses after which the other lists are still fetched: the user may not read this one, or it is not served.
_PASSED_OVER = (403, 404)

# At most this many walks through one list.
_WALKS = 5
# At most this many records without an id are skipped before a list counts as unreadable.
_STRANGE = 1_000

# (list, records so far, records in all or `None` if unknown), after each new one.
Progress = Callable[[str, int, int | None], None]


def everything(api: Service, account_id: str, spool: Spool, progress: Progress) -> None:
    """Fetch what the spool does not hold yet. `CannotPull` where that breaks off; earlier records are in the spool."""
    if not spool.is_finished(ACCOUNTS):
        if not spool.begin(ACCOUNTS):
            spool.add(ACCOUNTS, {account_id: _account(api, account_id)})
        spool.finish(ACCOUNTS)
    for name, path in _LISTS.items():
        if spool.is_finished(name):
            continue
        try:
            spool.finish(name, _list(api, spool, name, path, progress))
        except CannotPull as error:
            if error.status not in _PASSED_OVER:
                raise
            spool.finish(name, f"not brought: {error}")


def _account(api: Service, account_id: str) -> dict[str, Any]:
    found = item(api, f"v1/accounts/{account_id}")
    if found.get("id") != account_id:
        raise CannotPull(f"the service answers with another account than {account_id}")
    return found


class _Walk(msgspec.Struct):
    """The result of one walk through a list: ids, the number of records without one, the number that the list gives,
    whether that changed on the way, and the number of new records.
    """

    seen: set[str]
    strange: int = 0
    total: int | None = None
    has_moved: bool = False
    fresh: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether it saw as many records as the list gives, and that number did not change."""
        return not self.has_moved and (self.total is None or len(self.seen) + self.strange >= self.total)


def _list(api: Service, spool: Spool, name: str, path: str, progress: Progress) -> str:
    """Fetch one list. What is missing in the end comes back in words, "" for nothing.

    A record that is removed meanwhile moves those after it, so that a page may skip some. So a list is walked again if
    it comes out too short or its number changes on the way. The list of key results, which are then asked for one by
    one, is walked until nothing new comes.
    """
    held = spool.begin(name)
    for _ in range(_WALKS):
        walk = _walk(api, spool, name, path, held, progress)
        if walk.is_whole and not (walk.fresh and name == _METRICS):
            break
    if walk.strange:
        return f"{walk.strange:,} record(s) have no id, or one that is none, and are left out"
    if walk.total is not None and len(walk.seen) < walk.total:
        return f"the account says that it has {walk.total:,}, and shows {len(walk.seen):,}"
    return "it changed each time that it was read: import it again" if walk.has_moved else ""


def _walk(api: Service, spool: Spool, name: str, path: str, held: set[str], progress: Progress) -> _Walk:
    """Walk through a list, and keep the new records."""
    walk = _Walk(set())
    later: list[str] = []
    for items, total in pages(api, path, {"fields": "id"} if name == _METRICS else {}):
        known = {one: raw for raw in items if (one := _id(name, raw))}
        walk.strange += sum(not _id(name, raw) for raw in items)
        if walk.strange > _STRANGE:
            raise CannotPull(f"the list {path} is none: {walk.strange:,} of its records have no id")
        walk.has_moved |= walk.total is not None and total != walk.total
        walk.total = total
        if known and not known.keys() - walk.seen:
            if total is None:
                break  # a service without paging gives the same again
            raise CannotPull(f"the list {path} does not go on: a page holds no record that did not come before")
        walk.seen.update(known)
        fresh = {one: raw for one, raw in known.items() if one not in held}
        if name == _METRICS:
            later += fresh
        else:
            _keep(spool, name, fresh, held, walk, progress)
    # Not between two pages: asking one by one takes so long that the list could change before the next page.
    for records in _whole(api, later):
        _keep(spool, name, records, held, walk, progress)
    return walk


def _keep(spool: Spool, name: str, records: dict[str, Any], held: set[str], walk: _Walk, progress: Progress) -> None:
    spool.add(name, records)
    held.update(records)
    walk.fresh += len(records)
    progress(name, len(held), walk.total)


def _whole(api: Service, found: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Each of these key results, by its id, as its own call shows it."""
    for one in found:
        try:
            whole = item(api, f"v1/metrics/{one}")
        except CannotPull as error:
            if error.status != 404:
                raise
            continue  # removed there since the list was read
        if whole.get("id") != one:
            raise CannotPull(f"the service answers with another metric than {one}")
        yield {one: whole}


def _id(name: str, raw: Any) -> str:
    """The id of an item, "" where it has no usable one."""
    found = raw.get("_id" if name == _CUSTOM_FIELDS else "id") if isinstance(raw, dict) else None
    return found if isinstance(found, str) and ids.is_id(found) else ""

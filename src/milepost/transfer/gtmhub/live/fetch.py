"""Asks for everything that the API shows of an account: lists page by page, and each key result by its id, since only
so its whole history is shown.
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
# By the name of its file, where a list is. Saved lists are in v1 only.
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
# What a list may answer without holding up the others: it is not this user's to read, or not served there.
_PASSED_OVER = (403, 404)

# Walks through one list at most.
_WALKS = 5
# Records without an id that are passed over in a list, before it counts as none.
_STRANGE = 1_000

# (list, records so far, records in all or `None` where nobody knows), after each that is new.
Progress = Callable[[str, int, int | None], None]


def everything(api: Service, account_id: str, spool: Spool, progress: Progress) -> None:
    """Fetch what the spool does not hold yet. `CannotPull` where that breaks off: what came before is in the spool."""
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
    """What one walk through a list has shown: ids, the number of records without one, the number that the list says it
    has, whether that changed on the way, and how many records were not held before.
    """

    seen: set[str]
    strange: int = 0
    total: int | None = None
    has_moved: bool = False
    fresh: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether it has seen as many as the list says, and the list has not changed meanwhile."""
        return not self.has_moved and (self.total is None or len(self.seen) + self.strange >= self.total)


def _list(api: Service, spool: Spool, name: str, path: str, progress: Progress) -> str:
    """Fetch one list. What it lacks in the end is said in words.

    What is removed there while it is read moves what comes after it, so that a page may pass over some. So a list is
    walked again that comes out shorter than it says, or says another number on the way; and that of the key results,
    which are then asked for one by one, until a walk shows none that is new.
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
    """Walk through a list, and keep what is not held yet."""
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
                break  # a service that knows no pages gives the same again
            raise CannotPull(f"the list {path} does not go on: a page holds no record that did not come before")
        walk.seen.update(known)
        fresh = {one: raw for one, raw in known.items() if one not in held}
        if name == _METRICS:
            later += fresh
        else:
            _keep(spool, name, fresh, held, walk, progress)
    # Asked for one by one between two pages, they would take so long that the list has changed by the next.
    for records in _whole(api, later):
        _keep(spool, name, records, held, walk, progress)
    return walk


def _keep(spool: Spool, name: str, records: dict[str, Any], held: set[str], walk: _Walk, progress: Progress) -> None:
    spool.add(name, records)
    held.update(records)
    walk.fresh += len(records)
    progress(name, len(held), walk.total)


def _whole(api: Service, found: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Each of these key results, under its id, as it is shown by itself."""
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
    """The id of an item, "" where it has none that can be asked for."""
    found = raw.get("_id" if name == _CUSTOM_FIELDS else "id") if isinstance(raw, dict) else None
    return found if isinstance(found, str) and ids.is_id(found) else ""

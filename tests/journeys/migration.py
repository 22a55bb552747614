"""A migration script: everything of one account out of v2's lists, and into another account as it is."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from clients import Company, Http, Listing, read
from wire import Reply

PAGE = 7  # so small that every list has several pages

Record = dict[str, Any]

# What names other records in each kind of object; the ids in these are replaced, everything else is posted as it came.
REFERENCES = {
    "sessions": ("parentId",),
    "users": (),
    "teams": ("parentId", "managerId", "memberIds"),
    "goals": ("sessionId", "parentId", "ownerId", "ownerIds"),
    "metrics": ("goalId", "parentMetricId", "sessionId", "ownerId", "ownerIds"),
    "tasks": ("parentId", "ownerId"),
}

_ID = re.compile(r"[0-9a-f]{24}")


class Script:
    """One side of the migration: an account, read or written."""

    def __init__(self, connect: Callable[..., Http], company: Company) -> None:
        self.account = company.account
        self._http = connect(
            headers={
                "user-agent": "node-fetch/1.0 (+https://github.com/bitinn/node-fetch)",
                "authorization": f"Bearer {company.token}",
                "GTMHUB-ACCOUNTID": company.account,
                "content-type": "application/json; charset=utf-8",
                "accept": "*/*",
                "connection": "keep-alive",
            }
        )

    def everything(self) -> dict[str, list[Record]]:
        """The six lists of v2."""
        return {resource: list(self._all(resource)) for resource in REFERENCES}

    def _all(self, resource: str) -> Iterator[Record]:
        more = "&includeMetrics=true" if resource == "goals" else ""
        skip = 0
        while True:
            reply = self._http.ask("GET", f"v2/{resource}?skip={skip}&limit={PAGE}{more}")
            page: Listing[Record] = read(reply, Listing[Record])
            yield from page.items
            skip += PAGE
            if skip >= page.total:
                return

    def post(self, resource: str, value: Record) -> Reply:
        return self.send("POST", f"v1/{resource}", value)

    def send(self, method: str, path: str, value: Record | None = None) -> Reply:
        return self._http.ask(method, path, None if value is None else json.dumps(value).encode())

    def made(self, resource: str, value: Record) -> Record:
        """What a POST answers that made a record."""
        answer: Record = read(self.post(resource, value), Record, 201)
        return answer


def migrate(source: dict[str, list[Record]], target: Script, known: dict[str, str]) -> None:
    """Post every record, what it names before itself. `known` gives the new id for each old one, and grows."""
    for resource, names in REFERENCES.items():
        waiting = list(source[resource])
        ours = {record["id"] for record in waiting}
        while waiting:
            (record, *waiting) = waiting
            if any(one in ours and one not in known for name in names for one in _listed(record[name])):
                waiting.append(record)  # its parent comes later in the list
                continue
            replaced = {name: _replaced(record[name], known) for name in names}
            known[record["id"]] = target.made(resource, record | replaced)["id"]


def translated(value: Any, known: dict[str, str]) -> Any:
    """A value in which every id stands that the other account knows its record by."""
    if isinstance(value, dict):
        return {name: translated(one, known) for name, one in value.items()}
    if isinstance(value, list):
        return [translated(one, known) for one in value]
    return _ID.sub(lambda found: known.get(found[0], found[0]), value) if isinstance(value, str) else value


def _listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


def _replaced(value: Any, known: dict[str, str]) -> Any:
    """An id, or a list of ids; no id stays none."""
    return [known[one] for one in value] if isinstance(value, list) else known[value] if value else value

"""The company as the peers hold it: key results as Milepost shows them, one column a field, and their check-ins.

So every server sends about the same bytes. The peers need not put a key result together from its objective, owner and
session: it stands in one row.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import msgspec
from milepost_calls import FIELDS
from servers import answer, request

_PAGE = 1_000
_KINDS = {str: "text", bool: "bool", int: "number", float: "number"}
CHECK_IN_KINDS = {
    "id": "text", "metricId": "text", "value": "number", "confidence": "number", "comment": "text", "userId": "text",
    "checkInDate": "number",
}  # fmt: skip


class Documents(msgspec.Struct):
    """Rows in the order of the columns. `kinds`: of each column, "text", "bool", "number" or "json" (whose values are
    texts). The order of the kinds is that of the columns, `id` among them.
    """

    kinds: dict[str, str]
    key_results: list[list[Any]]
    check_ins: list[list[Any]]


def documents(port: int, headers: dict[str, str], database: Path) -> Documents:
    """The company, as a running Milepost shows it and as its database holds it."""
    shown: list[dict[str, Any]] = []
    while not len(shown) % _PAGE:
        path = f"api/v2/metrics?limit={_PAGE}&skip={len(shown)}&fields={FIELDS}"
        page = msgspec.json.decode(answer(port, request("GET", path, headers)))["items"]
        if not page:
            break
        shown += page
    kinds = {name: _KINDS.get(type(value), "json") for name, value in shown[0].items()}
    with sqlite3.connect(database) as connection:
        entries = connection.execute(
            "SELECT id, key_result_id, value, confidence, comment, author_id, effective_at FROM check_ins"
        ).fetchall()
    return Documents(kinds, [_row(one, kinds) for one in shown], [list(entry) for entry in entries])


def _row(one: dict[str, Any], kinds: dict[str, str]) -> list[Any]:
    return [
        msgspec.json.encode(one.get(name)).decode() if kind == "json" else one[name] for name, kind in kinds.items()
    ]

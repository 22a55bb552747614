"""Answers to changes that came with an idempotency key, kept for a day with a digest of the request."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import and_, bindparam, delete, insert, select, tuple_

from milepost.store import rows
from milepost.store.engine import Database, Statement
from milepost.store.schema import kept_answers

# More than one, so that no old answer is left in the end; few, so that no change pays for those of a whole day.
_PRUNED_PER_ANSWER = 8

Headers = tuple[tuple[str, str], ...]


class KeptAnswer(msgspec.Struct, frozen=True):
    """An answer under its key; each token has keys of its own."""

    account_id: str
    token_id: str
    key: str
    fingerprint: str
    status: int
    content_type: str
    headers: Headers
    body: str
    kept_at: int


_headers = msgspec.json.Decoder(Headers)
_c = kept_answers.c
_old = kept_answers.alias("old")
_one = and_(_c.account_id == bindparam("account"), _c.token_id == bindparam("token"), _c.key == bindparam("asked"))
_get = Statement(select(*_c).where(_one))
_delete = Statement(delete(kept_answers).where(_one))
_insert = Statement(insert(kept_answers).values({column.name: bindparam(column.name) for column in _c}))
_oldest = (
    select(_old.c.token_id, _old.c.key)
    .where(_old.c.account_id == bindparam("account"), _old.c.kept_at < bindparam("before"))
    .order_by(_old.c.kept_at)
    .limit(_PRUNED_PER_ANSWER)
)
_prune = Statement(
    delete(kept_answers).where(_c.account_id == bindparam("account"), tuple_(_c.token_id, _c.key).in_(_oldest))
)
_forget = Statement(delete(kept_answers).where(_c.account_id == bindparam("account")))


def from_row(row: Any) -> KeptAnswer:
    account_id, token_id, key, fingerprint, status, content_type, headers, body, kept_at = row
    return KeptAnswer(
        account_id, token_id, key, fingerprint, status, content_type, _headers.decode(headers), body, kept_at
    )


def to_row(one: KeptAnswer) -> dict[str, Any]:
    return {**msgspec.structs.asdict(one), "headers": rows.dump(one.headers)}


def find(database: Database, account_id: str, token_id: str, key: str) -> KeptAnswer | None:
    """The answer kept under a key, however old, or `None`."""
    row = database.one(_get, {"account": account_id, "token": token_id, "asked": key})
    return None if row is None else from_row(row)


def keep(database: Database, answer: KeptAnswer, before: int) -> None:
    """Keep an answer, replacing one under the same key; delete some that were kept `before`."""
    account = answer.account_id
    database.run(_prune, {"account": account, "before": before})
    database.run(_delete, {"account": account, "token": answer.token_id, "asked": answer.key})
    database.run(_insert, to_row(answer))


def forget(database: Database, account_id: str) -> int:
    """Delete every answer of an account; returns how many there were."""
    return database.run(_forget, {"account": account_id})

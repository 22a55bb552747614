"""Reads a key result with its objective, cycle and main owner in one statement: on PostgreSQL each further one is a
round trip, while an embedded database caches what was read before.
"""

from __future__ import annotations

import msgspec
from sqlalchemy import and_, bindparam, select

from milepost.domain.cycle import Cycle
from milepost.domain.key_result import KeyResult
from milepost.domain.objective import Objective
from milepost.domain.people import User
from milepost.store import cycles, key_results, objectives, users
from milepost.store.engine import Database, Statement
from milepost.store.schema import cycles as _cycles
from milepost.store.schema import key_results as _key_results
from milepost.store.schema import objectives as _objectives
from milepost.store.schema import users as _users


class Surrounded(msgspec.Struct, frozen=True, gc=False):
    """A key result and its related records at one moment. `owner`: the main owner, where that is a user."""

    key_result: KeyResult
    objective: Objective
    cycle: Cycle
    owner: User | None


_c = _key_results.c
_found = Statement(
    select(*_c, *_objectives.c, *_cycles.c, *_users.c)
    .select_from(
        _key_results.join(
            _objectives, and_(_objectives.c.account_id == _c.account_id, _objectives.c.id == _c.objective_id)
        )
        .join(_cycles, and_(_cycles.c.account_id == _c.account_id, _cycles.c.id == _c.cycle_id))
        .outerjoin(_users, and_(_users.c.account_id == _c.account_id, _users.c.id == _c.owner_id))
    )
    .where(_c.account_id == bindparam("account"), _c.id == bindparam("key_result"))
)
# Where the columns of each table end in a row.
_OBJECTIVE = len(_c)
_CYCLE = _OBJECTIVE + len(_objectives.c)
_OWNER = _CYCLE + len(_cycles.c)
_OWNER_ID = _OWNER + list(_users.c).index(_users.c.id)


def find(database: Database, account_id: str, key_result_id: str) -> Surrounded | None:
    """The key result, or `None`."""
    row = database.one(_found, {"account": account_id, "key_result": key_result_id})
    if row is None:
        return None
    return Surrounded(
        key_results.from_row(row[:_OBJECTIVE]),
        objectives.from_row(row[_OBJECTIVE:_CYCLE]),
        cycles.from_row(row[_CYCLE:_OWNER]),
        None if row[_OWNER_ID] is None else users.from_row(row[_OWNER:]),
    )

"""The names of records by their ids."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from milepost.actions import access
from milepost.actions.context import Context
from milepost.domain import ids
from milepost.domain.people import Capability
from milepost.store import (
    custom_fields,
    cycles,
    key_results,
    keys,
    objectives,
    saved_lists,
    tasks,
    teams,
    tokens,
    users,
)
from milepost.store.table import Records

_KINDS: tuple[Records[Any], ...] = tuple(
    one.records
    for one in (users, teams, cycles, objectives, key_results, tasks, tokens, keys, saved_lists, custom_fields)
)


def names(context: Context, wanted: Iterable[str]) -> dict[str, str]:
    """The names, by id, of the account's records among some ids, in a fixed number of queries. Admins only, since
    others may not see all of these records.
    """
    access.require(context, Capability.ADMINISTER)
    asked = {one for one in wanted if ids.is_id(one)}
    if not asked:
        return {}
    with context.database.reading():
        return {
            one.id: one.name
            for records in _KINDS
            for one in records.several(context.database, context.account_id, asked)
        }

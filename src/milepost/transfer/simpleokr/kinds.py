"""The five lists, and how the items of each are imported."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

import msgspec

from milepost.dialects.simpleokr.wire.cycles import encode_cycle
from milepost.dialects.simpleokr.wire.keyresults import NAMES as KEY_RESULT_NAMES
from milepost.dialects.simpleokr.wire.objectives import NAMES as OBJECTIVE_NAMES
from milepost.dialects.simpleokr.wire.people import encode_team, encode_user
from milepost.store import cycles as stored_cycles
from milepost.store import objectives as stored_objectives
from milepost.store import teams, users
from milepost.store.table import Records
from milepost.transfer.simpleokr import cycles, key_results, objectives, people
from milepost.transfer.simpleokr.run import Item, Run

T = TypeVar("T")


class Kind(msgspec.Struct, Generic[T], frozen=True):
    """How one list's items are imported. `holder`: the store's name for such a record; `find` gives the stored record,
    which must exist; `decode` makes a record of an item, and `add` stores it; `encode` shows either as the dialect
    does, for comparison. `names` are the dialect's names for the domain's fields.
    """

    holder: str
    find: Callable[[Run, str], T | None]
    decode: Callable[[Run, Item], T]
    add: Callable[[Run, Item, T], None]
    encode: Callable[[Run, T], msgspec.Struct]
    names: dict[str, str] = {}


def _in(records: Records[Any]) -> Callable[[Run, str], Any]:
    return lambda run, record_id: records.find(run.database, run.account_id, record_id)


KINDS: dict[str, Kind[Any]] = {
    "users": Kind("user", _in(users.records), people.decode_user, people.add_user, lambda _, one: encode_user(one)),
    "teams": Kind("team", _in(teams.records), people.decode_team, people.add_team, lambda _, one: encode_team(one)),
    "cycles": Kind("cycle", _in(stored_cycles.records), cycles.decode, cycles.add, lambda _, one: encode_cycle(one)),
    "objectives": Kind(
        "objective",
        _in(stored_objectives.records),
        objectives.decode,
        objectives.add,
        objectives.encode,
        OBJECTIVE_NAMES,
    ),
    "keyresults": Kind(
        "key result", key_results.find, key_results.decode, key_results.add, key_results.encode, KEY_RESULT_NAMES
    ),
}

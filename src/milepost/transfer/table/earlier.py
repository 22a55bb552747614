"""Records that earlier imports made, by their names at that time: renamed or deleted since, they are not made again."""

from __future__ import annotations

import msgspec

from milepost.actions.context import Context
from milepost.store import audit

# The name of imports in the audit trail.
FRONT_END = "import"


class _Made(msgspec.Struct):
    """The attributes that hold a record's place."""

    name: str = ""
    cycle_id: str = ""
    objective_id: str = ""


_decoder = msgspec.json.Decoder(_Made)


class Earlier:
    """The ids of objectives and key results that imports have made, by cycle or objective and then by name. `removed`:
    the ids of all that was deleted here; `cycles`: those that imports have made, by the names that they had then.
    """

    def __init__(self, context: Context) -> None:
        database, account_id = context.database, context.account_id
        self.removed = audit.removed(database, account_id)
        self._objectives: dict[str, list[tuple[str, str]]] = {}
        self._key_results: dict[str, list[tuple[str, str]]] = {}
        with database.reading():
            self.cycles = [
                (_decoder.decode(link.after).name, link.record_id)
                for link in audit.of_action(database, account_id, "cycle.added", FRONT_END)
                if link.after
            ]
            for action, kept in (("objective.added", self._objectives), ("key_result.added", self._key_results)):
                for link in audit.of_action(database, account_id, action, FRONT_END):
                    made = _decoder.decode(link.after) if link.after else _Made()
                    place = made.objective_id or made.cycle_id
                    kept.setdefault(place, []).append((made.name, link.record_id))

    def objectives(self, cycle_id: str) -> list[tuple[str, str]]:
        """The names, as they were, and ids of the objectives made in a cycle."""
        return self._objectives.get(cycle_id, [])

    def key_results(self, objective_id: str) -> list[tuple[str, str]]:
        """The names, as they were, and ids of the key results made in an objective."""
        return self._key_results.get(objective_id, [])

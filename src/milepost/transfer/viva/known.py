"""The existing records of an export: by their ids in Viva Goals where it has these, else by name and place."""

from __future__ import annotations

from typing import Any

from milepost.actions.context import Context
from milepost.domain.key_result import KeyResult
from milepost.domain.objective import Objective
from milepost.domain.task import Task
from milepost.store import key_results, objectives, tasks
from milepost.transfer.table.run import plain

# The custom field that holds the id in Viva Goals.
ID = "Viva Goals ID"

Name = tuple[str, ...]


class Known:
    """The account's objectives, key results and tasks, each under its id there, or else under its name and place."""

    def __init__(self, context: Context) -> None:
        database, account = context.database, context.account_id
        self._objectives: dict[Name, Objective] = {}
        self._key_results: dict[Name, KeyResult] = {}
        self._tasks: set[Name] = set()
        for _, row in objectives.records.each(database, account):
            self.meet_objective(objectives.records.from_row(row))
        for _, row in key_results.records.each(database, account):
            self.meet_key_result(key_results.records.from_row(row))
        for _, row in tasks.records.each(database, account):
            self.meet_task(tasks.records.from_row(row))

    def objective(self, given: str, cycle_id: str, parent_id: str, title: str) -> Objective | None:
        """The objective of an id there, or of a title in its place."""
        return self._objectives.get(_name(given, cycle_id, parent_id, plain(title)))

    def key_result(self, given: str, objective_id: str, title: str) -> KeyResult | None:
        """The key result of an id there, or of a title in an objective."""
        return self._key_results.get(_name(given, objective_id, plain(title)))

    def has_task(self, given: str, parent_id: str, title: str) -> bool:
        """Whether there is a task of an id there, or of a title beneath something."""
        return _name(given, parent_id, plain(title)) in self._tasks

    def meet_objective(self, one: Objective) -> None:
        """Remember an objective."""
        name = _name(_id_there(one.custom_fields), one.cycle_id, one.parent_id, plain(one.name))
        self._objectives.setdefault(name, one)

    def meet_key_result(self, one: KeyResult) -> None:
        """Remember a key result."""
        name = _name(_id_there(one.custom_fields), one.objective_id, plain(one.name))
        self._key_results.setdefault(name, one)

    def meet_task(self, one: Task) -> None:
        """Remember a task."""
        self._tasks.add(_name(_id_there(one.custom_fields), one.parent_id, plain(one.name)))


def _name(given: str, *place: str) -> Name:
    return (given,) if given else place


def _id_there(custom_fields: dict[str, Any] | None) -> str:
    return str((custom_fields or {}).get(ID, ""))

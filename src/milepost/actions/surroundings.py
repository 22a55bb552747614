"""Puts records into their surroundings, in a fixed number of queries, however many records."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Enum

from milepost.domain.check_in import CheckIn
from milepost.domain.errors import Invalid
from milepost.domain.key_result import KeyResult
from milepost.domain.objective import Objective
from milepost.domain.people import NOBODY, Assignee, Team, User
from milepost.domain.task import ParentKind, Task
from milepost.domain.views import KeyResultView, ObjectiveView, TaskView
from milepost.store import check_ins, cycles, key_results, objectives, tasks, teams, users
from milepost.store.engine import Database
from milepost.store.engine.budget import tell
from milepost.store.table import gather

# Limits of one list: entries of histories, and key results in a list of objectives.
HISTORY_LIMIT = 200_000
KEY_RESULTS_LIMIT = 20_000


class History(Enum):
    """How much of each key result's history a view holds."""

    NONE = "none"
    NEWEST = "newest"
    ALL = "all"


def of_key_results(
    database: Database, account_id: str, found: Sequence[KeyResult], history: History = History.NONE
) -> list[KeyResultView]:
    """Each key result with its objective, cycle, owners and as much of its history as asked for."""
    if not found:
        return []
    gather(
        database,
        account_id,
        (objectives.records, {one.objective_id for one in found}),
        (cycles.records, _cycle_ids(found)),
        (users.records, _owner_ids(account_id, found)),
    )
    around = objectives.records.around(database, account_id, (one.objective_id for one in found))
    return _viewed(database, account_id, found, around, history)


def remembered(database: Database, one: KeyResult) -> KeyResultView | None:
    """A key result that was just read, in its surroundings, as long as these are cached; else `None`.

    The cache is asked last: where it is current, then nothing has changed since it was filled, and the record is of the
    same state, even outside of a `reading`.
    """
    memory = database.memory()
    found = None if memory is None else memory.together.get(_place(one))
    if found is None:
        return None
    objective, cycle, owners = found
    return KeyResultView(one, objective, cycle, owners)


def remember(database: Database, view: KeyResultView) -> None:
    """Cache the surroundings of a key result that was read in the `reading` that still lasts."""
    memory = database.memory()
    if memory is not None:
        memory.together[_place(view.key_result)] = (view.objective, view.cycle, view.owners)


def _place(one: KeyResult) -> tuple[str, str, str, tuple[str, ...]]:
    return one.account_id, one.objective_id, one.cycle_id, one.owner_ids


def of_objectives(
    database: Database,
    account_id: str,
    found: Sequence[Objective],
    *,
    with_key_results: bool = False,
    history: History = History.NONE,
) -> list[ObjectiveView]:
    """Each objective with its cycle and owners, and with its key results in their surroundings if asked for."""
    if not found:
        return []
    gather(database, account_id, (cycles.records, _cycle_ids(found)), (users.records, _owner_ids(account_id, found)))
    spans = cycles.records.around(database, account_id, _cycle_ids(found))
    people = assignees(database, account_id, _owner_ids(account_id, found))
    beneath: dict[str, list[KeyResultView]] | None = None
    if with_key_results:
        around = {one.id: one for one in found}
        beneath = {one.id: [] for one in found}
        if sum(one.key_result_count for one in found) > KEY_RESULTS_LIMIT:
            raise Invalid("limit", f"asks for more than {KEY_RESULTS_LIMIT:,} key results: ask for fewer objectives")
        standing = key_results.in_objectives(database, account_id, around)
        for view in _viewed(database, account_id, standing, around, history):
            beneath[view.objective.id].append(view)
    return [
        ObjectiveView(
            one,
            spans[one.cycle_id],
            _owners(one.owner_ids, people),
            None if beneath is None else tuple(beneath[one.id]),
        )
        for one in found
    ]


def of_tasks(
    database: Database, account_id: str, found: Sequence[Task], changes: int | None = tasks.CHANGES_IN_LISTS
) -> list[TaskView]:
    """Each task with its parent's name, its owner and its newest changes: at most `changes`, `None` for all."""
    if not found:
        return []
    beneath = {kind: [one.parent_id for one in found if one.parent_kind is kind] for kind in ParentKind}
    aims = objectives.records.several(database, account_id, beneath[ParentKind.OBJECTIVE])
    measures = key_results.records.several(database, account_id, beneath[ParentKind.KEY_RESULT])
    names = {
        ParentKind.NONE: {},
        ParentKind.OBJECTIVE: {one.id: one.name for one in aims},
        ParentKind.KEY_RESULT: {one.id: one.name for one in measures},
    }
    people = assignees(database, account_id, _owner_ids(account_id, found))
    told = tasks.histories(database, account_id, (one.id for one in found), changes)
    return [
        TaskView(
            one,
            names[one.parent_kind].get(one.parent_id, ""),
            people.get(one.owner_id, NOBODY),
            tuple(told.get(one.id, ())),
        )
        for one in found
    ]


def _viewed(
    database: Database, account_id: str, found: Sequence[KeyResult], around: dict[str, Objective], history: History
) -> list[KeyResultView]:
    spans = cycles.records.around(database, account_id, _cycle_ids(found))
    people = assignees(database, account_id, _owner_ids(account_id, found))
    told = _histories(database, account_id, found, history)
    return [
        KeyResultView(
            one,
            around[one.objective_id],
            spans[one.cycle_id],
            _owners(one.owner_ids, people),
            tuple(told.get(one.id, ())),
        )
        for one in found
    ]


def _cycle_ids(found: Iterable[KeyResult | Objective]) -> set[str]:
    return {one.cycle_id for one in found}


def _owner_ids(account_id: str, found: Iterable[KeyResult | Objective | Task]) -> set[str]:
    """The owners of records, but for the account itself, which is neither a user nor a team."""
    return {owner for one in found for owner in one.owner_ids} - {account_id}


def _histories(
    database: Database, account_id: str, found: Sequence[KeyResult], history: History
) -> dict[str, list[CheckIn]]:
    told = [one for one in found if one.check_in_count]
    if history is History.NONE or not told:
        return {}
    most = check_ins.HISTORY_IN_LISTS if history is History.NEWEST else None
    if most is not None and sum(min(one.check_in_count, most) for one in told) > HISTORY_LIMIT:
        raise Invalid(
            "limit",
            f"asks for more than {HISTORY_LIMIT:,} history entries at once: ask for fewer records, or for other fields",
        )
    tell(sum(one.check_in_count for one in told))
    if most is not None and all(one.check_in_count <= most for one in told):
        most = None  # without a limit the query need not number the entries, and is three times as fast
    return check_ins.histories(database, account_id, [one.id for one in told], most)


def assignees(database: Database, account_id: str, owner_ids: Iterable[str]) -> dict[str, Assignee]:
    """The users and teams among some ids, as owners, by id."""
    wanted = set(owner_ids) - {account_id}
    found = {one.id: of_user(one) for one in users.records.around(database, account_id, wanted).values()}
    missing = wanted - found.keys()
    return found | {one.id: of_team(one) for one in teams.records.around(database, account_id, missing).values()}


def _owners(owner_ids: tuple[str, ...], people: dict[str, Assignee]) -> tuple[Assignee, ...]:
    return tuple([people.get(owner, NOBODY) for owner in owner_ids])


def of_user(user: User) -> Assignee:
    """A user as an owner."""
    return Assignee(user.account_id, user.id, user.name, user.email, user.picture, "", "", user.is_active, "user")


def of_team(team: Team) -> Assignee:
    """A team as an owner."""
    return Assignee(team.account_id, team.id, team.name, "", "", team.avatar, team.color, True, "team")

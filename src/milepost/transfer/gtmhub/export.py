"""Exports an account as the saved lists that `folder.load` imports.

Derived fields are left out: an import computes them again. So an export that is imported into an empty server and
exported again is the same, byte for byte.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from milepost.actions import access, surroundings
from milepost.actions.context import Context
from milepost.actions.surroundings import History
from milepost.dialects.gtmhub.wire.custom_fields import encode_custom_field
from milepost.dialects.gtmhub.wire.goals import encode_goal
from milepost.dialects.gtmhub.wire.lists import encode_list
from milepost.dialects.gtmhub.wire.metrics import encode_metric
from milepost.dialects.gtmhub.wire.scene import Scene
from milepost.dialects.gtmhub.wire.sessions import encode_session
from milepost.dialects.gtmhub.wire.shared import Shown, all_fields, date
from milepost.dialects.gtmhub.wire.tasks import encode_task
from milepost.dialects.gtmhub.wire.teams import encode_team
from milepost.dialects.gtmhub.wire.users import encode_account, encode_user
from milepost.domain.account import Account
from milepost.domain.key_result import KeyResult
from milepost.domain.objective import Objective
from milepost.domain.people import Capability, User
from milepost.domain.task import Task
from milepost.domain.views import KeyResultView, ObjectiveView, TaskView
from milepost.store import (
    accounts,
    custom_fields,
    cycles,
    key_results,
    objectives,
    saved_lists,
    tasks,
    teams,
    users,
)
from milepost.store.table import Identified, Records
from milepost.transfer.gtmhub.pages import Pages

E = TypeVar("E", bound=Identified)
V = TypeVar("V")

# (file, records done, records in all), after each page.
Progress = Callable[[str, int, int], None]

# Fields that the API shows of every account; exported only where they were imported.
_UNSAID = ("confidenceSettings", "status")
# Fields that show other records, or are computed from them.
_GOAL = frozenset(
    {
        "aggregatedAttainment", "assignee", "assignees", "attainment", "fullAggregatedAttainment", "metricsCount",
        "ownerId", "url",
    }
)  # fmt: skip
_METRIC = frozenset(
    {
        "actual", "assignee", "assignees", "attainment", "cascadeType", "confidence", "goalAttainment",
        "goalClosedStatus", "goalDescription", "goalName", "goalOwnerId", "goalOwnerIds", "health", "lastCheckInDate",
        "metricHistoryCount", "numberOfOwners", "ownerId", "progressStatus", "taskCount", "url",
    }
)  # fmt: skip
_TASK = frozenset({"assignee", "parentName"})

# Records that are read in one go, with their surroundings.
_CHUNK = 200


def export(context: Context, folder: Path, progress: Progress = lambda _file, _done, _total: None) -> dict[str, int]:
    """Write everything of the account, as of one moment, into a folder that must be new or empty. The number of records
    of each kind comes back, by the name of its file.

    `CannotWrite` where that is not possible: then nothing is left behind.
    """
    access.require(context, Capability.ADMINISTER)
    written: dict[str, int] = {}
    with Pages(folder) as pages, context.database.reading():
        for kind, (total, found) in _lists(context).items():
            for done in pages.write(kind, found, total):
                progress(f"{kind}.json", done, total)
            written[kind] = total
        pages.keep()
    return written


def _lists(context: Context) -> dict[str, tuple[int, Iterable[Shown]]]:
    """By file: how many records there are, and each as it is written."""
    database, account_id = context.database, context.account_id
    scene = Scene("", 0)

    def listed(records: Records[E], encode: Callable[[E], Shown]) -> tuple[int, Iterable[Shown]]:
        return records.count(database, account_id), map(encode, _each(context, records))

    def around(
        records: Records[E], viewed: Callable[[list[E]], list[V]], encode: Callable[[V], Shown]
    ) -> tuple[int, Iterable[Shown]]:
        found = _each(context, records)
        chunks = iter(lambda: list(islice(found, _CHUNK)), [])
        views = (encode(view) for chunk in chunks for view in viewed(chunk))
        return records.count(database, account_id), views

    def of_objectives(found: list[Objective]) -> list[ObjectiveView]:
        return surroundings.of_objectives(database, account_id, found)

    def of_key_results(found: list[KeyResult]) -> list[KeyResultView]:
        return surroundings.of_key_results(database, account_id, found, History.ALL)

    def of_tasks(found: list[Task]) -> list[TaskView]:
        return surroundings.of_tasks(database, account_id, found, None)

    account = accounts.find(database, account_id)
    return {
        "accounts": (1, [] if account is None else [_account(account)]),
        "users": listed(users.records, _user),
        "teams": listed(teams.records, encode_team),
        "customFields": listed(custom_fields.records, encode_custom_field),
        "sessions": listed(cycles.records, encode_session),
        "goals": around(objectives.records, of_objectives, lambda view: _goal(view, scene)),
        "metrics": around(key_results.records, of_key_results, lambda view: _metric(view, scene)),
        "tasks": around(tasks.records, of_tasks, lambda view: _task(view, scene)),
        "lists": listed(saved_lists.records, encode_list),
    }


def _each(context: Context, records: Records[E]) -> Iterator[E]:
    for _, row in records.each(context.database, context.account_id):
        yield records.from_row(row)


def _without(shown: Shown, names: Collection[str]) -> dict[str, Any]:
    return {name: value for name, value in all_fields(shown).items() if name not in names}


def _account(account: Account) -> Shown:
    """The account with its imported fields. Its suspension is left out: that is a matter of this server."""
    own = _without(encode_account(account), _UNSAID)
    return own | {name: account.extra[name] for name in _UNSAID if name in account.extra}


def _user(user: User) -> Shown:
    """The user; roles that mean nothing here follow the role that they have here."""
    shown = all_fields(encode_user(user))
    return {**shown, "roles": [*user.roles, *user.extra.get("roles", ())]}


def _goal(view: ObjectiveView, scene: Scene) -> Shown:
    """The goal with its own dates, not those of its session."""
    one, shown = view.objective, _without(encode_goal(view, scene), _GOAL)
    shown |= {"dateFrom": date(one.starts_at), "dateTo": date(one.ends_at)}
    if one.counts_children:
        shown.setdefault("attainmentType", "all")
    return shown


def _metric(view: KeyResultView, scene: Scene) -> Shown:
    """The metric with its history, without the fields that follow from it."""
    one = view.key_result
    shown = _without(encode_metric(view, scene, trend=False), _METRIC)
    shown["metricHistory"] = [_without(entry, frozenset({"attainment"})) for entry in shown["metricHistory"]]
    if confidence := one.extra.get("confidence"):
        shown["confidence"] = confidence
    return shown


def _task(view: TaskView, scene: Scene) -> Shown:
    """The task with its whole history, and with the date of its last change, which the API does not show."""
    shown = _without(encode_task(view, scene), _TASK)
    return {**shown, "modifiedAt": date(view.task.modified_at)}

"""Deleting a cycle, an objective or a key result: a page asks first, and tells what is deleted with it."""

from __future__ import annotations

from milepost.actions import access, cycles, key_results, objectives
from milepost.actions.surroundings import History
from milepost.asgi.answer import Answer
from milepost.asgi.request import Request
from milepost.domain.cycle import Cycle
from milepost.domain.errors import Invalid
from milepost.domain.key_result import KeyResult
from milepost.domain.objective import Objective
from milepost.domain.query import Field, FieldType, Query, equals
from milepost.web import editing, rendering
from milepost.web.page import Visitor

_OBJECTIVES = Field(("objective", "cycle_id"), FieldType.TEXT)
_KEY_RESULTS = Field(("key_result", "cycle_id"), FieldType.TEXT)
_CHILDREN = Field(("objective", "parent_id"), FieldType.TEXT)


def ask_cycle(request: Request, visitor: Visitor) -> Answer:
    """The question for a cycle."""
    return _of_cycle(visitor, cycles.get(visitor.context, request.path["id"]))


def delete_cycle(request: Request, visitor: Visitor) -> Answer:
    """Delete a cycle."""
    cycles.remove(visitor.context, request.path["id"])
    return rendering.gone_to("/cycles")


def ask_objective(request: Request, visitor: Visitor) -> Answer:
    """The question for an objective; `Forbidden` for a member who neither owns nor made it."""
    one = objectives.find(visitor.context, request.path["id"])
    access.require_removal(visitor.context, one)
    return _of_objective(visitor, one)


def delete_objective(request: Request, visitor: Visitor) -> Answer:
    """Delete an objective."""
    one = objectives.find(visitor.context, request.path["id"])
    try:
        objectives.remove(visitor.context, one.id)
    except Invalid as error:
        return _of_objective(visitor, one, error)
    return rendering.gone_to(f"/cycles/{one.cycle_id}")


def ask_key_result(request: Request, visitor: Visitor) -> Answer:
    """The question for a key result; `Forbidden` for a member who neither owns nor made it."""
    one = key_results.find(visitor.context, request.path["id"])
    access.require_removal(visitor.context, one)
    return _of_key_result(visitor, one)


def delete_key_result(request: Request, visitor: Visitor) -> Answer:
    """Delete a key result."""
    one = key_results.find(visitor.context, request.path["id"])
    try:
        key_results.remove(visitor.context, one.id)
    except Invalid as error:
        return _of_key_result(visitor, one, error)
    return rendering.gone_to(f"/objectives/{one.objective_id}")


def _of_cycle(visitor: Visitor, one: Cycle) -> Answer:
    context = visitor.context
    with context.database.reading():
        beneath = objectives.list_(context, Query(equals(_OBJECTIVES, one.id), limit=1)).total
        measures = key_results.list_bare(context, Query(equals(_KEY_RESULTS, one.id), limit=1)).total
    goes = [_many(beneath, "objective"), f"{_many(measures, 'key result')} with all their check-ins and tasks"]
    return _page(visitor, one, "cycles", "cycle", goes, "Cycles beneath it stay, beneath none.")


def _of_objective(visitor: Visitor, one: Objective, error: Invalid | None = None) -> Answer:
    children = objectives.list_(visitor.context, Query(equals(_CHILDREN, one.id), limit=1)).total
    goes = [f"{_many(one.key_result_count, 'key result')} with all their check-ins", "the tasks of all of these"]
    stays = f"{_many(children, 'objective')} beneath it: not deleted, but beneath none from now on."
    return _page(visitor, one, "objectives", "objective", goes, stays if children else "", error)


def _of_key_result(visitor: Visitor, one: KeyResult, error: Invalid | None = None) -> Answer:
    view = key_results.around(visitor.context, one, History.NONE)
    goes = [_many(one.check_in_count, "check-in"), _many(one.task_count, "task")]
    stays = f"The progress of {view.objective.name} is counted without it from now on."
    return _page(visitor, one, "key-results", "key result", goes, stays, error)


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _page(
    visitor: Visitor,
    one: Cycle | Objective | KeyResult,
    where: str,
    what: str,
    goes: list[str],
    stays: str,
    error: Invalid | None = None,
) -> Answer:
    return rendering.shown(
        "delete.html",
        visitor,
        400 if error else 200,
        name=one.name,
        address=f"/{where}/{one.id}",
        what=what,
        goes=goes,
        stays=stays,
        why=editing.making({}).refused(error).general if error else (),
    )

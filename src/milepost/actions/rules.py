"""What may change when: the rules of cycles, abandoned objectives and references, the same through every front end."""

from __future__ import annotations

from collections.abc import Iterable

from milepost.actions.context import Context
from milepost.domain.cycle import Cycle, CycleState
from milepost.domain.errors import Invalid, NotFound
from milepost.domain.key_result import KeyResult
from milepost.domain.objective import Objective, ObjectiveStatus
from milepost.domain.people import Team
from milepost.store import cascades, cycles, key_results, objectives, teams, users
from milepost.store.ancestry import Ancestry


def cycle_of(context: Context, cycle_id: str) -> Cycle:
    """The cycle that a record belongs to."""
    cycle = cycles.records.standing(context.database, context.account_id, cycle_id)
    if cycle is None:
        raise NotFound("cycle", cycle_id)
    return cycle


def objective_of(context: Context, objective_id: str) -> Objective:
    """The objective that a key result belongs to."""
    objective = objectives.records.standing(context.database, context.account_id, objective_id)
    if objective is None:
        raise NotFound("objective", objective_id)
    return objective


def key_result_of(context: Context, key_result_id: str) -> KeyResult:
    """The stored key result; `NotFound` where the account holds none of this id."""
    found = key_results.records.find(context.database, context.account_id, key_result_id)
    if found is None:
        raise NotFound("key result", key_result_id)
    return found


def closed_cycles(context: Context, cycle_ids: Iterable[str]) -> frozenset[str]:
    """The ids of the closed ones among some cycles."""
    found = cycles.records.around(context.database, context.account_id, cycle_ids)
    return frozenset(one.id for one in found.values() if one.state is CycleState.CLOSED)


def require_not_closed(cycle: Cycle) -> None:
    """`Invalid` where the cycle is closed: nothing in it changes any more."""
    if cycle.state is CycleState.CLOSED:
        raise Invalid("cycle_id", f"is closed ({cycle.name}): an admin must re-open it before anything changes")


def require_open(cycle: Cycle) -> None:
    """`Invalid` where the cycle is closed or locked: no new, removed or re-targeted objectives and key results."""
    require_not_closed(cycle)
    if cycle.state is CycleState.LOCKED:
        raise Invalid("cycle_id", f"is locked ({cycle.name}): only progress may be updated in it")


def require_not_abandoned(objective: Objective) -> None:
    """`Invalid` where the objective is abandoned: its key results stay as they are."""
    if objective.closing.status is ObjectiveStatus.ABANDONED:
        raise Invalid("objective_id", f"is abandoned ({objective.name}): nothing under it changes any more")


def referred_cycle(context: Context, cycle_id: str, field: str = "cycle_id") -> Cycle:
    """The cycle that a change names; `Invalid` naming `field` where the account holds none."""
    cycle = cycles.records.find(context.database, context.account_id, cycle_id)
    if cycle is None:
        raise Invalid(field, "is not known in this account")
    return cycle


def referred_objective(context: Context, objective_id: str, field: str = "objective_id") -> Objective:
    """The objective that a change names; `Invalid` naming `field` where the account holds none."""
    objective = objectives.records.find(context.database, context.account_id, objective_id)
    if objective is None:
        raise Invalid(field, "is not known in this account")
    return objective


def referred_key_result(context: Context, key_result_id: str, field: str) -> KeyResult:
    """The key result that a change names; `Invalid` naming `field` where the account holds none."""
    found = key_results.records.find(context.database, context.account_id, key_result_id)
    if found is None:
        raise Invalid(field, "is not known in this account")
    return found


def require_owners(context: Context, asked: Iterable[str], standing: Iterable[str] = ()) -> None:
    """`Invalid` where an owner is neither a user nor a team of the account, nor the account itself.

    Those in `standing`, the previous owners, may stay: an import keeps unknown owners.
    """
    unknown = set(asked) - set(standing) - {context.account_id}
    unknown -= {user.id for user in users.records.several(context.database, context.account_id, unknown)}
    unknown -= {team.id for team in teams.records.several(context.database, context.account_id, unknown)}
    if unknown:
        raise Invalid("owner_ids", f"the account has no user or team {min(unknown)}")


def require_no_circle(context: Context, objective_id: str, parent_id: str) -> None:
    """`Invalid` where an objective would become its own ancestor."""
    if _stands_beneath(context, objectives.ancestry, objective_id, parent_id):
        raise Invalid("parent_id", "would make the objective stand beneath itself")


def require_no_cascade_circle(context: Context, key_result_id: str, parent_id: str) -> None:
    """`Invalid` where a key result would become its own ancestor."""
    if _stands_beneath(context, cascades.ancestry, key_result_id, parent_id):
        raise Invalid("parent_id", "would make the key result go into itself")


def require_no_cycle_circle(context: Context, cycle_id: str, parent_id: str) -> None:
    """`Invalid` where a cycle would become its own ancestor."""
    if _stands_beneath(context, cycles.ancestry, cycle_id, parent_id):
        raise Invalid("parent_id", "would make the cycle stand beneath itself")


def require_no_team_circle(context: Context, team_id: str, parent_id: str) -> None:
    """`Invalid` where a team would become its own ancestor."""
    if _stands_beneath(context, teams.ancestry, team_id, parent_id):
        raise Invalid("parent_id", "would make the team stand beneath itself")


def goes_into_itself(context: Context, one: KeyResult) -> bool:
    """Whether a key result, stored or not, would be its own ancestor: the sums in such a circle would never settle."""
    return _stands_beneath(context, cascades.ancestry, one.id, one.parent_id)


def _stands_beneath(
    context: Context,
    ancestry: Ancestry[Objective] | Ancestry[KeyResult] | Ancestry[Team] | Ancestry[Cycle],
    record_id: str,
    parent_id: str,
) -> bool:
    """Whether a parent is the record itself, or one of its descendants."""
    upward = ancestry.upward(context.database, context.account_id, [parent_id])
    return parent_id == record_id or any(one.parent_id == record_id for one in upward)

"""Owners by kind, for front ends that show one user and one team where there may be several of each."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from milepost.actions.context import Context
from milepost.domain.errors import Invalid
from milepost.domain.people import Team, User
from milepost.store import teams, users
from milepost.store.table import Records


class OwnerKind(Enum):
    """The kinds of owners."""

    USER = "user"
    TEAM = "team"


_RECORDS: dict[OwnerKind, Records[User] | Records[Team]] = {
    OwnerKind.USER: users.records,
    OwnerKind.TEAM: teams.records,
}


def placed(
    context: Context, standing: Sequence[str], kind: OwnerKind, owner_id: str, field: str = "owner_ids"
) -> tuple[str, ...]:
    """The owners, with `owner_id` in place of the first one of a kind; "" removes all of that kind.

    Where there was none of the kind, a user becomes the first (main) owner, and a team the last. `Invalid` naming
    `field` where the account has no such user or team.
    """
    found = _RECORDS[kind].several(context.database, context.account_id, (*standing, owner_id))
    of_kind = {one.id for one in found}
    if not owner_id:
        return tuple(owner for owner in standing if owner not in of_kind)
    if owner_id not in of_kind:
        raise Invalid(field, f"is the id of no {kind.value} in this account")
    first = next((owner for owner in standing if owner in of_kind), None)
    if first is None:
        return (owner_id, *standing) if kind is OwnerKind.USER else (*standing, owner_id)
    return tuple(dict.fromkeys(owner_id if owner == first else owner for owner in standing))

"""Teams in the database."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, func, select

from milepost.domain.people import Named, Team
from milepost.domain.query import FieldType
from milepost.store import rows
from milepost.store.ancestry import Ancestry
from milepost.store.engine import Database, Statement
from milepost.store.listing import Listing
from milepost.store.schema import teams
from milepost.store.table import Records
from milepost.store.where import Scalar

_of_account = teams.c.account_id == bindparam("account")
_all = Statement(select(*teams.c).where(_of_account).order_by(teams.c.created_at, teams.c.id))
_beneath = Statement(
    select(*teams.c)
    .where(_of_account, teams.c.parent_id == bindparam("parent"))
    .order_by(teams.c.created_at, teams.c.id)
)
_named = select(teams.c.id, teams.c.name).where(_of_account)
_everything_named = Statement(_named)
_first_named = Statement(_named.order_by(func.lower(teams.c.name), teams.c.id).limit(bindparam("most")))
_count = Statement(select(func.count()).select_from(teams).where(_of_account))


def from_row(row: Any) -> Team:
    (
        account_id,
        team_id,
        name,
        description,
        avatar,
        color,
        parent_id,
        manager_id,
        members,
        created,
        modified,
        extra,
    ) = row
    return Team(
        account_id, team_id, name, description, avatar, color, parent_id, manager_id, rows.load_texts(members),
        created, modified, rows.load_object(extra),
    )  # fmt: skip


def to_row(team: Team) -> dict[str, Any]:
    return {
        "account_id": team.account_id,
        "id": team.id,
        "name": team.name,
        "description": team.description,
        "avatar": team.avatar,
        "color": team.color,
        "parent_id": team.parent_id,
        "manager_id": team.manager_id,
        "member_ids": rows.dump(team.member_ids),
        "created_at": team.created_at,
        "modified_at": team.modified_at,
        "extra": rows.dump(team.extra),
    }


_TEXTS = ("account_id", "id", "name", "description", "avatar", "color", "parent_id", "manager_id")

listing = Listing(
    teams,
    from_row,
    {
        **{(name,): Scalar(teams.c[name], FieldType.TEXT) for name in _TEXTS},
        **{(name,): Scalar(teams.c[name], FieldType.INSTANT) for name in ("created_at", "modified_at")},
    },
)

records = Records(teams, from_row, to_row)
ancestry = Ancestry(teams, records)


def everyone(database: Database, account_id: str) -> list[Team]:
    """Every team of the account, in order of creation."""
    return [from_row(row) for row in database.all(_all, {"account": account_id})]


def beneath(database: Database, account_id: str, team_id: str) -> list[Team]:
    """The teams directly beneath one, in order of creation."""
    return [from_row(row) for row in database.all(_beneath, {"account": account_id, "parent": team_id})]


def named(database: Database, account_id: str, first: int = 0) -> list[Named]:
    """Every team, in no order; or only the `first` ones by name, where that is not 0."""
    if first:
        found = database.all(_first_named, {"account": account_id, "most": first})
    else:
        found = database.all(_everything_named, {"account": account_id})
    return [Named(team_id, name, is_team=True) for team_id, name in found]


def count(database: Database, account_id: str) -> int:
    """How many teams the account has."""
    return int(database.one(_count, {"account": account_id})[0])

"""Builds the demo company through the actions, as its own people, on a clock set to the past."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from milepost.actions import accounts, people, signing_in, teams, tokens
from milepost.actions.context import Actor, Context, operator
from milepost.actions.people import UserChange
from milepost.actions.teams import TeamChange
from milepost.cli.demo_company import larkspur, quarters
from milepost.cli.demo_company.calendar import Calendar, Past
from milepost.cli.demo_company.last_quarter import LAST_QUARTER
from milepost.cli.demo_company.plan import Person
from milepost.cli.demo_company.quarter_work import QuarterWork
from milepost.cli.demo_company.this_quarter import THIS_QUARTER
from milepost.cli.welcome import Entrance
from milepost.domain.instants import DAY, Instant
from milepost.domain.people import User
from milepost.store.engine import Database

_TRY_PATH = "/api/v2/metrics?limit=3&fields=name,actual,target,attainment"


def build(database: Database, now: Instant) -> Entrance:
    """The company in an empty database, as it stands at `now`, and a way in as its founder."""
    last, this, following = quarters.around(now, larkspur.TIME_ZONE)
    clock, calendar = Past(last.starts_at - 60 * DAY), Calendar(now)
    with database.transaction():
        account = accounts.add(database, clock, larkspur.NAME)
        owner = operator(database, account.id, clock)
        staff = {person.first: _hired(owner, person) for person in larkspur.PEOPLE}
        acting = {first: _at_work(owner, user) for first, user in staff.items()}
        founder = staff[larkspur.PEOPLE[0].first]
        groups = _gathered(acting)
        over = QuarterWork(last, acting, groups, calendar)
        over.plan(LAST_QUARTER, last.starts_at - 21 * DAY)
        over.finish(LAST_QUARTER)
        QuarterWork(this, acting, groups, calendar).plan(THIS_QUARTER, this.starts_at - 21 * DAY)
        QuarterWork(following, acting, groups, calendar).plan(
            larkspur.NEXT_QUARTER, min(following.starts_at - 21 * DAY, now - 8 * DAY)
        )
        for person in larkspur.PEOPLE:
            if person.left:
                leave = partial(people.deactivate, acting[larkspur.PEOPLE[0].first], staff[person.first].id)
                calendar.at(this.starts_at + 5 * DAY, leave)
        calendar.live_through(clock)
        _, token = tokens.add(acting[larkspur.PEOPLE[0].first], founder.email, "demo")
        code = signing_in.link(acting[larkspur.PEOPLE[0].first], founder.email)
    return Entrance(account.name, account.id, founder.email, token, code, _TRY_PATH)


def _hired(owner: Context, person: Person) -> User:
    change = UserChange(
        email=f"{person.first.lower()}@{larkspur.MAIL_DOMAIN}",
        first_name=person.first,
        last_name=person.last,
        language="en",
        role=person.role,
        extra={"title": person.title},
    )
    return people.add(owner, change)


def _gathered(acting: Mapping[str, Context]) -> dict[str, str]:
    """The id of each team by its name, once the founder has made them."""
    made: dict[str, str] = {}
    for group in larkspur.GROUPS:
        change = TeamChange(
            name=group.name,
            description=group.description,
            manager_id=acting[group.lead].user_id,
            member_ids=tuple(acting[first].user_id for first in group.members),
            parent_id=made.get(group.within, ""),
        )
        made[group.name] = teams.add(acting[larkspur.PEOPLE[0].first], change).id
    return made


def _at_work(owner: Context, user: User) -> Context:
    return Context(owner.database, Actor(user.account_id, user.id, user.role), owner.clock, "demo")

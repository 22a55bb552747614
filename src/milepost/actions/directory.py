"""People and teams as somebody names them: by an e-mail address, a name or an id."""

from __future__ import annotations

from collections.abc import Iterable

from milepost.actions import access
from milepost.actions.context import Context
from milepost.domain.people import Capability, Named, email_key
from milepost.store import teams, users

# Of more than so many ids, the people are found among all.
_SEVERAL = 500


def first(context: Context, most: int, *, with_teams: bool) -> list[Named]:
    """So many active people at most, by name, and so many teams."""
    access.require(context, Capability.READ)
    database, account = context.database, context.account_id
    return [*users.named(database, account, most), *(teams.named(database, account, most) if with_teams else ())]


def known(context: Context, ids: Iterable[str]) -> dict[str, Named]:
    """Those people and teams of some ids that there are, by id."""
    access.require(context, Capability.READ)
    database, account, wanted = context.database, context.account_id, set(ids)
    if len(wanted) > _SEVERAL:  # then most of them are read sooner than each of these
        found = [one for one in users.named(database, account) if one.id in wanted]
    else:
        several = users.records.several(database, account, wanted)
        found = [Named(one.id, one.name, one.email, one.is_active) for one in several]
    others = wanted - {one.id for one in found}
    found += [Named(one.id, one.name, is_team=True) for one in teams.records.several(database, account, others)]
    return {one.id: one for one in found}


def matching(context: Context, text: str, *, with_teams: bool) -> tuple[list[Named], list[Named]]:
    """Who is meant by a text: who has it as an id or an address or, where nobody does, as a name, whatever its case.
    And where there is none of these, who has it as a part of a name or an address.
    """
    access.require(context, Capability.READ)
    database, account, wanted = context.database, context.account_id, email_key(text)
    everybody = [*users.named(database, account), *(teams.named(database, account) if with_teams else ())]
    meant = [one for one in everybody if wanted in (one.id, email_key(one.email))] if wanted else []
    name = " ".join(wanted.split())
    meant = meant or [one for one in everybody if " ".join(one.name.casefold().split()) == name]
    near = [] if meant else [one for one in everybody if name in f"{one.name}\n{one.email}".casefold()]
    return meant, sorted(near, key=lambda one: (not one.is_active, one.name.casefold(), one.id))

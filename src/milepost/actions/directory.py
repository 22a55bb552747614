"""People and teams, found by an e-mail address, a name or an id."""

from __future__ import annotations

from collections.abc import Iterable

from milepost.actions import access
from milepost.actions.context import Context
from milepost.domain.people import Capability, Named, email_key
from milepost.store import teams, users

# For more ids than this, reading all people is faster than finding each one.
_READ_ALL_ABOVE = 500


def first(context: Context, most: int, *, with_teams: bool) -> list[Named]:
    """At most `most` active people, by name, and at most as many teams."""
    access.require(context, Capability.READ)
    database, account = context.database, context.account_id
    return [*users.named(database, account, most), *(teams.named(database, account, most) if with_teams else ())]


def known(context: Context, ids: Iterable[str]) -> dict[str, Named]:
    """The people and teams with these ids, by id; unknown ids are left out."""
    access.require(context, Capability.READ)
    database, account, wanted = context.database, context.account_id, set(ids)
    if len(wanted) > _READ_ALL_ABOVE:
        found = [one for one in users.named(database, account) if one.id in wanted]
    else:
        several = users.records.several(database, account, wanted)
        found = [Named(one.id, one.name, one.email, one.is_active) for one in several]
    others = wanted - {one.id for one in found}
    found += [Named(one.id, one.name, is_team=True) for one in teams.records.several(database, account, others)]
    return {one.id: one for one in found}


def matching(context: Context, text: str, *, with_teams: bool) -> tuple[list[Named], list[Named]]:
    """The people and teams that a text means: those with this id or address or, where there are none, with this name,
    whatever its case. And where there are none of these, those with the text in their name or address.
    """
    access.require(context, Capability.READ)
    database, account, wanted = context.database, context.account_id, email_key(text)
    everybody = [*users.named(database, account), *(teams.named(database, account) if with_teams else ())]
    meant = [one for one in everybody if wanted in (one.id, email_key(one.email))] if wanted else []
    name = " ".join(wanted.split())
    meant = meant or [one for one in everybody if " ".join(one.name.casefold().split()) == name]
    near = [] if meant else [one for one in everybody if name in f"{one.name}\n{one.email}".casefold()]
    return meant, sorted(near, key=lambda one: (not one.is_active, one.name.casefold(), one.id))

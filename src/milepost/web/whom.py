"""People and teams that are named in a form: by name, by e-mail address, or as one of the suggestions.

There may be thousands of them: a page suggests some, and others are typed. `Name <address>` tells people of the same
name apart; for a team, or a person without an address, the id takes the place of the address.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from milepost.actions import directory
from milepost.actions.context import Context
from milepost.domain.errors import Fault
from milepost.domain.people import Named, User

# The most people, and teams, that are suggested in a field; and the most names that are suggested for an unknown one.
SUGGESTED, _NEAR = 50, 3
# The most letters of an unknown name that are repeated.
_SAID = 100
_POINTED = re.compile(r"[^<>]*<([^<>]*)>")
# Separators of names in one field; they are removed from names that are shown there.
_BETWEEN = re.compile(r"[,;\n]")
_MARKS = re.compile(r"[<>,;\s]+")


def written(one: Named | User) -> str:
    """The text for a person or a team in a field."""
    return f"{_MARKS.sub(' ', one.name).strip()} <{one.email or one.id}>"


def suggested(context: Context, *, with_teams: bool) -> list[str]:
    """The first ones by name."""
    return [written(one) for one in directory.first(context, SUGGESTED, with_teams=with_teams)]


def standing(context: Context, ids: Iterable[str]) -> dict[str, str]:
    """The texts for the owners of a record, by id, in order, unknown ids among them."""
    wanted = [one for one in ids if one]
    known = directory.known(context, wanted)
    strange = {context.account_id: f"the account <{context.account_id}>"}
    return {
        one: written(known[one]) if one in known else strange.get(one, f"somebody unknown <{one}>") for one in wanted
    }


def read(
    context: Context,
    text: str,
    field: str,
    faults: list[Fault],
    *,
    kept: Collection[str] = (),
    with_teams: bool = False,
    with_inactive: bool = False,
) -> str:
    """The id of a named person or team, "" for nobody and, with one more of `faults`, where the name is ambiguous or
    unknown. `kept`: the present id, which may stay even where the person has left or is unknown.
    """
    pointed = _POINTED.fullmatch(text)
    handle = pointed.group(1).strip() if pointed else text
    if not handle or handle in kept:
        return handle
    meant, near = directory.matching(context, handle, with_teams=with_teams)
    found = [one for one in meant if one.is_active or with_inactive or one.id in kept]
    if len(found) == 1:
        return found[0].id
    faults.append(Fault(field, _wrong(handle, found, meant, near, "person or team" if with_teams else "person")))
    return ""


def read_several(
    context: Context,
    text: str,
    field: str,
    faults: list[Fault],
    *,
    kept: Collection[str] = (),
    with_teams: bool = False,
) -> tuple[str, ...]:
    """The ids of all named people and teams, separated by commas, semicolons or line ends, each once."""
    parts = [part.strip() for part in _BETWEEN.split(text)]
    wrong: list[Fault] = []
    ids = [read(context, part, field, wrong, kept=kept, with_teams=with_teams) for part in parts if part]
    if wrong:  # there is one place beside the field
        faults.append(Fault(field, "; ".join(one.message for one in wrong)))
    return tuple(dict.fromkeys(one for one in ids if one))


def _wrong(text: str, found: Sequence[Named], meant: Sequence[Named], near: Sequence[Named], kind: str) -> str:
    said = f"“{text[:_SAID]}”"
    if found:
        return f"{said} is the name of several: write {_either(found)}"
    if meant:
        return f"{said} is not active any more"
    such = f", such as {_either(near)}" if near else ""
    return f"{said} is no {kind} of this account: write a whole name, or an e-mail address{such}"


def _either(several: Sequence[Named]) -> str:
    return " or ".join(written(one) for one in several[:_NEAR])

"""People and teams whom somebody names in a form: by name, by e-mail address, or as one of those that are suggested.

There may be thousands of them: a page suggests some, and all others are written. `Name <address>` says who is meant
where several have a name; a team, or a person without an address, has the id there.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from milepost.actions import directory
from milepost.actions.context import Context
from milepost.domain.errors import Fault
from milepost.domain.people import Named, User

# People, and teams, that are suggested in a field; and names that are suggested in place of an unknown one.
SUGGESTED, _NEAR = 50, 3
# Letters of an unknown name that are repeated.
_SAID = 100
_POINTED = re.compile(r"[^<>]*<([^<>]*)>")
# What stands between two who are named in one field, and what a name is therefore shown without.
_BETWEEN = re.compile(r"[,;\n]")
_MARKS = re.compile(r"[<>,;\s]+")


def written(one: Named | User) -> str:
    """Somebody as a form shows him, and takes him again."""
    return f"{_MARKS.sub(' ', one.name).strip()} <{one.email or one.id}>"


def suggested(context: Context, *, with_teams: bool) -> list[str]:
    """The first by name."""
    return [written(one) for one in directory.first(context, SUGGESTED, with_teams=with_teams)]


def standing(context: Context, ids: Iterable[str]) -> dict[str, str]:
    """How those who stand in a record are written, by id and in their order; among them whom nobody knows."""
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
    """The id of who is named, "" for nobody and, with one more of `faults`, where it is not clear who that is.

    `kept`: who stands there already, and may stay even where he has left, or where nobody knows him.
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
    """The ids of all who are named, with commas, semicolons or ends of lines between them, each once."""
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

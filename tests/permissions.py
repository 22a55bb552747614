"""Who may call what: the tables that people review, one for each dialect, and the callers that their columns name.

A table stands beside the tests of its dialect, in permissions.txt. Its first line names the callers. Each other line is
a route and the status that every caller is answered with, where the call is sound and about a record of Acme's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from acme import Acme
from milepost.actions import people, tokens
from milepost.actions.context import Context, operator
from milepost.actions.people import UserChange
from milepost.domain.people import Role
from milepost.domain.scope import Scope

_HERE = Path(__file__).parent / "dialects"

Row = Mapping[str, int]


def table(dialect: str) -> dict[str, Row]:
    """What each caller is answered, by route and by caller, in the order of the file."""
    lines = (_HERE / dialect / "permissions.txt").read_text().splitlines()
    heading, *rows = [line.split() for line in lines if line and not line.startswith("#")]
    callers = heading[1:]
    found: dict[str, Row] = {}
    for method, path, *statuses in rows:
        assert len(statuses) == len(callers), f"{method} {path} of {dialect}: one status for each of {callers}"
        assert f"{method} {path}" not in found, f"{method} {path} of {dialect} stands there twice"
        found[f"{method} {path}"] = dict(zip(callers, map(int, statuses), strict=True))
    return found


def _revoked(acme: Acme, boss: Context) -> str:
    one, text = tokens.add(boss, acme.anna.email, "revoked")
    tokens.revoke(boss, one.id)
    return text


def _expired(acme: Acme, boss: Context) -> str:
    text = tokens.add(boss, acme.anna.email, "expired", expires_at=acme.clock() + 1)[1]
    acme.clock.forward(seconds=1)
    return text


def _inactive(acme: Acme, boss: Context) -> str:
    gone = people.add(boss, UserChange(email="gone@acme.test", role=Role.ADMIN))
    text = tokens.add(boss, gone.email)[1]
    people.deactivate(boss, gone.id)
    return text


def _limited(scope: Scope) -> Callable[[Acme, Context], str]:
    def made(_acme: Acme, boss: Context) -> str:
        user = people.add(boss, UserChange(email=f"{scope}@acme.test", role=Role.ADMIN))
        return tokens.add(boss, user.email, scopes=[scope])[1]

    return made


# How each caller of the tables comes by his token. Who may do more stands further down: he finds what the others left.
_TOKENS: dict[str, Callable[[Acme, Context], str]] = {
    "nobody": lambda _acme, _boss: "",
    "revoked": _revoked,
    "expired": _expired,
    "inactive": _inactive,
    "stranger": lambda acme, _boss: acme.tokens["rita"],
    "viewer": lambda acme, _boss: acme.tokens["vera"],
    "member": lambda acme, _boss: acme.tokens["ben"],
    "admin": lambda acme, _boss: acme.tokens["anna"],
}
_SCOPED = {f"~{scope}": _limited(scope) for scope in Scope}
_MADE = _TOKENS | _SCOPED
CALLERS = tuple(_MADE)
# Who asks for the same records in turn: both end with one who may delete them.
TURNS = (tuple(_TOKENS), tuple(_SCOPED))


def token(acme: Acme, caller: str) -> str:
    """A token of a caller's; the stranger is an admin of another account."""
    return _MADE[caller](acme, operator(acme.database, acme.account.id, acme.clock))

"""The scopes of tokens and signing keys, which narrow the rights of their user."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache

from milepost.domain.people import GRANTS, Capability, Role


class Scope(StrEnum):
    """A use that a token is made for."""

    READ = "read"
    CHECK_IN = "check-in"
    WRITE = "write"
    ADMIN = "admin"


# The capabilities of each scope. Writing includes reading: a change answers with the whole record.
OPENS: dict[Scope, frozenset[Capability]] = {
    Scope.READ: frozenset({Capability.READ}),
    Scope.CHECK_IN: frozenset({Capability.CHECK_IN}),
    Scope.WRITE: frozenset({Capability.READ, Capability.CHECK_IN, Capability.CONTRIBUTE}),
    Scope.ADMIN: frozenset(Capability),
}


@lru_cache(maxsize=256)  # every call asks
def reach(role: Role, scopes: tuple[Scope, ...]) -> frozenset[Capability]:
    """The capabilities of a role through a token with these scopes; without scopes, all of the role's."""
    if not scopes:
        return GRANTS[role]
    return GRANTS[role] & frozenset[Capability]().union(*(OPENS[scope] for scope in scopes))


def opening(capability: Capability) -> tuple[Scope, ...]:
    """The scopes that open a capability, the narrowest first."""
    return tuple(scope for scope in Scope if capability in OPENS[scope])


def ordered(scopes: Iterable[Scope]) -> tuple[Scope, ...]:
    """The scopes, each once, in the order in which they are always written."""
    wanted = set(scopes)
    return tuple(scope for scope in Scope if scope in wanted)


def written(scopes: tuple[Scope, ...]) -> str:
    """The scopes in one text; "" for none, which is no limit."""
    return " ".join(scopes)


def read(text: str) -> tuple[Scope, ...]:
    """The scopes in a text made by `written`."""
    return tuple([Scope(word) for word in text.split()])

"""The bodies of requests: their attributes and types. `Body` reads them one by one."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta

# A number, or a text such as "12.50".
Decimal: TypeAlias = Annotated[str, Meta(pattern=r"^-?[0-9]+(\.[0-9]+)?$")] | float | None


class NameBody(msgspec.Struct):
    """A team or a cycle."""

    name: str | None = None


class ObjectiveBody(msgspec.Struct):
    """The whole of an objective: what is left out becomes null, or false."""

    name: str
    cycle_id: str
    team_id: str | None = None
    assignee_id: str | None = None
    parent_objective_id: str | None = None
    description: str | None = None
    is_personal: bool | None = None
    is_company: bool | None = None


class KeyResultBody(msgspec.Struct):
    """The whole of a key result: what is left out becomes zero. Each type takes its own targets."""

    name: str
    type: Literal["positive", "negative", "range", "baseline", "milestone"]
    objective_id: str | None = None
    confidence: Decimal = None
    current_value: Decimal = None
    target_value_min: Decimal = None
    target_value_max: Decimal = None

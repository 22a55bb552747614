"""Acme seen through both dialects at once: what is done on one side is looked at from the other."""

from __future__ import annotations

from typing import Any

import msgspec

from acme import Acme
from milepost.domain import ids
from milepost.domain.audit import AuditRecord
from milepost.domain.ids import as_uuid
from milepost.store import audit
from wire import InProcess, Reply


class Kind(msgspec.Struct, frozen=True):
    """A kind of key result as each side spells it; the attributes are those that a new one of it needs."""

    operator: str
    metric: dict[str, Any]
    type: str
    targets: tuple[str | None, str | None]

    @property
    def key_result(self) -> dict[str, Any]:
        return {"type": self.type, "target_value_min": self.targets[0], "target_value_max": self.targets[1]}


KINDS = {
    "increase": Kind("at_least", {"target": 80}, "positive", ("80.00", None)),
    "decrease": Kind("at_most", {"target": 12.5}, "negative", ("12.50", None)),
    "stay above": Kind("should_stay_above", {"target": 60, "critical": 20.5}, "positive", ("60.00", None)),
    "stay below": Kind("should_stay_below", {"target": -1, "critical": 99}, "negative", ("-1.00", None)),
    "in range": Kind("in_range", {"target": 20, "targetMax": 40.125}, "range", ("20.00", "40.125")),
    "milestone": Kind("milestone", {}, "milestone", ("1.00", None)),
    "baseline": Kind("baseline", {}, "baseline", (None, None)),
}
# Those that the coarser side can make.
COARSE = {name: kind for name, kind in KINDS.items() if not name.startswith("stay")}


class Sides(msgspec.Struct, frozen=True):
    """The same caller on both sides. Records are named by the ids that the store and the Gtmhub side have for them."""

    acme: Acme
    gtmhub: InProcess
    simpleokr: InProcess

    def acting(self, name: str) -> Sides:
        """Somebody else of Acme on both sides."""
        token, account = self.acme.tokens[name], self.acme.account.id
        return Sides(self.acme, self.gtmhub.acting(token, account), self.simpleokr.acting(token, account))

    def metric(self, key_result: str) -> dict[str, Any]:
        """The whole of a key result on the Gtmhub side."""
        return _value(self.gtmhub.get(f"v1/metrics/{key_result}"))

    def goal(self, objective: str) -> dict[str, Any]:
        """The whole of an objective on the Gtmhub side, its metrics included."""
        return _value(self.gtmhub.get(f"v1/goals/{objective}"))

    def key_result(self, key_result: str) -> dict[str, Any]:
        """The whole of a key result on the SimpleOKR side."""
        return _value(self.simpleokr.get(f"keyresults/{as_uuid(key_result)}"))

    def objective(self, objective: str) -> dict[str, Any]:
        """The whole of an objective on the SimpleOKR side."""
        return _value(self.simpleokr.get(f"objectives/{as_uuid(objective)}"))

    def new_metric(self, **attributes: Any) -> str:
        """A key result made on the Gtmhub side; its id."""
        made = self.gtmhub.post("v1/metrics", {"name": "Made", "goalId": self.acme.growth} | attributes)
        return str(_value(made, 201)["id"])

    def new_key_result(self, **attributes: Any) -> str:
        """A key result made on the SimpleOKR side; its id."""
        body = {"name": "Made", "type": "baseline"} | attributes
        made = self.simpleokr.post(f"objectives/{as_uuid(self.acme.growth)}/keyresults", body)
        return ids.from_uuid(_value(made)["id"])

    def revise(self, key_result: str, **attributes: Any) -> Reply:
        """What clients of SimpleOKR do: get the key result, change attributes, post all of it back."""
        return self.simpleokr.post(f"keyresults/{as_uuid(key_result)}", self.key_result(key_result) | attributes)

    def revise_objective(self, objective: str, **attributes: Any) -> Reply:
        """The same with an objective."""
        return self.simpleokr.post(f"objectives/{as_uuid(objective)}", self.objective(objective) | attributes)

    def patch(self, key_result: str, **attributes: Any) -> dict[str, Any]:
        """Change some attributes of a key result on the Gtmhub side; the whole of it after that."""
        return _value(self.gtmhub.patch(f"v1/metrics/{key_result}", attributes))

    def patch_goal(self, objective: str, **attributes: Any) -> dict[str, Any]:
        """The same with an objective."""
        return _value(self.gtmhub.patch(f"v1/goals/{objective}", attributes))

    def trail(self) -> list[AuditRecord]:
        """The audit of Acme, from its first record on."""
        found: list[AuditRecord] = []
        while more := audit.read(self.acme.database, self.acme.account.id, found[-1].number if found else 0):
            found += more
        return found


def _value(reply: Reply, status: int = 200) -> dict[str, Any]:
    assert reply.status == status, reply.body
    value: dict[str, Any] = reply.json
    return value


def differing(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    """The attributes that two objects do not have in common, or not with the same value."""
    return {
        name
        for name in before.keys() | after.keys()
        if (name in before, before.get(name)) != (name in after, after.get(name))
    }

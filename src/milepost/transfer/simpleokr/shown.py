"""A record as a service shows it: read like a body of the dialect, without the demands on new records."""

from __future__ import annotations

from milepost.dialects.simpleokr.wire.body import Body
from milepost.domain import ids, instants
from milepost.domain.errors import Invalid
from milepost.domain.instants import Instant


class Shown(Body):
    """The attributes of a record that is there. As in `Body`, faults are gathered until `finish`."""

    def __init__(self, raw: bytes) -> None:
        if raw.lstrip()[:1] != b"{":
            raise Invalid("", "must be an object")
        super().__init__(raw)

    def require(self, *names: str) -> None:
        """Note missing attributes as faults. Of names an empty one is one: what has been there keeps it."""
        super().require(*(name for name in names if name != "name" or not self.has(name)))

    def own_id(self) -> str:
        """The record's own id; `Invalid` without one."""
        self.require("id")
        found = self.reference("id")
        self.finish()
        return found

    def moment(self, name: str) -> Instant:
        """A moment, which must be there."""
        self.require(name)
        return self._read(name, instants.BEGINNING, lambda value: _moment(value, name))


def _moment(value: object, name: str) -> Instant:
    if not isinstance(value, str):
        raise Invalid(name, "must be a string")
    return instants.parse(value, name)


def unknown(attribute: str, what: str, record_id: str) -> Invalid:
    """The fault of an attribute that names a record which the account here does not hold."""
    return Invalid(attribute, f"there is no {what} {ids.as_uuid(record_id)} in the account here")

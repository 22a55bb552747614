"""Bodies: one object, whose attributes are read one by one.

A missing attribute, or null, has the zero value of its type. Unread attributes are ignored. All faults are collected,
so that one answer names them all.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from milepost.asgi.document import NotJson, decoded
from milepost.dialects.simpleokr.wire import decimals, shared
from milepost.domain.errors import Fault, Invalid

T = TypeVar("T")

# Unread attributes are skipped, not decoded. Numbers keep their digits.
_attributes: msgspec.json.Decoder[dict[str, msgspec.Raw]] = msgspec.json.Decoder(dict[str, msgspec.Raw])
_NESTED = object()
_value: msgspec.json.Decoder[Any] = msgspec.json.Decoder(float_hook=decimals.Literal)


class Body:
    """The object of a request. Call `finish` after the last attribute, before anything is done with them."""

    def __init__(self, raw: bytes) -> None:
        try:
            self._raw = decoded(raw, _attributes)
        except NotJson as error:
            raise Invalid("", str(error)) from None
        except msgspec.ValidationError:
            raise Invalid("", "the body must be a JSON object") from None
        self._faults: list[Fault] = []

    def has(self, name: str) -> bool:
        """Whether the attribute is there, and not null."""
        return self._get(name) is not None

    def text(self, name: str) -> str:
        """A text, "" for a missing one."""
        return self._typed(name, str, "", "must be a string")

    def flag(self, name: str) -> bool:
        """A boolean, false for a missing one."""
        return self._typed(name, bool, False, "must be true or false")

    def decimal(self, name: str) -> float:
        """A decimal, 0 for a missing one."""
        return self._read(name, 0.0, lambda value: decimals.decode(value, name))

    def reference(self, name: str) -> str:
        """The id of a record, "" for a missing one."""
        text = self.text(name)
        return self._read(name, "", lambda _: shared.decode_reference(text, name)) if text else ""

    def require(self, *names: str) -> None:
        """Note a fault where a required attribute is missing or empty."""
        for name in names:
            if self._get(name) in (None, ""):
                self.refuse(name, "is required")

    def require_name(self, *, nameless: bool = False) -> None:
        """Note a fault where there is no name. `nameless`: the record has none so far, so that "" changes nothing."""
        if not (nameless and self._get("name") == ""):
            self.require("name")

    def refuse(self, name: str, message: str) -> None:
        """Note a fault of an attribute."""
        self._faults.append(Fault(name, message))

    def finish(self) -> None:
        """`Invalid` with all faults, if there are any."""
        if self._faults:
            raise Invalid.of(self._faults)

    def _get(self, name: str) -> Any:
        """The value of an attribute; `None` where it is missing or null."""
        raw = self._raw.get(name)
        if raw is None:
            return None
        text = bytes(raw)
        if text[:1] in (
            b"[",
            b"{",
        ):  # no attribute of this API is a list or an object, so that skipping one costs nothing
            return _NESTED
        try:
            return _value.decode(text)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise Invalid(name, "cannot be read") from None

    def _typed(self, name: str, kind: type[T], missing: T, message: str) -> T:
        value = self._get(name)
        if value is None:
            return missing
        if type(value) is not kind:
            self.refuse(name, message)
            return missing
        return value

    def _read(self, name: str, missing: T, read: Callable[[Any], T]) -> T:
        value = self._get(name)
        if value is None:
            return missing
        try:
            return read(value)
        except Invalid as error:
            self._faults.extend(error.faults)
            return missing

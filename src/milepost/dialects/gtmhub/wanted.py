"""The fields that a client wants of the objects of an answer: how `fields` is read, and what it leaves of an object."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeAlias

import msgspec
from msgspec import UNSET

from milepost.dialects.gtmhub import filters
from milepost.dialects.gtmhub.wire.shared import Shown, all_fields
from milepost.domain.errors import Invalid

FIELDS_LIMIT = 8_192

_TOKEN = re.compile(r"\s*([{},]|[^{},]+)")

# The fields of an object: name → what of it, `None` for all.
Parts: TypeAlias = dict[str, "Parts | None"]


class Wanted:
    """The fields that are wanted of an object. It never changes: requests with the same `fields` share it, and what was
    found out for one of them about a kind of object.
    """

    __slots__ = ("_parts", "_plans", "_with")

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._plans: dict[type[msgspec.Struct], tuple[tuple[str, ...], tuple[tuple[str, Parts], ...]]] = {}
        self._with: dict[tuple[str, ...], Wanted] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._parts

    def of(self, name: str) -> Wanted | None:
        """What is wanted of a field, `None` for all."""
        part = self._parts.get(name)
        return None if part is None else Wanted(part)

    def with_also(self, *names: str) -> Wanted:
        """These fields, too."""
        more = self._with.get(names)
        if more is None:
            more = self._with[names] = Wanted(dict.fromkeys(names) | self._parts)
        return more

    def reduced(self, shown: Shown) -> Shown:
        """The wanted part of an object that was made for this answer: what a struct has beside it is taken away."""
        if not isinstance(shown, msgspec.Struct):
            return _picked(shown, self._parts)  # type: ignore[no-any-return]  # of an object, an object
        unwanted, parts = self._plan(type(shown))
        for attribute in unwanted:
            setattr(shown, attribute, UNSET)
        for attribute, part in parts:
            setattr(shown, attribute, _picked(getattr(shown, attribute), part))
        return shown

    def reduced_each(self, shown: Sequence[Shown]) -> Sequence[Shown]:
        """The wanted part of each object of a list, as of one; faster where all are structs of one kind."""
        kinds = {type(one) for one in shown}
        if len(kinds) != 1 or not issubclass(kind := kinds.pop(), msgspec.Struct):
            return [self.reduced(one) for one in shown]
        unwanted, parts = self._plan(kind)
        for attribute in unwanted:
            for one in shown:
                setattr(one, attribute, UNSET)
        for attribute, part in parts:
            for one in shown:
                setattr(one, attribute, _picked(getattr(one, attribute), part))
        return shown

    def _plan(self, kind: type[msgspec.Struct]) -> tuple[tuple[str, ...], tuple[tuple[str, Parts], ...]]:
        """The attributes of a kind of object that are not wanted, and those of which a part is wanted."""
        plan = self._plans.get(kind)
        if plan is None:
            named = list(zip(kind.__struct_encode_fields__, kind.__struct_fields__, strict=True))
            unwanted = tuple([attribute for name, attribute in named if name not in self._parts])
            parts = tuple(
                [(attribute, part) for name, attribute in named if (part := self._parts.get(name)) is not None]
            )
            plan = self._plans[kind] = (unwanted, parts)
        return plan


def fields(parameters: Mapping[str, str]) -> Wanted | None:
    """The fields wanted, `None` for all: `id,name,metrics{id,name},assignee.name`."""
    text = parameters.get("fields")
    if not text or not text.strip():
        return None
    if len(text) > FIELDS_LIMIT:
        raise Invalid("fields", f"is longer than {FIELDS_LIMIT:,} characters")
    return _read(text)


def wants(wanted: Wanted | None, *names: str) -> bool:
    """Whether one of these fields is wanted."""
    return wanted is None or not wanted._parts.keys().isdisjoint(names)


# Cached: clients send the same few again and again, and reading a long one takes longer than reading a record.
@lru_cache(maxsize=64)
def _read(text: str) -> Wanted:
    wanted: Parts = {}
    stack = [wanted]
    last = ""
    for piece in _TOKEN.findall(text):
        if piece == "{":
            if not last or len(stack) >= filters.DEPTH_LIMIT:
                raise Invalid("fields", "has a brace without a name before it, or nested too deep")
            inner: Parts = {}
            stack[-1][last] = inner
            stack.append(inner)
            last = ""
        elif piece == "}":
            if len(stack) == 1:
                raise Invalid("fields", "has a closing brace too many")
            stack.pop()
            last = ""
        elif piece == ",":
            last = ""
        elif name := piece.strip():
            last = _put(stack[-1], name)
    if len(stack) > 1:
        raise Invalid("fields", "lacks a closing brace")
    return Wanted(wanted)


def _put(wanted: Parts, name: str) -> str:
    """Want a name; a dotted one wants a part of an object. The name that a brace after it would belong to."""
    head, *rest = name.split(".")
    head = "id" if head == "_id" else head
    if not rest:
        wanted[head] = None
        return head
    part = wanted.setdefault(head, {})
    for index, step in enumerate(rest):
        if part is None:
            break
        if index == len(rest) - 1:
            part[step] = None
        else:
            part = part.setdefault(step, {})
    return ""


def _picked(value: Any, wanted: Parts) -> Any:
    """The wanted part of an object, in the object's own order; of a list, of each of its objects."""
    if isinstance(value, list | tuple):
        return [_picked(one, wanted) for one in value]
    if isinstance(value, msgspec.Struct):
        value = all_fields(value)
    if not isinstance(value, dict):
        return value
    return {
        name: one if (part := wanted[name]) is None else _picked(one, part)
        for name, one in value.items()
        if name in wanted
    }

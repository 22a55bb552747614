"""The common parts of this wire's objects: numbers, dates, owners, tags, unknown fields."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any, TypeAlias, TypedDict, TypeVar, cast

import msgspec
from msgspec import UNSET, Meta

from milepost.dialects.gtmhub.wire.words import OwnerType
from milepost.domain import ids, instants
from milepost.domain.errors import Fault, Invalid
from milepost.domain.instants import BEGINNING, Instant
from milepost.domain.key_result import Tag
from milepost.domain.people import Assignee

# An object as it is shown: a struct, or a dict where a client's unknown fields ride along.
Shown: TypeAlias = msgspec.Struct | Mapping[str, Any]
S = TypeVar("S", bound=msgspec.Struct)

Date: TypeAlias = Annotated[
    str,
    Meta(description="RFC 3339, in UTC; no date is 0001-01-01T00:00:00Z", extra_json_schema={"format": "date-time"}),
]

NO_DATE = "0001-01-01T00:00:00Z"


@lru_cache(maxsize=16_384)
def date(instant: Instant | None) -> str:
    """RFC 3339 in UTC, trailing zeros of the fraction trimmed; no date is the zero time."""
    return NO_DATE if instant is None else instants.written(instant)


def read_date(text: str | None, field: str) -> Instant | None:
    """The instant in a date; the zero time, "" and null are none."""
    if not text:
        return None
    instant = instants.parse(text, field)
    return None if instant == BEGINNING else instant


def number(value: float) -> float:
    """A number that prints without a fraction where it has none, as the original service's did."""
    return whole if -1e15 < value < 1e15 and (whole := int(value)) == value else value


class AssigneeDto(msgspec.Struct, rename="camel", gc=False):
    """An owner: a user or a team. For one that is neither, every string is ""."""

    account_id: str
    avatar: str
    color: str
    email: str
    id: str
    is_active: bool
    name: str
    picture: str
    type: OwnerType


def assignee(one: Assignee) -> AssigneeDto:
    """An owner on the wire."""
    return AssigneeDto(
        one.account_id, one.avatar, one.color, one.email, one.id, one.is_active, one.name, one.picture, one.type
    )


class TagTitle(TypedDict):
    """A tag as a goal or a metric bears it."""

    title: str


def tags(found: tuple[Tag, ...]) -> list[TagTitle]:
    """Tags as objects with a title, and whatever a client sent beside it."""
    return [cast(TagTitle, {"title": tag.title, **tag.extra}) for tag in found]


def read_tags(asked: list[dict[str, Any] | str], field: str) -> tuple[Tag, ...]:
    """Tags from objects with a title, or from bare titles."""
    read = []
    for one in asked:
        tag = {"title": one} if isinstance(one, str) else one
        title = tag.get("title")
        if not isinstance(title, str):
            raise Invalid(field, "holds a tag without a title")
        read.append(Tag(title, {key: value for key, value in tag.items() if key != "title"}))
    return tuple(read)


def with_extra(shown: S, extra: dict[str, Any]) -> S:
    """The object with the unknown fields that came in with it, which never replace its own. The result is a dict; its
    type stays that of the object, whose fields it has.
    """
    if not extra:
        return shown
    unknown = {key: value for key, value in extra.items() if key not in shown.__struct_encode_fields__}
    return cast(S, all_fields(shown) | unknown)


def all_fields(shown: Shown) -> dict[str, Any]:
    """The object as a dict, without unset fields."""
    if not isinstance(shown, msgspec.Struct):
        return dict(shown)
    pairs = zip(shown.__struct_encode_fields__, shown.__struct_fields__, strict=True)
    return {name: value for name, attribute in pairs if (value := getattr(shown, attribute)) is not UNSET}


def unknown(raw: dict[str, Any], *known: type[msgspec.Struct] | frozenset[str]) -> dict[str, Any]:
    """The fields of a body that are neither in its type nor in a set of names: they are stored as they came."""
    names: set[str] = set()
    for one in known:
        names.update(one if isinstance(one, frozenset) else one.__struct_encode_fields__)
    return {key: value for key, value in raw.items() if key not in names}


def kept(extra: dict[str, Any], defaults: dict[str, Any]) -> dict[str, Any]:
    """Unknown fields, and fields that are shown with a default until a client sets them.

    The latter must be of their default's type, since strict clients read them; null, and the default itself, unset
    them. `Invalid` names each of a wrong type.
    """
    faults = [
        Fault(name, f"must be {_TYPES[type(default)]}")
        for name, default in defaults.items()
        if default is not None and extra.get(name) is not None and type(extra[name]) is not type(default)
    ]
    if faults:
        raise Invalid.of(faults)
    return {
        name: UNSET if name in defaults and (value is None or value == defaults[name]) else value
        for name, value in extra.items()
    }


_TYPES = {str: "text", bool: "true or false", list: "an array", dict: "an object"}


def unset_but(raw: dict[str, Any], defaults: dict[str, Any]) -> dict[str, Any]:
    """The effect of PUT on missing fields with defaults: they return to these."""
    return {name: UNSET for name in defaults if name not in raw}


def convert(raw: dict[str, Any], body: type[Any]) -> Any:
    """The known fields of a body, typed; `Invalid` naming every field of a wrong type."""
    try:
        return msgspec.convert(raw, body)
    except msgspec.ValidationError:
        pass
    faults = []
    for name in body.__struct_encode_fields__:
        if name in raw:
            try:
                msgspec.convert({name: raw[name]}, body)
            except msgspec.ValidationError as error:
                faults.append(Fault(_place(name, str(error)), _clear(str(error))))
    raise Invalid.of(faults)


def reference(value: str, field: str) -> str:
    """The id of a referenced record; `Invalid` naming the field where it is none."""
    return ids.parse(value, field)


def named(body: msgspec.Struct, nullable: frozenset[str] = frozenset()) -> dict[str, Any]:
    """The given attributes of a body. Null counts as missing, except for attributes that can be absent (`nullable`)."""
    return {
        attribute: value
        for attribute in body.__struct_fields__
        if (value := getattr(body, attribute)) is not UNSET and (value is not None or attribute in nullable)
    }


def read(sent: dict[str, Any], readers: dict[str, tuple[str, Any]]) -> dict[str, Any]:
    """The domain's names and values of the given attributes. `readers`: by attribute, the domain's name and a decoder
    (`None`: the value as it is); `Invalid` names every unreadable field.
    """
    faults: list[Fault] = []
    values: dict[str, Any] = {}
    for attribute, value in sent.items():
        ours, decode = readers.get(attribute, (attribute, None))
        try:
            values[ours] = value if decode is None else decode(value)
        except Invalid as error:
            faults.extend(error.faults)
    if faults:
        raise Invalid.of(faults)
    return values


def owner(value: str) -> str:
    """The id of `ownerId`, "" for none."""
    return ids.parse(value, "ownerId") if value else ""


def owners(value: list[str]) -> tuple[str, ...]:
    """The ids of `ownerIds`."""
    return tuple([ids.parse(one, "ownerIds") for one in value])


def _place(name: str, message: str) -> str:
    """The name of the faulty field, with the index of the element in a list: `columns[3]`."""
    found = re.search(r" - at `\$\.\w+((?:\[[0-9]+\])+)`\Z", message)
    return name + found[1] if found else name


def _clear(message: str) -> str:
    """msgspec's message without its path, in words for senders of JSON."""
    said, _, _ = message.partition(" - at ")
    said = said.replace("Expected", "must be").replace("`", "").replace(" | null", "")
    for ours, theirs in (("str", "text"), ("float", "number"), ("bool", "true or false"), ("int", "whole number")):
        said = said.replace(f" {ours}", f" {theirs}")
    return said[:1].lower() + said[1:]

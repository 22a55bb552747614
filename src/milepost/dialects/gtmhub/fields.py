"""Fields as this dialect names them: what kind of value each is, and where it stands in our records."""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from milepost.domain.errors import Invalid
from milepost.domain.query import Field, FieldType


class Leaf(msgspec.Struct, frozen=True):
    """One value. `shown`: it is always in the answer. `spelling`: (our word, wire word) where they differ."""

    field: Field
    shown: bool = True
    spelling: tuple[tuple[str, str], ...] = ()


class Group(msgspec.Struct, frozen=True):
    """An object of known fields. `place` is where it stands; `optional`: it may be left out of the answer."""

    place: Field
    nodes: dict[str, Node]
    optional: bool = False


class Many(msgspec.Struct, frozen=True):
    """A list of objects of known fields, whose paths start at the element."""

    place: Field
    nodes: dict[str, Node]


class Free(msgspec.Struct, frozen=True):
    """Anything: custom fields, unknown fields, lists of plain values."""

    place: Field
    shown: bool = False


Node: TypeAlias = Leaf | Group | Many | Free


class Table(msgspec.Struct, frozen=True):
    """A resource's fields. What it does not name is looked for in `unknown`; `refused` cannot be asked about."""

    nodes: dict[str, Node]
    unknown: tuple[str, ...]
    refused: frozenset[str] = frozenset()


def text(*path: str) -> Leaf:
    return Leaf(Field(path, FieldType.TEXT))


def number(*path: str) -> Leaf:
    return Leaf(Field(path, FieldType.NUMBER))


def instant(*path: str) -> Leaf:
    return Leaf(Field(path, FieldType.INSTANT))


def flag(*path: str) -> Leaf:
    return Leaf(Field(path, FieldType.FLAG))


def nullable(leaf: Leaf) -> Leaf:
    """A field that is shown as null where nothing is set: it is always there."""
    return leaf


def sometimes(leaf: Leaf) -> Leaf:
    """A field that is left out of the answer where nothing is set."""
    return msgspec.structs.replace(leaf, shown=False)


def kept(*path: str, default: str | float | None = "") -> Leaf:
    """A field that a client may send and get back; until then it shows its default."""
    return Leaf(Field(path, FieldType.FREE, default, True))


def prefixed(node: Node, prefix: tuple[str, ...]) -> Node:
    """The same node, whose paths start elsewhere."""
    if isinstance(node, Leaf):
        field = msgspec.structs.replace(node.field, path=prefix + node.field.path)
        return msgspec.structs.replace(node, field=field)
    place = msgspec.structs.replace(node.place, path=prefix + node.place.path)
    if isinstance(node, Group):
        inner = {name: prefixed(child, prefix) for name, child in node.nodes.items()}
        return Group(place, inner, node.optional)
    return msgspec.structs.replace(node, place=place)


def resolve(name: str, table: Table) -> Node:
    """What a dotted name stands for; `Invalid` where the field cannot be asked about."""
    head, *rest = name.split(".")
    head = "id" if head == "_id" else head
    if head in table.refused:
        raise Invalid("filter", f"{head} can be neither filtered nor sorted by")
    node = table.nodes.get(head) or Free(Field((*table.unknown, head)))
    for part in rest:
        node = beneath(node, part)
    return node


def beneath(node: Node, part: str) -> Node:
    """What a part of a dotted name stands for beneath a field."""
    if isinstance(node, Group):
        named = node.nodes.get(part)
        return named or Free(msgspec.structs.replace(node.place, path=(*node.place.path, "extra", part)))
    if isinstance(node, Many):
        if part.isdecimal():
            return Group(Field((*node.place.path, part)), _moved(node.nodes, (*node.place.path, part)), optional=True)
        known = node.nodes.get(part) or Free(Field(("extra", part)))
        inside = prefixed(known, node.place.path)
        return sometimes(inside) if isinstance(inside, Leaf) else inside
    place = node.field if isinstance(node, Leaf) else node.place
    return Free(Field((*place.path, part)))


def _moved(nodes: dict[str, Node], prefix: tuple[str, ...]) -> dict[str, Node]:
    """The fields of an element of a list, which may not be there."""
    moved = {name: prefixed(node, prefix) for name, node in nodes.items()}
    return {name: sometimes(node) if isinstance(node, Leaf) else node for name, node in moved.items()}

"""The fields of this dialect: their names, their types, and their places in our records."""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from milepost.domain.errors import Invalid
from milepost.domain.query import Field, FieldType


class Leaf(msgspec.Struct, frozen=True):
    """One value. `shown`: every answer has it. `spelling`: (our word, wire word) where they differ."""

    field: Field
    shown: bool = True
    spelling: tuple[tuple[str, str], ...] = ()


class Group(msgspec.Struct, frozen=True):
    """An object of known fields. `place`: its path in our records; `optional`: an answer may lack it; `beside`: the
    path of unknown fields that are shown in it, if any.
    """

    place: Field
    nodes: dict[str, Node]
    optional: bool = False
    beside: Field | None = None


class Many(msgspec.Struct, frozen=True):
    """A list of objects of known fields, whose paths start at the element."""

    place: Field
    nodes: dict[str, Node]
    beside: Field | None = None


class Free(msgspec.Struct, frozen=True):
    """A value of any type: custom fields, unknown fields, lists of plain values."""

    place: Field
    shown: bool = False


Node: TypeAlias = Leaf | Group | Many | Free


class Table(msgspec.Struct, frozen=True):
    """The fields of a resource. Other names are looked up in `unknown`; `refused` fields cannot be queried."""

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


def sometimes(leaf: Leaf) -> Leaf:
    """A field that is left out of the answer where nothing is set."""
    return msgspec.structs.replace(leaf, shown=False)


def dated(*path: str) -> Leaf:
    """A date that an answer lacks where it is not set, in place of the zero time."""
    return Leaf(Field(path, FieldType.INSTANT, optional=True), shown=False)


def kept(*path: str, default: str | float | None = "") -> Leaf:
    """A field that is stored for clients; until one sets it, its default is shown."""
    return Leaf(Field(path, FieldType.FREE, default, True))


def _moved_field(field: Field, prefix: tuple[str, ...]) -> Field:
    return msgspec.structs.replace(field, path=prefix + field.path)


def prefixed(node: Node, prefix: tuple[str, ...]) -> Node:
    """The same node with a prefix to its paths."""
    if isinstance(node, Leaf):
        field = msgspec.structs.replace(node.field, path=prefix + node.field.path)
        return msgspec.structs.replace(node, field=field)
    place = msgspec.structs.replace(node.place, path=prefix + node.place.path)
    if isinstance(node, Group):
        inner = {name: prefixed(child, prefix) for name, child in node.nodes.items()}
        return Group(place, inner, node.optional, node.beside and _moved_field(node.beside, prefix))
    return msgspec.structs.replace(node, place=place)


def resolve(name: str, table: Table) -> Node:
    """The node of a dotted name; `Invalid` where the field cannot be queried."""
    head, *rest = name.split(".")
    head = "id" if head == "_id" else head
    if head in table.refused:
        raise Invalid("filter", f"{head} can be neither filtered nor sorted by")
    node = table.nodes.get(head) or Free(Field((*table.unknown, head)))
    for part in rest:
        node = beneath(node, part)
    return node


def beneath(node: Node, part: str) -> Node:
    """The node of a part of a dotted name beneath a node."""
    if isinstance(node, Group):
        named = node.nodes.get(part)
        return named or Free(Field((*(node.beside.path if node.beside else node.place.path), part)))
    if isinstance(node, Many):
        if part.isdecimal():
            here = (*node.place.path, part)
            beside = node.beside and _moved_field(node.beside, here)
            return Group(Field(here), _moved(node.nodes, here), optional=True, beside=beside)
        known = node.nodes.get(part) or Free(Field((*(node.beside.path if node.beside else ()), part)))
        inside = prefixed(known, node.place.path)
        return sometimes(inside) if isinstance(inside, Leaf) else inside
    place = node.field if isinstance(node, Leaf) else node.place
    return Free(Field((*place.path, part)))


def _moved(nodes: dict[str, Node], prefix: tuple[str, ...]) -> dict[str, Node]:
    """The fields of an element of a list, which may be missing."""
    moved = {name: prefixed(node, prefix) for name, node in nodes.items()}
    return {name: sometimes(node) if isinstance(node, Leaf) else node for name, node in moved.items()}

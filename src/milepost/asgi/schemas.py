"""JSON Schemas of the wire's types, as the components of an OpenAPI document."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, get_args, get_type_hints

import msgspec
from msgspec import UnsetType
from msgspec.inspect import StructType, multi_type_info

_REF = "#/components/schemas/"


class Schemas:
    """The schemas of some types, each under a readable name: `MetricDto` is `Metric`,
    `Listing[MetricDto]` is `MetricListing`.
    """

    def __init__(self, types: Sequence[Any]) -> None:
        schemas, found = msgspec.json.schema_components(types, ref_template=_REF + "{name}")
        for cls in _structs(types):
            _mark_optional(found[cls.__name__], cls)
        self._of: dict[Any, dict[str, Any]] = {
            kind: _renamed(schema) for kind, schema in zip(types, schemas, strict=True)
        }
        self.components = {_readable(name): _renamed(schema) for name, schema in found.items()}
        for name, schema in self.components.items():
            schema["title"] = name
            if "description" in schema:
                schema["description"] = " ".join(schema["description"].split())

    def of(self, kind: Any) -> dict[str, Any]:
        """The schema of one of the types."""
        return self._of[kind]

    def part_of(self, kind: Any, always: Sequence[str]) -> dict[str, Any]:
        """The schema of an answer with only the fields that a client asked for, of an object or of a list's objects."""
        whole = self.of(kind)
        name = whole["$ref"].removeprefix(_REF)
        items = self.components[name].get("properties", {}).get("items")
        if items is None:
            return {"$ref": _REF + self._part(name, always)}
        listed = f"{name}Part"
        if listed not in self.components:
            of = items["items"]["$ref"].removeprefix(_REF)
            parts = {"type": "array", "items": {"$ref": _REF + self._part(of, always)}}
            properties = self.components[name]["properties"] | {"items": parts}
            self.components[listed] = self.components[name] | {"title": listed, "properties": properties}
        return {"$ref": _REF + listed}

    def used(self, document: Any) -> dict[str, Any]:
        """The schemas that a part of a document refers to, and those that these refer to."""
        found: dict[str, Any] = {}
        waiting = [*_references(document)]
        while waiting:
            name = waiting.pop()
            if name not in found:
                found[name] = self.components[name]
                waiting += _references(found[name])
        return dict(sorted(found.items()))

    def _part(self, name: str, always: Sequence[str]) -> str:
        part = f"{name}Part"
        if part not in self.components:
            said = {"title": part, "description": f"{name}, or of it the fields that were asked for."}
            schema = self.components[part] = self.components[name] | said
            schema["required"] = [field for field in schema.get("required", ()) if field in always]
            schema["properties"] = {
                field: self._in_part(inner) for field, inner in schema.get("properties", {}).items()
            }
        return part

    def _in_part(self, schema: Any) -> Any:
        """A schema nested in an object whose fields can be chosen: its own fields can be chosen, too."""
        if isinstance(schema, list):
            return [self._in_part(one) for one in schema]
        if not isinstance(schema, dict):
            return schema
        if "$ref" in schema:
            return {"$ref": _REF + self._part(schema["$ref"].removeprefix(_REF), ())}
        return {key: self._in_part(value) for key, value in schema.items()}


def _references(document: Any) -> Iterator[str]:
    """The names of the schemas that anything in a document refers to."""
    if isinstance(document, list | tuple):
        for one in document:
            yield from _references(one)
    elif isinstance(document, dict):
        for key, value in document.items():
            if key == "$ref":
                yield value.removeprefix(_REF)
            elif key != "example":
                yield from _references(value)


def _structs(types: Sequence[Any]) -> Iterator[type[msgspec.Struct]]:
    """Every struct that the types consist of."""
    waiting, seen = list(multi_type_info(types)), set()
    while waiting:
        one = waiting.pop()
        if isinstance(one, StructType):
            if one.cls in seen:
                continue
            seen.add(one.cls)
            if isinstance(one.cls, type):  # not an alias such as Listing[MetricDto], of which no field is optional
                yield one.cls
            waiting += [field.type for field in one.fields]
        else:
            waiting += [inner for name in ("types", "item_types") for inner in getattr(one, name, ())]
            waiting += [inner for name in ("item_type", "value_type") if (inner := getattr(one, name, None))]
            waiting += [field.type for field in getattr(one, "fields", ())]


def _mark_optional(schema: dict[str, Any], cls: type[msgspec.Struct]) -> None:
    """Remove from the required fields those that may be left out."""
    hints = get_type_hints(cls)
    fields = zip(cls.__struct_fields__, cls.__struct_encode_fields__, strict=True)
    left_out = {name for attribute, name in fields if UnsetType in get_args(hints.get(attribute))}
    if "required" in schema:
        schema["required"] = [name for name in schema["required"] if name not in left_out]


def _readable(name: str) -> str:
    name = name.replace("Dto", "")
    return re.sub(r"\A(\w+?)_(\w+)_\Z", r"\2\1", name)


def _renamed(schema: Any) -> Any:
    """A schema whose references use the readable names."""
    if isinstance(schema, list):
        return [_renamed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: _REF + _readable(value.removeprefix(_REF)) if key == "$ref" else _renamed(value)
        for key, value in schema.items()
    }

"""OpenAPI 3.1 documents, made of a front end's calls and of the types of their bodies and answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import resources
from typing import Any

import msgspec

from milepost.asgi import conventions
from milepost.asgi.answer import Answer
from milepost.asgi.conventions import Manners
from milepost.asgi.phrases import phrase
from milepost.asgi.public import Public, made_once
from milepost.asgi.schemas import Schemas


class Parameter(msgspec.Struct, frozen=True):
    """A parameter of a call, in the query unless said otherwise. `type` is that of its values."""

    name: str
    description: str
    type: Any = str
    where: str = "query"
    required: bool = False


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """One call at one address. `requires`: fields of the body, or of each element of a list, that are required although
    the type leaves them optional; `gives`: `None` for an answer without content; `always`: fields that an answer has
    whichever fields are asked for, `None` where a client cannot choose fields; `security`: alternative sets of schemes.
    """

    id: str
    method: str
    path: str
    tag: str
    summary: str
    description: str = ""
    parameters: tuple[Parameter, ...] = ()
    takes: Any = None
    requires: tuple[str, ...] = ()
    gives: Any = None
    status: int = 200
    always: tuple[str, ...] | None = None
    refusals: Sequence[int] = ()
    manners: Manners
    security: tuple[tuple[str, ...], ...] = ()
    deprecated: bool = False


class Example(msgspec.Struct, omit_defaults=True):
    """A recorded body of a request and of its answer; empty where a call has none."""

    request: Any = None
    response: Any = None


class Api(msgspec.Struct, frozen=True, kw_only=True):
    """The description of a front end as a whole. `security`: its schemes by name."""

    title: str
    version: str
    description: str
    servers: tuple[str, ...]
    security: Mapping[str, Mapping[str, Any]]
    error: type[msgspec.Struct]
    error_media_type: str = "application/json"


def document(api: Api, operations: Sequence[Operation], examples: Mapping[str, Example]) -> dict[str, Any]:
    """The document. `examples`: by operation id."""
    schemas = Schemas([api.error, *(one for call in operations for one in (call.takes, call.gives) if one)])
    paths: dict[str, dict[str, Any]] = {}
    for call in operations:
        paths.setdefault(call.path, {})[call.method.lower()] = _operation(
            api, call, schemas, examples.get(call.id, Example())
        )
    return {
        "openapi": "3.1.0",
        "info": {"title": api.title, "version": api.version, "description": f"{api.description} {conventions.WORDS}"},
        "servers": [{"url": server} for server in api.servers],
        "tags": [{"name": tag} for tag in dict.fromkeys(call.tag for call in operations)],
        "paths": paths,
        "components": {"securitySchemes": api.security, "schemas": schemas.used(paths)},
    }


def operation_name(handler: Callable[..., Any]) -> str:
    """The operation id of a handler: the names of its module and function, such as metrics_list."""
    return f"{handler.__module__.rpartition('.')[2]}_{handler.__name__.strip('_')}"


def recorded(package: str) -> dict[str, Example]:
    """The recorded requests and answers of a front end's calls, by operation id: its examples.json."""
    return msgspec.json.decode(resources.files(package).joinpath("examples.json").read_bytes(), type=dict[str, Example])


def published(make: Callable[[], dict[str, Any]]) -> Public:
    """The application that serves a document, which is made at the first request."""
    return made_once(lambda: Answer(200, msgspec.json.encode(make())))


def _operation(api: Api, call: Operation, schemas: Schemas, example: Example) -> dict[str, Any]:
    said: dict[str, Any] = {"operationId": call.id, "tags": [call.tag], "summary": call.summary}
    if call.description:
        said["description"] = call.description
    if call.deprecated:
        said["deprecated"] = True
    said["security"] = [{name: [] for name in names} for names in call.security]
    said["parameters"] = [_parameter(one) for one in (*_in_path(call.path), *call.parameters)]
    said["parameters"] += conventions.parameters(call.manners)
    if call.takes is not None:
        content = _content("application/json", _requiring(schemas.of(call.takes), call.requires), example.request)
        said["requestBody"] = {"required": True, "content": content}
    answer = _phrase(call.status)
    if call.gives is not None:
        shown = schemas.of(call.gives) if call.always is None else schemas.part_of(call.gives, call.always)
        answer["content"] = _content("application/json", shown, example.response)
    error = {"schema": schemas.of(api.error)}
    refused: dict[str, Any] = {"content": {api.error_media_type: error}}
    answers = {call.status: answer} | {status: _phrase(status) for status in conventions.answers(call.manners)}
    for status in sorted({*call.refusals, *conventions.refusals(call.manners)}):
        answers[status] = _phrase(status) | refused
    for status, one in answers.items():
        if headers := conventions.headers(call.manners, status):
            one["headers"] = headers
    said["responses"] = {str(status): one for status, one in answers.items()}
    return said


def _phrase(status: int) -> dict[str, Any]:
    return {"description": phrase(status)}


def _requiring(schema: dict[str, Any], fields: Sequence[str]) -> dict[str, Any]:
    if not fields:
        return schema
    if "items" in schema:
        return schema | {"items": _requiring(schema["items"], fields)}
    there = {field: {"not": {"type": "null"}} for field in fields}
    return {"allOf": [schema, {"required": list(fields), "properties": there}]}


def _content(media_type: str, schema: dict[str, Any], example: Any) -> dict[str, Any]:
    return {media_type: {"schema": schema} | ({} if example is None else {"example": example})}


def _in_path(path: str) -> Iterator[Parameter]:
    for name in re.findall(r"{(\w+)}", path):
        yield Parameter(name, "", where="path", required=True)


def _parameter(one: Parameter) -> dict[str, Any]:
    said = {"name": one.name, "in": one.where, "required": one.required, "schema": msgspec.json.schema(one.type)}
    return said | ({"description": one.description} if one.description else {})

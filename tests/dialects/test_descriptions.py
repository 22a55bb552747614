"""What the OpenAPI documents say, against what the calls do."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest

import examples
from acme import Acme
from calls import Call, Dialect, calls_of, name, takes_body
from gtmhub_calls import GTMHUB
from milepost.asgi import request as asgi_request
from milepost.dialects.gtmhub import description as gtmhub
from milepost.dialects.simpleokr import description as simpleokr
from milepost.dialects.simpleokr.wire.body import Body
from simpleokr_calls import SIMPLEOKR
from wire import InProcess

DOCUMENTS = {"gtmhub": gtmhub.document(), "simpleokr": simpleokr.document()}
PATHS = {"gtmhub": "/api/openapi.json", "simpleokr": "/v1/openapi.json"}
CALLS = calls_of(GTMHUB, SIMPLEOKR)

every_dialect = pytest.mark.parametrize("dialect", [GTMHUB, SIMPLEOKR], ids=str)
every_call = pytest.mark.parametrize("call", CALLS, ids=str)


def described(call: Call) -> list[dict[str, Any]]:
    """What the document says of a call, once for each version."""
    versions = [f"/v{version}" for version in call.route.versions] if call.dialect is GTMHUB else [""]
    paths = DOCUMENTS[call.dialect.name]["paths"]
    return [paths[f"{version}{call.route.path}"][call.method.lower()] for version in versions]


def parameters(said: dict[str, Any], where: str) -> set[str]:
    """The parameters of a kind that an operation has."""
    return {one["name"] for one in said["parameters"] if one["in"] == where}


@every_dialect
def test_a_stranger_can_read_the_document_at_its_address(anna: InProcess, dialect: Dialect) -> None:
    reply = anna.acting("", "").request("GET", PATHS[dialect.name])
    assert (reply.status, reply.headers["content-type"]) == (200, "application/json")
    assert reply.json == DOCUMENTS[dialect.name]
    refused = anna.acting("", "").request("POST", PATHS[dialect.name])
    assert (refused.status, refused.headers["allow"]) == (405, "GET, HEAD")


@every_dialect
def test_every_call_is_described_and_nothing_else_is(dialect: Dialect) -> None:
    described_calls = {
        f"{method.upper()} {path}" for path, calls in DOCUMENTS[dialect.name]["paths"].items() for method in calls
    }
    prefixes = {GTMHUB: "/api", SIMPLEOKR: "/v1"}
    assert described_calls == {
        f"{route.method} {prefix.removeprefix(prefixes[dialect])}{route.path}"
        for route in dialect.routes
        for prefix in dialect.prefixes(route)
        if prefix.startswith(prefixes[dialect])
    }


@every_dialect
def test_the_examples_are_what_the_calls_answer_now(dialect: Dialect) -> None:
    assert examples.path(dialect).read_bytes() == examples.recorded(dialect), "run `make docs`"


@every_dialect
def test_every_operation_has_an_example_that_its_schema_allows(dialect: Dialect) -> None:
    document = DOCUMENTS[dialect.name]
    for path, calls in document["paths"].items():
        for method, said in calls.items():
            bodies = [
                answer["content"]
                for status, answer in said["responses"].items()
                if status < "300" and "content" in answer
            ]
            bodies += [said["requestBody"]["content"]] if "requestBody" in said else []
            for body in bodies:
                content = body["application/json"]
                schema = content["schema"] | {"components": document["components"]}
                jsonschema_rs.Draft202012Validator(schema, validate_formats=True).validate(content["example"])
            if method != "delete":
                assert bodies, (method, path)


@every_call
def test_what_a_call_reads_of_its_query_is_what_is_said(
    anna: InProcess, acme: Acme, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: set[str] = set()

    class Noting(dict[str, str]):
        def __contains__(self, key: object) -> bool:
            read.add(str(key))
            return super().__contains__(key)

        def __getitem__(self, key: str) -> str:
            read.add(key)
            return super().__getitem__(key)

        def get(self, key: str, default: Any = None) -> Any:
            read.add(key)
            return super().get(key, default)

    query_of = asgi_request.query_of
    monkeypatch.setattr(asgi_request, "query_of", lambda scope: Noting(query_of(scope)))
    of = call.dialect.ours(acme)
    for said, address in zip(described(call), call.addresses(of), strict=False):
        read.clear()
        assert anna.request(call.method, address, call.body(of)).status in call.dialect.successes
        assert read == parameters(said, "query"), call


@pytest.mark.parametrize("call", [call for call in calls_of(SIMPLEOKR) if takes_body(call.route)], ids=str)
def test_what_a_call_reads_of_its_body_is_what_is_said(
    anna: InProcess, acme: Acme, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The Gtmhub dialect converts bodies to the types that are described; this one reads attribute by attribute."""
    read: set[str] = set()
    get = Body._get

    def noting(body: Body, attribute: str) -> Any:
        read.add(attribute)
        return get(body, attribute)

    monkeypatch.setattr(Body, "_get", noting)
    of = call.dialect.ours(acme)
    for kind in ("positive", "range") if "keyresults" in call.route.path else ("",):
        sound = call.body(of) | ({"type": kind, "target_value_min": 1} if kind else {})
        call.send(anna, of, sound)
    assert read == set(call.route.takes.__struct_fields__)


@pytest.mark.parametrize("call", [call for call in calls_of(GTMHUB) if takes_body(call.route)], ids=str)
def test_the_fields_that_are_required_are_those_that_are_missed(anna: InProcess, acme: Acme, call: Call) -> None:
    of = call.dialect.ours(acme)
    sound = call.body(of)
    element = sound[0] if isinstance(sound, list) else sound
    assert set(call.route.requires) <= element.keys()
    for field in element:
        rest = {name: value for name, value in element.items() if name != field}
        reply = call.send(anna, of, [rest] if isinstance(sound, list) else rest)
        missed = reply.status == 400
        assert missed is (field in call.route.requires or field == "email"), (field, reply.body)


@every_call
def test_the_refusals_that_are_described_are_those_that_happen(anna: InProcess, acme: Acme, call: Call) -> None:
    reply = call.send(anna, call.dialect.nobodys)
    for said in described(call):
        assert ("404" in said["responses"]) is (reply.status == 404)
        assert ("402" in said["responses"]) is (name(call.route) not in call.dialect.free)
        assert ("413" in said["responses"]) is takes_body(call.route)
        assert {"400", "401", "403", "500"} <= said["responses"].keys()


@every_call
def test_what_is_deprecated_says_so(anna: InProcess, acme: Acme, call: Call) -> None:
    reply = call.send(anna, call.dialect.ours(acme))
    assert str(reply.status) in described(call)[0]["responses"]
    for said in described(call):
        assert said.get("deprecated", False) is ("deprecation" in reply.headers)


@every_dialect
def test_no_description_is_empty(dialect: Dialect) -> None:
    document = DOCUMENTS[dialect.name]
    operations = [said for calls in document["paths"].values() for said in calls.values()]
    assert len({said["operationId"] for said in operations}) == len(operations)
    assert all(said["summary"] for said in operations)
    assert [name for name, schema in document["components"]["schemas"].items() if not schema.get("description")] == []

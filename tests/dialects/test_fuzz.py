"""Bad input is answered, never crashed on: whatever is sent to whichever route, the answer is sound and no 5xx."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import hostile
from acme import Acme
from calls import Call, assert_sound, calls_of, parameters, takes_body
from gtmhub_calls import GTMHUB
from simpleokr_calls import SIMPLEOKR
from wire import InProcess

CALLS = calls_of(GTMHUB, SIMPLEOKR)

every_body = pytest.mark.parametrize("call", [call for call in CALLS if takes_body(call.route)], ids=str)


@every_body
def test_every_field_with_every_hostile_value(anna: InProcess, acme: Acme, call: Call) -> None:
    """One field at a time, all others sound, so that nothing else is at fault before it."""
    dialect, of = call.dialect, call.dialect.ours(acme)
    for field in (*dialect.fields(call.route), "unknown", "color"):
        for value in hostile.SAMPLES:
            deeper = ({"value": value, "prefix": value, "deeper": value}, [value]) if field in dialect.deep else ()
            for inside in (value, *deeper):
                sent = dialect.changed(call.route, of, {field: inside})
                assert_sound(dialect, call.send(anna, of, raw=hostile.written(sent)))
    dialect.read_everything(anna)


@pytest.mark.parametrize("text", ["a\0b", "\ud800", "x\udfffy"], ids=["NUL", "half a pair", "the other half"])
@every_body
def test_text_that_no_database_keeps(anna: InProcess, acme: Acme, call: Call, text: str) -> None:
    dialect, of = call.dialect, call.dialect.ours(acme)
    for field in dialect.texts(call.route):
        for value in (text, [text], {"deep": {text: 1}}):
            reply = call.send(anna, of, dialect.changed(call.route, of, {field: value}))
            assert reply.status == 400, (field, value)
            assert_sound(dialect, reply)


@every_body
def test_hostile_bodies(anna: InProcess, acme: Acme, call: Call) -> None:
    dialect, of = call.dialect, call.dialect.ours(acme)
    named = sorted({name for route in dialect.routes if takes_body(route) for name in dialect.fields(route)})
    names = st.sampled_from([*named, *dialect.wrappers, "unknown"]) | hostile.TEXTS

    @settings(max_examples=25)
    @given(
        fields=st.dictionaries(names, hostile.VALUES, max_size=5),
        wrapper=st.sampled_from(["", *dialect.wrappers]),
        whole=st.booleans(),
        many=st.booleans(),
    )
    def fields(fields: dict[str, Any], wrapper: str, whole: bool, many: bool) -> None:
        sound = call.body(of)
        one = sound[0] if isinstance(sound, list) else sound
        sent: Any = {**(one if whole else {}), **fields}
        sent = [one, sent] if many or isinstance(sound, list) else sent
        sent = {wrapper: sent} if wrapper else sent
        assert_sound(dialect, call.send(anna, of, raw=hostile.written(sent)))

    @settings(max_examples=30)
    @given(garbage=hostile.GARBAGE)
    def garbage(garbage: bytes) -> None:
        assert_sound(dialect, call.send(anna, of, raw=garbage))

    fields()
    garbage()
    dialect.read_everything(anna)


@pytest.mark.parametrize("call", [call for call in CALLS if parameters(call.route)], ids=str)
def test_hostile_paths(anna: InProcess, acme: Acme, call: Call) -> None:
    dialect, body = call.dialect, call.body(call.dialect.ours(acme))

    @settings(max_examples=30)
    @given(text=hostile.TEXTS, slashes=st.sampled_from(["", "/", "//"]), encoded=st.booleans())
    def ask(text: str, slashes: str, encoded: bool) -> None:
        value = quote(text.encode("utf-8", "surrogatepass"), safe="" if encoded else "/")
        reply = anna.request(call.method, f"{call.raw_address(value)}{slashes}", body)
        assert_sound(dialect, reply)
        assert reply.status in dialect.successes | {400, 404, 405}

    ask()
    for value in ("%00", "%2F", "%2e%2e%2f", "%ff%fe", "%", "%zz", "%F0%9F%98%80", "a" * 20_000, "%0d%0aX-Injected:1"):
        reply = anna.request(call.method, call.raw_address(value), body)
        assert_sound(dialect, reply)
        assert "x-injected" not in reply.headers
    dialect.read_everything(anna)


@settings(max_examples=500)
@given(
    call=st.sampled_from(CALLS),
    headers=hostile.HEADERS,
    text=hostile.HEADER_VALUES,
    wrong=st.sampled_from(["token", "signature", "account", "neither"]),
)
def test_hostile_headers(anna: InProcess, call: Call, headers: dict[str, str], text: str, wrong: str) -> None:
    if wrong == "token":
        headers = headers | {"authorization": text}
    elif wrong == "signature":
        headers = headers | {"authorization": f"S1-HMAC-SHA256 {text}"}
    elif wrong == "account":
        headers = headers | {"gtmhub-accountid": text}
    reply = call.send(anna, call.dialect.nobodys, raw=b"{}", headers=headers)
    assert_sound(call.dialect, reply)
    if wrong in ("token", "signature"):
        assert reply.status == 401


@pytest.mark.parametrize("call", CALLS, ids=str)
def test_absurd_sizes(anna: InProcess, acme: Acme, call: Call) -> None:
    dialect, of, limit = call.dialect, call.dialect.ours(acme), call.dialect.body_limit
    dialect.refused(call.send(anna, of, raw=b" " * (limit + 1)), 413)
    dialect.refused(call.send(anna, of, raw=b"{}", headers={"content-length": str(limit + 1)}), 413)
    reply = call.send(anna, of, raw=b'"' + b"x" * (limit - 2) + b'"')
    assert_sound(dialect, reply)
    assert reply.status != 413

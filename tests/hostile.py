"""What careless and malicious clients send: strategies for JSON bodies, filters, texts, paths and headers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from milepost.dialects.gtmhub.tables import GOAL, METRIC, PERSON_OR_TEAM, SESSION, USER

# A text between these marks stands in the JSON as it is, without its quotes.
_OPEN, _CLOSE = "<raw>", "</raw>"


def raw(text: str) -> str:
    """A value that is written into a JSON text as it is: 1e999, or what is no JSON at all."""
    return f"{_OPEN}{text}{_CLOSE}"


def written(value: Any) -> bytes:
    """The JSON of a value. NaN and Infinity are written as such, lone surrogates as escapes."""
    return json.dumps(value).replace(f'"{_OPEN}', "").replace(f'{_CLOSE}"', "").encode()


def among(values: Sequence[Any]) -> SearchStrategy[Any]:
    """One of some values; unlike `sampled_from`, it does not print them all when it describes itself."""
    return st.integers(0, len(values) - 1).map(lambda index: values[index])


def nested(depth: int, inside: Any = 1, *, key: str = "") -> Any:
    """Lists in lists, or objects in objects; JSON's own writer recurses, so that this stays within its limits."""
    for _ in range(depth):
        inside = {key: inside} if key else [inside]
    return inside


_NUMBERS: list[Any] = [
    0, -0.0, 1e308, -1e308, 1.7976931348623157e308, 5e-324, 2**31, 2**53 + 1, 2**63, -(2**63) - 1, 10**400,
    raw("1e999"), raw("-1e999"), raw("1E+400"), raw("NaN"), raw("-Infinity"), raw("01"), raw("1."), raw("+1"),
    raw("0." + "1" * 4000), raw("9" * 5000), raw("-0"), raw("0x10"),
]  # fmt: skip
_DATES = [
    "", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59.999999Z", "2026-01-01",
    "9999-12-31T23:59:59-23:59", "0000-00-00T00:00:00Z", "2026-02-30T00:00:00Z", "2026-01-01T00:00:00",
    "2026-06-30T23:59:60Z", "2026-01-01T00:00:00.123456789123456789Z", "2026-01-01T00:00:00+99:99",
    "1969-12-31t00:00:00z",
]  # fmt: skip
_TEXTS = [
    "\0", "a\0b", "\ud800", "x\udfffy", "\ud800\ud800", "é" * 5000, "x" * 250_000, "😀" * 10, "' OR 1=1 --",
    "${jndi:ldap://x}", "../../etc/passwd", "%00", "%s%n", "\u202e\u0000", "null", "true", "NaN", "1e999",
    "@[Jane:jane@x:602a65efc05575000123291b]" * 50, "*" * 2000 + "_" * 2000, "[" * 3000, "<b>" * 1000,
    "> " * 2000 + "deep", "0123456789abcdef01234567", "0123456789ABCDEF01234567",
    "12345678-1234-8234-9234-123456789abc", "2026/13/45", "me",
]  # fmt: skip
_NESTED: list[Any] = [
    nested(20),
    nested(40),
    nested(300),
    nested(40, key="a"),
    nested(300, key="a"),
    nested(600, key="$not"),
]
_LISTS: list[Any] = [["x"] * 600, {f"k{index}": index for index in range(600)}, [[]] * 600, [{}], [None], [], {}]

# Every value that is worth trying in every place.
SAMPLES: list[Any] = [None, True, False, *_NUMBERS, *_DATES, *_TEXTS, *_NESTED, *_LISTS]

NUMBERS: SearchStrategy[Any] = st.one_of(st.floats(), st.integers(), among(_NUMBERS))
# Lone surrogates too, which `text` leaves out by itself.
TEXTS: SearchStrategy[str] = st.one_of(
    st.text(max_size=30), st.text(st.characters(), max_size=10), among(_DATES), among(_TEXTS)
)
SCALARS = st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS)
VALUES: SearchStrategy[Any] = st.one_of(
    SCALARS,
    st.recursive(
        SCALARS,
        lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXTS, inner, max_size=4)),
        max_leaves=8,
    ),
    among(_NESTED + _LISTS),
)

# Bodies that are no JSON document that anybody asked for.
GARBAGE = st.one_of(
    st.binary(max_size=40),
    among(
        [
            b"", b" ", b"{", b"}", b"null", b"true", b"5", b'"text"', b"[]", b"{}", b"[[]]", b"[null]", b"[{}]",
            b"\xff\xfe", b'{"name":"\xff"}', b'{"name":"\xed\xa0\x80"}', b"\xef\xbb\xbf{}", "{}".encode("utf-16"),
            b'{"name":NaN}', b'{"a":1,"a":2}', b'{"name":"a\x00b"}', b'{"name":"\\u0000"}', b'{"\\ud800":1}',
            b'{"name":"\\ud800"}', b"{'name':'x'}", b"{} {}", b'{"metric":{"metric":{}}}', b'{"snapshots":{}}',
            b"[" * 100_000, b'{"a":' * 100_000, b'{"extra":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
            b'{"customFields":' + b'{"a":' * 900 + b"1" + b"}" * 900 + b"}",
            b'{"name":"' + b"x" * 2_000_000 + b'"}', b'{"unknown":"' + b"x" * 2_000_000 + b'"}', b"9" * 100_000,
            b'{"actual":' + b"9" * 100_000 + b"}", b"-" * 10_000,
        ]
    ),
)  # fmt: skip

_FIELDS = sorted(
    {name for table in (METRIC, GOAL, SESSION, USER, PERSON_OR_TEAM) for name in (*table.nodes, *table.refused)}
    | {"assignee.name", "assignees.0.email", "confidence.value", "customFields.region", "format.prefix", "tags.title"}
    | {"_id", "closedStatus.date", "unknown", "unknown.deeper.still", "", ".", "..", "a..b", "name.first", "$where"}
)
OPERATORS = (
    "$eq", "$ne", "$gt", "$gte", "$lt", "$lte", "$in", "$nin", "$regex", "$options", "$exists", "$all", "$size",
    "$elemMatch", "$not", "$and", "$or", "$nor", "$where", "$", "",
)  # fmt: skip
PATTERNS = [
    "(a+)+$",
    "[",
    "(?i",
    "(",
    "*",
    "a{1000}{1000}",
    "\\C",
    "\\1",
    "(?=x)",
    ".*" * 200,
    "\\p{Greek}",
    "(?P<n>x)",
    "\0",
    "\\",
]
_FILTERS: SearchStrategy[Any] = st.recursive(
    st.dictionaries(st.sampled_from(_FIELDS) | TEXTS, VALUES, max_size=3),
    lambda inner: st.one_of(
        st.dictionaries(
            st.sampled_from(_FIELDS),
            st.dictionaries(
                st.sampled_from(OPERATORS), st.one_of(VALUES, among(PATTERNS), inner), min_size=1, max_size=2
            ),
            min_size=1,
            max_size=2,
        ),
        st.dictionaries(st.sampled_from(["$and", "$or", "$nor", "$not"]), st.lists(inner, max_size=3), min_size=1),
    ),
    max_leaves=6,
)
FILTERS: SearchStrategy[str] = st.one_of(
    _FILTERS.map(lambda asked: written(asked).decode()),
    _FILTERS.map(lambda asked: written(asked).decode().replace('"', "'")),
    TEXTS,
    among(["{" * 5000, "[" * 5000, "{name:", "{a:1,}", "{a:b}", "{“name”:‘x’}", "current", "{$and:[]}", "{//\n}"]),
)
SORTS: SearchStrategy[str] = st.one_of(
    st.lists(st.sampled_from(_FIELDS) | TEXTS, max_size=3).map(",-".join), st.sampled_from(["", *_FIELDS])
)
QUERIES: SearchStrategy[dict[str, str]] = st.fixed_dictionaries(
    {},
    optional={
        "filter": FILTERS,
        "sort": SORTS,
        "fields": st.one_of(
            st.lists(st.sampled_from(_FIELDS) | TEXTS, max_size=3).map(",".join),
            among(["metrics{id,name}", "{", "}", "a{b{c{d}}}", "{" * 2000, "a{" * 1000 + "}" * 1000, "a.b.c.d,a"]),
        ),
        **{
            name: st.one_of(among(["0", "1", "-1", "1e3", "999999999999999999999", "+5", "٣", "1.0", ""]), TEXTS)
            for name in ("skip", "limit", "take")
        },
        "formatting": among(["plainText", "string", "\0"]) | TEXTS,
        **dict.fromkeys(
            ("goalId", "sessionId", "ownerId", "metricOwnerId", "metricOwnerIds", "status", "expand", "x\x00y"), TEXTS
        ),
        "includeMetrics": among(["true", "True", "maybe"]),
    },
)


def query_string(query: dict[str, str]) -> str:
    """The query of an address, lone surrogates as the bytes that careless encoders make of them."""
    return "&".join(
        f"{quote(name, safe='$')}={quote(value.encode('utf-8', 'surrogatepass'), safe='{}:,$')}"
        for name, value in query.items()
    )


HEADER_VALUES: SearchStrategy[str] = st.one_of(
    st.text(st.characters(max_codepoint=255), max_size=60),
    among(["", "-1", "9" * 40, "0x10", "y" * 1_000_000, "text/plain; charset=utf-16", "100-continue", "\xff\xfe"]),
)
HEADERS: SearchStrategy[dict[str, str]] = st.dictionaries(
    st.sampled_from(["content-type", "content-length", "host", "origin", "accept", "x-forwarded-for", "expect"]),
    HEADER_VALUES,
    max_size=3,
)

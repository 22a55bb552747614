"""The calls that Milepost is measured with, as raw requests."""

from __future__ import annotations

from random import Random
from urllib.parse import quote

import company
from company import SESSION, Company
from servers import request

from milepost.dialects.gtmhub.wire.metrics import MetricDto
from milepost.domain import ids

READ, LIST, CHECK_IN = "read one", "list 100", "check-in"
READ_WHOLE = "read one, with trend and history"
LIST_OF_SESSION, LIST_OF_GOAL = "list 100 by session", "list by goalId"

# So many different records are asked for in turn.
POOL = 500
SKIPS = range(0, SESSION, 100)
# The pages of a session that are full in the smallest account too: an empty one would look fast.
FULL_PAGES = range(0, SESSION // 2, 100)
# What a key result is asked for beside others' answers: every field but the two long ones, which nobody else has.
FIELDS = ",".join(name for name in MetricDto.__struct_encode_fields__ if name not in ("trend", "metricHistory"))
BODY = '{"actual": 42.5, "comment": "as planned", "confidence": 0.7}'


def compared(of: Company) -> dict[str, list[str]]:
    """The three kinds of calls that every server is asked."""
    headers = bearer(of)
    some = sample(of.key_result_ids)
    return {
        READ: [request("GET", f"api/v1/metrics/{one}?fields={FIELDS}", headers) for one in some],
        LIST: [_page(of.cycle_ids[0], skip, headers) for skip in SKIPS],
        CHECK_IN: check_ins(headers, some),
    }


def check_ins(headers: dict[str, str], key_result_ids: list[str]) -> list[str]:
    """A check-in of each of some key results."""
    return [request("POST", f"api/v1/metrics/{one}/checkin", headers, BODY) for one in key_result_ids]


def further(of: Company) -> dict[str, list[str]]:
    """The kinds of calls that are held against constant answers only: the signed ones, which soon expire, first."""
    headers, some = bearer(of), sample(of.key_result_ids)
    signed = {**headers, "Authorization": company.signed_header(of)}
    uuids = [ids.as_uuid(one) for one in some]
    filtered = f'{{sessionId:"{of.cycle_ids[0]}",attainment:{{$gte:0.5}}}}'
    cycle = ids.as_uuid(of.cycle_ids[0])
    return {
        "SimpleOKR: read one, signed": [request("GET", f"v1/keyresults/{one}", signed) for one in uuids],
        "SimpleOKR: list 100, signed": [request("GET", f"v1/keyresults?cycle_id={cycle}", signed)],
        "SimpleOKR: read one, token": [request("GET", f"v1/keyresults/{one}", headers) for one in uuids],
        READ_WHOLE: [request("GET", f"api/v1/metrics/{one}", headers) for one in some],
        "list 100, with trend and history": [
            request("GET", f"api/v2/metrics?limit=100&skip={skip}", headers) for skip in SKIPS
        ],
        "list 100, filter": [_listing(headers, filtered, "limit=100")],
    }


def growing(of: Company) -> dict[str, list[str]]:
    """The kinds of calls whose cost is to stay as the company grows, spread over all of it."""
    headers = bearer(of)
    some = sample(of.key_result_ids, 5_000)
    cycles = sample(of.cycle_ids, 50)
    return {
        READ_WHOLE: [request("GET", f"api/v1/metrics/{one}", headers) for one in some],
        LIST_OF_SESSION: [_page(cycle, skip, headers) for cycle in cycles for skip in FULL_PAGES],
        LIST_OF_GOAL: [
            _listing(headers, f'{{goalId:"{one}"}}', f"limit=100&fields={FIELDS}") for one in sample(of.objective_ids)
        ],
        CHECK_IN: check_ins(headers, some),
    }


def numbered(calls: dict[str, list[str]]) -> dict[str, list[str]]:
    """The same requests, each with the number of its kind in a header: the constant server answers by that."""
    return {
        name: [one.replace("\r\n", f"\r\nx-answer: {number}\r\n", 1) for one in texts]
        for number, (name, texts) in enumerate(calls.items())
    }


def sample(records: list[str], size: int = POOL) -> list[str]:
    """So many of them, the same ones each time."""
    return Random(1).sample(records, min(size, len(records)))


def bearer(of: Company) -> dict[str, str]:
    """The headers of a client with a token."""
    return {"Authorization": f"Bearer {of.token}", "gtmhub-accountId": of.account_id}


def _page(cycle_id: str, skip: int, headers: dict[str, str]) -> str:
    return _listing(headers, f'{{sessionId:"{cycle_id}"}}', f"sort=name&limit=100&skip={skip}&fields={FIELDS}")


def _listing(headers: dict[str, str], condition: str, more: str) -> str:
    return request("GET", f"api/v2/metrics?filter={quote(condition)}&{more}", headers)

"""docs/compatibility.md against what it is made of, and against the contracts of both APIs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import compatibility

CONTRACTS = Path(__file__).parents[2] / "shared" / "contracts"


def test_the_page_is_what_route_tables_and_readmes_say_now() -> None:
    assert compatibility.PAGE.read_text("utf-8") == compatibility.text(), "run `make docs`"


def test_every_call_of_the_contract_is_on_the_page() -> None:
    """SimpleOKR's are held against its route table by that dialect's test_operations.py."""
    contract = CONTRACTS / "gtmhub.md"
    if not contract.exists():
        pytest.skip(f"the contract is not beside this checkout: {contract.name}")
    part = compatibility.text().partition("## The SimpleOKR API")[0]
    served = {(method, anonymous(path)) for method, path in re.findall(r"^\| `(\w+) /v[12](\S+)`", part, re.MULTILINE)}
    rows = re.findall(r"^\| ([^|]*`/[^|]*) \|", contract.read_text("utf-8"), re.MULTILINE)
    assert len(rows) > 25
    for row in rows:
        paths = {anonymous(path) for path in re.findall(r"`(/[^`?]*)", row)}
        for path in paths:
            assert any(path == known for _, known in served), (path, row)
        for method in re.findall(r"\b(GET|POST|PUT|PATCH|DELETE)\b", row):
            # A row may name an item's calls beside the path of the list alone.
            assert any(method == one and known.startswith(tuple(paths)) for one, known in served), (method, row)


def test_what_is_not_served_is_said() -> None:
    assert "`/kpis*`" in compatibility.not_served("gtmhub")
    assert compatibility.not_served("simpleokr") == ""


def anonymous(call: str) -> str:
    """A call whose parameters have no names, in either way to write them."""
    return re.sub(r"{\w+}|:\w+", "{}", call).rstrip("/")

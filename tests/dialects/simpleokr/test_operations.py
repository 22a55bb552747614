"""Section 5: the 23 operations, no more, and nothing else in the dialect's README."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from milepost.dialects import simpleokr
from milepost.dialects.simpleokr.routes import ROUTES
from milepost.domain.people import Capability

CONTRACT = Path(__file__).parents[4] / "shared" / "contracts" / "simpleokr.md"
MISSING = "the contract is not beside this project (shared/contracts/simpleokr.md): its table was not compared"

OPERATIONS = {
    "GET /users",
    "GET /users/{id}",
    *(f"{method} /{name}" for name in ("teams", "cycles", "objectives") for method in ("GET", "POST")),
    *(f"{method} /{name}/{{id}}" for name in ("teams", "cycles", "objectives") for method in ("GET", "POST", "DELETE")),
    "GET /objectives/{id}/keyresults",
    "POST /objectives/{id}/keyresults",
    "GET /keyresults",
    "GET /keyresults/{id}",
    "POST /keyresults/{id}",
    "DELETE /keyresults/{id}",
}


def calls_of(table: str) -> set[str]:
    """The calls that the first column of the contract's table names, such as "GET, POST, DELETE `/teams/:id`"."""
    found = set()
    for cell in re.findall(r"^\| ([A-Z][^|]*`[^|]*) \|", table, re.MULTILINE):
        for methods, paths in re.findall(r"([A-Z]+(?:, [A-Z]+)*) (`[^`]+`(?:, `[^`]+`)*)", cell):
            for path in re.findall(r"`([^`?]+)[^`]*`", paths):
                found |= {f"{method} {path.replace(':id', '{id}')}" for method in methods.split(", ")}
    return found


def test_there_are_23_operations_and_no_more() -> None:
    routes = [f"{route.method} {route.path}" for route in ROUTES]
    assert len(routes) == len(set(routes)) == 23
    assert set(routes) == OPERATIONS


def test_they_are_those_of_the_contract() -> None:
    if not CONTRACT.exists():
        pytest.skip(MISSING)
    _, _, after = CONTRACT.read_text(encoding="utf-8").partition("\n## 5 ")
    assert calls_of(after.partition("\n## ")[0]) == OPERATIONS


def test_what_each_call_needs() -> None:
    """Teams and cycles are the admins', as in the other dialect; viewers read."""
    for route in ROUTES:
        if route.method == "GET":
            expected = Capability.READ
        elif route.path.startswith(("/teams", "/cycles")):
            expected = Capability.ADMINISTER
        else:
            expected = Capability.CONTRIBUTE
        assert route.needs is expected, f"{route.method} {route.path}"


def test_the_readme_names_every_call_and_no_other() -> None:
    text = (Path(simpleokr.__file__).parent / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"`((?:GET|POST|DELETE) /[^`]*)`", text)) == OPERATIONS

"""Write docs/compatibility.md: every call of both APIs, made of the route tables and the dialects' READMEs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

from milepost import dialects
from milepost.asgi.openapi import Operation
from milepost.dialects.gtmhub import description as gtmhub
from milepost.dialects.simpleokr import description as simpleokr

PAGE = Path(__file__).parent.parent / "docs" / "compatibility.md"
_NAMES = {"gtmhub": "Gtmhub", "simpleokr": "SimpleOKR"}
_OPERATIONS = {"gtmhub": gtmhub.operations, "simpleokr": simpleokr.operations}
_BASES = {
    "gtmhub": "Under `/api`, and again under `/results/api`. v2 has lists only.",
    "simpleokr": "Under `/v1`.",
}


def text() -> str:
    """The whole page."""
    return "\n".join(_lines())


def readme(name: str) -> str:
    """The README of a dialect."""
    return (Path(dialects.__file__).parent / name / "README.md").read_text("utf-8")


def section(name: str, heading: str) -> str:
    """What stands under a heading of a dialect's README."""
    found = re.search(rf"^## {heading}\n\n(.*?)(?=^## |\Z)", readme(name), re.MULTILINE | re.DOTALL)
    if found is None:
        raise SystemExit(f"the README of {name} has no section {heading!r}")
    return found[1].strip()


def not_served(name: str) -> str:
    """What a dialect's README says that is not served, "" where it says nothing of the kind."""
    found = re.search(r"^Not served.*?(?=\n\n)", readme(name), re.MULTILINE | re.DOTALL)
    return found[0] if found else ""


def _lines() -> Iterator[str]:
    yield "# What is served, and what differs"
    yield ""
    yield "Made by `make docs` from the route tables and the dialects' READMEs; a test fails while it is stale."
    yield "The same calls are described for programs in `/api/openapi.json` and `/v1/openapi.json`, to be read and"
    yield "tried at `/docs` of every server."
    yield ""
    yield "A client that keeps to what its service documented needs another address, and a token or a key of this"
    yield "server, which may be the one that it has. What differs stands beneath each table: first what is known to"
    yield "differ, then what was chosen where documentation, payloads and clients are silent."
    for name, title in _NAMES.items():
        yield from (
            "",
            f"## The {title} API",
            "",
            f"{_BASES[name]} Every call may also answer",
            f"{_always(name)}.",
            "",
        )
        yield from ("| call | what it is for | role | success | refusals |", "|---|---|---|--:|---|")
        yield from (_row(name, call) for call in _OPERATIONS[name]())
        if said := not_served(name):
            yield from ("", said)
        yield from ("", "### Known differences", "", section(name, "Known differences"))
        yield from ("", "### Choices, where documentation, payloads and clients are silent", "")
        yield re.sub(r"\A(?!1\.).*?(?=^1\. )", "", section(name, "Choices"), flags=re.MULTILINE | re.DOTALL)
    yield ""


def _always(name: str) -> str:
    """The refusals that calls have in common, with their names."""
    return ", ".join(f"{status} {HTTPStatus(status).phrase}" for status in sorted(_common(name)))


def _common(name: str) -> set[int]:
    """The refusals of all calls but one at most."""
    calls = list(_OPERATIONS[name]())
    counts = Counter(status for call in calls for status in call.refusals)
    return {status for status, count in counts.items() if count >= len(calls) - 1}


def _row(name: str, call: Operation) -> str:
    own = ", ".join(
        [str(status) for status in call.refusals if status not in _common(name)]
        + [f"never {status}" for status in sorted(_common(name) - {*call.refusals})]
    )
    role = call.description.rstrip(".").rpartition(" ")[2] or "any"
    summary = f"{call.summary} (deprecated)" if call.deprecated else call.summary
    return f"| `{call.method} {call.path}` | {summary} | {role} | {call.status} | {own} |"


if __name__ == "__main__":
    PAGE.write_text(text(), "utf-8")

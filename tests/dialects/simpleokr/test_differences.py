"""What the dialect's README lists: every choice and every known difference names the test that shows it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from acme import Acme
from milepost.dialects import simpleokr
from milepost.domain.ids import as_uuid
from wire import InProcess

README = (Path(simpleokr.__file__).parent / "README.md").read_text(encoding="utf-8")
TESTS = Path(__file__).parents[2]
HERE = Path(__file__).parent


def listed(heading: str) -> list[str]:
    """The numbered entries of a section, in their order."""
    section = README.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return re.split(r"^\d+\. ", section, flags=re.MULTILINE)[1:]


@pytest.mark.parametrize("heading", ["Choices", "Known differences"])
def test_every_entry_names_a_test_that_there_is(heading: str) -> None:
    entries = listed(heading)
    assert entries
    for entry in entries:
        witnesses = re.findall(r"`([\w/]+\.(?:py|http))`", entry.partition("→")[2])
        assert witnesses, f"which test shows this? {entry}"
        for witness in witnesses:
            places = (HERE / witness, HERE / "transcripts" / witness, HERE.parent / witness, TESTS / witness)
            assert any(place.exists() for place in places), witness


@pytest.mark.parametrize(("attribute", "limit"), [("name", 4_000), ("description", 200_000)])
def test_how_long_a_text_may_be(anna: InProcess, acme: Acme, attribute: str, limit: int) -> None:
    client, path = anna.at("/v1"), f"objectives/{as_uuid(acme.growth)}"
    standing = client.get(path).json
    assert client.post(path, standing | {attribute: "é" * limit}).status == 200
    refused = client.post(path, standing | {attribute: "é" * (limit + 1)})
    assert (refused.status, list(refused.json["details"])) == (400, [attribute])

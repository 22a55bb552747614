"""A cycle with more in it than one page shows."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from acme import Acme
from browsing import Browser
from milepost.actions import cycles, key_results, objectives
from milepost.actions.cycles import CycleChange
from milepost.domain.change import KeyResultChange, ObjectiveChange
from milepost.domain.instants import DAY

SignedIn = Callable[[str], Browser]
_AIMS, _MEASURES = 12, 14


@pytest.fixture
def cycle(acme: Acme) -> str:
    """Twelve objectives, each beneath the one before, with fourteen key results: Ben owns every other one."""
    context = acme.context(acme.anna)
    change = CycleChange(name="Large", starts_at=acme.clock.now - DAY, ends_at=acme.clock.now + 90 * DAY)
    made = cycles.add(context, change).id
    above = ""
    for aim in range(_AIMS):
        above = objectives.add(context, made, ObjectiveChange(name=f"Aim {aim}", parent_id=above)).objective.id
        for number in range(_MEASURES):
            owner = acme.ben if number % 2 else acme.anna
            measure = KeyResultChange(name=f"Measure {aim}.{number}.", target=10.0, owner_ids=(owner.id,))
            key_results.add(context, above, measure)
    return f"/cycles/{made}"


def shown(browser: Browser, address: str) -> list[str]:
    return re.findall(r">(Measure [0-9.]+)</a>", browser.open(address).body.decode())


def test_its_pages_hold_everything_once(signed_in: SignedIn, cycle: str) -> None:
    anna = signed_in("anna")
    pages = [shown(anna, f"{cycle}?page={number}") for number in (1, 2)]
    assert all(0 < len(page) <= 100 for page in pages)
    assert sorted(pages[0] + pages[1]) == sorted(
        f"Measure {aim}.{number}." for aim in range(_AIMS) for number in range(_MEASURES)
    )
    assert shown(anna, f"{cycle}?page=99") == pages[1]


def test_what_is_wanted_is_wanted_on_every_page(signed_in: SignedIn, cycle: str, acme: Acme) -> None:
    anna = signed_in("anna")
    wanted = f"{cycle}?owner={acme.ben.id}&sort=newest"
    page = anna.open(wanted).body.decode()
    assert len(shown(anna, wanted)) == _AIMS * _MEASURES // 2
    assert "aria-current" in page
    assert 'aria-label="Pages of this cycle"' not in page
    everything = anna.open(f"{cycle}?health=stale&sort=newest").body.decode()
    assert "No objective or key result matches these filters" in everything
    acme.clock.forward(days=9)
    stale = anna.open(f"{cycle}?health=stale&sort=newest").body.decode()
    onward = re.findall(r'href="([^"]*page=2)"', stale)
    assert onward == [f"{cycle}?health=stale&amp;sort=newest&amp;page=2"]
    assert shown(anna, onward[0].replace("&amp;", "&"))

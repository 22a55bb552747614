"""A plugin of pytest for the runs that ask only whether any test fails: the quickest first, and no search for the
smallest example that does.
"""

from __future__ import annotations

import zlib

import pytest
from hypothesis import HealthCheck, Phase, settings


def pytest_make_parametrize_id(val: object) -> str | None:
    """Texts by a number: mutmut asks for each test by its name, and pytest finds none that has a backslash in it."""
    return f"{zlib.crc32(val.encode('utf-8', 'surrogatepass')):x}" if type(val) is str else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Those that need no database before the others, and those with one example before those with many."""
    items.sort(key=_slowness)


def pytest_collection_finish() -> None:
    """After tests/conftest.py has chosen its own profile."""
    settings.register_profile(
        "hasty",
        derandomize=True,
        database=None,
        deadline=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    settings.load_profile("hasty")


def _slowness(item: pytest.Item) -> tuple[bool, bool]:
    return "engine" in getattr(item, "fixturenames", ()), hasattr(getattr(item, "obj", None), "hypothesis")

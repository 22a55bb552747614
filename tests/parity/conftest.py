"""Acme, seen by its admin through both dialects."""

from __future__ import annotations

import pytest

from acme import Acme
from sides import Sides
from wire import InProcess


@pytest.fixture
def sides(acme: Acme, anna: InProcess) -> Sides:
    return Sides(acme, anna, anna.at("/v1"))

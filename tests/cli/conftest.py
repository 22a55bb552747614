"""A person at a terminal, for every test of the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from terminal import Terminal


@pytest.fixture
def milepost(tmp_path: Path) -> Terminal:
    """`milepost`, with a database file that is not there yet."""
    return Terminal(tmp_path)


@pytest.fixture
def company(milepost: Terminal) -> Terminal:
    """`milepost`, with one account in which Anna is an admin and Ben a member."""
    milepost.right("account", "add", "Acme")
    milepost.right("user", "add", "anna@acme.test", "--name", "Anna Ahlberg", "--role", "admin")
    milepost.right("user", "add", "ben@acme.test", "--name", "Ben Bauer")
    return milepost

"""Browsers in process, signed in and not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from acme import Acme
from browsing import Browser
from wire import InProcess


@pytest.fixture
def browser(anna: InProcess) -> Browser:
    """A browser in which nobody is signed in."""
    return Browser(anna)


@pytest.fixture
def signed_in(anna: InProcess, acme: Acme) -> Callable[[str], Browser]:
    """Gives a browser in which somebody of the small company is signed in, such as "vera"."""

    def made(name: str) -> Browser:
        browser = Browser(anna)
        assert browser.sign_in(acme.tokens[name]).status == 303
        return browser

    return made

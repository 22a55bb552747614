"""Browsers: one in process, that keeps its cookie and sends a page's forms back, and Chromium over a real server."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from html import unescape
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import sync_playwright

from wire import InProcess, Reply

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
_PROOF = re.compile(r'name="proof" value="([0-9a-f]+)"')


class Browser:
    """What somebody opens pages with; `cookie` is what the server gave it last, as "name=value"."""

    def __init__(self, wire: InProcess) -> None:
        self.wire = wire.acting("", "")
        self.cookie = ""

    def open(self, path: str, headers: Mapping[str, str] | None = None, method: str = "GET") -> Reply:
        """Ask for a page, without following where it sends us."""
        return self._keeping(self.wire.request(method, path, headers=self._headers(headers)))

    def send(self, path: str, fields: Mapping[str, str], headers: Mapping[str, str] | None = None) -> Reply:
        """Send a form, just as it is given."""
        form = {"content-type": "application/x-www-form-urlencoded"}
        body = urlencode(fields).encode()
        return self._keeping(
            self.wire.request("POST", path, raw=body, headers=self._headers({**form, **(headers or {})}))
        )

    def submit(self, path: str, fields: Mapping[str, str]) -> Reply:
        """Send a form with the proof that this browser's pages hold."""
        return self.send(path, {"proof": self.proof(), **fields})

    def proof(self) -> str:
        """The proof that this browser's pages hold."""
        found = _PROOF.search(self.open("/").body.decode())
        assert found is not None, "nobody is signed in"
        return found.group(1)

    def sign_in(self, code: str, **fields: str) -> Reply:
        """Sign in by a link's code, or by a token."""
        return self.send("/sign-in", {"code": code, **fields})

    @property
    def is_signed_in(self) -> bool:
        """Whether the first page opens."""
        return self.open("/").status == 200

    def _headers(self, more: Mapping[str, str] | None) -> dict[str, str]:
        return {**({"cookie": self.cookie} if self.cookie else {}), **(more or {})}

    def _keeping(self, reply: Reply) -> Reply:
        if "set-cookie" in reply.headers:
            self.cookie = reply.headers["set-cookie"].partition(";")[0]
        return reply


def text_of(reply: Reply) -> str:
    """What stands on a page, without its tags."""
    return unescape(re.sub(r"<[^>]+>", " ", reply.body.decode()))


@contextmanager
def chromium() -> Iterator[Chromium]:
    """The machine's browser; the test is skipped, with a reason, where there is none."""
    if CHROMIUM is None:
        pytest.skip("no Chromium here: install your system's package `chromium` to see the page in a browser")
    with sync_playwright() as browsers:
        browser = browsers.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()

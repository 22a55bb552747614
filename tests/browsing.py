"""Browsers: one in process, that keeps its cookie and sends a page's forms back, and Chromium over a real server."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import sync_playwright

from wire import InProcess, Reply

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
_PROOF = re.compile(r'name="proof" value="([0-9a-f]+)"')

Fields = Mapping[str, str | Sequence[str]]


class Browser:
    """What somebody opens pages with; `cookie` is what the server gave it last to know it by, as "name=value", and
    `question` what it is to bring back from a provider.
    """

    def __init__(self, wire: InProcess) -> None:
        self.wire = wire.acting("", "")
        self.cookie = self.question = ""

    def open(self, path: str, headers: Mapping[str, str] | None = None, method: str = "GET") -> Reply:
        """Ask for a page, without following where it sends us."""
        return self._keeping(self.wire.request(method, path, headers=self._headers(headers)))

    def send(self, path: str, fields: Fields, headers: Mapping[str, str] | None = None) -> Reply:
        """Send a form, just as it is given."""
        form = {"content-type": "application/x-www-form-urlencoded"}
        body = urlencode(fields, doseq=True).encode()
        return self._keeping(
            self.wire.request("POST", path, raw=body, headers=self._headers({**form, **(headers or {})}))
        )

    def submit(self, path: str, fields: Fields) -> Reply:
        """Send a form with the proof that this browser's pages hold."""
        return self.send(path, {"proof": self.proof(), **fields})

    def fill(self, path: str, **changes: str | Sequence[str]) -> Reply:
        """Open the page that has a form, and send what stands in it with some fields changed."""
        return self.send(path, {**fields_of(self.open(path), path), **changes})

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
        kept = "; ".join(one for one in (self.cookie, self.question) if one)
        return {**({"cookie": kept} if kept else {}), **(more or {})}

    def _keeping(self, reply: Reply) -> Reply:
        for given in reply.headers.get("set-cookie", "").splitlines():
            one = given.partition(";")[0]
            if "question" in one.partition("=")[0]:
                self.question = one
            else:
                self.cookie = one
        return reply


def fields_of(reply: Reply, action: str) -> dict[str, str | Sequence[str]]:
    """What a browser would send with the form of a page that goes to an address, by the names of its fields."""
    read = _Fields(action)
    read.feed(reply.body.decode())
    return {**read.single, **read.several}


class _Fields(HTMLParser):
    """Reads the fields of one form: inputs, boxes, lists and areas. What is disabled is not sent."""

    def __init__(self, action: str) -> None:
        super().__init__()
        self.single: dict[str, str] = {}
        self.several: dict[str, list[str]] = {}
        self._action, self._within, self._field = action, False, ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._within = found.get("action") == self._action
        if not self._within:
            return
        if tag == "option" and self._field and ("selected" in found or self._field not in self.single):
            self.single[self._field] = found["value"]
        if tag not in ("input", "select", "textarea") or "disabled" in found:
            return
        name = found["name"]
        if found.get("type") == "checkbox":
            self.several.setdefault(name, []).extend([found["value"]] if "checked" in found else [])
        elif tag == "input":
            self.single[name] = found.get("value", "")
        else:
            self._field = name
            if tag == "textarea":
                self.single[name] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag in ("select", "textarea"):
            self._field = ""
        elif tag == "form":
            self._within = False

    def handle_data(self, data: str) -> None:
        if self._field and self.get_starttag_text() and (self.get_starttag_text() or "").startswith("<textarea"):
            self.single[self._field] += data.removeprefix("\n")


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

"""Take the pictures of docs/tour.md: Chromium walks through the demo company. `make tour` runs it.

The demo tells of today, so the pictures are other ones each time; what they show stays.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from playwright.sync_api import Browser, Page

from browsing import chromium

PICTURES = Path(__file__).parent.parent / "docs" / "tour"
_WIDE, _PHONE = 1100, 390
# A picture that is taller tells nobody more.
_TALLEST = 1_400
_LINK = re.compile(r"http\S+/sign-in\?code=\S+")


class Stop(msgspec.Struct, frozen=True):
    """One picture: its name, and what leads from the first page to what it shows."""

    name: str
    walk: Callable[[Page], None]
    width: int = _WIDE
    dark: bool = False


def _stay(_page: Page) -> None:
    """The first page itself."""


def _check_in(page: Page) -> None:
    page.locator("details.say summary").first.click()


def _cycle(page: Page) -> None:
    """The one that runs: a key result of one's own stands in it."""
    _key_result(page)
    page.get_by_label("Where this is").get_by_role("link").first.click()


def _key_result(page: Page) -> None:
    page.locator(".row a.name").first.click()


def _link(*names: str) -> Callable[[Page], None]:
    """Through links of these names."""

    def walk(page: Page) -> None:
        for name in names:
            page.get_by_role("link", name=name, exact=True).first.click()

    return walk


def _behind_the_cycle(name: str) -> Callable[[Page], None]:
    """The running cycle, and on through a link there."""

    def walk(page: Page) -> None:
        _cycle(page)
        page.get_by_role("link", name=name).first.click()

    return walk


def _new_key_result(page: Page) -> None:
    _cycle(page)
    page.locator("section.objective h2 a").first.click()
    page.get_by_role("link", name="New key result").first.click()


STOPS = (
    Stop("mine", _stay),
    Stop("check-in", _check_in),
    Stop("cycle", _cycle),
    Stop("key-result", _key_result),
    Stop("new-key-result", _new_key_result),
    Stop("weeks", _behind_the_cycle("Week by week")),
    Stop("compare", _behind_the_cycle("Compare with the cycle before")),
    Stop("people", _link("People")),
    Stop("audit", _link("Audit")),
    Stop("transfer", _link("Import and export")),
    Stop("mine-phone", _check_in, _PHONE, dark=True),
    Stop("key-result-phone", _key_result, _PHONE, dark=True),
    Stop("weeks-phone", _behind_the_cycle("Week by week"), _PHONE, dark=True),
)


@contextmanager
def _demo() -> Iterator[str]:
    """The link that signs in to a demo company, which is served for as long as the context lasts."""
    command = [sys.executable, "-m", "milepost", "demo", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        said = ""
        for line in process.stdout or ():
            said += line
            if line.startswith("Listening"):
                break
        found = _LINK.search(said)
        if found is None:
            sys.exit(f"the demo did not start: {said}")
        yield found.group(0)
        process.terminate()


def _taken(browser: Browser, address: str, state: Path, stop: Stop) -> None:
    context = browser.new_context(
        viewport={"width": stop.width, "height": 760},
        color_scheme="dark" if stop.dark else "light",
        reduced_motion="reduce",
        locale="en-GB",
        timezone_id="Europe/Amsterdam",
        storage_state=state,
    )
    page = context.new_page()
    page.goto(address)
    stop.walk(page)
    page.wait_for_load_state("networkidle")
    tall = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": stop.width, "height": min(tall, _TALLEST)})
    page.screenshot(path=PICTURES / f"{stop.name}.png")
    context.close()


def main() -> None:
    PICTURES.mkdir(exist_ok=True)
    with _demo() as link, chromium() as browser:
        first = browser.new_context()
        page = first.new_page()
        page.goto(link)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/")
        state = first.storage_state()
        first.close()
        for stop in STOPS:
            _taken(browser, link.partition("/sign-in")[0], state, stop)
            print(f"docs/tour/{stop.name}.png")


if __name__ == "__main__":
    main()

"""The page to read and try the APIs: all of it from here, and what it sends is what a client would."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

import acme
from acme import Acme
from milepost.actions import keys
from milepost.actions.context import operator
from milepost.store.migrate import open_database
from milepost.store.vault import vault
from server import Server
from wire import InProcess

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def test_the_page_names_nothing_that_is_not_served_here(anna: InProcess) -> None:
    stranger = anna.acting("", "")
    page = stranger.request("GET", "/docs")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in page.headers["content-security-policy"]
    named = re.findall(r'(?:src|href)="([^"]+)"', page.body.decode())
    assert {"/docs/page.js", "/docs/swagger-ui-bundle.js", "/api/openapi.json", "/v1/openapi.json"} <= set(named)
    for address in named:
        if address != "data:,":
            reply = stranger.request("GET", address)
            assert reply.status == 200, address
            assert reply.headers.get("x-content-type-options", "nosniff") == "nosniff"


def test_a_browser_that_has_a_file_is_not_sent_it_again(anna: InProcess) -> None:
    first = anna.request("GET", "/docs/swagger-ui-bundle.js")
    assert first.headers["cache-control"] == "public, max-age=3600"
    assert first.headers["content-type"].startswith("text/javascript")
    again = anna.request("GET", "/docs/swagger-ui-bundle.js", headers={"if-none-match": first.headers["etag"]})
    assert (again.status, again.body) == (304, b"")
    assert anna.request("POST", "/docs/swagger-ui-bundle.js").status == 405


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Acme, tuple[str, str], str]]:
    """Acme, a key of its admin's, and the address of a server over it."""
    path = tmp_path_factory.mktemp("reference") / "milepost.db"
    database = open_database(path)
    made = acme.build(database)
    boss = operator(database, made.account.id, made.clock)
    key, secret = keys.add(boss, vault("", path), "anna@acme.test")
    database.close()
    server = Server(Path(path))
    yield made, (key.credential, secret), server.address
    server.stop()


@pytest.fixture
def page() -> Iterator[Page]:
    """A browser's page that fails the test if anything goes wrong in it."""
    if CHROMIUM is None:
        pytest.skip("no Chromium here: install your system's package `chromium` to see the page in a browser")
    with sync_playwright() as browsers:
        browser = browsers.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        shown = browser.new_page()
        said: list[str] = []
        # A refusal that a test asks for is not the page's fault.
        shown.on("console", lambda message: said.append(message.text) if "401" not in message.text else None)
        shown.on("pageerror", lambda error: said.append(str(error)))
        shown.on("requestfailed", lambda request: said.append(request.url))
        yield shown
        browser.close()
        assert said == []


def authorize(page: Page, **values: str) -> None:
    """Fill in the dialog of the button "Authorize"."""
    page.click(".btn.authorize")
    for scheme, value in values.items():
        form = page.locator(".auth-container").filter(has=page.locator("h4 code", has_text=re.compile(f"^{scheme}$")))
        form.locator("input").fill(value)
        form.locator(".authorize").click()
    page.click(".btn-done >> nth=0")


def tried(page: Page, operation: str, **parameters: str) -> tuple[str, str]:
    """The status and the text of the answer of an operation that is tried out."""
    block = page.locator(f"#operations-{operation}")
    block.locator(".opblock-summary-control").click()
    block.locator(".try-out__btn").click()
    for name, value in parameters.items():
        block.locator(f"tr[data-param-name='{name}'] input").fill(value)
    block.locator("button.execute").click()
    answer = block.locator(".live-responses-table .response")
    return (
        answer.locator(".response-col_status").inner_text().split()[0],
        answer.locator(".highlight-code").first.inner_text(),
    )


def test_a_call_of_the_gtmhub_api_can_be_tried(page: Page, company: tuple[Acme, tuple[str, str], str]) -> None:
    made, _, address = company
    page.goto(f"{address}/docs")
    authorize(page, token=made.tokens["anna"], account=made.account.id)
    status, text = tried(page, "metrics-metrics_list_v2", fields="name,actual")
    assert status == "200"
    assert '"Monthly revenue"' in text


def test_a_call_of_the_simpleokr_api_is_signed_by_the_page(
    page: Page, company: tuple[Acme, tuple[str, str], str]
) -> None:
    """A server that is there for all sees the signature only, never the secret."""
    _, (credential, secret), address = company
    sent: list[dict[str, str]] = []
    page.on("request", lambda request: sent.append(request.headers))
    page.goto(f"{address}/docs?urls.primaryName=SimpleOKR")
    authorize(page, signature=f" {credential} : {secret} ")
    status, text = tried(page, "cycles-cycles_list")
    assert status == "200"
    assert '"Q3 2026"' in text
    assert sent[-1]["authorization"].startswith(f"S1-HMAC-SHA256 Credential={credential}&Timestamp=")
    assert not any(secret in value for headers in sent for value in headers.values())


@pytest.mark.parametrize("written", ["{0}", "{0}&x:{1}", "{0}:", "{0} {1}", "{0}: {1} {1}"])
def test_what_is_no_key_is_not_sent(page: Page, company: tuple[Acme, tuple[str, str], str], written: str) -> None:
    _, pair, address = company
    sent: list[dict[str, str]] = []
    page.on("request", lambda request: sent.append(request.headers))
    page.goto(f"{address}/docs?urls.primaryName=SimpleOKR")
    authorize(page, signature=written.format(*pair))
    assert tried(page, "cycles-cycles_list")[0] == "401"
    assert not any(part in value for headers in sent for value in headers.values() for part in pair)

"""What people do, in a real browser over a real server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect

import acme
from acme import Acme
from browsing import chromium
from milepost.actions import check_ins, cycles, key_results, objectives, people, signing_in, teams, tokens
from milepost.actions.context import Context, operator
from milepost.actions.cycles import CycleChange
from milepost.actions.people import UserChange
from milepost.actions.teams import TeamChange
from milepost.app import clock
from milepost.domain import ids
from milepost.domain.change import KeyResultChange, ObjectiveChange
from milepost.domain.check_in import Entry
from milepost.domain.custom_field import CustomField
from milepost.domain.instants import DAY
from milepost.domain.token import TokenKind
from milepost.store import custom_fields
from milepost.store.migrate import open_database
from server import Server

# Where pictures of the pages go, for people to look at; git leaves it alone.
_PICTURES = Path(__file__).parents[2] / "screenshots"
_HOSTILE = "<script>document.title='taken'</script>\"'><img src=x onerror=\"document.title='taken'\">"

# Pages on which nobody's words about objectives and key results stand in the open.
_WITHOUT_TEXTS = (
    "cycles", "new-cycle", "edit-cycle", "new-objective", "transfer", "company", "new-person", "new-team",
)  # fmt: skip


class Place(msgspec.Struct):
    """The small company behind a server, in a cycle that runs today."""

    acme: Acme
    team: str
    path: Path
    address: str

    def link(self, email: str) -> str:
        with closing(open_database(self.path)) as database:
            code = signing_in.link(operator(database, self.acme.account.id, clock), email)
        return f"{self.address}/sign-in?code={code}"

    def now(self, key_result: str) -> float:
        with closing(open_database(self.path)) as database:
            boss = operator(database, self.acme.account.id, clock)
            return key_results.get(Context(database, boss.actor, clock, "test"), key_result).key_result.current


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """A company of its own for each test."""
    path = tmp_path / "milepost.db"
    with closing(open_database(path)) as database:
        made = acme.build(database)
        boss, now = operator(database, made.account.id, clock), clock()
        team = teams.add(boss, TeamChange(name="Sales", manager_id=made.anna.id, member_ids=(made.ben.id,))).id
        for name, kind in (("Region", "dropdown"), ("Sites", "multiselect"), ("Public", "boolean"), ("Until", "date")):
            settings = {"settings": {"options": ["North", "South"]}} if kind in ("dropdown", "multiselect") else {}
            field = CustomField(made.account.id, ids.new(now), name, name, "Whose it is", kind, now, now, settings)
            custom_fields.records.insert(database, field)
        cycles.revise(boss, made.q3.id, CycleChange(starts_at=now - 45 * DAY, ends_at=now + 45 * DAY))
        cycles.add(boss, CycleChange(name="Q2 2026", starts_at=now - 135 * DAY, ends_at=now - 46 * DAY))
    server = Server(path, environment={"MILEPOST_FAILED_SIGN_INS": "off"})
    yield Place(made, team, path, server.address)
    server.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Chromium]:
    """The machine's Chromium."""
    with chromium() as found:
        yield found


def opened(browser: Chromium, place: Place, email: str, *, scripts: bool = True, dark: bool = False) -> Page:
    """The first page, signed in by a link."""
    context = browser.new_context(
        java_script_enabled=scripts,
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce",
        locale="en-GB",
        timezone_id="Europe/Berlin",
    )
    context.set_default_timeout(10_000)
    page = context.new_page()
    page.goto(place.link(email))
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("My key results")
    return page


def watched(page: Page) -> list[str]:
    """What goes wrong in a page from now on: errors, refusals of the policy, what cannot be loaded."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    # What a page no longer needs, since its window or the page itself is another, is not asked for to the end.
    page.on("requestfailed", lambda one: None if one.failure == "net::ERR_ABORTED" else said.append(one.url))
    return said


def pages_of(place: Place) -> dict[str, str]:
    """Every page by a name for its picture."""
    made = place.acme
    return {
        "mine": "/",
        "cycles": "/cycles",
        "cycle": f"/cycles/{made.q3.id}",
        "weeks": f"/cycles/{made.q3.id}/weeks",
        "compare": f"/cycles/{made.q3.id}/compare",
        "objective": f"/objectives/{made.growth}",
        "key-result": f"/key-results/{made.revenue}",
        "transfer": "/transfer",
        "new-cycle": "/cycles/new",
        "edit-cycle": f"/cycles/{made.q3.id}/edit",
        "new-objective": f"/cycles/{made.q3.id}/objectives/new",
        "edit-objective": f"/objectives/{made.growth}/edit",
        "delete-objective": f"/objectives/{made.growth}/delete",
        "new-key-result": f"/objectives/{made.growth}/key-results/new",
        "edit-key-result": f"/key-results/{made.revenue}/edit",
        "people": "/people",
        "company": "/company",
        "person": f"/people/{made.ben.id}",
        "new-person": "/people/new",
        "team": f"/teams/{place.team}",
        "new-team": "/teams/new",
        "access": "/access",
        "everybodys-access": "/access?of=everybody",
        "audit": "/audit",
        "nothing": f"/key-results/{'0' * 24}",
    }


def furnish(place: Place, text: str) -> None:
    """Write a text wherever people may write one."""
    with closing(open_database(place.path)) as database:
        boss = operator(database, place.acme.account.id, clock)
        objectives.revise(boss, place.acme.growth, ObjectiveChange(name=text, description=text))
        key_results.revise(boss, place.acme.revenue, KeyResultChange(name=text, description=text))
        check_ins.record(boss, place.acme.revenue, Entry(value=30.0, comment=text))
        people.revise(boss, place.acme.ben.id, UserChange(name=text))
        teams.revise(boss, place.team, TeamChange(name=text, description=text))
        tokens.add(boss, "anna@acme.test", text)


def test_a_check_in_needs_the_keyboard_alone(browser: Chromium, place: Place) -> None:
    page = opened(browser, place, "anna@acme.test")
    said = watched(page)
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.tagName") == "SUMMARY":
            break
    page.keyboard.press("Enter")
    expect(page.get_by_label("Value")).to_be_focused()
    page.keyboard.type("42")
    page.keyboard.press("Tab")
    page.keyboard.type("80")
    page.keyboard.press("Tab")
    page.keyboard.type("Two customers signed")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Checked in: 42")
    expect(page.locator("details.say summary")).to_be_focused()
    assert page.url == f"{place.address}/"
    assert said == []
    assert place.now(place.acme.revenue) == 42.0
    page.context.close()


def test_a_check_in_needs_no_script(browser: Chromium, place: Place) -> None:
    page = opened(browser, place, "anna@acme.test", scripts=False)
    page.locator("details.say summary").click()
    page.get_by_label("Value").fill("17.5")
    page.get_by_role("button", name="Check in").click()
    page.wait_for_url(f"{place.address}/")
    assert "17.5" in page.locator(".row .values").inner_text()
    assert place.now(place.acme.revenue) == 17.5
    page.context.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_what_is_wrong_is_said_beside_its_field(browser: Chromium, place: Place, scripts: bool) -> None:
    page = opened(browser, place, "anna@acme.test", scripts=scripts)
    page.locator("details.say summary").click()
    page.get_by_label("Value").fill("many")
    page.get_by_role("button", name="Check in").click()
    expect(page.locator("#fault-value")).to_contain_text("must be a number")
    assert page.get_by_label("Value").input_value() == "many"
    page.context.close()


def test_a_row_stays_in_its_list_whatever_becomes_of_its_form(browser: Chromium, place: Place) -> None:
    page = opened(browser, place, "anna@acme.test")
    page.locator("details.say summary").click()
    page.get_by_label("Value").fill("many")
    page.get_by_label("Comment").fill("What I know")
    page.get_by_role("button", name="Check in").click()
    expect(page.get_by_role("status")).to_contain_text("Value must be a number")
    expect(page.get_by_label("Value")).to_be_focused()
    page.get_by_label("Value").fill("30")
    page.context.set_offline(True)
    page.get_by_role("button", name="Check in").click()
    expect(page.get_by_role("status")).to_contain_text("The server did not answer.")
    assert page.get_by_label("Comment").input_value() == "What I know"
    page.context.set_offline(False)
    yesterday = page.evaluate("new Date(Date.now() - 864e5).toISOString().slice(0, 10)")
    page.get_by_label("As of").fill(yesterday)
    page.get_by_role("button", name="Check in").click()
    expect(page.get_by_role("status")).to_contain_text("Checked in: 30")
    expect(page.locator("#waits")).to_have_text("None waits for a check-in.")
    assert page.url == f"{place.address}/"
    assert place.now(place.acme.revenue) == 30.0
    page.context.close()


def test_a_viewer_sees_nothing_to_write_into(browser: Chromium, place: Place) -> None:
    page = opened(browser, place, "vera@acme.test")
    for path in pages_of(place).values():
        page.goto(place.address + path)
        forms = page.locator("main form[method=post]")
        own = [one.get_attribute("action") or "" for one in forms.all()]
        if path == "/access":  # his own ways in are his to make and close: he has no other form
            assert own.count("/access/tokens") == 1
            assert all(one.startswith("/access/tokens") for one in own)
        else:
            assert own == [], path
            assert page.locator("textarea, main button:not(.quiet)").count() == 0, path
    page.context.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_plan_is_made_followed_changed_and_taken_back(browser: Chromium, place: Place, scripts: bool) -> None:
    page = opened(browser, place, "anna@acme.test", scripts=scripts)
    said = watched(page)
    page.get_by_role("link", name="Cycles", exact=True).click()
    page.get_by_role("link", name="New cycle").click()
    page.get_by_label("Name").fill("Next quarter")
    page.get_by_label("First day").fill("2026-10-01")
    page.get_by_label("Last day").fill("2099-12-31")
    page.get_by_role("button", name="Make this cycle").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Next quarter")
    page.get_by_role("link", name="Set the first one").click()
    page.get_by_label("Name").fill("Be known")
    page.get_by_text("Further owners").first.click()
    page.get_by_label("More owners").fill("Ben Bauer")
    page.get_by_role("button", name="Make this objective").click()
    expect(page.get_by_text("Ben Bauer")).to_be_visible()
    page.get_by_role("link", name="Add the first one").click()
    page.get_by_label("Name").fill("Readers")
    page.get_by_label("Target").fill("many")
    page.get_by_role("button", name="Make this key result").click()
    expect(page.locator("#fault-target")).to_have_text("Target must be a number such as 42 or 42.5.")
    page.get_by_label("Target").fill("1 000")
    page.get_by_role("button", name="Make this key result").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Readers")
    page.get_by_label("Value").fill("250")
    page.get_by_role("button", name="Check in").click()
    expect(page.locator(".history .number").first).to_have_text("250")
    page.get_by_role("link", name="Edit", exact=True).click()
    page.get_by_label("Name").fill("Readers a day")
    page.get_by_text("How it is written and weighed").click()
    page.get_by_label("Behind the value").fill(" people")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Readers a day")
    page.get_by_role("link", name="Edit", exact=True).click()
    page.get_by_role("link", name="Delete this key result").click()
    expect(page.get_by_text("1 check-in", exact=True)).to_be_visible()
    page.get_by_role("button", name="Delete this key result").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Be known")
    expect(page.get_by_role("link", name="Add the first one")).to_be_visible()
    # What could not be taken was a 400, and who goes on at once does not wait for the picture.
    assert [one for one in said if "400" not in one and not one.endswith("/history.svg")] == []
    page.context.close()


def sign_everybody_out(place: Place) -> None:
    with closing(open_database(place.path)) as database:
        boss = operator(database, place.acme.account.id, clock)
        for token in tokens.everyone(boss):
            if token.kind is TokenKind.BROWSER:
                tokens.revoke(boss, token.id)


def test_who_has_signed_out_is_asked_to_sign_in(browser: Chromium, place: Place) -> None:
    page = opened(browser, place, "anna@acme.test")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Sign-in code, or a token")).to_be_visible()
    page.goto(f"{place.address}/cycles")
    assert page.url.startswith(f"{place.address}/sign-in?next=")
    page.context.close()


def test_who_was_signed_out_elsewhere_goes_on_where_he_was(browser: Chromium, place: Place) -> None:
    page = opened(browser, place, "anna@acme.test")
    sign_everybody_out(place)
    page.get_by_role("link", name="Cycles", exact=True).click()
    page.get_by_label("Sign-in code, or a token").fill(place.acme.tokens["anna"])
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Cycles")
    page.context.close()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_what_was_written_before_one_was_signed_out_is_sent_after(
    browser: Chromium, place: Place, scripts: bool
) -> None:
    page = opened(browser, place, "anna@acme.test", scripts=scripts)
    page.get_by_text("Check in: ").first.click()
    row = page.locator("details[open] form")
    row.get_by_label("Value").fill("47")
    row.get_by_label("Comment").fill("written in time")
    sign_everybody_out(place)
    row.get_by_role("button").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You are signed out")
    expect(page.get_by_text("written in time")).to_be_visible()
    with page.context.expect_page() as other:
        page.get_by_role("link", name="Sign in").click()
    other.value.get_by_label("Sign-in code, or a token").fill(place.acme.tokens["anna"])
    other.value.get_by_role("button", name="Sign in").click()
    expect(other.value.get_by_role("heading", level=1)).to_have_text("My key results")
    page.get_by_role("button", name="Send it now").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("My key results")
    with closing(open_database(place.path)) as database:
        said = database.connection.execute("SELECT value, comment FROM check_ins WHERE comment = 'written in time'")
        assert said.fetchall() == [(47.0, "written in time")]
    page.context.close()


def test_a_page_of_another_site_sends_nothing(browser: Chromium, place: Place) -> None:
    page = opened(browser, place, "anna@acme.test")
    form = (
        f'<form method="post" action="{place.address}/key-results/{place.acme.revenue}/check-ins">'
        '<input name="value" value="99"><button>Win a prize</button></form>'
    )
    page.route("http://prizes.test/", lambda route: route.fulfill(body=form, content_type="text/html"))
    page.goto("http://prizes.test/")
    with page.expect_navigation():
        page.get_by_role("button").click()
    assert page.url.startswith(place.address)
    assert page.get_by_text("99").count() == 0
    assert place.now(place.acme.revenue) != 99.0
    page.goto(place.address)
    expect(page.get_by_role("heading", level=1)).to_have_text("My key results")
    page.context.close()


def test_what_people_write_is_text(browser: Chromium, place: Place) -> None:
    furnish(place, _HOSTILE)
    page = opened(browser, place, "anna@acme.test")
    said = watched(page)
    for name, path in pages_of(place).items():
        if name == "nothing":
            continue
        page.goto(place.address + path)
        assert page.title().endswith("Milepost"), path
        assert page.locator("img[src=x], main script").count() == 0, path
        seen = page.get_by_text(_HOSTILE).filter(visible=True)  # what can be chosen of a list is seen once it is open
        if name not in _WITHOUT_TEXTS:
            expect(seen.first, path).to_be_visible()
    page.goto(place.address)
    page.locator("details.say summary").click()
    page.get_by_label("Comment").fill(_HOSTILE)
    page.get_by_role("button", name="Check in").click()
    expect(page.get_by_role("status")).to_contain_text("Checked in")
    assert page.locator("img[src=x], main script").count() == 0
    assert said == []
    page.context.close()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_page_is_for_everybody_and_fits(browser: Chromium, place: Place, dark: bool) -> None:
    """No finding of axe that is serious or worse, nothing wider than a phone, and a picture of each page."""
    furnish(place, "Half of all sign-ups come back within a week")
    page = opened(browser, place, "anna@acme.test", dark=dark)
    said = watched(page)
    found = []
    _PICTURES.mkdir(exist_ok=True)
    for name, path in {**pages_of(place), "sign-in": "/sign-in"}.items():
        for width in (360, 1100):
            page.set_viewport_size({"width": width, "height": 800})
            page.goto(place.address + path)
            for summary in page.locator("details summary").all():
                summary.click()
            result = Axe().run(page).response["violations"]
            found += [
                (name, width, one["id"], one["nodes"][0]["html"])
                for one in result
                if one["impact"] in ("serious", "critical")
            ]
            if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
                found.append((name, width, "wider than the window", ""))
            page.screenshot(path=_PICTURES / f"{name}-{width}-{'dark' if dark else 'light'}.png", full_page=True)
    page.context.close()
    assert found == []
    assert [one for one in said if "404" not in one] == []


@pytest.mark.parametrize("scripts", [True, False])
def test_a_file_is_shown_then_taken_then_had_again(
    browser: Chromium, place: Place, tmp_path: Path, scripts: bool
) -> None:
    page = opened(browser, place, "anna@acme.test", scripts=scripts)
    page.get_by_role("link", name="Import and export").click()
    table = tmp_path / "Ziele ✓.csv"
    table.write_text("Cycle,Objective,Key result,Target\nQ4 2026,Delight customers,NPS,60\nQ4 2026,,Calls,many\n")
    page.get_by_label("File").set_input_files(table)
    page.get_by_role("button", name="See what would be taken").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What would be taken")
    expect(page.get_by_text("row 3, target")).to_be_visible()
    assert page.get_by_text("Ziele ✓.csv").count() == 5
    if scripts:
        assert [one for one in Axe().run(page).response["violations"] if one["impact"] in ("serious", "critical")] == []
    page.get_by_role("button", name="Import it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Imported")
    page.get_by_role("link", name="See the cycles").click()
    page.get_by_role("link", name="Q4 2026").click()
    expect(page.get_by_role("link", name="NPS")).to_be_visible()
    page.goto(f"{place.address}/transfer")
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV of key results").click()
    assert "NPS" in download.value.path().read_text(encoding="utf-8-sig")
    page.context.close()

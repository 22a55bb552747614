"""Cycles, objectives and key results are made, changed and deleted on pages."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from acme import Acme
from browsing import Browser, fields_of, text_of
from milepost.actions import cycles, key_results, objectives, teams
from milepost.actions.cycles import CycleChange
from milepost.actions.teams import TeamChange
from milepost.domain import instants
from milepost.domain.change import KeyResultChange, ObjectiveChange
from milepost.domain.cycle import Cycle, CycleState
from milepost.domain.key_result import Format, KeyResult, Kind, Tag
from milepost.domain.objective import Objective, ObjectiveStatus
from milepost.store import cycles as stored_cycles
from wire import Reply

SignedIn = Callable[[str], Browser]
HOSTILE = "<script>document.title='taken'</script>\"'><img src=x onerror=\"document.title='taken'\">{{ 7*7 }}"


def made(reply: Reply) -> str:
    """The id of what a form has made, whose page comes next."""
    assert reply.status == 303, text_of(reply)
    return reply.headers["location"].rpartition("/")[2]


def cycle(acme: Acme, cycle_id: str) -> Cycle:
    return cycles.get(acme.context(acme.anna), cycle_id)


def objective(acme: Acme, objective_id: str) -> Objective:
    return objectives.find(acme.context(acme.anna), objective_id)


def key_result(acme: Acme, key_result_id: str) -> KeyResult:
    return key_results.find(acme.context(acme.anna), key_result_id)


def trail(acme: Acme) -> int:
    return int(acme.database.connection.execute("SELECT count(*) FROM audit").fetchone()[0])


def test_a_cycle_has_whole_days_in_its_own_time_zone(signed_in: SignedIn, acme: Acme) -> None:
    anna = signed_in("anna")
    days = {"starts_at": "2026-10-01", "ends_at": "2026-12-31", "time_zone": "America/New_York"}
    one = cycle(acme, made(anna.fill("/cycles/new", name="Q4 2026", parent_id=acme.q3.id, **days)))
    assert (one.name, one.state, one.parent_id) == ("Q4 2026", CycleState.OPEN, acme.q3.id)
    assert one.starts_at == instants.parse("2026-10-01T04:00:00Z", "")
    assert one.ends_at == instants.parse("2027-01-01T04:59:59.999999Z", "")
    page = text_of(anna.open(f"/cycles/{one.id}"))
    assert "1 October to 31 December 2026" in page
    assert "Q4 2026" in text_of(anna.open("/cycles"))


def test_days_stay_the_same_in_another_time_zone(signed_in: SignedIn, acme: Acme) -> None:
    assert signed_in("anna").fill(f"/cycles/{acme.q3.id}/edit", time_zone="Asia/Tokyo").status == 303
    one = cycle(acme, acme.q3.id)
    assert one.starts_at == instants.parse("2026-06-30T15:00:00Z", "")
    assert one.ends_at == instants.parse("2026-10-01T14:59:59.999999Z", "")  # Berlin has October when it ends


def test_what_nobody_touches_stays_to_the_microsecond(signed_in: SignedIn, acme: Acme) -> None:
    """A form shows days; a program has said more."""
    anna = signed_in("anna")
    before, at = trail(acme), acme.q3.ends_at
    assert anna.fill(f"/cycles/{acme.q3.id}/edit").status == 303
    assert anna.fill(f"/objectives/{acme.growth}/edit").status == 303
    assert anna.fill(f"/key-results/{acme.revenue}/edit").status == 303
    assert trail(acme) == before
    assert anna.fill(f"/cycles/{acme.q3.id}/edit", name="Third quarter").status == 303
    assert cycle(acme, acme.q3.id).name == "Third quarter"
    assert cycle(acme, acme.q3.id).ends_at == at


def test_two_who_edit_at_once_do_not_undo_each_others_work(signed_in: SignedIn, acme: Acme) -> None:
    anna, ben = signed_in("anna"), signed_in("ben")
    path = f"/key-results/{acme.revenue}/edit"
    opened = fields_of(ben.open(path), path)
    assert anna.fill(path, target="250", tags=["eu"]).status == 303
    assert ben.send(path, {**opened, "name": "Revenue a month"}).status == 303
    one = key_result(acme, acme.revenue)
    assert (one.name, one.target, [tag.title for tag in one.tags]) == ("Revenue a month", 250.0, ["eu"])


def test_an_objective_is_made_with_all_that_it_takes(signed_in: SignedIn, acme: Acme) -> None:
    team = teams.add(acme.context(acme.anna), TeamChange(name="Sales")).id
    ben = signed_in("ben")
    path = f"/cycles/{acme.q3.id}/objectives/new"
    sent = {
        "description": "Line one\r\nLine two",
        "first_owner": team,
        "owner_ids": [acme.ben.id, acme.anna.id],
        "more_tags": "growth, eu ,growth",
        "starts_at": "2026-07-15",
        "ends_at": "2026-08-15",
        "aim": "company",
        "counts": "both",
    }
    one = objective(acme, made(ben.fill(path, name="Be known", parent_id=acme.growth, **sent)))
    assert one.owner_ids == (team, acme.ben.id, acme.anna.id)
    assert [tag.title for tag in one.tags] == ["growth", "eu"]
    assert (one.parent_id, one.description) == (acme.growth, "Line one\nLine two")
    assert (one.is_company, one.is_personal, one.counts_children) == (True, False, True)
    assert one.starts_at == instants.parse("2026-07-14T22:00:00Z", "")
    assert one.ends_at == instants.parse("2026-08-15T21:59:59.999999Z", "")
    page = text_of(ben.open(f"/objectives/{one.id}"))
    for words in ("Be known", "Line one", "Sales", "Ben Bauer"):
        assert words in page


def test_a_link_beneath_an_objective_has_chosen_it(signed_in: SignedIn, acme: Acme) -> None:
    anna = signed_in("anna")
    address = f"/cycles/{acme.q3.id}/objectives/new?parent={acme.growth}"
    assert address in anna.open(f"/objectives/{acme.growth}").body.decode()
    shown = fields_of(anna.open(address), address.partition("?")[0])
    assert shown["parent_id"] == acme.growth
    assert shown["first_owner"] == "Anna Ahlberg <anna@acme.test>"


def test_a_key_result_is_made_with_all_that_it_takes(signed_in: SignedIn, acme: Acme) -> None:
    anna = signed_in("anna")
    path = f"/objectives/{acme.growth}/key-results/new"
    sent = {
        "kind": "in_range",
        "start": "1 000",
        "target": "2,5",
        "target_max": "1200.5",
        "current": "7",
        "confidence": "65",
        "prefix": "€",
        "suffix": "k",
        "fraction_size": "2",
        "weight": "3",
        "due_at": "2026-09-15",
        "more_tags": "eu",
    }
    one = key_result(acme, made(anna.fill(path, name="Margin", **sent)))
    assert (one.kind, one.start, one.target, one.target_max) == (Kind.IN_RANGE, 1000.0, 2.5, 1200.5)
    assert (one.format, one.weight) == (Format(2, "€", "k"), 3.0)
    assert one.due_at == instants.parse("2026-09-15T21:59:59.999999Z", "")
    assert one.confidence is not None
    assert (one.current, one.confidence.value, one.check_in_count) == (7.0, 0.65, 1)
    page = text_of(anna.open(f"/key-results/{one.id}"))
    assert "€7.00k" in page
    assert "15 September 2026" in page


def test_a_milestone_and_a_baseline_need_no_target(signed_in: SignedIn, acme: Acme) -> None:
    path, anna = f"/objectives/{acme.growth}/key-results/new", signed_in("anna")
    milestone = key_result(acme, made(anna.fill(path, name="Launch", kind="milestone", target="7")))
    baseline = key_result(acme, made(anna.fill(path, name="Visits", kind="baseline")))
    assert (milestone.target, baseline.kind) == (1.0, Kind.BASELINE)
    assert milestone.check_in_count == 0


def test_owners_and_tags_that_a_form_does_not_know_stay(signed_in: SignedIn, acme: Acme) -> None:
    """The account as an owner; what a program has kept beside a tag."""
    context = acme.context(acme.anna)
    standing = KeyResultChange(
        owner_ids=(acme.anna.id, acme.account.id, acme.ben.id), tags=(Tag("eu", {"color": "#fff"}), Tag("uk"))
    )
    key_results.revise(context, acme.revenue, standing)
    anna, path = signed_in("anna"), f"/key-results/{acme.revenue}/edit"
    assert anna.fill(path, more_tags="us", tags=["eu"], first_owner=acme.ben.id).status == 303
    one = key_result(acme, acme.revenue)
    assert one.owner_ids == (acme.ben.id, acme.account.id)
    assert one.tags == (Tag("eu", {"color": "#fff"}), Tag("us"))


def test_a_parent_that_nobody_knows_stays(signed_in: SignedIn, acme: Acme) -> None:
    """An import may keep one."""
    strange = "0" * 24
    kept = msgspec.structs.replace(cycle(acme, acme.q3.id), parent_id=strange)
    stored_cycles.records.update(acme.database, kept)
    anna = signed_in("anna")
    assert anna.fill(f"/cycles/{acme.q3.id}/edit", name="Renamed").status == 303
    assert cycle(acme, acme.q3.id).parent_id == strange
    assert anna.fill(f"/objectives/{acme.growth}/edit", name="Renamed").status == 303


def test_an_objective_goes_to_another_cycle_and_beneath_another(signed_in: SignedIn, acme: Acme) -> None:
    context = acme.context(acme.anna)
    q4 = cycles.add(context, CycleChange(name="Q4"))
    above = objectives.add(context, acme.q3.id, ObjectiveChange(name="Above")).objective.id
    path = f"/objectives/{acme.growth}/edit"
    assert signed_in("anna").fill(path, cycle=q4.id, parent_id=above).status == 303
    one = objective(acme, acme.growth)
    assert (one.cycle_id, one.parent_id) == (q4.id, above)
    assert key_result(acme, acme.revenue).cycle_id == q4.id


def test_a_key_result_goes_into_one_above(signed_in: SignedIn, acme: Acme) -> None:
    context = acme.context(acme.anna)
    child = objectives.add(context, acme.q3.id, ObjectiveChange(name="Beneath", parent_id=acme.growth)).objective.id
    anna, path = signed_in("anna"), f"/objectives/{child}/key-results/new"
    one = made(anna.fill(path, name="Part", target="10", current="4", parent_id=acme.revenue))
    assert key_result(acme, acme.revenue).current == 4.0
    assert anna.fill(f"/key-results/{one}/edit", objective=acme.growth).status == 303
    assert key_result(acme, one).objective_id == acme.growth


def test_the_status_of_an_objective_is_set_and_taken_back(signed_in: SignedIn, acme: Acme) -> None:
    ben, path = signed_in("ben"), f"/objectives/{acme.growth}/status"
    assert ben.submit(path, {"status": "abandoned", "comment": "We were wrong"}).status == 303
    page = ben.open(f"/objectives/{acme.growth}")
    assert "abandoned" in text_of(page)
    assert "We were wrong" in text_of(page)
    assert "key-results/new" not in page.body.decode()
    assert "is abandoned" in text_of(ben.open(f"/objectives/{acme.growth}/key-results/new"))
    assert "is abandoned" in text_of(ben.open(f"/key-results/{acme.revenue}/edit"))
    assert ben.submit(path, {"status": "active"}).status == 303
    assert objective(acme, acme.growth).closing.status is ObjectiveStatus.ACTIVE
    assert ben.submit(path, {"status": "won"}).status == 400


@pytest.mark.parametrize("thing", ["cycles", "objectives", "key-results"])
def test_a_page_asks_before_anything_is_deleted(signed_in: SignedIn, acme: Acme, thing: str) -> None:
    anna = signed_in("anna")
    address, after = {
        "cycles": (f"/cycles/{acme.q3.id}", "/cycles"),
        "objectives": (f"/objectives/{acme.growth}", f"/cycles/{acme.q3.id}"),
        "key-results": (f"/key-results/{acme.revenue}", f"/objectives/{acme.growth}"),
    }[thing]
    assert f'href="{address}/delete"' in anna.open(f"{address}/edit").body.decode()
    asked = text_of(anna.open(f"{address}/delete"))
    goes = {"cycles": "1 objective", "objectives": "1 key result ", "key-results": "0 check-ins"}
    assert goes[thing] in asked
    assert anna.open(address).status == 200
    reply = anna.fill(f"{address}/delete")
    assert (reply.status, reply.headers["location"]) == (303, after)
    assert anna.open(address).status == 404


def test_a_member_deletes_what_he_owns_or_made(signed_in: SignedIn, acme: Acme) -> None:
    ben = signed_in("ben")
    mine = made(ben.fill(f"/objectives/{acme.growth}/key-results/new", name="Mine", target="1", first_owner=""))
    assert "/delete" in ben.open(f"/key-results/{mine}/edit").body.decode()
    assert "/delete" not in ben.open(f"/key-results/{acme.revenue}/edit").body.decode()
    for address in (f"/key-results/{acme.revenue}", f"/objectives/{acme.growth}", f"/cycles/{acme.q3.id}"):
        assert ben.open(f"{address}/delete").status == 403
        assert ben.submit(f"{address}/delete", {}).status == 403
    assert ben.fill(f"/key-results/{mine}/delete").status == 303


def test_controls_stand_where_one_looks_for_them(signed_in: SignedIn, acme: Acme) -> None:
    where = {
        "/cycles": {"/cycles/new"},
        f"/cycles/{acme.q3.id}": {f"/cycles/{acme.q3.id}/objectives/new", f"/cycles/{acme.q3.id}/edit"},
        f"/objectives/{acme.growth}": {
            f"/objectives/{acme.growth}/key-results/new",
            f"/objectives/{acme.growth}/edit",
        },
        f"/key-results/{acme.revenue}": {f"/key-results/{acme.revenue}/edit"},
    }
    admins = {"/cycles/new", f"/cycles/{acme.q3.id}/edit"}
    for page, controls in where.items():
        shown = {name: signed_in(name).open(page).body.decode() for name in ("anna", "ben", "vera")}
        for control in controls:
            link = f'href="{control}"'
            assert link in shown["anna"]
            assert (link in shown["ben"]) is (control not in admins)
            assert link not in shown["vera"]


def test_an_empty_place_says_where_to_begin(signed_in: SignedIn, acme: Acme) -> None:
    anna, vera = signed_in("anna"), signed_in("vera")
    one = made(anna.fill("/cycles/new", name="Empty"))
    aim = made(anna.fill(f"/cycles/{one}/objectives/new", name="Bare"))
    assert "Add the first one" in text_of(anna.open(f"/objectives/{aim}"))
    assert "Add the first one" not in text_of(vera.open(f"/objectives/{aim}"))
    assert anna.fill(f"/objectives/{aim}/delete").status == 303
    assert "Set the first one" in text_of(anna.open(f"/cycles/{one}"))
    assert "Set the first one" not in text_of(vera.open(f"/cycles/{one}"))


def test_a_viewer_opens_no_form(signed_in: SignedIn, acme: Acme) -> None:
    vera, before = signed_in("vera"), trail(acme)
    for path in (
        "/cycles/new",
        f"/cycles/{acme.q3.id}/edit",
        f"/cycles/{acme.q3.id}/objectives/new",
        f"/objectives/{acme.growth}/edit",
        f"/objectives/{acme.growth}/delete",
        f"/objectives/{acme.growth}/key-results/new",
        f"/key-results/{acme.revenue}/edit",
        f"/key-results/{acme.revenue}/delete",
    ):
        assert vera.open(path).status == 403, path
        assert vera.submit(path, {"name": "x"}).status == 403, path
    assert trail(acme) == before


def test_what_people_write_is_text_in_forms(signed_in: SignedIn, acme: Acme) -> None:
    anna = signed_in("anna")
    one = made(anna.fill("/cycles/new", name=HOSTILE))
    aim = made(anna.fill(f"/cycles/{one}/objectives/new", name=HOSTILE, description=HOSTILE, more_tags=HOSTILE))
    path = f"/objectives/{aim}/key-results/new"
    written = {"description": HOSTILE, "prefix": HOSTILE, "suffix": HOSTILE, "more_tags": HOSTILE}
    measure = made(anna.fill(path, name=HOSTILE, target="1", **written))
    assert anna.submit(f"/objectives/{aim}/status", {"status": "achieved", "comment": HOSTILE}).status == 303
    below = (f"/cycles/{one}", f"/objectives/{aim}", f"/key-results/{measure}")
    pages = [anna.open(f"{page}{more}") for page in below for more in ("", "/edit", "/delete")]
    pages.append(anna.fill(f"/key-results/{measure}/edit", target=HOSTILE, name=""))
    pages.append(anna.fill(f"/cycles/{one}/edit", ends_at=HOSTILE, time_zone=HOSTILE, state=HOSTILE))
    for reply in pages:
        page = reply.body.decode()
        assert "<script>document" not in page
        assert "<img src=x" not in page
        assert "&lt;script&gt;" in page
    assert msgspec.json.decode(str(fields_of(pages[1], f"/cycles/{one}/edit")["was"]))

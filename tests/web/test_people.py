"""People and teams: who sees them, who changes them, and that nobody locks an account out of itself."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from msgspec.structs import replace

from acme import Acme
from browsing import Browser, fields_of, text_of
from milepost.actions import key_results, objectives, people, teams
from milepost.actions.people import UserChange
from milepost.actions.teams import TeamChange
from milepost.domain.change import KeyResultChange, ObjectiveChange
from milepost.domain.ids import is_id
from milepost.domain.people import Role
from milepost.domain.query import Query
from milepost.store import teams as stored
from milepost.web.pages import people as page
from statements import counted
from visiting import asked, visitor
from wire import InProcess

SignedIn = Callable[[str], Browser]
HOSTILE = "<script>document.title='taken'</script>\"'><img src=x onerror=\"document.title='taken'\">{{ 7*7 }}"
CARL = {"name": "Carl Gustav Dahl", "email": "carl@acme.test", "role": "member"}


def sales(acme: Acme, *members: str) -> str:
    return teams.add(acme.context(acme.anna), TeamChange(name="Sales", member_ids=members)).id


@pytest.mark.parametrize("who", ["anna", "ben", "vera"])
def test_everybody_sees_people_and_teams(signed_in: SignedIn, acme: Acme, who: str) -> None:
    team = sales(acme, acme.ben.id)
    browser = signed_in(who)
    listed = browser.open("/people")
    assert listed.status == 200
    for said in ("Anna Ahlberg", "ben@acme.test", "viewer", "Sales", "3 people, 1 team"):
        assert said in text_of(listed), said
    assert "Ben Bauer" in text_of(browser.open(f"/teams/{team}"))
    assert "Sales" in text_of(browser.open(f"/people/{acme.ben.id}"))
    assert "Rita" not in text_of(listed)


@pytest.mark.parametrize("who", ["ben", "vera"])
def test_who_is_no_admin_sees_no_form_and_is_refused(signed_in: SignedIn, acme: Acme, who: str) -> None:
    team, browser = sales(acme), signed_in(who)
    for path in ("/people", f"/people/{acme.ben.id}", f"/teams/{team}"):
        shown = browser.open(path).body.decode()
        assert re.findall(r'method="post" action="([^"]*)"', shown) == ["/sign-out"], path
        assert "/people/new" not in shown
        assert "/audit" not in shown
    for path in ("/people/new", "/teams/new"):
        assert browser.open(path).status == 403
    for path, fields in (
        ("/people/new", CARL),
        (f"/people/{acme.ben.id}", {**CARL, "role": "admin"}),
        (f"/people/{acme.ben.id}/link", {}),
        (f"/people/{acme.anna.id}/deactivate", {}),
        (f"/people/{acme.anna.id}/activate", {}),
        ("/teams/new", {"name": "x"}),
        (f"/teams/{team}", {"name": "x"}),
        (f"/teams/{team}/remove", {}),
    ):
        assert browser.submit(path, fields).status == 403, path
    assert people.get(acme.context(acme.anna), acme.ben.id).role is Role.MEMBER
    assert teams.get(acme.context(acme.anna), team).name == "Sales"


def test_an_admin_adds_somebody_who_can_be_signed_in(signed_in: SignedIn, anna: InProcess, acme: Acme) -> None:
    admin = signed_in("anna")
    gone = admin.submit("/people/new", CARL).headers["location"]
    made = people.by_email(acme.context(acme.anna), "carl@acme.test")
    assert gone == f"/people/{made.id}"
    assert (made.name, made.first_name, made.last_name) == ("Carl Gustav Dahl", "Carl", "Gustav Dahl")
    reply = admin.submit(f"{gone}/link", {})
    assert reply.status == 200
    assert "no-store" in reply.headers["cache-control"]
    found = re.search(r"http://milepost\.test/sign-in\?code=(mp_\w+)", text_of(reply))
    assert found is not None
    assert found.group(1) not in admin.open(gone).body.decode()
    carl = Browser(anna)
    assert carl.sign_in(found.group(1)).status == 303
    assert "Carl Gustav Dahl" in text_of(carl.open("/"))


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 5000}, "name"),
        ({"email": "nowhere"}, "email"),
        ({"email": "BEN@acme.test"}, "email"),
        ({"role": "owner"}, "role"),
        ({"role": ""}, "role"),
    ],
    ids=str,
)
def test_what_cannot_be_stands_beside_its_field(
    signed_in: SignedIn, acme: Acme, fields: dict[str, str], wrong: str
) -> None:
    admin, before = signed_in("anna"), people.everyone(acme.context(acme.anna))
    sent = {**CARL, "name": "<b>Carl</b>", **fields}
    for path in ("/people/new", f"/people/{acme.vera.id}"):
        reply = admin.submit(path, sent)
        assert reply.status == 400, path
        assert f'id="fault-{wrong}"' in reply.body.decode()
        assert 'aria-invalid="true"' in reply.body.decode()
        assert fields.keys() >= {"email"} or 'value="carl@acme.test"' in reply.body.decode()
        assert "<b>Carl" not in reply.body.decode()
    assert people.everyone(acme.context(acme.anna)) == before


def test_an_admin_changes_a_name_an_address_and_a_role(signed_in: SignedIn, acme: Acme) -> None:
    admin, path = signed_in("anna"), f"/people/{acme.ben.id}"
    assert admin.submit(path, {"name": "Benno Bauer", "email": "benno@acme.test", "role": "viewer"}).status == 303
    after = people.get(acme.context(acme.anna), acme.ben.id)
    assert (after.name, after.first_name, after.email, after.role) == (
        "Benno Bauer",
        "Benno",
        "benno@acme.test",
        "viewer",
    )


def test_a_name_that_stays_keeps_its_parts(signed_in: SignedIn, acme: Acme) -> None:
    context = acme.context(acme.anna)
    change = UserChange(first_name="Anna Maria", last_name="de la Cruz", name="Anna Maria de la Cruz")
    people.revise(context, acme.vera.id, change)
    fields = {"name": "Anna Maria de la Cruz", "email": "vera@acme.test", "role": "member"}
    assert signed_in("anna").submit(f"/people/{acme.vera.id}", fields).status == 303
    after = people.get(context, acme.vera.id)
    assert (after.first_name, after.last_name, after.role) == ("Anna Maria", "de la Cruz", Role.MEMBER)


def test_the_last_active_admin_stays_one(signed_in: SignedIn, acme: Acme) -> None:
    admin, path = signed_in("anna"), f"/people/{acme.anna.id}"
    people.revise(acme.context(acme.anna), acme.ben.id, UserChange(role=Role.ADMIN, is_active=False))
    for address, fields in (
        (f"{path}/deactivate", {}),
        (path, {"name": "Anna Ahlberg", "email": "anna@acme.test", "role": "member"}),
    ):
        reply = admin.submit(address, fields)
        assert reply.status == 409
        assert "without an active admin" in text_of(reply)
    after = people.get(acme.context(acme.anna), acme.anna.id)
    assert (after.role, after.is_active) == (Role.ADMIN, True)
    assert admin.submit(f"/people/{acme.ben.id}/activate", {}).status == 303
    assert admin.submit(f"{path}/deactivate", {}).status == 303
    assert not admin.is_signed_in


def test_who_is_deactivated_is_out_and_gets_no_link(signed_in: SignedIn, acme: Acme) -> None:
    admin, ben, path = signed_in("anna"), signed_in("ben"), f"/people/{acme.ben.id}"
    assert ben.is_signed_in
    assert admin.submit(f"{path}/deactivate", {}).status == 303
    assert not ben.is_signed_in
    shown = text_of(admin.open(path))
    assert "not active" in shown
    assert "Make a sign-in link" not in shown
    assert admin.submit(f"{path}/link", {}).status == 409
    assert admin.submit(f"{path}/activate", {}).status == 303
    assert ben.is_signed_in


def test_an_admin_makes_changes_and_deletes_a_team(signed_in: SignedIn, acme: Acme) -> None:
    admin, context = signed_in("anna"), acme.context(acme.anna)
    path = admin.fill("/teams/new", name="Blue", manager_id="anna@acme.test").headers["location"]
    team = path.rpartition("/")[2]
    assert is_id(team)
    assert fields_of(admin.open(path), path)["manager_id"] == "Anna Ahlberg <anna@acme.test>"
    fields = {
        "name": "Green",
        "description": "All of it",
        "manager_id": "",
        "more_members": "ben bauer; VERA@acme.test",
    }
    assert admin.fill(path, **fields).status == 303
    assert teams.get(context, team).member_ids == (acme.ben.id, acme.vera.id)
    assert admin.fill(path, member_ids=[acme.ben.id]).status == 303
    after = teams.get(context, team)
    assert (after.name, after.description, after.manager_id, after.member_ids) == (
        "Green", "All of it", "", (acme.ben.id,),
    )  # fmt: skip
    shown = admin.open(path).body.decode()
    assert f'value="{acme.ben.id}" checked' in shown
    assert f'value="{acme.vera.id}" checked' not in shown
    assert admin.submit(f"{path}/remove", {}).headers["location"] == "/people"
    assert admin.open(path).status == 404


def test_a_team_is_in_no_circle_and_has_no_strangers(signed_in: SignedIn, acme: Acme) -> None:
    admin, above = signed_in("anna"), sales(acme)
    beneath = teams.add(acme.context(acme.anna), TeamChange(name="North", parent_id=above)).id
    for fields, wrong in (
        ({"parent_id": beneath}, "parent_id"),
        ({"manager_id": acme.rita.id}, "manager_id"),
        ({"manager_id": "Rita"}, "manager_id"),
        ({"member_ids": acme.rita.id}, "member_ids"),
        ({"more_members": acme.rita.email}, "more_members"),
        ({"name": ""}, "name"),
        ({"parent_id": "x\0y"}, "parent_id"),
        ({"manager_id": "x\0y"}, "manager_id"),
    ):
        reply = admin.submit(f"/teams/{above}", fields)
        assert reply.status == 400, fields
        assert f'id="fault-{wrong}"' in reply.body.decode()
        assert "Rita R" not in reply.body.decode()
    assert teams.get(acme.context(acme.anna), above).member_ids == ()


def test_members_whom_nobody_knows_stay_until_they_are_taken_out(signed_in: SignedIn, acme: Acme) -> None:
    context, team = acme.context(acme.anna), sales(acme, acme.ben.id)
    nobody = "0" * 23 + "1"
    stored.records.update(acme.database, replace(teams.get(context, team), member_ids=(acme.ben.id, nobody)))
    shown = signed_in("anna").open(f"/teams/{team}").body.decode()
    assert f'value="{nobody}" checked' in shown


def test_people_are_found_by_name_and_address_page_by_page(signed_in: SignedIn, acme: Acme) -> None:
    context = acme.context(acme.anna)
    for number in range(130):
        people.add(context, UserChange(email=f"p{number:03}@acme.test", name=f"Person {number:03}"))
    browser = signed_in("vera")
    first, second = (text_of(browser.open(f"/people?page={page}")) for page in ("1", "2"))
    assert "Person 000" in first
    assert "Person 129" in second
    assert "Person 000" not in second
    assert "Person 129" in text_of(browser.open("/people?page=9"))
    for strange in ("0", "-1", "99999999999", "x", "³", ""):
        assert browser.open(f"/people?page={strange}").status == 200
    found = text_of(browser.open("/people?q=P12"))
    assert "Person 121" in found
    assert "Person 011" not in found
    assert "Nobody here is called that" in text_of(browser.open("/people?q=zzz"))


def test_what_people_write_is_text(signed_in: SignedIn, acme: Acme) -> None:
    admin = signed_in("anna")
    person = admin.submit("/people/new", {**CARL, "name": HOSTILE}).headers["location"]
    carl = person.rpartition("/")[2]
    fields = {"name": HOSTILE, "description": HOSTILE, "manager_id": acme.ben.id, "more_members": carl}
    team = admin.submit("/teams/new", fields).headers["location"]
    for path in ("/people", person, team, "/teams/new", f"/people?q={HOSTILE}"):
        shown = admin.open(path).body.decode()
        assert "<script>document" not in shown, path
        assert "<img src=x" not in shown, path
        assert "&lt;script&gt;" in shown, path


def test_the_list_costs_the_same_however_many_there_are(acme: Acme) -> None:
    context, boss = acme.context(acme.anna), visitor(acme, acme.anna)
    costs = []
    for size in (1, 10, 40):
        for number in range(size):
            one = people.add(context, UserChange(email=f"{size}-{number}@acme.test", name="x"))
            teams.add(context, TeamChange(name="t", member_ids=(one.id, acme.ben.id), manager_id=one.id))
        with counted(acme.database) as run:
            assert page.show(asked(), boss).status == 200
        costs.append(len(run))
    assert costs[0] == costs[1] == costs[2] <= 8, costs
    assert teams.list_(context, Query()).total == 51


def test_a_page_shows_what_somebody_owns_now(signed_in: SignedIn, acme: Acme) -> None:
    context, anna = acme.context(acme.anna), signed_in("anna")
    team = teams.add(context, TeamChange(name="Growers")).id
    for path, name in ((f"/people/{acme.vera.id}", "Vera"), (f"/teams/{team}", "Growers")):
        assert "owns no objective or key result in" in text_of(anna.open(path)), name
    aim = objectives.add(
        context, acme.q3.id, ObjectiveChange(name="Their aim", owner_ids=(team, acme.vera.id))
    ).objective
    change = KeyResultChange(name="Their number", target=10, owner_ids=(acme.vera.id, team))
    made = key_results.add(context, acme.growth, change).key_result.id
    key_results.add(context, acme.growth, KeyResultChange(name="Another's", target=10, owner_ids=(acme.ben.id,)))
    for path in (f"/people/{acme.vera.id}", f"/teams/{team}"):
        page = anna.open(path)
        words = text_of(page)
        assert ("Their aim" in words, "Their number" in words, "Another's" in words) == (True, True, False)
        assert f'href="/objectives/{aim.id}"' in page.body.decode()
        assert f"/key-results/{made}/check-ins" not in page.body.decode(), "it is a page to look at"

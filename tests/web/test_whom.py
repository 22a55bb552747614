"""People and teams are named in forms by name, by address, or as suggested; there may be thousands of them."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from msgspec.structs import replace

from acme import Acme
from browsing import Browser, fields_of, text_of
from milepost.actions import key_results, people, teams
from milepost.actions.people import UserChange
from milepost.actions.teams import TeamChange
from milepost.domain import ids
from milepost.domain.change import KeyResultChange
from milepost.domain.errors import Fault
from milepost.store import teams as stored_teams
from milepost.store import users
from milepost.web import whom
from milepost.web.pages import audit, key_result_form, objective_form, team
from statements import counted
from visiting import asked, visitor

SignedIn = Callable[[str], Browser]


def owners(acme: Acme) -> tuple[str, ...]:
    return key_results.find(acme.context(acme.anna), acme.revenue).owner_ids


def of(acme: Acme, team_id: str) -> tuple[str, ...]:
    return teams.get(acme.context(acme.anna), team_id).member_ids


def crowd(acme: Acme, count: int) -> None:
    """So many more people."""
    with acme.database.transaction():
        for number in range(count):
            one = ids.new(acme.clock())
            told = {"id": one, "client_id": one, "email": f"p{number}@acme.test", "name": f"Person {number:04}"}
            users.records.insert(acme.database, replace(acme.ben, **told))


@pytest.mark.parametrize(
    "text",
    [
        "Ben Bauer",
        "  ben   BAUER ",
        "BEN@acme.test",
        "Ben Bauer <ben@acme.test>",
        "whoever <ben@acme.test>",
        "ID",
        "<ID>",
    ],
)
def test_who_is_meant_is_known_by_name_address_and_id(acme: Acme, text: str) -> None:
    faults: list[Fault] = []
    text = text.replace("ID", acme.ben.id)
    for with_teams in (False, True):
        assert whom.read(acme.context(acme.anna), text, "x", faults, with_teams=with_teams) == acme.ben.id
    assert faults == []


def test_several_are_named_with_marks_between_them(acme: Acme) -> None:
    context, faults = acme.context(acme.anna), list[Fault]()
    sales = teams.add(context, TeamChange(name="Sales")).id
    text = f"Ben Bauer <ben@acme.test>,vera@acme.test; sales,,\n ben@acme.test ; {sales}"
    assert whom.read_several(context, text, "x", faults, with_teams=True) == (acme.ben.id, acme.vera.id, sales)
    assert whom.read_several(context, " , ;", "x", faults) == ()
    assert faults == []


@pytest.mark.parametrize(
    "text", ["Rita Rossi", "rita@rival.test", "RITA", "Sales", "x\0y", "<script>", "?" * 5000, "<>a"]
)
def test_who_is_not_known_is_told_beside_the_field(acme: Acme, text: str) -> None:
    context, faults = acme.context(acme.anna), list[Fault]()
    teams.add(context, TeamChange(name="Sales"))
    assert whom.read(context, acme.rita.id if text == "RITA" else text, "manager_id", faults) == ""
    assert [one.field for one in faults] == ["manager_id"]
    assert "is no person of this account" in faults[0].message
    assert len(faults[0].message) < 400


def test_who_is_nearly_known_is_suggested(signed_in: SignedIn, acme: Acme) -> None:
    path = f"/key-results/{acme.revenue}/edit"
    reply = signed_in("anna").fill(path, first_owner="Ben")
    assert reply.status == 400
    assert "or an e-mail address, such as Ben Bauer <ben@acme.test>." in text_of(reply)
    assert fields_of(reply, path)["first_owner"] == "Ben"
    assert owners(acme) == (acme.anna.id,)


def test_of_several_with_a_name_the_address_tells_which(signed_in: SignedIn, acme: Acme) -> None:
    other = people.add(acme.context(acme.anna), UserChange(email="ben2@acme.test", name="Ben Bauer")).id
    anna, path = signed_in("anna"), f"/key-results/{acme.revenue}/edit"
    reply = anna.fill(path, first_owner="ben bauer")
    assert reply.status == 400
    said = text_of(reply)
    assert "“ben bauer” is the name of several: write Ben Bauer <" in said
    assert "ben2@acme.test> or Ben Bauer" in said or "> or Ben Bauer <ben2@acme.test>" in said
    assert anna.fill(path, first_owner="Ben Bauer <ben2@acme.test>").status == 303
    assert owners(acme) == (other,)


def test_who_has_left_is_not_chosen_but_stays(signed_in: SignedIn, acme: Acme) -> None:
    context, path = acme.context(acme.anna), f"/key-results/{acme.revenue}/edit"
    anna = signed_in("anna")
    key_results.revise(context, acme.revenue, KeyResultChange(owner_ids=(acme.anna.id, acme.vera.id)))
    for one in (acme.ben, acme.vera):
        people.revise(context, one.id, UserChange(is_active=False))
    reply = anna.fill(path, more_owners="ben@acme.test")
    assert reply.status == 400
    assert "More owners “ben@acme.test” is not active any more." in text_of(reply)
    assert anna.fill(path, first_owner="vera@acme.test").status == 303
    assert owners(acme) == (acme.vera.id,)


def test_whom_nobody_knows_can_be_written_as_he_is_shown(signed_in: SignedIn, acme: Acme) -> None:
    """The account itself may own something, and an import keeps owners of elsewhere."""
    context, path = acme.context(acme.anna), f"/key-results/{acme.revenue}/edit"
    key_results.revise(context, acme.revenue, KeyResultChange(owner_ids=(acme.anna.id, acme.account.id)))
    anna, shown = signed_in("anna"), f"the account <{acme.account.id}>"
    assert shown in text_of(anna.open(path)).replace("&lt;", "<")
    assert anna.fill(path, first_owner=shown, owner_ids=[]).status == 303
    assert owners(acme) == (acme.account.id,)
    assert fields_of(anna.open(path), path)["first_owner"] == shown
    assert anna.fill(path, first_owner="", more_owners=f"ben@acme.test, {shown}").status == 303
    assert owners(acme) == (acme.account.id, acme.ben.id)


def test_owners_are_added_and_taken_out(signed_in: SignedIn, acme: Acme) -> None:
    context, path = acme.context(acme.anna), f"/key-results/{acme.revenue}/edit"
    sales = teams.add(context, TeamChange(name="Sales")).id
    anna = signed_in("anna")
    assert anna.fill(path, more_owners="Sales, Ben Bauer").status == 303
    assert owners(acme) == (acme.anna.id, sales, acme.ben.id)
    assert anna.fill(path, owner_ids=[acme.ben.id]).status == 303
    assert owners(acme) == (acme.anna.id, acme.ben.id)
    assert anna.fill(path, first_owner="").status == 303
    assert owners(acme) == (acme.ben.id,)
    reply = anna.fill(path, more_owners="Vera Viklund, Nobody At All, Nor She")
    assert reply.status == 400
    assert text_of(reply).count("is no person or team of this account") == 2
    assert owners(acme) == (acme.ben.id,)


def test_an_owner_whom_somebody_else_has_put_first_stays(signed_in: SignedIn, acme: Acme) -> None:
    anna, path = signed_in("anna"), f"/key-results/{acme.revenue}/edit"
    opened = fields_of(anna.open(path), path)
    key_results.revise(acme.context(acme.anna), acme.revenue, KeyResultChange(owner_ids=(acme.ben.id,)))
    assert anna.send(path, {**opened, "more_owners": "vera@acme.test"}).status == 303
    assert owners(acme) == (acme.ben.id, acme.vera.id)


def test_a_name_with_marks_in_it_can_be_chosen_as_it_is_suggested(signed_in: SignedIn, acme: Acme) -> None:
    people.revise(acme.context(acme.anna), acme.ben.id, UserChange(name="Bauer, <Ben>; the\nthird"))
    anna, path = signed_in("anna"), f"/key-results/{acme.revenue}/edit"
    offered = re.findall(r'<option value="([^"]*ben@acme.test[^"]*)"', anna.open(path).body.decode())
    assert offered == ["Bauer Ben the third &lt;ben@acme.test&gt;"]
    assert anna.fill(path, more_owners="Bauer Ben the third <ben@acme.test>, vera@acme.test").status == 303
    assert owners(acme) == (acme.anna.id, acme.ben.id, acme.vera.id)


def test_the_trail_is_narrowed_by_a_name(signed_in: SignedIn, acme: Acme) -> None:
    key_results.revise(acme.context(acme.ben), acme.revenue, KeyResultChange(name="By Ben"))
    people.revise(acme.context(acme.anna), acme.ben.id, UserChange(is_active=False))
    anna = signed_in("anna")
    for query in ("Ben+Bauer", "ben%40acme.test", acme.ben.id):
        shown = anna.open(f"/audit?actor={query}")
        assert shown.body.decode().count('id="record-') == 1, query
        assert 'name="actor" type="text" value="Ben Bauer &lt;ben@acme.test&gt;"' in shown.body.decode()
    reply = anna.open("/audit?actor=Bem")
    assert reply.status == 400
    assert "Who “Bem” is no person of this account" in text_of(reply)
    assert 'id="record-' not in reply.body.decode()


def test_a_form_holds_no_more_of_a_crowd_than_it_suggests(acme: Acme) -> None:
    context, boss = acme.context(acme.anna), visitor(acme, acme.anna)
    one = teams.add(context, TeamChange(name="Sales", member_ids=(acme.ben.id,))).id
    pages = {
        "new team": lambda: team.blank(asked(), boss),
        "team": lambda: team.show(asked({"id": one}), boss),
        "audit": lambda: audit.show(asked(), boss),
        "objective": lambda: objective_form.edit(asked({"id": acme.growth}), boss),
        "key result": lambda: key_result_form.edit(asked({"id": acme.revenue}), boss),
    }
    crowd(acme, whom.SUGGESTED)
    before = {name: len(made().body.decode()) for name, made in pages.items()}
    with acme.database.transaction():
        for number in range(300):
            told = {"id": (fresh := ids.new(acme.clock())), "client_id": fresh, "name": f"Q {number}"}
            users.records.insert(acme.database, replace(acme.ben, email=f"q{number}@acme.test", **told))
    for name, made in pages.items():
        with counted(acme.database) as run:
            body = made().body.decode()
        assert len(body) == before[name], name
        assert body.count("@acme.test&gt;") <= whom.SUGGESTED + 3, name
        assert len(run) <= 25, name


def test_a_large_team_has_no_box_for_each(signed_in: SignedIn, acme: Acme) -> None:
    context = acme.context(acme.anna)
    crowd(acme, 700)
    late = people.by_email(context, "p699@acme.test").id
    inside = tuple(one.id for one in people.everyone(context) if one.id != late)
    nobody = "0" * 23 + "1"
    one = teams.add(context, TeamChange(name="All", member_ids=inside))
    stored_teams.records.update(acme.database, replace(one, member_ids=(nobody, *one.member_ids)))
    anna, path = signed_in("anna"), f"/teams/{one.id}"
    shown = anna.open(path).body.decode()
    assert shown.count('type="checkbox"') == 0
    assert "These are the first 200 of 702" in re.sub(r"<[^>]+>", "", shown)
    assert anna.fill(path, fewer_members="p5@acme.test; Person 0006", more_members="p699@acme.test").status == 303
    gone = set(one.member_ids) - set(of(acme, one.id))
    assert {people.get(context, left).email for left in gone} == {"p5@acme.test", "p6@acme.test"}
    assert of(acme, one.id)[0] == nobody
    assert of(acme, one.id)[-1] == late
    reply = anna.fill(path, fewer_members="Nobody Of Them")
    assert reply.status == 400
    assert "Who leaves “Nobody Of Them” is no person of this account" in text_of(reply)

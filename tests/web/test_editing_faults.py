"""What forms cannot take is said beside the field, in the words that stand there, and what was written stays."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from acme import Acme
from browsing import Browser, fields_of, text_of
from milepost.actions import cycles, key_results, objectives
from milepost.actions.cycles import CycleChange
from milepost.domain.change import ObjectiveChange
from milepost.domain.cycle import CycleState

SignedIn = Callable[[str], Browser]


def trail(acme: Acme) -> int:
    return int(acme.database.connection.execute("SELECT count(*) FROM audit").fetchone()[0])


def state(acme: Acme, to: CycleState) -> None:
    cycles.revise(acme.context(acme.anna), acme.q3.id, CycleChange(state=to))


# A form, what is written into it, the field that is wrong, and what stands beside it.
WRONG = [
    ("/cycles/new", {"name": ""}, "name", "Name is required."),
    ("/cycles/new", {"ends_at": "soon"}, "ends_at", "Last day must be a day such as 2026-03-31."),
    ("/cycles/new", {"starts_at": "2026-02-30"}, "starts_at", "First day must be a day such as 2026-03-31."),
    (
        "/cycles/new",
        {"starts_at": "2026-05-02", "ends_at": "2026-05-01"},
        "ends_at",
        "Last day must not lie before the start.",
    ),
    ("/cycles/new", {"time_zone": "Mars/Olympus"}, "time_zone", "Time zone must be one of those in the list."),
    ("/cycles/new", {"state": "ajar"}, "state", "State must be one of those in the list."),
    ("/cycles/new", {"parent_id": "0" * 24}, "parent_id", "Beneath is not known in this account."),
    ("/cycles/Q3/edit", {"name": ""}, "name", "Name is required."),
    ("/cycles/Q3/edit", {"parent_id": "Q3"}, "parent_id", "Beneath would make the cycle stand beneath itself."),
    ("/cycles/Q3/objectives/new", {"name": ""}, "name", "Name is required."),
    ("/cycles/Q3/objectives/new", {"name": "x" * 4001}, "name", "Name is longer than 4,000 characters."),
    ("/cycles/Q3/objectives/new", {"more_tags": "x" * 4001}, "more_tags", "More tags is longer than 4,000 characters."),
    ("/cycles/Q3/objectives/new", {"owner_ids": ["0" * 24]}, "owner_ids", "Owners the account has no user or team"),
    ("/cycles/Q3/objectives/new", {"starts_at": "2027-01-01"}, "starts_at", "First day must not lie behind the end"),
    ("/objectives/GROWTH/edit", {"parent_id": "GROWTH"}, "parent_id", "Beneath would make the objective stand beneath"),
    ("/objectives/GROWTH/edit", {"ends_at": "2020-01-01"}, "ends_at", "Last day must not lie before the start"),
    ("/objectives/GROWTH/key-results/new", {"target": ""}, "target", "Target must be a number such as 42 or 42.5."),
    ("/objectives/GROWTH/key-results/new", {"start": "few"}, "start", "Start must be a number"),
    ("/objectives/GROWTH/key-results/new", {"target": "1,000"}, "target", "Target can be read in two ways: write 1000"),
    ("/objectives/GROWTH/key-results/new", {"kind": "in_range"}, "target_max", "Upper end is needed for a range"),
    (
        "/objectives/GROWTH/key-results/new",
        {"kind": "in_range", "target_max": "1"},
        "target_max",
        "Upper end must not lie below the lower bound.",
    ),
    ("/objectives/GROWTH/key-results/new", {"weight": "-1"}, "weight", "Weight must not be negative."),
    ("/objectives/GROWTH/key-results/new", {"confidence": "120"}, "confidence", "must lie between 0 and 100."),
    ("/objectives/GROWTH/key-results/new", {"kind": "hope"}, "kind", "Kind must be one of those in the list."),
    ("/objectives/GROWTH/key-results/new", {"fraction_size": "x"}, "fraction_size", "Digits behind the point must be"),
    ("/key-results/REVENUE/edit", {"target": "1e999"}, "target", "Target must be a number"),
    ("/key-results/REVENUE/edit", {"due_at": "tomorrow"}, "due_at", "Due must be a day such as 2026-03-31."),
    ("/key-results/REVENUE/edit", {"parent_id": "REVENUE"}, "parent_id", "Its value goes into would make"),
]


@pytest.mark.parametrize(("path", "written", "field", "words"), WRONG)
def test_what_is_wrong_stands_beside_its_field_and_all_else_stays(
    signed_in: SignedIn, acme: Acme, path: str, written: dict[str, str | list[str]], field: str, words: str
) -> None:
    names = {"Q3": acme.q3.id, "GROWTH": acme.growth, "REVENUE": acme.revenue}
    for name, record_id in names.items():
        path = path.replace(f"/{name}/", f"/{record_id}/")
    written = {key: names.get(value, value) if isinstance(value, str) else value for key, value in written.items()}
    likely = {"name": "A name", "description": "Kept <b>", "target": "100", "more_tags": "kept"}
    anna, before = signed_in("anna"), trail(acme)
    shown = fields_of(anna.open(path), path)
    sent = {**shown, **{key: value for key, value in likely.items() if key in shown}, **written}
    reply = anna.send(path, sent)
    page = reply.body.decode()
    assert reply.status == 400
    beside = re.search(rf'<span class="fault" id="fault-{field}">(.*?)</span>', page)
    assert beside is not None
    assert words in beside.group(1)
    assert re.search(rf'aria-describedby="[^"]*\bfault-{field}"', page)
    assert page.count('id="fault-') == 1
    again = fields_of(reply, path)
    # It is another form than the one that was refused, and an owner whom nobody knows cannot be chosen again.
    assert again["once"] != sent["once"]
    assert {**again, "owner_ids": "", "once": ""} == {**sent, "owner_ids": "", "once": ""}
    assert trail(acme) == before


def test_every_fault_is_told_at_once(signed_in: SignedIn, acme: Acme) -> None:
    path = f"/objectives/{acme.growth}/key-results/new"
    page = signed_in("anna").fill(path, name="", start="x", target="y", due_at="z").body.decode()
    assert set(re.findall(r'id="fault-(\w+)"', page)) == {"name", "start", "target", "due_at"}
    assert page.count('role="alert"') == 1


def test_in_a_locked_cycle_a_form_holds_what_is_held(signed_in: SignedIn, acme: Acme) -> None:
    anna, path = signed_in("anna"), f"/key-results/{acme.revenue}/edit"
    stale = fields_of(anna.open(path), path)
    state(acme, CycleState.LOCKED)
    assert "only name, description, owners and tags" in text_of(anna.open(path))
    shown = fields_of(anna.open(path), path)
    assert set(shown) == {"proof", "once", "was", "name", "description", "first_owner", "more_owners", "more_tags"}
    assert anna.fill(path, name="Renamed", more_tags="eu", first_owner=acme.ben.id).status == 303
    reply = anna.send(path, {**stale, "target": "7"})
    assert reply.status == 400
    assert "Target cannot change: all is locked but the progress." in text_of(reply)
    one = key_results.find(acme.context(acme.anna), acme.revenue)
    assert (one.name, one.target, one.owner_ids) == ("Renamed", 100.0, (acme.ben.id,))
    assert anna.fill(f"/objectives/{acme.growth}/edit", name="Aim").status == 303


def test_in_a_locked_cycle_nothing_is_made_or_deleted(signed_in: SignedIn, acme: Acme) -> None:
    anna = signed_in("anna")
    state(acme, CycleState.LOCKED)
    before = trail(acme)
    assert "objectives/new" not in anna.open(f"/cycles/{acme.q3.id}").body.decode()
    assert "key-results/new" not in anna.open(f"/objectives/{acme.growth}").body.decode()
    for path in (f"/cycles/{acme.q3.id}/objectives/new", f"/objectives/{acme.growth}/key-results/new"):
        shown = anna.open(path)
        assert f"is {CycleState.LOCKED}" in text_of(shown)
        assert "<button>Make" not in shown.body.decode()
        reply = anna.submit(path, {"name": "New", "target": "1"})
        assert reply.status == 400
        assert "The cycle is locked (Q3 2026): only progress may be updated in it." in text_of(reply)
    for path in (f"/objectives/{acme.growth}", f"/key-results/{acme.revenue}"):
        assert "/delete" not in anna.open(f"{path}/edit").body.decode()
        reply = anna.submit(f"{path}/delete", {})
        assert reply.status == 400
        assert "The cycle is locked" in text_of(reply)
    assert trail(acme) == before


def test_in_a_closed_cycle_nothing_changes_until_it_is_opened(signed_in: SignedIn, acme: Acme) -> None:
    anna = signed_in("anna")
    state(acme, CycleState.CLOSED)
    for path in (f"/objectives/{acme.growth}", f"/key-results/{acme.revenue}"):
        assert f"{path}/edit" not in anna.open(path).body.decode()
        shown = anna.open(f"{path}/edit")
        assert "is closed: an admin must open it" in text_of(shown)
        assert "<button>Save" not in shown.body.decode()
        reply = anna.submit(f"{path}/edit", {"name": "x"})
        assert reply.status == 400
        assert "The cycle is closed (Q3 2026): an admin must re-open it" in text_of(reply)
    reply = anna.fill(f"/cycles/{acme.q3.id}/edit", name="Renamed")
    assert reply.status == 400
    assert "The cycle is closed" in text_of(reply)
    assert 'value="Renamed"' in reply.body.decode()
    assert anna.fill(f"/cycles/{acme.q3.id}/edit", name="Renamed", state="open").status == 303
    assert cycles.get(acme.context(acme.anna), acme.q3.id).name == "Renamed"


def test_nothing_of_another_company_can_be_named(signed_in: SignedIn, acme: Acme) -> None:
    anna, before = signed_in("anna"), trail(acme)
    for path, fields in (
        ("/cycles/new", {"name": "x", "parent_id": acme.rival_cycle}),
        (f"/cycles/{acme.q3.id}/objectives/new", {"name": "x", "parent_id": acme.rival_objective}),
        (f"/cycles/{acme.q3.id}/objectives/new", {"name": "x", "first_owner": acme.rita.id}),
        (f"/objectives/{acme.growth}/edit", {"cycle": acme.rival_cycle}),
        (
            f"/objectives/{acme.growth}/key-results/new",
            {"name": "x", "target": "1", "parent_id": acme.rival_key_result},
        ),
        (f"/key-results/{acme.revenue}/edit", {"objective": acme.rival_objective}),
        (f"/key-results/{acme.revenue}/edit", {"owner_ids": [acme.rita.id]}),
    ):
        reply = anna.fill(path, **fields)
        assert reply.status == 400, path
        for word in (b"Secret", b"Rival", b"Their revenue", b"Rita"):
            assert word not in reply.body
    assert trail(acme) == before
    assert anna.open(f"/cycles/{acme.q3.id}/objectives/new?parent={acme.rival_objective}").status == 200


def test_marks_that_are_not_ours_count_for_nothing(signed_in: SignedIn, acme: Acme) -> None:
    anna, path = signed_in("anna"), f"/objectives/{acme.growth}/edit"
    objectives.revise(acme.context(acme.anna), acme.growth, ObjectiveChange(description="Kept"))
    for was in ("", "{", "[]", '{"name": 1}', "null", "\N{SNOWMAN}"):
        assert anna.submit(path, {"name": f"Named <{was}>", "was": was}).status == 303
        one = objectives.find(acme.context(acme.anna), acme.growth)
        assert (one.name, one.description, one.owner_ids) == (f"Named <{was}>", "Kept", (acme.anna.id,))

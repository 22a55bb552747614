"""A person who is erased is in no table and in no payload any more, and all that is left fits."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acme import Acme
from actions.test_trees import CHANGING, CLOSING, garden, undone
from engines import change, held, rows
from milepost.actions import (
    check_ins,
    cycles,
    erasure,
    key_results,
    keys,
    objectives,
    people,
    saved_lists,
    tasks,
    teams,
    tokens,
)
from milepost.actions.context import operator
from milepost.actions.cycles import CycleChange
from milepost.actions.erasure.words import Words
from milepost.actions.people import UserChange
from milepost.actions.saved_lists import SavedListChange
from milepost.actions.teams import TeamChange
from milepost.actions.verification import Discrepancy, head, verify
from milepost.domain.change import ConfidenceChange, KeyResultChange, ObjectiveChange
from milepost.domain.check_in import Entry
from milepost.domain.errors import Conflict, NotFound, Unauthenticated
from milepost.domain.key_result import Format, Tag
from milepost.domain.objective import ObjectiveStatus
from milepost.domain.people import Role
from milepost.domain.saved_list import Column, Rule, Selection
from milepost.domain.task import TaskChange
from milepost.store import audit
from milepost.store.engine import SqliteDatabase
from milepost.store.vault import vault

ADDRESS, FORMER = "ben@acme.test", "b.bauer@former.test"
# What has to be gone; each is looked for in whatever case.
TRACES = ("Ben Bauer", "Bauer Ben", "Benedikt Behrens", ADDRESS, FORMER, "b.bauer", "SPOKEN", "portrait", "ben-at-sso")
TEXT = f"As ben  bauer said: write to <{ADDRESS.upper()}>, not to joben@acme.test"
NOTE = {"who": ["Ben Bauer"], f"mail of {ADDRESS}": {"deep": [1, None, "BEN\nBAUER"]}}


def live(acme: Acme) -> None:
    """Have Ben leave traces wherever a person can."""
    anna, ben = acme.context(acme.anna), acme.context(acme.ben)
    people.revise(anna, acme.ben.id, UserChange(email=FORMER, first_name="Benedikt", last_name="Behrens"))
    own = UserChange(
        email=ADDRESS, first_name="Ben", last_name="Bauer", picture="https://x.test/portrait.png",
        client_id="ben-at-sso", extra={"phone": "SPOKEN"},
    )  # fmt: skip
    people.revise(anna, acme.ben.id, own)
    teams.add(anna, TeamChange(name="Ben Bauer's team", description=TEXT, member_ids=(acme.ben.id,), extra=NOTE))
    cycle = cycles.add(anna, CycleChange(name=f"After {ADDRESS}", extra=NOTE))
    aim = ObjectiveChange(
        name=TEXT, description=TEXT, owner_ids=(acme.ben.id,), tags=(Tag("Ben Bauer", NOTE),), custom_fields=NOTE,
        extra=NOTE,
    )  # fmt: skip
    objective = objectives.add(ben, cycle.id, aim).objective.id
    measure = KeyResultChange(
        name=TEXT, target=10.0, format=Format(0, "Ben Bauer", "", NOTE), tags=(Tag("Ben Bauer", NOTE),),
        custom_fields=NOTE, extra=NOTE, confidence=ConfidenceChange(0.3, "SPOKEN"),
    )  # fmt: skip
    one = key_results.add(ben, objective, measure).key_result.id
    acme.clock.forward(seconds=60)
    said = Entry(value=2.0, comment="SPOKEN by me", confidence=0.5, custom_fields=NOTE, extra=NOTE)
    _, entry = check_ins.record(ben, one, said)
    check_ins.comment(ben, entry.id, "SPOKEN again")
    check_ins.remove(anna, check_ins.record(ben, one, Entry(value=3.0, comment="SPOKEN and withdrawn"))[1].id)
    check_ins.record(anna, acme.revenue, Entry(value=5.0, comment=TEXT, confidence=0.9))
    gone = key_results.add(ben, objective, KeyResultChange(name="Gone", current=4.0)).key_result.id
    check_ins.record(ben, gone, Entry(value=5.0, comment="SPOKEN, removed with its key result"))
    key_results.remove(anna, gone)
    tasks.remove(anna, tasks.add(ben, TaskChange(name=TEXT, description=TEXT)).task.id)
    tasks.add(ben, TaskChange(name=TEXT, description=TEXT, parent_id=one, custom_fields=NOTE, extra=NOTE))
    rules = (Rule("owner", "in", ["Ben Bauer", 1], extra=NOTE),)
    wish = SavedListChange(name=TEXT, description=TEXT, columns=(Column("name", extra=NOTE),),
                           selection=Selection(rules, extra=NOTE), extra=NOTE)  # fmt: skip
    saved_lists.add(ben, wish)
    objectives.close(ben, objective, ObjectiveStatus.ACHIEVED, "SPOKEN at the end")
    change(
        acme.database, "UPDATE accounts SET extra = :extra WHERE id = :id", extra=json.dumps(NOTE), id=anna.account_id
    )


def plain(text: str) -> str:
    """A text without regard to case and to how wide its gaps are, and without the address that is not his."""
    return " ".join(text.casefold().replace("\\n", " ").replace(f"jo{ADDRESS}", "").split())


def traces(acme: Acme, account_id: str) -> list[str]:
    """Where any of it stands still: in any column of any table."""
    return [
        f"{table}: {value!r}"
        for table, found in held(acme.database, account_id).items()
        for row in found
        for value in row
        for trace in TRACES
        if isinstance(value, str) and trace.casefold() in plain(value)
    ]


@pytest.fixture
def lived(acme: Acme) -> Acme:
    live(acme)
    return acme


def test_nothing_of_a_person_is_left_in_any_column_and_the_rest_fits(lived: Acme) -> None:
    boss, before = operator(lived.database, lived.account.id, lived.clock), head(lived.database, lived.account.id)
    tables = {where.partition(":")[0] for where in traces(lived, lived.account.id)}
    assert tables == {
        "accounts", "audit_payloads", "check_ins", "cycles", "key_results", "objectives", "saved_lists", "tasks",
        "teams", "users",
    }  # fmt: skip
    erasure.erase(boss, ADDRESS.upper())
    assert traces(lived, lived.account.id) == []
    assert verify(lived.database, None, [before])
    ben = people.get(boss, lived.ben.id)
    assert (ben.email, ben.name, ben.picture, ben.client_id, ben.is_active, ben.extra) == (
        "", "[erased]", "", ben.id, False, {},
    )  # fmt: skip
    entry = check_ins.between(boss, lived.revenue, None, None, 0, 9).items[0]
    assert entry.comment == "As [erased] said: write to <[erased]>, not to joben@acme.test"
    assert entry.value == 5.0


def test_what_is_not_about_him_stays_letter_by_letter(lived: Acme) -> None:
    before, theirs = held(lived.database, lived.account.id), held(lived.database, lived.rival.id)
    boss = operator(lived.database, lived.account.id, lived.clock)
    erasure.erase(boss, ADDRESS)
    assert held(lived.database, lived.rival.id) == theirs
    after = held(lived.database, lived.account.id)
    assert after["audit"][: len(before["audit"])] == before["audit"]
    anna = lived.anna.id
    assert [row for row in after["users"] if row[1] == anna] == [row for row in before["users"] if row[1] == anna]
    assert [len(after[table]) for table in ("check_ins", "objectives", "tasks", "users")] == [
        len(before[table]) for table in ("check_ins", "objectives", "tasks", "users")
    ]
    untouched = [row for row in before["audit_payloads"] if row in after["audit_payloads"]]
    assert 10 < len(untouched) < len(before["audit_payloads"])


def test_the_trail_says_that_it_was_done_and_by_which_record(lived: Acme) -> None:
    boss, last = operator(lived.database, lived.account.id, lived.clock), head(lived.database, lived.account.id).number
    found = erasure.erase(boss, ADDRESS)
    added = audit.read(lived.database, lived.account.id, last)
    assert [one.action for one in added] == ["token.revoked", "user.erased", "payloads.erased"]
    assert {one.record_id for one in added[1:]} == {lived.ben.id}
    assert added[2].after["digests"].keys() == {str(number) for number in found.payloads}
    query = "SELECT number FROM audit_payloads WHERE account_id = :account AND erased_by = :by ORDER BY number"
    marked = rows(lived.database, query, account=lived.account.id, by=added[2].number)
    assert [number for (number,) in marked] == found.payloads


def test_looking_changes_nothing_and_says_what_would_go(lived: Acme) -> None:
    before = held(lived.database, lived.account.id)
    boss = operator(lived.database, lived.account.id, lived.clock)
    _, found = erasure.look(boss, ADDRESS)
    assert held(lived.database, lived.account.id) == before
    assert found.counts["check_ins"] == 3
    assert found.counts["users"] == 1
    assert erasure.erase(boss, ADDRESS).records == found.records


def test_what_was_erased_cannot_be_put_back_or_changed_unseen(lived: Acme) -> None:
    boss, database, account = operator(lived.database, lived.account.id, lived.clock), lived.database, lived.account.id
    number = erasure.look(boss, ADDRESS)[1].payloads[0]
    query = "SELECT before, after, salt FROM audit_payloads WHERE account_id = :account AND number = :number"
    (standing,) = rows(database, query, account=account, number=number)
    erasure.erase(boss, ADDRESS)
    (erased,) = rows(database, query, account=account, number=number)
    assert standing[2] != erased[2]
    drawn = rows(database, "SELECT count(*), count(DISTINCT salt) FROM audit_payloads WHERE erased_by IS NOT NULL")
    assert drawn[0][0] == drawn[0][1] > 10
    one = dict(zip(("before", "after", "salt"), standing, strict=True), account=account, number=number)
    where = "WHERE account_id = :account AND number = :number"
    update = f"UPDATE audit_payloads SET before = :before, after = :after, salt = :salt {where}"
    change(database, update, **one)
    with pytest.raises(Discrepancy, match=f"audit_payloads {number}: the payload is not the one that was recorded"):
        verify(database, None)
    change(database, update.replace(" WHERE", ", erased_by = NULL WHERE"), **one)
    with pytest.raises(Discrepancy, match=f"audit_payloads {number}: the payload is whole, although record .* erased"):
        verify(database, None)


def test_two_can_be_erased_of_one_payload(lived: Acme) -> None:
    anna, boss = lived.context(lived.anna), operator(lived.database, lived.account.id, lived.clock)
    check_ins.record(anna, lived.revenue, Entry(value=6.0, comment="Ben Bauer and Vera Viklund agree"))
    erasure.erase(boss, ADDRESS)
    erasure.erase(boss, "vera@acme.test", ["agree"])
    newest = check_ins.between(boss, lived.revenue, None, None, 0, 9).items[-1]
    assert newest.comment == "[erased] and [erased] [erased]"
    assert verify(lived.database, None)


def test_who_is_erased_cannot_come_in_and_is_not_found_again(lived: Acme, tmp_path_factory: Any) -> None:
    boss = operator(lived.database, lived.account.id, lived.clock)
    sealing = vault("", tmp_path_factory.mktemp("keys") / "milepost.db")
    keys.add(boss, sealing, ADDRESS, "Ben Bauer's", (ADDRESS, "a-secret-that-is-long-enough"))
    erasure.erase(boss, ADDRESS)
    assert traces(lived, lived.account.id) == []
    assert verify(lived.database, None)
    with pytest.raises(Unauthenticated):
        tokens.authenticate(lived.database, lived.tokens["ben"], lived.clock())
    assert all(key.revoked_at for key in keys.everyone(boss))
    with pytest.raises(NotFound):
        erasure.erase(boss, ADDRESS)
    again = people.add(boss, UserChange(email=ADDRESS, first_name="Ben"))
    assert again.id != lived.ben.id


def test_the_last_admin_stays(lived: Acme) -> None:
    boss, before = operator(lived.database, lived.account.id, lived.clock), held(lived.database, lived.account.id)
    for attempt in (erasure.look, erasure.erase):
        with pytest.raises(Conflict, match="without an active admin"):
            attempt(boss, "anna@acme.test")
    assert held(lived.database, lived.account.id) == before
    people.revise(boss, lived.ben.id, UserChange(role=Role.ADMIN))
    erasure.erase(boss, "anna@acme.test")
    assert verify(lived.database, None)


def test_more_payloads_than_one_record_names(acme: Acme) -> None:
    ben = acme.context(acme.ben)
    for _ in range(11):
        entries = [(acme.revenue, Entry(value=1.0, comment="SPOKEN")) for _ in range(100)]
        check_ins.record_all(ben, entries)
    erasure.erase(operator(acme.database, acme.account.id, acme.clock), ADDRESS)
    assert traces(acme, acme.account.id) == []
    assert verify(acme.database, acme.account.id)[0].counts["check_ins"] == 1_100
    last = audit.read(acme.database, acme.account.id, after=1_110)
    assert [one.action for one in last].count("payloads.erased") == 3


@pytest.mark.sqlite("PostgreSQL's files are not this program's")
def test_no_byte_of_it_is_left_in_the_file(acme: Acme) -> None:
    assert isinstance(acme.database, SqliteDatabase)
    # Some builds of SQLite overwrite what they delete; others leave it where it was.
    acme.database.connection.execute("PRAGMA secure_delete = OFF")
    live(acme)
    folder = acme.database.path.parent

    def everything() -> bytes:
        return b"".join(file.read_bytes() for file in folder.iterdir() if file.is_file()).lower().replace(b"joben", b"")

    gone = [trace.encode().lower() for trace in TRACES if trace not in ("Bauer Ben", "Benedikt Behrens")]
    assert all(trace in everything() for trace in gone)
    erasure.erase(operator(acme.database, acme.account.id, acme.clock), ADDRESS)
    assert acme.database.scrub()
    assert [trace for trace in gone if trace in everything()] == []
    assert verify(acme.database, None)


@given(st.data())
@settings(max_examples=10)
def test_whatever_was_done_an_erasure_leaves_it_in_order(acme: Acme, data: st.DataObject) -> None:
    with undone(acme):
        people.revise(acme.context(acme.anna), acme.ben.id, UserChange(role=Role.ADMIN))
        garden(acme, data, CHANGING + CLOSING)
        erasure.erase(operator(acme.database, acme.account.id, acme.clock), "anna@acme.test", ["Measure", "said"])
        verify(acme.database, acme.account.id)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Ben Bauer", "[erased]"),
        ("BEN  BAUER's", "[erased]'s"),
        ("Ruben Bauer, Ben Bauermann", "Ruben Bauer, Ben Bauermann"),
        ("A.BEN@acme.test, ben@acme.test.de, ben@acme.tests", "A.BEN@acme.test, ben@acme.test.de, ben@acme.tests"),
        ("mailto:ben@acme.test. ben%40acme.test", "mailto:[erased]. [erased]"),
        ("A\u030asa \u00c5strand, \u00c5sa A\u030astrand", "[erased], A\u030asa"),
    ],
)
def test_words_are_found_in_whatever_spelling_and_not_within_others(text: str, left: str) -> None:
    words = Words(["Ben Bauer", "ben@acme.test", "\u00c5sa \u00c5strand"])
    if text.startswith("A\u030a"):
        assert words.out_of("A\u030asa A\u030astrand and \u00c5sa \u00c5strand") == "[erased] and [erased]"
    else:
        assert words.out_of(text) == left


def test_who_stands_nowhere_changes_nothing_else(lived: Acme) -> None:
    boss = operator(lived.database, lived.account.id, lived.clock)
    people.add(boss, UserChange(email="zoe@acme.test", first_name="Zoe", last_name="Zimmer"))
    _, found = erasure.look(boss, "zoe@acme.test")
    assert found.counts == {"users": 1, "audit_payloads": 1}

"""What was changed behind the program's back is found, and named; what the program did is not."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acme import Acme
from actions.test_trees import CHANGING, CLOSING, garden, undone
from engines import change, rows
from milepost.actions import check_ins, cycles, key_results, keys, objectives, people, tasks, teams, tokens
from milepost.actions.cycles import CycleChange
from milepost.actions.people import UserChange
from milepost.actions.teams import TeamChange
from milepost.actions.verification import Discrepancy, Head, head, standing, verify
from milepost.actions.verification.told import Kind
from milepost.cli.demo_company import build as build_demo
from milepost.domain.change import KeyResultChange, ObjectiveChange
from milepost.domain.check_in import Entry
from milepost.domain.cycle import CycleState
from milepost.domain.people import Role
from milepost.domain.task import TaskChange
from milepost.store import audit
from milepost.store import check_ins as stored
from milepost.store.engine import Database, SqliteDatabase
from milepost.store.notebook import Notebook
from milepost.store.vault import vault


class Company:
    """Acme with a history, an objective beneath another, a sum, a team and a task."""

    def __init__(self, acme: Acme) -> None:
        self.acme = acme
        self.database = acme.database
        self.account = acme.account.id
        anna, clock = acme.context(acme.anna), acme.clock
        self.team = teams.add(anna, TeamChange(name="Sales", member_ids=(acme.ben.id,))).id
        aim = ObjectiveChange(name="Sell", parent_id=acme.growth, owner_ids=(self.team,))
        self.beneath = objectives.add(anna, acme.q3.id, aim).objective.id
        total = KeyResultChange(name="All deals", target=50.0)
        self.total = key_results.add(anna, self.beneath, total).key_result.id
        part = KeyResultChange(name="Deals", target=10.0, parent_id=self.total, owner_ids=(acme.ben.id,))
        self.part = key_results.add(anna, self.beneath, part).key_result.id
        self.task = tasks.add(anna, TaskChange(name="Call", parent_id=self.part)).task.id
        self.entries = []
        for value in (10.0, 42.0, 30.0):
            clock.forward(days=0.5)
            said = Entry(value=value, confidence=0.5, comment=f"It is {value:g} now")
            self.entries.append(check_ins.record(anna, acme.revenue, said)[1].id)
        check_ins.comment(anna, self.entries[1], "Forty-two, in fact")
        check_ins.record(anna, self.part, Entry(value=7.0))
        check_ins.remove(anna, check_ins.record(anna, self.part, Entry(value=8.0))[1].id)
        self.head = head(self.database, self.account)

    def found(self, *heads: Head) -> Discrepancy:
        with pytest.raises(Discrepancy) as caught:
            verify(self.database, None, heads)
        return caught.value


@pytest.fixture
def company(acme: Acme) -> Company:
    return Company(acme)


def test_what_the_program_did_fits(company: Company) -> None:
    ours, theirs = sorted(verify(company.database, None, [company.head]), key=lambda one: one.account_id)
    assert ours.account_id == company.account
    assert ours.head == company.head
    assert ours.counts == {
        "audit": company.head.number, "accounts": 1, "users": 3, "teams": 1, "tokens": 3, "keys": 0, "cycles": 1,
        "objectives": 2, "key_results": 3, "check_ins": 7, "tasks": 1, "custom_fields": 0, "saved_lists": 0,
    }  # fmt: skip
    assert theirs.head.number == 6
    assert [one.account_id for one in verify(company.database, company.account)] == [company.account]


def test_the_demo_company_fits(acme: Acme) -> None:
    build_demo(acme.database, acme.clock())
    assert max(one.counts["check_ins"] for one in verify(acme.database, None)) > 100


def test_a_larger_company_is_read_in_parts_beside_one_another(company: Company) -> None:
    anna = company.acme.context(company.acme.anna)
    measures = [
        key_results.add(anna, company.beneath, KeyResultChange(name=f"Measure {number}", owner_ids=(anna.user_id,)))
        for number in range(120)
    ]
    for _ in range(11):
        company.acme.clock.forward(seconds=60)
        entries = [(one.key_result.id, Entry(value=1.0)) for one in measures]
        check_ins.record_all(anna, entries)
    ours = verify(company.database, company.account)[0]
    assert ours.counts["check_ins"] == 7 + 11 * 120


@given(st.data())
@settings(max_examples=15)
def test_random_trees_fit_whatever_is_done_to_them(acme: Acme, data: st.DataObject) -> None:
    with undone(acme):
        garden(acme, data, CHANGING + CLOSING)
        verify(acme.database, acme.account.id)


CHECK_IN = "SELECT account_id, '{id}', key_result_id, 99.0, NULL, '', author_id, effective_at + 1, recorded_at, NULL"
# What was done, the table and the record (as `Company` calls it) that is named, and words that say what is wrong.
TAMPERING: dict[str, tuple[str, str, str, str]] = {
    "a value": (
        "UPDATE check_ins SET value = 90 WHERE id = :entry",
        "check_ins", "entry", "value is not what record .* says: 90.0 stands, 42.0 should",
    ),
    "a date": (
        "UPDATE check_ins SET effective_at = effective_at - 1 WHERE id = :entry",
        "check_ins", "entry", "effective_at is not what",
    ),
    "a comment": (
        "UPDATE check_ins SET comment = 'Superb' WHERE id = :entry",
        "check_ins", "entry", 'comment is not what record .*: "Superb" stands, "Forty-two, in fact" should',
    ),
    "an author": (
        "UPDATE check_ins SET author_id = '' WHERE id = :entry", "check_ins", "entry", "author_id is not what",
    ),
    "a check-in that goes": (
        "DELETE FROM check_ins WHERE id = :entry", "check_ins", "entry", "it is gone, although by record",
    ),
    "a check-in that comes": (
        f"INSERT INTO check_ins {CHECK_IN.format(id='f' * 24)}, '{{}}' FROM check_ins WHERE id = :entry",
        "check_ins", "f" * 24, "the trail says nothing of it",
    ),
    "a target": (
        "UPDATE key_results SET target = 50, attainment = 0.6 WHERE id = :revenue",
        "key_results", "revenue", "target is not what record .* says: 50.0 stands, 100.0 should",
    ),
    "an attainment": (
        "UPDATE key_results SET attainment = 0.95 WHERE id = :revenue",
        "key_results", "revenue", "attainment does not follow .*: 0.95 stands, 0.3 should",
    ),
    "a current value": (
        "UPDATE key_results SET current_value = 95 WHERE id = :revenue", "key_results", "revenue", "current does not",
    ),
    "a confidence": (
        "UPDATE key_results SET confidence = 1 WHERE id = :revenue", "key_results", "revenue", "confidence does not",
    ),
    "a count of check-ins": (
        "UPDATE key_results SET check_in_count = 4 WHERE id = :revenue", "key_results", "revenue", "check_in_count",
    ),
    "a date of the last check-in": (
        "UPDATE key_results SET last_check_in_at = NULL WHERE id = :part", "key_results", "part", "last_check_in_at",
    ),
    "a count of children": (
        "UPDATE key_results SET child_count = 2 WHERE id = :total", "key_results", "total", "child_count does not",
    ),
    "a count of tasks": (
        "UPDATE key_results SET task_count = 0 WHERE id = :part",
        "key_results", "part", "task_count does not follow .*: 0 stands, 1 should",
    ),
    "a cycle of a key result": (
        "UPDATE key_results SET cycle_id = 'other' WHERE id = :part", "key_results", "part", "cycle_id does not",
    ),
    "a parent of a key result": (
        "UPDATE key_results SET parent_id = :total WHERE id = :revenue", "key_results", "total", "child_count does not",
    ),
    "a main owner": (
        "UPDATE key_results SET owner_id = 'me' WHERE id = :part", "key_results", "part", "owner_id does not follow",
    ),
    "an owner in the index": (
        "DELETE FROM key_result_owners WHERE key_result_id = :part", "key_results", "part", "index of owners",
    ),
    "an owner of an objective in the index": (
        "UPDATE objective_owners SET owner_id = 'me' WHERE objective_id = :beneath",
        "objectives", "beneath", "index of owners",
    ),
    "an objective's attainment": (
        "UPDATE objectives SET attainment = 1 WHERE id = :growth", "objectives", "growth", "attainment does not",
    ),
    "what is beneath an objective": (
        "UPDATE objectives SET beneath_count = 7 WHERE id = :growth", "objectives", "growth", "beneath_count does not",
    ),
    "an objective's status": (
        "UPDATE objectives SET status = 'achieved' WHERE id = :growth", "objectives", "growth", "closing is not what",
    ),
    "a role": (
        "UPDATE users SET role = 'admin' WHERE id = :ben",
        "users", "ben", 'role is not what record .* says: "admin" stands, "member" should',
    ),
    "a key of an address": (
        "UPDATE users SET email_key = 'x' WHERE id = :ben", "users", "ben", "email_key does not follow",
    ),
    "a word that is none": (
        "UPDATE users SET role = 'king' WHERE id = :ben", "users", "ben", "it holds what it cannot .*king",
    ),
    "a token that is let live": (
        "UPDATE tokens SET expires_at = 1 WHERE user_id = :ben", "tokens", "", "expires_at is not what record",
    ),
    "a team that goes": ("DELETE FROM teams WHERE id = :team", "teams", "team", "it is gone"),
    "a task that goes": ("DELETE FROM tasks WHERE id = :task", "tasks", "task", "it is gone"),
    "an account's status": (
        "UPDATE accounts SET status = 'suspended' WHERE id = :account", "accounts", "account", "status is not what",
    ),
    "who did it": (
        "UPDATE audit SET actor_id = 'nobody' WHERE account_id = :account AND number = 12",
        "audit", "12", "the record is not the one that was added: its hash",
    ),
    "when": (
        "UPDATE audit SET at = at + 1 WHERE account_id = :account AND number = 12",
        "audit", "12", "the record is not the one that was added: its hash",
    ),
    "a hash": (
        "UPDATE audit SET hash = previous WHERE account_id = :account AND number = 12", "audit", "12", "its hash",
    ),
    "the hash before": (
        "UPDATE audit SET previous = hash WHERE account_id = :account AND number = 12",
        "audit", "12", "the hash of the record before",
    ),
    "a payload": (
        "UPDATE audit_payloads SET after = '{}' WHERE account_id = :account AND number = 12",
        "audit_payloads", "12", "the payload is not the one that was recorded",
    ),
    "a payload that claims to be erased": (
        "UPDATE audit_payloads SET after = '{}', erased_by = 13 WHERE account_id = :account AND number = 12",
        "audit_payloads", "12", "claims to be erased by record 13, which does not say so",
    ),
    "a payload that claims to be erased by none": (
        "UPDATE audit_payloads SET erased_by = 1300 WHERE account_id = :account AND number = 12",
        "audit_payloads", "12", "claims to be erased by record 1300",
    ),
    "a payload that goes": (
        "DELETE FROM audit_payloads WHERE account_id = :account AND number = 12",
        "audit_payloads", "12", "the payload is missing",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", TAMPERING)
def test_what_was_changed_behind_the_program_s_back_is_named(company: Company, what: str) -> None:
    statement, table, named, words = TAMPERING[what]
    ids = {name: value for name, value in vars(company).items() if isinstance(value, str)}
    acme = company.acme
    ids |= {"entry": company.entries[1], "revenue": acme.revenue, "growth": acme.growth, "ben": acme.ben.id}
    used = {name: value for name, value in ids.items() if f":{name}" in statement}
    assert change(company.database, statement, **used)
    found = company.found()
    assert (found.account_id, found.table) == (company.account, table)
    if named:
        assert found.record_id == ids.get(named, named)
    assert str(found).startswith(f"account {company.account}: {table} {found.record_id}: ")
    with pytest.raises(Discrepancy, match=words):
        verify(company.database, company.account)


def without_payload(company: Company, number: int) -> None:
    for table in ("audit_payloads", "audit"):
        statement = f"DELETE FROM {table} WHERE account_id = :account AND number = :number"
        assert change(company.database, statement, account=company.account, number=number)


def test_a_record_that_was_taken_out_is_missed(company: Company) -> None:
    without_payload(company, 9)
    found = company.found()
    assert (found.table, found.record_id, found.stands) == ("audit", "9", "10")


def test_two_records_that_change_places_are_found(company: Company) -> None:
    database, account = company.database, company.account
    names = "at, actor_id, front_end, token_id, action, kind, record_id, previous, payload_digest, hash"
    swap = f"UPDATE audit SET ({names}) = (SELECT {names} FROM audit AS other WHERE other.account_id = :account "
    pair = rows(database, f"SELECT {names} FROM audit WHERE account_id = :a AND number = 8", a=account)[0]
    change(database, swap + "AND other.number = 9) WHERE account_id = :account AND number = 8", account=account)
    values = dict(zip(names.split(", "), pair, strict=True))
    sets = ", ".join(f"{name} = :{name}" for name in values)
    change(database, f"UPDATE audit SET {sets} WHERE account_id = :a AND number = 9", a=account, **values)
    found = company.found()
    assert (found.table, found.record_id, found.what) == ("audit", "8", "the hash of the record before")


def test_an_end_that_was_cut_off_is_found_by_an_anchored_head_alone(company: Company) -> None:
    anna = company.acme.context(company.acme.anna)
    people.revise(anna, company.acme.ben.id, UserChange(language="de"))  # of which nothing else tells
    later = head(company.database, company.account)
    without_payload(company, later.number)
    verify(company.database, None, [company.head])
    found = company.found(company.head, later)
    assert (found.table, found.record_id) == ("audit", str(later.number))
    assert f"the chain ends at {company.head.number}" in found.what


def test_a_chain_that_was_written_anew_is_found_by_an_anchored_head_alone(company: Company) -> None:
    """Whoever can write the file can write a chain that fits: this is why a head is kept elsewhere."""
    database, account = company.database, company.account
    kept = audit.read(database, account)
    for table in ("audit_payloads", "audit"):
        change(database, f"DELETE FROM {table} WHERE account_id = :account", account=account)
    with database.transaction():
        for record in kept:
            audit.append(database, record)
    verify(database, None)
    found = company.found(company.head)
    assert (found.record_id, found.should) == (str(company.head.number), company.head.hash)


def test_an_account_that_is_gone_is_missed_by_its_anchored_head(company: Company) -> None:
    assert company.found(Head("f" * 24, 1, "0" * 64)).table == "accounts"


def test_two_anchors_that_contradict_each_other_are_named(company: Company) -> None:
    other = Head(company.account, company.head.number, "0" * 64)
    assert "two different hashes were anchored" in company.found(company.head, other).what


@pytest.mark.sqlite("PostgreSQL lets no reference lead nowhere")
def test_an_orphan_is_named(company: Company) -> None:
    assert isinstance(company.database, SqliteDatabase)
    company.database.connection.execute("PRAGMA foreign_keys = OFF")
    change(company.database, "UPDATE task_changes SET task_id = 'gone'")
    found = company.found()
    assert (found.account_id, found.table) == (company.account, "task_changes")
    assert found.what == "task_id refers to tasks gone, which is not there"


@pytest.mark.sqlite("PostgreSQL lets no reference lead nowhere")
def test_a_row_of_no_account_is_named(company: Company) -> None:
    assert isinstance(company.database, SqliteDatabase)
    company.database.connection.execute("PRAGMA foreign_keys = OFF")
    homeless = "INSERT INTO saved_lists SELECT 'none', id, name, '', '', '', '', '', '', 0, '', 0, '' FROM cycles"
    change(company.database, homeless)
    found = company.found()
    assert (found.account_id, found.table) == ("none", "saved_lists")


def test_a_revoked_key_that_gave_way_to_another_is_not_missed(company: Company, tmp_path: Path) -> None:
    anna, sealing = company.acme.context(company.acme.anna), vault("", tmp_path / "milepost.db")
    for _ in range(3):
        keys.add(anna, sealing, "ben@acme.test", pair=("credential", "secret-that-is-long-enough"))
        keys.revoke(anna, "credential")
    keys.add(anna, sealing, "ben@acme.test")
    assert verify(company.database, company.account)[0].counts["keys"] == 2
    change(company.database, "UPDATE keys SET revoked_at = NULL WHERE credential = 'credential'")
    assert company.found().what.startswith("revoked_at is not what record")


def test_a_team_that_goes_leaves_what_it_owned_in_order(company: Company) -> None:
    anna = company.acme.context(company.acme.anna)
    teams.remove(anna, company.team)
    people.revise(anna, company.acme.ben.id, UserChange(role=Role.VIEWER))
    tokens.revoke(anna, tokens.everyone(anna)[0].id)
    verify(company.database, None)


def test_what_a_closed_cycle_keeps_is_not_held_against_it(company: Company) -> None:
    anna, acme = company.acme.context(company.acme.anna), company.acme
    later = cycles.add(anna, CycleChange(name="Q4")).id
    objectives.revise(anna, company.beneath, ObjectiveChange(cycle_id=later))
    cycles.revise(anna, acme.q3.id, CycleChange(state=CycleState.CLOSED))
    check_ins.record(anna, company.part, Entry(value=9.0))
    assert verify(company.database, company.account)
    change(company.database, "UPDATE objectives SET attainment = 5 WHERE id = :id", id=acme.growth)
    assert verify(company.database, company.account), "which cannot be computed anew"
    change(company.database, "UPDATE objectives SET attainment = 5 WHERE id = :id", id=company.beneath)
    assert company.found().record_id == company.beneath


def test_nothing_is_held_up_and_one_moment_is_seen(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    anna, compare, seen = company.acme.context(company.acme.anna), standing.compare, set[str]()

    def slowly(database: Database, account_id: str, notebook: Notebook, kind: Kind) -> int:
        if not seen:
            with ThreadPoolExecutor(1) as other:
                other.submit(check_ins.record, anna, company.acme.revenue, Entry(value=77.0)).result(20)
        seen.add(kind.name)
        return compare(database, account_id, notebook, kind)

    monkeypatch.setattr(standing, "compare", slowly)
    assert verify(company.database, company.account)[0].counts["check_ins"] == 7
    assert len(stored.history(company.database, company.account, company.acme.revenue)) == 4
    assert verify(company.database, company.account)[0].counts["check_ins"] == 8

"""The chain of the trail: by whom it is written, by whom it never is, and how older records come into it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from pathlib import Path
from typing import Any

import pytest

from acme import Acme, build
from engines import rows, unchain
from milepost import app
from milepost.actions import trail
from milepost.actions.context import operator
from milepost.actions.verification import verify
from milepost.domain import chain
from milepost.domain.audit import AuditRecord
from milepost.store import audit
from milepost.store.engine import POSTGRESQL, SQLITE, Database
from store.test_schema_spreads import statements

Addressed = Callable[[Path], AbstractContextManager[str]]

# What is done to a table, and by which statement of the store: all that there is for these two.
WRITERS = {
    ("INSERT", "audit"): {"audit._insert"},
    ("INSERT", "audit_payloads"): {"audit._insert_payload"},
    ("UPDATE", "audit_payloads"): {"erasing._rewrite"},
}
_WRITES = re.compile(r'\b(?:(INSERT) INTO|(UPDATE)|(DELETE) FROM|(REPLACE) INTO)\s+"?(audit(?:_payloads)?)\b"?')


@pytest.mark.parametrize("dialect", [SQLITE, POSTGRESQL])
def test_no_statement_edits_or_deletes_a_record_of_the_trail(dialect: str) -> None:
    found: dict[tuple[str, str], set[str]] = {}
    for place, one in statements().items():
        for *verbs, table in _WRITES.findall(one.on(dialect).sql):
            found.setdefault(("".join(verbs), table), set()).add(place)
    assert found == WRITERS


def test_no_sql_of_the_program_names_the_trail_outside_the_store_s_statements() -> None:
    """Nor does SQL that is written as text; a migration may, which runs once."""
    source = Path(audit.__file__).parents[1]
    for path in source.rglob("*.py"):
        if "migrations" not in path.parts:
            assert not _WRITES.search(path.read_text()), path


def link(database: Database, account: str, number: int) -> dict[str, Any]:
    query = "SELECT * FROM audit WHERE account_id = :account AND number = :number"
    (row,) = rows(database, query, account=account, number=number)
    names = "account_id number at actor_id front_end token_id action kind record_id previous payload_digest hash"
    return dict(zip(names.split(), row, strict=True))


def test_a_record_is_hashed_as_it_is_documented(acme: Acme) -> None:
    """By another hand, from what is exported: nothing of the program's own is used."""

    def sha256(*fields: str | int | None) -> str:
        whole = b""
        for field in fields:
            octets = b"" if field is None else str(field).encode("utf-8")
            whole += b"-" if field is None else str(len(octets)).encode("ascii") + b":" + octets
        return hashlib.sha256(whole).hexdigest()

    boss = operator(acme.database, acme.account.id, acme.clock)
    previous, count = "", 0
    for one in trail.whole(boss, 0):
        told = json.loads(json.dumps({name: getattr(one, name) for name in one.__struct_fields__}))
        digest = sha256("milepost payload 1", told["salt"], told["before"], told["after"])
        assert told["payload_digest"] == digest
        named = ("account_id", "number", "at", "actor_id", "front_end", "token_id", "action", "kind", "record_id")
        assert told["hash"] == sha256("milepost record 1", previous, *(told[name] for name in named), digest)
        assert told["previous"] == previous
        previous, count = told["hash"], count + 1
    assert count == 10


def test_the_bytes_that_are_hashed_say_where_each_field_ends() -> None:
    one = AuditRecord("a", 0, 1, "bc", "d", "", "e", "f", "g")
    other = AuditRecord("a", 0, 1, "b", "cd", "", "e", "f", "g")
    assert chain.record_hash(one, 2, "", "") != chain.record_hash(other, 2, "", "")
    assert chain.payload_digest("", None, "") != chain.payload_digest("", "", None)
    assert chain.payload_digest("", "a", "") != chain.payload_digest("", None, "")
    assert chain.payload_digest("", "-", None) != chain.payload_digest("", None, "-")
    # The same on every engine and in every version: copies, exports and anchored heads live on it.
    assert chain.payload_digest("00", None, '{"name":"Åsa"}') == KNOWN_PAYLOAD
    assert chain.record_hash(one, 2, "ff", "ee") == KNOWN_RECORD


KNOWN_PAYLOAD = "38136c9d338045c4674f13c7f44b51a246799e70b101de75f74ec859613021c2"
KNOWN_RECORD = "ed858090002f9d137c7719e17ab931ca8b7fcf3d155e3e57cd5dc0fa60da2aba"


def test_records_from_before_are_chained_in_their_order(addressed: Addressed, tmp_path: Path) -> None:
    with addressed(tmp_path) as url:
        with closing(app.database(url)) as database:
            acme = build(database)
            before = [audit.read(database, one) for one in (acme.account.id, acme.rival.id)]
            unchain(database)
        with closing(app.database(url)) as database:
            assert [audit.read(database, one) for one in (acme.account.id, acme.rival.id)] == before
            assert [link(database, acme.account.id, number)["previous"] == "" for number in (1, 2, 3)] == [
                True, False, False,
            ]  # fmt: skip
            assert sorted(one.head.number for one in verify(database, None)) == [6, 10]
            salts = rows(database, "SELECT DISTINCT salt FROM audit_payloads")
            assert len(salts) == 16
            assert all(re.fullmatch("[0-9a-f]{32}", salt) for (salt,) in salts)


def test_so_they_are_in_parts(addressed: Addressed, tmp_path: Path) -> None:
    with addressed(tmp_path) as url:
        with closing(app.database(url)) as database:
            acme = build(database)
            context = acme.context(acme.anna)
            with database.transaction():
                for _ in range(2_100):
                    trail.leave(context, "token.used", acme.anna)
            unchain(database)
        with closing(app.database(url)) as database:
            assert sorted(one.head.number for one in verify(database, None)) == [6, 2_110]


def test_two_that_are_added_at_once_follow_each_other(acme: Acme) -> None:
    """A step that is undone leaves no gap."""
    context, account = acme.context(acme.anna), acme.account.id
    with acme.database.transaction():
        assert trail.leave(context, "token.used", acme.anna) == 11
        with pytest.raises(KeyError), acme.database.transaction():
            trail.leave(context, "token.used", acme.anna)
            raise KeyError
        assert trail.leave(context, "token.used", acme.ben) == 12
    assert link(acme.database, account, 12)["previous"] == link(acme.database, account, 11)["hash"]

"""Tokens: only a digest is kept, and what was revoked, has expired or belongs to somebody inactive opens nothing."""

from __future__ import annotations

import hashlib
import re
import uuid
from pathlib import Path

import pytest

from acme import Acme
from milepost.actions import accounts, people, tokens
from milepost.actions.context import operator
from milepost.actions.people import UserChange
from milepost.domain import ids, instants
from milepost.domain.errors import Conflict, Invalid, NotFound
from milepost.domain.instants import DAY
from milepost.domain.people import Role
from milepost.store.engine import Database
from wire import InProcess, Reply

BROUGHT = "brought-from-elsewhere.0123456789.+/="


def cells(database: Database) -> list[tuple[str, str, object]]:
    """(table, column, value) of everything that the database holds."""
    connection = database.connection
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    found = []
    for (table,) in tables:
        cursor = connection.execute(f'SELECT * FROM "{table}"')
        names = [column[0] for column in cursor.description]
        found += [(table, name, value) for row in cursor for name, value in zip(names, row, strict=True)]
    return found


def asked(client: InProcess, text: str, account: str = "") -> Reply:
    """What a token gets when it asks who it is."""
    return client.acting(text, account).get("v1/users/app/me")


def test_only_a_sha_256_is_kept(acme: Acme, anna: InProcess) -> None:
    boss = operator(acme.database, acme.account.id, acme.clock)
    _, brought = tokens.add(boss, "ben@acme.test", "brought", value=BROUGHT)
    texts = [*acme.tokens.values(), brought]
    for text in texts:
        assert asked(anna, text).status == 200
    assert anna.patch(f"v1/metrics/{acme.revenue}", {"actual": 7}).status == 200
    tokens.revoke(boss, tokens.everyone(boss)[0].id)
    held = cells(acme.database)
    digests = {value for table, name, value in held if (table, name) == ("tokens", "digest")}
    assert digests == {hashlib.sha256(text.encode()).hexdigest() for text in texts}
    for text in texts:
        secret = text.rpartition("_")[2]
        leaks = [(table, name) for table, name, value in held if secret in str(value)]
        assert not leaks
    # Nor in a free page, in the log that has not been merged yet, or in any other file beside the database.
    folder: Path = acme.database.path.parent
    bytes_kept = b"".join(file.read_bytes() for file in folder.iterdir() if file.name.startswith("milepost.db"))
    assert hashlib.sha256(texts[0].encode()).hexdigest().encode() in bytes_kept
    assert not [text for text in texts if text.rpartition("_")[2].encode() in bytes_kept]


def test_the_audit_names_the_token_by_its_id_and_keeps_no_digest(acme: Acme) -> None:
    digests = [value for table, name, value in cells(acme.database) if (table, name) == ("tokens", "digest")]
    payloads = [str(value) for table, _, value in cells(acme.database) if table == "audit_payloads"]
    assert len(digests) == len(acme.tokens)
    assert not [digest for digest in digests for payload in payloads if str(digest) in payload]


def test_a_token_carries_its_account_and_no_dots(acme: Acme) -> None:
    for name, text in acme.tokens.items():
        account = acme.rival.id if name == "rita" else acme.account.id
        assert re.fullmatch(f"mp_{account}_[0-9a-f]{{48}}", text)
    assert len(set(acme.tokens.values())) == len(acme.tokens)


def test_a_token_of_an_account_with_a_uuid(acme: Acme, anna: InProcess) -> None:
    wanted = str(uuid.uuid5(uuid.NAMESPACE_URL, "https://milepost.test"))
    account = accounts.add(acme.database, acme.clock, "Born elsewhere", wanted)
    boss = operator(acme.database, account.id, acme.clock)
    user = people.add(boss, UserChange(email="uma@elsewhere.test", role=Role.ADMIN))
    _, text = tokens.add(boss, user.email)
    assert text.startswith(f"mp_{wanted.replace('-', '')}_")
    for header in (wanted, wanted.upper(), ""):
        answer = asked(anna, text, header)
        assert (answer.status, answer.json["account"]["id"]) == (200, wanted)
    assert asked(anna, text, acme.account.id).status == 403


def test_the_uuid_spelling_of_a_short_account_id_is_the_same_account(acme: Acme, anna: InProcess) -> None:
    spelled = acme.tokens["ben"].replace(acme.account.id, ids.as_uuid(acme.account.id).replace("-", ""))
    # It is another text, hence another token: nothing may make two texts of one.
    assert asked(anna, spelled).status == 401


def test_the_accounts_header_in_any_letter_case_and_with_spaces(acme: Acme, anna: InProcess) -> None:
    assert asked(anna, acme.tokens["anna"], f" {acme.account.id.upper()} ").status == 200


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "Bearer  "])
def test_the_scheme_in_any_letter_case(acme: Acme, anna: InProcess, scheme: str) -> None:
    headers = {"authorization": f"{scheme} {acme.tokens['anna']}"}
    assert anna.acting("", "").request("GET", "v1/users/app/me", headers=headers).status == 200


def test_a_revoked_token_opens_nothing_again(acme: Acme, anna: InProcess) -> None:
    boss = operator(acme.database, acme.account.id, acme.clock)
    made, text = tokens.add(boss, "ben@acme.test")
    assert asked(anna, text).status == 200
    first = tokens.revoke(boss, made.id)
    assert asked(anna, text).status == 401
    assert "revoked" in asked(anna, text).json["detail"]
    assert tokens.revoke(boss, made.id).revoked_at == first.revoked_at
    assert asked(anna, acme.tokens["ben"]).status == 200, "his other token still holds"


def test_the_moment_of_expiry(acme: Acme, anna: InProcess) -> None:
    boss = operator(acme.database, acme.account.id, acme.clock)
    _, text = tokens.add(boss, "ben@acme.test", expires_at=acme.clock() + DAY)
    assert asked(anna, text).status == 200
    acme.clock.forward(days=0.999)
    assert asked(anna, text).status == 200
    acme.clock.forward(days=0.002)
    assert asked(anna, text).status == 401
    assert "expired" in asked(anna, text).json["detail"]


def test_a_token_without_an_expiry_never_expires(acme: Acme, anna: InProcess) -> None:
    acme.clock.now = instants.parse("9000-01-01T00:00:00Z", "now")
    assert asked(anna, acme.tokens["ben"]).status == 200


def test_tokens_of_somebody_inactive_open_nothing_until_he_is_back(acme: Acme, anna: InProcess) -> None:
    assert anna.delete(f"v1/users/{acme.ben.id}").status == 204
    assert asked(anna, acme.tokens["ben"]).status == 401
    assert anna.patch(f"v1/users/{acme.ben.id}", {"isActive": True}).status == 200
    assert asked(anna, acme.tokens["ben"]).status == 200


def test_a_token_acts_with_what_its_user_may_now(acme: Acme, anna: InProcess, ben: InProcess) -> None:
    assert ben.post("v1/sessions", {"title": "Q4"}).status == 403
    assert anna.patch(f"v1/users/{acme.ben.id}", {"roles": ["admin"]}).status == 200
    assert ben.post("v1/sessions", {"title": "Q4"}).status == 201


def test_a_brought_token_keeps_its_text(acme: Acme, anna: InProcess) -> None:
    boss = operator(acme.database, acme.account.id, acme.clock)
    _, text = tokens.add(boss, "ben@acme.test", "the old one", value=BROUGHT)
    assert text == BROUGHT
    answer = asked(anna, BROUGHT, acme.account.id)
    assert (answer.status, answer.json["user"]["id"]) == (200, acme.ben.id)
    assert asked(anna, BROUGHT, acme.rival.id).status == 403
    for wrong in (BROUGHT[:-1], BROUGHT + "=", BROUGHT.upper()):
        assert asked(anna, wrong).status == 401


def test_a_token_is_brought_once_only(acme: Acme) -> None:
    tokens.add(operator(acme.database, acme.account.id, acme.clock), "ben@acme.test", value=BROUGHT)
    for account, email in ((acme.account, "anna@acme.test"), (acme.rival, "rita@rival.test")):
        with pytest.raises(Conflict):
            tokens.add(operator(acme.database, account.id, acme.clock), email, value=BROUGHT)


@pytest.mark.parametrize(
    "text", ["", "short", "x" * 15, "x" * 4097, "has a space in the midst", "ünïcödë" * 4, "nul\0" * 8]
)
def test_what_cannot_be_a_token(acme: Acme, text: str) -> None:
    with pytest.raises(Invalid):
        tokens.add(operator(acme.database, acme.account.id, acme.clock), "ben@acme.test", value=text)


def test_a_token_made_for_another_account_cannot_be_brought(acme: Acme) -> None:
    with pytest.raises(Invalid, match="another account"):
        tokens.add(operator(acme.database, acme.account.id, acme.clock), "ben@acme.test", value=acme.tokens["rita"])


def test_an_account_cannot_touch_the_tokens_of_another(acme: Acme, anna: InProcess) -> None:
    boss = operator(acme.database, acme.account.id, acme.clock)
    theirs = tokens.everyone(operator(acme.database, acme.rival.id, acme.clock))
    assert [token.id for token in theirs]
    assert not {token.id for token in theirs} & {token.id for token in tokens.everyone(boss)}
    for token in theirs:
        with pytest.raises(NotFound):
            tokens.revoke(boss, token.id)
    with pytest.raises(NotFound):
        tokens.add(boss, "rita@rival.test")
    assert asked(anna, acme.tokens["rita"]).status == 200

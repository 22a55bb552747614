"""Signing keys: secrets are kept sealed, and nothing but a right signature under a key that holds opens anything."""

from __future__ import annotations

import json
import re
import sqlite3
import uuid
from pathlib import Path

import pytest

from acme import Acme
from milepost.actions import accounts, keys, people, tokens
from milepost.actions.context import Actor, Context, operator
from milepost.actions.people import UserChange
from milepost.config import Settings, from_environment
from milepost.domain import ids, key
from milepost.domain.account import AccountStatus
from milepost.domain.errors import Conflict, Invalid, NotFound, Unauthenticated
from milepost.domain.key import Key
from milepost.domain.people import Role
from milepost.store.vault import CannotUnseal, Vault, vault

CREDENTIAL, SECRET, MOMENT = "mycredential", "mysecret", "2019-02-03T01:55:37Z"
SIGNATURE = "ab9b15c8321dd0e00bbbcc8e33629adcb273b1dfeedb54387cb305fca6c409fa"
SERVER_KEYS = ("the-first-server-key-0123456789abcdef", "the-second-server-key-0123456789abcd")
ONE_ANSWER = (
    "the credential is not known here, or the signature is not right: it is the HMAC-SHA256 of the message under the "
    "secret, in 64 lower-case hex digits"
)


@pytest.fixture
def kept(acme: Acme) -> Vault:
    """A vault with a key file beside the database."""
    return vault("", acme.database.path)


@pytest.fixture
def boss(acme: Acme) -> Context:
    """Whoever runs this server, in Acme."""
    return operator(acme.database, acme.account.id, acme.clock)


def signed(acme: Acme, kept: Vault, credential: str, secret: str) -> Actor:
    """Who a request acts for that is signed with this pair."""
    message = f"{credential}{MOMENT}".encode("utf-8", "surrogatepass")
    return sent(acme, kept, credential, key.signature(secret, message))


def sent(acme: Acme, kept: Vault, credential: str, signature: str) -> Actor:
    """Who a request acts for that bears this signature."""
    message = f"{credential}{MOMENT}".encode("utf-8", "surrogatepass")
    return keys.authenticate(acme.database, kept, credential, message, signature)


def refusal(acme: Acme, kept: Vault, credential: str, signature: str) -> str:
    """The words with which a request is refused."""
    with pytest.raises(Unauthenticated) as error:
        sent(acme, kept, credential, signature)
    return str(error.value)


def bytes_kept(acme: Acme) -> bytes:
    """Every byte of the database, with its log, and of the key file."""
    folder: Path = acme.database.path.parent
    return b"".join(file.read_bytes() for file in folder.iterdir() if file.name.startswith("milepost.db"))


def audited(acme: Acme) -> list[tuple[str, str, str]]:
    """(action, before, after) of what the audit says of keys, the oldest first."""
    query = (
        "SELECT action, before, after FROM audit JOIN audit_payloads USING (account_id, number) "
        "WHERE kind = 'Key' ORDER BY at, number"
    )
    return acme.database.connection.execute(query).fetchall()


def test_the_documented_vector() -> None:
    assert key.signature(SECRET, f"{CREDENTIAL}{MOMENT}".encode()) == SIGNATURE


def test_an_existing_pair_signs_as_before(acme: Acme, boss: Context, kept: Vault) -> None:
    made, secret = keys.add(boss, kept, "ben@acme.test", "the old one", (CREDENTIAL, SECRET))
    assert (made.credential, secret) == (CREDENTIAL, SECRET)
    actor = sent(acme, kept, CREDENTIAL, SIGNATURE)
    assert actor == Actor(acme.account.id, acme.ben.id, Role.MEMBER, made.id, AccountStatus.ACTIVE)


def test_a_new_key_carries_its_account_and_signs_for_its_user(acme: Acme, boss: Context, kept: Vault) -> None:
    pairs = [keys.add(boss, kept, "anna@acme.test") for _ in range(3)]
    for made, secret in pairs:
        assert re.fullmatch(f"mk_{acme.account.id}_[0-9a-f]{{16}}", made.credential)
        assert re.fullmatch("[0-9a-f]{64}", secret)
        actor = signed(acme, kept, made.credential, secret)
        assert (actor.user_id, actor.role, actor.token_id) == (acme.anna.id, Role.ADMIN, made.id)
    assert len({made.credential for made, _ in pairs}) == len({secret for _, secret in pairs}) == 3


def test_a_key_of_an_account_with_a_uuid(acme: Acme, kept: Vault) -> None:
    wanted = str(uuid.uuid5(uuid.NAMESPACE_URL, "https://milepost.test"))
    account = accounts.add(acme.database, acme.clock, "Born elsewhere", wanted)
    boss = operator(acme.database, account.id, acme.clock)
    people.add(boss, UserChange(email="uma@elsewhere.test", role=Role.ADMIN))
    made, secret = keys.add(boss, kept, "uma@elsewhere.test")
    assert made.credential.startswith(f"mk_{wanted.replace('-', '')}_")
    assert signed(acme, kept, made.credential, secret).account_id == wanted
    assert key.account_of(made.credential) == wanted


def test_only_the_sealed_secret_is_kept(acme: Acme, boss: Context, kept: Vault) -> None:
    brought = "a secret that was brought along, 0123456789"
    made, secret = keys.add(boss, kept, "ben@acme.test")
    keys.add(boss, kept, "ben@acme.test", "brought", ("brought-along", brought))
    signed(acme, kept, made.credential, secret)
    keys.revoke(boss, "brought-along")
    found = bytes_kept(acme)
    assert made.sealed_secret.encode() in found, "the search looks where secrets are"
    for hidden in (secret.encode(), bytes.fromhex(secret), brought.encode()):
        assert hidden not in found


def test_the_audit_holds_no_secret_sealed_or_not(acme: Acme, boss: Context) -> None:
    old, both = vault(SERVER_KEYS[0], None), vault(",".join(reversed(SERVER_KEYS)), None)
    made, _ = keys.add(boss, old, "ben@acme.test", "dashboard")
    keys.reseal(acme.database, acme.clock, both)
    keys.revoke(boss, made.credential)
    found = audited(acme)
    assert [action for action, _, _ in found] == ["key.added", "key.resealed", "key.revoked"]
    shown = json.loads(found[0][2])
    assert (shown["credential"], shown["name"]) == (made.credential, "dashboard")
    assert not [payload for _, *payloads in found for payload in payloads if "secret" in (payload or "")]
    assert not [payload for _, *payloads in found for payload in payloads if "v1." in (payload or "")]


def test_one_answer_for_all_that_is_wrong(acme: Acme, boss: Context, kept: Vault) -> None:
    made, secret = keys.add(boss, kept, "ben@acme.test")
    gone, _ = keys.add(boss, kept, "ben@acme.test", pair=(CREDENTIAL, SECRET))
    keys.revoke(boss, gone.credential)
    right = key.signature(secret, f"{made.credential}{MOMENT}".encode())
    assert sent(acme, kept, made.credential, right).user_id == acme.ben.id
    unknown = f"mk_{acme.account.id}_{'0' * 16}"
    refused = {
        "unknown": refusal(acme, kept, unknown, right),
        "of no account": refusal(acme, kept, f"mk_{'0' * 24}_{'0' * 16}", right),
        "brought and unknown": refusal(acme, kept, "nobodys", right),
        "revoked": refusal(acme, kept, CREDENTIAL, SIGNATURE),
        "empty": refusal(acme, kept, made.credential, ""),
        "in capitals": refusal(acme, kept, made.credential, right.upper()),
        "cut": refusal(acme, kept, made.credential, right[:-1]),
        "another's": refusal(acme, kept, made.credential, SIGNATURE),
        "what would fit nobody's secret": refusal(
            acme, kept, unknown, key.signature("0" * 64, f"{unknown}{MOMENT}".encode())
        ),
        "not ASCII": refusal(acme, kept, made.credential, "ünïcödë"),
        "half a surrogate pair": refusal(acme, kept, made.credential, "\ud800"),
        "a credential that is not ASCII": refusal(acme, kept, "crédential", right),
        "a credential that no database takes": refusal(acme, kept, "\ud800", right),
        "a NUL": refusal(acme, kept, f"{CREDENTIAL}\0", right),
    }
    assert {case: words for case, words in refused.items() if words != ONE_ANSWER} == {}


def test_only_a_right_signature_learns_that_the_user_is_inactive(acme: Acme, boss: Context, kept: Vault) -> None:
    made, secret = keys.add(boss, kept, "ben@acme.test")
    people.deactivate(boss, acme.ben.id)
    right = key.signature(secret, f"{made.credential}{MOMENT}".encode())
    assert refusal(acme, kept, made.credential, right) == "the key's user is no longer active"
    assert refusal(acme, kept, made.credential, right[::-1]) == ONE_ANSWER
    people.revise(boss, acme.ben.id, UserChange(is_active=True, role=Role.VIEWER))
    assert sent(acme, kept, made.credential, right).role is Role.VIEWER


def test_a_suspended_account_is_said(acme: Acme, boss: Context, kept: Vault) -> None:
    made, secret = keys.add(boss, kept, "ben@acme.test")
    accounts.set_status(boss, AccountStatus.SUSPENDED)
    assert signed(acme, kept, made.credential, secret).account_status is AccountStatus.SUSPENDED


def test_a_credential_is_registered_once_on_this_server(acme: Acme, boss: Context, kept: Vault) -> None:
    keys.add(boss, kept, "ben@acme.test", pair=(CREDENTIAL, SECRET))
    rival = operator(acme.database, acme.rival.id, acme.clock)
    for context, email in ((boss, "anna@acme.test"), (rival, "rita@rival.test")):
        with pytest.raises(Conflict, match="registered already"):
            keys.add(context, kept, email, pair=(CREDENTIAL, "another secret"))
    assert sent(acme, kept, CREDENTIAL, SIGNATURE).user_id == acme.ben.id
    assert keys.everyone(rival) == []


def test_a_pair_that_was_mistyped_is_revoked_and_registered_again(acme: Acme, boss: Context, kept: Vault) -> None:
    keys.add(boss, kept, "ben@acme.test", pair=(CREDENTIAL, "mysercet"))
    assert refusal(acme, kept, CREDENTIAL, SIGNATURE) == ONE_ANSWER
    keys.revoke(boss, CREDENTIAL)
    again, _ = keys.add(boss, kept, "ben@acme.test", pair=(CREDENTIAL, SECRET))
    assert sent(acme, kept, CREDENTIAL, SIGNATURE).token_id == again.id
    assert keys.everyone(boss) == [again]
    assert [action for action, _, _ in audited(acme)] == ["key.added", "key.revoked", "key.added"]


def test_a_credential_that_was_registered_in_the_wrong_account(acme: Acme, boss: Context, kept: Vault) -> None:
    rival = operator(acme.database, acme.rival.id, acme.clock)
    keys.add(rival, kept, "rita@rival.test", pair=(CREDENTIAL, SECRET))
    keys.revoke(rival, CREDENTIAL)
    keys.add(boss, kept, "ben@acme.test", pair=(CREDENTIAL, SECRET))
    assert sent(acme, kept, CREDENTIAL, SIGNATURE).user_id == acme.ben.id


@pytest.mark.parametrize(
    ("credential", "secret", "fields"),
    [
        ("", SECRET, ["credential"]),
        ("x" * 201, SECRET, ["credential"]),
        ("two words", SECRET, ["credential"]),
        ("one&two", SECRET, ["credential"]),
        ("crédential", SECRET, ["credential"]),
        ("line\n", SECRET, ["credential"]),
        (f"mk_{'0' * 24}_{'0' * 16}", SECRET, ["credential"]),
        (CREDENTIAL, "seven..", ["secret"]),
        (CREDENTIAL, "x" * 4_097, ["secret"]),
        (CREDENTIAL, "nul\0nul\0", ["secret"]),
        (CREDENTIAL, "ends with a line\n", ["secret"]),
        (CREDENTIAL, "two\rlines", ["secret"]),
        (CREDENTIAL, "half a pair \ud800", ["secret"]),
        ("", "short", ["credential", "secret"]),
    ],
)
def test_what_cannot_be_a_pair(
    acme: Acme, boss: Context, kept: Vault, credential: str, secret: str, fields: list[str]
) -> None:
    with pytest.raises(Invalid) as error:
        keys.add(boss, kept, "ben@acme.test", pair=(credential, secret))
    assert [fault.field for fault in error.value.faults] == fields
    assert not [fault for fault in error.value.faults if secret in fault.message]
    assert keys.everyone(boss) == []


@pytest.mark.parametrize(
    ("credential", "secret"), [("x", "x" * 8), ("~" * 200, "sécrèt=&+/ \t☃"), ("a=b", "x" * 4_096)]
)
def test_what_can_be_a_pair(acme: Acme, boss: Context, kept: Vault, credential: str, secret: str) -> None:
    made, _ = keys.add(boss, kept, "ben@acme.test", pair=(credential, secret))
    assert signed(acme, kept, credential, secret).token_id == made.id


def test_a_key_of_ones_own_may_come_back_from_another_server(acme: Acme, boss: Context, kept: Vault) -> None:
    credential, secret = key.issue(acme.account.id)
    keys.add(boss, kept, "ben@acme.test", pair=(credential, secret))
    assert signed(acme, kept, credential, secret).user_id == acme.ben.id


def test_revoking_erases_the_secret_and_is_done_once(acme: Acme, boss: Context, kept: Vault) -> None:
    made, _ = keys.add(boss, kept, "ben@acme.test")
    first = keys.revoke(boss, made.credential)
    assert (first.sealed_secret, first.revoked_at is not None) == ("", True)
    assert keys.everyone(boss) == [first]
    assert keys.revoke(boss, made.credential) == first
    assert len(audited(acme)) == 2


def test_an_account_reaches_its_own_keys_only(acme: Acme, boss: Context, kept: Vault) -> None:
    made, secret = keys.add(boss, kept, "ben@acme.test")
    rival = operator(acme.database, acme.rival.id, acme.clock)
    with pytest.raises(NotFound):
        keys.revoke(rival, made.credential)
    with pytest.raises(NotFound):
        keys.add(rival, kept, "ben@acme.test")
    assert keys.everyone(rival) == []
    assert signed(acme, kept, made.credential, secret).account_id == acme.account.id


def test_a_sealed_secret_opens_in_its_own_row_only(acme: Acme, boss: Context, kept: Vault) -> None:
    (mine, _), (theirs, secret) = (keys.add(boss, kept, email) for email in ("ben@acme.test", "anna@acme.test"))
    connection: sqlite3.Connection = acme.database.connection
    connection.execute("UPDATE keys SET sealed_secret = ? WHERE id = ?", (mine.sealed_secret, theirs.id))
    with pytest.raises(CannotUnseal, match="altered, or moved"):
        signed(acme, kept, theirs.credential, secret)


def test_no_new_server_key_hides_that_the_old_one_is_lost(acme: Acme, boss: Context, kept: Vault) -> None:
    made, _ = keys.add(boss, kept, "ben@acme.test")
    file = acme.database.path.with_name("milepost.db.key")
    file.rename(file.with_name("elsewhere"))
    rival = operator(acme.database, acme.rival.id, acme.clock)
    for vaults in (kept, vault("", acme.database.path), vault(SERVER_KEYS[0], acme.database.path)):
        assert keys.unreadable(acme.database, vaults) == [made]
        with pytest.raises(CannotUnseal, match=f"no key is added .*the server key {made.sealed_secret[3:11]} is "):
            keys.add(rival, vaults, "rita@rival.test")
    assert not file.exists()
    keys.revoke(boss, made.credential)
    keys.add(rival, kept, "rita@rival.test")
    assert file.exists()


def test_resealing_is_for_every_account_and_all_or_nothing(acme: Acme, boss: Context) -> None:
    rival = operator(acme.database, acme.rival.id, acme.clock)
    first, second = SERVER_KEYS
    old, both, new = (vault(text, None) for text in (first, f"{second} {first}", second))
    pairs = [keys.add(boss, old, "ben@acme.test"), keys.add(rival, old, "rita@rival.test")]
    keys.revoke(boss, keys.add(boss, old, "anna@acme.test", pair=(CREDENTIAL, SECRET))[0].credential)
    pairs.append(keys.add(boss, both, "anna@acme.test"))
    stray, _ = keys.add(rival, vault(f"{'third' * 8} {first} {second}", None), "rita@rival.test")
    before = keys.everyone(boss) + keys.everyone(rival)
    with pytest.raises(CannotUnseal, match=stray.sealed_secret[3:11]):
        keys.reseal(acme.database, acme.clock, both)
    assert keys.everyone(boss) + keys.everyone(rival) == before
    keys.revoke(rival, stray.credential)
    assert [keys.reseal(acme.database, acme.clock, both) for _ in range(2)] == [2, 0]
    for made, secret in pairs:
        assert signed(acme, new, made.credential, secret).token_id == made.id
    assert {one.sealed_secret for one in keys.everyone(boss) if one.credential == CREDENTIAL} == {""}


def test_the_settings_show_no_server_key() -> None:
    settings = from_environment({"MILEPOST_SECRET_KEY": SERVER_KEYS[0], "MILEPOST_PUBLIC_URL": "https://okr.test"})
    assert (settings.secret_key, Settings().secret_key) == (SERVER_KEYS[0], "")
    assert SERVER_KEYS[0] not in f"{settings} {settings!r}"
    assert "https://okr.test" in repr(settings)
    assert "s3cret" not in repr(from_environment({"MILEPOST_DATABASE": "postgresql://milepost:s3cret@db.test/okr"}))


def test_the_uuid_spelling_of_a_short_account_id_names_the_same_account(acme: Acme) -> None:
    credential = f"mk_{ids.as_uuid(acme.account.id).replace('-', '')}_{'0' * 16}"
    assert key.account_of(credential) == acme.account.id
    assert [key.account_of(text) for text in ("", CREDENTIAL, "mk__", f"{credential}0", f"{credential}\n")] == [
        None
    ] * 5


def test_a_token_and_a_key_sign_in_as_the_same_user(acme: Acme, boss: Context, kept: Vault) -> None:
    made, secret = keys.add(boss, kept, "anna@acme.test")
    by_token = tokens.authenticate(acme.database, acme.tokens["anna"], acme.clock())
    by_key = signed(acme, kept, made.credential, secret)
    assert isinstance(made, Key)
    assert (by_key.account_id, by_key.user_id, by_key.role, by_key.account_status) == (
        by_token.account_id,
        by_token.user_id,
        by_token.role,
        by_token.account_status,
    )


def test_a_secret_that_was_moved_to_another_key_is_found_by_its_credential(
    acme: Acme, boss: Context, kept: Vault
) -> None:
    made, _ = keys.add(boss, kept, "anna@acme.test")
    other, secret = keys.add(boss, kept, "ben@acme.test")
    moved = (other.sealed_secret, made.id)
    acme.database.connection.execute("UPDATE keys SET sealed_secret = ? WHERE id = ?", moved)
    assert [one.credential for one in keys.unreadable(acme.database, kept)] == [made.credential]
    with pytest.raises(CannotUnseal, match=f"^the key {made.credential}: a secret in the database was altered"):
        keys.reseal(acme.database, acme.clock, kept)
    with pytest.raises(CannotUnseal, match=made.credential):
        keys.authenticate(acme.database, kept, made.credential, b"", key.signature(secret, b""))

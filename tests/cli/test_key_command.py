"""`milepost key`: what it prints, what it keeps to itself, and what an operator is told when a server key is lost."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from milepost.actions import keys
from milepost.actions.context import Actor
from milepost.app import database, vault
from milepost.config import from_environment
from milepost.domain.errors import Unauthenticated
from milepost.domain.key import signature
from terminal import Running, Terminal

OLD, NEW = "the-old-server-key-0123456789abcdefgh", "the-new-server-key-0123456789abcdefgh"
BROUGHT = ("--credential", "mycredential", "--secret", "-")
ANNA = ("--user", "anna@acme.test")
DOCUMENTATION = Path(__file__).parent.parent.parent / "docs" / "operating.md"
PRINTED = re.compile(r"(mk_[0-9a-f]{24}_[0-9a-f]{16}) ([0-9a-f]{64})")


@pytest.fixture(autouse=True)
def _no_server_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the person who runs the tests."""
    monkeypatch.delenv("MILEPOST_SECRET_KEY", raising=False)


def signed_in(milepost: Terminal, credential: str, secret: str) -> Actor:
    """Who a request acts for that is signed with this pair, at a server with the settings of this shell."""
    opened = database(milepost.url)
    try:
        message = f"{credential}2026-03-31T12:00:00Z".encode()
        kept = vault(from_environment(), opened)
        return keys.authenticate(opened, kept, credential, message, signature(secret, message))
    finally:
        opened.close()


def added(milepost: Terminal, *words: str) -> tuple[str, str]:
    """The credential and the secret of a new key."""
    found = PRINTED.fullmatch(milepost.right("key", "add", *(words or ANNA)).line)
    assert found is not None
    return found[1], found[2]


def states(milepost: Terminal) -> list[str]:
    """The state of every key, the oldest first."""
    return [one["state"] for one in milepost.right("key", "list", "--json").json]


def key_file(milepost: Terminal) -> Path:
    return milepost.file.with_name("milepost.db.key")


def test_a_new_key_is_printed_on_one_line_and_signs_for_its_user(company: Terminal) -> None:
    made = company.right("key", "add", "--user", "ben@acme.test", "--name", "dashboard")
    assert made.err == ""
    assert PRINTED.fullmatch(made.line)
    ben = company.right("user", "list", "--json").json[1]["id"]
    assert signed_in(company, *made.line.split(" ")).user_id == ben


def test_a_new_key_as_json(company: Terminal) -> None:
    made = company.right("key", "add", *ANNA, "--name", "dashboard", "--json").json
    assert PRINTED.fullmatch(f"{made['credential']} {made['secret']}")
    (listed,) = company.right("key", "list", "--json").json
    assert listed == {name: value for name, value in made.items() if name != "secret"}
    assert (listed["user"], listed["name"], listed["state"]) == ("anna@acme.test", "dashboard", "active")


@pytest.mark.parametrize("given", ["mysecret", "mysecret\n", "mysecret\r\nanother line\n"])
def test_an_existing_pair_takes_its_secret_from_standard_input(company: Terminal, given: str) -> None:
    assert company.right("key", "add", *ANNA, *BROUGHT, given=given).line == "mycredential mysecret"
    anna = company.right("user", "list", "--json").json[0]["id"]
    assert signed_in(company, "mycredential", "mysecret").user_id == anna


def test_spaces_are_part_of_a_secret(company: Terminal) -> None:
    company.right("key", "add", *ANNA, *BROUGHT, given=" my secret \n")
    assert signed_in(company, "mycredential", " my secret ")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("", "a secret is 8 to 4,096 characters long"),
        ("short\n", "a secret is 8 to 4,096 characters long"),
        ("x" * 50_000, "a secret is 8 to 4,096 characters long"),
        ("a secret\0with a NUL\n", "a secret is one line of text"),
        (b"\xff\xfe" * 20, "what came on standard input is not text in UTF-8"),
    ],
)
def test_what_is_no_secret_is_refused(company: Terminal, given: str | bytes, words: str) -> None:
    outcome = company("key", "add", *ANNA, *BROUGHT, given=given)
    assert (outcome.code, outcome.out, outcome.err) == (1, "", f"milepost: --secret: {words}\n")
    assert not key_file(company).exists()


def test_what_is_no_credential_is_refused(company: Terminal) -> None:
    outcome = company("key", "add", *ANNA, "--credential", "a&b", "--secret", "-", given="mysecret")
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err == (
        "milepost: --credential: a credential is 1 to 200 printable ASCII characters without spaces and &\n"
    )


@pytest.mark.parametrize("words", [("--secret", "mysecret"), ("--secret=mysecret",), ("--secret", "")])
def test_a_secret_is_not_taken_from_the_command_line(company: Terminal, words: tuple[str, ...]) -> None:
    outcome = company("key", "add", *ANNA, "--credential", "mycredential", *words)
    assert (outcome.code, outcome.out) == (2, "")
    assert "mysecret" not in outcome.err
    assert "standard input" in outcome.err


@pytest.mark.parametrize("words", [BROUGHT[:2], BROUGHT[2:]])
def test_half_a_pair_is_no_key(company: Terminal, words: tuple[str, ...]) -> None:
    outcome = company("key", "add", *ANNA, *words, given="mysecret")
    assert (outcome.code, outcome.out) == (2, "")
    assert "an existing key has both: --credential CREDENTIAL --secret -" in outcome.err


def test_an_error_is_one_line(company: Terminal) -> None:
    company.right("key", "add", *ANNA, *BROUGHT, given="mysecret")
    again = company("key", "add", *ANNA, *BROUGHT, given="other secret")
    assert (again.code, again.out, again.err) == (1, "", "milepost: this credential is registered already\n")
    unknown = company("key", "revoke", "nobodys")
    assert (unknown.code, unknown.out, unknown.err) == (1, "", "milepost: there is no key nobodys\n")
    stranger = company("key", "add", "--user", "x@acme.test")
    assert (stranger.code, stranger.out, stranger.err) == (1, "", "milepost: there is no user x@acme.test\n")


@pytest.mark.parametrize("words", [("list",), ("add", *ANNA), ("revoke", "nobodys"), ("reseal",)], ids=lambda w: w[0])
def test_looking_makes_no_database_and_no_key_file(milepost: Terminal, tmp_path: Path, words: tuple[str, ...]) -> None:
    outcome = milepost("key", *words)
    assert (outcome.code, outcome.out) == (1, "")
    assert "there is no database here yet" in outcome.err
    assert list(tmp_path.iterdir()) == []


def test_the_secret_is_shown_once_and_kept_in_no_file(company: Terminal, tmp_path: Path) -> None:
    pairs = [added(company), added(company)]
    company.right("key", "add", *ANNA, *BROUGHT, given="a brought secret")
    company.right("key", "revoke", pairs[1][0])
    secrets = [secret for _, secret in pairs] + ["a brought secret"]
    shown = [company.right("key", "list"), company.right("key", "list", "--json")]
    assert pairs[0][0] in shown[0].out
    files = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert pairs[0][0].encode() in files
    for secret in secrets:
        assert secret.encode() not in files
        assert not [outcome for outcome in shown if secret in outcome.out + outcome.err]


def test_list_shows_a_line_a_key_with_its_state(company: Terminal) -> None:
    first, _ = added(company, *ANNA, "--name", "dashboard")
    second, _ = added(company)
    added(company, "--user", "ben@acme.test")
    company.right("key", "revoke", second)
    company.right("user", "deactivate", "ben@acme.test")
    assert states(company) == ["active", "revoked", "user inactive"]
    head, *rows = company.right("key", "list").out.splitlines()
    assert head.split() == ["CREDENTIAL", "USER", "NAME", "SCOPES", "STATE", "CREATED", "LAST", "USED"]
    assert rows[0].split()[:5] == [first, "anna@acme.test", "dashboard", "all", "active"]
    assert ["revoked" in rows[1], "user inactive" in rows[2], len(rows)] == [True, True, 3]


def test_a_key_for_a_user_who_is_not_active_comes_with_a_word(company: Terminal) -> None:
    company.right("user", "deactivate", "ben@acme.test")
    made = company.right("key", "add", "--user", "ben@acme.test")
    assert PRINTED.fullmatch(made.line)
    assert made.err == (
        "it opens nothing yet: ben@acme.test is not active, see `milepost user activate ben@acme.test`\n"
    )


def test_a_revoked_key_opens_nothing(company: Terminal) -> None:
    credential, secret = added(company)
    done = company.right("key", "revoke", credential)
    assert (done.out, done.err) == ("", f"the key {credential} of anna@acme.test is revoked\n")
    assert company.right("key", "revoke", credential, "--json").json["state"] == "revoked"
    with pytest.raises(Unauthenticated):
        signed_in(company, credential, secret)


def test_an_account_must_be_named_where_there_are_several(company: Terminal) -> None:
    other = company.right("account", "add", "Rival").line
    company.right("user", "add", "rita@rival.test", "--name", "Rita", "--account", other)
    assert "say which with --account" in company("key", "list").err
    credential, secret = added(company, "--user", "rita@rival.test", "--account", other)
    assert signed_in(company, credential, secret).account_id == other
    assert [one["credential"] for one in company.right("key", "list", "--account", other, "--json").json] == [
        credential
    ]
    acme = company.right("account", "list", "--json").json[0]["id"]
    assert company("key", "revoke", credential, "--account", acme).err == f"milepost: there is no key {credential}\n"


def test_the_server_key_is_changed_with_the_variable(company: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MILEPOST_SECRET_KEY", OLD)
    pairs = [added(company), added(company)]
    monkeypatch.setenv("MILEPOST_SECRET_KEY", f"{NEW},{OLD}")
    pairs.append(added(company))
    assert company.right("key", "reseal").line == "2"
    assert company.right("key", "reseal", "--json").json == {"resealed": 0}
    monkeypatch.setenv("MILEPOST_SECRET_KEY", NEW)
    assert states(company) == ["active"] * 3
    for pair in pairs:
        assert signed_in(company, *pair)
    assert not key_file(company).exists()


def test_the_server_key_is_changed_with_the_file(company: Terminal) -> None:
    pair, file = added(company), key_file(company)
    old = file.read_text()
    file.write_text(f"{NEW}\n{old}")
    assert company.right("key", "reseal").line == "1"
    file.write_text(f"{NEW}\n")
    assert states(company) == ["active"]
    assert signed_in(company, *pair)
    file.write_text(old)
    assert states(company) == ["unreadable"]


@pytest.mark.skipif(shutil.which("openssl") is None, reason="there is no openssl on this machine to make a key with")
def test_the_line_of_the_documentation_puts_a_new_key_in_front(company: Terminal, tmp_path: Path) -> None:
    added(company)
    (line,) = re.findall(r"`(\(umask .*\))`", DOCUMENTATION.read_text())
    old = key_file(company).read_text()
    subprocess.run(["sh", "-c", line], cwd=tmp_path, check=True)
    assert re.fullmatch(f"[0-9a-f]{{64}}\n{old}", key_file(company).read_text())
    assert company.right("key", "reseal").line == "1"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["milepost.db", "milepost.db.key"]


def test_the_file_gives_way_to_the_variable(company: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    pair = added(company)
    monkeypatch.setenv("MILEPOST_SECRET_KEY", f"{NEW} {key_file(company).read_text()}")
    assert company.right("key", "reseal").line == "1"
    key_file(company).unlink()
    monkeypatch.setenv("MILEPOST_SECRET_KEY", NEW)
    assert signed_in(company, *pair)


def test_a_lost_server_key_is_told_and_nothing_is_made_in_its_place(company: Terminal) -> None:
    pair, file = added(company), key_file(company)
    held = file.read_text()
    file.unlink()
    listed = company.right("key", "list")
    assert "unreadable" in listed.out
    said = f": the server key {sealed_under(company)} is needed, and there is no file {file} "
    assert f"cannot be read: the key {pair[0]}{said}" in listed.err
    for words in (("add", *ANNA), ("reseal",)):
        outcome = company("key", *words)
        assert (outcome.code, outcome.out, outcome.err.count("\n")) == (1, "", 1)
        assert f"there is no file {file} (MILEPOST_SECRET_KEY is not set): put it back where it was, " in outcome.err
    assert not file.exists()
    file.touch(0o600)
    file.write_text(held)
    assert signed_in(company, *pair)
    file.unlink()
    company.right("key", "revoke", pair[0])
    assert states(company) == ["revoked"]
    assert signed_in(company, *added(company))


def sealed_under(milepost: Terminal) -> str:
    """The id of the server key that the first key was sealed under."""
    opened = database(milepost.url)
    try:
        return keys.unreadable(opened, vault(from_environment(), opened))[0].sealed_secret.split(".")[1]
    finally:
        opened.close()


def test_a_wrong_variable_is_told_too(company: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    added(company)
    monkeypatch.setenv("MILEPOST_SECRET_KEY", NEW)
    assert states(company) == ["unreadable"]
    outcome = company("key", "add", *ANNA)
    assert (outcome.code, outcome.out) == (1, "")
    assert re.search(r"the server key [0-9a-f]{8} is not in MILEPOST_SECRET_KEY: ", outcome.err)
    assert NEW not in outcome.err


def test_a_short_variable_is_no_server_key(company: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    credential, _ = added(company)
    monkeypatch.setenv("MILEPOST_SECRET_KEY", "too short")
    for words in (("key", "add", *ANNA), ("key", "list"), ("serve", "--port", "0")):
        outcome = company(*words)
        assert (outcome.code, outcome.out) == (1, "")
        assert outcome.err == (
            "milepost: MILEPOST_SECRET_KEY: a server key is 32 or more printable characters without spaces and commas, "
            "which stand between several keys\n"
        )
    assert company.right("key", "revoke", credential)


def test_a_server_without_its_key_says_so_and_runs(company: Terminal, tmp_path: Path) -> None:
    added(company)
    key_file(company).rename(tmp_path / "elsewhere")
    running = Running("serve", "--port", "0", "--database", company.url, folder=tmp_path)
    outcome = running.end(signal.SIGTERM)
    assert outcome.code == 0
    assert running.said[-1].startswith("Listening on ")
    (line,) = outcome.err.splitlines()
    assert line.startswith("the secrets of 1 key cannot be read: the key mk_")
    assert f"there is no file {key_file(company)} " in line


def test_a_server_with_its_key_says_nothing_of_it(company: Terminal, tmp_path: Path) -> None:
    added(company)
    running = Running("serve", "--port", "0", "--database", company.url, folder=tmp_path)
    assert running.end(signal.SIGTERM).err == ""

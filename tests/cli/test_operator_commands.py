"""What an operator does to accounts, users and tokens, and what each command answers."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from milepost.actions import tokens as token_actions
from milepost.app import clock, database
from milepost.domain.errors import Unauthenticated
from terminal import Terminal

ID = re.compile(r"[0-9a-f]{24}")
OLD_TOKEN = "eyJhbGciOiJIUzI1NiJ9-old-token-of-a-client"


def signed_in(milepost: Terminal, text: str) -> str:
    """The id of the user that a token opens the database for."""
    opened = database(milepost.url)
    try:
        return token_actions.authenticate(opened, text, clock()).user_id
    finally:
        opened.close()


def test_add_prints_the_new_id_alone(milepost: Terminal) -> None:
    account = milepost.right("account", "add", "Acme")
    user = milepost.right("user", "add", "anna@acme.test", "--name", "Anna Ahlberg")
    for outcome in (account, user):
        assert ID.fullmatch(outcome.line)
        assert outcome.err == ""
    assert milepost.right("account", "list", "--json").json[0]["id"] == account.line
    assert milepost.right("user", "list", "--json").json[0]["id"] == user.line


def test_an_account_under_an_id_of_ones_own(milepost: Terminal) -> None:
    wanted = "0123456789abcdef01234567"
    assert milepost.right("account", "add", "Acme", "--id", wanted).line == wanted
    again = milepost("account", "add", "Other", "--id", wanted)
    assert (again.code, again.out) == (1, "")
    assert again.err == f"milepost: there is an account {wanted} already\n"


def test_a_user_is_a_member_unless_told(company: Terminal) -> None:
    company.right("user", "add", "vera@acme.test", "--name", "Vera van der Velde", "--role", "viewer")
    found = company.right("user", "list", "--json").json
    assert [(one["email"], one["role"]) for one in found] == [
        ("anna@acme.test", "admin"),
        ("ben@acme.test", "member"),
        ("vera@acme.test", "viewer"),
    ]
    assert [found[2][key] for key in ("name", "first_name", "last_name")] == [
        "Vera van der Velde",
        "Vera",
        "van der Velde",
    ]


def test_lists_show_one_line_a_record_under_headings(company: Terminal) -> None:
    head, *rows = company.right("user", "list").out.splitlines()
    assert head.split() == ["ID", "EMAIL", "NAME", "ROLE", "ACTIVE", "CREATED"]
    assert [row.split()[1] for row in rows] == ["anna@acme.test", "ben@acme.test"]
    head, row = company.right("account", "list").out.splitlines()
    assert head.split() == ["ID", "NAME", "STATUS", "CREATED"]
    assert row.split()[1:3] == ["Acme", "active"]


def test_a_list_obeys_no_name(company: Terminal) -> None:
    company.right("user", "add", "eve@acme.test", "--name", "[bold]Eve\x1b[2J\nEnd")
    shown = company.right("user", "list").out
    assert "[bold]Eve\N{REPLACEMENT CHARACTER}[2J\N{REPLACEMENT CHARACTER}End" in shown
    assert "\x1b" not in shown
    assert len(shown.splitlines()) == 4


def test_a_deactivated_user_is_shut_out_and_still_listed(company: Terminal) -> None:
    text = company.right("token", "add", "--user", "ben@acme.test").line
    done = company.right("user", "deactivate", "BEN@acme.test")
    assert (done.out, done.err) == ("", "the user ben@acme.test is no longer active\n")
    assert [one["is_active"] for one in company.right("user", "list", "--json").json] == [True, False]
    with pytest.raises(Unauthenticated):
        signed_in(company, text)
    assert company.right("user", "deactivate", "ben@acme.test", "--json").json["is_active"] is False


def test_the_last_admin_stays(company: Terminal) -> None:
    outcome = company("user", "deactivate", "anna@acme.test")
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err == (
        "milepost: the account would be left without an active admin: appoint another one first, "
        "with `milepost user role EMAIL admin`\n"
    )
    assert company("user", "role", "anna@acme.test", "member").err == outcome.err


def test_a_user_is_given_another_address(company: Terminal) -> None:
    token = company.right("token", "add", "--user", "ben@acme.test").line
    done = company.right("user", "email", "BEN@acme.test", "ben@elsewhere.test")
    assert done.err == "the address of Ben Bauer is ben@elsewhere.test\n"
    found = company.right("user", "list", "--json").json
    assert [one["email"] for one in found] == ["anna@acme.test", "ben@elsewhere.test"]
    assert signed_in(company, token) == found[1]["id"]
    taken = company("user", "email", "ben@elsewhere.test", "Anna@acme.test")
    assert (taken.code, taken.out) == (1, "")
    assert taken.err == "milepost: NEW_EMAIL: another user of the account has the address anna@acme.test\n"


def test_a_user_is_given_another_role(company: Terminal) -> None:
    done = company.right("user", "role", "BEN@acme.test", "admin")
    assert (done.out, done.err) == ("", "the role of ben@acme.test is admin\n")
    assert company.right("user", "role", "anna@acme.test", "viewer", "--json").json["role"] == "viewer"
    assert [one["role"] for one in company.right("user", "list", "--json").json] == ["viewer", "admin"]


def test_a_deactivated_user_comes_back_and_the_token_works_again(company: Terminal) -> None:
    text = company.right("token", "add", "--user", "ben@acme.test").line
    company.right("user", "deactivate", "ben@acme.test")
    told = company.right("user", "role", "ben@acme.test", "viewer").err
    assert told == (
        "the role of ben@acme.test is viewer, but the user is not active: see `milepost user activate ben@acme.test`\n"
    )
    done = company.right("user", "activate", "BEN@acme.test")
    assert (done.out, done.err) == ("", "the user ben@acme.test is active\n")
    assert signed_in(company, text) == company.right("user", "list", "--json").json[1]["id"]


def test_adding_a_deactivated_user_again_names_the_command_that_brings_them_back(company: Terminal) -> None:
    company.right("user", "deactivate", "ben@acme.test")
    outcome = company("user", "add", " BEN@acme.test", "--name", "Ben")
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err == (
        "milepost: EMAIL: ben@acme.test is a user who was deactivated: `milepost user activate ben@acme.test`\n"
    )


def test_a_token_for_a_user_who_is_not_active_comes_with_a_word(company: Terminal) -> None:
    company.right("user", "deactivate", "ben@acme.test")
    made = company.right("token", "add", "--user", "ben@acme.test")
    assert made.line
    assert made.err == (
        "it opens nothing yet: ben@acme.test is not active, see `milepost user activate ben@acme.test`\n"
    )


def test_a_token_whose_user_is_not_active_is_listed_as_such(company: Terminal) -> None:
    for email in ("anna@acme.test", "ben@acme.test"):
        company.right("token", "add", "--user", email)
    company.right("user", "deactivate", "ben@acme.test")
    found = company.right("token", "list", "--json").json
    assert [one["state"] for one in found] == ["active", "user inactive"]
    assert "user inactive" in company.right("token", "list").out


def test_suspend_and_resume(company: Terminal) -> None:
    (account,) = company.right("account", "list", "--json").json
    done = company.right("account", "suspend", account["id"])
    assert (done.out, done.err) == ("", "the account Acme is suspended\n")
    assert company.right("account", "list", "--json").json[0]["status"] == "suspended"
    assert company.right("account", "resume", account["id"], "--json").json == account


def test_an_account_is_renamed(company: Terminal) -> None:
    (before,) = company.right("account", "list", "--json").json
    done = company.right("account", "rename", "Acme & Sons")
    assert done.err == f"the account {before['id']} is called Acme & Sons\n"
    assert company.right("account", "list", "--json").json == [{**before, "name": "Acme & Sons"}]
    assert company.right("verify").out
    assert company("account", "rename", "").err == "milepost: NAME: is required\n"


def test_how_long_silence_may_last(company: Terminal) -> None:
    assert company.right("account", "list", "--json").json[0]["stale_days"] == 7
    done = company.right("account", "stale", "14")
    assert done.err == "key results of Acme are stale after 14 days without a check-in\n"
    assert company.right("account", "list", "--json").json[0]["stale_days"] == 14
    assert "account.revised" in company.right("audit", "list").out
    assert company.right("verify").out
    for days in ("0", "367", "soon"):
        assert company("account", "stale", days).code == 2


def test_a_token_is_printed_alone_and_opens_the_account_for_its_user(company: Terminal) -> None:
    made = company.right("token", "add", "--user", "ben@acme.test", "--name", "dashboard")
    assert made.err == ""
    assert signed_in(company, made.line) == company.right("user", "list", "--json").json[1]["id"]


def test_no_list_shows_a_token(company: Terminal) -> None:
    texts = [
        company.right("token", "add", "--user", "ben@acme.test", "--name", "dashboard").line,
        company.right("token", "add", "--user", "anna@acme.test", "--json").json["token"],
        OLD_TOKEN,
    ]
    company.right("token", "add", "--user", "anna@acme.test", "--value", "-", given=OLD_TOKEN)
    plain, document = company.right("token", "list"), company.right("token", "list", "--json")
    assert [(one["user"], one["name"], one["state"]) for one in document.json] == [
        ("ben@acme.test", "dashboard", "active"),
        ("anna@acme.test", "", "active"),
        ("anna@acme.test", "", "active"),
    ]
    assert len(plain.out.splitlines()) == 4
    for text in texts:
        for outcome in (plain, document):
            assert text.rpartition("_")[2] not in outcome.out


@pytest.mark.parametrize("given", [OLD_TOKEN, f"{OLD_TOKEN}\n", f"  {OLD_TOKEN}\r\nanother line\n"])
def test_an_existing_token_is_read_from_standard_input(company: Terminal, given: str) -> None:
    made = company.right("token", "add", "--user", "anna@acme.test", "--value", "-", given=given)
    assert [made.line] == [one["id"] for one in company.right("token", "list", "--json").json]
    assert OLD_TOKEN not in made.out + made.err
    assert signed_in(company, OLD_TOKEN) == company.right("user", "list", "--json").json[0]["id"]


NO_TOKEN = "a token is 16 to 4,096 printable ASCII characters without spaces"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        *((given, NO_TOKEN) for given in ("", "too short", "x" * 5_000, "two words of sufficient length")),
        (b"\xff\xfe" * 20, "what came on standard input is not text in UTF-8"),
    ],
)
def test_what_is_no_token_is_refused(company: Terminal, given: str | bytes, words: str) -> None:
    outcome = company("token", "add", "--user", "anna@acme.test", "--value", "-", given=given)
    assert (outcome.code, outcome.out, outcome.err) == (1, "", f"milepost: --value: {words}\n")


def test_a_token_is_not_taken_from_the_command_line(company: Terminal) -> None:
    outcome = company("token", "add", "--user", "anna@acme.test", "--value", OLD_TOKEN)
    assert (outcome.code, outcome.out) == (2, "")
    assert OLD_TOKEN not in outcome.err
    assert "standard input" in outcome.err


def test_a_token_holds_until_the_end_of_a_day(company: Terminal) -> None:
    day = (datetime.now(UTC) + timedelta(days=3)).date()
    made = company.right("token", "add", "--user", "anna@acme.test", "--expires", day.isoformat(), "--json").json
    assert made["expires_at"] == f"{day}T23:59:59.999999Z"
    assert company.right("token", "list", "--json").json[0]["expires_at"] == made["expires_at"]


def test_a_token_holds_until_a_moment(company: Terminal) -> None:
    options = ("--user", "anna@acme.test", "--expires", "2199-01-31T12:00:00+02:00", "--json")
    assert company.right("token", "add", *options).json["expires_at"] == "2199-01-31T10:00:00Z"


@pytest.mark.parametrize(
    ("date", "reason"),
    [
        ("soon", "is not a date"),
        ("2199-02-30", "is not a date"),
        ("2199-1-1", "is not a date"),
        ("2020-01-01", "has passed"),
        ("2020-01-01T00:00:00Z", "has passed"),
    ],
)
def test_a_date_that_no_token_can_have(company: Terminal, date: str, reason: str) -> None:
    outcome = company("token", "add", "--user", "anna@acme.test", "--expires", date)
    assert (outcome.code, outcome.out) == (2, "")
    assert f"'--expires': {date} {reason}" in outcome.err


def test_a_revoked_token_opens_nothing(company: Terminal) -> None:
    made = company.right("token", "add", "--user", "anna@acme.test", "--json").json
    done = company.right("token", "revoke", made["id"])
    assert (done.out, done.err) == ("", f"the token {made['id']} of anna@acme.test is revoked\n")
    assert company.right("token", "list", "--json").json[0]["state"] == "revoked"
    assert company.right("token", "revoke", made["id"], "--json").json["state"] == "revoked"
    with pytest.raises(Unauthenticated):
        signed_in(company, made["token"])


def test_an_account_must_be_named_where_there_are_several(company: Terminal) -> None:
    other = company.right("account", "add", "Rival").line
    unsaid = company("user", "list")
    assert (unsaid.code, unsaid.out) == (1, "")
    assert unsaid.err.startswith("milepost: this database has several accounts, say which with --account: ")
    assert f"{other} (Rival)" in unsaid.err
    assert company.right("user", "list", "--account", other, "--json").json == []
    rita = company.right("user", "add", "rita@rival.test", "--name", "Rita", "--account", other).line
    company.right("token", "add", "--user", "rita@rival.test", "--account", other)
    assert [one["id"] for one in company.right("user", "list", "--account", other, "--json").json] == [rita]
    assert company.right("token", "list", "--account", other, "--json").json[0]["account_id"] == other

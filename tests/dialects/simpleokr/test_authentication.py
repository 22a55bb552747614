"""Section 2: signatures as a client makes them, and what does not open anything."""

from __future__ import annotations

import hashlib
import hmac
import logging
from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest

from acme import NOON, Acme
from milepost import app
from milepost.actions import accounts, keys, people, tokens
from milepost.actions.context import Context, operator
from milepost.config import Settings
from milepost.domain import ids, instants
from milepost.domain.account import AccountStatus
from milepost.domain.instants import SECOND
from milepost.domain.people import User
from milepost.store.vault import Vault
from wire import InProcess, Reply

SCHEME = "S1-HMAC-SHA256"
# The documented vector.
CREDENTIAL, SECRET, AT = "mycredential", "mysecret", "2019-02-03T01:55:37Z"
SIGNATURE = "ab9b15c8321dd0e00bbbcc8e33629adcb273b1dfeedb54387cb305fca6c409fa"

NOW = "2026-08-17T12:00:00Z"


class Client(msgspec.Struct):
    """Somebody with a key, who signs as the documentation says; `send` takes the header as it is."""

    wire: InProcess
    credential: str
    secret: str

    def header(self, timestamp: str = NOW) -> str:
        return f"{SCHEME} Credential={self.credential}&Timestamp={timestamp}&Signature={self.signed(timestamp)}"

    def signed(self, timestamp: str) -> str:
        message = (self.credential + timestamp).encode()
        return hmac.new(self.secret.encode(), message, hashlib.sha256).hexdigest()

    def send(self, header: str, path: str = "users") -> Reply:
        return self.wire.request("GET", path, headers={"authorization": header})

    def get(self, timestamp: str = NOW, path: str = "users") -> Reply:
        return self.send(self.header(timestamp), path)


@pytest.fixture
def vault(acme: Acme) -> Vault:
    return app.vault(Settings(), acme.database)


@pytest.fixture
def wire(anna: InProcess) -> InProcess:
    """Nobody, at this dialect."""
    return anna.acting("", "").at("/v1")


@pytest.fixture
def ben_signing(acme: Acme, vault: Vault, wire: InProcess) -> Client:
    """Ben, with a key of our making."""
    return client(acme, vault, wire, acme.ben)


def boss(acme: Acme) -> Context:
    return operator(acme.database, acme.account.id, acme.clock)


def client(acme: Acme, vault: Vault, wire: InProcess, user: User, pair: tuple[str, str] | None = None) -> Client:
    context = operator(acme.database, user.account_id, acme.clock)
    made, secret = keys.add(context, vault, user.email, pair=pair)
    return Client(wire, made.credential, secret)


def assert_refused(reply: Reply) -> str:
    """A 401 as the contract says it; gives its message."""
    assert reply.status == 401, reply.body
    assert reply.headers["www-authenticate"] == SCHEME
    assert reply.json.keys() == {"code", "message"}
    assert reply.json["code"] == 401
    return str(reply.json["message"])


def test_the_documented_vector(acme: Acme, vault: Vault, wire: InProcess) -> None:
    registered = client(acme, vault, wire, acme.ben, (CREDENTIAL, SECRET))
    acme.clock.now = instants.parse(AT, "now")
    assert registered.signed(AT) == SIGNATURE
    documented = f"{SCHEME} Credential=mycredential&Timestamp=2019-02-03T01:55:37Z&Signature={SIGNATURE}"
    assert registered.send(documented).status == 200
    wrong = SIGNATURE.replace("ab9b", "ab9a")
    assert_refused(registered.send(documented.replace(SIGNATURE, wrong)))


def test_a_key_acts_as_its_user(acme: Acme, vault: Vault, wire: InProcess) -> None:
    for user, made, changed in ((acme.anna, 200, 200), (acme.ben, 403, 200), (acme.vera, 403, 403)):
        signing = client(acme, vault, wire, user)
        headers = {"authorization": signing.header()}
        assert wire.request("GET", "cycles", headers=headers).status == 200
        assert wire.request("POST", "teams", {"name": "New"}, headers=headers).status == made
        path = f"keyresults/{ids.as_uuid(acme.revenue)}"
        body = {"name": "R", "type": "positive", "target_value_min": "5", "current_value": user.email.count("a")}
        assert wire.request("POST", path, body, headers=headers).status == changed
    last = acme.database.connection.execute("SELECT author_id FROM check_ins ORDER BY rowid DESC LIMIT 1").fetchone()
    assert last[0] == acme.ben.id


def test_the_arguments_come_in_any_order(ben_signing: Client) -> None:
    parts = [
        f"Credential={ben_signing.credential}",
        f"Timestamp={NOW}",
        f"Signature={ben_signing.signed(NOW)}",
    ]
    for order in ((0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)):
        assert ben_signing.send(f"{SCHEME} {'&'.join(parts[one] for one in order)}").status == 200


@pytest.mark.parametrize("scheme", [SCHEME, "s1-hmac-sha256", "S1-Hmac-Sha256"])
@pytest.mark.parametrize("gap", [" ", "   "])
def test_the_scheme_is_of_no_case(ben_signing: Client, scheme: str, gap: str) -> None:
    assert ben_signing.send(ben_signing.header().replace(f"{SCHEME} ", scheme + gap)).status == 200


@pytest.mark.parametrize(
    "timestamp",
    [
        "2026-08-17T12:00:00+00:00",
        "2026-08-17T12:00:00-00:00",
        "2026-08-17T14:00:00+02:00",
        "2026-08-17T07:30:00-04:30",
        "2026-08-17T12:00:00.123456789Z",
        "2026-08-17t12:00:00z",
    ],
)
def test_a_timestamp_is_signed_as_it_is_sent_and_a_plus_stays_a_plus(ben_signing: Client, timestamp: str) -> None:
    assert ben_signing.get(timestamp).status == 200
    # The same moment in other words has another signature.
    moved = ben_signing.header(timestamp).replace(f"Timestamp={timestamp}", f"Timestamp={NOW}")
    assert_refused(ben_signing.send(moved))


def test_an_equals_sign_ends_the_name_of_an_argument_only_once(acme: Acme, vault: Vault, wire: InProcess) -> None:
    odd = client(acme, vault, wire, acme.ben, ("of=Acme==", "a secret of ours"))
    assert odd.get().status == 200


def stamp(instant: int) -> str:
    return instants.as_datetime(instant).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@pytest.mark.parametrize("direction", [1, -1], ids=["ahead", "behind"])
def test_ten_minutes_of_skew_and_not_a_microsecond_more(acme: Acme, ben_signing: Client, direction: int) -> None:
    def asked_at(skew: int) -> Reply:
        # The clock tells a microsecond more each time: this is what it will say when it is asked.
        acme.clock.now = NOON
        return ben_signing.get(stamp(NOON + 1 + direction * skew))

    assert asked_at(600 * SECOND).status == 200
    assert asked_at(599 * SECOND).status == 200
    for skew in (600 * SECOND + 1, 601 * SECOND, 3_600 * SECOND, 365 * 86_400 * SECOND):
        said = assert_refused(asked_at(skew))
        assert said == (
            "Timestamp is more than 10 minutes away from this server's clock, which says 2026-08-17T12:00:00Z"
        )


def test_skew_is_of_moments_not_of_texts(acme: Acme, ben_signing: Client) -> None:
    here = datetime(2026, 8, 17, 12, tzinfo=UTC).astimezone(timezone(timedelta(hours=9)))
    assert ben_signing.get(here.isoformat()).status == 200
    assert_refused(ben_signing.get("2026-08-17T12:00:00+09:00"))


@pytest.mark.parametrize(
    "timestamp",
    ["", "now", "1786968000", "2026-08-17", "2026-08-17T12:00:00", "2026-08-17 12:00", "Mon, 17 Aug 2026 12:00:00 GMT",
     "2026-08-17T12:00:00%2B00:00", "2026-08-17T12:00:00Z ", "0000-00-00T00:00:00Z", "9999-12-31T23:59:59-23:59",
     "٢٠٢٦-08-17T12:00:00Z".encode().decode("latin-1")],
)  # fmt: skip
def test_what_is_no_time_is_refused(ben_signing: Client, timestamp: str) -> None:
    assert_refused(ben_signing.get(timestamp))


def test_arguments_that_are_not_each_there_once(ben_signing: Client) -> None:
    credential, timestamp = f"Credential={ben_signing.credential}", f"Timestamp={NOW}"
    signature = f"Signature={ben_signing.signed(NOW)}"
    for arguments in (
        "", "&", "&&", "=", credential, f"{credential}&{timestamp}", f"{credential}&{signature}",
        f"{timestamp}&{signature}", f"{credential}&{timestamp}&Signature=", f"Credential=&{timestamp}&{signature}",
        f"{credential}&{timestamp}&Signature", f"{credential}&{credential}&{timestamp}&{signature}",
        f"{credential}&{timestamp}&{timestamp}&{signature}", f"{credential}&{timestamp}&{signature}&{signature}",
        f"{credential}&{timestamp}&{signature}&Signature=", f"Credential=nobody&{credential}&{timestamp}&{signature}",
        f"{credential.lower()}&{timestamp}&{signature}", f"credential={ben_signing.credential}&{timestamp}&{signature}",
        f"{credential}, {timestamp}, {signature}", f"{credential};{timestamp};{signature}",
        f"{credential} & {timestamp} & {signature}",
    ):  # fmt: skip
        assert_refused(ben_signing.send(f"{SCHEME} {arguments}"))


def test_an_argument_that_nobody_asked_for_is_passed_over(ben_signing: Client) -> None:
    """The contract is silent; a client that sends more than is documented still says who it is."""
    assert ben_signing.send(f"{ben_signing.header()}&SignedHeaders=host").status == 200
    assert_refused(ben_signing.send(f"{ben_signing.header()}&SignedHeaders=host&SignedHeaders=host"))


def test_unknown_credentials_and_wrong_signatures_look_alike(acme: Acme, ben_signing: Client, vault: Vault) -> None:
    """Byte for byte, headers too: who asks cannot find out which credentials there are."""
    right = ben_signing.signed(NOW)
    other = client(acme, vault, ben_signing.wire, acme.rita)
    replies = [
        ben_signing.send(f"{SCHEME} Credential={credential}&Timestamp={NOW}&Signature={signature}")
        for credential, signature in (
            (ben_signing.credential, "0" * 64),
            (ben_signing.credential, right.upper()),
            (ben_signing.credential, right[:-1]),
            (ben_signing.credential, right + "0"),
            (ben_signing.credential, " " + right),
            (ben_signing.credential, "\xff\xfe"),
            (ben_signing.credential, other.signed(NOW)),
            (other.credential, right),
            (ben_signing.credential[:-1], right),
            (ben_signing.credential.upper(), right),
            (ben_signing.credential.replace(acme.account.id, acme.rival.id), right),
            ("nobody", right),
            ("\xe4", right),
            ("' OR 1=1 --", right),
        )
    ]
    for reply in replies:
        assert_refused(reply)
        reply.headers.pop("x-request-id")  # each has its own
        assert (reply.body, reply.headers) == (replies[0].body, replies[0].headers)


def test_a_signature_of_another_moment_opens_nothing(ben_signing: Client) -> None:
    later = "2026-08-17T12:00:01Z"
    assert_refused(ben_signing.send(ben_signing.header().replace(ben_signing.signed(NOW), ben_signing.signed(later))))
    swapped = hmac.new(ben_signing.secret.encode(), (NOW + ben_signing.credential).encode(), hashlib.sha256)
    assert_refused(ben_signing.send(ben_signing.header().replace(ben_signing.signed(NOW), swapped.hexdigest())))


def test_a_revoked_key_is_as_good_as_unknown(acme: Acme, ben_signing: Client) -> None:
    assert ben_signing.get().status == 200
    keys.revoke(boss(acme), ben_signing.credential)
    said = assert_refused(ben_signing.get())
    assert said == assert_refused(ben_signing.send(f"{SCHEME} Credential=nobody&Timestamp={NOW}&Signature=0"))


def test_an_inactive_users_key_is_refused(acme: Acme, ben_signing: Client) -> None:
    assert ben_signing.get().status == 200
    people.deactivate(boss(acme), acme.ben.id)
    assert assert_refused(ben_signing.get()) == "the key's user is no longer active"
    # Who cannot sign learns nothing of it.
    wrong = ben_signing.header().replace(ben_signing.signed(NOW), "0" * 64)
    assert assert_refused(ben_signing.send(wrong)) != "the key's user is no longer active"


def test_a_key_opens_its_own_account_only(acme: Acme, ben_signing: Client, vault: Vault) -> None:
    rita = client(acme, vault, ben_signing.wire, acme.rita)
    assert [user["name"] for user in rita.get().json["users"]] == ["Rita Rossi"]
    assert [user["name"] for user in ben_signing.get().json["users"]] == ["Anna Ahlberg", "Ben Bauer", "Vera Viklund"]
    assert rita.get(path=f"users/{ids.as_uuid(acme.ben.id)}").status == 404
    assert ben_signing.get(path=f"users/{ids.as_uuid(acme.rita.id)}").status == 404


def test_a_suspended_account_is_asked_to_pay_after_its_signature(acme: Acme, ben_signing: Client) -> None:
    accounts.set_status(boss(acme), AccountStatus.SUSPENDED)
    for path in ("users", f"users/{ids.as_uuid(acme.ben.id)}", "nothing"):
        reply = ben_signing.get(path=path)
        assert (reply.status, reply.json["code"]) == (402, 402)
        assert "www-authenticate" not in reply.headers
    assert_refused(ben_signing.send(f"{SCHEME} Credential={ben_signing.credential}&Timestamp={NOW}&Signature=0"))


def test_bearer_tokens_are_taken_too(acme: Acme, wire: InProcess) -> None:
    context = boss(acme)
    revoked, text = tokens.add(context, "ben@acme.test", "old")
    tokens.revoke(context, revoked.id)
    for scheme in ("Bearer", "bearer", "BEARER"):
        assert wire.request("GET", "users", headers={"authorization": f"{scheme} {acme.tokens['ben']}"}).status == 200
    for header in ("", "Bearer", "Bearer ", f"Bearer {text}", "Bearer x", acme.tokens["ben"], "Basic YTpi"):
        assert_refused(wire.request("GET", "users", headers={"authorization": header}))


def test_a_key_signs_nothing_in_the_other_dialect(anna: InProcess, ben_signing: Client) -> None:
    reply = anna.acting("", "").request("GET", "v1/goals", headers={"authorization": ben_signing.header()})
    assert reply.status == 401
    assert reply.headers["www-authenticate"].startswith("Bearer")


def test_nothing_secret_in_the_log_or_in_an_answer(
    acme: Acme, ben_signing: Client, vault: Vault, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    headers = [
        ben_signing.header(),
        ben_signing.header("2020-01-01T00:00:00Z"),
        ben_signing.header().replace("Signature=", "Signature=0"),
        f"{SCHEME} Credential={ben_signing.credential}&Timestamp={ben_signing.secret}&Signature=1",
        f"{SCHEME} {ben_signing.secret}",
        f"{ben_signing.secret} x",
    ]
    replies = [ben_signing.send(header, path) for header in headers for path in ("users", "nothing", "keyresults")]
    keys.revoke(boss(acme), ben_signing.credential)
    replies += [ben_signing.send(header) for header in headers]
    told = caplog.text + "".join(capfd.readouterr()) + "".join(f"{reply.headers} {reply.body!r}" for reply in replies)
    for secret in (ben_signing.secret, ben_signing.signed(NOW), ben_signing.signed("2020-01-01T00:00:00Z")):
        assert secret not in told


def test_without_the_servers_key_the_answer_has_words_and_the_log_one_line(
    acme: Acme, ben_signing: Client, caplog: pytest.LogCaptureFixture
) -> None:
    assert ben_signing.get().status == 200
    file = acme.database.path.with_name(f"{acme.database.path.name}.key")
    kept = file.read_bytes()
    file.unlink()
    loop = ben_signing.wire._loop
    with app.running(Settings(), acme.database, acme.clock) as started_without:
        blind = Client(InProcess(started_without, loop, base="/v1"), ben_signing.credential, ben_signing.secret)
        reply = blind.get()
        assert (reply.status, reply.json["code"]) == (500, 500)
        assert reply.json == {
            "code": 500,
            "message": "this server cannot verify signatures now: whoever runs it finds the reason in its log",
        }
        (record,) = caplog.records
        assert record.exc_info is None
        assert "\n" not in record.getMessage()
        assert ben_signing.secret not in caplog.text
        assert record.getMessage().startswith(
            f"a signature cannot be verified: the key {ben_signing.credential}: the server key "
        )
        # Tokens need no server key, an unknown credential needs none, and the key counts again once it is back.
        token = {"authorization": f"Bearer {acme.tokens['ben']}"}
        assert blind.wire.request("GET", "users", headers=token).status == 200
        assert_refused(blind.send(f"{SCHEME} Credential=nobody&Timestamp={NOW}&Signature=0"))
        file.write_bytes(kept)
        file.chmod(0o600)
        assert blind.get().status == 200


def test_another_failure_is_a_500_without_its_reason(
    acme: Acme, ben_signing: Client, caplog: pytest.LogCaptureFixture
) -> None:
    acme.database.connection.execute("ALTER TABLE cycles RENAME COLUMN name TO lost")
    reply = ben_signing.get(path="cycles")
    assert reply.status == 500
    assert reply.json == {"code": 500, "message": "the server failed to answer; its log says why"}
    assert "lost" in caplog.text or "no such column" in caplog.text

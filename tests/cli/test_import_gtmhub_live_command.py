"""`milepost import gtmhub --url`: an account that still answers, and everything that can answer in its place."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import httpx2
import pytest

from killing import until_through
from milepost.actions import people, tokens
from milepost.actions.context import operator
from milepost.actions.people import UserChange
from milepost.actions.verification import verify
from milepost.app import clock
from milepost.cli.demo_company import build as build_demo
from milepost.domain.people import Role
from milepost.store import accounts, key_results
from milepost.store.engine import Database
from milepost.store.migrate import open_database
from milepost.transfer.gtmhub.live import api
from milepost.transfer.upstream import asking
from terminal import Outcome, Terminal
from upstream import answering, listening

ACCOUNT = "61a0000000000000000000a1"
METRIC = "61a0000000000000000000e1"
TOKEN = "mp_a-token-that-nobody-else-is-told"
BOSS = "boss@milepost.test"

Answer = tuple[int, dict[str, str], bytes] | None


class There:
    """A served demo company."""

    def __init__(self, database: Database, address: str) -> None:
        (self.account,) = [one.id for one in accounts.everyone(database)]
        boss = operator(database, self.account, clock)
        people.add(boss, UserChange(email=BOSS, first_name="Boss", role=Role.ADMIN))
        self.token = tokens.add(boss, BOSS)[1]
        self.address = address
        self.metrics = key_results.records.count(database, self.account)


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[There]:
    with closing(open_database(tmp_path_factory.mktemp("there") / "there.db")) as database:
        build_demo(database, clock())
        with listening(database) as address:
            yield There(database, address)


def words(there: There, address: str, folder: Path) -> list[str]:
    return [
        "import", "gtmhub", str(folder), "--url", address, "--token", "-", "--source-account", there.account
    ]  # fmt: skip


def pull(milepost: Terminal, url: str, folder: Path, *more: str, account: str = ACCOUNT, token: str = TOKEN) -> Outcome:
    """The command, with the token on standard input."""
    asked = ["--url", url, "--token", "-", "--source-account", account]
    outcome = milepost("import", "gtmhub", str(folder), *asked, *more, given=f"{token}\n")
    assert token not in outcome.out + outcome.err
    return outcome


def relay(address: str, path: str, headers: Mapping[str, str]) -> Answer:
    kept = {name: headers[name] for name in ("authorization", "gtmhub-accountid")}
    with httpx2.Client(trust_env=False) as client:
        got = client.get(address + path, headers=kept)
    return got.status_code, {"content-type": "application/json"}, got.content


def body(content: Any) -> Answer:
    return 200, {}, json.dumps(content).encode()


def listed(*items: Any, total: int | None = None) -> Answer:
    return body({"items": list(items), "totalCount": len(items) if total is None else total})


def standing(file: Path) -> int:
    """How many key results the database holds, where there is one; whatever is there fits."""
    if not file.exists():
        return 0
    with closing(open_database(file)) as database:
        verify(database, None)
        return sum(key_results.records.count(database, one.id) for one in accounts.everyone(database))


@pytest.mark.parametrize("ending", ["", "/", "/api", "/api/v2/"])
def test_it_takes_everything_and_tells_what(milepost: Terminal, there: There, tmp_path: Path, ending: str) -> None:
    done = pull(milepost, there.address + ending, tmp_path / "saved", account=there.account, token=there.token)
    assert done.code == 0, done.err
    assert ["metrics.json", str(there.metrics), str(there.metrics)] in [
        one.split()[:3] for one in done.out.splitlines()
    ]
    assert standing(milepost.file) == there.metrics
    for file in [tmp_path / "saved", *(tmp_path / "saved").iterdir()]:
        assert file.is_dir() or there.token.encode() not in file.read_bytes()
    assert (tmp_path / "saved").stat().st_mode & 0o077 == 0
    again = pull(milepost, there.address, tmp_path / "saved", account=there.account, token=there.token)
    assert "not imported yet" not in again.err
    folder = milepost.right("import", "gtmhub", str(tmp_path / "saved"), "--json").json
    assert {(one["taken"], one["refused"]) for one in folder["files"]} == {(0, 0)}


def test_a_dry_run_keeps_the_folder_and_the_next_run_asks_nothing(
    milepost: Terminal, there: There, tmp_path: Path
) -> None:
    dry = pull(milepost, there.address, tmp_path / "saved", "--dry-run", account=there.account, token=there.token)
    assert dry.code == 0, dry.err
    assert standing(milepost.file) == 0
    with answering(lambda *_: (500, {}, b"{}")) as silent:
        done = pull(milepost, silent.address, tmp_path / "saved", account=there.account)
        assert done.code == 1
        assert "name another folder" in done.err
    with answering(lambda path, headers: relay(there.address, path, headers)) as service:
        (tmp_path / "saved" / ".source").write_text(
            (tmp_path / "saved" / ".source").read_text().replace(there.address, service.address)
        )
        done = pull(milepost, service.address, tmp_path / "saved", account=there.account)
        assert (done.code, service.asked) == (0, [])
        assert "is not imported yet" in done.err
        pull(milepost, service.address, tmp_path / "saved", account=there.account, token=there.token)
        assert service.asked
    assert standing(milepost.file) == there.metrics


def test_what_came_before_an_interruption_is_not_asked_for_again(
    milepost: Terminal, there: There, tmp_path: Path
) -> None:
    got: list[str] = []
    left = [7]

    def answer(path: str, headers: Mapping[str, str]) -> Answer:
        if "/v1/metrics/" in path:
            if not left[0]:
                return 402, {}, b"{}"
            left[0] -= 1
            got.append(path)
        return relay(there.address, path, headers)

    with answering(answer) as service:
        first = pull(milepost, service.address, tmp_path / "saved", account=there.account, token=there.token)
        assert first.code == 1
        assert "run the command again, and it goes on" in first.err
        assert not milepost.file.exists()
        left[0] = 1_000
        service.asked.clear()
        second = pull(milepost, service.address, tmp_path / "saved", account=there.account, token=there.token)
    assert second.code == 0, second.err
    assert len(got) == len(set(got)) == there.metrics
    assert not any("/v2/users" in path or "/v2/goals" in path for path, _ in service.asked)
    assert standing(milepost.file) == there.metrics


def test_killed_at_random_moments_it_ends_the_same(milepost: Terminal, there: There, tmp_path: Path) -> None:
    with answering(lambda path, headers: relay(there.address, path, headers)) as service:
        asked = words(there, service.address, tmp_path / "saved")
        assert until_through([*asked, "--database", milepost.url], f"{there.token}\n".encode())
    assert standing(milepost.file) == there.metrics
    assert not (tmp_path / ".saved.part").exists()
    milepost.right("export", str(tmp_path / "killed"))
    straight = Terminal(tmp_path / "straight")
    (tmp_path / "straight").mkdir()
    done = pull(straight, there.address, tmp_path / "whole", account=there.account, token=there.token)
    assert done.code == 0, done.err
    straight.right("export", str(tmp_path / "once"))
    killed = {file.name: file.read_bytes() for file in (tmp_path / "killed").iterdir()}
    assert killed == {file.name: file.read_bytes() for file in (tmp_path / "once").iterdir()}


def test_what_may_not_be_read_is_a_problem_and_the_rest_comes(milepost: Terminal, there: There, tmp_path: Path) -> None:
    def answer(path: str, headers: Mapping[str, str]) -> Answer:
        return (403, {}, b'{"detail": "not yours"}') if "/tasks" in path else relay(there.address, path, headers)

    with answering(answer) as service:
        done = pull(milepost, service.address, tmp_path / "saved", "--json", account=there.account, token=there.token)
    assert done.code == 1
    (problem,) = done.json["problems"]
    assert problem["file"] == "tasks.json"
    assert "not brought" in problem["message"]
    assert "not yours" in problem["message"]
    assert standing(milepost.file) == there.metrics


def served(**lists: Answer) -> Callable[[str, Mapping[str, str]], Answer]:
    """An account whose lists are empty but for those that are given; METRIC is shown by itself, too."""

    def answer(path: str, _headers: Mapping[str, str]) -> Answer:
        name = path.partition("?")[0].rpartition("/")[2]
        if "skip=1&" in path:
            return listed(total=2)
        if name == ACCOUNT:
            return lists.get("account", body({"id": ACCOUNT, "name": "Acme"}))
        return lists.get("metric", body({"id": METRIC})) if name == METRIC else lists.get(name, listed())

    return answer


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"account": body({"id": METRIC})}, "answers with another account"),
        ({"account": body([])}, "no JSON object"),
        ({"account": (404, {}, b"{}")}, "see to --source-account"),
        ({"account": (401, {}, b"{}")}, "refuses the token"),
        ({"users": (200, {}, b"<html>Please sign in</html>")}, "is a web page"),
        ({"users": (200, {}, b"{")}, "is not JSON"),
        ({"users": (200, {}, b"[" * 100_000)}, "is not JSON"),
        ({"users": body({"users": []})}, "holds no list"),
        ({"users": body({"items": {"a": 1}})}, "holds no list"),
        ({"users": body("text")}, "holds no list"),
        ({"users": listed(*[{"id": METRIC}] * 2, total=10**18)}, "does not go on"),
        ({"users": listed(*[None] * 400, total=10**18)}, "of its records have no id"),
        ({"users": (302, {"location": "https://evil.example/"}, b"")}, "leads on to https://evil.example/"),
        ({"metrics": listed({"id": METRIC}), "metric": body({"id": ACCOUNT})}, "answers with another metric"),
    ],
)
def test_an_answer_that_is_none_is_told_and_nothing_is_imported(
    milepost: Terminal, tmp_path: Path, given: dict[str, Answer], said: str
) -> None:
    with answering(served(**given)) as service:
        done = pull(milepost, service.address, tmp_path / "saved")
    assert done.code == 1
    assert said in done.err
    assert len(done.err.splitlines()[-1]) < 600
    assert not milepost.file.exists()
    assert not (tmp_path / "saved").exists()


def test_a_wrong_token_or_address_does_not_stand_in_the_way_of_the_right_one(
    milepost: Terminal, tmp_path: Path
) -> None:
    with answering(served(account=(401, {}, b"{}"))) as service:
        done = pull(milepost, service.address, tmp_path / "saved")
    assert done.err.splitlines()[-1].endswith("Nothing was imported")
    assert list(tmp_path.glob(".saved*")) == []
    with answering(served(users=listed({"id": METRIC}), metrics=(200, {}, b"<html>"))) as service:
        done = pull(milepost, service.address, tmp_path / "saved")
    assert "what came is kept: run the command again, and it goes on" in done.err
    assert (tmp_path / ".saved.part").exists()


def test_an_answer_that_is_too_large_is_not_read(
    milepost: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "ANSWER_LIMIT", 1024 * 1024)
    with answering(served(users=(200, {}, b"[" + b" " * 2_000_000 + b"]"))) as service:
        done = pull(milepost, service.address, tmp_path / "saved")
    assert "larger than 1 MiB" in done.err


def test_a_list_that_makes_up_ever_new_records_ends(
    milepost: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "_MOST", 50)
    made = iter(range(1_000))

    def answer(path: str, headers: Mapping[str, str]) -> Answer:
        if "/users" not in path:
            return served()(path, headers)
        return listed(*({"id": f"61a000000000000000{next(made):06}"} for _ in range(10)), total=10**9)

    with answering(answer) as service:
        done = pull(milepost, service.address, tmp_path / "saved")
    assert "does not end: 60 records were read of it" in done.err


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"users": listed({"id": "../../admin"}, {"name": "x"}, 5)}, "3 record(s) have no id"),
        ({"teams": listed({"id": METRIC, "name": "x"}, total=2)}, "the account says that it has 2, and shows 1"),
        ({"metrics": listed({"id": METRIC}), "metric": (404, {}, b"{}")}, ""),
        ({"users": body([{"id": METRIC, "email": "x@acme.test"}])}, ""),
    ],
)
def test_what_a_list_lacks_is_a_problem(
    milepost: Terminal, tmp_path: Path, given: dict[str, Answer], said: str
) -> None:
    with answering(served(**given)) as service:
        done = pull(milepost, service.address, tmp_path / "saved", "--json")
        assert not any(".." in path for path, _ in service.asked)
    assert (done.code, len(done.json["problems"])) == ((1, 1) if said else (0, 0))
    assert said in str(done.json["problems"])


def test_what_is_busy_is_asked_again(milepost: Terminal, tmp_path: Path) -> None:
    busy = iter([(429, {"retry-after": "0"}, b"{}"), None, (503, {}, b"{}")])
    with answering(lambda path, headers: next(busy, served()(path, headers))) as service:
        done = pull(milepost, service.address, tmp_path / "saved")
    assert done.code == 0, done.err
    assert done.err.count("trying again") == 3


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ([], "name the FOLDER"),
        (["--url", "https://x.example"], "belong together"),
        (["--url", "https://x.example", "--token", "a b", "--source-account", ACCOUNT], "--token: is printable"),
        (["--url", "https://x.example", "--token", "a", "--source-account", "x"], "--source-account"),
        (["--url", "ftp://x", "--token", "a", "--source-account", ACCOUNT], "--url: must be an address"),
    ],
)
def test_options_that_do_not_fit(milepost: Terminal, more: list[str], said: str) -> None:
    done = milepost("import", "gtmhub", *more)
    assert done.code in (1, 2)
    assert said in done.err


def test_a_folder_of_another_kind_is_not_touched(milepost: Terminal, tmp_path: Path) -> None:
    (tmp_path / "saved").mkdir()
    (tmp_path / "saved" / "mine.txt").write_text("mine")
    with answering(served()) as service:
        done = pull(milepost, service.address, tmp_path / "saved")
        assert (done.code, service.asked) == (1, [])
    assert "was not fetched from" in done.err
    assert (tmp_path / "saved" / "mine.txt").read_text() == "mine"


@pytest.mark.parametrize("when", ["between two pages", "once one was asked for"])
def test_what_is_deleted_meanwhile_hides_no_other(milepost: Terminal, tmp_path: Path, when: str) -> None:
    standing = [f"62b00000000000000000000{number}" for number in range(6)]

    def answer(path: str, headers: Mapping[str, str]) -> Answer:
        asked, _, query = path.partition("?")
        name = asked.rpartition("/")[2]
        if name == "metrics":
            skip = int(dict(parse_qsl(query))["skip"])
            shown = listed(*({"id": one} for one in standing[skip : skip + 2]), total=len(standing))
            if when == "between two pages" and skip == 0:
                del standing[: len(standing) - 4]
            return shown
        if name.startswith("62b"):
            del standing[: len(standing) - 4]
            return body({"id": name}) if name in standing else (404, {}, b"{}")
        return served()(path, headers)

    with answering(answer) as service:
        done = pull(milepost, service.address, tmp_path / "saved", "--dry-run")
    assert "shows" not in done.err, done.err
    kept = json.loads((tmp_path / "saved" / "metrics.json").read_text())
    assert sorted(one["id"] for one in kept["items"]) == standing
    assert len(standing) == 4

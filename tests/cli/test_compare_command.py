"""`milepost compare gtmhub`: a client's owner looks whether anything would be otherwise here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from acme import Acme, build
from milepost import app
from milepost.store.engine import Database
from server import serving
from terminal import Terminal
from upstream import answering
from wire import Live


@pytest.fixture
def acme(milepost: Terminal) -> Acme:
    database: Database = app.database(milepost.url)
    found = build(database, None)
    database.close()
    return found


@pytest.fixture
def compare(milepost: Terminal, acme: Acme) -> Any:
    """Runs the command in Acme, gives its outcome, and sees to it that no token of it holds any more."""

    def run(*words: str, given: str = "") -> Any:
        outcome = milepost("compare", "gtmhub", *words, "--account", acme.account.id, given=given)
        tokens = milepost.right("token", "list", "--account", acme.account.id, "--json").json
        mine = [one for one in tokens if one["name"] == "milepost compare"]
        assert all(one["state"] == "revoked" and one["scopes"] == ["read"] for one in mine)
        return outcome

    return run


def recorded(path: Path, *calls: Mapping[str, Any]) -> str:
    path.write_text("".join(json.dumps(call) + "\n" for call in calls))
    return str(path)


@pytest.fixture
def folder(milepost: Terminal, acme: Acme, tmp_path: Path) -> Path:
    """What Acme's lists answer, saved as an import takes it."""
    place = tmp_path / "saved"
    place.mkdir()
    with serving(milepost.file) as server, closing(Live(server.address, acme.tokens["anna"], acme.account.id)) as anna:
        for name in ("users", "sessions", "goals", "metrics"):
            (place / f"{name}.json").write_bytes(anna.get(f"v1/{name}").body)
        (place / "accounts.json").write_bytes(anna.get(f"v1/accounts/{acme.account.id}").body)
    return place


def test_saved_lists(acme: Acme, compare: Any, folder: Path) -> None:
    outcome = compare(str(folder))
    assert (outcome.code, outcome.out) == (0, "")
    assert outcome.err.splitlines()[-1] == "5 call(s): nothing differs that counts"

    saved = json.loads((folder / "metrics.json").read_text())
    (metric,) = saved["items"]
    metric["name"], metric["target"] = "Yearly revenue", 250
    saved["items"].append({"id": "0" * 24, "name": "Lost"})
    saved["totalCount"] = 2
    (folder / "metrics.json").write_text(json.dumps(saved))
    outcome = compare(str(folder), "--json")
    assert outcome.code == 1
    assert (outcome.json["calls"], outcome.json["differing"], outcome.json["fields"]) == (5, 1, 3)
    found = {one["at"]: (one["theirs"], one["ours"]) for one in outcome.json["groups"]}
    assert found == {
        f"items[{acme.revenue}].name": ('"Yearly revenue"', '"Monthly revenue"'),
        f"items[{acme.revenue}].target": ("250", "100"),
        f"items[{'0' * 24}]": ('{"id":"000000000000000000000000","name":"Lost"}', "absent"),
    }
    assert {(one["calls"], one["call"]) for one in outcome.json["groups"]} == {("/api/v1/metrics", "/api/v1/metrics")}


def test_recorded_calls(compare: Any, acme: Acme, tmp_path: Path) -> None:
    goal = f"/api/v1/goals/{acme.growth}"
    file = recorded(
        tmp_path / "calls.jsonl",
        {"path": f"{goal}?fields=name,url", "body": {
            "id": acme.growth, "accountId": acme.account.id, "name": "Grow the business",
            "url": f"https://app.gtmhub.com/#/goals/{acme.q3.id}/all/{acme.growth}/metrics/",
        }},
        {"path": "/api/v1/insights/7?apiToken=hush-hush", "status": 200, "body": {"a": 1}},
        {"path": f"/api/v1/goals/{'0' * 24}", "status": 404, "body": "not found, in other words"},
        {"path": f"/api/v1/sessions/{acme.q3.id}?fields=start", "body": {"start": "2026-07-01T00:00:00.000000Z"}},
        {"path": "/api/v1/users?fields=lastName&sort=lastName", "body": {"items": [
            {"id": acme.ben.id, "lastName": "Bauer"}, {"id": acme.anna.id, "lastName": "Ahlberg"},
        ], "totalCount": 3.0}},
    )  # fmt: skip
    outcome = compare(file)
    assert outcome.code == 1
    told = [line.split() for line in outcome.out.splitlines()]
    assert ["/api/v1/insights/{id}", "(status)", "1", "200", "404"] in [words[:5] for words in told]
    assert any(words[:3] == ["/api/v1/users", "items", "(order)"] for words in told)
    assert any(words[:4] == ["/api/v1/users", "items[]", "1", "absent"] for words in told)
    assert len(told) == 4
    assert "hush" not in outcome.out + outcome.err
    assert "the same address but for the host" in outcome.err
    assert "the same moment to the microsecond" in outcome.err
    assert "the same number" in outcome.err
    counted = compare(file, "--all", "--each", "--json")
    *lines, last = [json.loads(line) for line in counted.out.splitlines()]
    assert len(lines) == last["fields"] > 6
    assert {one["expected"] for one in lines} >= {"host", "moment", "number", "added", ""}


def test_two_servers(milepost: Terminal, acme: Acme, compare: Any, tmp_path: Path) -> None:
    token, saved = acme.tokens["anna"], tmp_path / "calls.jsonl"
    with serving(milepost.file) as server:
        there = ("--url", f"{server.address}/api", "--token", "-")
        outcome = compare(*there, "--save", str(saved), given=f"{token}\n")
        assert outcome.code == 0, outcome.out
        paths = [json.loads(line)["path"] for line in saved.read_text().splitlines()]
        assert f"/api/v1/metrics/{acme.revenue}" in paths
        assert "/api/v2/goals?limit=100&skip=0&sort=id" in paths
        assert saved.stat().st_mode & 0o777 == 0o600
        assert token not in outcome.out + outcome.err + saved.read_text()

        (tmp_path / "mine.txt").write_text(
            "# what the client calls\nGET /api/v1/goals?limit=1 HTTP/1.1\n\nhttps://app.gtmhub.com/api/v1/metrics?limit=1\n"
        )
        outcome = compare(*there, "--calls", str(tmp_path / "mine.txt"), given=f"{token}\n")
        assert (outcome.code, outcome.err.splitlines()[-1]) == (0, "2 call(s): nothing differs that counts")

        refused = compare(*there, given="wrong\n")
        assert refused.code == 1
        assert "refuses the token: give another one" in refused.err
        assert "wrong" not in refused.err

        outcome = compare(str(saved), "--to", server.address, "--to-token", "-", given=f"{token}\n")
        assert outcome.code == 0, outcome.out
    outcome = compare(str(saved))
    assert (outcome.code, outcome.err.splitlines()[-1]) == (0, f"{len(paths)} call(s): nothing differs that counts")
    milepost.right("user", "role", "ben@acme.test", "viewer", "--account", acme.account.id)
    outcome = compare(str(saved), "--json")
    assert outcome.code == 1
    assert {(one["field"], one["theirs"], one["ours"]) for one in outcome.json["groups"]} == {
        ("roles[]", '"member"', '"viewer"'),
        ("items[].roles[]", '"member"', '"viewer"'),
    }


def test_only_gets_are_made_and_a_broken_rehearsal_records_nothing(compare: Any, tmp_path: Path) -> None:
    def broken(path: str, _headers: Mapping[str, str]) -> tuple[int, dict[str, str], bytes]:
        return (200, {}, b'{"items":[],"totalCount":0}') if "users" in path else (401, {}, b"{}")

    with answering(broken) as doorway:
        saved = tmp_path / "calls.jsonl"
        outcome = compare("--url", doorway.address, "--token", "any", "--save", str(saved))
    assert outcome.code == 1
    assert not saved.exists()
    assert [path.name for path in tmp_path.iterdir() if "part" in path.name] == []
    assert {headers["authorization"] for _, headers in doorway.asked} == {"Bearer any"}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "name a folder or a file of saved answers, or --url"),
        (("{folder}", "--url", "http://127.0.0.1:1"), "name a folder or a file of saved answers, or --url"),
        (("{folder}", "--token", "x"), "--token, --source-account, --calls and --save go with --url"),
        (("{folder}", "--to", "http://127.0.0.1:1"), "--to and --to-token go together"),
        (("--url", "ftp://x", "--token", "x"), "is not an address: write it like https://app.gtmhub.com/api"),
        (("--url", "https://a:hush@x", "--token", "x"), "holds no user name or password"),
        (("{folder}",), "holds none of"),
        (("--url", "http://127.0.0.1:1", "--token", "x", "--calls", "{folder}/bad.txt"), "bad.txt, line 1: is no path"),
        (("{folder}/bad.jsonl",), "bad.jsonl, line 2: is no call"),
    ],
)
def test_what_cannot_be_compared(compare: Any, tmp_path: Path, words: tuple[str, ...], told: str) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    if words and "bad" in words[0]:
        (folder / "bad.jsonl").write_text(
            '{"path": "/api/v1/goals", "body": {"items": [], "totalCount": 0}}\n{"x": 1}\n'
        )
    (folder / "bad.txt").write_text("http://[1\n")
    outcome = compare(*(word.format(folder=folder) for word in words))
    assert outcome.code in (1, 2)
    assert told in " ".join(outcome.err.split())
    assert "hush" not in outcome.err


def test_what_is_recorded_and_no_get_is_passed_over_and_no_call_at_all_is_a_failure(
    compare: Any, acme: Acme, tmp_path: Path
) -> None:
    gone = {"path": f"/api/v1/metrics/{acme.revenue}", "method": "DELETE", "status": 204, "body": None}
    session = {"path": "/api/v1/sessions?limit=0", "method": "get", "body": {"items": [], "totalCount": 1}}
    done = compare(recorded(tmp_path / "calls.jsonl", gone, session))
    assert "1 of the recorded calls are no GETs, and were not made." in done.err
    for calls in ((), (gone,)):
        nothing = compare(recorded(tmp_path / "none.jsonl", *calls))
        assert nothing.code == 1
        assert "there is no call in" in nothing.err
        assert "nothing was compared" in nothing.err

"""Disks that are full, fail or cannot be written, and files that are damaged: each call is refused with 503 or 507, the
log says what to do, nothing that was answered is lost, and all goes on once the cause is gone.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

import filesystems
from acme import Acme, build
from checking_in import Stored, assert_consistent, client
from milepost import app
from milepost.app import running
from milepost.config import Settings
from server import serving
from wire import InProcess, Reply


@contextmanager
def company_in(folder: Path) -> Iterator[Stored]:
    """A company in a file in a folder, which nobody has open."""
    url = f"sqlite:///{folder}/milepost.db"
    with closing(app.database(url)) as database:
        acme = build(database)
    yield Stored(acme, url)


@contextmanager
def served(stored: Stored) -> Iterator[InProcess]:
    """The application over the file, as a worker has it: it takes the file as it is."""
    acme, loop = stored.acme, asyncio.new_event_loop()
    with closing(app.attached(stored.url)) as database, running(Settings(), database, acme.clock) as application:
        yield InProcess(application, loop, acme.tokens["anna"], acme.account.id)
        loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()


def calls(wire: InProcess, acme: Acme) -> list[Reply]:
    """A short read, a list and a change, in one dialect and the other."""
    simple = wire.at("/v1")
    return [
        wire.get(f"v1/metrics/{acme.revenue}"),
        wire.get("v1/goals"),
        wire.post(f"v1/metrics/{acme.revenue}/checkin", {"actual": 2}),
        simple.get("cycles"),
        simple.post("objectives", {"name": "x"}),
    ]


def assert_refused(reply: Reply, *statuses: int) -> None:
    assert reply.status in statuses, reply.body
    assert reply.headers["retry-after"] == {503: "10", 507: "10"}[reply.status]
    said = reply.body.decode().lower()
    assert not any(word in said for word in ("sqlite", "disk image", "traceback", "milepost.db"))


@pytest.mark.parametrize("workers", [1, 2], ids=["one process", "two workers"])
def test_a_full_disk(tmp_path: Path, workers: int) -> None:
    with filesystems.small(tmp_path, 8) as place, company_in(place) as stored:
        acme, answered = stored.acme, {}
        with serving(place / "milepost.db", workers) as server, closing(client(server, acme)) as wire:

            def check_in(value: int) -> int:
                reply = wire.post(f"v1/metrics/{acme.revenue}/checkin", {"actual": value, "comment": "x" * 9_000})
                if reply.status == 201:
                    answered[reply.json["id"]] = float(value)
                else:
                    assert_refused(reply, 507)
                return reply.status

            assert check_in(1) == 201
            with filesystems.filled(place):
                statuses = [check_in(value) for value in range(2, 60)]
                assert statuses[-20:] == [507] * 20
                assert wire.get(f"v1/metrics/{acme.revenue}").status == 200
                assert wire.request("GET", "/readyz").status == 200
            assert check_in(100) == 201
        said = [line for line in server.said.splitlines() if "the disk is full" in line]
        assert "make room where the database's file is" in said[0]
        assert len(said) <= 2, "what goes on is told once, and at the end"
        kept = {entry.id: entry.value for entry in assert_consistent(stored)}
        assert kept == answered


def test_a_disk_that_cannot_be_written(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with company_in(tmp_path) as stored:
        with served(stored) as wire:
            with filesystems.read_only(tmp_path):
                for reply in calls(wire, stored.acme):
                    assert_refused(reply, 503)
                assert wire.request("GET", "/readyz").status == 503
                assert wire.request("GET", "/healthz").status == 200
                assert "see that its file system is not mounted read-only" in caplog.text
            assert [reply.status for reply in calls(wire, stored.acme)][:4] == [200, 200, 201, 200]
            assert wire.request("GET", "/readyz").status == 200
        assert len(assert_consistent(stored)) == 1


def test_a_disk_that_fails(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with filesystems.disk(tmp_path, 12) as (place, beneath), company_in(place) as stored:
        path, answered = f"v1/metrics/{stored.acme.revenue}/checkin", {}
        with served(stored) as wire:

            def check_in(value: int) -> Reply:
                reply = wire.post(path, {"actual": value, "comment": "x" * 9_000})
                if reply.status == 201:
                    answered[reply.json["id"]] = float(value)
                return reply

            assert check_in(0).status == 201
            with filesystems.filled(beneath):
                replies = [check_in(value) for value in range(1, 200)]
                refused = [reply for reply in replies if reply.status != 201]
                assert len(refused) > 20
                for reply in refused:
                    assert_refused(reply, 503)
                assert wire.get(f"v1/metrics/{stored.acme.revenue}").status == 200
            assert "the disk fails to read or write the database: look at the system's log" in caplog.text
            assert check_in(200).status == 201
        assert {entry.id: entry.value for entry in assert_consistent(stored)} == answered


def test_a_damaged_file(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with company_in(tmp_path) as stored:
        file = tmp_path / "milepost.db"
        whole = file.read_bytes()
        with served(stored) as wire:
            with file.open("r+b") as damaged:
                damaged.seek(4_096)
                damaged.write(b"\xff" * (len(whole) - 4_096))
            for reply in calls(wire, stored.acme):
                assert_refused(reply, 503)
            assert wire.request("GET", "/readyz").status == 503
            assert "the database's file is damaged: stop the server, keep the file as it is" in caplog.text
            assert len([one for one in caplog.records if "is damaged" in one.getMessage()]) == 1
            file.write_bytes(whole)
            assert [reply.status for reply in calls(wire, stored.acme)][:4] == [200, 200, 201, 200]
        assert len(assert_consistent(stored)) == 1


def test_a_file_that_is_overwritten(tmp_path: Path) -> None:
    with company_in(tmp_path) as stored:
        file = tmp_path / "milepost.db"
        whole = file.read_bytes()
        with served(stored) as wire:
            with file.open("r+b") as damaged:
                damaged.write(b"this is no database any more")
            for reply in calls(wire, stored.acme):
                assert_refused(reply, 503)
            with file.open("r+b") as mended:
                mended.write(whole)
            assert [reply.status for reply in calls(wire, stored.acme)][:4] == [200, 200, 201, 200]


NOBODY = 65_534
# Run as somebody who is not root, whom permissions do not stop.
_AS_NOBODY = """
import os, sys
sys.path[:0] = {path!r}
import test_faults
test_faults.without_permission({folder!r})
"""


def without_permission(folder: str) -> None:
    """The file may not be written when its connections are made."""
    with company_in(Path(folder)) as stored:
        with served(stored) as wire:  # which loads what root alone may read
            assert calls(wire, stored.acme)[0].status == 200
        if os.geteuid() == 0:
            os.chown(folder, NOBODY, NOBODY)
            for file in Path(folder).iterdir():
                os.chown(file, NOBODY, NOBODY)
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        file = Path(folder) / "milepost.db"
        with served(stored) as wire:
            file.chmod(0o444)
            for reply in calls(wire, stored.acme):
                assert_refused(reply, 503)
            file.chmod(0o644)
            assert calls(wire, stored.acme)[2].status == 201


def test_a_file_that_may_not_be_written(tmp_path: Path) -> None:
    folder = Path("/tmp") / f"milepost-nobody-{os.getpid()}"
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)
    try:
        script = _AS_NOBODY.format(path=[path for path in sys.path if path], folder=str(folder))
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == 0, done.stderr
    finally:
        for file in folder.iterdir():
            file.unlink()
        folder.rmdir()

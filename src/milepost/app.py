"""The composition root: settings to store to one ASGI application."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.types import ASGIApp, Receive, Scope, Send

from milepost import dialects, logs
from milepost.actions.last_use import LastUse
from milepost.asgi import reference
from milepost.asgi.answer import Answer
from milepost.asgi.browsers import OpenToBrowsers
from milepost.asgi.endpoint import Unknown
from milepost.asgi.failed_sign_ins import FailedSignIns
from milepost.asgi.lanes import Lanes
from milepost.asgi.observed import Observed
from milepost.asgi.outermost import Outermost
from milepost.asgi.places import Places
from milepost.asgi.public import Public, made_once, problem
from milepost.asgi.rates import Rates
from milepost.asgi.unserved import Unserved
from milepost.config import Settings
from milepost.domain.instants import Instant
from milepost.readiness import Readiness
from milepost.services import Services
from milepost.sign_ins import SignIns
from milepost.store.engine import Database, SqliteDatabase, Writer, watch
from milepost.store.engine.budget import Hurried, at_once, in_haste
from milepost.store.migrate import CannotOpen, Tell, open_database, silent
from milepost.store.schema import check_ins
from milepost.store.vault import Vault
from milepost.store.vault import vault as vault_of
from milepost.transfer.web import pages as transfer
from milepost.web import application as web
from milepost.web import errors

if TYPE_CHECKING:
    from milepost.prometheus import Figures

_SCHEME = "sqlite:///"
_SERVER_SCHEMES = ("postgresql://", "postgres://")


def clock() -> Instant:
    """Now, in microseconds."""
    return time.time_ns() // 1000


def database(url: str, *, make: bool = True, upgrade: bool = True, tell: Tell = silent) -> Database:
    """The database at an address, sqlite:///milepost.db or postgresql://host/name, created or upgraded where needed;
    `CannotOpen` otherwise.

    `make`: create a missing database; else refuse it. `upgrade`: upgrade a database older than this program; else
    refuse it, unchanged. `tell` gets messages for the operator about an upgrade.
    """
    if url.startswith(_SERVER_SCHEMES):
        # Imported here: an embedded server starts without the driver.
        from milepost.store.migrate_postgresql import open_postgresql

        return open_postgresql(url, make=make, upgrade=upgrade, tell=tell)
    return open_database(_file(url), make=make, upgrade=upgrade, tell=tell)


def file_of(url: str) -> Path | None:
    """The file that an address names, `None` for a database server; `CannotOpen` for any other address."""
    return None if url.startswith(_SERVER_SCHEMES) else _file(url)


def _file(url: str) -> Path:
    if not url.startswith(_SCHEME) or len(url) == len(_SCHEME):
        raise CannotOpen(_no_address(url))
    if url == f"{_SCHEME}:memory:":
        raise CannotOpen("a database in memory cannot be shared by the threads of a server: name a file")
    return Path(url.removeprefix(_SCHEME))


def attached(url: str) -> Database:
    """The database at an address that `database` has opened in another process; nothing is checked again."""
    if url.startswith(_SERVER_SCHEMES):
        from milepost.store.engine.postgresql import PostgresDatabase  # imported here, as above

        return PostgresDatabase(url)
    return SqliteDatabase(Path(url.removeprefix(_SCHEME)))


def vault(settings: Settings, store: Database) -> Vault:
    """The vault for an open database; `CannotUnseal` where the secret key in the settings is not a server key."""
    return vault_of(settings.secret_key, store.file)


def _no_address(url: str) -> str:
    """The message for an invalid database address. It does not repeat a whole URL, which may hold a password."""
    scheme, separator, rest = url.partition("://")
    if not separator:
        shown = url if re.fullmatch(r"[\w./\\ -]*", url) else "this"
        wanted = url if shown == url and url else "milepost.db"
        return f"{shown} is not the address of a database: write {_SCHEME}{wanted}, or postgresql://HOST/NAME"
    if scheme in ("POSTGRESQL", "POSTGRES", "SQLITE"):
        return f"write {scheme.lower()}:// in small letters"
    if scheme != "sqlite":
        return (
            f"{scheme} is not supported: write {_SCHEME}FILE, such as {_SCHEME}milepost.db, or postgresql://HOST/NAME"
        )
    return f"the address names no file: write {_SCHEME}{rest.lstrip('/') or 'milepost.db'}"


@contextmanager
def running(
    settings: Settings, store: Database, now: Callable[[], Instant] = clock, figures: Figures | None = None
) -> Iterator[ASGIApp]:
    """The application over an open database, while the context lasts; at its end, queued changes are written.
    `figures`: the metrics to update, `None` for none.
    """
    if figures is not None:
        watch(store, check_ins, figures)
    secrets = vault(settings, store)
    with store.upkeep():
        writer = Writer(store)
        haste = (at_once, in_haste, Hurried)
        lanes = Lanes(writer.queue, store.readers, answers_at_once=store.is_embedded, haste=haste)
        rates = Rates(settings.rate_limit) if settings.rate_limit else None
        sign_ins = SignIns(lanes, now, FailedSignIns(settings.failed_sign_ins), LastUse(store, writer.submit))
        unserved = Unserved(figures.unserved if figures is not None else None)
        services = Services(store, lanes, now, settings.public_url, secrets, sign_ins, rates, unserved=unserved)
        try:
            yield application(settings, services, figures)
        finally:
            lanes.close()
            writer.close()
            services.outages.close()
            services.unserved.close()


def application(settings: Settings, services: Services, figures: Figures | None) -> ASGIApp:
    """All of Milepost's front ends, behind the middleware that they share: request ids, metrics and log, protective
    headers, CORS.
    """
    places: list[tuple[str, ASGIApp]] = [
        *dialects.places(services),
        ("/healthz", made_once(lambda: Answer(200, b'{"status":"ok"}'))),
        ("/readyz", Public(Readiness(services))),
        *reference.places(dialects.descriptions()),
    ]
    pages = web.application(services, _nothing_here(services.unserved), settings.openid, transfer.PAGES)
    open_to_browsers = OpenToBrowsers(Places(places, pages), settings.cors_origins)
    return Outermost(_observed(open_to_browsers, settings, figures), settings.public_url)


def _observed(served: ASGIApp, settings: Settings, figures: Figures | None) -> ASGIApp:
    """The application, observed by the metrics and the log of requests where these are on."""
    watchers = [figures.request] if figures is not None else []
    if settings.log_requests:
        watchers.append(logs.request)
    return Observed(served, watchers) if watchers else served


def _nothing_here(unserved: Unserved) -> ASGIApp:
    """The answer to paths outside of the front ends. These paths are not recorded: anybody may call anything there."""

    async def answer(scope: Scope, _receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            unserved.met("", scope["method"], "")
            in_browser = b"text/html" in dict(scope["headers"]).get(b"accept", b"")
            nothing = problem(404, "Milepost serves nothing at this address: /docs shows what it serves")
            await (errors.page(Unknown()) if in_browser else nothing).send(send)

    return answer

"""Examines the settings and the contents of an open database: the parts of `milepost doctor` that need no SQL."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from milepost import app
from milepost.actions import accounts, keys, people, tokens
from milepost.actions.context import operator
from milepost.config import OpenId, Settings, unknown
from milepost.domain.instants import Instant
from milepost.store import audit
from milepost.store import keys as stored
from milepost.store.engine import Database
from milepost.store.examining import Finding
from milepost.store.examining.finding import note, ok, wrong
from milepost.store.vault import CannotUnseal, key_file
from milepost.web.provider import NotVouched, Provider
from milepost.web.single_sign_on import BACK

_LOCAL = ("localhost", "127.0.0.1", "::1")
_MINUTE = 60 * 1_000_000
# The beginning of 2025: an earlier clock is wrong; and how far the newest change may be ahead of a right clock.
_EARLIEST: Instant = 1_735_689_600 * 1_000_000
_AHEAD = 5 * _MINUTE
_END: Instant = 2**62


def of_settings(settings: Settings) -> Iterator[Finding]:
    """The findings on the settings in the environment."""
    names, known = unknown()
    for name in names:
        close = difflib.get_close_matches(name, known, 1)
        hint = f"{close[0]} is meant" if close else f"there are {', '.join(known)}"
        yield wrong("settings", f"{name} means nothing to this program; maybe {hint}")
    if not names:
        yield ok("settings", "every MILEPOST_ variable that is set means something")
    if settings.public_url:
        yield _address(settings.public_url)
    if settings.openid is not None:
        yield _provider(settings.openid)


def _address(text: str) -> Finding:
    parts = urlsplit(text)
    if parts.scheme == "http" and parts.hostname not in _LOCAL:
        return note("address", f"clients reach {text} in the clear, tokens and all: have a proxy end TLS before it")
    return ok("address", f"clients reach the server at {text}")


def _provider(openid: OpenId) -> Finding:
    try:
        Provider(openid, app.clock).ask()
    except NotVouched as error:
        why = error.__cause__ or error
        return wrong("provider", f"MILEPOST_OIDC_ISSUER, {openid.issuer}, cannot be asked: {why}")
    return ok("provider", f"people can sign in with {openid.name}; it has to know {BACK} behind this server's address")


def of_contents(settings: Settings, database: Database, now: Instant) -> Iterator[Finding]:
    """What an open database of this program's version holds: signing keys, tokens, and dates."""
    yield _server_key(settings, database)
    yield _tokens(database, now)
    yield _clock(database, now)


def _server_key(settings: Settings, database: Database) -> Finding:
    held = len(stored.holding(database))
    try:
        vault = app.vault(settings, database)
        vault.reread()
        lost = keys.unreadable(database, vault)
    except CannotUnseal as error:
        return wrong("server key", str(error))
    if lost:
        return wrong(
            "server key",
            f"the secrets of {len(lost):,} of {held:,} keys cannot be read: {keys.obstacle(vault, lost[0])}",
        )
    if held:
        return ok("server key", f"it opens the secrets of all signing keys ({held:,})")
    file: Path | None = None if database.file is None else key_file(database.file)
    place = (
        "in MILEPOST_SECRET_KEY" if settings.secret_key else "in a file" if file and file.exists() else "not made yet"
    )
    return ok("server key", f"there are no signing keys that need one; it is {place}")


def _tokens(database: Database, now: Instant) -> Finding:
    open_ended = 0
    for account in accounts.everyone(database):
        boss = operator(database, account.id, lambda: now)
        active = {user.id for user in people.everyone(boss) if user.is_active}
        held = (one for one in tokens.everyone(boss) if one.holds_at(now) and one.user_id in active)
        open_ended += sum(one.expires_at is None for one in held)
    if open_ended:
        return note(
            "tokens", f"{open_ended:,} never expire: see with `milepost token list` whether all are still wanted"
        )
    return ok("tokens", "every token that opens anything expires")


def _clock(database: Database, now: Instant) -> Finding:
    if now < _EARLIEST:
        return wrong(
            "clock", f"this machine's clock says {now // 31_557_600_000_000 + 1970}: set it, and keep it right (NTP)"
        )
    for account in accounts.everyone(database):
        late = audit.newest(database, account.id, record="", actor="", since=now + _AHEAD, until=_END, limit=1)
        if late:
            minutes = (late[0].at - now) // _MINUTE
            said = f"a change is dated {minutes:,} minutes from now"
            return wrong("clock", f"{said}: the clock was wrong then, or is now; keep it right (NTP)")
    return ok("clock", "no change is dated later than now")

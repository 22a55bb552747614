"""Advice to the operator about the server key when secrets sealed under it have been copied to another database."""

from __future__ import annotations

import shlex
from pathlib import Path

import msgspec

from milepost import app
from milepost.actions import keys
from milepost.config import Settings
from milepost.store import keys as stored
from milepost.store.engine import Database
from milepost.store.key_sources import VARIABLE
from milepost.store.vault import key_file


def server_key_needed(settings: Settings, source: Database, target: Database) -> list[str]:
    """The settings that the server of the copy needs, as at most one sentence. It never shows a server key.

    `settings` are those of this command: whether the server will have the same is not known here.
    """
    held = len(stored.holding(target))
    if not held:
        return []
    vault = app.vault(settings, target)
    lost = keys.unreadable(target, vault)
    if not lost:
        place = VARIABLE if settings.secret_key else _file_of(target)
        return [f"The secrets of signing keys ({held:,}) can be read in the copy with the server key in {place}."]
    found = f"Of {held:,} signing key(s), the secrets of {len(lost):,} cannot be read in the copy"
    file = _file_of(source)
    by_file = app.vault(msgspec.structs.replace(settings, secret_key=""), source)
    if file is None or keys.unreadable(source, by_file):
        return [f"{found}: {keys.obstacle(vault, lost[0])}"]
    return [f"{found} yet: {_what_to_do(settings, file, target)}"]


def _what_to_do(settings: Settings, file: Path, target: Database) -> str:
    """How to give the copy the server keys of the original, which are in a file."""
    if settings.secret_key:
        return f"{VARIABLE} holds another server key than {file}; add that to it, behind a comma."
    quoted, beside = shlex.quote(str(file)), _file_of(target)
    if beside is None:
        return (
            f"put the server key of the original into {VARIABLE}, for every server and command on {target.place}: "
            f'`export {VARIABLE}="$(cat {quoted})"`.'
        )
    there = shlex.quote(str(beside))
    command = f"cat {quoted} >> {there}" if beside.exists() else f"cp -p {quoted} {there}"
    return f"put the server key of the original beside it: `{command}`."


def _file_of(database: Database) -> Path | None:
    return None if database.file is None else key_file(database.file)

"""The folder that a live account ends up in: its own, with a word on where it came from and whether it was imported."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec

from milepost.domain.instants import Instant
from milepost.transfer.files import CannotWrite
from milepost.transfer.gtmhub.live.fetch import NAMES, Progress, everything
from milepost.transfer.gtmhub.live.spool import Origin, Spool
from milepost.transfer.gtmhub.pages import Pages
from milepost.transfer.upstream.asking import CannotPull, Service

_SOURCE = ".source"


class Source(msgspec.Struct, frozen=True):
    """Where a folder's records came from, and when the last did; what is lacking, by list; whether they were imported,
    so that the next import asks anew.
    """

    origin: Origin
    fetched_at: Instant
    lacking: dict[str, str]
    taken: bool = False


def waiting(folder: Path, origin: Origin) -> Source | None:
    """What was fetched into a folder and is not imported yet, if there is such. `CannotWrite` where the folder holds
    anything but what was fetched from this origin.
    """
    found = _source(folder)
    if found is None and folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise CannotWrite(
            f"{folder} is there already, and was not fetched from {origin.url}: import it without --url, or name "
            "another folder"
        )
    if found is not None and found.origin != origin:
        raise CannotWrite(
            f"{folder} holds the account {found.origin.account} of {found.origin.url}: name another folder"
        )
    return None if found is None or found.taken else found


def fetch(api: Service, origin: Origin, folder: Path, clock: Callable[[], Instant], progress: Progress) -> Source:
    """Fetch an account into a folder, in place of what was fetched and imported before. What comes is gathered beside
    it, in .<folder>.part, and gone on with from there after an interruption.
    """
    spool = Spool(_part(folder), origin)
    try:
        everything(api, origin.account, spool, progress)
    except CannotPull:
        if spool.is_empty:  # a wrong address or token, which must not stand in the way of the right one
            spool.remove()
        raise
    source = Source(origin, clock(), spool.lacking)
    shutil.rmtree(folder, ignore_errors=True)
    with Pages(folder) as pages:
        for name in NAMES:
            for _ in pages.write(name, spool.records(name), len(spool.begin(name))):
                pass
        pages.leave(_SOURCE, msgspec.json.encode(source))
        pages.keep()
    spool.remove()
    return source


def has_begun(folder: Path) -> bool:
    """Whether a part of an account waits beside the folder to be gone on with."""
    return _part(folder).exists()


def mark_taken(folder: Path, source: Source) -> None:
    """Note that the folder was imported."""
    begun = folder / f"{_SOURCE}.{os.getpid()}"
    begun.write_bytes(msgspec.json.encode(msgspec.structs.replace(source, taken=True)))
    begun.replace(folder / _SOURCE)


def _part(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.part")


def _source(folder: Path) -> Source | None:
    try:
        return msgspec.json.decode((folder / _SOURCE).read_bytes(), type=Source)
    except (OSError, ValueError):
        return None

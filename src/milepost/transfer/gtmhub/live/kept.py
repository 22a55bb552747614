"""The folder of a fetched live account, with a note of its origin and of whether it was imported."""

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
    """The origin of a folder's records, and when the last came; what is missing, by list; whether they were imported,
    so that the next import fetches again.
    """

    origin: Origin
    fetched_at: Instant
    lacking: dict[str, str]
    taken: bool = False


def waiting(folder: Path, origin: Origin) -> Source | None:
    """The note of records that were fetched into a folder but not imported yet, if any. `CannotWrite` where the folder
    holds anything but records from this origin.
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
    """Fetch an account into a folder, in place of an earlier, imported one. Records are gathered beside it, in
    .<folder>.part, where an interrupted fetch goes on.
    """
    spool = Spool(_part(folder), origin)
    try:
        everything(api, origin.account, spool, progress)
    except CannotPull:
        if spool.is_empty:  # a wrong address or token must not block the right one
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
    """Whether an interrupted fetch lies beside the folder."""
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

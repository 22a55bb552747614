"""`/transfer/export/{file}`: an account as tables for people, or as what can be imported again."""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory

from milepost.asgi.answer import Answer
from milepost.asgi.download import Download
from milepost.asgi.refused import Refused
from milepost.asgi.request import Request
from milepost.domain import instants
from milepost.domain.errors import NotFound
from milepost.transfer.files import CannotWrite
from milepost.transfer.gtmhub import archive
from milepost.transfer.gtmhub.export import export as export_folder
from milepost.transfer.table.export import Contents
from milepost.transfer.table.export import export as export_table
from milepost.web.page import Visitor

_TYPES = {
    ".csv": b"text/csv; charset=utf-8",
    ".xlsx": b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".zip": b"application/zip",
}
_FOLDER = "everything.zip"
FILES = (*(f"{contents}{ending}" for contents in Contents for ending in (".xlsx", ".csv")), _FOLDER)


def send(request: Request, visitor: Visitor) -> Answer:
    """The file, as the account stands now."""
    name = request.path["file"]
    if name not in FILES:
        raise NotFound("file", name)
    try:
        with TemporaryDirectory(prefix="milepost-export-", ignore_cleanup_errors=True) as folder:
            path = Path(folder) / name
            if name == _FOLDER:
                export_folder(visitor.context, Path(folder) / "everything")
                archive.pack(Path(folder) / "everything", path)
            else:
                export_table(visitor.context, path, Contents(path.stem))
            opened = path.open("rb")
    except (CannotWrite, OSError) as error:
        raise Refused(507, "the file could not be made on the server: it may have no room") from error
    headers = (
        (b"content-disposition", f'attachment; filename="{_own_name(visitor)}-{name}"'.encode()),
        (b"cache-control", b"private, no-store"),
    )
    return Download(200, content_type=_TYPES[path.suffix], headers=headers, file=opened)


def _own_name(visitor: Visitor) -> str:
    """The account and the day, in letters that every system takes."""
    plain = re.sub(r"[^a-z0-9]+", "-", visitor.account.name.casefold()).strip("-")
    return f"{plain[:40] or 'milepost'}-{instants.as_datetime(visitor.context.clock()):%Y-%m-%d}"

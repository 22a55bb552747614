"""`/transfer`: the pages for exporting an account, and for importing: first a preview, then the import."""

from __future__ import annotations

from milepost.asgi.answer import Answer
from milepost.asgi.request import Request
from milepost.domain.errors import Invalid, NotFound
from milepost.domain.people import Capability
from milepost.transfer.files import CannotRead
from milepost.transfer.web import downloads, loading
from milepost.transfer.web.loading import Asked, Kind
from milepost.web import forms, rendering, uploading, waiting
from milepost.web.page import Page, Visitor, page, slow_form, slow_page

KINDS = {
    Kind.TABLE: "a table of key results, people or tasks (.xlsx, .csv)",
    Kind.VIVA: "an export of Microsoft Viva Goals (.xlsx, .csv)",
    Kind.GTMHUB: "saved answers of Gtmhub, or everything that a Milepost gave (.zip)",
}
_GONE = (
    "The file does not wait here any more: it was imported already, another one took its place, or it waited for more "
    "than an hour. Choose it again; what is here already is not taken twice."
)


def show(_request: Request, visitor: Visitor) -> Answer:
    """The page."""
    return _page(visitor, 200, {}, {})


def preview(request: Request, visitor: Visitor) -> Answer:
    """The result that importing an uploaded file would have; nothing is imported yet."""
    sent = forms.fields(request)
    if not sent.get(uploading.UPLOAD):
        return _page(visitor, 400, sent, {"file": "Choose a file."})
    return _become(visitor, sent, dry_run=True)


def take(request: Request, visitor: Visitor) -> Answer:
    """Import the file that was previewed."""
    return _become(visitor, forms.fields(request), dry_run=False)


def _become(visitor: Visitor, sent: dict[str, str], *, dry_run: bool) -> Answer:
    file = waiting.find(visitor.context.database, visitor, sent.get(uploading.UPLOAD, ""))
    if file is None:
        return _page(visitor, 410, sent, {"": _GONE})
    if sent.get("kind") not in list(Kind):
        return _page(visitor, 400, sent, {"kind": "Say what the file is."})
    how = [sent.get(field, "") for field in ("cycle", "owner", "dates", "numbers")]
    asked = Asked(Kind(sent["kind"]), _lines(sent), *how)
    try:
        told = loading.load(visitor.context, file.path, asked, dry_run=dry_run)
    except CannotRead as error:
        file.discard()
        return _page(visitor, 400, sent, {"file": f"{error}."})
    except NotFound:
        return _page(visitor, 400, sent, {"owner": "Nobody here has this address. Choose the file again."})
    except Invalid as error:
        said = "; ".join(fault.message for fault in error.faults)
        return _page(visitor, 400, sent, {"columns": f"{said}. Choose the file again."})
    if not dry_run:
        file.discard()
    return rendering.shown(
        "transferred.html", visitor, name=file.path.name, kind=KINDS[asked.kind], told=told, sent=sent, dry_run=dry_run
    )


def _lines(sent: dict[str, str]) -> tuple[str, ...]:
    return tuple(line.strip() for line in sent.get("columns", "").splitlines() if line.strip())


def _page(visitor: Visitor, status: int, sent: dict[str, str], faults: dict[str, str]) -> Answer:
    return rendering.shown(
        "transfer.html",
        visitor,
        status,
        kinds=KINDS,
        sent=sent,
        faults=faults,
        limit=uploading.LIMIT // 2**20,
        rows=loading.ROWS,
        seconds=loading.SECONDS,
    )


PAGES: tuple[Page, ...] = (
    page("/transfer", show, Capability.ADMINISTER),
    slow_form("/transfer", preview, Capability.ADMINISTER, takes_file=True),
    # Reloading the page of an import begins anew.
    page("/transfer/import", show, Capability.ADMINISTER),
    slow_form("/transfer/import", take, Capability.ADMINISTER),
    slow_page("/transfer/export/{file}", downloads.send, Capability.ADMINISTER),
)

"""A form with a file. The file is written to disk as it comes, and never held in memory."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import urlencode

import msgspec
from python_multipart import MultipartParser
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import parse_options_header
from starlette.types import Receive, Scope

from milepost.asgi.refused import Refused
from milepost.asgi.request import ClientGone, Request, base_url_of, query_of
from milepost.web import forms
from milepost.web.page import Visitor
from milepost.web.waiting import Arriving

# The field in which the handler finds the id of the waiting file.
UPLOAD = "upload"
LIMIT = 64 * 1024 * 1024
_FIELDS, _FIELD_BYTES = 50, 64 * 1024
_TYPE = b"multipart/form-data"
_NOT_OURS = "this is not what a form of ours sends"


async def received(
    scope: Scope, receive: Receive, headers: Mapping[str, str], visitor: Visitor, public_url: str
) -> Request:
    """The form without its file, which waits under the id in the field `UPLOAD`. `Refused` says what is wrong."""
    request = Request(
        method="POST",
        path=scope.get("path_params", {}),
        query=query_of(scope),
        headers=headers,
        body=b"",
        base_url=base_url_of(scope, headers, public_url),
        address=scope["path"],
        query_string=scope["query_string"],
    )
    forms.require_same_site(request)
    form = _Form(visitor)
    try:
        form.begin(_boundary(headers))
        await _read(form, receive, headers)
        if form.arriving is not None:
            form.arriving.keep()
    except FormParserError:
        form.drop()
        raise Refused(400, _NOT_OURS) from None
    except OSError as error:
        form.drop()
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise Refused(507, "the server has no room for this file") from error
        raise
    except BaseException:
        form.drop()
        raise
    fields = form.fields | ({} if form.arriving is None else {UPLOAD: form.arriving.id})
    body = urlencode(fields).encode()
    return msgspec.structs.replace(request, headers={**headers, "content-type": forms.TYPE}, body=body)


async def _read(form: _Form, receive: Receive, headers: Mapping[str, str]) -> None:
    announced, size = headers.get("content-length", ""), 0
    too_large = Refused(
        413, f"a file may be {LIMIT // 2**20} MiB large: split this one, or ask whoever runs this server"
    )
    if announced.isascii() and announced.isdigit() and int(announced[:20]) > LIMIT:
        raise too_large
    more = bool(announced or "transfer-encoding" in headers)
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        piece = message.get("body", b"")
        size += len(piece)
        if size > LIMIT:
            raise too_large
        form.write(piece)
        more = message.get("more_body", False)
    if not form.is_whole:
        raise Refused(400, "the file came only in part: send it again")


def _boundary(headers: Mapping[str, str]) -> bytes:
    kind, options = parse_options_header(headers.get("content-type", ""))
    if kind != _TYPE or not options.get(b"boundary"):
        raise Refused(400, _NOT_OURS)
    return options[b"boundary"]


class _Form:
    """The received part of a form. Fields stand before the file, so that the form's proof comes first."""

    def __init__(self, visitor: Visitor) -> None:
        self.fields: dict[str, str] = {}
        self.arriving: Arriving | None = None
        self.is_whole = False
        self._visitor = visitor
        self._left = _FIELD_BYTES
        self._count = 0

    def begin(self, boundary: bytes) -> None:
        """Parse what follows as parts with a boundary."""
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._part_begins,
                "on_header_field": self._header_named,
                "on_header_value": self._header_said,
                "on_header_end": self._header_ends,
                "on_headers_finished": self._data_begins,
                "on_part_data": self._data,
                "on_part_end": self._part_ends,
                "on_end": self._all_came,
            },
        )

    def write(self, piece: bytes) -> None:
        """Parse received data."""
        self._parser.write(piece)

    def drop(self) -> None:
        """Delete the file."""
        if self.arriving is not None:
            with suppress(OSError):
                self.arriving.drop()

    def _part_begins(self) -> None:
        self._header = self._said = b""
        self._name = ""
        self._file: str | None = None
        self._value = bytearray()
        self._count += 1
        if self._count > _FIELDS:
            raise Refused(400, _NOT_OURS)

    def _header_named(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _header_said(self, data: bytes, start: int, end: int) -> None:
        self._said += data[start:end]

    def _header_ends(self) -> None:
        if self._header.lower() == b"content-disposition":
            _, options = parse_options_header(self._said)
            self._name = _text(options.get(b"name", b""))
            self._file = _text(options[b"filename"]) if options.get(b"filename") else None
        self._header = self._said = b""

    def _data_begins(self) -> None:
        if self._file is None:
            return
        if self.arriving is not None:
            raise Refused(400, _NOT_OURS)
        if not forms.is_proof(self._visitor.vault, self._visitor.context.actor, self.fields.get("proof", "")):
            raise Refused(403, forms.NOT_THIS_PAGE)
        self.arriving = Arriving(self._visitor.context.database, self._visitor, self._file)

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._file is not None and self.arriving is not None:
            self.arriving.file.write(data[start:end])
            return
        self._left -= end - start
        if self._left < 0:
            raise Refused(400, "what is written in the fields is too long")
        self._value += data[start:end]

    def _part_ends(self) -> None:
        if self._file is None and self._name and self._name != UPLOAD:
            value = _text(bytes(self._value)).replace("\r\n", "\n").strip()
            self.fields.setdefault(self._name, value)

    def _all_came(self) -> None:
        self.is_whole = True


def _text(said: bytes) -> str:
    try:
        return said.decode()
    except UnicodeDecodeError:
        raise Refused(400, _NOT_OURS) from None

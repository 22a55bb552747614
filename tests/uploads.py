"""Forms with a file in them, as browsers send them."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping

from browsing import Browser
from wire import Reply

_BOUNDARY = b"----somewhere7MA4YWxkTrZu0gW"
TYPE = {"content-type": f"multipart/form-data; boundary={_BOUNDARY.decode()}"}


def multipart(fields: Mapping[str, str], name: str | None, content: bytes = b"") -> bytes:
    """The body of a form whose last field is a file; without one where there is no name."""
    parts = [
        b'--%s\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (_BOUNDARY, key.encode(), value.encode())
        for key, value in fields.items()
    ]
    if name is not None:
        escaped = name.replace('"', "%22").encode()
        parts.append(
            b'--%s\r\nContent-Disposition: form-data; name="file"; filename="%s"\r\n'
            b"Content-Type: application/octet-stream\r\n\r\n%s\r\n" % (_BOUNDARY, escaped, content)
        )
    return b"".join(parts) + b"--%s--\r\n" % _BOUNDARY


def raw(browser: Browser, body: bytes, headers: Mapping[str, str] | None = None) -> Reply:
    """What becomes of a body at the address that takes files."""
    sent = {**TYPE, "cookie": browser.cookie, **(headers or {})}
    return browser.wire.request("POST", "/transfer", raw=body, headers=sent)


def upload(browser: Browser, kind: str, name: str | None, content: bytes = b"", **fields: str) -> Reply:
    """The page that says what would become of a file."""
    return raw(browser, multipart({"proof": browser.proof(), "kind": kind, **fields}, name, content))


def hidden(reply: Reply) -> dict[str, str]:
    """What the form of such a page would send, but for its proof."""
    form = reply.body.decode().partition('action="/transfer/import"')[2]
    found = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form))
    return {name: value for name, value in found.items() if name != "proof"}


def zipped(files: Mapping[str, bytes]) -> bytes:
    """An archive of files by name."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return made.getvalue()

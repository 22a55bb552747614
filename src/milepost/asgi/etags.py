"""Entity tags (RFC 9110, 8.8.3 and 13): which version of an item an answer shows, and calls that depend on it.

A tag is a digest of the answer's bytes. So it changes with everything that the answer shows, and with nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from hashlib import sha256

from milepost.asgi.answer import Answer
from milepost.asgi.refused import Refused

_LENGTH = 32
_TAG = re.compile(r'(W/)?("[^"]*")')
_CHANGED = "this is not the version that If-Match names any more: read it again"
_NO_TAG = "what is at this address has no ETag that If-Match could name"
_THERE = "this is the version that If-None-Match names"


def tag(answer: Answer) -> str:
    """The strong tag of an answer, with its quotes."""
    return f'"{sha256(answer.body).hexdigest()[:_LENGTH]}"'


def tagged(answer: Answer) -> Answer:
    """The answer with its tag."""
    return _with(answer, tag(answer))


def shown(answer: Answer, headers: Mapping[str, str]) -> Answer:
    """The answer with its tag; without a body (304) where If-None-Match names it. `Refused` (412) where If-Match names
    others only.
    """
    current = tag(answer)
    if (wanted := headers.get("if-match")) is not None and not _is_strongly(current, wanted):
        raise Refused(412, _CHANGED)
    if (held := headers.get("if-none-match")) is not None and _is_weakly(current, held):
        return _with(Answer(304, headers=answer.headers), current)
    return _with(answer, current)


def conditional(headers: Mapping[str, str]) -> bool:
    """Whether a change has preconditions: If-Match or If-None-Match."""
    return "if-match" in headers or "if-none-match" in headers


def require(headers: Mapping[str, str], now: Callable[[], Answer] | None) -> None:
    """`Refused` (412) where the current item does not meet the preconditions of a change. `now` gives that item as GET
    would answer at the same address; it is `None` where GET gives no item, and then If-Match can name no version.
    """
    wanted, unwanted = headers.get("if-match"), headers.get("if-none-match")
    if now is None:
        if wanted is not None and wanted.strip() != "*":
            raise Refused(412, _NO_TAG)
        return
    current = tag(now())
    if wanted is not None and not _is_strongly(current, wanted):
        raise Refused(412, _CHANGED)
    if unwanted is not None and _is_weakly(current, unwanted):
        raise Refused(412, _THERE)


def _with(answer: Answer, current: str) -> Answer:
    return Answer(answer.status, answer.body, answer.content_type, (*answer.headers, (b"etag", current.encode())))


def _is_strongly(current: str, listed: str) -> bool:
    return listed.strip() == "*" or any(not weak and one == current for weak, one in _TAG.findall(listed))


def _is_weakly(current: str, listed: str) -> bool:
    return listed.strip() == "*" or any(one == current for _, one in _TAG.findall(listed))

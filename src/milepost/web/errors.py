"""The page that says what went wrong, and what to do."""

from __future__ import annotations

import logging

from milepost.asgi.answer import Answer
from milepost.asgi.endpoint import MethodNotAllowed, Stopping, Unknown
from milepost.asgi.phrases import phrase
from milepost.asgi.refused import Headers, Refused
from milepost.asgi.request import BodyTooLarge, TooManyParameters
from milepost.domain.errors import Conflict, Forbidden, Invalid, NotFound, Suspended, TooMuch
from milepost.web import editing, rendering
from milepost.web.page import Visitor

_log = logging.getLogger("milepost")
_STATUS: tuple[tuple[type[Exception], int, str], ...] = (
    (Unknown, 404, "There is nothing at this address."),
    (NotFound, 404, "What this page showed was deleted, or never was."),
    (BodyTooLarge, 413, "That is more than a form may hold."),
    (TooManyParameters, 400, "That is more than a page can be asked."),
    (Stopping, 503, "The server is stopping: try again in a moment."),
    (MethodNotAllowed, 405, "This address takes a form, and shows nothing: open the page that the form is on."),
    (Suspended, 402, ""),
    (Forbidden, 403, ""),
    (Conflict, 409, ""),
    (TooMuch, 400, ""),
)

_TITLES = {
    400: "That cannot be",
    402: "Suspended",
    403: "Not allowed",
    404: "Not found",
    405: "Nothing to see here",
    409: "Not possible now",
}


def page(error: Exception, visitor: Visitor | None = None) -> Answer:
    """The error page, for a visitor who may be signed in. An unexpected error is a 500, with its trace in the log and
    not on the page.
    """
    if isinstance(error, Refused):
        return _page(visitor, error.status, str(error), error.headers)
    if isinstance(error, Invalid):
        return _page(visitor, 400, " ".join(map(editing.words, error.faults)))
    for kind, status, words in _STATUS:
        if isinstance(error, kind):
            return _page(visitor, status, words or str(error))
    _log.error("a request failed", exc_info=error)
    return _page(visitor, 500, "The server failed to answer; its log says why.")


def _page(visitor: Visitor | None, status: int, words: str, headers: Headers = ()) -> Answer:
    title = _TITLES.get(status) or phrase(status)
    answer = rendering.shown("error.html", visitor, status, title=title, words=words[:1].upper() + words[1:])
    return Answer(answer.status, answer.body, answer.content_type, (*answer.headers, *headers))

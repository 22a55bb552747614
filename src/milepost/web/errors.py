"""The page that says what went wrong, and what to do."""

from __future__ import annotations

import logging
from http import HTTPStatus

from milepost.asgi.answer import Answer
from milepost.asgi.endpoint import MethodNotAllowed, Stopping, Unknown
from milepost.asgi.refused import Headers, Refused
from milepost.asgi.request import BodyTooLarge, TooManyParameters
from milepost.domain.errors import Conflict, Forbidden, Invalid, NotFound, Suspended, TooMuch
from milepost.web import rendering

_log = logging.getLogger("milepost")
_STATUS: tuple[tuple[type[Exception], int, str], ...] = (
    (Unknown, 404, "There is nothing at this address."),
    (NotFound, 404, "It is not there, or not any more."),
    (BodyTooLarge, 413, "That is more than a form may hold."),
    (TooManyParameters, 400, "That is more than a page can be asked."),
    (Stopping, 503, "The server is stopping: try again in a moment."),
    (MethodNotAllowed, 405, ""),
    (Suspended, 402, ""),
    (Forbidden, 403, ""),
    (Conflict, 409, ""),
    (TooMuch, 400, ""),
    (Invalid, 400, ""),
)


def page(error: Exception) -> Answer:
    """The page. What nobody foresaw is a 500, with its trace in the log and nothing of it on the page."""
    if isinstance(error, Refused):
        return _page(error.status, str(error), error.headers)
    for kind, status, words in _STATUS:
        if isinstance(error, kind):
            return _page(status, words or str(error))
    _log.error("a request failed", exc_info=error)
    return _page(500, "The server failed to answer; its log says why.")


def _page(status: int, words: str, headers: Headers = ()) -> Answer:
    title = HTTPStatus(status).phrase
    answer = rendering.shown("error.html", None, status, title=title, words=words[:1].upper() + words[1:])
    return Answer(answer.status, answer.body, answer.content_type, (*answer.headers, *headers))

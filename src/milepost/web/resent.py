"""A form that comes twice, by a second click, a page that is loaded again or an answer that was lost, is taken once.

Each page has a mark of its own in its forms. What came of a form is kept under that and what was written, with the
change: of the answer only where it led, for a page may show a secret.
"""

from __future__ import annotations

import secrets
from asyncio import sleep
from collections.abc import Callable
from hashlib import sha256

import msgspec

from milepost import manners
from milepost.actions.context import Context
from milepost.asgi.answer import Answer
from milepost.asgi.request import Request
from milepost.services import Services
from milepost.web import forms, rendering

# What is kept of an answer.
Keep = Callable[[Answer], Answer | None]
# Who clicks twice waits for what the first click does, in steps of so many seconds.
_STEP, _STEPS = 0.05, 100
# How the answer is wanted, in place or as a page, is not what was written.
_BESIDE = frozenset({forms.WANTED})


def mark() -> str:
    """A mark for the forms of one page."""
    return secrets.token_urlsafe(12)


def key_of(request: Request) -> str | None:
    """The key of what a form says, by its mark; `None` where it has none, and may be meant twice."""
    if not request.body or not forms.fields(request).get("once"):
        return None
    parts = [request.address, *(f"{name}={value}" for name, value in forms.pairs(request) if name not in _BESIDE)]
    return f"form {sha256(msgspec.json.encode(parts)).hexdigest()}"


async def perform(services: Services, context: Context, key: str, change: Callable[[], Answer], keep: Keep) -> Answer:
    """The answer of a change; where it was made under its key before, what `keep` made of the answer then."""
    for _ in range(_STEPS):
        try:
            return await manners.once(services, context, key, key, change, keep)
        except manners.AtWork:
            await sleep(_STEP)
    return await manners.once(services, context, key, key, change, keep)


def where_it_led(page: str) -> Keep:
    """What is kept of an answer to a form that stands on a page: the way to where it led, else to that page. Nothing,
    where the form was refused.
    """

    def led(answer: Answer) -> Answer | None:
        if answer.status >= 400:
            return None
        to = next((value.decode() for name, value in answer.headers if name == b"location"), page or "/")
        return rendering.gone_to(to)

    return led

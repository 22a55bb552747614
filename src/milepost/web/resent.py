"""Takes a form once that comes twice: by a second click, a reload or after a lost answer.

Each page has a mark in its forms. The outcome of a form is kept under that mark and the form's fields, in the
transaction of the change: of the answer only the redirect, as a page may show a secret.
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

# The form in which an answer is kept.
Keep = Callable[[Answer], Answer | None]
# A second click waits for the outcome of the first: seconds of one step, and the number of steps.
_STEP, _STEPS = 0.05, 100
# Fields that say how to answer, which are not part of what was written.
_BESIDE = frozenset({forms.WANTED})


def mark() -> str:
    """A mark for the forms of one page."""
    return secrets.token_urlsafe(12)


def key_of(request: Request) -> str | None:
    """The key of a form by its mark and fields; `None` where it has no mark, and is taken each time."""
    if not request.body or not forms.fields(request).get("once"):
        return None
    parts = [request.address, *(f"{name}={value}" for name, value in forms.pairs(request) if name not in _BESIDE)]
    return f"form {sha256(msgspec.json.encode(parts)).hexdigest()}"


async def perform(services: Services, context: Context, key: str, change: Callable[[], Answer], keep: Keep) -> Answer:
    """The answer of a change; where it was made under its key before, the kept answer."""
    for _ in range(_STEPS):
        try:
            return await manners.once(services, context, key, key, change, keep)
        except manners.AtWork:
            await sleep(_STEP)
    return await manners.once(services, context, key, key, change, keep)


def where_it_led(page: str) -> Keep:
    """The kept form of answers: a redirect to where the answer led, else to `page`. Nothing for a refused form."""

    def led(answer: Answer) -> Answer | None:
        if answer.status >= 400:
            return None
        to = next((value.decode() for name, value in answer.headers if name == b"location"), page or "/")
        return rendering.gone_to(to)

    return led

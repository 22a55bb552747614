"""`/in/{code}`: a link that checks in. Opening it shows nothing of the key result, and changes nothing."""

from __future__ import annotations

import msgspec

from milepost import manners
from milepost.actions import key_results, quick_links
from milepost.actions.context import Context
from milepost.actions.quick_links import Said
from milepost.actions.surroundings import History
from milepost.asgi.answer import Answer
from milepost.asgi.lanes import Lane
from milepost.asgi.refused import Refused
from milepost.asgi.request import Request
from milepost.domain.account import AccountStatus
from milepost.domain.errors import Conflict, Fault, Forbidden, Invalid, NotFound, Suspended, Unauthenticated
from milepost.domain.token import Token
from milepost.web import forms, reading, rendering, resent, rows
from milepost.web.public import PublicCall, PublicPage

PATH = "/in/{code}"
_FIELDS = ("value", "increment", "comment")
_TEXT = b"text/plain; charset=utf-8"
_GONE = "This link does not open anything, or not any more: make another on the key result's page."
_HEADERS = ((b"cache-control", b"no-store"), (b"referrer-policy", b"no-referrer"))


class Quick(PublicPage):
    """The page of such a link, for whoever has it."""

    async def perform(self, call: PublicCall, request: Request, caller: str) -> Answer:
        """The form, or the outcome for what a form or a script has sent."""
        services, code = self._services, request.path["code"]
        try:
            actor, token = await services.lanes.run(
                Lane.SHORT, lambda: quick_links.presented(services.database, code, services.clock())
            )
        except Unauthenticated:
            await services.sign_ins.failed(caller)
            return _told(request, 404, _GONE)
        if actor.account_status is AccountStatus.SUSPENDED:
            return _told(request, 402, "The account is suspended: ask whoever runs this server.")
        if call.method == "GET":
            return _form(request, token, 200, {}, {})
        services.sign_ins.used(actor)
        context = Context(services.database, actor, services.clock, self.front_end)
        try:
            sent = _sent(request)
        except Refused as error:
            return _told(request, error.status, _sentence(error))
        try:
            said = _read(sent)
        except Invalid as error:
            return _wrong(request, token, sent, error)

        def change() -> Answer:
            quick_links.say(context, token.key_result_id, said)
            return _told(request, 200, "Checked in.")

        def takes_none() -> bool:
            return bool(rows.held_by(key_results.get(context, token.key_result_id, History.NONE), context.clock()))

        try:
            if (key := resent.key_of(request)) is not None:
                return await resent.perform(services, context, key, change, lambda answer: answer)
            return await manners.perform(services, context, _CheckIn(), request, change, None)
        except Refused as error:
            return _told(request, error.status, _sentence(error))
        except Invalid as error:
            # The reason would tell whoever has the link about the objective or the cycle.
            if await services.lanes.run(Lane.SHORT, takes_none):
                return _told(request, 409, "The key result takes no check-ins now: its page says why.")
            return _wrong(request, token, sent, error)
        except NotFound:
            return _told(request, 404, "The key result is not there any more.")
        except (Conflict, Forbidden, Suspended) as error:
            return _told(request, 409, _sentence(error))


class _CheckIn(msgspec.Struct, frozen=True):
    """The call of a script, for `manners`: a change, which is made once for an Idempotency-Key."""

    method: str = "POST"
    lane: Lane = Lane.WRITE
    tagged: bool = False


def _sentence(error: Exception) -> str:
    words = str(error)
    return f"{words[:1].upper()}{words[1:]}."


def _wrong(request: Request, token: Token, sent: dict[str, str], error: Invalid) -> Answer:
    """The form with the faults of a number or a comment beside the fields."""
    faults = {fault.field if fault.field in _FIELDS else "": fault.message for fault in error.faults}
    return _form(request, token, 400, sent, faults)


def _sent(request: Request) -> dict[str, str]:
    """The parameters of the address, and the fields of a form, which take precedence."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not request.body:
        return dict(request.query)
    if kind != forms.TYPE:
        raise Refused(415, "send value= or increment= in the address, or as a form does")
    return {**request.query, **forms.fields(request)}


def _read(sent: dict[str, str]) -> Said:
    faults: list[Fault] = []
    field = "increment" if sent.get("increment") else "value"
    if bool(sent.get("value")) is bool(sent.get("increment")):
        raise Invalid("value", "or increment is to be said, one of them, such as value=42 or increment=1")
    number = reading.number(sent[field], field, faults)
    if number is None:
        raise Invalid.of(faults)
    return Said(number, field == "increment", sent.get("comment", ""))


def _form(request: Request, token: Token, status: int, sent: dict[str, str], faults: dict[str, str]) -> Answer:
    if not _is_for_people(request):
        lines = [f"{field} {words}".strip() for field, words in faults.items()]
        return Answer(status, f"{'; '.join(lines) or 'POST value= or increment= here'}\n".encode(), _TEXT, _HEADERS)
    return _shown(status, token=token, sent=sent, faults=faults, words="")


def _told(request: Request, status: int, words: str) -> Answer:
    if not _is_for_people(request):
        return Answer(status, f"{words}\n".encode(), _TEXT, _HEADERS)
    return _shown(status, token=None, sent={}, faults={}, words=words)


def _shown(status: int, **values: object) -> Answer:
    page = rendering.shown("quick.html", None, status, once=resent.mark(), **values)
    policy = next(one for one in page.headers if one[0] == b"content-security-policy")
    return Answer(page.status, page.body, page.content_type, (policy, *_HEADERS))


def _is_for_people(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "")

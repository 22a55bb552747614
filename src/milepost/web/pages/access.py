"""`/access`: a user's tokens, signing keys and signed-in browsers; for admins, everybody's."""

from __future__ import annotations

import logging

from milepost.actions import access, ways_in
from milepost.asgi.answer import Answer
from milepost.asgi.refused import Refused
from milepost.asgi.request import Request
from milepost.domain.errors import Fault, Forbidden, Invalid
from milepost.domain.scope import Scope
from milepost.domain.token import TokenKind
from milepost.store.vault import CannotUnseal
from milepost.web import editing, forms, reading, rendering
from milepost.web.editing import Form
from milepost.web.page import Visitor

_log = logging.getLogger("milepost")
_EVERYBODYS, _TOKEN, _KEY = "everybody", "token", "key"
SORTS = {
    _TOKEN: "opens both APIs; a program sends it with each call",
    _KEY: "signs what SimpleOKR clients send, with a secret: a signing key",
}
SCOPES = {
    Scope.READ: "see everything that you may see, and change nothing",
    Scope.CHECK_IN: "record check-ins, and see nothing",
    Scope.WRITE: "see, check in, and change what members change",
    Scope.ADMIN: "everything that an admin may do",
}


def show(request: Request, visitor: Visitor) -> Answer:
    """The valid ones: the visitor's own, or everybody's."""
    return _page(request, visitor)


def add(request: Request, visitor: Visitor) -> Answer:
    """Make a token, or a signing key, and show it in this answer only."""
    form = editing.sent(request, _blank())
    faults: list[Fault] = []
    ends = reading.day_in_utc(form["expires_at"], "expires_at", faults, end=True)
    scopes = form.several("scopes")
    if not set(scopes) <= {scope.value for scope in Scope}:
        faults.append(Fault("scopes", "must be chosen from these"))
    if form["sort"] not in SORTS:
        faults.append(Fault("sort", "must be one of these"))
    is_key = form["sort"] == _KEY
    if is_key and form["expires_at"]:
        faults.append(Fault("expires_at", "must be left out: a signing key holds until it is revoked"))
    credential = ""
    try:
        editing.raise_any(faults)
        if is_key:
            key, text = ways_in.add_key(visitor.context, visitor.vault, form["name"], map(Scope, scopes))
            credential = key.credential
        else:
            _, text = ways_in.add_token(visitor.context, form["name"], ends, map(Scope, scopes))
    except Invalid as error:
        return _page(request, visitor, 400, form.refused(error))
    except CannotUnseal as error:
        _log.error("no signing key is made: %s", error)
        raise Refused(503, "the server can keep no secret now: its log tells whoever runs it why") from error
    return _page(request, visitor, made=text, credential=credential)


def revoke(request: Request, visitor: Visitor) -> Answer:
    """Revoke a token, or sign a browser out."""
    ways_in.revoke_token(visitor.context, request.path["id"])
    return _back(request)


def revoke_key(request: Request, visitor: Visitor) -> Answer:
    """Revoke a signing key."""
    ways_in.revoke_key(visitor.context, request.path["id"])
    return _back(request)


def _blank() -> Form:
    return editing.making({"sort": _TOKEN, "name": "", "expires_at": "", "scopes": ()})


def _back(request: Request) -> Answer:
    everybodys = forms.fields(request).get("of") == _EVERYBODYS
    return rendering.gone_to(f"/access?of={_EVERYBODYS}" if everybodys else "/access")


def _page(
    request: Request,
    visitor: Visitor,
    status: int = 200,
    form: Form | None = None,
    made: str = "",
    credential: str = "",
) -> Answer:
    everybodys = request.method == "GET" and request.query.get("of") == _EVERYBODYS
    if everybodys and not visitor.may("administer"):
        raise Forbidden("everybody's tokens and keys are shown to admins only: yours are at /access")
    found = ways_in.held(visitor.context, everybodys=everybodys)
    return rendering.shown(
        "access.html",
        visitor,
        status,
        programs=[one for one in found.tokens if one.kind is TokenKind.PROGRAM],
        browsers=[one for one in found.tokens if one.kind is TokenKind.BROWSER],
        links=[one for one in found.tokens if one.kind is TokenKind.QUICK],
        keys=found.keys,
        people=found.people,
        cut=ways_in.SHOWN if len(found.tokens) == ways_in.SHOWN else 0,
        everybodys=everybodys,
        limited=visitor.token.scopes if access.is_limited(visitor.context) else (),
        scopes={one.value: SCOPES[one] for one in ways_in.offered(visitor.context)},
        sorts=SORTS,
        form=form or _blank(),
        made=made,
        credential=credential,
    )

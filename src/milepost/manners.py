"""How every front end performs an admitted call: in its lane, under the client's preconditions (If-Match and
If-None-Match), and once for each Idempotency-Key.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from hashlib import sha256
from typing import Protocol

from milepost.actions.context import Context
from milepost.asgi import etags
from milepost.asgi.answer import Answer
from milepost.asgi.conventions import Manners
from milepost.asgi.lanes import Lane, Steps, finished
from milepost.asgi.refused import Refused
from milepost.asgi.request import Request
from milepost.domain.instants import DAY
from milepost.services import Services
from milepost.store import kept_answers
from milepost.store.kept_answers import KeptAnswer

# How long an answer is kept for its Idempotency-Key.
KEPT = DAY
LONGEST_KEY = 255
# A DELETE takes no key: repeating it does no harm.
_KEYED = frozenset({"POST", "PUT", "PATCH"})


class AtWork(Refused):
    """Another request with the same key is in progress."""

    def __init__(self) -> None:
        words = "a request with this Idempotency-Key is at work: ask again in a moment"
        super().__init__(409, words, ((b"retry-after", b"1"),))


class Call(Protocol):
    """An entry of a front end's route table. `tagged`: its answer has an ETag, as it shows the item at its path, or the
    item that it has created, just as GET does.
    """

    @property
    def method(self) -> str: ...

    @property
    def lane(self) -> Lane: ...

    @property
    def tagged(self) -> bool: ...


class Addressed(Call, Protocol):
    """An entry with its path."""

    @property
    def path(self) -> str: ...


def is_keyed(call: Call) -> bool:
    """Whether a call takes an Idempotency-Key: it changes something, and a repetition might change it again."""
    return call.lane is Lane.WRITE and call.method in _KEYED


def described(call: Addressed, items: Collection[str]) -> Manners:
    """The headers of a call, for its description. `items`: the paths at which GET gives an item."""
    changes = call.lane is Lane.WRITE
    return Manners(changes, is_keyed(call), call.tagged, call.path in items and (changes or call.method == "GET"))


async def perform(
    services: Services,
    context: Context,
    call: Call,
    request: Request,
    handle: Callable[[], Answer | Steps[Answer]],
    show: Callable[[], Answer] | None,
) -> Answer:
    """The answer of `handle`. `show` gives the answer of GET at the same address; it is `None` where GET gives no item.

    `Refused`: 412 where the item does not meet the client's preconditions; 409 while a request with the same key is in
    progress; 422 where the key came with another request before.
    """
    lanes, account = services.lanes, context.account_id
    if call.lane is not Lane.WRITE:
        asked = (lambda: etags.shown(finished(handle()), request.headers)) if call.tagged else handle
        return await lanes.run(call.lane, asked, account)

    def change() -> Answer:
        if etags.conditional(request.headers):
            etags.require(request.headers, show)
        answer = finished(handle())
        # A query may choose other fields than GET shows by default.
        return etags.tagged(answer) if call.tagged and not request.query else answer

    key = _key(request) if is_keyed(call) else None
    if key is None:
        return await lanes.run(call.lane, change, account)
    return await once(services, context, key, _fingerprint(request), change, lambda answer: answer)


async def once(
    services: Services,
    context: Context,
    key: str,
    asked: str,
    change: Callable[[], Answer],
    keep: Callable[[Answer], Answer | None],
) -> Answer:
    """The answer kept under a key of the actor's token; without one, the answer of `change`. `keep` gives the form in
    which that is kept, `None` to keep nothing. `asked` identifies the request: `Refused` (422) where the key came with
    another one. `AtWork`.
    """
    account = context.account_id
    name = f"{account} {context.actor.token_id} {key}"
    with services.database.claim(name) as claimed:
        if not claimed:
            raise AtWork
        return await services.lanes.run(Lane.WRITE, lambda: _once(context, name, key, asked, change, keep), account)


def _once(
    context: Context,
    name: str,
    key: str,
    asked: str,
    change: Callable[[], Answer],
    keep: Callable[[Answer], Answer | None],
) -> Answer:
    """As `once`; the answer is kept in the transaction of the change."""
    database, account, token = context.database, context.account_id, context.actor.token_id
    if not database.alone(name):
        raise AtWork
    now = context.clock()
    kept = kept_answers.find(database, account, token, key)
    if kept is not None and kept.kept_at > now - KEPT:
        if kept.fingerprint != asked:
            raise Refused(422, "this Idempotency-Key came with another request before: take a new one for each change")
        return _again(kept)
    answer = change()
    if (left := keep(answer)) is not None:
        headers = tuple((name.decode(), value.decode()) for name, value in left.headers)
        kind, body = left.content_type.decode(), left.body.decode()
        kept_answers.keep(
            database, KeptAnswer(account, token, key, asked, left.status, kind, headers, body, now), now - KEPT
        )
    return answer


def _key(request: Request) -> str | None:
    """The key of a request, `None` where it has none; `Refused` (400) for an invalid one."""
    key = request.headers.get("idempotency-key")
    if key is not None and not (0 < len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()):
        raise Refused(400, f"Idempotency-Key must be 1 to {LONGEST_KEY} printable ASCII characters, such as a UUID")
    return key


def _fingerprint(request: Request) -> str:
    parts = (request.method.encode(), request.address.encode("utf-8", "surrogatepass"), request.query_string)
    digest = sha256()
    for part in (*parts, request.body):
        digest.update(b"%d:%b" % (len(part), part))
    return digest.hexdigest()


def _again(kept: KeptAnswer) -> Answer:
    headers = [(name.encode(), value.encode()) for name, value in kept.headers]
    return Answer(
        kept.status,
        kept.body.encode(),
        kept.content_type.encode(),
        (*headers, (b"idempotent-replayed", b"true")),
    )

"""The fields of sent forms, and the proof that a form came from one of our pages, as this visitor was shown it."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

from milepost.actions.context import Actor
from milepost.asgi.refused import Refused
from milepost.asgi.request import Request
from milepost.store.vault import Vault

_MOST_FIELDS = 1000
TYPE = "application/x-www-form-urlencoded"
# The field in which a script asks for the changed part of the page only.
WANTED, IN_PLACE = "form", "in-place"
_OURS = frozenset({"proof", "once", "was", "from", "of", WANTED})
NOT_THIS_PAGE = "this form is not from the page that you have open: load the page again, and send it again"


def fields(request: Request) -> dict[str, str]:
    """The first value of each field, stripped; `Refused` (400) where the body is no form."""
    found: dict[str, str] = {}
    for name, value in pairs(request):
        found.setdefault(name, value)
    return found


def every(request: Request, field: str) -> tuple[str, ...]:
    """The chosen values of a field for several values, each once, in order."""
    return tuple(dict.fromkeys(value for name, value in pairs(request) if name == field and value))


def pairs(request: Request) -> list[tuple[str, str]]:
    """Every field with each of its values, in order; errors as in `fields`."""
    sent = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if sent != TYPE:
        raise Refused(400, "this is not what a form sends")
    try:
        pairs = parse_qsl(request.body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise Refused(400, "this is not what a form of ours sends") from None
    return [(name, value.replace("\r\n", "\n").strip()) for name, value in pairs]


def written(request: Request) -> list[tuple[str, str]]:
    """The fields that the visitor has filled in, with their labels on the page; without those that our pages put into
    forms.
    """

    def label(name: str) -> str:
        return name.removesuffix("_id").removesuffix("_at").replace("_", " ").capitalize()

    return [(label(name), value) for name, value in pairs(request) if value and name not in _OURS]


def proof(vault: Vault, actor: Actor) -> str:
    """The proof in every form of a user's pages, which no other site can know. It belongs to the user, not to the
    cookie: cookies change each day, and a user who has signed in again may still have forms open.
    """
    return vault.mark(_whose(actor))


def is_proof(vault: Vault, actor: Actor, sent: str) -> bool:
    """Whether a form's proof is right."""
    return vault.is_mark(sent, _whose(actor))


def _whose(actor: Actor) -> str:
    return f"forms of {actor.user_id} in {actor.account_id}"


def require_ours(request: Request, vault: Vault, actor: Actor) -> None:
    """`Refused` (403) where a form did not come from one of our pages, as the actor was shown it."""
    require_same_site(request)
    if not is_proof(vault, actor, fields(request).get("proof", "")):
        raise Refused(403, NOT_THIS_PAGE)


def require_same_site(request: Request) -> None:
    """`Refused` (403) where the browser says that the form is on another site."""
    headers: Mapping[str, str] = request.headers
    site, origin = headers.get("sec-fetch-site", ""), headers.get("origin", "")
    ours = not origin or urlsplit(origin).netloc.lower() == urlsplit(request.base_url).netloc.lower()
    if site not in ("", "same-origin", "none") or not (ours or (site and origin == "null")):
        raise Refused(403, "this form was sent by another site: open the page here, and send it from there")

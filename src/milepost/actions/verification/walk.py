"""Walks along an account's chain from its first record to its last, and verifies that each fits the one before it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from milepost.actions.verification.discrepancy import Discrepancy
from milepost.domain import chain
from milepost.domain.chain import Link
from milepost.store import audit
from milepost.store.engine import Database

# The action of a record about erased payloads: its `after` holds the new digest of each, by the payload's number.
ERASING = "payloads.erased"
_REMEMBERED_ERASINGS = 64


class Erasing(msgspec.Struct):
    """The content of such a record."""

    digests: dict[str, str]


_erasing = msgspec.json.Decoder(Erasing)


def along(database: Database, account_id: str, heads: Mapping[int, str]) -> Iterator[Link]:
    """Every record in order, verified: its number follows the last one, and its hashes and its payload's digest are
    right. `heads`: the hashes that records of these numbers had at an earlier time. `Discrepancy`.
    """
    number, previous, left = 0, chain.BEGINNING, dict(heads)
    erased = _Erased(database, account_id)
    for link in audit.links(database, account_id):
        number += 1
        if link.number != number:
            raise Discrepancy(
                account_id, "audit", str(number), "the record is missing, the next one is", str(link.number)
            )
        _require_chained(link, previous)
        previous = link.hash
        if (anchored := left.pop(number, previous)) != previous:
            raise Discrepancy(account_id, "audit", str(number), "the hash is not the anchored one", previous, anchored)
        _require_payload(link, erased)
        if link.action == ERASING:
            erased.require_still(link)
        yield link
    if left:
        beyond = min(left)
        what = f"the record is missing, although its hash was anchored; the chain ends at {number}"
        raise Discrepancy(account_id, "audit", str(beyond), what, "", left[beyond])


def _require_chained(link: Link, previous: str) -> None:
    where = (link.account_id, "audit", str(link.number))
    if link.previous != previous:
        raise Discrepancy(*where, "the hash of the record before", link.previous, previous)
    try:
        found = chain.record_hash(link, link.number, previous, link.payload_digest)
    except (AttributeError, TypeError) as error:  # a number where a text should stand
        raise Discrepancy(*where, f"it holds what it cannot ({error})") from error
    if link.hash != found:
        raise Discrepancy(*where, "the record is not the one that was added: its hash", link.hash, found)


def _require_payload(link: Link, erased: _Erased) -> None:
    where = (link.account_id, "audit_payloads", str(link.number))
    if link.salt is None:
        raise Discrepancy(*where, "the payload is missing")
    should = link.payload_digest if link.erased_by is None else erased.digest(link)
    try:
        found = chain.payload_digest(link.salt, link.before, link.after)
    except (AttributeError, TypeError) as error:  # a number where a text should stand
        raise Discrepancy(*where, f"it holds what it cannot ({error})") from error
    if found != should:
        raise Discrepancy(*where, "the payload is not the one that was recorded: its digest", found, should)


class _Erased:
    """The digests that payloads must have since they were erased."""

    def __init__(self, database: Database, account_id: str) -> None:
        self._database = database
        self._account_id = account_id
        self._known: dict[int, dict[str, str]] = {}

    def digest(self, link: Link) -> str:
        """The digest of an erased payload, as the record that the payload names tells it."""
        by = link.erased_by or 0
        if by not in self._known:
            while len(self._known) >= _REMEMBERED_ERASINGS:
                del self._known[next(iter(self._known))]
            self._known[by] = self._digests(link, by)
        if (found := self._known[by].get(str(link.number))) is None:
            raise self._unexplained(link, by)
        return found

    def require_still(self, link: Link) -> None:
        """The payloads that a record says were erased are still erased: nobody has put one back."""
        try:
            named = {int(number) for number in _erasing.decode(link.after or "").digests}
        except (msgspec.MsgspecError, ValueError) as error:
            what = f"it does not say what was erased ({error})"
            raise Discrepancy(self._account_id, "audit_payloads", str(link.number), what) from error
        if not named:
            return
        whole = audit.unerased(self._database, self._account_id, min(named), max(named))
        if (back := next((number for number in whole if number in named), None)) is not None:
            what = f"the payload is whole, although record {link.number} erased it"
            raise Discrepancy(self._account_id, "audit_payloads", str(back), what)

    def _digests(self, link: Link, by: int) -> dict[str, str]:
        # The walk verifies this record itself when it comes to it.
        record = audit.link(self._database, self._account_id, by) if by > link.number else None
        if record is None or record.action != ERASING or record.after is None or record.erased_by is not None:
            raise self._unexplained(link, by)
        try:
            return _erasing.decode(record.after).digests
        except msgspec.MsgspecError as error:
            raise self._unexplained(link, by) from error

    def _unexplained(self, link: Link, by: int) -> Discrepancy:
        what = f"the payload claims to be erased by record {by}, which does not say so"
        return Discrepancy(self._account_id, "audit_payloads", str(link.number), what)

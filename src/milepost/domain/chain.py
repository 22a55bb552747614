"""The hash chain of the audit trail: which bytes the hash of each record covers (documented in docs/history.md).

A text is written as its length in bytes of UTF-8, a colon, and those bytes; a number as the text of its digits;
`None` as a hyphen. Concatenated, they can be read in one way only.
"""

from __future__ import annotations

import hashlib

import msgspec

from milepost.domain.audit import AuditRecord
from milepost.domain.instants import Instant

# The previous hash of the first record.
BEGINNING = ""
# Prefixes of the hashed bytes: no payload is taken for a record, and no later format for this one.
_PAYLOAD = "milepost payload 1"
_RECORD = "milepost record 1"


class Link(msgspec.Struct, frozen=True):
    """A record of the chain, with its payload exactly as stored.

    `erased_by`: the number of the record that says what was erased from the payload, `None` if nothing was. `salt`
    is `None` where the payload is missing.
    """

    account_id: str
    number: int
    at: Instant
    actor_id: str
    front_end: str
    token_id: str
    action: str
    kind: str
    record_id: str
    previous: str
    payload_digest: str
    hash: str
    before: str | None
    after: str | None
    salt: str | None
    erased_by: int | None


def payload_digest(salt: str, before: str | None, after: str | None) -> str:
    """The digest of a payload's texts. The salt keeps an erased text from being guessed by trying."""
    return _sha256(_PAYLOAD, salt, before, after)


def record_hash(record: AuditRecord | Link, number: int, previous: str, payload: str) -> str:
    """The hash of a record with this number, after the record whose hash is `previous`; `payload`: the digest of its
    payload.
    """
    return _sha256(
        _RECORD, previous, record.account_id, str(number), str(record.at), record.actor_id, record.front_end,
        record.token_id, record.action, record.kind, record.record_id, payload,
    )  # fmt: skip


def _sha256(*fields: str | None) -> str:
    written = [
        "-" if text is None else f"{len(text) if text.isascii() else len(text.encode())}:{text}" for text in fields
    ]
    return hashlib.sha256("".join(written).encode()).hexdigest()

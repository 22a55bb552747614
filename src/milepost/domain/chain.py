"""The hash chain of a trail: what the hash of each record covers, byte for byte (docs/history.md says it for others).

A text is written as its length in bytes of UTF-8, a colon, and those bytes; a number as the text of its digits;
nothing as a hyphen. Written one behind the other they can be read in one way only.
"""

from __future__ import annotations

import hashlib

import msgspec

from milepost.domain.audit import AuditRecord
from milepost.domain.instants import Instant

# What stands for the hash before the first record's.
BEGINNING = ""
# What the bytes begin with: a payload is never taken for a record, nor a later form for this one.
_PAYLOAD = "milepost payload 1"
_RECORD = "milepost record 1"


class Link(msgspec.Struct, frozen=True):
    """A record as it stands in the chain, its payload as the very text that is kept.

    `erased_by`: the number of the record that says what was taken out of the payload, `None` where it is whole. `salt`
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
    """The hash of a record that stands under a number behind the one whose hash is `previous`; `payload`: the digest
    of its payload.
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

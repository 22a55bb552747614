"""Every audit record holds the hash of the one before and its own; existing ones are chained in their order."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# At most this many records are held in memory.
_CHUNK = 1_000
_COVERED = (
    "account_id", "number", "at", "actor_id", "front_end", "token_id", "action", "kind", "record_id",
)  # fmt: skip
_next = sa.text(
    f"SELECT {', '.join(f'audit.{name}' for name in _COVERED)}, audit_payloads.before, audit_payloads.after"
    " FROM audit LEFT JOIN audit_payloads"
    " ON audit_payloads.account_id = audit.account_id AND audit_payloads.number = audit.number"
    " WHERE (audit.account_id, audit.number) > (:account, :number)"
    f" ORDER BY audit.account_id, audit.number LIMIT {_CHUNK}"
)
_chain = sa.text(
    "UPDATE audit SET previous = :previous, payload_digest = :payload_digest, hash = :hash"
    " WHERE account_id = :account AND number = :number"
)
_salt = sa.text("UPDATE audit_payloads SET salt = :salt WHERE account_id = :account AND number = :number")


def upgrade() -> None:
    for name in ("previous", "payload_digest", "hash"):
        op.add_column("audit", sa.Column(name, sa.Text(), nullable=False, server_default=""))
    op.add_column("audit_payloads", sa.Column("salt", sa.Text(), nullable=False, server_default=""))
    op.add_column("audit_payloads", sa.Column("erased_by", sa.Integer(), nullable=True))
    connection = op.get_bind()
    account, number, previous = "", -1, ""
    while found := connection.execute(_next, {"account": account, "number": number}).all():
        chained = []
        for *record, before, after in found:
            if record[0] != account:
                previous = ""
            account, number = record[0], record[1]
            salt = secrets.token_hex(16)
            digest = _sha256("milepost payload 1", salt, before, after)
            own = _sha256("milepost record 1", previous, *record, digest)
            chained.append(
                {
                    "account": account,
                    "number": number,
                    "previous": previous,
                    "payload_digest": digest,
                    "hash": own,
                    "salt": salt,
                }
            )
            previous = own
        connection.execute(_chain, chained)
        connection.execute(_salt, chained)


def _sha256(*fields: Any) -> str:
    parts = []
    for field in fields:
        written = str(field).encode()
        parts.append(b"-" if field is None else b"%d:%b" % (len(written), written))
    return hashlib.sha256(b"".join(parts)).hexdigest()

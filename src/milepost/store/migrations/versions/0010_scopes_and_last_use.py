"""Tokens and keys have scopes (existing ones none, which is no limit), and tell when they were last used."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("tokens", "keys"):
        op.add_column(table, sa.Column("scopes", sa.Text(), nullable=False, server_default=""))
        op.add_column(table, sa.Column("last_used_at", sa.BigInteger(), nullable=True))

"""Signing keys with their encrypted secrets; objectives may be the company's, or one person's own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("is_company", "is_personal"):
        op.add_column("objectives", sa.Column(name, sa.Integer(), server_default="0", nullable=False))
    op.create_table(
        "keys",
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("credential", sa.Text(), nullable=False),
        sa.Column("sealed_secret", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["account_id", "user_id"], ["users.account_id", "users.id"], name="fk_keys_user"),
        sa.PrimaryKeyConstraint("account_id", "id"),
    )
    op.create_index("ix_keys_credential", "keys", ["account_id", "credential"], unique=True)

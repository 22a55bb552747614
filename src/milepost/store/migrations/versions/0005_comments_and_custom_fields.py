"""Comments in the order in which they were recorded; definitions of custom fields."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    commented = sa.text("comment != ''")
    op.create_index(
        "ix_check_ins_comments",
        "check_ins",
        ["account_id", "recorded_at", "id"],
        sqlite_where=commented,
        postgresql_where=commented,
    )
    op.create_table(
        "custom_fields",
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("modified_at", sa.BigInteger(), nullable=False),
        sa.Column("extra", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_custom_fields_account"),
        sa.PrimaryKeyConstraint("account_id", "id"),
    )
    op.create_index("ix_custom_fields_created", "custom_fields", ["account_id", "created_at", "id"])

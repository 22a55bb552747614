"""Tasks with the history of their status, and how many of them a key result has."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tasks",
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("priority", sa.Double(), nullable=False),
        sa.Column("parent_kind", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Text(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("custom_fields", sa.Text(), nullable=True),
        sa.Column("extra", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("modified_at", sa.BigInteger(), nullable=False),
        sa.Column("modified_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_tasks_account"),
        sa.PrimaryKeyConstraint("account_id", "id"),
    )
    op.create_index("ix_tasks_created", "tasks", ["account_id", "created_at", "id"])
    op.create_index("ix_tasks_parent", "tasks", ["account_id", "parent_id", "created_at", "id"])
    op.create_index("ix_tasks_owner", "tasks", ["account_id", "owner_id", "created_at", "id"])
    op.create_table(
        "task_changes",
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("task_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("old_status", sa.Text(), nullable=False),
        sa.Column("new_status", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "task_id"], ["tasks.account_id", "tasks.id"], name="fk_task_changes_task", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", "task_id", "id"),
    )
    op.add_column("key_results", sa.Column("task_count", sa.Integer(), server_default="0", nullable=False))

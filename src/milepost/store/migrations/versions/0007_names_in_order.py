"""Key results of a cycle in the order of their names, the most frequent order of lists."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_key_results_cycle_name", "key_results", ["account_id", "cycle_id", "name", "id"])

"""Accounts say for how many days a key result may be silent before it is stale: existing ones, a week."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("accounts", sa.Column("stale_days", sa.Integer(), nullable=False, server_default="7"))

"""Tokens say which other token they came from, and which one key result they are about, if any."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tokens", sa.Column("came_from", sa.Text(), nullable=False, server_default=""))
    op.add_column("tokens", sa.Column("key_result_id", sa.Text(), nullable=False, server_default=""))

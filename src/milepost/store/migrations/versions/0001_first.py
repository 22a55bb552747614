"""The first tables: accounts, people, cycles, objectives, key results, check-ins, tokens, audit."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("extra", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "audit",
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=False),
        sa.Column("front_end", sa.Text(), nullable=False),
        sa.Column("token_id", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_audit_account"),
        sa.PrimaryKeyConstraint("account_id", "number"),
    )
    op.create_table(
        "cycles",
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), nullable=True),
        sa.Column("ends_at", sa.BigInteger(), nullable=True),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("modified_at", sa.BigInteger(), nullable=False),
        sa.Column("modified_by", sa.Text(), nullable=False),
        sa.Column("extra", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_cycles_account"),
        sa.PrimaryKeyConstraint("account_id", "id"),
    )
    op.create_index("ix_cycles_created", "cycles", ["account_id", "created_at", "id"], unique=False)
    op.create_table(
        "teams",
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("avatar", sa.Text(), nullable=False),
        sa.Column("color", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Text(), nullable=False),
        sa.Column("manager_id", sa.Text(), nullable=False),
        sa.Column("member_ids", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("modified_at", sa.BigInteger(), nullable=False),
        sa.Column("extra", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_teams_account"),
        sa.PrimaryKeyConstraint("account_id", "id"),
    )
    op.create_index("ix_teams_created", "teams", ["account_id", "created_at", "id"], unique=False)
    op.create_table(
        "users",
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("first_name", sa.Text(), nullable=False),
        sa.Column("last_name", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("picture", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("modified_at", sa.BigInteger(), nullable=False),
        sa.Column("extra", sa.Text(), nullable=False),
        sa.Column("email_key", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_users_account"),
        sa.PrimaryKeyConstraint("account_id", "id"),
    )
    op.create_index("ix_users_created", "users", ["account_id", "created_at", "id"], unique=False)
    op.create_index("ix_users_email", "users", ["account_id", "email_key"], unique=True)
    op.create_table(
        "audit_payloads",
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id", "number"], ["audit.account_id", "audit.number"], name="fk_audit_payloads_audit"
        ),
        sa.PrimaryKeyConstraint("account_id", "number"),
    )
    op.create_table(
        "objectives",
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("cycle_id", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("owner_ids", sa.Text(), nullable=False),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("status_comment", sa.Text(), nullable=False),
        sa.Column("status_at", sa.BigInteger(), nullable=True),
        sa.Column("status_by", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), nullable=True),
        sa.Column("ends_at", sa.BigInteger(), nullable=True),
        sa.Column("custom_fields", sa.Text(), nullable=True),
        sa.Column("extra", sa.Text(), nullable=False),
        sa.Column("attainment", sa.Double(), nullable=True),
        sa.Column("key_result_count", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("modified_at", sa.BigInteger(), nullable=False),
        sa.Column("modified_by", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "cycle_id"], ["cycles.account_id", "cycles.id"], name="fk_objectives_cycle"
        ),
        sa.PrimaryKeyConstraint("account_id", "id"),
    )
    op.create_index("ix_objectives_created", "objectives", ["account_id", "created_at", "id"], unique=False)
    op.create_index("ix_objectives_cycle", "objectives", ["account_id", "cycle_id", "created_at", "id"], unique=False)
    op.create_index("ix_objectives_owner", "objectives", ["account_id", "owner_id", "created_at", "id"], unique=False)
    op.create_index("ix_objectives_parent", "objectives", ["account_id", "parent_id"], unique=False)
    op.create_table(
        "tokens",
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["account_id", "user_id"], ["users.account_id", "users.id"], name="fk_tokens_user"),
        sa.PrimaryKeyConstraint("account_id", "id"),
    )
    op.create_index("ix_tokens_digest", "tokens", ["account_id", "digest"], unique=True)
    op.create_table(
        "key_results",
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("objective_id", sa.Text(), nullable=False),
        sa.Column("cycle_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("start_value", sa.Double(), nullable=False),
        sa.Column("target", sa.Double(), nullable=False),
        sa.Column("target_max", sa.Double(), nullable=True),
        sa.Column("critical", sa.Double(), nullable=True),
        sa.Column("number_type", sa.Text(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("soft_due_at", sa.BigInteger(), nullable=True),
        sa.Column("owner_ids", sa.Text(), nullable=False),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("automated", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("custom_fields", sa.Text(), nullable=True),
        sa.Column("extra", sa.Text(), nullable=False),
        sa.Column("current_value", sa.Double(), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=True),
        sa.Column("confidence_at", sa.BigInteger(), nullable=True),
        sa.Column("confidence_reason", sa.Text(), nullable=True),
        sa.Column("confidence_by", sa.Text(), nullable=True),
        sa.Column("attainment", sa.Double(), nullable=True),
        sa.Column("last_check_in_at", sa.BigInteger(), nullable=True),
        sa.Column("check_in_count", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("modified_at", sa.BigInteger(), nullable=False),
        sa.Column("modified_by", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "objective_id"], ["objectives.account_id", "objectives.id"], name="fk_key_results_objective"
        ),
        sa.PrimaryKeyConstraint("account_id", "id"),
    )
    op.create_index("ix_key_results_created", "key_results", ["account_id", "created_at", "id"], unique=False)
    op.create_index("ix_key_results_owner", "key_results", ["account_id", "owner_id", "created_at", "id"], unique=False)
    op.create_index("ix_key_results_cycle", "key_results", ["account_id", "cycle_id", "created_at", "id"], unique=False)
    op.create_index(
        "ix_key_results_objective", "key_results", ["account_id", "objective_id", "created_at", "id"], unique=False
    )
    op.create_table(
        "objective_owners",
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Text(), nullable=False),
        sa.Column("objective_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "objective_id"],
            ["objectives.account_id", "objectives.id"],
            name="fk_objective_owners_objective",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("account_id", "owner_id", "objective_id"),
    )
    op.create_index("ix_objective_owners_objective", "objective_owners", ["account_id", "objective_id"], unique=False)
    op.create_table(
        "check_ins",
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("key_result_id", sa.Text(), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Text(), nullable=False),
        sa.Column("effective_at", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("custom_fields", sa.Text(), nullable=True),
        sa.Column("extra", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "key_result_id"],
            ["key_results.account_id", "key_results.id"],
            name="fk_check_ins_key_result",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("account_id", "id"),
    )
    op.create_index(
        "ix_check_ins_history",
        "check_ins",
        ["account_id", "key_result_id", "effective_at", "recorded_at", "id"],
        unique=False,
    )
    op.create_table(
        "key_result_owners",
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Text(), nullable=False),
        sa.Column("key_result_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "key_result_id"],
            ["key_results.account_id", "key_results.id"],
            name="fk_key_result_owners_key_result",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("account_id", "owner_id", "key_result_id"),
    )
    op.create_index(
        "ix_key_result_owners_key_result", "key_result_owners", ["account_id", "key_result_id"], unique=False
    )

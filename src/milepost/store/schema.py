"""The tables. Every key and every index begins with the account; times are whole microseconds, documents are JSON text.

Column types are primitive on purpose: rows come from the driver's own cursor and need no processing.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    literal_column,
)
from sqlalchemy.sql.schema import SchemaItem

metadata = MetaData()


def _text(name: str, *, key: bool = False, optional: bool = False) -> Column[str]:
    return Column(name, Text, primary_key=key, nullable=optional)


def _instant(name: str, *, optional: bool = False) -> Column[int]:
    return Column(name, BigInteger, nullable=optional)


def _number(name: str, *, optional: bool = False) -> Column[float]:
    return Column(name, Double, nullable=optional)


def _count(name: str, *, key: bool = False) -> Column[int]:
    return Column(name, Integer, primary_key=key, nullable=False, autoincrement=False)


def _table(name: str, *items: SchemaItem) -> Table:
    return Table(name, metadata, *items)


accounts = _table(
    "accounts",
    _text("id", key=True),
    _text("name"),
    _text("domain"),
    _text("status"),
    _instant("created_at"),
    _text("extra"),
    _count("stale_days"),
)

users = _table(
    "users",
    _text("account_id", key=True),
    _text("id", key=True),
    _text("email"),
    _text("first_name"),
    _text("last_name"),
    _text("name"),
    _text("language"),
    _text("picture"),
    _text("client_id"),
    _text("role"),
    _count("is_active"),
    _instant("created_at"),
    _instant("modified_at"),
    _text("extra"),
    _text("email_key"),
    ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_users_account"),
    Index("ix_users_email", "account_id", "email_key", unique=True),
    Index("ix_users_created", "account_id", "created_at", "id"),
)

teams = _table(
    "teams",
    _text("account_id", key=True),
    _text("id", key=True),
    _text("name"),
    _text("description"),
    _text("avatar"),
    _text("color"),
    _text("parent_id"),
    _text("manager_id"),
    _text("member_ids"),
    _instant("created_at"),
    _instant("modified_at"),
    _text("extra"),
    ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_teams_account"),
    Index("ix_teams_created", "account_id", "created_at", "id"),
)

tokens = _table(
    "tokens",
    _text("account_id", key=True),
    _text("id", key=True),
    _text("user_id"),
    _text("name"),
    _text("digest"),
    _instant("created_at"),
    _instant("expires_at", optional=True),
    _instant("revoked_at", optional=True),
    _text("scopes"),
    _instant("last_used_at", optional=True),
    _text("kind"),
    _text("came_from"),
    _text("key_result_id"),
    ForeignKeyConstraint(["account_id", "user_id"], ["users.account_id", "users.id"], name="fk_tokens_user"),
    Index("ix_tokens_digest", "account_id", "digest", unique=True),
)

keys = _table(
    "keys",
    _text("account_id", key=True),
    _text("id", key=True),
    _text("user_id"),
    _text("name"),
    _text("credential"),
    _text("sealed_secret"),
    _instant("created_at"),
    _instant("revoked_at", optional=True),
    _text("scopes"),
    _instant("last_used_at", optional=True),
    ForeignKeyConstraint(["account_id", "user_id"], ["users.account_id", "users.id"], name="fk_keys_user"),
    Index("ix_keys_credential", "account_id", "credential", unique=True),
)

cycles = _table(
    "cycles",
    _text("account_id", key=True),
    _text("id", key=True),
    _text("name"),
    _text("state"),
    _instant("starts_at", optional=True),
    _instant("ends_at", optional=True),
    _text("time_zone"),
    _instant("created_at"),
    _text("created_by"),
    _instant("modified_at"),
    _text("modified_by"),
    _text("extra"),
    _text("parent_id"),
    ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_cycles_account"),
    Index("ix_cycles_created", "account_id", "created_at", "id"),
    Index("ix_cycles_parent", "account_id", "parent_id"),
)

objectives = _table(
    "objectives",
    _text("account_id", key=True),
    _text("id", key=True),
    _text("cycle_id"),
    _text("parent_id"),
    _text("name"),
    _text("description"),
    _text("owner_ids"),
    _text("tags"),
    _text("status"),
    _text("status_comment"),
    _instant("status_at", optional=True),
    _text("status_by"),
    _instant("starts_at", optional=True),
    _instant("ends_at", optional=True),
    _text("custom_fields", optional=True),
    _text("extra"),
    _number("attainment", optional=True),
    _count("key_result_count"),
    _instant("created_at"),
    _text("created_by"),
    _instant("modified_at"),
    _text("modified_by"),
    _text("owner_id"),
    _count("is_company"),
    _count("is_personal"),
    _count("counts_children"),
    _number("children_attainment", optional=True),
    _number("beneath_attainment", optional=True),
    _count("beneath_count"),
    ForeignKeyConstraint(["account_id", "cycle_id"], ["cycles.account_id", "cycles.id"], name="fk_objectives_cycle"),
    Index("ix_objectives_created", "account_id", "created_at", "id"),
    Index("ix_objectives_cycle", "account_id", "cycle_id", "created_at", "id"),
    Index("ix_objectives_parent", "account_id", "parent_id"),
    Index("ix_objectives_owner", "account_id", "owner_id", "created_at", "id"),
)

objective_owners = _table(
    "objective_owners",
    _text("account_id", key=True),
    _text("owner_id", key=True),
    _text("objective_id", key=True),
    ForeignKeyConstraint(
        ["account_id", "objective_id"],
        ["objectives.account_id", "objectives.id"],
        name="fk_objective_owners_objective",
        ondelete="CASCADE",
    ),
    Index("ix_objective_owners_objective", "account_id", "objective_id"),
)

key_results = _table(
    "key_results",
    _text("account_id", key=True),
    _text("id", key=True),
    _text("objective_id"),
    _text("cycle_id"),
    _text("name"),
    _text("description"),
    _text("kind"),
    _number("start_value"),
    _number("target"),
    _number("target_max", optional=True),
    _number("critical", optional=True),
    _text("number_type"),
    _text("format"),
    _number("weight"),
    _instant("due_at", optional=True),
    _instant("soft_due_at", optional=True),
    _text("owner_ids"),
    _text("tags"),
    _count("automated"),
    _count("position"),
    _text("custom_fields", optional=True),
    _text("extra"),
    _number("current_value"),
    _number("confidence", optional=True),
    _instant("confidence_at", optional=True),
    _text("confidence_reason", optional=True),
    _text("confidence_by", optional=True),
    _number("attainment", optional=True),
    _instant("last_check_in_at", optional=True),
    _count("check_in_count"),
    _instant("created_at"),
    _text("created_by"),
    _instant("modified_at"),
    _text("modified_by"),
    _text("owner_id"),
    _text("parent_id"),
    _count("child_count"),
    _count("task_count"),
    ForeignKeyConstraint(
        ["account_id", "objective_id"],
        ["objectives.account_id", "objectives.id"],
        name="fk_key_results_objective",
    ),
    Index("ix_key_results_created", "account_id", "created_at", "id"),
    Index("ix_key_results_cycle", "account_id", "cycle_id", "created_at", "id"),
    Index("ix_key_results_cycle_name", "account_id", "cycle_id", "name", "id"),
    Index("ix_key_results_objective", "account_id", "objective_id", "created_at", "id"),
    Index("ix_key_results_parent", "account_id", "parent_id"),
    Index("ix_key_results_owner", "account_id", "owner_id", "created_at", "id"),
)

key_result_owners = _table(
    "key_result_owners",
    _text("account_id", key=True),
    _text("owner_id", key=True),
    _text("key_result_id", key=True),
    ForeignKeyConstraint(
        ["account_id", "key_result_id"],
        ["key_results.account_id", "key_results.id"],
        name="fk_key_result_owners_key_result",
        ondelete="CASCADE",
    ),
    Index("ix_key_result_owners_key_result", "account_id", "key_result_id"),
)

check_ins = _table(
    "check_ins",
    _text("account_id", key=True),
    _text("id", key=True),
    _text("key_result_id"),
    _number("value"),
    _number("confidence", optional=True),
    _text("comment"),
    _text("author_id"),
    _instant("effective_at"),
    _instant("recorded_at"),
    _text("custom_fields", optional=True),
    _text("extra"),
    ForeignKeyConstraint(
        ["account_id", "key_result_id"],
        ["key_results.account_id", "key_results.id"],
        name="fk_check_ins_key_result",
        ondelete="CASCADE",
    ),
    Index("ix_check_ins_history", "account_id", "key_result_id", "effective_at", "recorded_at", "id"),
)

# Check-ins with a comment. Written with a literal, or SQLite would not see that the index holds them.
commented = check_ins.c.comment != literal_column("''")
Index(
    "ix_check_ins_comments",
    check_ins.c.account_id,
    check_ins.c.recorded_at,
    check_ins.c.id,
    sqlite_where=commented,
    postgresql_where=commented,
)

custom_fields = _table(
    "custom_fields",
    _text("account_id", key=True),
    _text("id", key=True),
    _text("name"),
    _text("label"),
    _text("description"),
    _text("type"),
    _instant("created_at"),
    _instant("modified_at"),
    _text("extra"),
    ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_custom_fields_account"),
    Index("ix_custom_fields_created", "account_id", "created_at", "id"),
)

tasks = _table(
    "tasks",
    _text("account_id", key=True),
    _text("id", key=True),
    _text("name"),
    _text("description"),
    _text("status"),
    _number("priority"),
    _text("parent_kind"),
    _text("parent_id"),
    _text("owner_id"),
    _instant("due_at", optional=True),
    _text("custom_fields", optional=True),
    _text("extra"),
    _instant("created_at"),
    _text("created_by"),
    _instant("modified_at"),
    _text("modified_by"),
    ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_tasks_account"),
    Index("ix_tasks_created", "account_id", "created_at", "id"),
    Index("ix_tasks_parent", "account_id", "parent_id", "created_at", "id"),
    Index("ix_tasks_owner", "account_id", "owner_id", "created_at", "id"),
)

task_changes = _table(
    "task_changes",
    _text("account_id", key=True),
    _text("task_id", key=True),
    _text("id", key=True),
    _text("old_status"),
    _text("new_status"),
    _instant("changed_at"),
    _text("changed_by"),
    ForeignKeyConstraint(
        ["account_id", "task_id"], ["tasks.account_id", "tasks.id"], name="fk_task_changes_task", ondelete="CASCADE"
    ),
)

kept_answers = _table(
    "kept_answers",
    _text("account_id", key=True),
    _text("token_id", key=True),
    _text("key", key=True),
    _text("fingerprint"),
    _count("status"),
    _text("content_type"),
    _text("headers"),
    _text("body"),
    _instant("kept_at"),
    ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_kept_answers_account"),
    Index("ix_kept_answers_kept", "account_id", "kept_at"),
)

saved_lists = _table(
    "saved_lists",
    _text("account_id", key=True),
    _text("id", key=True),
    _text("name"),
    _text("description"),
    _text("about"),
    _text("columns"),
    _text("selection"),
    _text("owner_id"),
    _text("extra"),
    _instant("created_at"),
    _text("created_by"),
    _instant("modified_at"),
    _text("modified_by"),
    ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_saved_lists_account"),
    Index("ix_saved_lists_created", "account_id", "created_at", "id"),
    Index("ix_saved_lists_owner", "account_id", "owner_id", "created_at", "id"),
)

audit = _table(
    "audit",
    _text("account_id", key=True),
    _count("number", key=True),
    _instant("at"),
    _text("actor_id"),
    _text("front_end"),
    _text("token_id"),
    _text("action"),
    _text("kind"),
    _text("record_id"),
    _text("previous"),
    _text("payload_digest"),
    _text("hash"),
    ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_audit_account"),
)

audit_payloads = _table(
    "audit_payloads",
    _text("account_id", key=True),
    _count("number", key=True),
    _text("before", optional=True),
    _text("after", optional=True),
    _text("salt"),
    Column("erased_by", Integer, nullable=True),
    ForeignKeyConstraint(
        ["account_id", "number"], ["audit.account_id", "audit.number"], name="fk_audit_payloads_audit"
    ),
)

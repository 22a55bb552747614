"""Tags in the database: they are stored in objectives and key results, and have no table of their own."""

from __future__ import annotations

from sqlalchemy import bindparam, distinct, func, literal, select, union_all

from milepost.domain.views import TagUse
from milepost.store.engine import Database, Statement
from milepost.store.engine.sql import objects, text_in
from milepost.store.schema import key_results, objectives


def _borne() -> Statement:
    parts = []
    for table, is_objective in ((objectives, 1), (key_results, 0)):
        tag = objects(table.c.tags)
        title = text_in(tag.c.value, "title").label("title")
        here = select(title, table.c.id.label("bearer"), literal(is_objective).label("is_objective"))
        parts.append(
            here.select_from(table.join(tag, literal(1) == 1)).where(
                table.c.account_id == bindparam("account"), table.c.tags != "[]"
            )
        )
    borne = union_all(*parts).subquery()
    return Statement(
        select(
            borne.c.title,
            func.count(distinct(borne.c.bearer)).filter(borne.c.is_objective == 1),
            func.count(distinct(borne.c.bearer)).filter(borne.c.is_objective == 0),
        )
        .group_by(borne.c.title)
        .order_by(borne.c.title)
        .limit(bindparam("most"))
    )


_used = _borne()


def used(database: Database, account_id: str, most: int) -> list[TagUse]:
    """The account's tags by title, `most` of them at most, each with how many objectives and key results have it."""
    found = database.all(_used, {"account": account_id, "most": most})
    return [TagUse(account_id, *row) for row in found]

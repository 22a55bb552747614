"""Statements that are written with SQLAlchemy, compiled once for an engine, and run on the driver's own cursor.

SQLAlchemy's execution layer costs several times what a small read does; its compiler costs nothing once it has run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from operator import itemgetter
from typing import Any

from sqlalchemy import ClauseElement, FromClause, Insert, Update
from sqlalchemy.engine import Dialect

from milepost.store.engine import sql as _constructs  # noqa: F401  # the import registers their SQL

SQLITE = "sqlite"
POSTGRESQL = "postgresql"
# The parameters that may name the account of a statement.
_ACCOUNT = ("account", "account_id")


Binding = Callable[[Mapping[str, Any]], tuple[Any, ...]]


class Text:
    """A statement as one engine's SQL. `bind` puts parameters into the order of their places, and adds the
    statement's constants. `account`: the parameter that names the account, "" where it is about all of them.
    `changes`: the one table that it can change, "" where there may be several, as when a deletion cascades.
    """

    __slots__ = ("account", "bind", "changes", "sql")

    def __init__(self, element: ClauseElement, dialect: Dialect) -> None:
        compiled = element.compile(dialect=dialect)
        names: tuple[str, ...] = tuple(getattr(compiled, "positiontup", None) or ())
        self.sql = str(compiled)
        self.bind = _binding(names, {name: value for name, value in compiled.params.items() if value is not None})
        self.changes = str(getattr(element.table, "name", "")) if isinstance(element, Insert | Update) else ""
        self.account = next((name for name in _ACCOUNT if name in names), "")


class Statement:
    """One statement for every engine. Build it once, at module level or in a bounded cache."""

    __slots__ = ("_element", "_texts")

    def __init__(self, element: ClauseElement) -> None:
        self._element = element
        self._texts: dict[str, Text] = {}

    def adds_to(self, table: FromClause) -> bool:
        """Whether it adds rows to a table."""
        return isinstance(self._element, Insert) and self._element.table is table

    def on(self, engine: str) -> Text:
        """The statement as the SQL of an engine, `SQLITE` or `POSTGRESQL`."""
        try:
            return self._texts[engine]
        except KeyError:
            text = self._texts[engine] = Text(self._element, _dialect(engine))
            return text


def _binding(names: tuple[str, ...], constants: Mapping[str, Any]) -> Binding:
    if constants:
        return lambda values: tuple([values[name] if name in values else constants[name] for name in names])
    if len(names) < 2:
        return lambda values: tuple([values[name] for name in names])
    return itemgetter(*names)  # the fastest, and enough for nearly every statement


@cache
def _dialect(engine: str) -> Dialect:
    # Imported when needed: a server uses only one of them.
    if engine == SQLITE:
        from sqlalchemy.dialects.sqlite import dialect

        return dialect(paramstyle="qmark")
    from sqlalchemy.dialects.postgresql.base import PGDialect

    # Not the dialect of the driver, which casts every parameter: a cast can raise, and the driver sends types itself.
    return PGDialect(paramstyle="format")  # type: ignore[no-untyped-call]  # SQLAlchemy has no types for it

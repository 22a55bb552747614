"""Statements that are written with SQLAlchemy, compiled once, and run on the driver's own cursor.

SQLAlchemy's execution layer costs several times what a small read does; its compiler costs nothing once it has run.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.dialects.sqlite import dialect as sqlite_dialect
from sqlalchemy.sql.expression import Executable

_DIALECT = sqlite_dialect(paramstyle="qmark")


class Statement:
    """One SQL text and the order of its parameters. Build it once, at module level or in a bounded cache."""

    __slots__ = ("_element", "_literals", "_names", "_sql")

    def __init__(self, element: Executable) -> None:
        self._element = element
        self._sql = ""
        self._names: tuple[str, ...] = ()
        self._literals: dict[str, Any] = {}

    @property
    def sql(self) -> str:
        """The text, with a question mark for every parameter."""
        if not self._sql:
            compiled = self._element.compile(dialect=_DIALECT)  # type: ignore[attr-defined]  # every Executable has it
            self._names = tuple(compiled.positiontup or ())
            self._literals = {name: value for name, value in compiled.params.items() if value is not None}
            self._sql = str(compiled)
        return self._sql

    def bind(self, values: Mapping[str, Any]) -> tuple[Any, ...]:
        """The parameters in the order of the text; what `values` does not name is a constant of the statement."""
        if not self._sql:
            _ = self.sql
        if self._literals:
            return tuple([values[name] if name in values else self._literals[name] for name in self._names])
        return tuple(map(values.__getitem__, self._names))

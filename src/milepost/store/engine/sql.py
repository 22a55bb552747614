"""The few expressions that the engines spell differently, each under one name.

None of them raises for any value that the store can hold, whatever order the database evaluates a condition in.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Integer, Text, literal_column
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler, TypeCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.selectable import TableValuedAlias

__all__ = ["among", "constant", "contains", "ends_with", "json_length", "objects", "text_in"]


# Conditions have no type here: SQLAlchemy writes `= 1` after a Boolean for SQLite, which then uses no index.


class _Among(FunctionElement[bool]):
    """(column, JSON array of texts)"""

    inherit_cache = True


class _Contains(FunctionElement[bool]):
    """(text, part)"""

    inherit_cache = True


class _EndsWith(FunctionElement[bool]):
    """(text, end)"""

    inherit_cache = True


class _JsonLength(FunctionElement[int]):
    """(JSON array)"""

    type = Integer()
    inherit_cache = True


class _Objects(FunctionElement[Any]):
    """(JSON array): a row for each element, in the column `value`."""

    inherit_cache = True


class _TextIn(FunctionElement[str]):
    """(JSON object, key, path)"""

    type = Text()
    inherit_cache = True


class _Constant(FunctionElement[str]):
    """(text)"""

    type = Text()
    inherit_cache = True


def among(column: Any, texts: Any) -> ColumnElement[bool]:
    """Whether a text column holds one of the texts in a JSON array, which is a parameter; an index is used."""
    return _Among(column, texts)


def contains(text: Any, part: Any) -> ColumnElement[bool]:
    """Whether a text contains a part exactly (LIKE ignores the case of ASCII on SQLite)."""
    return _Contains(text, part)


def ends_with(text: Any, end: Any) -> ColumnElement[bool]:
    """Whether a text ends with another, which is not empty."""
    return _EndsWith(text, end)


def json_length(array: Any) -> ColumnElement[int]:
    """How many elements a JSON array has."""
    return _JsonLength(array)


def objects(array: Any) -> TableValuedAlias:
    """The objects of a column's JSON array as a table with one column, `value`."""
    return _Objects(array).table_valued("value")


def text_in(json_object: Any, key: str) -> ColumnElement[str]:
    """The text under a key of a JSON object; the key is a plain word."""
    return _TextIn(json_object, literal_column(f"'{key}'"), literal_column(f"'$.{key}'"))


def constant(text: Any) -> ColumnElement[str]:
    """A text of the program's own that is compared and sorted like those in columns: by code point."""
    return _Constant(text)


def _parts(element: FunctionElement[Any], compiler: SQLCompiler) -> list[str]:
    return [compiler.process(part) for part in element.clauses]


@compiles(_Among, "sqlite")
def _among_on_sqlite(element: _Among, compiler: SQLCompiler, **_more: Any) -> str:
    column, texts = _parts(element, compiler)
    return f"({column} IN (SELECT value FROM json_each({texts})))"


@compiles(_Among, "postgresql")
def _among_on_postgresql(element: _Among, compiler: SQLCompiler, **_more: Any) -> str:
    # The array is made once, before the scan: the size of a joined set would have to be guessed by the planner.
    column, texts = _parts(element, compiler)
    return f"({column} = ANY (ARRAY(SELECT json_array_elements_text({texts}::json))))"


@compiles(_Contains, "sqlite")
def _contains_on_sqlite(element: _Contains, compiler: SQLCompiler, **_more: Any) -> str:
    return "(instr({}, {}) > 0)".format(*_parts(element, compiler))


@compiles(_Contains, "postgresql")
def _contains_on_postgresql(element: _Contains, compiler: SQLCompiler, **_more: Any) -> str:
    return "(strpos({}, {}) > 0)".format(*_parts(element, compiler))


@compiles(_EndsWith, "sqlite")
def _ends_with_on_sqlite(element: _EndsWith, compiler: SQLCompiler, **_more: Any) -> str:
    text, end = _parts(element, compiler)
    return f"(substr({text}, -length({end})) = {end})"


@compiles(_EndsWith, "postgresql")
def _ends_with_on_postgresql(element: _EndsWith, compiler: SQLCompiler, **_more: Any) -> str:
    text, end = _parts(element, compiler)
    return f"(right({text}, length({end})) = {end})"


@compiles(_JsonLength, "sqlite")
def _json_length_on_sqlite(element: _JsonLength, compiler: SQLCompiler, **_more: Any) -> str:
    return "json_array_length({})".format(*_parts(element, compiler))


@compiles(_JsonLength, "postgresql")
def _json_length_on_postgresql(element: _JsonLength, compiler: SQLCompiler, **_more: Any) -> str:
    return "json_array_length(({})::json)".format(*_parts(element, compiler))


@compiles(_Objects, "sqlite")
def _objects_on_sqlite(element: _Objects, compiler: SQLCompiler, **_more: Any) -> str:
    return "json_each({})".format(*_parts(element, compiler))


@compiles(_Objects, "postgresql")
def _objects_on_postgresql(element: _Objects, compiler: SQLCompiler, **_more: Any) -> str:
    return "json_array_elements(({})::json)".format(*_parts(element, compiler))


@compiles(_TextIn, "sqlite")
def _text_in_on_sqlite(element: _TextIn, compiler: SQLCompiler, **_more: Any) -> str:
    json_object, _key, path = _parts(element, compiler)
    return f"json_extract({json_object}, {path})"


@compiles(_TextIn, "postgresql")
def _text_in_on_postgresql(element: _TextIn, compiler: SQLCompiler, **_more: Any) -> str:
    json_object, key, _path = _parts(element, compiler)
    return f'(({json_object} ->> {key}) COLLATE "C")'


@compiles(_Constant, "sqlite")
def _constant_on_sqlite(element: _Constant, compiler: SQLCompiler, **_more: Any) -> str:
    return _parts(element, compiler)[0]


@compiles(_Constant, "postgresql")
def _constant_on_postgresql(element: _Constant, compiler: SQLCompiler, **_more: Any) -> str:
    return '({}::text COLLATE "C")'.format(*_parts(element, compiler))


@compiles(Text, "postgresql")
def _text_column_on_postgresql(_type: Text, _compiler: TypeCompiler, **_more: Any) -> str:
    """Every text column compares and sorts by code point, as on SQLite, whatever the database's own collation is."""
    return 'TEXT COLLATE "C"'

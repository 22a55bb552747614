"""Reads the SQL of a statement: which of its tables are tied to one account that a parameter names.

A row's account is in `account_id`, in `accounts` it is `id`. A table is tied where its account is compared with a
parameter, or with that of a table which is tied, in a condition that always applies: one that stands beside others with
AND, and neither in parentheses nor beside an OR. A new row has to give the parameter itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from milepost.store.schema import metadata

_TOKEN = re.compile(r"'(?:[^']|'')*'|\"[^\"]+\"|%s|\?|\w+|[^\s\w]")
_TABLES = frozenset(metadata.tables)
_PARAMETERS = ("%s", "?")
_BEFORE_A_TABLE = ("FROM", "JOIN", "UPDATE", "INTO", ",")
_BRANCHES = ("UNION", "INTERSECT", "EXCEPT")

# A word, or what stands in parentheses.
Tree = list[Any]


def strays(sql: str) -> list[str]:
    """The tables of a statement that are not tied to one account, as it calls them."""
    return list(_strays(_tree(iter(_TOKEN.findall(sql))), frozenset()))


def _tree(tokens: Iterator[str]) -> Tree:
    found: Tree = []
    for token in tokens:
        if token == ")":
            break
        found.append(_tree(tokens) if token == "(" else token.strip('"'))
    return found


def _strays(tree: Tree, outside: frozenset[str]) -> Iterator[str]:
    """`outside`: the tables around this that are tied already."""
    for branch in _branches(tree):
        tables, tied = dict(_tables(branch)), set(outside)
        if "INSERT" in branch:
            tied |= {name for name, table in tables.items() if _gives_account(branch, table)}
        pairs = list(_comparisons(branch, tables)) if "OR" not in branch else []
        for _ in pairs:  # a chain of tables is no longer than the comparisons in it
            tied |= {one for one, other in pairs if other in tied or other in _PARAMETERS}
        yield from (name for name in tables if name not in tied)
        # A table of the same name further inside is another one.
        for inner in _selects(branch):
            own = dict(_tables(inner))
            yield from _strays(inner, frozenset(tied - own.keys()))


def _branches(tree: Tree) -> Iterator[Tree]:
    begin = 0
    for place, token in enumerate(tree):
        if token in _BRANCHES:
            yield tree[begin:place]
            begin = place + 1
    yield tree[begin:]


def _selects(tree: Tree) -> Iterator[Tree]:
    """The statements in parentheses, however deep these are nested."""
    for token in tree:
        if isinstance(token, list):
            if "SELECT" in token:
                yield token
            else:
                yield from _selects(token)


def _tables(branch: Tree) -> Iterator[tuple[str, str]]:
    """The tables in a branch: the name that each goes by there, and its own."""
    for before, token, *after in _windows(branch, 4):
        # A column may be called like a table.
        if before in _BEFORE_A_TABLE and after[0] not in (".", "=") and isinstance(token, str) and token in _TABLES:
            yield (after[1] if after[0] == "AS" else token), token


def _comparisons(branch: Tree, tables: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Which table's account has to equal which other's, or a parameter, both ways round."""
    for window in _windows(branch, 8):
        table, dot, column, equals, other, *more = window[1:]
        if (dot, equals) == (".", "=") and column == _account(tables.get(table, "")):
            if other in _PARAMETERS:
                yield table, other
            elif more and more[0] == "." and more[1] in ("account_id", "id"):
                yield table, other
                if other in tables and more[1] == _account(tables[other]):
                    yield other, table


def _gives_account(branch: Tree, table: str) -> bool:
    """Whether a new row's account is a parameter."""
    columns, values = (token for token in branch if isinstance(token, list))
    names, places = [[one for one in listed if one != ","] for listed in (columns, values)]
    return "VALUES" in branch and dict(zip(names, places, strict=True)).get(_account(table)) in _PARAMETERS


def _account(table: str) -> str:
    return "id" if table == "accounts" else "account_id"


def _windows(tokens: Sequence[Any], size: int) -> Iterator[tuple[Any, ...]]:
    """Each token behind the one before it, with those that follow; "" where there is none."""
    padded = ["", *tokens, *[""] * size]
    for place in range(len(tokens)):
        yield tuple(padded[place : place + size])

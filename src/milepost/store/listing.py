"""Lists: a query over one table, in SQL as far as that is exact, the rest in Python.

Both ways give the same answer: the conditions and orders that `where` cannot translate are evaluated with `matching`
over the rows that the others leave, within a budget.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from typing import Any, Generic, TypeVar

import msgspec
from sqlalchemy import Column, ColumnElement, Select, Table, and_, bindparam, case, func, literal_column, select, tuple_
from sqlalchemy.sql.elements import False_

from milepost.domain.matching import holds, sort_key
from milepost.domain.query import All, Condition, Order, Page, Query, leaves
from milepost.store import where
from milepost.store.bounds import Bounds, most_rows, unbounded
from milepost.store.engine import Database, Statement
from milepost.store.engine.budget import More, is_at_once, show

E = TypeVar("E")
T = TypeVar("T")

# SQLite refuses expressions whose tree is deeper than 1,000; a chain of ORs is as deep as it is long.
_EXACT_LIMIT = 300
_CHUNK = 500
_STATEMENTS = 512
_NOTHING: ColumnElement[bool] = literal_column("0 = 1")
_lock = threading.Lock()


class _Wanted(msgspec.Struct, frozen=True):
    """What SQL filters by: the conditions that it can express exactly, and whether only rows after a place count."""

    exact: tuple[Condition, ...]
    after_a_place: bool


class Listing(Generic[E]):
    """One table as a list. `columns` are the fields that SQL can filter and sort by, by path from the view; `default`
    is the order of a query without one; `within`: the condition for a row to be listed at all, if there is one.
    """

    def __init__(
        self,
        table: Table,
        from_row: Callable[[Any], E],
        columns: where.Columns,
        default: tuple[ColumnElement[Any], ...] | None = None,
        within: ColumnElement[bool] | None = None,
    ) -> None:
        self._table = table
        self._from_row = from_row
        self.columns = columns
        self._default = default or (table.c.created_at, table.c.id)
        self._within = () if within is None else (within,)
        self._bounds = Bounds(table, columns)
        self._clauses: OrderedDict[Condition, ColumnElement[bool] | None] = OrderedDict()
        self._statements: OrderedDict[Any, Statement] = OrderedDict()

    def page(
        self, database: Database, account_id: str, query: Query, survey: Callable[[list[E]], list[Any]]
    ) -> Page[E]:
        """The records that a query asks for. `survey` makes the views that conditions and orders refer to.

        `TooMuch` where more than 200,000 rows would have to be looked at one by one, or SQL has to look at too many.
        """
        operands: dict[str, Any] = {}
        exact, rest, parts = [], [], 0
        for part in _conjuncts(query.condition):
            slotted = where.parameterised(part, operands)
            parts += leaves(slotted)
            if parts > _EXACT_LIMIT or self._clause(slotted) is None:
                rest.append(part)
            else:
                exact.append(slotted)
        values = {**operands, "account": account_id, "skip": query.skip, "limit": query.limit}
        if query.after is not None:
            values |= {"after_created_at": query.after.created_at, "after_id": query.after.id}
        wanted, sorted_by_sql = _Wanted(tuple(exact), query.after is not None), self._sorts(query.orders)
        # Every row in the default order is read from an index: that cannot be cheaper, and needs no bound.
        bounded = bool(exact or rest or query.orders) or is_at_once()
        with database.reading(), self._bounds.within(database) if bounded else nullcontext(unbounded) as more:
            if sorted_by_sql and not rest:
                if query.limit and query.counted and not database.is_embedded:
                    page, count = self._statement(wanted, query.orders, "page"), self._statement(wanted, (), "count")
                    rows, [[total]] = database.each([(page, values), (count, values)])
                    return Page([self._from_row(row) for row in rows], total)
                rows = database.all(self._statement(wanted, query.orders, "page"), values) if query.limit else []
                show(len(rows))
                if not query.counted or (not query.skip and len(rows) < query.limit):
                    return Page([self._from_row(row) for row in rows], len(rows))
                total = database.one(self._statement(wanted, (), "count"), values)[0]
                return Page([self._from_row(row) for row in rows], total)
            scan = self._statement(wanted, query.orders if sorted_by_sql else (), "scan" if sorted_by_sql else "by id")
            condition = All(tuple(rest))
            most = most_rows(condition)
            if query.counted:  # then all rows are scanned: check first whether they are too many
                reach = database.one(self._statement(wanted, (), "reach"), {**values, "most": most + 1})[0]
                self._bounds.require(most, reach)
            found = self._matching(database.chunks(scan, values, _CHUNK), condition, survey, most, more)
            if sorted_by_sql:
                return _window(found, query)
            ranked = sorted(
                ((sort_key(query.orders, view), record) for record, view in found), key=lambda pair: pair[0]
            )
            return Page([record for _, record in ranked[query.skip : query.skip + query.limit]], len(ranked))

    def _matching(
        self,
        chunks: Iterator[list[Any]],
        condition: Condition,
        survey: Callable[[list[E]], list[Any]],
        most: int,
        more: More,
    ) -> Iterator[tuple[E, Any]]:
        seen = 0
        for chunk in chunks:
            seen += len(chunk)
            self._bounds.require(most, seen)
            more(len(chunk))
            records = [self._from_row(row) for row in chunk]
            for record, view in zip(records, survey(records), strict=True):
                if holds(condition, view):
                    yield record, view

    def _clause(self, slotted: Condition) -> ColumnElement[bool] | None:
        return _kept(self._clauses, slotted, lambda: where.translated(slotted, self.columns))

    def _sorts(self, orders: tuple[Order, ...]) -> bool:
        return all(isinstance(self.columns.get(order.field.path), where.Scalar) for order in orders)

    def _statement(self, wanted: _Wanted, orders: tuple[Order, ...], purpose: str) -> Statement:
        key = (wanted, orders, purpose)
        return _kept(self._statements, key, lambda: Statement(self._select(wanted, orders, purpose)))

    def _select(self, wanted: _Wanted, orders: tuple[Order, ...], purpose: str) -> Select[Any]:
        clauses = [clause for clause in map(self._clause, wanted.exact) if clause is not None]
        if wanted.after_a_place:
            place = tuple_(bindparam("after_created_at"), bindparam("after_id"))
            clauses.append(tuple_(self._table.c.created_at, self._table.c.id) > place)
        # SQLAlchemy would drop the other conditions beside a false one, but a statement has to name its account.
        clauses = [_NOTHING if isinstance(clause, False_) else clause for clause in clauses]
        condition = and_(self._table.c.account_id == bindparam("account"), *self._within, *clauses)
        if purpose == "reach":
            some = select(self._table.c.id).where(condition).limit(bindparam("most")).subquery()
            return select(func.count()).select_from(some)
        if purpose == "count":
            return select(func.count()).select_from(self._table).where(condition)
        statement = select(*self._table.c).where(condition)
        if purpose == "by id":
            return statement.order_by(self._table.c.id)
        if orders:
            statement = statement.order_by(*map(self._order, orders), self._table.c.id)
        else:
            statement = statement.order_by(*self._default)
        if purpose == "page":
            statement = statement.limit(bindparam("limit")).offset(bindparam("skip"))
        return statement

    def _order(self, order: Order) -> Any:
        column = self.columns[order.field.path]
        expression: Any = getattr(column, "expression", None)
        if order.ranking:
            expression = case({value: place for place, value in enumerate(order.ranking)}, value=expression)
        elif isinstance(expression, Column) and not expression.nullable:
            return expression.desc() if order.descending else expression.asc()
        # NULL counts as the lowest value; without this the engines differ.
        return expression.desc().nulls_last() if order.descending else expression.asc().nulls_first()


def _conjuncts(condition: Condition) -> Iterator[Condition]:
    if isinstance(condition, All):
        for part in condition.conditions:
            yield from _conjuncts(part)
    else:
        yield condition


def _window(found: Iterator[tuple[E, Any]], query: Query) -> Page[E]:
    items, total = [], 0
    for record, _ in found:
        if query.skip <= total < query.skip + query.limit:
            items.append(record)
        total += 1
        if not query.counted and len(items) >= query.limit:
            return Page(items, len(items))
    return Page(items, total)


def _kept(cache: OrderedDict[Any, T], key: Any, make: Callable[[], T]) -> T:
    """A value of a bounded cache, made if it is missing; the oldest is dropped. Threads may make one twice."""
    with _lock:
        if key in cache:
            return cache[key]
    made = make()
    with _lock:
        cache[key] = made
        while len(cache) > _STATEMENTS:
            cache.popitem(last=False)
    return made

"""/lists: saved lists of key results, and their present contents."""

from __future__ import annotations

from milepost.actions import key_results, saved_lists
from milepost.actions.context import Context
from milepost.asgi.answer import Answer
from milepost.asgi.request import Request
from milepost.dialects.gtmhub import loadable, query, respond, rule_bounds
from milepost.dialects.gtmhub.handling import needed_history, path_id, scene, sent
from milepost.dialects.gtmhub.tables import LIST, METRIC
from milepost.dialects.gtmhub.wanted import Wanted, fields, wants
from milepost.dialects.gtmhub.wire import lists as wire
from milepost.dialects.gtmhub.wire import load as load_wire
from milepost.dialects.gtmhub.wire.metrics import encode_metric
from milepost.domain.saved_list import Column, SavedList, SavedListChange

# The columns of a list that names none.
_PLAIN = (Column("name"),)


def list_(request: Request, context: Context) -> Answer:
    """GET /lists"""
    page = saved_lists.list_(context, query.query(request.query, LIST))
    shown = [_shown(one, request, context) for one in page.items]
    return respond.listing(shown, page.total, fields(request.query))


def get(request: Request, context: Context) -> Answer:
    """GET /lists/{id}"""
    one = saved_lists.get(context, path_id(request))
    return respond.item(_shown(one, request, context), fields(request.query))


def create(request: Request, context: Context) -> Answer:
    """POST /lists"""
    change = _loadable(wire.decode_new(sent(request, "list"), context.user_id))
    return respond.item(_shown(saved_lists.add(context, change), request, context), status=201)


def replace(request: Request, context: Context) -> Answer:
    """PUT /lists/{id}"""
    change = _loadable(wire.decode_whole(sent(request, "list")))
    return respond.item(_shown(saved_lists.revise(context, path_id(request), change), request, context))


def revise(request: Request, context: Context) -> Answer:
    """PATCH /lists/{id}"""
    change = _loadable(wire.decode_part(sent(request, "list")))
    return respond.item(_shown(saved_lists.revise(context, path_id(request), change), request, context))


def remove(request: Request, context: Context) -> Answer:
    """DELETE /lists/{id}"""
    saved_lists.remove(context, path_id(request))
    return respond.nothing()


def load(request: Request, context: Context) -> Answer:
    """POST /lists/{id}/load: the metrics that the list holds now, in its own columns or in those of the body"""
    one = saved_lists.get(context, path_id(request))
    raw = sent(request, "list") if request.body.strip() else {}
    loadable.require_type(one.about)
    columns, selection, parameters = load_wire.decode(raw, one, request.query)
    columns = columns or _PLAIN
    wanted = Wanted(dict.fromkeys(column.field.partition(".")[0] for column in columns))
    asked = query.query(parameters, METRIC, rule_bounds.condition(selection, context))
    page = key_results.list_(context, asked, needed_history(wanted))
    around, history, trend = scene(request, context), wants(wanted, "metricHistory"), wants(wanted, "trend")
    rows = load_wire.Rows(columns)
    shown = [rows.encode(encode_metric(view, around, history=history, trend=trend)) for view in page.items]
    return respond.listing(shown, page.total)


def supported_types(_request: Request, _context: Context) -> Answer:
    """GET /lists/supported-types: the kinds of lists, and the operators of their rules"""
    words = wire.ListTypeDto(wire.KEY_RESULT, (*rule_bounds.OPERATORS,), (*rule_bounds.DYNAMIC_VALUES,))
    return respond.listing([words], 1)


def find(request: Request, context: Context) -> None:
    """`NotFound` where the list of the path is not there."""
    saved_lists.get(context, path_id(request))


def _loadable(change: SavedListChange) -> SavedListChange:
    """The change itself, if the list can be loaded after it."""
    loadable.require(change)
    return change


def _shown(one: SavedList, request: Request, context: Context) -> wire.ListDto:
    return wire.encode_list(one, scene(request, context).prose)

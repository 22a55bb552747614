"""The query parameters of each kind of call, for the OpenAPI document."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from milepost.asgi.openapi import Parameter

Count = Annotated[int, Meta(ge=0)]

FIELDS = Parameter("fields", "The fields wanted, separated by commas: `id,name,assignee.name,metrics{id,name}`.")
FORMATTING = Parameter(
    "formatting", "`plainText` takes mentions and markdown out of descriptions and text-area custom fields."
)
EXPAND = Parameter("expand", "`tasks` shows the metric's tasks.")

_SORT = Parameter("sort", "Fields to sort by, separated by commas; `-` inverts: `-name,dateCreated`.")
_WINDOW = (
    Parameter("skip", "How many to leave out at the start.", Count),
    Parameter("limit", "How many at most: 100 unless told, 1,000 at most.", Count),
    Parameter("take", "The same as `limit`, which wins.", Count),
)
_FILTER = Parameter(
    "filter",
    'Which ones, as MongoDB would be asked: `{name: {$in: ["sales", "marketing"]}}`, `{attainment: {$gte: 0.5}}`.',
)

LIST = (FIELDS, _FILTER, _SORT, *_WINDOW)
FORMATTED_LIST = (*LIST, FORMATTING)
LOAD = (_FILTER, _SORT, *_WINDOW, FORMATTING)
ITEM = (FIELDS,)
FORMATTED_ITEM = (FIELDS, FORMATTING)

METRICS_V1 = (
    *FORMATTED_LIST,
    Parameter("goalId", "Only those of this goal."),
    Parameter("sessionId", "Only those of this session."),
    Parameter("ownerId", "Only those that this user or team owns."),
)
GOALS = (*FORMATTED_LIST, Parameter("includeMetrics", "`true` shows the metrics of each goal."))
GOALS_V1 = (
    *GOALS,
    Parameter("sessionId", "Only those of this session."),
    Parameter("metricOwnerId", "Only those with a metric that this user owns; several ids are separated by commas."),
    Parameter("metricOwnerIds", "The same as `metricOwnerId`."),
)
SESSIONS_V1 = (
    FIELDS,
    Parameter("filter", '`current`: started and not ended; or a filter such as `{title: "Q3"}`.'),
    Parameter("status", "`open`, `locked` or `closed`."),
    _SORT,
    *_WINDOW,
)
VALUES = (
    FIELDS,
    Parameter("from", "The first day: `2026-03-01`."),
    Parameter("to", "The last day, which counts, too."),
    *_WINDOW,
)

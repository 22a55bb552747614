"""/teams: groups of people that can own something."""

from __future__ import annotations

from milepost.actions import teams
from milepost.actions.context import Context
from milepost.asgi.answer import Answer
from milepost.asgi.request import Request
from milepost.dialects.gtmhub import query, respond
from milepost.dialects.gtmhub.handling import path_id, scene, sent
from milepost.dialects.gtmhub.tables import TEAM
from milepost.dialects.gtmhub.wanted import fields
from milepost.dialects.gtmhub.wire import teams as wire


def list_(request: Request, context: Context) -> Answer:
    """GET /teams"""
    page = teams.list_(context, query.query(request.query, TEAM))
    prose = scene(request, context).prose
    shown = [wire.encode_team(team, prose) for team in page.items]
    return respond.listing(shown, page.total, fields(request.query))


def get(request: Request, context: Context) -> Answer:
    """GET /teams/{id}"""
    team = teams.get(context, path_id(request))
    return respond.item(wire.encode_team(team, scene(request, context).prose), fields(request.query))


def create(request: Request, context: Context) -> Answer:
    """POST /teams"""
    team = teams.add(context, wire.decode_part(sent(request, "team")))
    return respond.item(wire.encode_team(team), status=201)


def replace(request: Request, context: Context) -> Answer:
    """PUT /teams/{id}"""
    change = wire.decode_whole(sent(request, "team"))
    return respond.item(wire.encode_team(teams.revise(context, path_id(request), change)))


def revise(request: Request, context: Context) -> Answer:
    """PATCH /teams/{id}"""
    change = wire.decode_part(sent(request, "team"))
    return respond.item(wire.encode_team(teams.revise(context, path_id(request), change)))


def remove(request: Request, context: Context) -> Answer:
    """DELETE /teams/{id}"""
    teams.remove(context, path_id(request))
    return respond.nothing()


def find(request: Request, context: Context) -> None:
    """`NotFound` where the team of the path is not there."""
    teams.get(context, path_id(request))

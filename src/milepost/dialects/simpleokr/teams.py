"""/teams: teams."""

from __future__ import annotations

from milepost.actions import teams
from milepost.actions.context import Context
from milepost.asgi.answer import Answer
from milepost.asgi.request import Request
from milepost.dialects.simpleokr import paging, respond
from milepost.dialects.simpleokr.handling import path_id, sent
from milepost.dialects.simpleokr.wire.people import TeamPage, decode_team, encode_team

_LIST = "teams"


def list_(request: Request, context: Context) -> Answer:
    """GET /teams"""
    found = teams.list_(context, paging.asked(request.query, _LIST)).items
    return respond.listing(TeamPage, found, paging.next_token(found, _LIST), encode_team)


def create(request: Request, context: Context) -> Answer:
    """POST /teams"""
    return respond.item(encode_team(teams.add(context, decode_team(sent(request)))))


def get(request: Request, context: Context) -> Answer:
    """GET /teams/:id"""
    return respond.item(encode_team(teams.get(context, path_id(request, "team"))))


def replace(request: Request, context: Context) -> Answer:
    """POST /teams/:id"""
    standing = teams.get(context, path_id(request, "team"))
    return respond.item(encode_team(teams.revise(context, standing.id, decode_team(sent(request)))))


def remove(request: Request, context: Context) -> Answer:
    """DELETE /teams/:id"""
    teams.remove(context, path_id(request, "team"))
    return respond.removed()

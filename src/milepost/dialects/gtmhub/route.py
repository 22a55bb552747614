"""Routes: the properties of a call, and how each sort of call is written in the route table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from milepost.actions.context import Context
from milepost.asgi.answer import Answer
from milepost.asgi.lanes import Lane, Steps
from milepost.asgi.openapi import Parameter
from milepost.asgi.request import Request
from milepost.dialects.gtmhub import parameters
from milepost.dialects.gtmhub.respond import Listing
from milepost.domain.people import Capability

Handler = Callable[[Request, Context], Answer | Steps[Answer]]
Finder = Callable[[Request, Context], None]


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """One call. `find` tells, before the body's faults are, whether the record of the path is there; `names` are the
    dialect's names for the domain's fields in errors; `when_suspended`: answered even for a suspended account.

    The rest tells clients of it: what it is for, what it takes in query and body, which of the body's fields must be
    there, what it gives (`None`: nothing), the status of a success, and whether the path's parameter narrows a list, so
    that an unknown one is no error; `tagged`: it gives one item as a GET of its own address does, with its ETag.
    """

    method: str
    path: str
    handler: Handler
    versions: tuple[int, ...]
    lane: Lane
    needs: Capability
    summary: str
    gives: Any
    takes: Any = None
    requires: tuple[str, ...] = ()
    query: tuple[Parameter, ...] = ()
    status: int = 200
    find: Finder | None = None
    names: Mapping[str, str] = {}
    when_suspended: bool = False
    narrows: bool = False
    deprecated: bool = False
    tagged: bool = False


class Kind(msgspec.Struct, frozen=True):
    """What the changes of one kind of thing have in common: what they take and give; `names`, `query` and `tagged` of
    routes.
    """

    takes: Any
    gives: Any
    names: Mapping[str, str]
    query: tuple[Parameter, ...] = ()
    tagged: bool = False


_READ = Capability.READ


def get(
    path: str,
    handler: Handler,
    gives: Any,
    summary: str,
    query: tuple[Parameter, ...] = parameters.ITEM,
    *,
    lane: Lane = Lane.SHORT,
    when_suspended: bool = False,
) -> Route:
    """A call that gives one record; v1 only."""
    return Route(
        method="GET",
        path=path,
        handler=handler,
        versions=(1,),
        lane=lane,
        needs=_READ,
        summary=summary,
        gives=gives,
        query=query,
        when_suspended=when_suspended,
        tagged=True,
    )


def list_(
    path: str,
    handler: Handler,
    versions: tuple[int, ...],
    of: Any,
    summary: str,
    query: tuple[Parameter, ...] = parameters.LIST,
    *,
    lane: Lane = Lane.LONG,
    narrows: bool = False,
    deprecated: bool = False,
) -> Route:
    """A call that gives a list of something."""
    return Route(
        method="GET",
        path=path,
        handler=handler,
        versions=versions,
        lane=lane,
        needs=_READ,
        summary=summary,
        gives=Listing[of],
        query=query,
        narrows=narrows,
        deprecated=deprecated,
    )


def asking(path: str, handler: Handler, kind: Kind, summary: str, find: Finder, query: tuple[Parameter, ...]) -> Route:
    """A POST that changes nothing: its body is a query."""
    return Route(
        method="POST",
        path=path,
        handler=handler,
        versions=(1,),
        lane=Lane.LONG,
        needs=_READ,
        summary=summary,
        gives=kind.gives,
        takes=kind.takes,
        query=query,
        find=find,
        names=kind.names,
    )


def change(
    method: str,
    path: str,
    handler: Handler,
    needs: Capability,
    kind: Kind,
    summary: str,
    find: Finder | None = None,
    *,
    requires: tuple[str, ...] = (),
    status: int | None = None,
) -> Route:
    """A call that changes something. It answers what its kind gives, or nothing for a deletion; the status follows from
    that.
    """
    gone = method == "DELETE"
    gives = None if gone else kind.gives
    usual = 204 if gives is None else 201 if method == "POST" else 200
    return Route(
        method=method,
        path=path,
        handler=handler,
        versions=(1,),
        lane=Lane.WRITE,
        needs=needs,
        summary=summary,
        gives=gives,
        takes=None if gone else kind.takes,
        requires=requires,
        query=() if gives is None else kind.query,
        status=usual if status is None else status,
        find=find,
        names=kind.names,
        tagged=kind.tagged and not gone,
    )

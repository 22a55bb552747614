"""What no call may do, in any dialect: read, change or refer to the records of another account."""

from __future__ import annotations

from collections.abc import Iterator

from acme import Acme
from calls import Call, calls_of, parameters, takes_body
from engines import held
from gtmhub_calls import GTMHUB
from simpleokr_calls import SIMPLEOKR
from wire import Wire

_CALLS = calls_of(GTMHUB, SIMPLEOKR)
# Fields that look like references and are none: a place in a list, and what is only ever shown.
_NOT_REFERENCES = {"orderId", "id"}

# Every call with the id of a record in its path.
ABOUT_RECORDS = [call for call in _CALLS if parameters(call.route)]


def _references() -> Iterator[tuple[Call, str]]:
    for call in _CALLS:
        if takes_body(call.route):
            for field in call.dialect.fields(call.route):
                if field.endswith(("Id", "Ids", "_id")) and field not in _NOT_REFERENCES:
                    yield call, field


# Every field of every body that refers to another record.
REFERENCES = list(_references())


def assert_not_there(acme: Acme, anna: Wire, call: Call) -> None:
    """Another account's records are not there for a call."""
    dialect = call.dialect
    ours, theirs, nobodys = dialect.ours(acme), dialect.theirs(acme), dialect.nobodys
    before = held(acme.database, acme.rival.id)
    for parameter in parameters(call.route):
        kind = dialect.kind(call.route, parameter)
        foreign, unknown = getattr(theirs, kind), getattr(nobodys, kind)
        for body in (call.body(ours), call.body(theirs), {"name": 5, "title": 5, "comment": 5}):
            if takes_body(call.route) or body is None:
                reply = anna.request(call.method, call.address(ours, **{parameter: foreign}), body)
                if reply.status == 200:
                    assert reply.json == {"items": [], "totalCount": 0}
                else:
                    dialect.refused(reply, 404)
                # Nor can it be told from a record that is nowhere.
                nowhere = anna.request(call.method, call.address(ours, **{parameter: unknown}), body)
                assert nowhere.status == reply.status
                assert nowhere.body == reply.body.replace(foreign.encode(), unknown.encode())
    assert held(acme.database, acme.rival.id) == before


def assert_refused(acme: Acme, anna: Wire, call: Call, field: str) -> None:
    """A call refuses a reference to what the account does not hold."""
    dialect = call.dialect
    assert field in dialect.references, f"say in tests/{dialect.name}_calls.py what {field} refers to"
    kind = dialect.references[field]
    ours, theirs = dialect.ours(acme), dialect.theirs(acme)
    before = held(acme.database, acme.account.id), held(acme.database, acme.rival.id)
    for strangers in (theirs, dialect.nobodys):
        reply = call.send(anna, ours, dialect.referring(call.route, ours, field, getattr(strangers, kind)))
        if dialect.passed_over(call.route, field):
            assert reply.status == 200
            assert reply.json[field] in (getattr(ours, kind), "")
            continue
        assert dialect.refused(reply, 400) in dialect.faults(field)
        assert held(acme.database, acme.account.id) == before[0]
    assert held(acme.database, acme.rival.id) == before[1]

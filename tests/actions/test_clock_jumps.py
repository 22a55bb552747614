"""A server's clock that is set back and forward: nothing fails, nothing is lost, and the trail stays whole."""

from __future__ import annotations

import pytest

from acme import NOON, Acme
from milepost.actions import tokens, verification
from milepost.actions.context import operator
from milepost.domain import ids
from milepost.domain.errors import Unauthenticated
from milepost.domain.instants import DAY
from milepost.store import audit, check_ins
from wire import InProcess

# In days, from when the company was founded: an hour back, a year back, two years on, and half a day back again. A
# machine without a battery begins in 1970.
JUMPS = (0.0, -1 / 24, -400.0, 800.0, 799.5, -NOON / DAY)


def test_changes_go_on_whatever_the_clock_says(acme: Acme, anna: InProcess) -> None:
    recorded, simple = [], anna.at("/v1")
    for value, days in enumerate(JUMPS):
        acme.clock.now = NOON + int(days * DAY)
        made = anna.post(f"v1/metrics/{acme.revenue}/checkin", {"actual": value})
        assert made.status == 201, made.body
        recorded.append(made.json["id"])
        cycle = simple.post("cycles", {"name": f"At {days} days"})
        assert cycle.status in (200, 201), cycle.body
        for path in ("v2/metrics", "v1/goals", f"v1/metrics/{acme.revenue}", "v1/tasks"):
            assert anna.get(path).status == 200
        assert simple.get(f"keyresults/{ids.as_uuid(acme.revenue)}").status == 200
    history = check_ins.history(acme.database, acme.account.id, acme.revenue)
    assert sorted(entry.id for entry in history) == sorted(recorded)
    numbers = [record.number for record in audit.read(acme.database, acme.account.id)]
    assert numbers == list(range(1, len(numbers) + 1))
    verified = verification.verify(acme.database, None)
    assert [one.account_id for one in verified] == [acme.account.id, acme.rival.id]


def test_a_token_holds_by_the_clock_as_it_is_now(acme: Acme) -> None:
    boss = operator(acme.database, acme.account.id, acme.clock)
    _, text = tokens.add(boss, "ben@acme.test", "for a day", NOON + DAY)
    assert tokens.authenticate(acme.database, text, NOON).user_id == acme.ben.id
    with pytest.raises(Unauthenticated):
        tokens.authenticate(acme.database, text, NOON + 2 * DAY)
    assert tokens.authenticate(acme.database, text, NOON - 400 * DAY).user_id == acme.ben.id

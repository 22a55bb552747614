"""Section 4: page tokens, which stay right while records come and go."""

from __future__ import annotations

import base64
import re
import secrets
import uuid
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acme import NOON, Acme
from engines import change, rows
from milepost.dialects.simpleokr import paging
from milepost.domain import ids, key_result, objective
from milepost.domain.cycle import Cycle, CycleState
from milepost.domain.instants import SECOND
from milepost.domain.people import Role, Team, User
from milepost.store import cycles, key_results, objectives, teams, users
from wire import InProcess, Reply

RESOURCES = ("users", "teams", "cycles", "objectives", "keyresults", "under")

every_list = pytest.mark.parametrize("resource", RESOURCES)


class List(msgspec.Struct):
    """One of the lists, over records that an import might have left: any moment of creation, any id."""

    acme: Acme
    client: InProcess
    resource: str
    cycle: str
    objective: str

    @property
    def path(self) -> str:
        return {
            "objectives": f"objectives?cycle_id={ids.as_uuid(self.cycle)}",
            "keyresults": f"keyresults?cycle_id={ids.as_uuid(self.cycle)}",
            "under": f"objectives/{ids.as_uuid(self.objective)}/keyresults",
        }.get(self.resource, self.resource)

    @property
    def name(self) -> str:
        return "keyresults" if self.resource == "under" else self.resource

    @property
    def _table(self) -> str:
        return {"keyresults": "key_results", "under": "key_results"}.get(self.resource, self.resource)

    def add(self, at: int, record_id: str = "") -> None:
        account, new = self.acme.account.id, record_id or secrets.token_hex(12)
        with self.acme.database.transaction():
            if self.resource == "users":
                users.records.insert(self.acme.database, _user(account, new, at))
            elif self.resource == "teams":
                made = Team(account, new, "", "", "", "", "", "", (), at, at)
                teams.records.insert(self.acme.database, made)
            elif self.resource == "cycles":
                cycles.records.insert(self.acme.database, _cycle(account, new, at))
            elif self.resource == "objectives":
                objectives.insert(self.acme.database, objective.blank(account, new, self.cycle, at=at, by=""))
            else:
                made_key_result = key_result.blank(account, new, self.objective, self.cycle, position=0, at=at, by="")
                key_results.insert(self.acme.database, made_key_result)

    def remove(self, record_id: str) -> None:
        change(self.acme.database, f"DELETE FROM {self._table} WHERE id = :id", id=record_id)

    def standing(self) -> list[tuple[int, str]]:
        """What there is, in the order of creation, then id: of this list, and none other's."""
        of = {"objectives": self.cycle, "keyresults": self.cycle, "under": self.objective}.get(self.resource)
        column = "objective_id" if self.resource == "under" else "cycle_id"
        where = f" AND {column} = '{of}'" if of else ""
        query = f"SELECT created_at, id FROM {self._table} WHERE account_id = :account{where}"
        return sorted(rows(self.acme.database, query, account=self.acme.account.id))

    def get(self, token: str | None = None) -> Reply:
        mark = "&" if "?" in self.path else "?"
        return self.client.request("GET", self.path if token is None else f"{self.path}{mark}page_token={token}")

    def page(self, token: str | None = None) -> tuple[list[str], str | None]:
        """The ids of a page, as they are kept, and the token of the next."""
        reply = self.get(token)
        assert reply.status == 200, reply.body
        assert reply.json.keys() == {"next_page_token", self.name}
        return [ids.from_uuid(one["id"]) for one in reply.json[self.name]], reply.json["next_page_token"]

    def pages(self) -> Iterator[list[str]]:
        found, token = self.page()
        yield found
        while token is not None:
            found, token = self.page(token)
            yield found


def _user(account: str, new: str, at: int) -> User:
    return User(account, new, f"{new}@acme.test", "", "", "", "", "", "", Role.VIEWER, True, at, at)


def _cycle(account: str, new: str, at: int) -> Cycle:
    return Cycle(account, new, "", CycleState.OPEN, None, None, "", at, "", at, "")


def a_list(acme: Acme, client: InProcess, resource: str) -> List:
    """A list; those of a cycle or an objective get one of their own."""
    cycle, parent = (ids.new(acme.clock()) for _ in range(2))
    with acme.database.transaction():
        if resource in ("objectives", "keyresults", "under"):
            cycles.records.insert(acme.database, _cycle(acme.account.id, cycle, NOON))
        if resource in ("keyresults", "under"):
            objectives.insert(acme.database, objective.blank(acme.account.id, parent, cycle, at=NOON, by=""))
    return List(acme, client.at("/v1"), resource, cycle, parent)


@every_list
@pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 200, 201])
def test_a_hundred_a_page(anna: InProcess, acme: Acme, resource: str, count: int) -> None:
    one = a_list(acme, anna, resource)
    while len(one.standing()) < count:
        one.add(NOON + 5)
    count = len(one.standing())  # of users and cycles there are some already
    pages = list(one.pages())
    assert [len(page) for page in pages] == [100] * (count // 100) + ([count % 100] if count % 100 or not count else [])
    assert [record for page in pages for record in page] == [record for _, record in one.standing()]


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.integers(0, 6)),
        st.tuples(st.just("remove"), st.integers(0, 30)),
        st.tuples(st.just("remove the last seen"), st.just(0)),
        st.tuples(st.just("read"), st.just(0)),
    ),
    max_size=25,
)


@every_list
def test_pages_stay_right_while_records_come_and_go(
    anna: InProcess, acme: Acme, resource: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "SIZE", 3)

    @settings(max_examples=40)
    @given(moments=st.lists(st.integers(0, 6), max_size=14), steps=STEPS)
    def walk(moments: list[int], steps: list[tuple[str, int]]) -> None:
        one = a_list(acme, anna, resource)
        world = set(one.standing())  # what the test itself stands on
        for moment in moments:
            one.add(NOON + moment)
        throughout, ever = set(one.standing()), set(one.standing())
        seen: list[str] = []
        token: str | None = None
        done = False
        for step, number in [*steps, *[("read", 0)] * 40]:
            standing = one.standing()
            removable = [record for at, record in standing if (at, record) not in world]
            if step == "add":
                one.add(NOON + number)
            elif step == "remove" and removable:
                one.remove(removable[number % len(removable)])
            elif step == "remove the last seen" and seen and seen[-1] in removable:
                one.remove(seen[-1])
            elif step == "read" and not done:
                found, token = one.page(token)
                # Nothing that is not there now, and a full page where another follows.
                assert set(found) <= {record for _, record in standing}
                assert len(found) == 3 if token else len(found) <= 3
                seen += found
                done = token is None
            throughout &= set(one.standing())
            ever |= set(one.standing())
        assert done
        places = {record: (at, record) for at, record in ever}
        assert seen == sorted(seen, key=places.__getitem__)
        assert len(set(seen)) == len(seen)
        assert {record for _, record in throughout} <= set(seen)
        for _, record in set(one.standing()) - world:
            one.remove(record)

    walk()


@every_list
def test_a_token_is_text_that_any_address_can_carry(anna: InProcess, acme: Acme, resource: str) -> None:
    one = a_list(acme, anna, resource)
    for at in (-62_135_596_800 * SECOND, *range(120), 253_402_300_799 * SECOND + 999_999):
        one.add(at, str(uuid.uuid4()))
    _, token = one.page()
    assert token is not None
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,200}", token)
    assert len(next(one.pages())) == 100
    # It is a place, not a count: once more it gives the same page, and the first page is where it was.
    assert one.page(token) == one.page(token)
    assert one.page() == one.page("")


def assert_bad(reply: Reply) -> None:
    assert reply.status == 400, reply.body
    assert reply.json == {
        "code": 400,
        "message": "invalid request",
        "details": {"page_token": "page_token is not one that this list gave: begin again without it"},
    }


def a_token(acme: Acme, anna: InProcess, resource: str) -> tuple[List, str]:
    one = a_list(acme, anna, resource)
    for _ in range(101):
        one.add(NOON + 5)
    token = one.page()[1]
    assert token is not None
    return one, token


def test_a_token_is_bound_to_its_list_and_filter(anna: InProcess, acme: Acme) -> None:
    made = [a_token(acme, anna, resource) for resource in (*RESOURCES, "objectives", "keyresults", "under")]
    for asked, _ in made:
        for other, token in made:
            reply = asked.get(token)
            if other is asked:
                assert reply.status == 200
            else:
                assert_bad(reply)


def test_the_spelling_of_the_filter_does_not_matter(anna: InProcess, acme: Acme) -> None:
    one, token = a_token(acme, anna, "keyresults")
    for cycle in (ids.as_uuid(one.cycle), ids.as_uuid(one.cycle).upper()):
        reply = one.client.get("keyresults", cycle_id=cycle, page_token=token)
        assert (reply.status, len(reply.json["keyresults"])) == (200, 1)


def test_another_accounts_token_shows_nothing_of_it(anna: InProcess, rita: InProcess, acme: Acme) -> None:
    _, token = a_token(acme, anna, "users")
    reply = rita.at("/v1").get("users", page_token=token)
    assert reply.status == 200
    assert {user["name"] for user in reply.json["users"]} <= {"Rita Rossi"}


@every_list
def test_what_is_no_token_is_refused(anna: InProcess, acme: Acme, resource: str) -> None:
    one, token = a_token(acme, anna, resource)
    truncated = [token[:length] for length in range(1, len(token))]
    longer = [token + more for more in ("A", "=", "==", "AA", "%20", "%00", "%0A", ".", token)]
    garbage = ["x", "0", "null", "%5B%5D", "%FF", "%F0%9F%98%80", "é", "-", "____", "WyJhIl0", "W10", "A" * 5_000]
    changed = [token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :] for place in range(4)]
    for text in (*truncated, *longer, *garbage, *changed, f"%20{token}", "W" * 20_000, "1" * 300):
        assert_bad(one.get(text))


@every_list
@settings(max_examples=60)
@given(text=st.text(min_size=1, max_size=60) | st.binary(min_size=1, max_size=60))
def test_any_text_for_a_token(anna: InProcess, acme: Acme, resource: str, text: Any) -> None:
    one = List(acme, anna.at("/v1"), resource, acme.q3.id, acme.growth)
    raw = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    assert_bad(one.get("".join(f"%{byte:02x}" for byte in raw)))


@every_list
def test_moments_beyond_what_a_column_holds(anna: InProcess, acme: Acme, resource: str) -> None:
    """Whoever makes a token himself gets a 400 or a page, whatever number he writes into it."""
    one, token = a_token(acme, anna, resource)
    content = msgspec.json.decode(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    for at in (2**63, -(2**63) - 1, 10**40, -(10**18), 1.5, None, "x", True):
        for record in (content[1], "", "'", "\0", 5, None, "x" * 5_000):
            forged = base64.urlsafe_b64encode(msgspec.json.encode([at, record, content[2]])).decode().rstrip("=")
            assert_bad(one.get(forged))
    for record in ("", "'", "\0", "x" * 5_000, "ä"):
        forged = base64.urlsafe_b64encode(msgspec.json.encode([content[0], record, content[2]])).decode().rstrip("=")
        assert one.get(forged).status == 200

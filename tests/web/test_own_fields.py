"""What an account has defined itself stands in forms and on pages; what a form does not know stays."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from acme import Acme
from browsing import Browser, fields_of, text_of
from milepost.actions import key_results, objectives
from milepost.domain import ids
from milepost.domain.change import KeyResultChange, ObjectiveChange
from milepost.domain.custom_field import CustomField
from milepost.store import custom_fields

SignedIn = Callable[[str], Browser]
HOSTILE = "<script>document.title='taken'</script>\"'><img src=x onerror=\"document.title='taken'\">{{ 7*7 }}"


def define(acme: Acme, name: str, kind: str = "text", **extra: Any) -> str:
    """Define a field as an import does; the name of its input."""
    now = acme.clock()
    label = extra.pop("label", "")
    field = CustomField(acme.account.id, ids.new(now), name, label, "", kind, now, now, extra)
    custom_fields.records.insert(acme.database, field)
    return f"own_{field.id}"


def of_key_result(acme: Acme) -> dict[str, Any] | None:
    return key_results.find(acme.context(acme.anna), acme.revenue).custom_fields


def stand(acme: Acme, **fields: Any) -> None:
    key_results.revise(acme.context(acme.anna), acme.revenue, KeyResultChange(custom_fields=fields))


def trail(acme: Acme) -> int:
    return int(acme.database.connection.execute("SELECT count(*) FROM audit").fetchone()[0])


def test_each_sort_has_its_own_input_and_is_kept_as_what_it_is(signed_in: SignedIn, acme: Acme) -> None:
    anna, path = signed_in("anna"), f"/key-results/{acme.revenue}/edit"
    inputs = {
        "note": define(acme, "note"),
        "story": define(acme, "story", "textarea"),
        "cost": define(acme, "cost", "number"),
        "until": define(acme, "until", "date"),
        "public": define(acme, "public", "boolean"),
        "region": define(acme, "region", "dropdown", settings={"options": [{"value": 7, "label": "Europe"}, "Asia"]}),
        "sites": define(acme, "sites", "multiselect", settings={"options": ["Oslo", "Rome", "Bonn"]}),
    }
    page = anna.open(path).body.decode()
    for name, shape in {
        "note": 'name="{}" type="text"', "cost": 'inputmode="decimal"', "until": 'name="{}" type="date"',
        "story": '<textarea id="{}"', "region": '<select id="{}"', "sites": 'type="checkbox" name="{}" value="Rome"',
    }.items():  # fmt: skip
        assert shape.format(inputs[name]) in page, name
    said: dict[str, Any] = {
        "note": "Short", "story": "Line one\r\nLine two", "cost": "1 200,5", "until": "2026-09-15", "public": "no",
        "region": "7", "sites": ["Rome", "Bonn"],
    }  # fmt: skip
    before = trail(acme)
    assert anna.fill(path, **{inputs[name]: value for name, value in said.items()}).status == 303
    assert trail(acme) == before + 1
    assert of_key_result(acme) == {
        "note": "Short", "story": "Line one\nLine two", "cost": 1200.5, "until": "2026-09-15", "public": False,
        "region": 7, "sites": ["Rome", "Bonn"],
    }  # fmt: skip
    shown = text_of(anna.open(f"/key-results/{acme.revenue}"))
    for words in ("Line two", "1200.5", "2026-09-15", "Europe", "Rome, Bonn"):
        assert words in shown
    assert anna.fill(path).status == 303
    assert trail(acme) == before + 1
    emptied = {inputs[name]: "" for name in ("note", "story", "cost", "until", "public", "region")}
    assert anna.fill(path, **emptied, **{inputs["sites"]: []}).status == 303
    assert not of_key_result(acme)


def test_what_a_form_does_not_know_or_cannot_show_stays(signed_in: SignedIn, acme: Acme) -> None:
    odd = {
        "unknown": {"a": [1]}, "note": {"deep": 1}, "until": "next week", "since": "2026-03-01T10:00:00Z",
        "cost": "a lot", "region": "Mars", "public": "maybe", "lines": "one\ntwo", "count": 3, "flag": True,
        "sites": ["Oslo", {"x": 1}], "places": "Oslo", "nothing": None,
    }  # fmt: skip
    inputs = {}
    for name, kind in (("note", "text"), ("until", "date"), ("since", "date"), ("cost", "number"), ("public", "bool")):
        inputs[name] = define(acme, name, kind)
    for name in ("lines", "count", "flag", "nothing"):
        inputs[name] = define(acme, name)
    define(acme, "region", "dropdown", settings={"options": ["Asia"]})
    inputs["sites"] = define(acme, "sites", "multiselect", settings={"options": ["Oslo"]})
    define(acme, "places", "multiselect", settings={"options": ["Oslo"]})
    fresh = define(acme, "fresh", "number")
    stand(acme, **odd)
    standing, anna, path = of_key_result(acme), signed_in("anna"), f"/key-results/{acme.revenue}/edit"
    assert standing is not None
    page = anna.open(path).body.decode()
    for name, shape in {
        "until": 'name="{}" type="text" value="next week"', "public": 'name="{}" type="text" value="maybe"',
        "lines": '<textarea id="{}"', "flag": '<select id="{}"',
        "count": 'name="{}" type="text" value="3" autocomplete="off" inputmode="decimal"',
    }.items():  # fmt: skip
        assert shape.format(inputs[name]) in page, name
    assert inputs["note"] not in page
    assert inputs["sites"] not in page
    assert anna.fill(path, name="Renamed", **{fresh: "5"}).status == 303
    kept = {name: value for name, value in standing.items() if value is not None}
    assert of_key_result(acme) == {**kept, "fresh": 5}
    assert isinstance((of_key_result(acme) or {})["fresh"], int)
    # Who sends what is shown, without saying what that was, changes nothing, a time of day neither.
    assert anna.fill(path, was="").status == 303
    assert (of_key_result(acme) or {})["since"] == "2026-03-01T10:00:00Z"
    assert anna.fill(path, **{inputs["count"]: "4"}).status == 303
    assert (of_key_result(acme) or {})["count"] == 4
    shown = text_of(anna.open(f"/key-results/{acme.revenue}"))
    for words in ("next week", "Mars", '{"a":[1]}', "unknown"):
        assert words in shown


@pytest.mark.parametrize(
    ("kind", "extra", "written", "words"),
    [
        ("number", {}, "many", "must be a number such as 42"),
        ("number", {}, "1,000", "can be read in two ways"),
        ("date", {}, "soon", "must be a day such as"),
        ("bool", {}, "perhaps", "must be one of those in the list"),
        ("dropdown", {"settings": {"options": ["Asia"]}}, "Mars", "must be one of those in the list"),
        ("multiselect", {"settings": {"options": ["Asia"]}}, ["Asia", "Mars"], "must be one of those in the list"),
        ("text", {}, "x\0y", "holds a NUL"),
        ("textarea", {}, "x" * 200_001, "is longer than 200,000 characters"),
    ],
    ids=["not-a-number", "ambiguous", "not-a-day", "not-yes-or-no", "not-a-choice", "not-choices", "nul", "too-long"],
)
@pytest.mark.parametrize("of", ["objective", "new key result"])
def test_what_cannot_be_stands_beside_its_field(
    signed_in: SignedIn, acme: Acme, of: str, kind: str, extra: dict[str, Any], written: str | list[str], words: str
) -> None:
    field, anna = define(acme, "size", kind, label="Its size", **extra), signed_in("anna")
    before = trail(acme)
    new = f"/objectives/{acme.growth}/key-results/new"
    path = new if of == "new key result" else f"/objectives/{acme.growth}/edit"
    likely = {"name": "New", "target": "1"} if path == new else {}
    reply = anna.fill(path, **likely, **{field: written})
    page = reply.body.decode()
    assert reply.status == 400
    beside = re.search(rf'<span class="fault" id="fault-{field}">(.*?)</span>', page)
    assert beside is not None
    assert beside.group(1).startswith("Its size ")
    assert words in beside.group(1)
    assert f'aria-describedby="fault-{field}"' in page
    assert '<details class="more" open><summary>Further fields' in page
    if isinstance(written, str) and "\0" not in written:
        assert fields_of(reply, path)[field] == written
    assert trail(acme) == before


def test_an_account_without_any_has_no_place_for_them(signed_in: SignedIn, acme: Acme) -> None:
    anna = signed_in("anna")
    assert "Further fields" not in text_of(anna.open(f"/key-results/{acme.revenue}/edit"))
    define(acme, "of aims", targetTypes=["goal"])
    define(acme, "of people", targetTypes=["user"])
    define(acme, "")
    assert "Further fields" not in text_of(anna.open(f"/key-results/{acme.revenue}/edit"))
    shown = text_of(anna.open(f"/objectives/{acme.growth}/edit"))
    assert "of aims" in shown
    assert "of people" not in shown


def test_an_objective_has_them_from_the_start(signed_in: SignedIn, acme: Acme) -> None:
    field, anna = define(acme, "theme", label="Theme", targetTypes=["goal"]), signed_in("anna")
    reply = anna.fill(f"/cycles/{acme.q3.id}/objectives/new", name="Be known", **{field: "Growth"})
    made = reply.headers["location"]
    one = objectives.find(acme.context(acme.anna), made.rpartition("/")[2])
    assert one.custom_fields == {"theme": "Growth"}
    assert re.search(r"<dt>Theme</dt><dd class=\"text\">Growth</dd>", anna.open(made).body.decode())
    assert re.search(r"Theme.*Growth", text_of(signed_in("vera").open(made)))
    plain = anna.fill(f"/cycles/{acme.q3.id}/objectives/new", name="Without").headers["location"]
    assert objectives.find(acme.context(acme.anna), plain.rpartition("/")[2]).custom_fields is None


def test_what_people_write_into_them_is_text(signed_in: SignedIn, acme: Acme) -> None:
    define(acme, HOSTILE, label=HOSTILE)
    define(acme, "choice", "dropdown", label=HOSTILE, settings={"options": [HOSTILE]})
    stand(acme, **{HOSTILE: HOSTILE, "choice": HOSTILE, "other": {HOSTILE: HOSTILE}})
    change = ObjectiveChange(custom_fields={HOSTILE: HOSTILE})
    objectives.revise(acme.context(acme.anna), acme.growth, change)
    anna = signed_in("anna")
    for path in (f"/key-results/{acme.revenue}", f"/objectives/{acme.growth}"):
        for address in (path, f"{path}/edit"):
            page = anna.open(address).body.decode()
            assert "<script>document" not in page
            assert "<img src=x" not in page
            assert "&lt;script&gt;" in page


def test_two_who_change_different_ones_at_once_do_not_undo_each_other(signed_in: SignedIn, acme: Acme) -> None:
    note, cost = define(acme, "note"), define(acme, "cost", "number")
    anna, path = signed_in("anna"), f"/key-results/{acme.revenue}/edit"
    opened = fields_of(anna.open(path), path)
    assert anna.fill(path, **{note: "First"}).status == 303
    assert anna.send(path, {**opened, cost: "7"}).status == 303
    assert of_key_result(acme) == {"note": "First", "cost": 7}


def test_a_type_of_number_and_a_place_are_set(signed_in: SignedIn, acme: Acme) -> None:
    anna, path = signed_in("anna"), f"/objectives/{acme.growth}/key-results/new"
    reply = anna.fill(path, name="Last", target="1", number_type="currency")
    last = key_results.find(acme.context(acme.anna), reply.headers["location"].rpartition("/")[2])
    assert (last.number_type, last.position) == ("currency", 2)
    assert anna.fill(f"/key-results/{last.id}/edit", position="0", number_type="integer").status == 303
    after = key_results.find(acme.context(acme.anna), last.id)
    assert (after.number_type, after.position) == ("integer", 0)
    reply = anna.fill(path, name="First", target="1", position="1")
    assert key_results.find(acme.context(acme.anna), reply.headers["location"].rpartition("/")[2]).position == 1


def test_a_type_of_number_of_a_clients_own_stays(signed_in: SignedIn, acme: Acme) -> None:
    anna, path = signed_in("anna"), f"/key-results/{acme.revenue}/edit"
    key_results.revise(acme.context(acme.anna), acme.revenue, KeyResultChange(number_type="parsecs"))
    assert fields_of(anna.open(path), path)["number_type"] == "parsecs"
    assert anna.fill(path, name="Renamed").status == 303
    one = key_results.find(acme.context(acme.anna), acme.revenue)
    assert msgspec.structs.asdict(one) | {"name": "Renamed", "number_type": "parsecs"} == msgspec.structs.asdict(one)


@pytest.mark.parametrize(
    "place", ["", "-1", "1.5", "x", "³", "9" * 5000, "1000000001", "9999999999999"], ids=lambda text: text[:15]
)
def test_a_place_that_is_none_is_told_beside_its_field(signed_in: SignedIn, acme: Acme, place: str) -> None:
    reply = signed_in("anna").fill(f"/key-results/{acme.revenue}/edit", position=place)
    assert reply.status == 400
    said = re.search(r'id="fault-position">(.*?)</span>', reply.body.decode())
    assert said is not None
    assert said.group(1) == "Place must be a whole number from 0 to 1,000,000,000."

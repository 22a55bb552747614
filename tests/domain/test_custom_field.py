"""What the definition of a custom field says of its values, by whatever words it came with."""

from __future__ import annotations

from typing import Any

import pytest

from milepost.domain.custom_field import CustomField, Sort


def field(kind: str = "dropdown", **extra: Any) -> CustomField:
    return CustomField("account", "id", "name", "", "", kind, 0, 0, extra)


# A word of each kind that definitions use, as somebody might write it.
WORDS = {
    Sort.TEXT: ("text", "", "whatever"),
    Sort.YES_NO: ("Boolean", "checkbox", "toggle", "switch"),
    Sort.NUMBER: (
        "Number", "numeric value", "integer", "double", "float", "decimal", "percentage", "currency",
    ),
    Sort.DAY: ("date", "DateTime"),
    Sort.LONG: ("textarea", "long text", "rich-text", "multiline", "paragraph"),
}  # fmt: skip


@pytest.mark.parametrize(("sort", "word"), [(sort, word) for sort, words in WORDS.items() for word in words])
@pytest.mark.parametrize("place", ["type", "visualizationKind", "operationalType"])
def test_its_words_tell_what_is_asked_for(place: str, sort: Sort, word: str) -> None:
    said = field(word) if place == "type" else field("", **{place: word})
    assert said.sort is sort


@pytest.mark.parametrize(
    ("kind", "extra", "sort"),
    [
        ("whatever", {"settings": {"options": []}}, Sort.TEXT),
        ("dropdown", {"settings": {"options": ["EMEA", "APAC"]}}, Sort.CHOICE),
        ("dropdown", {"settings": ["EMEA"]}, Sort.CHOICE),
        ("number", {"settings": {"values": [{"value": 1, "label": "One"}, {"x": 2}, None]}}, Sort.CHOICE),
        ("multiselect", {"settings": {"choices": [{"name": "a"}]}}, Sort.CHOICES),
        ("checkboxes", {"settings": ["a"]}, Sort.CHOICES),
        ("text", {"settings": 7, "visualizationKind": ["x"], "operationalType": None}, Sort.TEXT),
    ],
    ids=str,
)
def test_where_there_is_a_list_one_chooses(kind: str, extra: dict[str, Any], sort: Sort) -> None:
    assert field(kind, **extra).sort is sort


def test_options_are_told_apart_from_their_words() -> None:
    listed = ["EMEA", {"value": 2, "label": "Two"}, {"name": "three"}, {"colour": "red"}, True, " ", 0.5]
    assert field(settings={"options": listed}).options == {
        "EMEA": ("EMEA", "EMEA"),
        "2": (2, "Two"),
        "three": ("three", "three"),
        "True": (True, "True"),
        "0.5": (0.5, "0.5"),
    }


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ({"value": 1, "id": 2, "name": "n", "label": "l", "title": "t"}, 1, "l"),
        ({"id": 2, "name": "n", "title": "t"}, 2, "t"),
        ({"name": "n"}, "n", "n"),
        ({"id": 1.5}, 1.5, "1.5"),
        ({"value": ["no"], "id": "yes"}, "yes", "yes"),
    ],
)
def test_an_option_may_say_much_of_itself(option: dict[str, Any], value: object, words: str) -> None:
    assert list(field(settings=[option]).options.values()) == [(value, words)]


def test_without_a_list_there_are_none() -> None:
    for settings in (None, 7, {}, {"options": "EMEA"}):
        assert field(settings=settings).options == {}
    assert field().options == {}
    assert field(settings={"options": None, "values": ["a"]}).options == {"a": ("a", "a")}


def test_it_is_for_what_it_names_and_for_all_where_it_names_nothing() -> None:
    assert field(targetTypes=["goal", "metric"]).is_for("goal")
    assert not field(targetTypes=["metric"]).is_for("goal")
    for everything in ({}, {"targetTypes": []}, {"targetTypes": "metric"}, {"targetTypes": None}):
        assert field(**everything).is_for("goal")

"""What a dotted name stands for, by itself: where it leads in our records, and of what kind it is."""

from __future__ import annotations

import pytest

from milepost.dialects.gtmhub.fields import (
    Free,
    Group,
    Leaf,
    Many,
    Node,
    Table,
    beneath,
    dated,
    flag,
    instant,
    kept,
    number,
    prefixed,
    resolve,
    sometimes,
    text,
)
from milepost.domain.errors import Fault, Invalid
from milepost.domain.query import Field, FieldType

TITLE = Leaf(Field(("title",), FieldType.TEXT))
TAGS = Many(Field(("record", "tags")), {"title": TITLE}, beside=Field(("extra",)))
PLAIN = Many(Field(("plain",)), {"title": TITLE})
FORMAT = Group(
    Field(("record", "format")), {"prefix": TITLE}, optional=True, beside=Field(("record", "format", "extra"))
)
BARE = Group(Field(("record", "bare")), {"prefix": TITLE})
FREE = Free(Field(("custom",)), shown=True)
TABLE = Table({"id": TITLE, "tags": TAGS, "format": FORMAT}, ("record", "extra"), frozenset({"url"}))


def test_the_kinds_of_values() -> None:
    path = ("a", "b")
    assert text(*path) == Leaf(Field(path, FieldType.TEXT), shown=True, spelling=())
    assert number(*path) == Leaf(Field(path, FieldType.NUMBER))
    assert instant(*path) == Leaf(Field(path, FieldType.INSTANT))
    assert flag(*path) == Leaf(Field(path, FieldType.FLAG))
    assert sometimes(number(*path)) == Leaf(Field(path, FieldType.NUMBER), shown=False)
    assert dated(*path) == Leaf(Field(path, FieldType.INSTANT, optional=True), shown=False)
    assert kept(*path) == Leaf(Field(path, FieldType.FREE, "", True))
    assert kept(*path, default=None) == Leaf(Field(path, FieldType.FREE, None, True))


def test_the_same_beneath_something_else() -> None:
    within = ("x", "y")
    assert prefixed(TITLE, within) == Leaf(Field(("x", "y", "title"), FieldType.TEXT))
    assert prefixed(FREE, within) == Free(Field(("x", "y", "custom")), shown=True)
    assert prefixed(PLAIN, within) == Many(Field(("x", "y", "plain")), {"title": TITLE})
    assert prefixed(FORMAT, within) == Group(
        Field(("x", "y", "record", "format")),
        {"prefix": Leaf(Field(("x", "y", "title"), FieldType.TEXT))},
        optional=True,
        beside=Field(("x", "y", "record", "format", "extra")),
    )
    assert prefixed(BARE, within) == Group(
        Field(("x", "y", "record", "bare")), {"prefix": Leaf(Field(("x", "y", "title"), FieldType.TEXT))}
    )


@pytest.mark.parametrize(
    ("node", "part", "found"),
    [
        (FORMAT, "prefix", TITLE),
        (FORMAT, "other", Free(Field(("record", "format", "extra", "other")))),
        (BARE, "other", Free(Field(("record", "bare", "other")))),
        (TAGS, "title", Leaf(Field(("record", "tags", "title"), FieldType.TEXT), shown=False)),
        (TAGS, "other", Free(Field(("record", "tags", "extra", "other")))),
        (PLAIN, "other", Free(Field(("plain", "other")))),
        (
            TAGS, "1",
            Group(
                Field(("record", "tags", "1")),
                {"title": Leaf(Field(("record", "tags", "1", "title"), FieldType.TEXT), shown=False)},
                optional=True, beside=Field(("record", "tags", "1", "extra")),
            ),
        ),
        (
            PLAIN, "0",
            Group(
                Field(("plain", "0")), {"title": Leaf(Field(("plain", "0", "title"), FieldType.TEXT), shown=False)},
                optional=True,
            ),
        ),
        (TITLE, "deeper", Free(Field(("title", "deeper")))),
        (FREE, "deeper", Free(Field(("custom", "deeper")))),
    ],
)  # fmt: skip
def test_a_part_of_a_name(node: Node, part: str, found: Node) -> None:
    assert beneath(node, part) == found


def test_an_element_of_a_list_may_not_be_there_but_what_it_holds_is_of_the_same_kind() -> None:
    lists = Many(Field(("rules",)), {"ids": FREE, "inner": PLAIN, "format": BARE, "title": TITLE})
    assert beneath(lists, "2") == Group(
        Field(("rules", "2")),
        {
            "ids": Free(Field(("rules", "2", "custom")), shown=True),
            "inner": Many(Field(("rules", "2", "plain")), {"title": TITLE}),
            "format": prefixed(BARE, ("rules", "2")),
            "title": Leaf(Field(("rules", "2", "title"), FieldType.TEXT), shown=False),
        },
        optional=True,
    )
    assert beneath(lists, "ids") == Free(Field(("rules", "custom")), shown=True)
    assert beneath(lists, "title") == Leaf(Field(("rules", "title"), FieldType.TEXT), shown=False)


def test_whole_names() -> None:
    assert resolve("id", TABLE) == resolve("_id", TABLE) == TITLE
    assert resolve("tags.0.title", TABLE) == Leaf(Field(("record", "tags", "0", "title"), FieldType.TEXT), shown=False)
    assert resolve("other", TABLE) == Free(Field(("record", "extra", "other")))
    assert resolve("other.x.y", TABLE) == Free(Field(("record", "extra", "other", "x", "y")))
    for name in ("url", "url.x"):
        with pytest.raises(Invalid) as refused:
            resolve(name, TABLE)
        assert refused.value.faults == (Fault("filter", "url can be neither filtered nor sorted by"),)

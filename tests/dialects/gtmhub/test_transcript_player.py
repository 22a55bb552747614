"""The transcript player itself: it must notice what differs, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from transcripts import play, read
from wire import Reply, Wire


class Said(Wire):
    """A wire that answers with one thing, whatever it is asked, and remembers the question."""

    def __init__(self, body: str) -> None:
        super().__init__()
        self.body = body
        self.asked: list[tuple[str, str, dict[str, str], bytes]] = []

    def send(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Reply:
        self.asked.append((method, target, dict(headers), body))
        return Reply(200, {"content-type": "application/json"}, self.body.encode())


def _played(folder: Path, expected: str, said: str, head: str = "") -> Said:
    path = folder / "one.http"
    path.write_text(f"### one\n\nGET /x\n\nHTTP/1.1 200\n{head}\n{expected}\n", encoding="utf-8")
    wire = Said(said)
    play(path, wire, {"known": "k1"})
    return wire


@pytest.mark.parametrize(
    ("expected", "said"),
    [
        ('{"a": 1}', '{"a":1}'),
        ('{"a": …}', '{"a":null}'),
        ('{"a": 1, …}', '{"b":2,"a":1}'),
        ("{…}", '{"a":1}'),
        ("[1, …]", "[1,2,3]"),
        ("[…]", "[]"),
        ('"a…z"', '"a to z"'),
        ('{"a": "{{known}}"}', '{"a":"k1"}'),
        ('{"a": "(absent)", "b": 1}', '{"b":1}'),
        ('{"a": "{{new=…}}", "b": {"c": […], …}}', '{"a":"x","b":{"c":[1],"d":0}}'),
        ('{"a": "in … text, {[ and \\" quotes"}', '{"a":"in any text, {[ and \\" quotes"}'),
        ("…", "anything"),
        ("", ""),
    ],
)
def test_what_fits_passes(tmp_path: Path, expected: str, said: str) -> None:
    _played(tmp_path, expected, said)


@pytest.mark.parametrize(
    ("expected", "said", "fault"),
    [
        ('{"a": 1}', '{"a":1.0}', r"\$\.a is '1\.0', not '1'"),
        ('{"a": 1}', '{"a":"1"}', r"\$\.a is"),
        ('{"a": "1"}', '{"a":1}', r"\$\.a is"),
        ('{"a": 1}', '{"a":1,"b":2}', r"\$\.b is not expected"),
        ('{"a": …, …}', '{"b":2}', r"\$\.a is missing"),
        ('{"a": "(absent)", …}', '{"a":2}', r"\$\.a is there"),
        ("[1]", "[1,2]", "has 2 elements, not 1"),
        ("[1, 2, …]", "[1]", "has 1 elements, not 2"),
        ('{"a": [{"b": true}]}', '{"a":[{"b":false}]}', r"\$\.a\[0\]\.b is False, not True"),
        ('{"a": null}', '{"a":false}', r"\$\.a is False, not None"),
        ('"a…z"', '"a to y"', "is 'a to y'"),
        ('"{{known}}"', '"k2"', "is 'k2', not 'k1'"),
        ("", "{}", "is empty"),
        ("{}", "", "is empty"),
    ],
)
def test_what_differs_is_named(tmp_path: Path, expected: str, said: str, fault: str) -> None:
    with pytest.raises(AssertionError, match=fault):
        _played(tmp_path, expected, said)


@pytest.mark.parametrize("head", ["content-type: text/plain\n", "content-type: (absent)\n", "location: …x\n"])
def test_a_header_that_differs_is_named(tmp_path: Path, head: str) -> None:
    with pytest.raises(AssertionError, match="header "):
        _played(tmp_path, "…", "{}", head)


def test_what_an_answer_fills_in_is_sent_with_the_next_request(tmp_path: Path) -> None:
    path = tmp_path / "two.http"
    path.write_text(
        '### one\n\nGET /x?q={"ä": +1}\n\nHTTP/1.1 200\n\n{"id": "{{new=…}}"}\n\n'
        '### two\n\nPUT /y/{{new}}\nX-Mine: {{known}}\n\n{"z": "{{new}}"}\n\nHTTP/1.1 200\n\n…\n',
        encoding="utf-8",
    )
    wire = Said('{"id":"n1"}')
    play(path, wire, {"known": "k1"})
    assert wire.asked == [
        ("GET", "/x?q=%7B%22%C3%A4%22:%20+1%7D", {}, b""),
        ("PUT", "/y/n1", {"X-Mine": "k1"}, b'{"z": "n1"}'),
    ]


def test_an_exchange_without_a_status_line_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "broken.http"
    path.write_text("### broken\n\nGET /x\n", encoding="utf-8")
    with pytest.raises(ValueError, match="'broken'"):
        read(path)

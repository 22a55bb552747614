"""Takes one person out of records and out of their payloads in the trail: the same out of both, so that they agree.

A record and its payload have the same form, field for field; both are treated as plain values here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from milepost.actions.erasure.words import ERASED, Words

# The fields of each kind of record that people write; "[]": each element of a list. All other fields are ids, dates,
# numbers and the program's own words.
_OWN = ("custom_fields", "extra")
_TAGS = ("tags.[].title", "tags.[].extra")
_WRITTEN: dict[str, tuple[str, ...]] = {
    "account": ("extra",),
    "user": ("extra",),
    "team": ("name", "description", "avatar", "color", "extra"),
    "token": ("name",),
    "key": ("name",),
    "cycle": ("name", "extra"),
    "objective": ("name", "description", "closing.comment", *_TAGS, *_OWN),
    "key_result": (
        "name", "description", "confidence.reason", "format.prefix", "format.suffix", "format.extra", *_TAGS, *_OWN,
    ),
    "check_in": ("comment", *_OWN),
    "task": ("name", "description", *_OWN),
    "custom_field": ("label", "description", "extra"),
    "saved_list": (
        "name", "description", "columns.[].extra", "selection.extra", "selection.rules.[].value",
        "selection.rules.[].extra", "selection.rules.[].dynamic.[].values", "selection.rules.[].dynamic.[].extra",
        "extra",
    ),
}  # fmt: skip
_PATHS = {kind: [tuple(path.split(".")) for path in paths] for kind, paths in _WRITTEN.items()}
# Words that are emptied where the person signed them: the path of the signature, and that of the words.
_SIGNED = {
    "check_in": (("author_id",), ("comment",)),
    "objective": (("closing", "by"), ("closing", "comment")),
    "key_result": (("confidence", "by"), ("confidence", "reason")),
}
# The personal fields of an erased user.
_NOBODY: dict[str, Any] = {
    "email": "", "first_name": "", "last_name": "", "name": ERASED, "language": "", "picture": "", "is_active": False,
    "extra": {},
}  # fmt: skip

KINDS = frozenset(_WRITTEN)


class Person:
    """A person to be erased: the user's id, and the words by which the person is known."""

    def __init__(self, user_id: str, words: Words) -> None:
        self.user_id = user_id
        self.words = words

    def may_be_in(self, text: str) -> bool:
        """Whether the person may occur in a document with this text."""
        return self.user_id in text or self.words.within_document(text)

    def out_of(self, kind: str, record: dict[str, Any]) -> dict[str, Any]:
        """A record without the person: the person's own words are empty, and the words of others do not name them."""
        for path in _PATHS[kind]:
            record = _changed(record, path, self.words.out_of)
        if kind == "user" and record.get("id") == self.user_id:
            record = {**record, **_NOBODY, "client_id": self.user_id}
        elif kind == "key" and self.words.within(str(record.get("credential"))):
            record = {**record, "credential": f"{ERASED} {record.get('id')}"}  # no two are alike
        elif kind in _SIGNED:
            by, said = _SIGNED[kind]
            if _found(record, by) == self.user_id:
                record = _changed(record, said, lambda _words: "")
        return record

    def out_of_payload(self, kind: str, payload: Any) -> Any:
        """Likewise a payload: the state of a record before or after a change."""
        if kind not in KINDS or not isinstance(payload, dict):
            return self.words.out_of(payload)
        if not isinstance(payload.get(kind), dict):
            return self.out_of(kind, payload)
        after = {**payload, kind: self.out_of(kind, payload[kind])}
        if "check_ins" in payload:
            after["check_ins"] = [self.out_of("check_in", entry) for entry in payload["check_ins"]]
        return after


def _found(value: Any, path: Sequence[str]) -> Any:
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _changed(value: Any, path: Sequence[str], change: Callable[[Any], Any]) -> Any:
    """A value, changed at a path. Fields that an earlier version did not have are passed over."""
    if not path:
        return change(value)
    first, *rest = path
    if first == "[]":
        if not isinstance(value, list | tuple):
            return value
        changed = [_changed(one, rest, change) for one in value]
        return tuple(changed) if isinstance(value, tuple) else changed  # a tuple again: equal where nothing changed
    if not isinstance(value, dict) or value.get(first) is None:
        return value
    return {**value, first: _changed(value[first], rest, change)}

"""The words by which a person is known, and how they are taken out of a text or a document."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from milepost.domain.people import User

# Replaces the words that are taken out.
ERASED = "[erased]"


def of_user(users: Iterable[User]) -> frozenset[str]:
    """The addresses and the whole names of a user, given as it is and as it was.

    A name of a single word is left out: it may be anybody's, or a word like any other.
    """
    found = set[str]()
    for user in users:
        whole = {user.name, f"{user.first_name} {user.last_name}", f"{user.last_name} {user.first_name}"}
        found |= {name for name in (one.strip() for one in whole) if len(name.split()) > 1}
        found |= {address for address in (user.email.strip(), _address(user.name), _address(user.client_id)) if address}
    return frozenset(found)


def _address(text: str) -> str:
    """The text, if it is an address; "" otherwise."""
    return text.strip() if re.fullmatch(r"[^\s@]+@[^\s@]+", text.strip()) else ""


class Words:
    """Words to find in any case, and only as whole words; an address not as a part of a longer one."""

    def __init__(self, words: Iterable[str]) -> None:
        self.all = frozenset(filter(None, (word.strip() for word in words)))
        spelled = {form for word in self.all for form in _spelled(word)}
        longest = sorted(spelled, key=lambda one: (-len(one), one))
        self._pattern = re.compile("|".join(map(_between, longest)) or r"(?!)", re.IGNORECASE)

    def within(self, text: str) -> bool:
        """Whether one of the words is in a text."""
        return self._pattern.search(text) is not None

    def within_document(self, text: str) -> bool:
        """Whether one of the words may be in the text of a JSON document, where letters may be escaped."""
        return "\\" in text or self.within(text)

    def out_of(self, value: Any) -> Any:
        """A value without the words: a text, or a structure of texts, the names of fields included."""
        if isinstance(value, str):
            return self._pattern.sub(ERASED, value)
        if isinstance(value, dict):
            return {self.out_of(key): self.out_of(one) for key, one in value.items()}
        if isinstance(value, list | tuple):
            return type(value)([self.out_of(one) for one in value])
        return value


def _spelled(word: str) -> set[str]:
    forms = {unicodedata.normalize(form, word) for form in ("NFC", "NFD")} | {word}
    return forms | {quote(form) for form in forms}


def _between(word: str) -> str:
    written = r"\s+".join(map(re.escape, word.split()))
    if "@" in word or "%40" in word:
        return rf"(?<![\w.+-]){written}(?![\w-]|\.\w)"
    return rf"(?<!\w){written}(?!\w)"

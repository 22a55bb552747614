"""Ids: 128 bits at most, time-ordered when made here, with one canonical text each.

A record created here or in Gtmhub has a 96-bit id, written as 24 hex digits. A record that came with a UUID
of its own keeps it, written in 36 characters. Both are one text column; `as_uuid` and `from_uuid` map the short
form into the free bits of a UUIDv8 and back, for front ends that speak UUIDs only.
"""

from __future__ import annotations

import re
import secrets
import threading

from milepost.domain.errors import Invalid
from milepost.domain.instants import Instant

_SHORT = re.compile(r"[0-9a-f]{24}\Z")
_LONG = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\Z")

# A 96-bit id leaves 26 bits of a UUIDv8 free. They hold this mark, by which the mapping can be undone. Its hex digits
# begin with the two bits 10 of the UUID's variant.
_MARK = f"{0b10 << 26 | 0x1D5E9A7:07x}"

_lock = threading.Lock()
_last = {"tick": 0}


def new(now: Instant) -> str:
    """A fresh 24-digit id: 32 bits of seconds, 20 bits of microseconds, 44 random bits.

    Ids made by one process ascend in the order of their making, also when the clock stands still or steps back.
    """
    with _lock:
        tick = _last["tick"] = max(now, _last["tick"] + 1)
    seconds, micros = divmod(tick, 1_000_000)
    return f"{seconds & 0xFFFFFFFF:08x}{micros:05x}{secrets.randbits(44):011x}"


def is_id(text: str) -> bool:
    """Whether a text is spelled like an id: 24 lower-case hex digits, or a lower-case UUID."""
    return bool(_SHORT.match(text) or _LONG.match(text))


def parse(text: str, field: str = "id") -> str:
    """The canonical text of an id in either spelling; `Invalid` naming `field` when it is neither."""
    if _SHORT.match(text):
        return text
    if _LONG.match(text):
        return from_uuid(text)
    raise Invalid(field, "must be an id: 24 lower-case hex digits")


def as_uuid(record_id: str) -> str:
    """The UUID spelling of an id; an id that is a UUID already stays as it is."""
    if len(record_id) == 36:
        return record_id
    # 48 bits, version 8, 12 bits, then variant and mark, then the last 36 bits of the id: all at whole hex digits.
    return f"{record_id[:8]}-{record_id[8:12]}-8{record_id[12:15]}-{_MARK[:4]}-{_MARK[4:]}{record_id[15:]}"


def from_uuid(text: str) -> str:
    """The canonical id behind a lower-case UUID: 24 digits where `as_uuid` made it, else the UUID itself."""
    if text[14] == "8" and text[19:23] == _MARK[:4] and text[24:27] == _MARK[4:]:
        return f"{text[:8]}{text[9:13]}{text[15:18]}{text[27:]}"
    return text


def from_digits(digits: str) -> str:
    """The canonical form of an id written without hyphens: 24 hex digits, or the 32 of a UUID."""
    if len(digits) == 24:
        return digits
    return from_uuid(f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}")

"""The address of a service: what the operator typed, with or without a last slash, made into one base."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from urllib.parse import SplitResult, urlsplit

import msgspec

from milepost.domain.errors import Invalid
from milepost.domain.values import storable


class Address(msgspec.Struct, frozen=True):
    """The address that calls go to. `base` ends without a slash; `is_loopback`: it is this machine."""

    base: str
    is_secure: bool
    is_loopback: bool

    @property
    def is_exposed(self) -> bool:
        """Whether others on the way can read what is sent."""
        return not self.is_secure and not self.is_loopback


def parse(text: str, path: Callable[[str], str], secrets: str) -> Address:
    """The address in a text; `path` turns the typed path into the prefix of all calls. `Invalid` says what is wrong. A
    password is refused and not repeated: `secrets` says where secrets belong.
    """
    parts = _split(text.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Invalid("url", "must be an address that begins with https:// or http://")
    if parts.username is not None or parts.password is not None:
        raise Invalid("url", f"must hold no user name or password: {secrets}")
    if parts.query or parts.fragment:
        raise Invalid("url", "must end before the first ? or #: only where the service is, such as https://okr.example")
    base = f"{parts.scheme}://{parts.netloc}{path(parts.path.rstrip('/'))}"
    return Address(base, parts.scheme == "https", _is_loopback(parts.hostname))


def _split(text: str) -> SplitResult:
    wrong = Invalid("url", "is not an address: write it like https://okr.example")
    if not storable(text) or not text.isprintable() or " " in text:
        raise wrong
    try:
        parts = urlsplit(text)
        _ = parts.port  # parsed only now; may be wrong
    except ValueError:
        raise wrong from None
    return parts


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")

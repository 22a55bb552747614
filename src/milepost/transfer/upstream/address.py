"""The address of a service: what the operator typed, with or without a last slash, made into one base."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from urllib.parse import SplitResult, urlsplit

import msgspec

from milepost.domain.errors import Invalid
from milepost.domain.values import storable


class Address(msgspec.Struct, frozen=True):
    """Where the calls go. `base` ends without a slash; `is_loopback`: it is this machine."""

    base: str
    is_secure: bool
    is_loopback: bool

    @property
    def is_exposed(self) -> bool:
        """Whether others on the way can read what is sent."""
        return not self.is_secure and not self.is_loopback


def parse(text: str, path: Callable[[str], str], secrets: str) -> Address:
    """The address that a text names; `path` makes what calls begin with of the path that was typed. `Invalid` says what
    is wrong. A password in it is refused, and not repeated: `secrets` says where such go instead.
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
        _ = parts.port  # which is read, and found wrong, only now
    except ValueError:
        raise wrong from None
    return parts


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")

"""Whom an address on the network stands for, where callers are counted who have not said who they are."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv6Address, IPv6Network, ip_address

from starlette.types import Scope

# One household or machine has so many bits of IPv6 addresses to itself, and may call from any of them.
_NETWORK = 64
_LONGEST = 45  # that an address can be


@lru_cache(maxsize=4096)
def origin(host: str) -> str:
    """The one caller behind an address: of IPv6 the network, else the address; "" for what is none."""
    if len(host) > _LONGEST:
        return ""
    try:
        address = ip_address(host)
    except ValueError:
        return ""
    if not isinstance(address, IPv6Address):
        return host
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(IPv6Network((int(address), _NETWORK), strict=False))


def origin_of(scope: Scope) -> str:
    """The caller of a request."""
    client = scope.get("client")
    return origin(client[0]) if client else ""

"""The origin of a request: the address, or network of addresses, by which unauthenticated callers are counted."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv6Address, IPv6Network, ip_address

from starlette.types import Scope

# One household or machine has an IPv6 network of this prefix length, and may call from any address in it.
_PREFIX_LENGTH = 64
_LONGEST_ADDRESS = 45


@lru_cache(maxsize=4096)
def origin(host: str) -> str:
    """The origin of an address: the network of an IPv6 address, else the address; "" for any other text."""
    if len(host) > _LONGEST_ADDRESS:
        return ""
    try:
        address = ip_address(host)
    except ValueError:
        return ""
    if not isinstance(address, IPv6Address):
        return host
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(IPv6Network((int(address), _PREFIX_LENGTH), strict=False))


def origin_of(scope: Scope) -> str:
    """The origin of a request; "" where it is not known."""
    client = scope.get("client")
    return origin(client[0]) if client else ""

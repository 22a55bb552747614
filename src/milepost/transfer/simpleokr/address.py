"""The address of a service with SimpleOKR's API, as the operator types it: with or without /v1 at its end."""

from __future__ import annotations

from milepost.transfer.upstream import address
from milepost.transfer.upstream.address import Address

_VERSION = "/v1"


def parse(text: str) -> Address:
    """The address in a text, its base ending in /v1; `Invalid` says what is wrong."""
    return address.parse(
        text, lambda path: path.removesuffix(_VERSION) + _VERSION, "the key goes into --credential and --secret"
    )

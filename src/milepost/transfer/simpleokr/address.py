"""Where a service that speaks SimpleOKR's API is: what the operator typed, with /v1 at its end or without."""

from __future__ import annotations

from milepost.transfer.upstream import address
from milepost.transfer.upstream.address import Address

_VERSION = "/v1"


def parse(text: str) -> Address:
    """The address that a text names, its base ending in /v1; `Invalid` says what is wrong."""
    return address.parse(
        text, lambda path: path.removesuffix(_VERSION) + _VERSION, "the key goes into --credential and --secret"
    )

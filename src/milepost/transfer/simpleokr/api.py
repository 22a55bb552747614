"""SimpleOKR's API: every request is signed anew, since a signature holds for a few minutes only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager

from milepost.dialects.simpleokr.wire import shared
from milepost.domain import key
from milepost.domain.instants import Instant
from milepost.transfer.upstream import asking
from milepost.transfer.upstream.address import Address
from milepost.transfer.upstream.asking import Service
from milepost.transfer.upstream.patience import Patience

_SCHEME = "S1-HMAC-SHA256"

_REASONS = {
    401: "refuses the key: see to --credential and --secret, to the clock of this machine, and to --url",
    402: "says that the account is suspended",
    403: "does not let the user of this key read this",
    404: "has nothing there: is --url the address of a service that speaks SimpleOKR's API?",
}


def connected(
    address: Address, credential: str, secret: str, clock: Callable[[], Instant], patience: Patience | None = None
) -> AbstractContextManager[Service]:
    """The API at an address, reached with one key, for as long as the context lasts."""

    def signed() -> Mapping[str, str]:
        timestamp = shared.moment(clock())
        signature = key.signature(secret, f"{credential}{timestamp}".encode())
        return {"authorization": f"{_SCHEME} Credential={credential}&Timestamp={timestamp}&Signature={signature}"}

    return asking.connected(address, signed, _REASONS, clock, patience)

"""The services that every front end works with."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from milepost.asgi.lanes import Lanes
from milepost.asgi.rates import Rates
from milepost.asgi.unserved import Unserved
from milepost.domain.instants import Instant
from milepost.outages import Outages
from milepost.sign_ins import SignIns
from milepost.store.engine import Database
from milepost.store.vault import Vault


class Services(msgspec.Struct, frozen=True):
    """The database, the lanes that work runs in, the clock, the server's public address ("" for the request's own
    host), the vault that opens the secrets of signing keys, the sign-ins, the rate limits (`None` for none), the
    outages of the database, and the calls that no front end serves.
    """

    database: Database
    lanes: Lanes
    clock: Callable[[], Instant]
    public_url: str
    vault: Vault
    sign_ins: SignIns
    rates: Rates | None = None
    outages: Outages = msgspec.field(default_factory=Outages)
    unserved: Unserved = msgspec.field(default_factory=Unserved)

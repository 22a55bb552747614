"""A Gtmhub account that still answers: Milepost itself over a real socket, with a token of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import msgspec

from milepost.actions import people, tokens
from milepost.actions.context import operator
from milepost.actions.people import UserChange
from milepost.domain.people import Role
from milepost.store.engine import Database
from milepost.store.migrate import open_database
from milepost.transfer.gtmhub.live import api, kept
from milepost.transfer.gtmhub.live.kept import Source
from milepost.transfer.gtmhub.live.spool import Origin
from milepost.transfer.upstream.patience import Patience
from saved_company import now
from upstream import listening

BOSS = "boss@milepost.test"


class There(msgspec.Struct):
    """A served account, and a token of an admin of it."""

    database: Database
    account: str
    token: str
    address: str


@contextmanager
def there(folder: Path, fill: Callable[[Database], str]) -> Iterator[There]:
    """A served account, which `fill` puts into the database of another server; it gives its id."""
    with closing(open_database(folder / "there.db")) as database:
        account = fill(database)
        boss = operator(database, account, now)
        people.add(boss, UserChange(email=BOSS, first_name="Boss", role=Role.ADMIN))
        with listening(database) as address:
            yield There(database, account, tokens.add(boss, BOSS)[1], address)


def fetched(folder: Path, address: str, account: str, token: str = "t", **options: Any) -> Source:
    """Fetch an account into a folder, without waiting between tries."""
    place = api.parse(address)
    patience = options.pop("patience", None) or Patience(sleep=lambda _seconds: None)
    origin = Origin(place.base, account)
    with api.connected(place, token, account, now, patience) as service:
        return kept.fetch(service, origin, folder, now, options.pop("progress", lambda _list, _done, _total: None))

"""The part of `milepost import gtmhub` that fetches a live account."""

from __future__ import annotations

import re
from pathlib import Path

import click
import msgspec

from milepost.cli import printing
from milepost.cli.progress import bars
from milepost.cli.shell import Shell
from milepost.cli.standard_input import DASH, line
from milepost.domain import ids, instants
from milepost.domain.errors import Invalid
from milepost.transfer.gtmhub.live import api, kept
from milepost.transfer.gtmhub.live.kept import Source
from milepost.transfer.gtmhub.live.spool import Origin
from milepost.transfer.upstream.address import Address
from milepost.transfer.upstream.asking import CannotPull
from milepost.transfer.upstream.patience import Patience

# The characters that a header can carry.
_TOKEN = re.compile(r"[\x21-\x7e]{1,8192}\Z")


class Asked(msgspec.Struct, frozen=True):
    """The account to fetch, and the access to it."""

    address: Address
    origin: Origin
    token: str


def asked(url: str | None, token: str | None, source: str | None) -> Asked | None:
    """The values of the three options; `None` where none is given, `Invalid` where one is malformed. The token is never
    repeated.
    """
    if url is None and token is None and source is None:
        return None
    if url is None or token is None or source is None:
        raise click.UsageError("--url, --token and --source-account belong together")
    place, account_id = api.parse(url), ids.parse(source, "source")
    if token == DASH:
        token = line("token")
    if not _TOKEN.match(token):
        raise Invalid("token", "is printable ASCII characters without spaces: one at least")
    return Asked(place, Origin(place.base, account_id), token)


def fetched(shell: Shell, asked: Asked, folder: Path) -> Source:
    """Fetch the account into the folder, and report what is missing."""
    if (waiting := kept.waiting(folder, asked.origin)) is not None:
        moment = f"{instants.as_datetime(waiting.fetched_at):%Y-%m-%d %H:%M} UTC"
        printing.words(
            f"{folder} holds what was fetched until {moment} and is not imported yet: it is taken from there. "
            "Take the folder away to ask anew."
        )
        return waiting
    if asked.address.is_exposed:
        printing.words(
            "Warning: this address begins with http://, so that whoever sees a request on its way can read what it "
            "brings, and has the token. Use https:// if the service has it."
        )
    patience = Patience(tell=lambda words: printing.words(printing.harmless(words)))
    with api.connected(asked.address, asked.token, asked.origin.account, shell.clock, patience) as service:
        try:
            with bars() as progress:
                return kept.fetch(
                    service,
                    asked.origin,
                    folder,
                    shell.clock,
                    lambda name, done, total: progress(f"fetching {name}", done, total),
                )
        except CannotPull as error:
            kept_words = "; what came is kept: run the command again, and it goes on"
            began = kept_words if kept.has_begun(folder) else ""
            raise CannotPull(f"{error}. Nothing was imported{began}") from error

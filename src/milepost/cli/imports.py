"""`milepost import`: bring in what another service holds. Each service has a command, in a module of its own."""

from __future__ import annotations

import click

from milepost.cli.lazy import Later, LazyGroup
from milepost.cli.shared_options import example, with_shared_options

_COMMANDS = (
    Later(
        "gtmhub", "milepost.cli.import_gtmhub", "gtmhub", "Import a Gtmhub account, from saved list answers or live."
    ),
    Later("simpleokr", "milepost.cli.import_simpleokr", "simpleokr", "Import a whole account over SimpleOKR's API."),
    Later("table", "milepost.cli.import_table", "table", "Import a spreadsheet (.xlsx) or a CSV file of key results."),
    Later("viva", "milepost.cli.import_viva", "viva", "Import the export of Microsoft Viva Goals (.xlsx or CSV)."),
)


@click.group(
    "import",
    cls=LazyGroup,
    later=_COMMANDS,
    epilog=example(
        "milepost import gtmhub saved-answers --dry-run",
        "milepost import simpleokr --url https://okr.example --credential mycredential --secret - < secret.txt",
        "milepost import table okrs.xlsx",
        "milepost import viva viva-goals.xlsx",
    ),
)
@with_shared_options
def import_() -> None:
    """Bring in what another service holds.

    Records keep the ids and dates that they have.
    """

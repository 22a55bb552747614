"""`milepost compare`: what this server answers, beside what another one does or did."""

from __future__ import annotations

import click

from milepost.cli.lazy import Later, LazyGroup
from milepost.cli.shared_options import example, with_shared_options

_COMMANDS = (
    Later(
        "gtmhub",
        "milepost.cli.compare_gtmhub",
        "gtmhub",
        "Ask what Gtmhub answered, and list every field that differs.",
    ),
)


@click.group(
    "compare",
    cls=LazyGroup,
    later=_COMMANDS,
    epilog=example(
        "milepost compare gtmhub saved-answers",
        "milepost compare gtmhub --url https://app.gtmhub.com/api --token - --source-account ID < token.txt",
    ),
)
@with_shared_options
def compare() -> None:
    """Compare what this server answers with what another one does."""

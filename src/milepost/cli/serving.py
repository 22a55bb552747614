"""`milepost serve` and `milepost demo`: the server, on a database that stays or on one that is thrown away."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import closing
from socket import socket
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import click

from milepost import app
from milepost.actions import keys
from milepost.cli import first_company, printing, welcome
from milepost.cli.failure import Failed
from milepost.cli.keys import tell_unreadable
from milepost.cli.options import with_shell
from milepost.cli.shared_options import example, named_database
from milepost.cli.shell import Shell
from milepost.cli.signals import ending_cleanly
from milepost.cli.welcome import Entrance

F = TypeVar("F", bound=Callable[..., Any])

# An upper limit that no machine needs.
_MOST_WORKERS = 64
_FIRST_START = (
    "The database was empty. This is the way in; the token is shown only now\n"
    f"(lost it? `milepost token add --user {first_company.ADMIN}` makes another):"
)


def address_options(decorated: F) -> F:
    """Add --host and --port."""
    host = click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
    port = click.option(
        "--port", type=click.IntRange(0, 65_535), default=8080, show_default=True, help="The port; 0 for any free one."
    )
    return host(port(decorated))


@click.command(
    epilog=example(
        "milepost serve --port 8080 --database sqlite:///milepost.db",
        "milepost serve --workers 4 --database postgresql://milepost@db.example.com/milepost",
    )
)
@address_options
@click.option(
    "--workers",
    type=click.IntRange(1, _MOST_WORKERS),
    default=1,
    show_default=True,
    help="How many processes serve; no more than the machine has cores.",
)
@with_shell(makes_database=True)
def serve(shell: Shell, host: str, port: int, workers: int) -> None:
    """Serve the database until stopped.

    An empty one gets a company, an admin and a token, which are printed once.

    More is set in the environment: MILEPOST_PUBLIC_URL, MILEPOST_CORS_ORIGINS, MILEPOST_SECRET_KEY,
    MILEPOST_TRUSTED_PROXIES (addresses and networks), MILEPOST_RATE_LIMIT (requests a second),
    MILEPOST_CONNECTIONS_PER_ADDRESS, MILEPOST_FAILED_SIGN_INS (a minute; these three may be off), MILEPOST_LOG
    (people, json or off), MILEPOST_LOG_REQUESTS (on or off) and MILEPOST_METRICS (a host and a port, where Prometheus
    finds figures); and, for signing in with a provider of OpenID Connect, MILEPOST_OIDC_ISSUER,
    MILEPOST_OIDC_CLIENT_ID, MILEPOST_OIDC_CLIENT_SECRET, MILEPOST_OIDC_NAME and MILEPOST_OIDC_ANY_EMAIL (on or off).
    The page docs/operating.md of the source tells of them, and `milepost doctor` looks at all that is set.
    """
    from milepost import logs  # imported here: all this takes longer to load than most commands to run
    from milepost.cli import answering, listening
    from milepost.cli.publishing import figures_of, forget, publishing
    from milepost.cli.workers import supervise

    if workers > 1 and sys.platform == "win32":
        raise Failed("--workers needs a Unix system; here one process serves")
    with (
        logs.written(shell.settings.log, requests=shell.settings.log_requests),
        ending_cleanly(),
        closing(listening.bound(host, port)) as opened,
        publishing(shell.settings) as kept,
    ):
        shell.database.require_writable()
        tell_unreadable(shell, keys.unreadable(shell.database, shell.vault))
        entrance = first_company.made_if_empty(shell)
        ready = _announcement(shell, opened, entrance, _FIRST_START, shell.database.place)
        if workers == 1:
            figures = figures_of(shell.settings)
            count = figures.connections if figures is not None else None
            with app.running(shell.settings, shell.database, figures=figures) as application:
                answering.serve(application, opened, ready, shell.settings, count)
            return
        if not shell.database.is_embedded:
            shell.database.close()  # a connection that nobody uses; a file's last one tidies up behind the workers
        supervise(shell.settings, opened, workers, ready, lambda process: forget(kept, process))


@click.command(epilog=example("milepost demo --port 8080"))
@address_options
@with_shell(uses_database=False)
def demo(shell: Shell, host: str, port: int) -> None:
    """Serve a made-up company to look around in.

    It has months of history, in a database of its own that is thrown away at the end.
    """
    from milepost import logs  # imported here, as above
    from milepost.cli import answering, listening
    from milepost.cli.demo_company import build

    if (named := named_database()) is not None:
        printing.words(f"the demo has a database of its own; {named} is left alone")
    with (
        logs.written(shell.settings.log, requests=shell.settings.log_requests),
        ending_cleanly(),
        closing(listening.bound(host, port)) as opened,
        TemporaryDirectory(prefix="milepost-demo-") as folder,
        closing(app.database(f"sqlite:///{folder}/demo.db")) as database,
    ):
        entrance = build(database, shell.clock())
        heading = "A company to look around in. All of it is thrown away when this ends:"
        with app.running(shell.settings, database) as application:
            answering.serve(application, opened, _announcement(shell, opened, entrance, heading), shell.settings)


def _announcement(
    shell: Shell, opened: socket, entrance: Entrance | None, heading: str, place: str | None = None
) -> Callable[[], None]:
    """Prints the address, with the way in where there is a new one. `place`: the database's, where that stays."""
    from milepost.cli import listening  # imported here, as above

    address = listening.address_of(opened)
    if shell.json:
        return lambda: welcome.tell(address, entrance, place)
    return lambda: welcome.say(address, entrance, heading, place)

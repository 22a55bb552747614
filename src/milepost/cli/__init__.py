"""The command line: what the operator of a server does, one command for each thing."""

from __future__ import annotations

import click

from milepost import __version__
from milepost.cli.lazy import Later, LazyGroup
from milepost.cli.shared_options import example, with_shared_options

_COMMANDS = (
    Later("serve", "milepost.cli.serving", "serve", "Serve the database until stopped."),
    Later("demo", "milepost.cli.serving", "demo", "Serve a made-up company to look around in."),
    Later("account", "milepost.cli.accounts", "account", "The companies that this server holds, each on its own."),
    Later("user", "milepost.cli.users", "user", "The people of an account."),
    Later("token", "milepost.cli.tokens", "token", "The tokens that programs sign in with, each for one user."),
    Later("key", "milepost.cli.keys", "key", "The keys that programs sign their requests with, each for one user."),
    Later("import", "milepost.cli.imports", "import_", "Bring in what another service holds."),
    Later(
        "compare", "milepost.cli.comparing", "compare", "Compare what this server answers with what another one does."
    ),
    Later(
        "export", "milepost.cli.exporting", "export", "Write an account into a folder that can be imported, or a table."
    ),
    Later(
        "audit",
        "milepost.cli.auditing",
        "audit",
        "The trail of all changes: who, when, through what, before and after.",
    ),
    Later("verify", "milepost.cli.verifying", "verify", "Check the audit trail, and all that is stored against it."),
    Later("doctor", "milepost.cli.doctor", "doctor", "Look at a set-up, and say what is wrong with it."),
    Later(
        "backup", "milepost.cli.backing_up", "backup", "Copy the database into a new file, while it is served or not."
    ),
    Later("restore", "milepost.cli.restoring", "restore", "Restore a backup into an empty database, of either engine."),
    Later("copy", "milepost.cli.copying", "copy", "Copy a whole database into an empty one, of either engine."),
)


@click.group(
    cls=LazyGroup, later=_COMMANDS, epilog=example("milepost demo", "milepost serve --database sqlite:///milepost.db")
)
@click.version_option(__version__, prog_name="milepost")
@with_shared_options
def main() -> None:
    """Milepost: a server for objectives and key results that speaks the Gtmhub and SimpleOKR APIs."""

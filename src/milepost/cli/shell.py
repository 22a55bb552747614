"""The tools of a command: its database, its account, and its output."""

from __future__ import annotations

from typing import Any

from milepost import app
from milepost.actions import accounts
from milepost.actions.context import Context, operator
from milepost.cli import printing
from milepost.config import Settings
from milepost.domain.account import Account
from milepost.domain.instants import Instant
from milepost.store.engine import Database
from milepost.store.vault import Vault


class Shell:
    """One run of a command. `settings.database` is the address to use; `json`: the answer is for a program.

    `makes_database`: the command may start a database where there is none, instead of saying so.
    """

    def __init__(self, settings: Settings, *, json: bool, makes_database: bool) -> None:
        self.settings = settings
        self.json = json
        self._makes_database = makes_database
        self._database: Database | None = None
        self._vault: Vault | None = None

    @property
    def database(self) -> Database:
        """The database, opened when first asked for; `CannotOpen` where it cannot be, or is not there yet."""
        if self._database is None:
            url = self.settings.database
            self._database = app.database(url, make=self._makes_database, tell=printing.words)
        return self._database

    @property
    def place(self) -> str:
        """The address of the database for messages, without a password."""
        return "the database" if self._database is None else self._database.place

    @property
    def vault(self) -> Vault:
        """The vault that seals and opens secrets of the database; `CannotUnseal` where the setting is no server key."""
        if self._vault is None:
            self._vault = app.vault(self.settings, self.database)
        return self._vault

    def clock(self) -> Instant:
        """Now."""
        return app.clock()

    def account(self, account_id: str | None) -> Account:
        """The account of an id, or the only one where none is given; `NotFound`; `Invalid` where there are several."""
        if account_id is None:
            return accounts.only(self.database)
        return accounts.find(self.database, account_id)

    def context(self, account_id: str | None) -> Context:
        """The operator at work in an account, which is found as `account` does."""
        return operator(self.database, self.account(account_id).id, self.clock)

    def result(self, text: str, document: Any) -> None:
        """The command's result on standard output: a line of text, or with --json the document."""
        if self.json:
            printing.document(document)
        else:
            printing.result(text)

    def done(self, words: str, document: Any) -> None:
        """The message of a command without a result: words on standard error, or with --json the document."""
        if self.json:
            printing.document(document)
        else:
            printing.words(words)

    def close(self) -> None:
        """Close the database if it was opened."""
        if self._database is not None:
            self._database.close()
            self._database = None

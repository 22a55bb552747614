"""The accounts that a transaction has locked: each account has one writer at a time, over all processes.

They are advisory locks of the server, which end with the transaction. Whoever locks an account also shares the lock of
everything, so that a transaction about all accounts only needs that lock, exclusively.
"""

from __future__ import annotations

from hashlib import blake2b

import msgspec


def lock_number(name: str) -> int:
    """The number of the lock for something with a name, the same in every process and version."""
    return int.from_bytes(blake2b(f"milepost {name}".encode(), digest_size=8).digest(), signed=True)


_EVERYTHING = lock_number("everything")


class Locks(msgspec.Struct, frozen=True):
    """The locks that a transaction holds."""

    accounts: frozenset[str] = frozenset()
    everything: bool = False

    def cover(self, account_id: str | None) -> bool:
        """Whether an account, or with `None` everything, is locked already."""
        return self.everything or account_id in self.accounts

    def with_one(self, account_id: str | None) -> tuple[Locks, str]:
        """The locks after an account, or everything, is locked too, and the SQL that does it."""
        if account_id is None:
            return Locks(self.accounts, True), f"SELECT pg_advisory_xact_lock({_EVERYTHING})"
        command = f"SELECT pg_advisory_xact_lock({lock_number(f'account {account_id}')})"
        if not self.accounts:
            command = f"SELECT pg_advisory_xact_lock_shared({_EVERYTHING}); {command}"
        return Locks(self.accounts | {account_id}), command


NONE = Locks()

"""A fault that verification has found: its place, the value there, and the value that should be there."""

from __future__ import annotations

from milepost.domain.errors import MilepostError


class Discrepancy(MilepostError):
    """A record with a fault. `stands` and `should`: the wrong and the right value as texts, "" for none."""

    def __init__(
        self, account_id: str, table: str, record_id: str, what: str, stands: str = "", should: str = ""
    ) -> None:
        told = f"account {account_id}: {table} {record_id}: {what}"
        if stands or should:
            told += f": {stands or 'nothing'} stands, {should or 'nothing'} should"
        super().__init__(told)
        self.account_id = account_id
        self.table = table
        self.record_id = record_id
        self.what = what
        self.stands = stands
        self.should = should

"""Replays the trail of an account, and notes the state that every record must have at the end."""

from __future__ import annotations

from typing import Any

import msgspec

from milepost.actions.verification import told
from milepost.actions.verification.discrepancy import Discrepancy
from milepost.actions.verification.told import KINDS, Kind
from milepost.domain.chain import Link
from milepost.store.notebook import Notebook

# Notes of two more kinds: key results that the program itself has put beneath another one, and key results with values
# from an import, whose sum stays as it was saved.
BENEATH = "beneath"
SAVED = "saved"
_REMOVING = ("removed", "withdrawn")
_decode = msgspec.json.Decoder().decode


class Replay:
    """The notes of one account's trail, record by record. Every note names the record that it is from."""

    def __init__(self, account_id: str, notebook: Notebook) -> None:
        self._account_id = account_id
        self._notes = notebook
        self._revoked: dict[str, str] = {}

    def follow(self, link: Link) -> None:
        """Note what a record of the trail says. `Discrepancy` where its payload cannot be read."""
        name, _, did = link.action.partition(".")
        kind = KINDS.get(name)
        if kind is None:
            return
        try:
            if did in _REMOVING:
                self._remove(kind, link, {} if link.before is None else _decode(link.before))
            elif link.after is not None:
                self._tell(kind, link, _decode(link.after))
        except (msgspec.DecodeError, AttributeError, TypeError, KeyError) as error:
            what = f"the payload cannot be read ({error})"
            raise Discrepancy(link.account_id, "audit_payloads", str(link.number), what) from error

    def _remove(self, kind: Kind, link: Link, before: Any) -> None:
        self._notes.drop(kind.name, link.record_id)
        for entry in before.get("check_ins", ()) if kind.name == "key_result" else ():
            self._notes.drop("check_in", entry["id"])

    def _tell(self, kind: Kind, link: Link, after: Any) -> None:
        whole = after.get(kind.name) if isinstance(after.get(kind.name), dict) else after
        self._note(kind, link, link.record_id, whole)
        if kind.name == "key_result":
            self._tell_place(link, whole, after)
            for entry in after.get("check_ins", ()):
                self._note(KINDS["check_in"], link, entry["id"], entry)
        elif kind.name == "key":
            self._give_way(link, whole)

    def _note(self, kind: Kind, link: Link, record_id: str, value: Any) -> None:
        try:
            said = told.said(told.of(kind, value))
        except msgspec.ValidationError:  # an older version told less: then the record only has to exist
            said = ""
        self._notes.put(kind.name, record_id, link.number, said)

    def _tell_place(self, link: Link, whole: dict[str, Any], after: dict[str, Any]) -> None:
        """Note the parent of a key result, if the program has put it there, which then computes the sum."""
        parent_id = whole.get("parent_id", "")
        if "check_ins" in after:
            self._notes.put(SAVED, link.record_id, link.number)
            self._notes.drop(BENEATH, link.record_id)
        elif link.before is None or _decode(link.before).get("parent_id", "") != parent_id:
            self._notes.put(BENEATH, link.record_id, link.number, parent_id)

    def _give_way(self, link: Link, whole: dict[str, Any]) -> None:
        """A revoked key gives way to another one with its credential."""
        credential = whole["credential"]
        if whole["revoked_at"] is not None:
            self._revoked[credential] = link.record_id
        elif (gone := self._revoked.pop(credential, link.record_id)) != link.record_id:
            self._notes.drop("key", gone)

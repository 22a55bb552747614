"""The messages of a starting server: its address, and the credentials of a new company."""

from __future__ import annotations

import shlex

import msgspec

from milepost.cli import printing


class Entrance(msgspec.Struct, frozen=True):
    """A way into an account that was made just now. Nothing keeps the token's text, so this is the one time to say it.

    `code` signs a browser in, once; `try_path`: a path below the server's address that shows something.
    """

    company: str
    account_id: str
    email: str
    token: str
    code: str
    try_path: str

    def link(self, address: str) -> str:
        """The address to open in a browser."""
        return sign_in_link(address, self.code)

    def curl(self, address: str) -> str:
        """A first call of the API, to paste into a shell."""
        headers = (f"Authorization: Bearer {self.token}", f"gtmhub-accountId: {self.account_id}")
        parts = ["curl", *(part for header in headers for part in ("-H", header)), f"{address}{self.try_path}"]
        return shlex.join(parts)


def sign_in_link(address: str, code: str) -> str:
    """The address that signs a browser in, once."""
    return f"{address}/sign-in?code={code}"


def say(address: str, entrance: Entrance | None, heading: str, place: str | None) -> None:
    """Print what a person needs to start; `place` is the database's, where that stays."""
    if entrance is not None:
        printing.result(heading)
        printing.result("")
        printing.result(f"  account  {entrance.account_id}  {printing.harmless(entrance.company)}")
        printing.result(f"  user     {entrance.email}")
        printing.result(f"  token    {entrance.token}")
        printing.result("")
        printing.result("Open it in a browser (this link works once, for fifteen minutes):")
        printing.result("")
        printing.result(f"  {entrance.link(address)}")
        printing.result("")
        printing.result("Or call it:")
        printing.result("")
        printing.result(f"  {entrance.curl(address)}")
        printing.result("")
        printing.result(f"The token opens the SimpleOKR API too, at {address}/v1.")
        printing.result(f"Both are to be read and tried at {address}/docs.")
        printing.result("")
    if place is not None:
        printing.result(f"Database {printing.harmless(place)}")
    printing.result(f"Listening on {address}")


def tell(address: str, entrance: Entrance | None, place: str | None) -> None:
    """Print the same as one line of JSON, for a program that started the server and reads its output."""
    known = {"address": address}
    if place is not None:
        known["database"] = place
    if entrance is not None:
        known |= {
            "account_id": entrance.account_id,
            "user": entrance.email,
            "token": entrance.token,
            "link": entrance.link(address),
            "curl": entrance.curl(address),
        }
    printing.document_line(known)

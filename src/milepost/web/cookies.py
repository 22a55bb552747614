"""The cookies for a signed-in browser, and for a question to a provider.

Their values are sealed under the server key, so that nobody else can make or read them.
"""

from __future__ import annotations

from starlette.requests import cookie_parser

from milepost.actions.signing_in import BROWSER_HOLDS
from milepost.domain.instants import SECOND
from milepost.store.vault import CannotUnseal, Vault

# The purposes of sealed values: a browser's token, and a question to a provider.
_BROWSER, _QUESTION = "browser", "question"
_NAMES = {_BROWSER: "milepost", _QUESTION: "milepost-question"}
# Browsers accept a cookie with this prefix over https only, and for one host only.
_SAFE = "__Host-"

Header = tuple[bytes, bytes]


def held(vault: Vault, cookies: str, base_url: str) -> str:
    """The token in a request's cookies, "" where there is none that was sealed here."""
    return _opened(vault, cookies, _BROWSER, base_url)


def giving(vault: Vault, token: str, base_url: str) -> Header:
    """The header that sets a browser's token."""
    return _header(_BROWSER, vault.seal(token, _BROWSER), BROWSER_HOLDS, base_url)


def taking(base_url: str) -> Header:
    """The header that deletes it."""
    return _header(_BROWSER, "", 0, base_url)


def asked(vault: Vault, cookies: str, base_url: str) -> str:
    """The question in a request's cookies, "" where there is none that was sealed here."""
    return _opened(vault, cookies, _QUESTION, base_url)


def asking(vault: Vault, question: str, holds: int, base_url: str) -> Header:
    """The header that sets a question for a number of microseconds."""
    return _header(_QUESTION, vault.seal(question, _QUESTION), holds, base_url)


def answered(base_url: str) -> Header:
    """The header that deletes a question."""
    return _header(_QUESTION, "", 0, base_url)


def _opened(vault: Vault, cookies: str, about: str, base_url: str) -> str:
    """The opened value of our cookie, "" without one. Other cookies may stand beside it: a browser sends those of all
    ports of a host, and of the parent domain. Over https, only a cookie counts that was set over https by this very
    host.
    """
    try:
        return vault.open(cookie_parser(cookies).get(_name(about, base_url), ""), about)
    except CannotUnseal:
        return ""


def _name(about: str, base_url: str) -> str:
    return f"{_SAFE if base_url.startswith('https://') else ''}{_NAMES[about]}"


def _header(about: str, value: str, holds: int, base_url: str) -> Header:
    safe = base_url.startswith("https://")
    parts = [f"{_name(about, base_url)}={value}", "Path=/", f"Max-Age={holds // SECOND}", "HttpOnly", "SameSite=Lax"]
    return b"set-cookie", "; ".join([*parts, "Secure"] if safe else parts).encode()

"""The cookie by which a browser is known, and the proof that a form came from a page of ours.

What the cookie holds is sealed under the server key: nobody else can have made it, or read the token in it.
"""

from __future__ import annotations

import hmac
from http.cookies import CookieError, SimpleCookie

from milepost.actions.signing_in import BROWSER_HOLDS
from milepost.domain.instants import SECOND
from milepost.store.vault import CannotUnseal, Vault

_ABOUT = "browser"
# A browser takes a cookie of this name over https only, and for one host only.
_SAFE, _PLAIN = "__Host-milepost", "milepost"

Header = tuple[bytes, bytes]


def held(vault: Vault, cookies: str) -> str:
    """The token in a request's cookies, "" where there is none that was sealed here."""
    try:
        found = SimpleCookie(cookies)
    except CookieError:
        return ""
    for name in (_SAFE, _PLAIN):
        if name in found:
            try:
                return vault.open(found[name].value, _ABOUT)
            except CannotUnseal:
                continue
    return ""


def giving(vault: Vault, token: str, base_url: str) -> Header:
    """The header that gives a browser its token."""
    return _header(vault.seal(token, _ABOUT), BROWSER_HOLDS // SECOND, base_url)


def taking(base_url: str) -> Header:
    """The header that takes it away."""
    return _header("", 0, base_url)


def proof(token: str) -> str:
    """What stands in every form of a browser's pages, and no other site can know."""
    return hmac.new(token.encode(), b"form", "sha256").hexdigest()


def equal(proof: str, sent: str) -> bool:
    """Whether a form has sent it."""
    return hmac.compare_digest(proof.encode(), sent.encode())


def _header(value: str, seconds: int, base_url: str) -> Header:
    safe = base_url.startswith("https://")
    parts = [f"{_SAFE if safe else _PLAIN}={value}", "Path=/", f"Max-Age={seconds}", "HttpOnly", "SameSite=Lax"]
    return b"set-cookie", "; ".join([*parts, "Secure"] if safe else parts).encode()

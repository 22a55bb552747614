"""Security headers of every answer, so that browsers only show it to the person who asked."""

from __future__ import annotations

HEADERS = (
    # Only the client itself may keep an answer, and revalidates it each time.
    (b"cache-control", b"private, no-cache"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
)
_YEAR = 31_536_000


def headers(public_url: str) -> tuple[tuple[bytes, bytes], ...]:
    """The headers of a server. `public_url`: if it begins with https, browsers are told to use https only for a year
    (HSTS).
    """
    only_https = (b"strict-transport-security", b"max-age=%d" % _YEAR)
    return (*HEADERS, only_https) if public_url.startswith("https://") else HEADERS

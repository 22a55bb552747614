"""Settings: the only reader of the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from ipaddress import ip_network

import msgspec

from milepost.domain.errors import MilepostError

DEFAULT_DATABASE = "sqlite:///milepost.db"
# Whose word counts for where a request comes from, and by which scheme: proxies on this machine.
LOOPBACK = ("127.0.0.1", "::1")


class BadSetting(MilepostError):
    """A setting that cannot be taken; the message names it, and what it may be."""


class Settings(msgspec.Struct, frozen=True):
    """`public_url`: where clients reach this server, "" for the request's own host. `cors_origins`: who may call from a
    browser, "*" for anybody. `secret_key`: what secrets in the database are encrypted under, "" for a key file's.
    `trusted_proxies`: the addresses and networks of proxies that say for whom they ask. `connections_per_address`: so
    many each other address may have, `failed_sign_ins`: so many fail in a minute before they are slowed down, and
    `rate_limit`: so many requests a second are taken of one token, and of one address; all in each process, and 0 for
    any number.
    """

    database: str = DEFAULT_DATABASE
    public_url: str = ""
    cors_origins: tuple[str, ...] = ("*",)
    secret_key: str = ""
    trusted_proxies: tuple[str, ...] = LOOPBACK
    connections_per_address: int = 1_000
    failed_sign_ins: int = 60
    rate_limit: int = 0

    def __repr__(self) -> str:
        """The settings that anybody may see, in a log or a traceback."""
        shown = {name: value for name, value in msgspec.structs.asdict(self).items() if name != "secret_key"}
        return f"Settings({shown})"


def from_environment(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of the variables that docs/operating.md lists; `BadSetting` where one cannot be taken."""
    variables = os.environ if environment is None else environment
    return Settings(
        database=variables.get("MILEPOST_DATABASE") or DEFAULT_DATABASE,
        public_url=variables.get("MILEPOST_PUBLIC_URL", "").rstrip("/"),
        cors_origins=_listed(variables.get("MILEPOST_CORS_ORIGINS", "*")),
        secret_key=variables.get("MILEPOST_SECRET_KEY", ""),
        trusted_proxies=_networks(variables, "MILEPOST_TRUSTED_PROXIES", LOOPBACK),
        connections_per_address=_count(variables, "MILEPOST_CONNECTIONS_PER_ADDRESS", 1_000),
        failed_sign_ins=_count(variables, "MILEPOST_FAILED_SIGN_INS", 60),
        rate_limit=_count(variables, "MILEPOST_RATE_LIMIT", 1_000),
    )


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _count(variables: Mapping[str, str], name: str, default: int) -> int:
    text = variables.get(name, "").strip().lower()
    if not text:
        return default
    if text == "off":
        return 0
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text)):
        raise BadSetting(f"{name}: write a number such as {default}, or off")
    return int(text)


def _networks(variables: Mapping[str, str], name: str, default: tuple[str, ...]) -> tuple[str, ...]:
    if name not in variables:
        return default
    found = _listed(variables[name])
    for one in found:
        try:
            ip_network(one)
        except ValueError:
            raise BadSetting(
                f"{name}: {one} is no address or network: write 10.0.0.5, 10.0.0.0/8, or nothing"
            ) from None
    return found

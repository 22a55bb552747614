"""Settings: the only reader of the environment."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from ipaddress import ip_network
from typing import Literal
from urllib.parse import urlsplit

import msgspec

from milepost.domain.errors import MilepostError

DEFAULT_DATABASE = "sqlite:///milepost.db"
# The proxies trusted by default, to say where a request comes from and by which scheme: those on this machine.
LOOPBACK = ("127.0.0.1", "::1")


class BadSetting(MilepostError):
    """A setting with an invalid value; the message names the setting, and valid values."""


# How log lines are written.
LogStyle = Literal["people", "json", "off"]
_STYLES: dict[str, LogStyle] = {"": "people", "people": "people", "json": "json", "off": "off"}
_ON = {"on": True, "off": False}
_PLACE = re.compile(r"(?:(?P<host>[\w.-]+|\[[0-9A-Fa-f:.]+\]):)?(?P<port>[0-9]{1,5})")


class OpenId(msgspec.Struct, frozen=True):
    """A provider of OpenID Connect. `name`: its name for people; `any_email`: accept e-mail addresses that the provider
    does not call verified.
    """

    issuer: str
    client_id: str
    client_secret: str
    name: str
    any_email: bool

    def __repr__(self) -> str:
        """Without the secret."""
        return f"OpenId({self.issuer!r}, {self.client_id!r})"


class Settings(msgspec.Struct, frozen=True):
    """`public_url`: where clients reach this server, "" for the request's own host. `cors_origins`: the origins whose
    pages may call, "*" for any. `secret_key`: encrypts the secrets in the database, "" for the key in a key file.
    `trusted_proxies`: the addresses and networks of proxies whose forwarding headers are believed.

    Three limits count in each process, and 0 is no limit: `connections_per_address`, of all but the proxies;
    `failed_sign_ins` a minute of one address, before further ones are slowed down; `rate_limit`, the requests a second
    of one token, and of one address.

    `log_requests`: log a line for each request. `figures_at`: the host and port of the metrics for Prometheus, `None`
    for none. `openid`: a provider that signs people in to the pages, `None` for none.
    """

    database: str = DEFAULT_DATABASE
    public_url: str = ""
    cors_origins: tuple[str, ...] = ("*",)
    secret_key: str = ""
    trusted_proxies: tuple[str, ...] = LOOPBACK
    connections_per_address: int = 1_000
    failed_sign_ins: int = 60
    rate_limit: int = 0
    log: LogStyle = "people"
    log_requests: bool = False
    figures_at: tuple[str, int] | None = None
    openid: OpenId | None = None

    def __repr__(self) -> str:
        """The settings without secrets, for a log or a traceback."""
        hidden = ("secret_key", "database")  # the database's address may hold a password
        shown = {name: value for name, value in msgspec.structs.asdict(self).items() if name not in hidden}
        return f"Settings({shown})"


def from_environment(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings from the variables that docs/operating.md lists; `BadSetting` for an invalid value."""
    variables = os.environ if environment is None else environment
    return Settings(
        database=variables.get("MILEPOST_DATABASE") or DEFAULT_DATABASE,
        public_url=_public_url(variables.get("MILEPOST_PUBLIC_URL", "")),
        cors_origins=_origins(variables.get("MILEPOST_CORS_ORIGINS", "*")),
        secret_key=variables.get("MILEPOST_SECRET_KEY", ""),
        trusted_proxies=_networks(variables, "MILEPOST_TRUSTED_PROXIES", LOOPBACK),
        connections_per_address=_count(variables, "MILEPOST_CONNECTIONS_PER_ADDRESS", 1_000),
        failed_sign_ins=_count(variables, "MILEPOST_FAILED_SIGN_INS", 60),
        rate_limit=_count(variables, "MILEPOST_RATE_LIMIT", 1_000),
        log=_log_style(variables.get("MILEPOST_LOG", "")),
        log_requests=_switch("MILEPOST_LOG_REQUESTS", variables.get("MILEPOST_LOG_REQUESTS", "")),
        figures_at=_place(variables.get("MILEPOST_METRICS", "")),
        openid=_openid(variables),
    )


def unknown(environment: Mapping[str, str] | None = None) -> tuple[list[str], list[str]]:
    """The names of variables that begin with MILEPOST but are no settings, and the names of all settings."""
    variables = os.environ if environment is None else environment
    asked = _Asked()
    from_environment(asked)
    ours = (name for name in variables if name.startswith("MILEPOST") and not name.startswith("MILEPOST_TEST_"))
    return sorted(set(ours) - asked.names), sorted(asked.names)


def share_figures(folder: str) -> None:
    """Have this process and its children keep their metrics in files in a folder. prometheus_client reads this variable
    when it is imported: set it before.
    """
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder


class _Asked(Mapping[str, str]):
    """An empty environment that remembers the names that were looked up."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.names.add(name)
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def _log_style(text: str) -> LogStyle:
    style = _STYLES.get(text.strip().lower())
    if style is None:
        raise BadSetting(f"MILEPOST_LOG is {text!r}: it can be people, json or off")
    return style


def _switch(name: str, text: str) -> bool:
    said = text.strip().lower() or "off"
    if said not in _ON:
        raise BadSetting(f"{name} is {text!r}: it can be on or off")
    return _ON[said]


def _place(text: str) -> tuple[str, int] | None:
    if not text.strip():
        return None
    found = _PLACE.fullmatch(text.strip())
    if found is None or not 0 < int(found["port"]) <= 65_535:
        raise BadSetting(f"MILEPOST_METRICS is {text!r}: it is a host and a port, such as 127.0.0.1:9464, or a port")
    return (found["host"] or "127.0.0.1").strip("[]"), int(found["port"])


def _public_url(text: str) -> str:
    address = text.strip().rstrip("/")
    if address and not is_address(address):
        raise BadSetting(f"MILEPOST_PUBLIC_URL is {text!r}: it is an address such as https://okr.example.com")
    return address


def _origins(text: str) -> tuple[str, ...]:
    """The origins in a list, without a slash at the end: people may write one, browsers send none."""
    origins = tuple(one.rstrip("/") for one in _listed(text))
    for one in origins:
        if one != "*" and not (is_address(one) and one.count("/") == 2):
            raise BadSetting(
                f"MILEPOST_CORS_ORIGINS: {one} is no origin of a page: write https://board.example.com, without a "
                "path, or * for any"
            )
    return origins


def is_address(text: str) -> bool:
    """Whether a text is an HTTP(S) URL with a host, and without credentials, query or fragment."""
    try:
        parts = urlsplit(text)
        named = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:  # a port that is not a number, or brackets around no IPv6 address
        return False
    return named and not (parts.query or parts.fragment or parts.username is not None or any(map(str.isspace, text)))


def _openid(variables: Mapping[str, str]) -> OpenId | None:
    issuer = variables.get("MILEPOST_OIDC_ISSUER", "").strip()
    client = variables.get("MILEPOST_OIDC_CLIENT_ID", "").strip()
    secret = variables.get("MILEPOST_OIDC_CLIENT_SECRET", "")
    name = variables.get("MILEPOST_OIDC_NAME", "").strip()
    any_email = _switch("MILEPOST_OIDC_ANY_EMAIL", variables.get("MILEPOST_OIDC_ANY_EMAIL", ""))
    if not issuer and not client:
        return None
    if not issuer or not client:
        raise BadSetting("MILEPOST_OIDC_ISSUER and MILEPOST_OIDC_CLIENT_ID are set together, or neither is")
    place = urlsplit(issuer)
    is_near = place.scheme == "http" and place.hostname in ("localhost", *LOOPBACK)
    if not place.hostname or not (place.scheme == "https" or is_near):
        raise BadSetting(f"MILEPOST_OIDC_ISSUER is {issuer!r}: it is an address such as https://accounts.example.com")
    return OpenId(issuer, client, secret, name or place.hostname, any_email)


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

"""Settings: the only reader of the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping

import msgspec

DEFAULT_DATABASE = "sqlite:///milepost.db"


class Settings(msgspec.Struct, frozen=True):
    """`public_url`: where clients reach this server, "" for the request's own host. `cors_origins`: who may call from a
    browser, "*" for anybody. `secret_key`: what secrets in the database are encrypted under, "" for a key file's.
    """

    database: str = DEFAULT_DATABASE
    public_url: str = ""
    cors_origins: tuple[str, ...] = ("*",)
    secret_key: str = ""

    def __repr__(self) -> str:
        """The settings that anybody may see, in a log or a traceback."""
        shown = {name: value for name, value in msgspec.structs.asdict(self).items() if name != "secret_key"}
        return f"Settings({shown})"


def from_environment(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of MILEPOST_DATABASE, MILEPOST_PUBLIC_URL, MILEPOST_CORS_ORIGINS (comma-separated) and
    MILEPOST_SECRET_KEY.
    """
    variables = os.environ if environment is None else environment
    origins = tuple(part.strip() for part in variables.get("MILEPOST_CORS_ORIGINS", "*").split(",") if part.strip())
    return Settings(
        database=variables.get("MILEPOST_DATABASE") or DEFAULT_DATABASE,
        public_url=variables.get("MILEPOST_PUBLIC_URL", "").rstrip("/"),
        cors_origins=origins,
        secret_key=variables.get("MILEPOST_SECRET_KEY", ""),
    )

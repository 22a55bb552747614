"""Settings: the only reader of the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping

import msgspec

DEFAULT_DATABASE = "sqlite:///milepost.db"


class Settings(msgspec.Struct, frozen=True):
    """`public_url`: where clients reach this server, "" for the request's own host. `cors_origins`: who may call from a
    browser, "*" for anybody.
    """

    database: str = DEFAULT_DATABASE
    public_url: str = ""
    cors_origins: tuple[str, ...] = ("*",)


def from_environment(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of MILEPOST_DATABASE, MILEPOST_PUBLIC_URL and MILEPOST_CORS_ORIGINS (comma-separated)."""
    variables = os.environ if environment is None else environment
    origins = tuple(part.strip() for part in variables.get("MILEPOST_CORS_ORIGINS", "*").split(",") if part.strip())
    return Settings(
        database=variables.get("MILEPOST_DATABASE") or DEFAULT_DATABASE,
        public_url=variables.get("MILEPOST_PUBLIC_URL", "").rstrip("/"),
        cors_origins=origins,
    )

"""What it costs to find out who calls: a bearer token, and a signature, each through the dialect's own door."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import cast

from company import Company, signed_header

from milepost import app
from milepost.asgi.lanes import Lanes
from milepost.config import Settings
from milepost.dialects.simpleokr import auth
from milepost.services import Services
from milepost.sign_ins import SignIns

ROUNDS = 15
CALLS = 500


def report(path: Path, of: Company) -> str:
    """A line with both costs, in microseconds a request: the medians of rounds taken in turns."""
    store = app.database(f"sqlite:///{path}")
    # Nothing runs in a lane here.
    vault = app.vault(Settings(secret_key=of.server_key), store)
    services = Services(store, cast(Lanes, None), app.clock, "", vault, cast(SignIns, None))
    signed = {"authorization": signed_header(of)}
    token = {"authorization": f"Bearer {of.token}"}
    costs: dict[str, list[float]] = {"token": [], "signature": []}
    for _ in range(ROUNDS):
        costs["token"].append(_microseconds(lambda: auth.actor(services, token, app.clock())))
        costs["signature"].append(_microseconds(lambda: auth.actor(services, signed, app.clock())))
    store.close()
    bearer, signature = (statistics.median(costs[kind]) for kind in ("token", "signature"))
    return (
        f"Who calls: {bearer:.0f} µs by bearer token, {signature:.0f} µs by signature: "
        f"{signature - bearer:+.0f} µs a request, ratio {signature / bearer:.2f}."
    )


def _microseconds(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    for _ in range(CALLS):
        call()
    return (time.perf_counter() - started) / CALLS * 1e6

"""A metric as the real service gave it comes back as it was, field by field."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from milepost.store.engine import Database
from saved_company import imported

SAMPLE = Path(__file__).parents[3] / "shared" / "data" / "metric-sample"


@pytest.mark.skipif(not SAMPLE.is_dir(), reason="the real metric is not beside this project (../shared/data)")
def test_every_field_of_the_real_metric_comes_back(database: Database, client) -> None:
    report = imported(database, SAMPLE)
    assert (report.problems, report.unknown_owners) == ([], [])
    (saved,) = json.loads((SAMPLE / "metrics.json").read_text())["items"]

    shown = client(saved["accountId"]).get(f"v1/metrics/{saved['id']}").json

    assert {key: shown.get(key) for key in saved} == saved
    assert [repr(day["projected"]) for day in shown["trend"]] == [repr(day["projected"]) for day in saved["trend"]]
    assert saved["trend"][-1]["projected"] == 4.99999999999999


@pytest.mark.skipif(not SAMPLE.is_dir(), reason="the real metric is not beside this project (../shared/data)")
@pytest.mark.parametrize(("file", "path"), [("goals", "goals"), ("sessions", "sessions"), ("users", "users")])
def test_what_stands_around_it_comes_back_too(database: Database, client, file: str, path: str) -> None:
    imported(database, SAMPLE)
    (saved,) = json.loads((SAMPLE / f"{file}.json").read_text())["items"]
    shown = client(saved["accountId"]).get(f"v1/{path}/{saved['id']}").json
    if file == "goals":  # who closed it and when is shown always, and empty where nobody did
        shown["closedStatus"] = {"status": shown["closedStatus"]["status"]}
    assert {key: shown.get(key) for key in saved} == saved

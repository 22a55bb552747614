"""How numbers and dates are printed and read, byte by byte: clients tell scales apart by a fraction."""

from __future__ import annotations

import re

import pytest

from acme import Acme
from wire import InProcess


def _printed(body: bytes, name: str) -> list[str]:
    return re.findall(rf'"{name}":([^,}}\]]+)', body.decode())


@pytest.mark.parametrize(
    ("sent", "printed"),
    [
        ("0", "0"),
        ("1.0", "1"),
        ("-0.0", "0"),
        ("2.5", "2.5"),
        ("1e3", "1000"),
        ("0.1", "0.1"),
        ("123456789012345", "123456789012345"),
        ("0.123456789012345", "0.123456789012345"),
        ("-98765.4321098765", "-98765.4321098765"),
    ],
)
def test_an_integral_value_prints_without_a_fraction_and_fifteen_digits_stay(
    ben: InProcess, acme: Acme, sent: str, printed: str
) -> None:
    body = f'{{"actual": {sent}, "comment": "x"}}'.encode()
    answer = ben.request("POST", f"v1/metrics/{acme.revenue}/checkin", raw=body)
    assert _printed(answer.body, "value") == [printed]
    metric = ben.get(f"v1/metrics/{acme.revenue}", fields="actual")
    assert _printed(metric.body, "actual") == [printed]


@pytest.mark.parametrize(("sent", "printed"), [("0", "0.0"), ("1", "1.0"), ("0.5", "0.5"), ("10", "10.0")])
def test_a_confidence_always_prints_with_a_fraction(ben: InProcess, acme: Acme, sent: str, printed: str) -> None:
    body = f'{{"actual": 1, "confidence": {sent}}}'.encode()
    answer = ben.request("POST", f"v1/metrics/{acme.revenue}/checkin", raw=body)
    assert _printed(answer.body, "confidence") == [printed]
    assert _printed(answer.body, "confidenceValue") == [printed]
    metric = ben.get(f"v1/metrics/{acme.revenue}")
    assert metric.json["confidence"]["value"] == float(sent)
    assert re.search(rf'"confidence":{{"value":{printed},', metric.body.decode())
    assert _printed(metric.body, "confidenceValue") == [printed]
    listed = ben.get("v2/metrics")
    assert re.search(rf'"confidence":{{"value":{printed},', listed.body.decode())


def test_items_come_first_because_a_client_takes_the_first_value_of_the_object(ben: InProcess) -> None:
    for path in ("v1/metrics", "v2/metrics", "v1/goals", "v2/goals", "v1/sessions", "v2/sessions", "v1/users"):
        assert ben.get(path).body.startswith(b'{"items":['), path


@pytest.mark.parametrize("nothing", ["0001-01-01T00:00:00Z", "", None])
def test_no_date_is_the_zero_time_both_ways(ben: InProcess, acme: Acme, nothing: str | None) -> None:
    ben.patch(f"v1/metrics/{acme.revenue}", {"dueDate": "2026-09-01T00:00:00Z"})
    answer = ben.patch(f"v1/metrics/{acme.revenue}", {"dueDate": nothing})
    assert answer.json["dueDate"] == "0001-01-01T00:00:00Z"


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("2026-08-01T10:00:00Z", "2026-08-01T10:00:00Z"),
        ("2026-08-01T10:00:00.500Z", "2026-08-01T10:00:00.5Z"),
        ("2026-08-01T10:00:00.000Z", "2026-08-01T10:00:00Z"),
        ("2026-08-01T10:00:00.123456999Z", "2026-08-01T10:00:00.123456Z"),
        ("2026-08-01T10:00:00+05:30", "2026-08-01T04:30:00Z"),
        ("2026-08-01T00:00:00-03:00", "2026-08-01T03:00:00Z"),
    ],
)
def test_times_are_utc_with_the_zeros_of_the_fraction_trimmed(
    ben: InProcess, acme: Acme, sent: str, shown: str
) -> None:
    body = {"actual": 1, "checkInDate": sent}
    assert ben.post(f"v1/metrics/{acme.revenue}/checkin", body).json["checkInDate"] == shown


@pytest.mark.parametrize("sent", ["tomorrow", "2026-08-01", "2026-13-01T00:00:00Z", "2026-08-01T00:00:00"])
def test_what_is_no_date_is_refused(ben: InProcess, acme: Acme, sent: str) -> None:
    answer = ben.post(f"v1/metrics/{acme.revenue}/checkin", {"actual": 1, "checkInDate": sent})
    assert answer.status == 400
    assert [fault["field"] for fault in answer.json["errors"]] == ["checkInDate"]


@pytest.mark.parametrize("sent", ["1e400", "-1e400", "NaN", "Infinity", "1" + "0" * 400])
@pytest.mark.parametrize("name", ["actual", "confidence"])
def test_a_number_that_no_double_holds_is_refused(ben: InProcess, acme: Acme, sent: str, name: str) -> None:
    other = "actual" if name == "confidence" else "confidence"
    body = f'{{"{name}": {sent}, "{other}": 1}}'.encode()
    assert ben.request("POST", f"v1/metrics/{acme.revenue}/checkin", raw=body).status == 400
    assert ben.get(f"v1/metrics/{acme.revenue}").json["metricHistory"] == []

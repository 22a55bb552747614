"""Instants: RFC 3339 in, microseconds inside."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.domain import instants
from milepost.domain.errors import Fault, Invalid


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("2022-04-12T18:19:21.156Z", "2022-04-12T18:19:21.156000Z"),
        ("2022-04-12T21:19:21+03:00", "2022-04-12T18:19:21Z"),
        ("2022-04-12T12:19:21.5-06:00", "2022-04-12T18:19:21.5Z"),
        ("2022-04-13T00:04:21+05:45", "2022-04-12T18:19:21Z"),
        ("2022-04-12T14:49:21-03:30", "2022-04-12T18:19:21Z"),
        ("2022-04-13T18:18:21+23:59", "2022-04-12T18:19:21Z"),
        ("2022-04-12t18:19:21z", "2022-04-12T18:19:21Z"),
        ("2022-04-12T18:19:21.123456789Z", "2022-04-12T18:19:21.123456Z"),
        ("2022-04-12T18:19:21.9999999Z", "2022-04-12T18:19:21.999999Z"),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"),
    ],
)
def test_spellings_of_one_moment(text: str, same: str) -> None:
    assert instants.parse(text, "date") == instants.parse(same, "date")


@given(st.integers(instants.BEGINNING, instants.END))
def test_an_instant_is_written_as_a_datetime_would_be(instant: int) -> None:
    text = instants.as_datetime(instant).replace(tzinfo=None).isoformat()
    assert instants.written(instant) == (text.rstrip("0") if "." in text else text) + "Z"
    assert instants.parse(instants.written(instant), "date") == instant


@pytest.mark.parametrize(
    ("instant", "text"),
    [
        (0, "1970-01-01T00:00:00Z"),
        (-1, "1969-12-31T23:59:59.999999Z"),
        (1_649_787_561_156_000, "2022-04-12T18:19:21.156Z"),
        (1_649_787_561_000_010, "2022-04-12T18:19:21.00001Z"),
        (instants.BEGINNING, "0001-01-01T00:00:00Z"),
        (instants.END, "9999-12-31T23:59:59.999999Z"),
    ],
)
def test_what_is_written(instant: int, text: str) -> None:
    assert instants.written(instant) == text


@pytest.mark.parametrize(
    "text",
    [
        "2022-04-12", "2022-04-12T18:19:21", "12 Apr 2022", "", "2022-13-12T18:19:21Z", "2022-02-30T00:00:00Z",
        "2022-04-12T24:00:00Z", "2022-04-12T18:19:21+24:00", "2022-04-12T18:19:21+01:60",
        "0001-01-01T00:00:00+02:00", "9999-12-31T23:59:59-01:00",
        "٢٠٢٢-04-12T18:19:21Z", "2022-04-12T18:19:21Z\n", "20220412T181921Z",
    ],
)  # fmt: skip
def test_what_is_not_a_date_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        instants.parse(text, "dueDate")
    message = "is not a date: RFC 3339 was expected, such as 2026-03-31T12:00:00Z"
    assert refused.value.faults == (Fault("dueDate", message),)


@given(st.datetimes(min_value=datetime(1, 1, 1), max_value=datetime(9999, 12, 31)))
def test_every_moment_survives(moment: datetime) -> None:
    aware = moment.replace(tzinfo=UTC)
    instant = instants.of(aware)
    assert instants.as_datetime(instant) == aware
    assert instants.parse(moment.isoformat() + "Z", "date") == instant


def test_the_beginning_is_the_zero_time() -> None:
    assert instants.parse("0001-01-01T00:00:00Z", "date") == instants.BEGINNING


def test_the_end_is_the_last_moment_of_the_last_year() -> None:
    assert instants.parse("9999-12-31T23:59:59.999999Z", "date") == instants.END
    with pytest.raises(Invalid):
        instants.parse("9999-12-31T23:59:60Z", "date")


def test_the_days_at_the_ends_of_the_calendar() -> None:
    """Where it is tomorrow already, or still yesterday, the calendar has no such day."""
    assert instants.local_day(instants.END, instants.zone("Asia/Kathmandu")) == date.max
    assert instants.local_day(instants.BEGINNING, instants.zone("America/Havana")) == date.min


def test_an_unknown_zone_counts_as_utc() -> None:
    assert instants.zone("Nowhere/At_all") is UTC
    assert instants.zone("") is UTC
    assert instants.zone("../../etc/passwd") is UTC
    # Debian's tzdata may lack the old name; the package brings its own.
    assert instants.local_day(instants.parse("2021-09-30T21:00:00Z", "day"), instants.zone("Europe/Kiev")).day == 1


ZONES = ["", "Europe/Berlin", "Africa/Cairo", "America/Sao_Paulo", "America/Havana", "Asia/Kathmandu", "Pacific/Apia"]


@given(st.sampled_from(ZONES), st.dates())
def test_a_day_begins_with_its_first_instant(name: str, day: date) -> None:
    zone = instants.zone(name)
    first = instants.beginning_of(day, zone)
    assert instants.BEGINNING <= first <= instants.END
    if date.min < day < date.max:
        # But for a day that a zone left out: then the next one begins.
        assert instants.local_day(first, zone) in (day, day + timedelta(days=1))
        assert instants.local_day(first - 1, zone) < day


def test_a_day_that_was_left_out_begins_with_the_next() -> None:
    """On the last days of 2011 Samoa went over the date line."""
    apia = instants.zone("Pacific/Apia")
    assert instants.beginning_of(date(2011, 12, 30), apia) == instants.beginning_of(date(2011, 12, 31), apia)

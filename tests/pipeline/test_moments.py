"""Written dates are read with their zone and precision."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.pipeline.moments import from_epoch, read_moment, read_offset
from monitor.records import Moment


def at(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2024-05-03T06:00:00+02:00", Moment(at(2024, 5, 3, 4), 120)),
        ("2024-05-03T06:00:00.123Z", Moment(at(2024, 5, 3, 6), 0)),
        ("2024-05-03 06:00:00", Moment(at(2024, 5, 3, 6), None)),
        ("2024-05-03", Moment(at(2024, 5, 3), None, "day")),
        ("20240503T0600Z", Moment(at(2024, 5, 3, 6), 0)),
        ("20240503", Moment(at(2024, 5, 3), None, "day")),
        ("2024-05-03T24:00:00Z", Moment(at(2024, 5, 4), 0)),
        ("Fri, 03 May 2024 23:59:60 -0700", Moment(at(2024, 5, 4, 6, 59, 59), -420)),
        ("Fri, 3 May 24 06:00 GMT", Moment(at(2024, 5, 3, 6), 0)),
        ("Tue Jan 02 15:04:05 +0000 2018", Moment(at(2018, 1, 2, 15, 4, 5), 0)),
        ("May 3, 2024 3:04 PM EDT", Moment(at(2024, 5, 3, 19, 4), -240)),
        ("2 mai 2024 à 14h30", Moment(at(2024, 5, 2, 14, 30), None)),
        ("3. März 2024, 11:20 Uhr", Moment(at(2024, 3, 3, 11, 20), None)),
        ("3 de marzo de 2024", Moment(at(2024, 3, 3), None, "day")),
        ("3 травня 2024", Moment(at(2024, 5, 3), None, "day")),
        ("03.04.2024", Moment(at(2024, 4, 3), None, "day")),
        ("23/04/2024 - 10:01", Moment(at(2024, 4, 23, 10, 1), None)),
        ("04/23/2024", Moment(at(2024, 4, 23), None, "day")),
    ],
)
def test_written_moment_is_read(written: str, moment: Moment) -> None:
    assert read_moment(written) == moment


@pytest.mark.parametrize(
    "written", ["", "soon", "03/04/2024", "31 Feb 2024", "1970-01-01", "2101-01-01", "0" * 1000, "9999-99-99", "12:30"]
)
def test_unclear_or_unbelievable_moment_is_none(written: str) -> None:
    assert read_moment(written) is None


def test_unix_time_may_be_seconds_or_milliseconds() -> None:
    assert from_epoch(1_714_716_000) == from_epoch(1_714_716_000_000) == Moment(at(2024, 5, 3, 6), 0)


@pytest.mark.parametrize("number", [0, -1, float("nan"), float("inf"), 1e300])
def test_unbelievable_unix_time_is_none(number: float) -> None:
    assert from_epoch(number) is None


@pytest.mark.parametrize(
    ("zone", "minutes"), [("+0530", 330), ("-03:30", -210), ("GMT+1", 60), ("CEST", 120), ("+99", None), ("XYZ", None)]
)
def test_zone_is_read(zone: str, minutes: int | None) -> None:
    assert read_offset(zone) == minutes


@given(st.integers(789_000_000, 4_000_000_000), st.integers(-14 * 60, 14 * 60))
def test_iso_moment_comes_back(seconds: int, offset: int) -> None:
    local = datetime.fromtimestamp(seconds, UTC) + timedelta(minutes=offset)
    sign, minutes = ("-", -offset) if offset < 0 else ("+", offset)
    written = f"{local:%Y-%m-%dT%H:%M:%S}{sign}{minutes // 60:02}:{minutes % 60:02}"
    assert read_moment(written) == Moment(datetime.fromtimestamp(seconds, UTC), offset)


@given(st.text(max_size=100))
def test_any_text_never_raises(written: str) -> None:
    assert isinstance(read_moment(written), (Moment, type(None)))

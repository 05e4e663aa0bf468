from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.pipeline.when_headers import challenged, freshness, http_date, names_a_path, retry_after

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
DATE = "Fri, 20 Nov 2026 12:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"cache-control": "max-age=600"}, 600),
        ({"cache-control": "public, MAX-AGE=600, immutable"}, 600),
        ({"cache-control": 'max-age="600"'}, 600),
        ({"cache-control": 'private="x, max-age=5", max-age=600'}, 600),
        ({"cache-control": "max-age=600", "age": "100"}, 500),
        ({"cache-control": "max-age=600", "age": "900"}, 0),
        ({"cache-control": "max-age=600", "age": "-3"}, 600),
        ({"cache-control": "max-age=600", "age": "ten"}, 600),
        ({"cache-control": "s-maxage=600"}, 0),
        ({"cache-control": "max-age=600, no-cache"}, 0),
        ({"cache-control": "no-store, max-age=600"}, 0),
        ({"cache-control": 'no-cache="set-cookie", max-age=600'}, 600),
        ({"cache-control": "must-revalidate, max-age=0", "date": DATE, "expires": "Fri, 20 Nov 2026 13:00:00 GMT"}, 0),
        ({"cache-control": "max-age=600, max-age=900"}, 0),
        ({"cache-control": "max-age=-1"}, 0),
        ({"cache-control": "max-age=1.5"}, 0),
        ({"cache-control": "max-age=99999999999"}, 0),
        ({"cache-control": "max-age=١٢"}, 0),
        ({"cache-control": "max-age"}, 0),
        ({"cache-control": ",,=,;;"}, 0),
        ({"cache-control": "max-age=31536000"}, 7 * 86400),
    ],
)
def test_p13_max_age(headers: dict[str, str], seconds: int) -> None:
    assert freshness(headers) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"date": DATE, "expires": "Fri, 20 Nov 2026 13:00:00 GMT"}, 3600),
        ({"date": DATE, "expires": "Friday, 20-Nov-26 13:00:00 GMT"}, 3600),
        ({"date": DATE, "expires": "Fri Nov 20 13:00:00 2026"}, 3600),
        ({"date": DATE, "expires": "Fri, 20 Nov 2026 11:00:00 GMT"}, 0),
        ({"date": DATE, "expires": "Thu, 01 Jan 2099 00:00:00 GMT"}, 7 * 86400),
        ({"date": DATE, "expires": "0"}, 0),
        ({"date": DATE, "expires": "-1"}, 0),
        ({"expires": "Fri, 20 Nov 2026 13:00:00 GMT"}, 0),
        ({"date": DATE, "expires": "Fri, 20 Nov 2026 13:00:00 GMT", "cache-control": "max-age=60"}, 60),
        ({"date": DATE, "expires": "Fri, 20 Nov 2026 13:00:00 GMT", "cache-control": "max-age=-60"}, 3600),
        ({"date": DATE, "expires": "Fri, 20 Nov 2026 13:00:00 GMT", "cache-control": "public"}, 3600),
    ],
)
def test_p14_expires(headers: dict[str, str], seconds: int) -> None:
    assert freshness(headers) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120),
        (" 120 ", 120),
        ("0", 0),
        ("-1", 0),
        ("-999999999999999999999999", 0),
        ("316800", 316800),
        ("99999999", 30 * 86400),
        ("9" * 400, 30 * 86400),
        ("Fri, 20 Nov 2026 13:00:00 GMT", 3600),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 30 * 86400),
        ("1e99", None),
        ("1.5", None),
        ("", None),
        ("soon", None),
        ("١٢", None),
    ],
)
def test_p30_retry_after(text: str, seconds: int | None) -> None:
    found = retry_after({"retry-after": text, "date": DATE}, NOW)
    assert found == (None if seconds is None else timedelta(seconds=seconds))


def test_p30_a_date_is_read_against_the_servers_own_clock() -> None:
    headers = {"retry-after": "Mon, 05 Jan 2015 02:00:00 GMT", "date": "Mon, 05 Jan 2015 00:00:00 GMT"}
    assert retry_after(headers, NOW) == timedelta(hours=2)
    assert retry_after({"retry-after": "Fri, 20 Nov 2026 13:00:00 GMT"}, NOW) == timedelta(hours=1)
    assert retry_after({}, NOW) is None


@pytest.mark.parametrize("text", ["Fri, 20 Nov 2026 12:00:00 GMT", "Fri, 20 Nov 2026 13:00:00 +0100", "Fri, 20 Nov 2026 12:00:00 -0000"])
def test_http_date_is_utc(text: str) -> None:
    assert http_date(text) == NOW


@pytest.mark.parametrize("text", ["", "0", "20261120", "Fri, 45 Nov 2026 12:00:00 GMT", "a" * 500, "Fri, 20 Nov 99999999999 12:00:00 GMT"])
def test_http_date_of_no_date_is_none(text: str) -> None:
    assert http_date(text) is None


def test_p24_a_challenge_is_named_by_its_header() -> None:
    assert challenged({"cf-mitigated": "challenge"})
    assert not challenged({"cf-mitigated": "block"})
    assert not challenged({})


def test_p28_a_scope_tells_that_one_path_is_meant() -> None:
    assert names_a_path({"ratelimit-scope": "Resource"})
    assert not names_a_path({"x-ratelimit-scope": "user"})
    assert not names_a_path({})


values = st.one_of(
    st.text(max_size=40), st.sampled_from(["max-age=", "Fri, 20 Nov 2026", "99:99:99", DATE, "1e999999", "Mon, 1 Jan 0001 00:00 +2359"])
)


@given(st.dictionaries(st.sampled_from(["cache-control", "expires", "date", "age", "retry-after", "cf-mitigated"]), values))
@settings(max_examples=300, deadline=None)
def test_any_headers_give_sensible_lengths_of_time(headers: dict[str, str]) -> None:
    assert timedelta(0) <= freshness(headers) <= timedelta(days=7)
    asked = retry_after(headers, NOW)
    assert asked is None or timedelta(0) <= asked <= timedelta(days=30)

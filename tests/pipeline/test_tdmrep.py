"""What a tdmrep.json reserves: the longest location wins, and what cannot be understood reserves nothing."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.pipeline.tdmrep import TdmRules, read_tdmrep

SITE = "https://port.example"


def rules(*said: tuple[str, object]) -> TdmRules:
    return read_tdmrep(json.dumps([{"location": location, "tdm-reservation": value} for location, value in said]))


@pytest.mark.parametrize(
    ("location", "path", "expected"),
    [
        ("/", "/news/1", True),
        ("*", "/news/1", True),
        ("/news/", "/news/1", True),
        ("/news/", "/sport/1", False),
        ("/news/*.html", "/news/a/b.html", True),
        ("/news/*.html", "/news/a/b.htm", False),
        ("/*.html$", "/a.html", True),
        ("/*.html$", "/a.html?x=1", False),
        ("/*a$", "/a/b", False),
        ("/news$", "/news", True),
        ("/news$", "/news/1", False),
        ("/a*b*c", "/a1b2c3", True),
        ("/a*b*c", "/a1c2b3", False),
        ("/caf%C3%A9", "/café/1", True),
        ("/café", "/caf%c3%a9/1", True),
    ],
)
def test_location_covers(location: str, path: str, *, expected: bool) -> None:
    assert rules((location, 1)).reserves(SITE + path) is expected


def test_longest_location_wins_and_of_equal_ones_the_reservation() -> None:
    found = rules(("/", 1), ("/open/", 0), ("/open/not/", "1"), ("/same", 0), ("/same", 1))
    asked = {path: found.reserves(SITE + path) for path in ("/a", "/open/a", "/open/not/a", "/same/a")}
    assert asked == {"/a": True, "/open/a": False, "/open/not/a": True, "/same/a": True}


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<html>",
        "{}",
        '{"location": "/", "tdm-reservation": 1}',
        "[1, null, []]",
        '[{"location": "/"}]',
        '[{"location": "/", "tdm-reservation": 2}]',
        '[{"location": "/", "tdm-reservation": true}]',
        '[{"location": ["/"], "tdm-reservation": 1}]',
        '[{"location": "news", "tdm-reservation": 1}]',
        "[" * 100_000,
        json.dumps([{"location": "/" + "a" * 3_000, "tdm-reservation": 1}]),
        json.dumps([{"location": "/", "tdm-reservation": 1}]) + " " * 600_000,
    ],
)
def test_what_is_not_understood_reserves_nothing(body: str) -> None:
    assert read_tdmrep(body) == TdmRules()


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="/ab*$%é", max_size=20), st.text(alphabet="/abé?%", max_size=30))
def test_any_location_and_path_give_an_answer(location: str, path: str) -> None:
    assert rules(("/" + location, 1)).reserves(f"{SITE}/{path}") in {True, False}

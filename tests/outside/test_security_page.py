"""docs/security.md names where each rule is enforced and shown; this holds it to the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from monitor.outside import body, fetch, guard
from monitor.outside.dialer import Limits

PROJECT = Path(__file__).resolve().parents[2]
PAGE = (PROJECT / "docs" / "security.md").read_text(encoding="utf-8")
TESTS = sorted(set(re.findall(r"`(tests/[\w/]+\.py(?:::\w+)?)`", PAGE)))
FILES = sorted(set(re.findall(r"`((?:outside|pipeline|config|web)/[\w/]+\.py)`", PAGE)))


@pytest.mark.parametrize("reference", TESTS)
def test_named_test_exists(reference: str) -> None:
    path, _, name = reference.partition("::")
    text = (PROJECT / path).read_text(encoding="utf-8")
    assert name == "" or re.search(rf"^def {name}\(", text, re.MULTILINE) is not None


@pytest.mark.parametrize("file", FILES)
def test_named_file_exists(file: str) -> None:
    assert (PROJECT / "src" / "monitor" / file).is_file()


def test_findings_are_numbered_one_to_ten() -> None:
    section = PAGE.partition("## Findings")[2]
    assert [int(number) for number in re.findall(r"^(\d+)\. \*\*", section, re.MULTILINE)] == list(range(1, 11))


def test_limits_on_the_page_are_those_of_the_code() -> None:
    limits = Limits()
    told = {
        f"{limits.body >> 20} MiB |",
        f"over {body.RATIO_FROM >> 20} MiB: {body.RATIO} times the packed size",
        f"{limits.wire >> 20} MiB on the wire",
        f"{limits.header_count}, {limits.header_bytes >> 10} KiB",
        f"connect {limits.connect:g} s, read {limits.read:g} s",
        f"| {limits.total:g} s |",
        f"after {limits.slow_after:g} s at least 1 kB/s",
        f"| {fetch.MAX_HOPS}, no circle |",
        f"at most {guard.MAX_URL:,} characters",
    }
    assert {words for words in told if words not in PAGE} == set()

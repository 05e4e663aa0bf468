"""The shipped feeds.yaml: it loads, holds what the desk cites, and names no feed that nobody has listed."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

from monitor.config.feed_address import feed_key
from monitor.config.feeds_file import load_feeds
from monitor.records import Desk, Feed, Outlet

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT.parent / "shared" / "corpora" / "outlets.tsv"
CITED = (
    "Le Monde", "RFI", "Times of Israel", "Le Figaro", "Le Parisien", "Les Echos", "L'Opinion", "franceinfo", "France 24",
    "Courrier international", "Euronews", "BBC News", "BBC Afrique", "Middle East Monitor", "Asharq Al-Awsat", "Libya Observer",
    "U.S. Africa Command", "NHK World", "Corriere della Sera", "Politico Europe", "Ministère des Armées", "U.S. Embassy in Libya",
    "Bruxelles2", "Finabel",
)  # fmt: skip
NOT_ENABLED = re.compile(r"unverified|not verified|neither verified|\bDEAD\b|^403 |needs a browser", re.IGNORECASE)


@pytest.fixture(scope="module")
def outlets() -> dict[str, Outlet]:
    return {outlet.name: outlet for outlet in load_feeds(ROOT / "feeds.yaml").outlets}


@pytest.fixture(scope="module")
def feeds(outlets: dict[str, Outlet]) -> dict[str, Feed]:
    return {feed.url: feed for outlet in outlets.values() for feed in outlet.feeds}


@pytest.fixture(scope="module")
def table() -> list[dict[str, str]]:
    if not TABLE.exists():
        pytest.skip("NOT CHECKED against the table of outlets: it is not on this machine")
    with TABLE.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE))


def test_the_desk_of_the_shipped_file_is_the_default_one():
    assert load_feeds(ROOT / "feeds.yaml").desk == Desk()


def test_the_shipped_file_counts(outlets, feeds):
    countries = Counter(outlet.country for outlet in outlets.values())
    languages = {feed.language or outlet.language for outlet in outlets.values() for feed in outlet.feeds}
    assert (len(outlets), len(feeds), len(countries)) == (108, 140, 30)
    assert languages == {"ar", "de", "en", "es", "fr", "it", "ja", "ko", "ru", "uk"}


def test_every_outlet_the_desk_cites_is_there(outlets):
    assert [name for name in CITED if name not in outlets] == []


def test_times_of_israel_is_one_outlet_in_two_languages(outlets):
    outlet = outlets["Times of Israel"]
    assert [feed.language or outlet.language for feed in outlet.feeds] == ["en", "fr"]


def test_nhk_world_is_read_by_its_adapter(outlets):
    assert [feed.format for feed in outlets["NHK World"].feeds] == ["nhk-json"]


def test_outlets_without_a_known_feed_are_there_all_the_same(outlets):
    without = sorted(name for name, outlet in outlets.items() if not outlet.feeds)
    assert without == ["AFP", "Associated Press", "Finabel", "Reuters", "U.S. Embassy in Libya"]
    assert [name for name in without if not outlets[name].note] == []


def test_a_feed_that_is_not_polled_says_why_and_since_when(feeds):
    asleep = [feed for feed in feeds.values() if not feed.enabled]
    assert len(asleep) == 13
    assert [feed.url for feed in asleep if not re.search(r"20\d\d-\d\d", feed.note)] == []


def test_every_outlet_has_a_site_and_outlets_of_one_owner_share_its_name(outlets):
    assert [name for name, outlet in outlets.items() if not outlet.home] == []
    owners = Counter(outlet.owner for outlet in outlets.values() if outlet.owner)
    assert {owner for owner, count in owners.items() if count > 1} == {
        "Groupe Le Monde", "France Médias Monde", "LVMH", "SIPA Ouest-France", "Jeune Afrique Media Group", "Alpac Capital", "BBC",
        "European Union", "RCS MediaGroup", "SRMG", "NHK", "U.S. Department of War",
    }  # fmt: skip


def test_every_listed_feed_is_there_and_no_other(table, feeds):
    listed = {feed_key(row["feed_url"]) for row in table if row["feed_url"]}
    assert {feed_key(url) for url in feeds} == listed


def test_every_listed_feed_has_its_country_and_language(table, outlets):
    here = {feed_key(feed.url): (outlet.country, feed.language or outlet.language) for outlet in outlets.values() for feed in outlet.feeds}
    wrong = [row["feed_url"] for row in table if row["feed_url"] and here[feed_key(row["feed_url"])] != (row["country"], row["language"])]
    assert wrong == []


def test_what_is_unverified_dead_or_refused_is_not_polled(table, feeds):
    enabled = {feed_key(url): feed.enabled for url, feed in feeds.items()}
    rows = [row for row in table if row["feed_url"]]
    assert {row["outlet"]: enabled[feed_key(row["feed_url"])] for row in rows} == {
        row["outlet"]: not NOT_ENABLED.search(row["status"]) for row in rows
    }

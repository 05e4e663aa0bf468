"""What feeds a page names, and what a feed would bring."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.pipeline.discover import FeedLink, expected_per_week, front_page, newest
from monitor.records import Entry, Moment

URL = "https://port.example/news/"
NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def link(href: str, kind: str = "application/rss+xml", rel: str = "alternate", title: str = "") -> str:
    return f'<link rel="{rel}" type="{kind}" title="{title}" href="{href}">'


def entry(number: int, at: datetime | None) -> Entry:
    return Entry(str(number), f"{URL}{number}", f"Title {number}", published=Moment(at) if at else None)


def test_page_names_its_feeds_name_and_language() -> None:
    page = f"""<!doctype html><html dir=ltr lang="fr-FR"><head><title>Le Port &amp; la mer</title>
    {link("/comments/feed", title="Comments")}{link("rss.xml?a=1&amp;b=2", title="Le Port")}
    <LINK href='//feeds.port.example/atom' type=application/atom+xml rel=alternate>{link("rss.xml?a=1&b=2")}</head></html>"""
    found = front_page(page.encode(), URL)
    assert found.links == (
        FeedLink("https://port.example/news/rss.xml?a=1&b=2", "Le Port"),
        FeedLink("https://feeds.port.example/atom", ""),
        FeedLink("https://port.example/comments/feed", "Comments"),
    )
    assert (found.name, found.language) == ("Le Port & la mer", "fr-FR")


def test_sites_own_name_and_base_are_believed() -> None:
    page = f'<html><base href="https://www.port.example/"><meta property="og:site_name" content="The Port">{link("rss")}</html>'
    found = front_page(page.encode(), URL)
    assert (found.name, [one.url for one in found.links]) == ("The Port", ["https://www.port.example/rss"])


@pytest.mark.parametrize(
    "tag",
    [
        link("/page", kind="text/html"),
        link("/rss", rel="stylesheet"),
        link("javascript:alert(1)"),
        link("http://user:secret@port.example/rss"),
        f"<!-- {link('/rss')} -->",
        '<a href="/feed" type="application/rss+xml">RSS</a>',
    ],
)
def test_other_links_are_no_feeds(tag: str) -> None:
    assert front_page(f"<html>{tag}</html>".encode(), URL).links == ()


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_give_an_answer(body: bytes) -> None:
    assert isinstance(front_page(b"<html><link " + body, URL).links, tuple)


def test_volume_is_the_pace_of_the_dated_entries() -> None:
    assert expected_per_week([entry(n, NOW - n * 6 * HOUR) for n in range(9)], NOW) == 28.0
    assert expected_per_week([entry(n, NOW - timedelta(weeks=8) - n * 24 * HOUR) for n in range(8)], NOW) == 0.8
    assert expected_per_week([entry(n, NOW) for n in range(3)], NOW) == 336.0
    assert expected_per_week([entry(1, NOW), entry(2, None), entry(3, NOW + HOUR)], NOW) is None


def test_newest_five_come_first_and_undated_ones_last() -> None:
    entries = [entry(1, None), *(entry(n, NOW + n * HOUR) for n in (2, 3, 4))]
    assert [one.guid for one in newest(entries)] == ["4", "3", "2", "1"]
    assert len(newest([entry(n, NOW) for n in range(9)])) == 5

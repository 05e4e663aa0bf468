"""Feeds are read as their samples expect, and no bytes make the reader raise."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.pipeline.parse import parse_feed
from monitor.records import Moment, NotAFeed, ParsedFeed

SAMPLES = Path(__file__).parents[1] / "samples" / "feeds"
BASES = {
    "rss20.xml": "https://harbour.example/feed.xml",
    "atom.xml": "https://estuaire.example/atom.xml",
    "rdf.xml": "https://faro.example/rdf",
    "jsonfeed.json": "https://monsoon.example/feed.json",
    "nhk-json.json": "https://minato.example/data/all.json",
}


def rss(*items: str, head: str = "") -> bytes:
    return f"<?xml version='1.0'?><rss version='2.0'><channel><title>T</title>{head}{''.join(items)}</channel></rss>".encode()


def item(title: str = "A", link: str = "https://a.example/1", more: str = "") -> str:
    return f"<item><title>{title}</title><link>{link}</link>{more}</item>"


def feed_of(body: bytes, **options: str) -> ParsedFeed:
    feed = parse_feed(body, "https://a.example/feed", **options)
    assert isinstance(feed, ParsedFeed), feed
    return feed


def moment(value: Moment | None) -> list[Any] | None:
    return [value.at.isoformat(), value.offset, value.precision] if value else None


def minutes(value: timedelta | None) -> float | None:
    return value.total_seconds() / 60 if value else None


def told(feed: ParsedFeed) -> dict[str, Any]:
    """A feed in the shape of the samples' expectations."""
    plain = ("guid", "link", "title", "summary", "content")
    return {
        "format": feed.format,
        "title": feed.title,
        "language": feed.language,
        "home": feed.home,
        "ttl": minutes(feed.ttl),
        "update_every": minutes(feed.update_every),
        "skip_hours": list(feed.skip_hours),
        "skip_days": list(feed.skip_days),
        "skipped": list(feed.skipped),
        "entries": [
            {name: getattr(entry, name) for name in plain}
            | {"authors": list(entry.authors), "categories": list(entry.categories)}
            | {"published": moment(entry.published), "updated": moment(entry.updated)}
            for entry in feed.entries
        ],
    }


@pytest.mark.parametrize("name", sorted(BASES))
def test_sample_is_read_as_expected(name: str) -> None:
    sample = SAMPLES / name
    feed = parse_feed(sample.read_bytes(), BASES[name], format="nhk-json" if name.startswith("nhk") else "auto")
    assert isinstance(feed, ParsedFeed), feed
    assert told(feed) == json.loads((SAMPLES / f"{sample.stem}.expected.json").read_text(encoding="utf-8"))


def test_every_sample_has_a_test() -> None:
    assert {path.name for path in SAMPLES.iterdir() if ".expected." not in path.name} == set(BASES)


def test_page_is_no_feed_but_suggests_one() -> None:
    page = (
        b"<!doctype html><html><head><link rel='alternate' type='application/rss+xml' href='/rss?a&amp;b'></head><body>log in</body></html>"
    )
    assert parse_feed(page, "https://a.example/x") == NotAFeed("The document is a web page, not a feed.", "https://a.example/rss?a&b")


@pytest.mark.parametrize("body", [b"", b"\xef\xbb\xbf", b" \n\x00", b"\xff\xfe"])
def test_empty_document_is_no_feed(body: bytes) -> None:
    assert parse_feed(body, "https://a.example/x") == NotAFeed("The document is empty.")


@pytest.mark.parametrize(
    ("doctype", "reason"),
    [
        ("<!ENTITY a SYSTEM 'file:///etc/passwd'>", "The document declares an external or parameter entity."),
        ("<!ENTITY a PUBLIC 'x' 'http://127.0.0.1/'>", "The document declares an external or parameter entity."),
        ("<!ENTITY % p SYSTEM 'http://127.0.0.1/x'> %p;", "The document declares an external or parameter entity."),
        ("<!ENTITY a 'ha'><!ENTITY b '&a;&a;'>", "The document declares an entity that is too long or refers to another."),
        (f"<!ENTITY a '{'x' * 1500}'>", "The document declares an entity that is too long or refers to another."),
        ("".join(f"<!ENTITY e{n} 'x'>" for n in range(11)), "The document declares more than 10 entities."),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_dangerous_declaration_is_refused(doctype: str, reason: str, encoding: str) -> None:
    body = f"<!DOCTYPE rss [{doctype}]><rss version='2.0'><channel>{item('&a;')}</channel></rss>"
    assert parse_feed(body.encode(encoding), "https://a.example/x") == NotAFeed(reason)


def test_external_document_type_is_not_opened(tmp_path: Path) -> None:
    secret = tmp_path / "secret.dtd"
    secret.write_text("<!ENTITY leak 'leaked'>")
    body = f"<!DOCTYPE rss SYSTEM '{secret.as_uri()}'><rss version='2.0'><channel>{item('a &leak; b')}</channel></rss>"
    assert "leaked" not in str(parse_feed(body.encode(), "https://a.example/x"))


def test_crowded_tag_is_refused_unless_it_is_text() -> None:
    crowded = "<x " + " ".join(f"a{n}='1'" for n in range(300)) + "/>"
    assert parse_feed(rss(item(more=crowded)), "https://a.example/x") == NotAFeed("The document has a tag with more than 200 attributes.")
    assert len(feed_of(rss(item(more=f"<description><![CDATA[{crowded}]]></description>"))).entries) == 1


def test_abyss_is_refused() -> None:
    body = rss(item(more="<a>" * 300 + "</a>" * 300))
    assert parse_feed(body, "https://a.example/x") == NotAFeed("The document nests its elements deeper than 256.")


def test_only_first_500_entries_are_read() -> None:
    feed = feed_of(rss(*(item(f"n{n}", f"https://a.example/{n}") for n in range(700))))
    assert ([entry.title for entry in feed.entries] == [f"n{n}" for n in range(500)], feed.skipped) == (
        True,
        ("Only the first 500 entries were read.",),
    )


def test_forbidden_characters_are_dropped_from_the_title() -> None:
    assert feed_of(rss(item("a\x00\x08\x1b[31m&#xD800;&#8;\ufffe&#x202E;b\u2028c"))).entries[0].title == "a[31mb c"


def test_markup_escaped_twice_stays_text() -> None:
    assert feed_of(rss(item("&amp;lt;script&amp;gt; and &lt;script&gt;x()&lt;/script&gt;"))).entries[0].title == "<script> and"


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [("utf-8", "cp1252"), ("iso-8859-1", "utf-8"), ("utf-7", "utf-8"), ("x\u00ff", "utf-8"), ("utf-16", "utf-8"), ("utf-16", "utf-16-le")],
)
def test_wrong_encoding_is_survived(declared: str, encoding: str) -> None:
    text = f"<?xml version='1.0' encoding='{declared}'?>" + rss(item("Café über Zürich")).decode().split("?>", 1)[1]
    assert feed_of(text.encode(encoding)).entries[0].title == "Café über Zürich"


def test_guid_of_several_articles_is_no_guid() -> None:
    guid = "<guid isPermaLink='false'>same</guid>"
    feed = feed_of(
        rss(item("a", "https://a.example/1", guid), item("b", "https://a.example/2", guid), item("b", "https://a.example/2", guid))
    )
    assert [entry.guid for entry in feed.entries] == ["https://a.example/1", "https://a.example/2"]
    assert feed.skipped == ("The entry 'b' stands in the document more than once.",)


@pytest.mark.parametrize(
    "date", ["0" * 100_000, "9999-99-99", "99999-01-01", "1e999999", "31 Feb 2026", "Thu, 01 Jan 1970 00:00:00 GMT", ""]
)
def test_impossible_date_is_unknown(date: str) -> None:
    assert feed_of(rss(item(more=f"<pubDate>{date}</pubDate>"))).entries[0].published is None


@pytest.mark.parametrize("base", ["http://[::1", "javascript:1", "\x01"])
def test_malformed_base_is_survived(base: str) -> None:
    body = f"<rss version='2.0' xml:base='{base}'><channel>{item(link='//[x')}{item(link='https://a.example/1')}</channel></rss>"
    feed = parse_feed(body.encode(), "https://a.example/feed")
    assert isinstance(feed, (ParsedFeed, NotAFeed))


@pytest.mark.parametrize(
    "body",
    [
        b'{"items":"x"}',
        b'{"version":"https://jsonfeed.org/version/1","items":{}}',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"[1e400]",
        b'{"a":' + b"9" * 5000 + b"}",
    ],
)
def test_other_json_is_no_feed(body: bytes) -> None:
    assert isinstance(parse_feed(body, "https://a.example/x"), NotAFeed)


@pytest.mark.parametrize(
    "filler", ["<![if ", "<", "&", '<a href="', "<?x?>", "<![CDATA[x]]>", "<![CDATA[", "<!--", "<!ENTITY ", "&#", "<b a=", "<p>", "<div>"]
)
def test_repeated_fragments_do_not_explode(filler: str) -> None:
    for body in (rss(item(more=f"<description>{filler * 8_000}</description>")), filler.encode() * 8_000):
        assert isinstance(parse_feed(body, "https://a.example/x"), (ParsedFeed, NotAFeed))


def test_wishes_of_the_feed_are_clamped() -> None:
    head = "<ttl>999999</ttl><skipHours>" + "".join(f"<hour>{n}</hour>" for n in range(24)) + "</skipHours>"
    assert (feed_of(rss(item(), head=head)).ttl, feed_of(rss(item(), head=head)).skip_hours) == (timedelta(days=1), ())


@pytest.mark.parametrize("ttl", ["0", "-5", "soon", "9" * 30])
def test_garbage_ttl_is_ignored(ttl: str) -> None:
    assert feed_of(rss(item(), head=f"<ttl>{ttl}</ttl>")).ttl is None


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400))
def test_arbitrary_bytes_never_raise(body: bytes) -> None:
    assert isinstance(parse_feed(body, "https://a.example/x"), (ParsedFeed, NotAFeed))


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=120), st.text(max_size=60), st.text(max_size=60))
def test_arbitrary_fields_never_raise(title: str, link: str, date: str) -> None:
    body = rss(item(title, link, f"<pubDate>{date}</pubDate><description>{title}</description>")).decode("utf-8", "replace")
    assert isinstance(parse_feed(body.encode("utf-8", "replace"), "https://a.example/x"), (ParsedFeed, NotAFeed))


@settings(max_examples=40, deadline=None)
@given(
    st.recursive(st.none() | st.booleans() | st.floats() | st.text(max_size=20), lambda inner: st.lists(inner, max_size=4), max_leaves=8)
)
def test_arbitrary_json_values_never_raise(value: Any) -> None:
    fields = ("id", "url", "title", "summary", "content_html", "content_text", "date_published", "authors", "author", "tags")
    body = json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": value, "items": [dict.fromkeys(fields, value), value]})
    assert isinstance(parse_feed(body.encode(), "https://a.example/x"), ParsedFeed)
    nhk = json.dumps({"channel": {"item": [dict.fromkeys(("id", "title", "link", "pubDate", "categories"), value), value]}})
    assert isinstance(parse_feed(nhk.encode(), "https://a.example/x", format="nhk-json"), ParsedFeed)

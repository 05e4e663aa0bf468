"""Pages are read with their headline, dates and rights, and no bytes make the reader raise."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.pipeline.extract import extract, extract_bounded
from monitor.records import Extracted, Moment

URL = "https://harbour.example/news/frigates"
PARAGRAPHS = [
    "Two frigates of the coastal fleet returned to the northern harbour on Friday morning after four months at sea, the port office said.",
    "Their crews had escorted merchant ships through the strait, where pilots reported more than thirty near misses since the summer.",
    "A third ship is expected next week. Engineers found a crack in its propeller shaft and had it towed to a dock for repairs.",
    "The ministry did not say whether the mission would be renewed. Shipping companies have asked for it to go on until the spring.",
    "Families waited on the pier with flags. The youngest of the sailors, who is nineteen, said that she had slept badly and eaten well.",
]
BODY = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
LD = """<script type="application/ld+json">{"@context":"https://schema.org","@graph":[{"@type":"WebSite","name":"The Harbour Post"},
{"@type":"NewsArticle","headline":"Frigates return","datePublished":"2026-11-20T08:15:30+02:00","dateModified":"2026-11-20T09:00:00Z",
"author":[{"@type":"Person","name":"Nell Quay"},{"name":"Tom Bollard"}],"articleSection":"Navy","isAccessibleForFree":%s}]}</script>"""


def page(body: str = BODY, head: str = "", title: str = "Frigates return to the harbour", lang: str = "en") -> bytes:
    document = f"<html lang='{lang}'><head><meta charset='utf-8'><title>{title}</title>{head}</head><body><nav><a href='/'>Home</a></nav>"
    return f"<!doctype html>{document}<article><h1>{title}</h1>{body}</article><footer>About us</footer></body></html>".encode()


def read(html: bytes, **options: Any) -> Extracted:
    return extract(html, URL, **options)


def test_article_is_read_without_its_headline() -> None:
    found = read(page())
    assert (found.title, found.text.split("\n"), found.verdict, found.reason) == ("Frigates return to the harbour", PARAGRAPHS, "full", "")


def test_what_json_ld_says_is_kept() -> None:
    found = read(page(head=LD % "true"))
    assert (found.published, found.modified) == (
        Moment(datetime(2026, 11, 20, 6, 15, 30, tzinfo=UTC), 120),
        Moment(datetime(2026, 11, 20, 9, 0, tzinfo=UTC), 0),
    )
    assert (found.authors, found.section, found.paywalled) == (("Nell Quay", "Tom Bollard"), "Navy", False)


@pytest.mark.parametrize(
    ("head", "moment"),
    [
        ("<meta property='og:published_time' content='2026-11-20T08:15+01:00'>", Moment(datetime(2026, 11, 20, 7, 15, tzinfo=UTC), 60)),
        ("<meta name='date' content='2026-11-20'>", Moment(datetime(2026, 11, 20, tzinfo=UTC), None, "day")),
        ("<meta itemprop='datePublished' content='20 Nov 2026 08:15 GMT'>", Moment(datetime(2026, 11, 20, 8, 15, tzinfo=UTC), 0)),
        ("<meta name='ptime' content='1795162500'>", Moment(datetime(2026, 11, 20, 8, 15, tzinfo=UTC), 0)),
    ],
)
def test_meta_date_is_read(head: str, moment: Moment) -> None:
    assert read(page(head=head)).published == moment


def test_time_element_is_read() -> None:
    body = "<time class='updated' datetime='2026-11-21T10:00Z'>later</time><time datetime='2026-11-20T08:15-03:00'>Friday</time>"
    found = read(page(body + BODY))
    assert (found.published, found.modified) == (
        Moment(datetime(2026, 11, 20, 11, 15, tzinfo=UTC), -180),
        Moment(datetime(2026, 11, 21, 10, 0, tzinfo=UTC), 0),
    )


def test_day_in_the_address_serves_a_page_without_dates() -> None:
    assert extract(page(), "https://quai.example/2026/11/20/fregates").published == Moment(datetime(2026, 11, 20, tzinfo=UTC), None, "day")


def test_feed_date_is_the_last_resort() -> None:
    moment = Moment(datetime(2026, 11, 20, 8, 15, tzinfo=UTC), 0)
    assert read(page(), feed_published=moment).published == moment


@pytest.mark.parametrize(
    ("title", "head", "outlet"),
    [
        ("Frigates return - The Harbour Post", "", "The Harbour Post"),
        ("Frigates return | World News | Harbour Post", "", "The Harbour Post"),
        ("Frigates return &#8212; harbour.example", "", ""),
        ("x", "<meta property='og:title' content='Frigates return | HP'><meta property='og:site_name' content='HP'>", ""),
        ("x", '<script type="application/ld+json">{"@type":"Article","headline":"Frigates &amp; return"}</script>', ""),
    ],
)
def test_outlet_name_is_taken_off_the_headline(title: str, head: str, outlet: str) -> None:
    html = page(BODY, head, title).replace(b"<h1>", b"<h2>").replace(b"</h1>", b"</h2>")
    assert read(html, outlet=outlet).title.replace("& ", "") == "Frigates return"


def test_headline_of_the_feed_serves_a_page_without_one() -> None:
    assert extract(f"<html><body>{BODY}</body></html>".encode(), URL, feed_title="From the  feed").title == "From the feed"


def test_links_to_other_articles_are_left_out() -> None:
    extra = "<p><a href='/x'>The strait is closed to yachts until further notice</a></p><ul><li><a href='/y'>Ten ports to see</a></li></ul>"
    assert read(page("".join(f"<p>{one}</p>{extra}" for one in PARAGRAPHS))).text.split("\n") == PARAGRAPHS


def test_table_in_a_figure_and_text_after_a_script_or_picture_are_kept() -> None:
    rows = "".join(f"<tr><td>Frigate number {number}</td><td>{40 + number} sailors</td></tr>" for number in range(3))
    body = f'{BODY}<figure><table>{rows}</table></figure><p>The <script>1</script>list <svg><path/></svg>is <img src="a">complete.</p>'
    lines = read(page(body)).text.split("\n")
    told = [f"| Frigate number {number} | {40 + number} sailors |" for number in range(3)]
    assert [line for line in lines if line.startswith("|")] == told
    assert lines[-1] == "The list is complete."


@pytest.mark.parametrize("begin", ["<!DOCTYPE html PUBLIC 'a' 'b'/>\n<html>", "<!doctype html>\n<html lang='en'/>"])
def test_page_with_a_beginning_that_closes_itself_is_read(begin: str) -> None:
    found = read(f"{begin}<body><article><h1>Frigates return</h1>{BODY}</article></body></html>".encode())
    assert (found.title, found.text.split("\n")) == ("Frigates return", PARAGRAPHS)


def test_standfirst_leads_the_text() -> None:
    lead = "After four months in the strait two of three ships are home, and nobody knows for how long they will stay."
    head = f"<meta name='description' content='{lead}'>"
    html = page(BODY, head).replace(b"</h1>", f"</h1><div class='standfirst'><span>{lead}</span></div>".encode())
    assert read(html).text.split("\n") == [lead, *PARAGRAPHS]


@pytest.mark.parametrize(
    ("head", "rights"),
    [
        ("<meta name='tdm-reservation' content='1'>", "reserved"),
        ("<meta name='tdm-reservation' content='0'>", "open"),
        ("<meta name='robots' content='index, noai'>", "reserved"),
        ("<meta name='robots' content='noarchive, noindex, nosnippet'>", "open"),
    ],
)
def test_rights_are_read_from_meta_tags(head: str, rights: str) -> None:
    assert read(page(head=head)).rights == rights


def test_paid_article_keeps_its_free_part() -> None:
    found = read(page(head=LD % "false"))
    assert (found.verdict, found.reason, found.text.split("\n"), found.paywalled) == (
        "paywalled",
        "The page shows only the free part of a paid article.",
        PARAGRAPHS,
        True,
    )


def test_body_in_json_ld_is_the_fallback() -> None:
    found = json.dumps({"@type": "NewsArticle", "articleBody": "\n".join(PARAGRAPHS)})
    script = f'<script type="application/ld+json">{found}</script>'
    assert read(page("<div id='app'></div>", script)).text.split("\n") == PARAGRAPHS


def test_short_page_is_a_summary() -> None:
    assert read(page("<p>Two ships came home.</p>")).verdict == "summary"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1251", "koi8-r"])
def test_character_set_is_recognised(encoding: str) -> None:
    text = "Два фрегата вернулись в порт после четырёх месяцев в море, сообщили в управлении порта. " * 4
    html = page(f"<p>{text}</p>" * 2, title="Фрегаты вернулись").decode().replace("charset='utf-8'", f"charset='{encoding}'")
    assert read(html.encode(encoding)).title == "Фрегаты вернулись"


def test_header_names_the_character_set() -> None:
    html = page(title="Café über Zürich").decode().replace("<meta charset='utf-8'>", "").encode("latin-1")
    assert read(html, content_type="text/html; charset=ISO-8859-1").title == "Café über Zürich"


def test_canonical_of_another_site_is_not_believed() -> None:
    own, other = "https://harbour.example/a/1", "https://other.example/1"
    answers = [read(page(head=f"<link rel='canonical' href='{address}'>")).canonical for address in (own, other)]
    assert answers == [own, URL]


@pytest.mark.parametrize("body", [b"", b" ", b"\x00", b"<", b"plain", b"\xff\xfe", b"%PDF-1.7", b"<html>", b'{"a":1}'])
def test_no_page_is_a_failed_reading(body: bytes) -> None:
    assert (read(body, feed_title="T").verdict, extract_bounded(body, URL).verdict) == ("failed", "failed")


HOSTILE = {
    "attributes": "<p " + " ".join(f"a{n}=1" for n in range(20_000)) + ">x</p>" + BODY,
    "attributes after a quoted tag": "<p a='<' " + " ".join(f"a{n}=1" for n in range(20_000)) + ">x</p>" + BODY,
    "depth": "<div>" * 20_000 + "x",
    "deep json-ld": "<script type='application/ld+json'>" + "[" * 50_000 + "</script>" + BODY,
    "long word": "<p>" + "x" * 500_000 + "</p>" + BODY,
    "less-than": "<" * 50_000 + BODY,
    "digits": "<meta name='date' content='" + "9" * 20_000 + "'>" + BODY,
    "links": "<a href='" * 20_000,
    "links nested": "<a>x" * 5_000,
    "comments": "<!--" * 20_000,
    "scripts": "<script type='application/ld+json'>{" * 5_000,
    "spans": "<span class=published>1" * 5_000,
    "headings": "<h1>a" * 5_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_page_is_survived(name: str) -> None:
    html = page(HOSTILE[name])
    assert isinstance(read(html), Extracted) and isinstance(extract_bounded(html, URL), Extracted)


def test_charset_utf_7_is_not_believed() -> None:
    assert "<script" not in read(b"<html><head><meta charset=utf-7></head><body><p>+ADw-script+AD4-" + BODY.encode() + b"</p>").text


def test_bounded_reading_finds_the_article() -> None:
    found = extract_bounded(page(), URL)
    assert (found.title, all(paragraph in found.text for paragraph in PARAGRAPHS)) == ("Frigates return to the harbour", True)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300))
def test_arbitrary_bytes_never_raise(body: bytes) -> None:
    assert isinstance(read(body), Extracted) and isinstance(read(page() + body), Extracted)
    assert isinstance(extract_bounded(body, URL), Extracted)


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=40))
def test_arbitrary_heads_never_raise(title: str, date: str, address: str) -> None:
    head = f"<meta property='og:title' content='{title}'><meta name='date' content='{date}'><link rel='canonical' href='{address}'>"
    assert isinstance(extract(page(head=head).decode().encode("utf-8", "replace"), address), Extracted)


def test_date_in_a_script_serves_a_page_without_one() -> None:
    html = f"<html><head><title>T</title></head><body><script>var page = {{'datePublished': '2026-03-04'}};</script>{BODY}</body></html>"
    found = read(html.encode())
    assert found.published is not None and found.published.at.date().isoformat() == "2026-03-04"

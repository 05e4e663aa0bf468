from __future__ import annotations

import gzip
import html
import http.client
import re
import threading
from collections.abc import Iterator
from datetime import timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import pytest

from monitor.config.feeds_file import parse_feeds
from monitor.config.newsroom_file import Samples, load_newsroom
from monitor.errors import UsageError
from monitor.outside.clock import OffsetClock, SystemClock
from monitor.outside.newsroom import Newsroom
from monitor.pipeline.parse import parse_feed
from monitor.records import NotAFeed, ParsedFeed
from tests.path.truth import article_id_of


@pytest.fixture(scope="module")
def samples() -> Samples:
    return load_newsroom()


@pytest.fixture
def clock() -> OffsetClock:
    return OffsetClock(timedelta(0), SystemClock())


@pytest.fixture
def newsroom(samples: Samples, clock: OffsetClock) -> Iterator[Newsroom]:
    with Newsroom(samples, port=0, clock=clock) as opened:
        yield opened


class Got:
    def __init__(self, address: str, method: str = "GET", **headers: str) -> None:
        parts = urlsplit(address)
        connection = http.client.HTTPConnection(parts.netloc, timeout=600)
        try:
            path = parts.path + (f"?{parts.query}" if parts.query else "")
            connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
            answer = connection.getresponse()
            self.status = answer.status
            self.headers = {name.lower(): value for name, value in answer.getheaders()}
            self.body = answer.read()
        finally:
            connection.close()

    @property
    def text(self) -> str:
        return self.body.decode(self.headers["content-type"].partition("charset=")[2])


def one_line(text: str) -> str:
    """The text with plain blanks: what a parser makes of French no-break spaces is its own affair."""
    return " ".join(text.split())


def parsed(newsroom: Newsroom, outlet: str) -> ParsedFeed:
    got = Got(newsroom.feed_address(outlet))
    feed = parse_feed(got.body, newsroom.feed_address(outlet), content_type=got.headers["content-type"])
    assert isinstance(feed, ParsedFeed)
    return feed


def test_every_feed_but_the_broken_one_parses_with_all_its_articles(newsroom: Newsroom, samples: Samples):
    for outlet in samples.outlets:
        if outlet.feed == "broken":
            continue
        feed = parsed(newsroom, outlet.id)
        assert feed.skipped == ()
        assert feed.title == outlet.name
        written = samples.of(outlet.id)
        assert [article_id_of(entry.link) for entry in feed.entries] == [one.id for one in written]
        assert [one_line(entry.title) for entry in feed.entries] == [one_line(one.first_title or one.title) for one in written]
        assert [one_line(entry.summary) for entry in feed.entries] == [one_line(one.summary) for one in written]


def test_all_four_forms_are_served(newsroom: Newsroom, samples: Samples):
    forms = {parsed(newsroom, outlet.id).format for outlet in samples.outlets if outlet.feed != "broken"}
    assert forms == {"rss20", "atom10", "rss10", "json11"}


def test_dates_are_the_outlets_own_and_count_from_the_start(newsroom: Newsroom, samples: Samples):
    offsets = {}
    for outlet in ("chesapeake", "monsoon", "minato", "brujula", "cabo"):
        newest, entry = samples.of(outlet)[0], parsed(newsroom, outlet).entries[0]
        assert entry.published is not None
        offsets[outlet] = entry.published.offset
        assert entry.published.at == (newsroom.started - timedelta(hours=newest.hours_ago)).replace(second=0, microsecond=0)
    assert offsets.pop("chesapeake") in (-300, -240)
    assert offsets == {"monsoon": 330, "minato": 540, "brujula": -300, "cabo": -180}


def test_the_undated_feed_has_dates_only_in_its_addresses(newsroom: Newsroom):
    feed = parsed(newsroom, "quai-matin")
    assert {entry.published for entry in feed.entries} == {None}
    assert [bool(re.search(r"/international/[a-z0-9-]+-\d\d-\d\d-20\d\d-[A-Z0-9]+\.php$", entry.link)) for entry in feed.entries] == [
        True
    ] * len(feed.entries)
    assert re.findall(r"<time|published|\d\d:\d\d", Got(feed.entries[0].link).text) == []


def test_the_broken_feed_yields_nothing(newsroom: Newsroom):
    got = Got(newsroom.feed_address("ricochet"))
    assert got.status == 200
    assert b"\x0b" in got.body
    assert isinstance(parse_feed(got.body, newsroom.feed_address("ricochet")), NotAFeed)


def test_the_full_text_feed_carries_the_whole_text(newsroom: Newsroom, samples: Samples):
    newest, entry = samples.of("monsoon")[0], parsed(newsroom, "monsoon").entries[0]
    assert [samples.outlet("monsoon").text, parsed(newsroom, "harbour-post").entries[0].content] == ["feed", ""]
    for paragraph in newest.paragraphs:
        assert paragraph in entry.content


def test_a_page_that_is_refused_answers_403(newsroom: Newsroom, samples: Samples):
    assert [Got(newsroom.article_address(one.id)).status for one in samples.of("bastion")] == [403] * 3


def test_all_other_articles_are_there_with_their_whole_text(newsroom: Newsroom, samples: Samples):
    for article in samples.articles:
        address = newsroom.article_address(article.id)
        assert article_id_of(address) == article.id
        if article.outlet == "bastion":
            continue
        got = Got(address)
        assert got.status == 200
        page = html.unescape(got.text)
        for paragraph in article.paragraphs:
            assert paragraph in page


def test_right_to_left_pages_say_so(newsroom: Newsroom, samples: Samples):
    heads = {outlet: Got(newsroom.address(outlet)).text.split("\n")[1] for outlet in ("marfa", "gesher", "faro")}
    assert heads == {"marfa": '<html lang="ar" dir="rtl">', "gesher": '<html lang="he" dir="rtl">', "faro": '<html lang="it">'}


@pytest.mark.parametrize("outlet", ["meridien", "stepova", "fener"])
def test_a_feed_answers_304_to_its_own_validators(newsroom: Newsroom, samples: Samples, outlet: str):
    first = Got(newsroom.feed_address(outlet))
    kinds = {"both": {"etag", "last-modified"}, "etag": {"etag"}, "modified": {"last-modified"}}
    assert {"etag", "last-modified"} & set(first.headers) == kinds[samples.outlet(outlet).validators]
    names = {"etag": "If_None_Match", "last-modified": "If_Modified_Since"}
    again = Got(newsroom.feed_address(outlet), **{names[name]: first.headers[name] for name in names if name in first.headers})
    assert (again.status, again.body) == (304, b"")
    assert again.headers.get("etag") == first.headers.get("etag")


def test_foreign_validators_get_the_whole_feed(newsroom: Newsroom):
    assert Got(newsroom.feed_address("meridien"), If_None_Match='"x"').status == 200
    assert Got(newsroom.feed_address("fener"), If_Modified_Since="never").status == 200
    assert Got(newsroom.feed_address("fener"), If_Modified_Since="Thu, 01 Jan 1970 00:00:00 GMT").status == 200


def test_some_feeds_say_how_long_they_are_fresh(newsroom: Newsroom):
    said = {outlet: Got(newsroom.feed_address(outlet)).headers.get("cache-control") for outlet in ("meridien", "vega-wire", "faro")}
    assert said == {"meridien": "max-age=300", "vega-wire": "max-age=60", "faro": None}


def test_gzip_is_for_who_takes_it(newsroom: Newsroom):
    plain, packed = Got(newsroom.feed_address("faro")), Got(newsroom.feed_address("faro"), Accept_Encoding="gzip")
    assert (plain.headers.get("content-encoding"), packed.headers["content-encoding"]) == (None, "gzip")
    assert gzip.decompress(packed.body) == plain.body
    assert len(packed.body) < len(plain.body)
    assert plain.headers["etag"] == packed.headers["etag"]


def _titles(newsroom: Newsroom) -> tuple[str, str, str]:
    feed = parsed(newsroom, "latarnia")
    title = next(entry.title for entry in feed.entries if article_id_of(entry.link) == "af4-pl-1")
    heading = re.search("<h1>(.*?)</h1>", Got(newsroom.article_address("af4-pl-1")).text)
    assert heading is not None
    return title, html.unescape(heading[1]), Got(newsroom.feed_address("latarnia")).headers["etag"]


def test_an_edited_headline_changes_feed_page_and_validators_but_not_the_address(newsroom: Newsroom, samples: Samples):
    article, address = samples.article("af4-pl-1"), newsroom.article_address("af4-pl-1")
    before = _titles(newsroom)
    assert before[:2] == (article.first_title, article.first_title)
    newsroom.edit_headlines()
    after = _titles(newsroom)
    assert after[:2] == (article.title, article.title)
    assert after[2] != before[2]
    assert newsroom.article_address("af4-pl-1") == address
    assert Got(newsroom.feed_address("latarnia"), If_None_Match=before[2]).status == 200


def test_headlines_are_edited_by_themselves_after_three_minutes(newsroom: Newsroom, samples: Samples, clock: OffsetClock):
    article, modified = samples.article("af4-pl-1"), Got(newsroom.feed_address("latarnia")).headers["last-modified"]
    clock.delta = timedelta(minutes=2)
    assert _titles(newsroom)[0] == article.first_title
    clock.delta = timedelta(minutes=3)
    assert _titles(newsroom)[0] == article.title
    later = Got(newsroom.feed_address("latarnia")).headers["last-modified"]
    assert parsedate_to_datetime(later) == (newsroom.started + timedelta(minutes=3)).replace(microsecond=0)
    assert parsedate_to_datetime(modified) < newsroom.started


def test_headlines_can_be_edited_from_the_start(samples: Samples):
    with Newsroom(samples, port=0, clock=SystemClock(), edited=True) as newsroom:
        assert _titles(newsroom)[0] == samples.article("af4-pl-1").title


def test_the_home_page_names_the_feed_and_robots_allow_reading(newsroom: Newsroom):
    home = Got(newsroom.address("cabo"))
    assert '<link rel="alternate" type="application/atom+xml" title="Diário do Cabo" href="/feed">' in home.text
    robots = Got(newsroom.address("cabo", "/robots.txt"))
    assert (robots.status, robots.text) == (200, "User-agent: *\nDisallow: /search\nAllow: /\n")


def test_what_is_not_there_and_what_is_not_read(newsroom: Newsroom):
    assert [Got(newsroom.address("cabo", "/nothing")).status, Got(newsroom.address("cabo"), "POST").status] == [404, 405]
    head = Got(newsroom.feed_address("cabo"), "HEAD")
    assert (head.status, head.body) == (200, b"")


def test_every_request_is_logged(newsroom: Newsroom):
    Got(newsroom.feed_address("faro"), User_Agent="Tester/1")
    Got(newsroom.address("faro", "/nothing"))
    log = [(one.outlet, one.method, one.path, one.status) for one in newsroom.requests]
    assert log == [("faro", "GET", "/feed", 200), ("faro", "GET", "/nothing", 404)]
    assert newsroom.requests[0].headers["user-agent"] == "Tester/1"
    assert newsroom.requests[0].host == urlsplit(newsroom.address("faro")).hostname


def test_faults_strike_one_article_only(newsroom: Newsroom, samples: Samples):
    first, second = [newsroom.article_address(one.id) for one in samples.of("faro")[:2]]
    newsroom.faults["faro", samples.of("faro")[0].id] = 503
    newsroom.faults["cabo", "feed"] = 410
    assert [Got(first).status, Got(second).status, Got(newsroom.feed_address("cabo")).status] == [503, 200, 410]
    newsroom.faults["faro", samples.of("faro")[0].id] = "reset"
    with pytest.raises((ConnectionResetError, http.client.RemoteDisconnected)):
        Got(first)
    assert newsroom.requests[-1].status == 0
    newsroom.faults.clear()
    assert Got(first).status == 200


def test_a_slow_answer_ends_with_the_newsroom(samples: Samples):
    with Newsroom(samples, port=0, clock=SystemClock()) as newsroom:
        newsroom.faults["faro", "feed"] = "slow"
        connection = http.client.HTTPConnection(urlsplit(newsroom.address("faro")).netloc, timeout=600)
        connection.request("GET", "/feed")
        answer = connection.getresponse()
        assert answer.read(2) == b"<<"
    with pytest.raises(http.client.IncompleteRead):
        answer.read()
    connection.close()


def test_the_desk_file_of_the_newsroom_has_no_mistake(newsroom: Newsroom, samples: Samples):
    read = parse_feeds(newsroom.feeds_yaml())
    assert (read.desk.name, [section.id for section in read.desk.sections]) == (
        "Sample desk",
        ["africa", "america", "asia", "europe", "focus"],
    )
    said = [(one.id, one.name, one.language, one.country, one.kind, one.weight, one.owner, one.text) for one in read.outlets]
    assert said == [(o.id, o.name, o.language, o.country, o.kind, o.weight, o.owner, o.text) for o in samples.outlets]
    assert [feed.url for one in read.outlets for feed in one.feeds] == [newsroom.feed_address(one.id) for one in samples.outlets]


def test_an_article_that_comes_out_later_is_nowhere_before(samples: Samples, clock: OffsetClock):
    later = samples.coming_out({"eu6-en-1": timedelta(hours=2)})
    with Newsroom(later, port=0, clock=clock) as newsroom:
        page, feed = newsroom.article_address("eu6-en-1"), newsroom.feed_address("chesapeake")
        before, home = Got(feed), newsroom.address("chesapeake")
        assert (Got(page).status, "eu6-en-1" in before.text, "eu6-en-1" in Got(home).text) == (404, False, False)
        clock.delta = timedelta(hours=2, minutes=1)
        after = Got(feed, If_None_Match=before.headers["etag"])
        assert (after.status, after.text.count("eu6-en-1"), "eu6-en-1" in Got(home).text) == (200, 2, True)
        assert (Got(page).status, samples.article("eu6-en-1").title in Got(page).text) == (200, True)


def test_feeds_are_asked_as_often_as_the_desk_file_says(newsroom: Newsroom):
    read = parse_feeds(newsroom.feeds_yaml(every="15m"))
    assert {feed.every for one in read.outlets for feed in one.feeds} == {timedelta(minutes=15)}


def test_the_whole_newsroom_ends_with_its_block(samples: Samples):
    before = threading.enumerate()
    with Newsroom(samples, port=0, clock=SystemClock()) as newsroom:
        address = newsroom.feed_address("faro")
        assert urlsplit(address).hostname.startswith("127.")  # type: ignore[union-attr]
        assert Got(address).status == 200
    assert threading.enumerate() == before
    with pytest.raises(ConnectionRefusedError):
        Got(address)


def test_a_port_that_is_taken_is_said_in_a_sentence(samples: Samples):
    with Newsroom(samples, port=0, clock=SystemClock()) as newsroom:
        port = urlsplit(newsroom.address(samples.outlets[0].id)).port
        assert port is not None
        with pytest.raises(UsageError, match=f"cannot listen on port {port}"), Newsroom(samples, port=port, clock=SystemClock()):
            pass

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.pipeline import addresses

SAME = [
    ("http://www.example.org/a", "https://example.org/a"),
    ("HTTPS://WWW.Example.ORG:443/a", "https://example.org/a"),
    ("http://example.org:80", "https://example.org/"),
    ("https://example.org/a#comments", "https://example.org/a"),
    ("https://example.org/a?", "https://example.org/a"),
    ("https://example.org/a?b=2&a=1", "https://example.org/a?a=1&b=2"),
    ("https://example.org/a?utm_source=x&utm_medium=y&id=7", "https://example.org/a?id=7"),
    ("https://example.org/a?at_medium=RSS&at_campaign=rss", "https://example.org/a"),
    ("https://example.org/a#xtor=RSS-3208", "https://example.org/a"),
    ("https://example.org/a?xtor=RSS-3208", "https://example.org/a"),
    ("https://example.org/a?fbclid=1&gclid=2&mc_cid=3&wt_mc=rss.all", "https://example.org/a"),
    ("https://example.org/a?ref=rss", "https://example.org/a"),
    ("https://example.org/a?rss=1", "https://example.org/a"),
    ("https://example.org/a?source=rss-b1f3d322dadf------2", "https://example.org/a"),
    ("https://example.org/%7Ejo/%c3%a9t%C3%A9", "https://example.org/~jo/%C3%A9t%C3%A9"),
    ("https://example.org/été", "https://example.org/%C3%A9t%C3%A9"),
    ("https://bücher.example/", "https://xn--bcher-kva.example/"),
    ("https://example.org./a", "https://example.org/a"),
    ("https://example.org/a/../b/./c", "https://example.org/b/c"),
    ("https://example.org/a;jsessionid=0AF3?x=1", "https://example.org/a?x=1"),
    ("https://example.org/?type=member&#038;p=61265", "https://example.org/?p=61265&type=member"),
    ("  https://example.org/a\n", "https://example.org/a"),
    ("http://127.0.0.1:8001/a", "https://127.0.0.1:8001/a"),
]


@pytest.mark.parametrize(("written", "identity"), SAME)
def test_canonical_gives_one_address_for_one_article(written: str, identity: str) -> None:
    assert addresses.canonical(written) == identity


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("https://example.org/a?id=1", "https://example.org/a?id=2"),
        ("https://example.org/a?ref=4711", "https://example.org/a?ref=4712"),
        ("https://example.org/a?pk_no=1412361", "https://example.org/a?pk_no=1412362"),
        ("https://example.org/a?ncid=12", "https://example.org/a?ncid=13"),
        ("https://example.org/a?tag=1&tag=2", "https://example.org/a?tag=2&tag=1"),
        ("https://example.org/a%2Fb", "https://example.org/a/b"),
        ("https://example.org/a/", "https://example.org/a"),
        ("https://example.org/A", "https://example.org/a"),
        ("https://m.example.org/a", "https://example.org/a"),
        ("http://127.0.0.1:8001/a", "http://127.0.0.1:8002/a"),
    ],
)
def test_canonical_keeps_different_articles_apart(a: str, b: str) -> None:
    assert addresses.canonical(a) != addresses.canonical(b)
    assert addresses.key(a) != addresses.key(b)


@pytest.mark.parametrize("text", ["", "mailto:a@example.org", "javascript:alert(1)", "http://[::1", "//[x", "http://example.org:99999/"])
def test_canonical_leaves_what_is_no_web_address(text: str) -> None:
    assert addresses.canonical(text) == text


def test_canonical_of_an_ipv6_host_keeps_its_brackets() -> None:
    assert addresses.canonical("http://[::1]:8080/a") == "https://[::1]:8080/a"


@given(st.text())
@settings(max_examples=150, deadline=None)
def test_canonical_of_any_text_is_idempotent(text: str) -> None:
    once = addresses.canonical(text)
    assert addresses.canonical(once) == once
    assert len(addresses.key(text)) == 64


url_text = st.text(alphabet=st.sampled_from("abAB019%/.?&=#;:@+-_~é\u202e中\ud800 \\[]"), max_size=40)


hosts = st.sampled_from(["example.org", "WWW.Example.org", "bücher.example", "[::1]", "127.0.0.1:80", "www.com", "ä..b", "x:y"])


@given(host=hosts, rest=url_text)
@settings(max_examples=300, deadline=None)
def test_canonical_of_any_address_is_idempotent(host: str, rest: str) -> None:
    once = addresses.canonical(f"http://{host}/{rest}")
    assert addresses.canonical(once) == once


names = st.sampled_from(["id", "p", "page", "lang", "q"])
noise = st.sampled_from(["utm_source=feed", "fbclid=IwY2", "at_medium=RSS", "xtor=RSS-1", "ref=rss", "WT.mc_id=3", "gclid="])


@given(st.dictionaries(names, st.integers(0, 99)), st.lists(noise), st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_order_of_parameters_and_tracking_noise_do_not_matter(wanted: dict[str, int], extra: list[str], rng: object) -> None:
    plain = [f"{name}={value}" for name, value in wanted.items()]
    mixed = plain + extra
    rng.shuffle(mixed)  # type: ignore[attr-defined]
    address = "https://example.org/story?"
    assert addresses.key(address + "&".join(mixed)) == addresses.key(address + "&".join(plain))


@pytest.mark.parametrize(
    ("base", "link", "expected"),
    [
        ("https://example.org/rss", "/a/b", "https://example.org/a/b"),
        ("https://example.org/rss", "//other.example/a", "https://other.example/a"),
        ("https://example.org/rss", "\n https://example.org/a b ", "https://example.org/a%20b"),
        ("https://example.org/rss", "https://example.org/?a=1&amp;b=2", "https://example.org/?a=1&b=2"),
        ("https://example.org/rss", "javascript:alert(1)", None),
        ("https://example.org/rss", "data:text/html,x", None),
        ("https://example.org/rss", "file:///etc/passwd", None),
        ("https://example.org/rss", "https://user:pw@example.org/", None),
        ("https://example.org/rss", "https://example.com@127.0.0.1/", None),
        ("https://example.org/rss", "/\\evil.example", None),
        ("https://example.org/rss", "https://example.org/a\x00b", None),
        ("https://example.org/rss", "https://example.org/\u202ea", None),
        ("https://example.org/rss", "https://example.org/\ud800", None),
        ("https://example.org/rss", "//[x", None),
        ("http://[::1", "a", None),
        ("https://example.org/rss", "https:///nohost", None),
        ("https://example.org/rss", "https:nohost", None),
        ("https://example.org/rss", "https://example.org:port/", None),
        ("https://example.org/rss", "https://example.org/" + "a" * 2048, None),
        ("https://example.org/" + "b" * 2040 + "/", "c" * 200, None),
        ("https://example.org/rss", "", None),
    ],
)
def test_absolute_follows_only_what_may_be_followed(base: str, link: str, expected: str | None) -> None:
    assert addresses.absolute(base, link) == expected


@given(st.text(), st.text())
@settings(max_examples=150, deadline=None)
def test_nothing_raises_on_any_text(a: str, b: str) -> None:
    addresses.absolute(a, b)
    addresses.same_site(a, b)
    addresses.registrable(a)
    addresses.day_in(a)
    assert addresses.believed_canonical(a, b) in {a, addresses.absolute(a, b)}


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("news.bbc.co.uk", "bbc.co.uk"),
        ("WWW.Example.ORG.", "example.org"),
        ("desk.blogspot.com", "desk.blogspot.com"),
        ("co.uk", "co.uk"),
        ("127.0.0.1", "127.0.0.1"),
        ("[::1]", "[::1]"),
        ("localhost", "localhost"),
        ("a.bücher.example", "xn--bcher-kva.example"),
        ("", ""),
    ],
)
def test_registrable_names_what_somebody_registered(host: str, domain: str) -> None:
    assert addresses.registrable(host) == domain


def test_same_site_holds_within_a_registrable_domain_only() -> None:
    assert addresses.same_site("https://a.example.co.uk/x", "http://example.co.uk/")
    assert not addresses.same_site("https://one.co.uk/", "https://two.co.uk/")
    assert not addresses.same_site("https://one.blogspot.com/", "https://two.blogspot.com/")
    assert addresses.same_site("http://127.0.0.1:8001/a", "http://127.0.0.1:8001/b")
    assert not addresses.same_site("http://127.0.0.1:8001/a", "http://127.0.0.1:8002/a")
    assert not addresses.same_site("", "")


def test_believed_canonical_stays_on_the_site_and_off_the_home_page() -> None:
    page = "https://news.example.org/a?x=1"
    assert addresses.believed_canonical(page, "https://example.org/a") == "https://example.org/a"
    assert addresses.believed_canonical(page, "https://other.example/a") == page
    assert addresses.believed_canonical(page, "/") == page
    assert addresses.believed_canonical(page, "javascript:0") == page


@pytest.mark.parametrize(
    ("path", "day"),
    [
        ("/faits-divers/un-titre-20-11-2026-ABCDEF.php", (2026, 11, 20)),
        ("/2026/11/20/un-titre", (2026, 11, 20)),
        ("/news/2026/2/7/a-title", (2026, 2, 7)),
        ("/2026-11-20/un-titre", (2026, 11, 20)),
        ("/2026/1120/un-titre", (2026, 11, 20)),
        ("/world/2026-11/20/c_1.htm", (2026, 11, 20)),
        ("/archives/20261120-un-titre", (2026, 11, 20)),
        ("/un-titre_20_11_2026", (2026, 11, 20)),
        ("/story-12-25-2026.html", (2026, 12, 25)),
        ("/2026/13/45/a", None),
        ("/2026/02/30/a", None),
        ("/1776/07/04/a", None),
        ("/2026/11/un-titre", None),
        ("/AEN20190820002300325", None),
        ("/a-1234567890", None),
        ("/a?d=2026-11-20", None),
    ],
)
def test_day_in_reads_the_day_an_address_names(path: str, day: tuple[int, int, int] | None) -> None:
    found = addresses.day_in("https://example.org" + path)
    assert (found.at if found else None) == (datetime(*day, tzinfo=UTC) if day else None)
    assert found is None or (found.precision, found.offset) == ("day", None)

from __future__ import annotations

import pytest

from monitor.outside.guard import Policy
from monitor.outside.pace import host_of, interval_for, is_loopback

OUTLET, HERE = "https://www.outlet.example/feed", "http://127.0.0.1:8001/feed"


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://www.lemonde.fr/rss", "lemonde.fr"),
        ("https://feeds.bbci.co.uk/news", "bbci.co.uk"),
        ("https://WWW.Example.ORG.:443/", "example.org"),
        ("https://a.github.io/", "a.github.io"),
        ("https://github.io/", "github.io"),
        ("https://www.bücher.example/", "xn--bcher-kva.example"),
        ("http://127.0.0.1:8001/x", "127.0.0.1:8001"),
        ("http://10.2.3.4/x", "10.2.3.4:80"),
        ("https://[::1]/x", "[::1]:443"),
        ("http://intranet/x", "intranet"),
        ("nonsense", ""),
        ("http://[x", ""),
    ],
)
def test_host_is_the_registrable_domain(url: str, host: str) -> None:
    assert host_of(url) == host


@pytest.mark.parametrize(
    ("url", "expected"),
    [(HERE, True), ("http://[::1]:1/", True), ("http://localhost/", False), (OUTLET, False), ("http://[x", False), ("", False)],
)
def test_loopback_is_told_by_number(url: str, expected: bool) -> None:
    assert is_loopback(url) is expected


@pytest.mark.parametrize(
    ("url", "host_interval", "crawl_delay", "feed", "page"),
    [
        (OUTLET, 5.0, 0.0, 5.0, 10.0),
        (OUTLET, 5.0, 30.0, 30.0, 30.0),
        (OUTLET, 5.0, 900.0, 60.0, 60.0),
        (OUTLET, 20.0, 0.0, 20.0, 20.0),
        (OUTLET, 0.5, 0.0, 1.0, 10.0),
        (OUTLET, 99.0, 0.0, 60.0, 60.0),
        (OUTLET, 0.0, 0.0, 5.0, 10.0),
        (HERE, 5.0, 0.0, 5.0, 10.0),
        (HERE, 0.0, 30.0, 0.0, 0.0),
    ],
)
def test_interval_of_a_host(url: str, host_interval: float, crawl_delay: float, feed: float, page: float) -> None:
    policy = Policy(host_interval=host_interval)
    assert (interval_for(url, policy, crawl_delay, "feed"), interval_for(url, policy, crawl_delay, "page")) == (feed, page)

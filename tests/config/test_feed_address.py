from __future__ import annotations

import pytest

from monitor.config.feed_address import address_mistake, feed_key


@pytest.mark.parametrize(
    "address",
    [
        "https://orion.example/feed",
        "http://orion.example",
        "http://192.168.1.7:8080/feed",  # form only: the fetcher refuses private networks
        "https://[2001:db8::1]/feed",
        "https://orion.example/feed?a=1&b=%20",
        "https://münchen.example/rss",
    ],
)
def test_an_address_of_good_form_is_accepted(address):
    assert address_mistake(address) is None


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("ftp://orion.example/x", "the address ftp://orion.example/x begins with neither http:// nor https://"),
        ("orion.example/feed", "the address orion.example/feed begins with neither http:// nor https://"),
        ("javascript:alert(1)", "the address javascript:alert(1) begins with neither http:// nor https://"),
        ("https://orion example/", "the address https://orion example/ contains a blank or a character that no address has"),
        ("https://orion.example\\x", "the address https://orion.example\\x contains a blank or a character that no address has"),
        ("https://desk:hunter2@orion.example/", "the address carries a user or password"),
        ("https://desk:hunter2 @orion.example/", "the address orion.example/ contains a blank or a character that no address has"),
        ("https://[::1/feed", "the address https://[::1/feed cannot be read"),
        ("https://orion.example:port/", "the address https://orion.example:port/ cannot be read"),
        ("https:///feed", "the address https:///feed names no host"),
        ("https://x.example/" + "a" * 2048, "the address is longer than 2048 characters"),
    ],
)
def test_an_address_of_bad_form_is_refused(address, message):
    mistake = address_mistake(address)
    assert mistake is not None
    assert mistake[0] == message
    assert "hunter2" not in mistake[0] + mistake[1]


def test_spellings_of_one_feed_have_one_key():
    spellings = (
        "https://orion.example/feed",
        "http://ORION.example/feed/",
        "https://orion.example:443/feed",
        "https://orion.example/feed#top",
    )
    assert {feed_key(address) for address in spellings} == {"orion.example/feed"}


def test_different_feeds_have_different_keys():
    addresses = [
        "https://orion.example/feed",
        "https://orion.example/Feed",
        "https://orion.example/feed?a=1",
        "https://orion.example:8443/feed",
        "https://www.orion.example/feed",
    ]
    assert len({feed_key(address) for address in addresses}) == 5

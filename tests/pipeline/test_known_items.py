"""Known items are left out byte for byte, edited and new ones stay, and what cannot be cut with certainty is left whole."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.pipeline.known_items import DIGEST, without_known
from monitor.pipeline.parse import parse_feed
from monitor.records import ParsedFeed


def item(number: int, title: str = "Ferry sails") -> str:
    return f"<item><title>{title} {number}</title><link>https://outlet.example/{number}</link><guid>{number}</guid></item>"


def feed(*items: str) -> bytes:
    return f"<?xml version='1.0'?><rss version='2.0'><channel><title>Port</title>{' '.join(items)}</channel></rss>".encode()


def links(body: bytes) -> list[str]:
    parsed = parse_feed(body, "https://outlet.example/feed")
    assert isinstance(parsed, ParsedFeed)
    return [entry.link for entry in parsed.entries]


def test_first_document_is_left_whole() -> None:
    body = feed(item(1), item(2))
    cut = without_known(body, b"")
    assert (cut.body, cut.items, cut.known, len(cut.prints)) == (body, 2, 0, 2 * DIGEST)


def test_known_items_are_left_out() -> None:
    before = without_known(feed(item(2), item(1)), b"")
    cut = without_known(feed(item(3), item(2), item(1)), before.prints)
    assert links(cut.body) == ["https://outlet.example/3"]
    assert (cut.items, cut.known) == (3, 2)


def test_edited_item_is_read_again() -> None:
    before = without_known(feed(item(1), item(2)), b"")
    cut = without_known(feed(item(1, "Ferry sails late"), item(2)), before.prints)
    assert links(cut.body) == ["https://outlet.example/1"]


def test_atom_entries_are_cut_too() -> None:
    def atom(*numbers: int) -> bytes:
        entries = "".join(f"<entry><id>{n}</id><title>t {n}</title><link href='https://outlet.example/{n}'/></entry>" for n in numbers)
        return f"<feed xmlns='http://www.w3.org/2005/Atom'><title>Port</title>{entries}</feed>".encode()

    cut = without_known(atom(3, 2, 1), without_known(atom(2, 1), b"").prints)
    assert links(cut.body) == ["https://outlet.example/3"]


@pytest.mark.parametrize(
    "body",
    [
        feed("<item><title>a<item>b</item></title></item>"),
        feed("<item><title><![CDATA[</item>]]></title></item>"),
        feed("<item><title>never ends"),
        feed("<!-- <item>gone</item> -->", item(1)),
        feed(item(1)).decode().encode("utf-16"),
        b"<!DOCTYPE rss [<!ENTITY a 'b'>]>" + feed(item(1)),
        b"",
        b'{"items": []}',
    ],
)
def test_what_cannot_be_cut_with_certainty_is_left_whole(body: bytes) -> None:
    cut = without_known(body, without_known(feed(item(1)), b"").prints)
    assert (cut.body, cut.items) == (body, 0)


@settings(deadline=None, max_examples=60)
@given(old=st.lists(st.integers(0, 40), unique=True), new=st.lists(st.integers(0, 40), unique=True))
def test_cut_document_holds_exactly_the_unknown_items(old: list[int], new: list[int]) -> None:
    prints = without_known(feed(*map(item, old)), b"").prints
    cut = without_known(feed(*map(item, new)), prints)
    assert links(cut.body) == [f"https://outlet.example/{number}" for number in new if number not in old]


@settings(deadline=None, max_examples=200)
@given(body=st.binary(max_size=400), seen=st.binary(max_size=64))
def test_any_bytes_are_taken(body: bytes, seen: bytes) -> None:
    cut = without_known(body, seen)
    assert len(cut.body) <= len(body)

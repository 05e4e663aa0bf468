"""OPML: what other readers write, what hostile files hold, and that what we write is OPML 2.0 that comes back the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from xml.etree import ElementTree as Tree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.config.opml_file import DEEPEST, LARGEST, MOST_OUTLINES, NAMESPACE, dump_opml, looks_like_opml, parse_opml, together
from monitor.records import Feed, Outlet

NOW = datetime(2026, 3, 14, 9, 30, tzinfo=UTC)
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<opml version="1.0"><head><title>mine</title></head><body>\n'


def opml(body: str) -> bytes:
    return f"{HEAD}{body}\n</body></opml>".encode()


def outline(url: str, text: str = "Port News", more: str = "") -> str:
    return f'<outline type="rss" text="{text}" xmlUrl="{url}" {more}/>'


def codes(data: bytes) -> list[str]:
    return [mistake.code for mistake in parse_opml(data)[1]]


def test_a_list_of_another_reader_is_read_with_its_folders() -> None:
    inside = outline("https://port.example/rss", "Port &amp; Sea", 'htmlUrl="https://port.example/" language="fr"')
    found, mistakes = parse_opml(
        opml(f'<outline text="Press"><outline title="Sea">{inside}</outline></outline>{outline("http://b.example/x")}')
    )
    assert mistakes == ()
    assert [(feed.url, feed.title, feed.home, feed.language, feed.folders) for feed in found] == [
        ("https://port.example/rss", "Port & Sea", "https://port.example/", "fr", ("Press", "Sea")),
        ("http://b.example/x", "Port News", "", "", ()),
    ]


def test_every_mistake_is_told_with_its_line() -> None:
    lines = (
        outline("https://port.example/rss"),
        outline("javascript:alert(1)", "Evil"),
        '<outline type="rss" text="Nothing"/>',
        outline("http://port.example/rss/", "Twin"),
        outline("https://user:hunter2@port.example/", "Secret"),
    )
    _, mistakes = parse_opml(opml("\n".join(lines)))
    assert [(one.line, one.code) for one in mistakes] == [(4, "bad_address"), (5, "no_address"), (6, "twice"), (7, "bad_address")]
    assert "hunter2" not in str(mistakes)


BOMB = '<!DOCTYPE opml [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><opml><body><outline text="&b;"/></body></opml>'


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (BOMB.encode(), ["entities"]),
        (b'<!DOCTYPE opml SYSTEM "file:///etc/passwd"><opml version="2.0"><body/></opml>', ["entities"]),
        (b'<!DOCTYPE opml [<!ENTITY % x SYSTEM "http://127.0.0.1/">%x;]><opml/>', ["entities"]),
        (opml("<outline>" * 100_000), ["too_deep"]),
        (opml("<outline text='x'/>" * 100_000), ["too_many"]),
        (b"x" * (LARGEST + 1), ["too_large"]),
        (b"<html><body>login</body></html>", ["not_opml"]),
        (b"<opml><body><outline", ["not_xml"]),
        (b"", ["not_xml"]),
        (b"\x00\xff", ["not_xml"]),
        (opml(""), ["empty"]),
        (b'<?xml version="1.0" encoding="utf-7"?><opml/>', ["encoding"]),
        (b'<?xml version="1.0" encoding="x\xff"?><opml/>', ["not_xml"]),
    ],
)
def test_hostile_and_broken_files_are_refused_as_a_whole(data: bytes, expected: list[str]) -> None:
    assert codes(data) == expected


def test_a_plain_document_type_is_no_harm() -> None:
    assert codes(b"<!DOCTYPE opml><opml><body>" + outline("https://port.example/").encode() + b"</body></opml>") == []


def test_limits_are_the_last_that_pass() -> None:
    deep = "<outline text='x'>" * (DEEPEST - 1) + outline("https://port.example/") + "</outline>" * (DEEPEST - 1)
    assert codes(opml(deep)) == []
    many = "".join(outline(f"https://port.example/{number}") for number in range(MOST_OUTLINES))
    assert codes(opml(many)) == []


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=400), st.text(max_size=200))
def test_nothing_makes_the_reader_raise(data: bytes, text: str) -> None:
    for document in (data, b"<opml><body>" + data, opml(text)):
        feeds, mistakes = parse_opml(document)
        assert (bool(mistakes) or bool(feeds), looks_like_opml(document) in (True, False)) == (True, True)


OUTLETS = (
    Outlet("port", "Port “News” & <Sea>", "FR", "fr", kind="agency", weight=0.8, owner="Quai", home="https://port.example/",
           note="terms:\nRSS",
           feeds=(Feed("https://port.example/a?x=1&y=2"), Feed("https://port.example/b", section="africa", every=timedelta(hours=2)))),
    Outlet("marfa", "صوت المرفأ", "LB", "ar", text="feed", feeds=(Feed("https://marfa.example/rss", language="en", enabled=False),)),
    Outlet("none", "No feed", "GB", "en"),
)  # fmt: skip


def written() -> str:
    return dump_opml("Desk \x00& Co", OUTLETS, NOW, lambda outlet: {"FR": "Europe"}.get(outlet.country, "Asie"))


def test_what_is_written_is_opml_2() -> None:
    """The schema of OPML 2.0: version, one head and body, dates as RFC 822, text on every outline, an address on every feed."""
    root = Tree.fromstring(written().encode())
    assert (root.tag, root.attrib, [child.tag for child in root]) == ("opml", {"version": "2.0"}, ["head", "body"])
    assert {child.tag for child in root[0]} == {"title", "dateCreated"}
    assert parsedate_to_datetime(root[0].findtext("dateCreated") or "") == NOW
    known = {"text", "title", "type", "xmlUrl", "htmlUrl", "language"}
    outlines = list(root[1].iter("outline"))
    assert [one.get("text") for one in root[1]] == ["Europe", "Asie"]
    for one in outlines:
        assert one.get("text")
        assert (one.get("type") == "rss") == (one.get("xmlUrl") is not None)
        assert {name for name in one.attrib if name not in known and not name.startswith(f"{{{NAMESPACE}}}")} == set()


def test_what_is_written_comes_back_the_same() -> None:
    feeds, mistakes = parse_opml(written().encode())
    assert mistakes == ()
    groups = list(together(feeds, lambda url: url))
    assert [[feed.url for feed in group] for group in groups] == [[feed.url for feed in outlet.feeds] for outlet in OUTLETS if outlet.feeds]
    first, last = groups[0][1], groups[1][0]
    assert (first.title, first.home, first.ours["country"], first.ours["section"], first.ours["every"], first.ours["note"]) == (
        OUTLETS[0].name, OUTLETS[0].home, "FR", "africa", "120m", "terms:\nRSS",
    )  # fmt: skip
    assert (last.language, last.ours["text"], last.ours["enabled"]) == ("en", "feed", "false")


def test_another_readers_importer_reads_it() -> None:
    """listparser, where it is installed: the parser of OPML other readers import with."""
    listparser = pytest.importorskip("listparser", reason="listparser is not installed: only the schema was checked")
    found = listparser.parse(written())
    assert (bool(found.bozo), [feed.url for feed in found.feeds]) == (False, [feed.url for outlet in OUTLETS for feed in outlet.feeds])
    assert [feed.categories for feed in found.feeds] == [[["Europe"]], [["Europe"]], [["Asie"]]]

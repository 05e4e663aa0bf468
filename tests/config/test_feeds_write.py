from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.config.feeds_file import FeedsFile, parse_feeds
from monitor.config.feeds_shape import FORMATS, KINDS, TEXT_SOURCES, slug
from monitor.config.feeds_write import dump_feeds
from monitor.errors import ConfigError
from monitor.records import Desk, Feed, Outlet, Section

ORIGINAL = """\
# What we watch.

desk:
  name: "The review"   # on the front page
  languages: [fr, en]

outlets:
  # ── North ──

  - name: Agence Véga     # the old one
    country: FR
    language: fr
    note: 'kept as written'
    feeds:
      # the front page first
      - https://vega.example/une.xml
      - url: https://vega.example/monde.xml   # long
        section: asia

  # ── South ──

  - {name: Orion, country: GB, language: en, feeds: [https://orion.example/feed]}
  - name: Lyra
    country: IT
    language: it
# the end
"""
HELD = parse_feeds(ORIGINAL)
VEGA, ORION, LYRA = HELD.outlets


def rewritten(*outlets: Outlet, desk: Desk = HELD.desk) -> str:
    text = dump_feeds(desk, outlets, ORIGINAL)
    assert parse_feeds(text) == FeedsFile(desk, outlets)
    return text


def test_nothing_changed_is_the_same_text():
    assert rewritten(VEGA, ORION, LYRA) == ORIGINAL


def test_one_value_changes_one_line():
    text = rewritten(replace(VEGA, note="new: words"), ORION, LYRA)
    assert text == ORIGINAL.replace("note: 'kept as written'", "note: 'new: words'")


def test_a_new_key_goes_where_the_usual_order_has_it():
    text = rewritten(replace(VEGA, weight=0.9), ORION, LYRA)
    assert text == ORIGINAL.replace("    language: fr\n    note", "    language: fr\n    weight: 0.9\n    note")


def test_a_renamed_outlet_keeps_its_id():
    text = rewritten(replace(VEGA, name="Véga"), ORION, LYRA)
    assert text == ORIGINAL.replace(
        "  - name: Agence Véga     # the old one\n", "  - name: Véga            # the old one\n    id: agence-vega\n"
    )


def test_an_outlet_that_left_takes_no_comment_with_it():
    text = rewritten(VEGA, LYRA)
    assert text == ORIGINAL.replace("  - {name: Orion, country: GB, language: en, feeds: [https://orion.example/feed]}\n", "")


def test_a_new_outlet_comes_last_in_short_form():
    nova = Outlet(
        "nova", "Nova", "DE", "de", feeds=(Feed("https://nova.example/a"), Feed("https://nova.example/b", every=timedelta(hours=2)))
    )
    text = rewritten(VEGA, ORION, LYRA, nova)
    written = (
        "  - name: Nova\n    country: DE\n    language: de\n    kind: newspaper\n    feeds:\n"
        "      - https://nova.example/a\n      - url: https://nova.example/b\n        every: 2h\n"
    )
    assert text == ORIGINAL.replace("# the end\n", written + "# the end\n")


def test_a_feed_changes_in_place():
    une, monde = VEGA.feeds
    text = rewritten(replace(VEGA, feeds=(une, replace(monde, section="africa", enabled=False))), ORION, LYRA)
    assert text == ORIGINAL.replace("        section: asia\n", "        section: africa\n        enabled: false\n")


def test_a_feed_that_is_plain_again_gets_the_short_form():
    text = rewritten(replace(VEGA, feeds=(VEGA.feeds[0], Feed(VEGA.feeds[1].url))), ORION, LYRA)
    assert "      - https://vega.example/monde.xml\n" in text


def test_the_desk_is_edited_in_place():
    desk = replace(HELD.desk, name="Other", timezone="Africa/Tunis")
    text = rewritten(VEGA, ORION, LYRA, desk=desk)
    assert text == ORIGINAL.replace(
        '  name: "The review"   # on the front page\n', '  name: "Other"        # on the front page\n  timezone: Africa/Tunis\n'
    )


def test_a_desk_is_added_to_a_file_without_one():
    original = "# ours\noutlets:\n  - {name: Orion, country: GB, language: en}\n"
    desk = Desk(name="Other")
    text = dump_feeds(desk, parse_feeds(original).outlets, original)
    assert parse_feeds(text) == FeedsFile(desk, parse_feeds(original).outlets)
    assert text.startswith("# ours\ndesk:\n  name: Other\n")


@pytest.mark.parametrize(
    "original",
    [
        "# ours\noutlets: [{name: Orion, country: GB, language: en}]\n",
        "# ours\noutlets:\n  -\n    name: Orion\n    country: GB\n    language: en\n",
        "# ours\n---\noutlets:\n- name: Orion\n  country: GB\n  language: en",
        "# ours\r\noutlets:\r\n- name: Orion\r\n  country: GB\r\n  language: en\r\n",
        '# ours\noutlets:\n- name: Orion\n  country: GB\n  language: en\n  note: "a\n    # no comment\n\n    b"\n',
        "# ours\noutlets:\n- name: Orion\n  country: GB\n  language: en\n  note: |\n    a\n\n    # no comment\n",
        "# ours\noutlets:\n- name: Orion\n  country: GB\n# in between\n  language: en\n",
        "# ours\noutlets: []\n",
    ],
)
def test_every_form_of_original_can_be_written_back(original):
    held = parse_feeds(original)
    outlets = (*(replace(outlet, weight=0.3) for outlet in held.outlets), LYRA)
    text = dump_feeds(held.desk, outlets, original)
    assert parse_feeds(text) == FeedsFile(held.desk, outlets)
    assert text.startswith("# ours\n")


def test_an_original_with_mistakes_is_refused():
    with pytest.raises(ConfigError):
        dump_feeds(Desk(), (), "outlets: [{name: Orion}]\n")


def test_what_no_file_can_say_is_refused():
    with pytest.raises(ConfigError) as caught:
        dump_feeds(Desk(), (replace(ORION, weight=3.0),))
    assert [problem.message for problem in caught.value.problems] == ["Orion, weight: 3 is outside 0.2 … 1.0"]


def test_the_shipped_file_is_written_back_byte_for_byte():
    text = (Path(__file__).resolve().parents[2] / "feeds.yaml").read_text(encoding="utf-8")
    held = parse_feeds(text)
    assert dump_feeds(held.desk, held.outlets, text) == text
    assert parse_feeds(dump_feeds(held.desk, held.outlets)) == held


# ── properties ───────────────────────────────────────────────────────────────────────────────────────────────────────

WORDS = st.text(st.sampled_from("aZé09 :#-'\"\\,[]{}&*!|>%@`~?=.\n\tжع中"), max_size=24).map(str.strip)
LINES = WORDS.map(lambda words: " ".join(words.split()))
ODD = st.sampled_from(
    ["no", "null", "~", "12", "1e3", "0x1F", "1_000", "true", "07:00", "2025-01-31", "=", "<<", "- a", "a: b", "# a", ".inf", "|"]
)
EVERY = st.none() | st.integers(15, 43_200).map(lambda minutes: timedelta(minutes=minutes))


@st.composite
def feed(draw: st.DrawFn, number: int) -> Feed:
    return Feed(
        f"https://{number}.example/{draw(st.sampled_from(['', 'rss', 'a?b=1&c=%20', 'x#y', 'é', 'a:b']))}",
        draw(st.sampled_from([None, "africa", "focus"])),
        draw(st.sampled_from([None, "fr", "no", "pt-BR"])),
        draw(EVERY),
        draw(st.booleans()),
        draw(st.sampled_from(FORMATS)),
        draw(WORDS | ODD),
    )


@st.composite
def outlet_lists(draw: st.DrawFn) -> tuple[Outlet, ...]:
    outlets = []
    for number in draw(st.lists(st.integers(0, 5), unique=True, max_size=4)):
        name = draw((LINES | ODD).filter(bool))
        outlets.append(
            Outlet(
                draw(st.sampled_from([f"id-{number}", f"{number}"])),
                name,
                draw(st.sampled_from(["FR", "NO", "INT"])),
                draw(st.sampled_from(["fr", "no", "zh-Hans"])),
                draw(st.sampled_from(KINDS)),
                draw(st.floats(0.2, 1.0)),
                draw(LINES | ODD),
                draw(st.sampled_from(["", "https://o.example/"])),
                draw(st.booleans()),
                draw(WORDS | ODD),
                draw(st.sampled_from(TEXT_SOURCES)),
                tuple(draw(feed(10 * number + place)) for place in range(draw(st.integers(0, 3)))),
            )
        )
    return tuple(outlets)


desks = st.builds(
    Desk,
    name=(LINES | ODD).filter(bool),
    organisation=LINES | ODD,
    languages=st.sampled_from([("fr",), ("en", "pt-BR")]),
    sections=st.sampled_from(
        [Desk().sections, (Section("africa", {"en": "no", "fr": "a: b"}), Section("focus", {"en": "#"}), Section("no", {"no": "12"}))]
    ),
    digest_at=st.sampled_from(["00:00", "23:59"]),
)
FEW = settings(max_examples=120, deadline=None)


@FEW
@given(desks, outlet_lists())
def test_what_is_written_anew_reads_the_same(desk, outlets):
    assert parse_feeds(dump_feeds(desk, outlets)) == FeedsFile(desk, outlets)


@FEW
@given(desks, outlet_lists(), desks, outlet_lists())
def test_what_is_written_into_an_original_reads_the_same_and_keeps_its_comments(first_desk, first, desk, outlets):
    plain = dump_feeds(first_desk, first)
    lines, comments = [], []
    for number, line in enumerate(plain.splitlines(keepends=True)):
        if line.startswith(("  - name:", "outlets:")):
            comments.append(f"# comment {number}\n")
            lines.append(comments[-1])
        lines.append(line)
    original = "".join(lines)
    try:
        same = parse_feeds(original) == FeedsFile(first_desk, first)
    except ConfigError:
        same = False
    if not same:
        return  # the comment fell into a text of several lines
    text = dump_feeds(desk, outlets, original)
    got = parse_feeds(text)
    assert got.desk == desk
    assert {outlet.id: set(outlet.feeds) for outlet in got.outlets} == {outlet.id: set(outlet.feeds) for outlet in outlets}
    assert {outlet.id: replace(outlet, feeds=()) for outlet in got.outlets} == {outlet.id: replace(outlet, feeds=()) for outlet in outlets}
    if first:
        assert [comment for comment in comments if comment not in text] == []


def test_the_default_id_is_not_written():
    assert "    id:" not in dump_feeds(Desk(), (replace(ORION, id=slug(ORION.name) or ""),))

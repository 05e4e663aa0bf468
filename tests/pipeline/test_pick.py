from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.pipeline.addresses import key
from monitor.pipeline.pick import KnownEntry, Picked, content_hash, fingerprints, pick, title_hash
from monitor.records import Entry, Moment, ParsedFeed

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
FEED = "https://paper.example/rss"


def an_entry(number: int = 1, **changes: object) -> Entry:
    given = {
        "guid": f"id-{number}",
        "link": f"https://paper.example/story-{number}",
        "title": f"Headline number {number} of the day",
        "summary": f"Summary {number}",
        "published": Moment(NOW - timedelta(hours=number)),
    } | changes
    return Entry(**given)  # type: ignore[arg-type]


def a_feed(*entries: Entry) -> ParsedFeed:
    return ParsedFeed(format="rss20", title="Paper", language="en", entries=entries)


def picked(*entries: Entry, known: dict[str, KnownEntry] | None = None, first: bool = False) -> Picked:
    return pick(a_feed(*entries), known or {}, first=first, now=NOW, url_of_feed=FEED)


def remembered(*entries: Entry) -> dict[str, KnownEntry]:
    return {
        new.guid_hash: KnownEntry(
            new.guid_hash,
            new.link_key,
            new.entry.title,
            new.title_hash,
            new.content_hash,
            new.published.at.date().isoformat() if new.published else "",
        )
        for new in picked(*entries).new
    }


def titles(found: Picked) -> list[str]:
    return [new.entry.title for new in found.new]


def test_entries_never_seen_are_new_in_document_order() -> None:
    found = picked(an_entry(2), an_entry(1))
    assert titles(found) == [an_entry(2).title, an_entry(1).title]
    assert (found.changed, found.known, found.skipped, found.flood) == ((), 0, (), False)


def test_entries_seen_before_are_known() -> None:
    found = picked(an_entry(1), an_entry(2), known=remembered(an_entry(1), an_entry(2)))
    assert (found.new, found.changed, found.known) == ((), (), 2)


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "Headline  number 1\u00a0of the day "},
        {"summary": "  Summary\n1 "},
        {"summary": "Summary 1 https://t.example/x?utm_source=1"},
        {"link": "http://www.paper.example/story-1?utm_source=rss#top"},
    ],
)
def test_jitter_of_white_space_and_tracking_is_no_change(changes: dict[str, str]) -> None:
    found = picked(an_entry(1, **changes), known=remembered(an_entry(1)))
    assert (found.new, found.changed, found.known) == ((), (), 1)


def test_an_edited_headline_is_a_change_of_the_same_article() -> None:
    known = remembered(an_entry(1))
    found = picked(an_entry(1, title="Another headline altogether"), known=known)
    assert [(c.guid_hash, c.entry.title, c.title_changed, c.text_changed) for c in found.changed] == [
        (next(iter(known)), "Another headline altogether", True, False)
    ]
    assert (found.new, found.known) == ((), 0)


def test_an_edited_text_is_a_change() -> None:
    found = picked(an_entry(1, summary="Twelve were hurt"), known=remembered(an_entry(1)))
    assert [(c.title_changed, c.text_changed) for c in found.changed] == [(False, True)]


def test_texts_that_all_change_at_once_are_a_template_not_news() -> None:
    before = [an_entry(n) for n in range(8)]
    after = [replace(e, summary=f"{e.summary} — {n} comments") for n, e in enumerate(before)]
    found = picked(*after, known=remembered(*before))
    assert (found.new, found.changed, found.known) == ((), (), 8)


def test_a_guid_that_changes_at_each_poll_makes_no_new_article() -> None:
    before = [an_entry(n) for n in range(12)]
    found = picked(*(replace(e, guid=f"{e.guid}-again") for e in before), known=remembered(*before))
    assert (found.new, found.changed, found.known, found.flood) == ((), (), 12, True)


def test_a_flood_with_new_guids_and_addresses_is_stopped_by_its_titles() -> None:
    before = [an_entry(n, published=None) for n in range(12)]
    after = [replace(e, guid=f"{e.guid}-x", link=f"{e.link}?session={n}") for n, e in enumerate(before)]
    found = picked(*after, an_entry(99), known=remembered(*before))
    assert (titles(found), found.known, found.flood) == ([an_entry(99).title], 12, True)


def test_the_same_title_on_the_same_day_is_the_same_article() -> None:
    moved = an_entry(1, guid="other", link="https://paper.example/moved")
    assert picked(moved, known=remembered(an_entry(1))).known == 1
    another_day = replace(moved, published=Moment(NOW - timedelta(days=3)))
    assert titles(picked(another_day, known=remembered(an_entry(1)))) == [moved.title]


def test_a_guid_given_to_all_entries_is_ignored() -> None:
    entries = [an_entry(n, guid="same") for n in range(3)]
    found = picked(*entries)
    assert len(found.new) == 3
    assert len({new.guid_hash for new in found.new}) == 3
    assert picked(*entries, known=remembered(*entries)).known == 3


def test_a_guid_reused_for_another_article_at_a_later_poll_is_new() -> None:
    known = remembered(an_entry(1, guid="top", title="Parliament votes the budget"))
    later = an_entry(2, guid="top", title="Storm cuts ferry links")
    found = picked(later, known=known)
    assert titles(found) == [later.title]
    assert found.new[0].guid_hash not in known
    again = known | {n.guid_hash: KnownEntry(n.guid_hash, n.link_key, later.title, n.title_hash, n.content_hash) for n in found.new}
    assert picked(later, known=again).known == 1


def test_a_headline_edited_together_with_its_address_is_one_article() -> None:
    known = remembered(an_entry(1, title="Parliament votes the defence budget"))
    found = picked(an_entry(1, title="Parliament votes record defence budget", link="https://paper.example/story-1-record"), known=known)
    assert [c.guid_hash for c in found.changed] == list(known)
    assert found.new == ()


def test_an_entry_without_guid_is_known_by_its_address() -> None:
    entry = an_entry(1, guid="")
    assert picked(entry, known=remembered(entry)).known == 1


def test_an_entry_without_address_is_skipped_with_a_sentence() -> None:
    found = picked(an_entry(1, link=""), an_entry(2, link="javascript:alert(1)"), an_entry(3))
    assert found.skipped == (
        "“Headline number 1 of the day” names no address that can be followed.",
        "“Headline number 2 of the day” names no address that can be followed.",
    )
    assert titles(found) == [an_entry(3).title]


def test_a_guid_that_is_an_address_stands_in_for_a_missing_link() -> None:
    found = picked(an_entry(1, link="", guid="https://paper.example/story-1"))
    assert [new.entry.link for new in found.new] == ["https://paper.example/story-1"]


def test_a_link_to_the_feed_itself_is_no_article() -> None:
    assert picked(an_entry(1, link=FEED)).new == ()


def test_duplicates_within_one_document_collapse() -> None:
    twin = an_entry(1, guid="other", link="https://paper.example/story-1#comments")
    stranger = an_entry(1, guid="third", title="Live blog, part two")
    found = picked(an_entry(1), twin, stranger)
    assert titles(found) == [an_entry(1).title]
    assert found.skipped == ("“Live blog, part two” has the same address as “Headline number 1 of the day”.",)


def test_p49_a_date_in_the_future_becomes_the_moment_of_fetching() -> None:
    far = picked(an_entry(1, published=Moment(NOW + timedelta(hours=25)))).new[0]
    assert (far.published, far.flags) == (Moment(NOW), ("future date",))
    near = picked(an_entry(1, published=Moment(NOW + timedelta(hours=23)))).new[0]
    assert (near.published, near.flags) == (Moment(NOW + timedelta(hours=23)), ())


def test_p49_a_date_before_1995_is_unknown() -> None:
    new = picked(an_entry(1, published=Moment(datetime(1970, 1, 1, tzinfo=UTC)))).new[0]
    assert (new.published, new.flags) == (None, ("date unknown",))


def test_an_undated_entry_takes_the_day_its_address_names() -> None:
    new = picked(an_entry(1, link="https://paper.example/faits/titre-19-11-2026-ABC.php", published=None)).new[0]
    assert (new.published, new.flags) == (Moment(datetime(2026, 11, 19, tzinfo=UTC), None, "day"), ("date from address",))


def test_an_entry_with_only_a_date_of_change_takes_it() -> None:
    changed = Moment(NOW - timedelta(hours=2), 60)
    new = picked(an_entry(1, published=None, updated=changed)).new[0]
    assert (new.published, new.flags) == (changed, ("date of last change",))


def test_first_poll_of_a_deep_feed_takes_its_newest_fifty() -> None:
    entries = [an_entry(n) for n in range(120, 0, -1)]  # oldest first, all within a week
    found = picked(*entries, first=True)
    assert titles(found) == [an_entry(n).title for n in range(50, 0, -1)]
    assert len(found.passed) == 70
    rest = picked(*entries, known=remembered(*entries))
    assert (rest.new, rest.known) == ((), 120)


def test_first_poll_takes_ten_old_entries_at_most() -> None:
    old = [an_entry(n, published=Moment(NOW - timedelta(days=8 + n))) for n in range(20)]
    found = picked(an_entry(100, published=Moment(NOW)), *old, first=True)
    assert titles(found) == [an_entry(100).title, *(e.title for e in old[:10])]
    assert len(found.passed) == 10


def test_first_poll_counts_undated_entries_as_new_in_document_order() -> None:
    entries = [an_entry(n, published=None) for n in range(60)]
    assert titles(picked(*entries, first=True)) == [e.title for e in entries[:50]]


def test_later_polls_take_everything_recent() -> None:
    entries = [an_entry(n) for n in range(120)]
    assert len(picked(*entries).new) == 120


def test_gap_is_the_median_between_entries_with_a_stated_minute() -> None:
    entries = [an_entry(n, published=Moment(NOW - timedelta(minutes=m))) for n, m in enumerate([0, 10, 20, 300])]
    assert picked(*entries).gap == timedelta(minutes=10)
    assert picked(*entries[:2]).gap is None
    assert picked(*(replace(e, published=replace(e.published, precision="day")) for e in entries if e.published)).gap is None


def test_fingerprints_name_every_usable_entry_once() -> None:
    prints = fingerprints(a_feed(an_entry(1), an_entry(1), an_entry(2, link="")))
    assert prints.link_keys == (key("https://paper.example/story-1"),)
    assert prints.guid_hashes == tuple(new.guid_hash for new in picked(an_entry(1)).new)
    assert prints.title_hashes == (title_hash(an_entry(1).title),)


text = st.text(max_size=12)
entries = st.builds(
    Entry,
    guid=st.one_of(st.sampled_from(["a", "b", ""]), text),
    link=st.one_of(st.sampled_from(["https://paper.example/a", "https://paper.example/b?utm_source=x", "//[x", "javascript:0"]), text),
    title=st.one_of(st.sampled_from(["One", "Two"]), text),
    summary=text,
    published=st.none() | st.timedeltas(timedelta(days=-40_000), timedelta(days=20_000)).map(lambda away: Moment(NOW + away)),
)


@given(st.lists(entries, max_size=25), st.booleans())
@settings(max_examples=150, deadline=None)
def test_any_document_read_twice_has_nothing_new(document: list[Entry], first: bool) -> None:
    once = picked(*document, first=first)
    seen = (*once.new, *once.passed)
    assert len({new.guid_hash for new in seen}) == len(seen) == len({new.link_key for new in seen})
    known = {
        n.guid_hash: KnownEntry(n.guid_hash, n.link_key, n.entry.title, title_hash(n.entry.title), content_hash(n.entry)) for n in seen
    }
    twice = picked(*document, known=known)
    assert (twice.new, twice.changed, twice.known) == ((), (), len(seen))

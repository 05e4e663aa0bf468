"""Story: articles in first-seen order, what could be read of them, copies, versions, reasons, and merged stories."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from monitor.records import Desk
from monitor.store import models, pages_story
from monitor.store.pages import DeskFacts
from monitor.web.likeness_words import why_in_story
from tests.web import rows
from tests.web.reading import elements, texts

pytestmark = pytest.mark.django_db
BIDI = "\u202egnp.exe\u202c \u2067x\u2069\u2069"


def page_of(client: Client, story: models.Story) -> Any:
    return client.get(f"/story/{story.uuid}")


def test_articles_come_in_the_order_they_were_first_seen(contributor: Client) -> None:
    story = rows.a_story()
    for hours, name in ((1, "Third"), (9, "First"), (4, "Second")):
        rows.an_article(rows.an_outlet(name), story, f"{name} headline", published_at=rows.NOW - timedelta(hours=hours))
    assert texts(page_of(contributor, story), "li.article h3") == ["First headline", "Second headline", "Third headline"]


def test_an_article_dated_after_it_was_found_counts_from_when_it_was_found(contributor: Client) -> None:
    story = rows.a_story()
    late = rows.NOW + timedelta(days=400)
    rows.an_article(rows.an_outlet(), story, "From the future", published_at=late, discovered_at=rows.NOW - timedelta(hours=9))
    rows.an_article(rows.an_outlet(), story, "Of this morning", published_at=rows.NOW - timedelta(hours=4))
    assert texts(page_of(contributor, story), "li.article h3") == ["From the future", "Of this morning"]


def test_a_full_text_is_folded_away_and_a_reserved_one_is_not_given(contributor: Client) -> None:
    story = rows.a_story()
    rows.an_article(rows.an_outlet("Open"), story, "Open one", text="First words.\n\nSecond words.")
    rows.an_article(rows.an_outlet("Reserved"), story, "Reserved one", text="Hidden words.", rights="reserved")
    rows.an_article(rows.an_outlet("Old"), story, "Old one")
    page = page_of(contributor, story)
    assert texts(page, "details.text p") == ["First words.", "Second words."]
    assert "Hidden words" not in page.content.decode()
    assert sorted(texts(page, "li.article p.soft")) == [
        "The outlet reserves its rights: read the text on its site.",
        "The text is no longer kept.",
    ]


def test_a_verdict_that_is_not_full_says_why(contributor: Client) -> None:
    story = rows.a_story()
    rows.an_article(rows.an_outlet(), story, "Half", verdict="paywalled", reason="Two paragraphs, then a request to subscribe.")
    assert texts(page_of(contributor, story), "li.article p.counts") == ["Paywalled — Two paragraphs, then a request to subscribe."]


def test_a_copy_points_to_the_article_whose_text_it_repeats(contributor: Client) -> None:
    story = rows.a_story()
    first = rows.an_article(rows.an_outlet("Agence Véga"), story, "Wire", published_at=rows.NOW - timedelta(hours=9))
    rows.an_article(rows.an_outlet(), story, "Copied wire", copy_of=first)
    link = elements(page_of(contributor, story), "li.copy p.counts")[0].find("a")
    assert (link.get("href"), link.text_content()) == (f"#a-{first.uuid}", "same text as Agence Véga")


def test_an_edited_headline_keeps_the_earlier_one(contributor: Client) -> None:
    story = rows.a_story()
    article = rows.an_article(rows.an_outlet(), story, "Seventeen dead")
    models.ArticleVersion.objects.create(article=article, title="Eleven dead", seen_at=rows.NOW - timedelta(hours=1))
    page = page_of(contributor, story)
    assert (texts(page, "ul.versions del"), texts(page, "ul.versions ins")) == (["Eleven"], ["Seventeen"])
    assert texts(page, "ul.versions li") == ["headline changed 09:30 ElevenSeventeen dead"]


def test_the_evidence_and_why_it_is_in_the_story_are_told_in_words(contributor: Client) -> None:
    rows.theme_labels({"terror": {"en": "Terrorism"}})
    evidence = [
        {"what": "theme:terror", "words": "ambushed", "zone": "title"},
        {"what": "place:ML", "words": "Mali", "zone": "body"},
        {"odd": 1},
    ]
    story = rows.a_story()
    rows.an_article(
        rows.an_outlet(),
        story,
        "Convoy",
        evidence=evidence,
        story_why=["also named: ML, 17, ~dead, #terror, @o.nato", "same words: fuel, convoy", "other"],
    )
    page = page_of(contributor, story)
    assert texts(page, "li.article .reasons li") == [
        "theme Terrorism: “ambushed” in the headline",
        "country Mali: “Mali” in the text",
        ": “”",
    ]
    assert texts(page, "li.article details.why p") == [
        "In this story: both name Mali, 17, nato · both speak of: dead, Terrorism · same words: fuel, convoy… · other"
    ]


def test_notions_are_called_by_a_whole_word_of_the_reader(db: None) -> None:
    facts = DeskFacts(Desk(), {}, offline=False)
    said = [why_in_story("also named: ~dead, ~spokesperson, ~no_such_notion", facts, language) for language in ("en", "fr")]
    assert said == ["both speak of: dead, spokesman, no such notion", "both speak of: mort, porte-parole, no such notion"]


def test_links_out_tell_the_outlet_nothing_of_the_desk(contributor: Client) -> None:
    story = rows.a_story()
    rows.an_article(rows.an_outlet(), story, "Convoy", url="https://news.example.org/a?b=1&c=2")
    link = elements(page_of(contributor, story), "li.article h3")[0].find("a")
    assert (link.get("href"), link.get("rel")) == ("https://news.example.org/a?b=1&c=2", "noopener noreferrer nofollow")


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "//evil.example/x", "http://[::1", "https://", " javascript:x"]
)
def test_an_address_that_is_no_web_address_is_no_link(contributor: Client, url: str) -> None:
    story = rows.a_story()
    rows.an_article(rows.an_outlet(), story, "Convoy", url=url)
    assert elements(page_of(contributor, story), "li.article h3")[0].find("a") is None


HOSTILE = [
    "<script>alert(1)</script>",
    "&lt;b&gt;",
    "{{7*7}}{% include %}",
    '"><img src=x onerror=alert(1)>',
    BIDI,
    "x\u200fy",
    "שלום <i>world</i>",
]


@pytest.mark.parametrize("title", HOSTILE)
def test_a_hostile_headline_is_only_words_in_an_isolate(contributor: Client, title: str) -> None:
    story = rows.a_story()
    outlet = rows.an_outlet(title, owner=title, note=title)
    rows.an_article(
        outlet,
        story,
        title,
        text=title,
        summary=title,
        authors=[title],
        reason=title,
        verdict="summary",
        agency=title[:40],
        story_why=[title],
    )
    models.ArticleVersion.objects.create(article=story.articles.get(), title=title, seen_at=rows.NOW)
    rows.a_lead(story, title, themes=[title], reasons=[title])
    feed = rows.a_feed(outlet, last_error=title, health="failing", title=title)
    rows.an_event(feed, reason=title)
    for path in (f"/story/{story.uuid}", "/", "/outlets", f"/outlets/{outlet.slug}"):
        page = contributor.get(path)
        isolates = [one.text_content() for one in elements(page, "bdi") if one.getparent().tag in ("a", "h1", "h3")]
        assert isolates and set(isolates) == {"gnp.exe x" if title == BIDI else title}
        foreign = [one for one in elements(page, "script") if not (one.get("src") or "").startswith("/static/desk/")]
        assert (foreign, elements(page, "img"), elements(page, "i"), elements(page, "b")) == ([], [], [], [])


def test_control_characters_are_left_out_of_a_page(contributor: Client) -> None:
    story = rows.a_story()
    rows.an_article(rows.an_outlet(), story, "A\x07B\x1b[31mC\u2028D\U000e0041E")
    assert texts(page_of(contributor, story), "li.article h3") == ["AB[31mCDE"]


@pytest.mark.parametrize(("language", "direction"), [("ar", "rtl"), ("he", "rtl"), ("fr", "ltr"), ("pt-BR", "ltr"), ("fa-IR", "rtl")])
def test_a_headline_says_its_language_and_direction(contributor: Client, language: str, direction: str) -> None:
    story = rows.a_story()
    rows.an_article(rows.an_outlet(language=language), story, "Title")
    isolate = elements(page_of(contributor, story), "li.article h3 bdi")[0]
    assert (isolate.get("lang"), isolate.get("dir")) == (language, direction)


@pytest.mark.parametrize("language", ["", "english, perhaps", '"><b>'])
def test_a_language_that_is_none_leaves_the_direction_to_the_words(contributor: Client, language: str) -> None:
    story = rows.a_story()
    rows.an_article(rows.an_outlet(language=language[:12]), story, "Title")
    isolate = elements(page_of(contributor, story), "li.article h3 bdi")[0]
    assert (isolate.get("lang"), isolate.get("dir")) == (None, "auto")


def test_a_merged_story_leads_to_the_one_that_was_kept(contributor: Client) -> None:
    kept = rows.a_story()
    gone = rows.a_story(merged_into=kept)
    response = page_of(contributor, gone)
    assert (response.status_code, response["Location"]) == (301, f"/story/{kept.uuid}")


def test_a_story_that_never_was_is_not_found(contributor: Client) -> None:
    assert contributor.get(f"/story/{uuid.uuid4()}").status_code == 404


def test_a_story_without_articles_or_lead_is_still_a_page(contributor: Client) -> None:
    assert texts(page_of(contributor, rows.a_story()), "h1") == ["Story without articles"]


def test_a_day_precise_date_shows_no_hour(contributor: Client) -> None:
    story = rows.a_story()
    rows.an_article(rows.an_outlet(), story, "Dated by day", published_at=rows.NOW - timedelta(days=2), published_precision="day")
    assert texts(page_of(contributor, story), "li.article span.at") == ["12 March"]


def test_the_texts_of_a_long_story_are_on_pages_of_their_own(contributor: Client) -> None:
    story = rows.a_story()
    for number in range(pages_story.MOST_TEXTS + 1):
        rows.an_article(rows.an_outlet(), story, f"Told {number}", text="Words.", published_at=rows.NOW - timedelta(hours=40 - number))
    rows.an_article(rows.an_outlet(), story, "Reserved", text="Hidden.", rights="reserved")
    page = page_of(contributor, story)
    assert len(elements(page, "details.text")) == pages_story.MOST_TEXTS
    (apart,) = elements(page, "a.text-apart")
    own = contributor.get(apart.get("href"))
    assert (texts(own, "h3"), texts(own, "div.reading p")) == ([f"Told {pages_story.MOST_TEXTS}"], ["Words."])


def test_an_article_reserved_or_without_a_story_has_a_page_too(contributor: Client) -> None:
    reserved = rows.an_article(rows.an_outlet(), None, "Reserved", text="Hidden.", rights="reserved")
    page = contributor.get(f"/article/{reserved.uuid}")
    assert (texts(page, "h3"), texts(page, "li.article p.soft")) == (
        ["Reserved"],
        ["The outlet reserves its rights: read the text on its site."],
    )
    assert "Hidden" not in page.content.decode()
    assert contributor.get(f"/article/{uuid.uuid4()}").status_code == 404


def test_a_very_long_story_shows_its_first_articles_and_all_when_asked(contributor: Client) -> None:
    story, outlet = rows.a_story(), rows.an_outlet()
    for number in range(pages_story.A_PAGE + 2):
        rows.an_article(outlet, story, f"Told {number}")
    page = page_of(contributor, story)
    assert len(elements(page, "li.article")) == pages_story.A_PAGE
    assert texts(page, "p.aside") == ["2 later articles are not shown. Show them too"]
    whole = contributor.get(f"/story/{story.uuid}?all=1")
    assert (len(elements(whole, "li.article")), texts(whole, "p.aside")) == (pages_story.A_PAGE + 2, [])

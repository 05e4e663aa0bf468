"""A story in a real browser: merged with a click, and the grouper keeps it after new articles; split, undone, cited, looked at."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer

from monitor.flows.group_stories import Memory, group_stories
from monitor.flows.kit import Kit
from monitor.outside.guard import Policy
from monitor.pipeline.story_doc_json import to_json
from monitor.records import StoryDoc
from monitor.store import models, stories, story_edits
from tests.fakes import FakeClock, FakeFetcher
from tests.web import browsing, desk_day, rows
from tests.web.test_in_a_browser import CHROMIUM, LOOKS, SHOTS, _look
from tests.web.test_in_a_browser import browser as browser

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine (apt install chromium): pages were NOT looked at"),
]
PORT = "ferry breakwater pilot steering cargo launch hull tug swell basin dredger quay"
WHEAT = "harvest wheat grain tonne export silo rain price mill flour bushel acre"


@pytest.fixture
def opened(browser: Any, live_server: LiveServer) -> Iterator[Callable[..., Any]]:
    """Opens a page as a person of the desk, signed in."""
    contexts = []

    def opening(role: str, lang: str = "en", width: int = 1280, scheme: str = "light") -> Any:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, locale=lang, base_url=live_server.url, reduced_motion="reduce"
        )
        contexts.append(context)
        page = context.new_page()
        page.complaints = browsing.complaints(page)
        browsing.sign_in(page, rows.a_person(role, language=lang, password=browsing.PASSWORD))
        return page

    yield opening
    for context in contexts:
        context.close()


@pytest.fixture
def press() -> Iterator[Callable[[str, str], models.Article]]:
    """Has an outlet tell something, and groups it as a worker does."""
    with ThreadPoolExecutor(1) as threads:
        clock, stop = FakeClock(rows.NOW), threading.Event()
        kit = Kit(clock, FakeFetcher(clock=clock), None, threads, Policy(), "worker", stop=stop.is_set)  # type: ignore[arg-type]
        memory = Memory()

        def telling(title: str, words: str) -> models.Article:
            article = rows.an_article(rows.an_outlet(title), None, title, published_at=rows.NOW)
            weights = dict.fromkeys((*words.split(), f"only{article.pk}"), 1.0)
            doc = StoryDoc(str(article.uuid), article.outlet.slug, "en", rows.NOW, weights, {})
            models.ArticleDoc.objects.create(article=article, at=rows.NOW, doc=json.loads(to_json(doc)))
            models.ToGroup.objects.create(article=article, due_at=rows.NOW)
            group_stories(kit, memory)
            article.refresh_from_db()
            return article

        for number in range(6):
            telling(f"Else {number}", " ".join(f"other{number}{letter}" for letter in "abcdefgh"))
        yield telling


def story_of(article: models.Article) -> models.Story:
    article.refresh_from_db()
    assert article.story is not None
    return article.story


def test_two_stories_are_merged_and_the_grouper_keeps_it_after_new_articles(opened: Any, press: Any) -> None:
    port, wheat = press("Ship aground", PORT), press("Wheat dear", WHEAT)
    assert story_of(port) != story_of(wheat)
    page = opened("editor")
    page.goto(f"/story/{story_of(port).uuid}")
    browsing.click(page, "text=Merge…")
    browsing.click(page, page.locator("ol.choices-merge li", has_text="Wheat dear").locator("button"))
    assert "?done=" in page.url
    assert page.inner_text("div.told-line span").strip() == "The two are one story now, and stay one."
    assert story_of(port) == story_of(wheat)
    generation = stories.generation()
    later = [press("Ship afloat", PORT), press("Wheat dearer", WHEAT), press("Ship sold", PORT)]
    assert stories.generation() == generation + 3
    assert [story_of(one) for one in (port, wheat, *later)] == [story_of(port)] * 5
    page.reload()
    browsing.click(page, "section.history button")  # undone: what came by the merge goes back
    assert page.locator("p.notice").is_visible()
    assert story_of(port) != story_of(wheat)
    assert page.complaints == []


def test_a_story_is_split_and_the_machine_does_not_join_it_again(opened: Any, press: Any) -> None:
    articles = [press(f"Ship {number}", PORT) for number in range(4)]
    story = story_of(articles[0])
    assert {story_of(one) for one in articles} == {story}
    page = opened("editor")
    page.goto(f"/story/{story.uuid}")
    browsing.click(page, "text=Split…")
    for box in page.query_selector_all("label.choose input")[:2]:
        box.check()
    browsing.click(page, "text=Make them another story")
    assert "?done=" in page.url
    assert models.Story.objects.filter(articles__in=articles).distinct().count() == 2
    for number in range(4, 7):
        press(f"Ship {number}", PORT)
    assert models.Story.objects.filter(articles__in=articles, merged_into=None).distinct().count() == 2
    page.reload()
    browsing.click(page, "section.history button")
    assert page.locator("p.notice").is_visible()
    assert {story_of(one) for one in articles} == {story}
    assert page.complaints == []


def test_a_citation_is_copied_and_background_comes_into_the_page(opened: Any) -> None:
    story = desk_day.fill(2)
    page = opened("contributor")
    page.goto(f"/story/{story.uuid}")
    page.click("li.article details.cite >> nth=0")
    page.click("li.article details.cite button >> nth=0")
    page.wait_for_selector("li.article details.cite [role=status]:has-text('Copied.')")
    page.locator("section.background").scroll_into_view_if_needed()
    page.wait_for_selector("section.background a[href$=background]", state="detached")
    assert page.inner_text("section.background h2") == "Background"
    page.keyboard.press("j")  # the reader stands on the first, whose source was copied
    assert page.evaluate("document.activeElement.closest('li.article') === document.querySelectorAll('li.article')[1]")
    page.keyboard.press("w")
    assert page.locator("li.article details.why[open]").count() == 1
    assert page.complaints == []


@pytest.mark.parametrize(("lang", "width", "scheme"), LOOKS)
def test_a_storys_pages_are_sound(opened: Any, lang: str, width: int, scheme: str) -> None:
    story, nour = desk_day.fill(), rows.a_person("editor", given="Nour", family="Haddad")
    other = models.Lead.objects.exclude(story=story).order_by("pk")[0].story
    story_edits.merge(story.uuid, other.uuid, nour, rows.NOW, seen="0.0", seen_other="0.0")
    kept = story if models.Story.objects.filter(pk=story.pk, merged_into=None).exists() else other
    page = opened("editor", lang, width, scheme)
    done = models.StoryEdit.objects.get().uuid
    paths = (
        f"/story/{kept.uuid}?done={done}",
        f"/story/{kept.uuid}?sort=1",
        f"/story/{kept.uuid}/merge",
        f"/story/{kept.uuid}/background",
        f"/article/{kept.articles.order_by('pk')[0].uuid}",
    )
    looked = []
    for name, path in zip(("done", "sort", "merge", "background", "article"), paths, strict=True):
        looked.append(_look(page, path, lang, width, scheme))
        if SHOTS:
            page.screenshot(path=str(Path(SHOTS) / f"story-{name}-{lang}-{width}-{scheme}.png"), full_page=True)
    assert [found for found in looked if found != []] == []
    assert page.complaints == []

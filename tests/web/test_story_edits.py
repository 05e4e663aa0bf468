"""What people do on a story's page: merge, split, “not this”, undo, follow, cite; what the second of two editors is told."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from monitor.pipeline.story_doc_json import to_json
from monitor.records import StoryDoc
from monitor.store import models, search_index, story_edits
from tests.web import rows
from tests.web.reading import elements, texts

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def a_story(*titles: str, language: str = "en", age: int = 3) -> models.Story:
    story = rows.a_story(oldest_at=rows.NOW - age * HOUR, articles_count=len(titles))
    for title in titles:
        rows.an_article(rows.an_outlet(language=language), story, title)
    return story


def titles(story: models.Story) -> list[str]:
    return sorted(story.articles.values_list("title", flat=True))


def article(title: str) -> str:
    return str(models.Article.objects.get(title=title).uuid)


def merge_on_the_page(client: Client, story: models.Story, other: models.Story) -> Any:
    """Merge by the form of the page that chooses."""
    page = client.get(f"/story/{story.uuid}/merge")
    forms = [form for form in elements(page, "form") if form.xpath(f'.//button[@value="{other.uuid}"]')]
    told = {one.get("name"): one.get("value") for one in forms[0].xpath(".//input")}
    return client.post(f"/story/{story.uuid}/merge", told | {"other": str(other.uuid)})


def test_two_stories_are_merged_from_the_page_and_unmerged_again(editor: Client) -> None:
    old, young = a_story("Convoy", age=9), a_story("Column", "Convoi", age=2)
    answer = merge_on_the_page(editor, young, old)
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, f"/story/{old.uuid}")
    page = editor.get(answer["Location"])
    assert texts(page, "div.told-line span") == ["The two are one story now, and stay one."]
    assert titles(old) == ["Column", "Convoi", "Convoy"]
    edit = models.StoryEdit.objects.get()
    assert texts(page, "section.history li") == [
        "10:30 Ada Example: another story merged with this one: 2 articles came — Column Undo",
    ]
    undone = editor.post(f"/story/{old.uuid}/undo", {"edit": str(edit.uuid)}, follow=True)
    assert texts(undone, "p.notice") == ["Undone: the articles are where they were."]
    assert (titles(old), titles(young)) == (["Convoy"], ["Column", "Convoi"])


def test_the_chosen_articles_become_a_story_of_their_own(editor: Client) -> None:
    story = a_story("One", "Two", "Three")
    page = editor.get(f"/story/{story.uuid}?sort=1")
    assert len(elements(page, "label.choose")) == 3
    seen = elements(page, "form")[1].xpath('.//input[@name="seen"]/@value')
    assert seen == ["0.0"]
    answer = editor.post(f"/story/{story.uuid}/part", {"seen": seen[0], "article": [article("Two")]})
    fresh = models.StoryEdit.objects.get().other
    assert (titles(story), titles(fresh)) == (["One", "Three"], ["Two"])
    assert texts(editor.get(answer["Location"]), "div.told-line a") == ["See the other story"]
    assert texts(editor.get(f"/story/{fresh.uuid}"), "section.history li") == ["10:30 Ada Example: split off another story — Two"]


def test_not_this_takes_one_article_out(editor: Client) -> None:
    story = a_story("One", "Two", "Odd")
    buttons = [one.get("value") for one in elements(editor.get(f"/story/{story.uuid}"), "button.not-this")]
    assert article("Odd") in buttons and len(buttons) == 3
    editor.post(f"/story/{story.uuid}/leave-out", {"seen": "0.0", "article": article("Odd")})
    assert titles(story) == ["One", "Two"]
    assert models.StoryLink.objects.filter(together=False).count() == 2


def test_of_a_story_with_one_article_nothing_can_be_split(editor: Client) -> None:
    page = editor.get(f"/story/{a_story('One').uuid}?sort=1")
    assert (elements(page, "label.choose"), elements(page, "button.not-this")) == ([], [])


def test_the_second_editor_is_told_who_was_first_and_keeps_the_choice(editor: Client) -> None:
    story = a_story("One", "Two", "Three")
    seen = story_edits.version(story)
    nour = rows.a_person("editor", given="Nour", family="Haddad")
    story_edits.part(story.uuid, [article("Three")], nour, rows.NOW, seen=seen)
    answer = editor.post(f"/story/{story.uuid}/part", {"seen": seen, "article": [article("Two")]})
    page = editor.get(answer["Location"].partition("#")[0])
    assert texts(page, "p.notice") == [
        "Nour Haddad was first, at 10:30: split: 1 article went to another story. Look at the story again; nothing was changed."
    ]
    assert [one.get("value") for one in elements(page, "input") if one.get("checked") is not None] == [article("Two")]
    assert titles(story) == ["One", "Two"]


def test_who_comes_after_a_merge_is_led_to_where_the_story_lives(editor: Client) -> None:
    old, young = a_story("Convoy", age=9), a_story("Column", "Other", age=2)
    nour = rows.a_person("editor", given="Nour", family="Haddad")
    story_edits.merge(old.uuid, young.uuid, nour, rows.NOW, seen="0.0", seen_other="0.0")
    answer = editor.post(f"/story/{young.uuid}/leave-out", {"seen": "0.0", "article": article("Other")})
    assert answer["Location"] == f"/story/{old.uuid}"
    assert texts(editor.get(answer["Location"]), "p.notice") == [
        "The story has been merged with another meanwhile: this is where it lives now. Nothing was changed."
    ]


@pytest.mark.parametrize(
    ("chosen", "words"),
    [([], "Choose the articles that tell another story."), (["One", "Two"], "Leave at least one article in this story.")],
)
def test_a_split_that_is_none_is_answered_with_a_sentence(editor: Client, chosen: list[str], words: str) -> None:
    story = a_story("One", "Two")
    answer = editor.post(f"/story/{story.uuid}/part", {"seen": "0.0", "article": [article(one) for one in chosen]}, follow=True)
    assert texts(answer, "p.notice") == [words]


@pytest.mark.parametrize("other", ["", "nonsense", "../../etc", "x" * 5000])
def test_a_merge_with_nothing_is_answered_with_a_sentence(editor: Client, other: str) -> None:
    story = a_story("One")
    answer = editor.post(f"/story/{story.uuid}/merge", {"other": other}, follow=True)
    assert texts(answer, "p.notice") == ["Choose the story to merge with."]


def test_the_other_story_is_found_by_its_address_or_by_words(editor: Client) -> None:
    story, other = a_story("Convoy"), a_story("Harvest rains")
    a_story("Third")
    keys = list(models.Article.objects.values_list("pk", flat=True))
    models.Article.objects.update(read_at=rows.NOW)
    search_index.reindex(keys)
    there = f"/story/{story.uuid}/merge"
    asked = ({"q": f"http://desk.example/story/{other.uuid}#a-1"}, {"q": "harvest"}, {"q": f"/story/{story.uuid}"}, {"q": "nowhere"})
    found = [texts(editor.get(there, values), "ol.choices-merge p.headline") for values in asked]
    assert found == [["Harvest rains"], ["Harvest rains"], [], []]
    assert len(texts(editor.get(there), "ol.choices-merge p.headline")) == 2
    assert len(elements(editor.get(there, {"q": "a NEAR/"}), "p.notice")) == 1


def test_a_contributor_reads_follows_and_cites_but_does_not_edit(contributor: Client) -> None:
    story = a_story("One", "Two")
    page = contributor.get(f"/story/{story.uuid}?sort=1")
    assert (elements(page, "label.choose"), elements(page, "button.not-this")) == ([], [])
    assert texts(page, "div.story-acts *") == ["Follow"]
    followed = contributor.post(f"/story/{story.uuid}/follow", follow=True)
    assert texts(followed, "div.story-acts *") == ["Following"]
    assert texts(contributor.post(f"/story/{story.uuid}/unfollow", follow=True), "div.story-acts *") == ["Follow"]


def test_sources_are_ready_to_be_cited_in_the_readers_style() -> None:
    story = rows.a_story()
    first = rows.an_article(rows.an_outlet("Harbour Post"), story, 'The "wall" holds')
    rows.an_article(rows.an_outlet("Copyist"), story, "Copied", copy_of=first)
    late = rows.NOW.replace(hour=23)
    rows.an_article(rows.an_outlet("みなと日報"), story, "車列", published_at=late - 24 * HOUR, published_offset=540)
    page = rows.signed_in("contributor").get(f"/story/{story.uuid}")
    assert (
        elements(page, "textarea")[0].text == '- *みなと日報* : "車列", 14/03/2026 ;\n- *Harbour Post* : "The \'wall\' holds", 14/03/2026.'
    )
    french = rows.signed_in("contributor", "fr").get(f"/story/{story.uuid}")
    own = [one.get("value") for one in elements(french, "p.cite-line input")]
    assert own[2] == "*Harbour Post*\u00a0: «\u00a0The “wall” holds\u00a0», 14/03/2026"


def test_evidence_is_marked_where_it_stands_with_its_rule(contributor: Client) -> None:
    rows.theme_labels({"terror": {"en": "Terrorism"}})
    evidence = [
        {"what": "theme:terror", "words": "ambushed", "zone": "title", "offset": 1, "rule": "ambush*: 3"},
        {"what": "place:ML", "words": "Mali", "zone": "body", "offset": 4, "rule": "country"},
    ]
    story = rows.a_story()
    rows.an_article(rows.an_outlet(), story, "Convoy ambushed", text="In Mali.\n\nMalians fled Mali.", evidence=evidence)
    rows.an_article(rows.an_outlet(), story, "Reserved", text="Mali.", rights="reserved", evidence=evidence)
    page = contributor.get(f"/story/{story.uuid}")
    marks = [(one.text, one.get("title")) for one in elements(page, "mark")]
    mali = ("Mali", "country Mali (a country’s name)")
    assert marks == [("ambushed", "theme Terrorism (the desk’s term “ambush*”, weight 3)"), mali, mali]
    assert texts(page, "ul.reasons li")[0] == "theme Terrorism: “ambushed” in the headline — the desk’s term “ambush*”, weight 3"


def test_one_language_can_be_read_alone(contributor: Client) -> None:
    story = a_story("One", "Two")
    rows.an_article(rows.an_outlet(language="fr"), story, "Trois")
    page = contributor.get(f"/story/{story.uuid}?language=fr")
    assert texts(page, "li.article h3") == ["Trois"]
    assert texts(page, "nav.languages a") == ["All languages", "en 2", "fr 1"]
    assert len(texts(contributor.get(f"/story/{story.uuid}?language=xx"), "li.article h3")) == 3


def with_doc(article: models.Article, words: str) -> models.Article:
    at = article.published_at or rows.NOW
    doc = StoryDoc(str(article.uuid), article.outlet.slug, article.language, at, dict.fromkeys(words.split(), 1.0), {})
    models.ArticleDoc.objects.create(article=article, at=at, placed=article.pk, doc=json.loads(to_json(doc)))
    models.Article.objects.filter(pk=article.pk).update(read_at=rows.NOW)
    search_index.reindex([article.pk])
    return article


def test_background_is_what_other_stories_told_of_it_before(contributor: Client) -> None:
    story, older = rows.a_story(), rows.a_story()
    told = "convoy fuel hombori ambush militants soldiers northern road governor escort"
    with_doc(rows.an_article(rows.an_outlet(), story, "Fuel convoy ambushed near Hombori"), told)
    with_doc(rows.an_article(rows.an_outlet(), story, "Convoy near Hombori: fuel burns"), told)
    before = rows.an_article(rows.an_outlet("Old Post"), older, "Hombori: convoy attacked", published_at=rows.NOW - timedelta(days=90))
    with_doc(before, "convoy hombori attack militants soldiers northern road escort")
    for number in range(20):
        with_doc(
            rows.an_article(rows.an_outlet(), rows.a_story(), f"Wheat number {number} harvest"), f"wheat harvest silo{number} mill{number}"
        )
    page = contributor.get(f"/story/{story.uuid}/background", headers={"X-Desk": "part"})
    assert texts(page, "li.older-line p.headline") == ["Hombori: convoy attacked"]
    assert elements(page, "p.cite-line input")[0].get("value") == '*Old Post* : "Hombori: convoy attacked", 14/12/2025'
    whole = contributor.get(f"/story/{story.uuid}/background")
    assert (texts(whole, "h1"), texts(whole, "li.older-line p.headline")) == (
        ["Fuel convoy ambushed near Hombori"],
        ["Hombori: convoy attacked"],
    )


def test_an_empty_background_says_so(contributor: Client) -> None:
    story = a_story("One")
    assert texts(contributor.get(f"/story/{story.uuid}/background"), "section.background p") == [
        "The archive holds nothing else on this yet. It grows with every day the desk reads."
    ]


def _merge_page(number: int) -> str:
    story = a_story("Here")
    for _ in range(number):
        other = a_story("There", "Là", language="fr")
        rows.a_lead(other, "There", claimed_by=rows.a_person())
    return f"/story/{story.uuid}/merge"


def _edited(number: int) -> str:
    story = a_story("Here", *(f"Out {one}" for one in range(number)))
    person = rows.a_person("editor")
    for one in range(number):
        story_edits.part(story.uuid, [article(f"Out {one}")], person, rows.NOW, seen=story_edits.version(story), kind="left_out")
    models.Article.objects.filter(title__startswith="Out").update(title="Done")
    return f"/story/{story.uuid}"


def _background(number: int) -> str:
    story = rows.a_story()
    with_doc(rows.an_article(rows.an_outlet(), story, "Fuel convoy ambushed near Hombori"), "convoy fuel hombori")
    for _ in range(number):
        with_doc(rows.an_article(rows.an_outlet(), rows.a_story(), "Fuel convoy near Hombori"), "convoy fuel hombori")
    return f"/story/{story.uuid}/background"


@pytest.mark.parametrize(("fill", "most"), [(_merge_page, 16), (_edited, 12), (_background, 12)])
def test_the_count_of_queries_is_constant(editor: Client, fill: Any, most: int) -> None:
    counts = []
    for number in (1, 25):
        path = fill(number)
        with CaptureQueriesContext(connection) as asked:
            assert editor.get(path).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1] <= most

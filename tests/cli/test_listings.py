"""article, story and lead: JSON with the keys the product promises, tables a person reads, empty states that say what to do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from monitor.store import models
from tests.cli.conftest import Told
from tests.web.rows import NOW, a_lead, a_story, an_article, an_outlet

Monitor = Callable[..., Told]

ARTICLE_KEYS = [
    "id",
    "url",
    "outlet",
    "title",
    "language",
    "language_confidence",
    "section",
    "themes",
    "places",
    "published",
    "discovered",
    "story",
    "verdict",
    "rights",
    "characters",
    "state",
    "reason",
]
LEAD_KEYS = ["id", "story", "section", "headline", "score", "reasons", "outlets", "languages", "articles", "status", "claimed_by"]
STORY_KEYS = ["id", "section", "themes", "articles", "outlets", "languages", "oldest", "newest"]


@pytest.fixture
def told() -> dict[str, str]:
    """Two stories: one in French with a lead, one in English without."""
    gazette, times = an_outlet("Gazette", slug="gazette", language="fr", country="FR"), an_outlet("Times", slug="times")
    first = a_story(section="africa", articles_count=2)
    second = a_story(section="asia", articles_count=1, newest_at=NOW + timedelta(hours=1))
    terror = [{"theme": "terror", "score": 3, "confidence": 0.9}]
    an_article(gazette, first, "Un titre", section="africa", themes=terror, discovered_at=NOW)
    an_article(times, first, "A headline", section="africa", discovered_at=NOW + timedelta(minutes=5))
    an_article(times, second, "Another [bold]headline[/bold]", section="asia", discovered_at=NOW + timedelta(minutes=9))
    a_lead(first, "Un titre", score=61.26)
    return {"first": str(first.uuid), "second": str(second.uuid)}


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (("article", "list"), "No article yet. `monitor once all` polls what is due.\n"),
        (("story", "list"), "No story yet. `monitor once all` polls what is due.\n"),
        (("lead", "list"), "No lead yet. `monitor once all` polls what is due.\n"),
        (("outlet", "list"), "No outlet yet. `monitor outlet import feeds.yaml` brings them in.\n"),
        (("person", "list"), "Nobody yet. `monitor person add EMAIL` takes somebody in.\n"),
    ],
)
def test_empty_listing_says_what_to_do(monitor: Monitor, command: tuple[str, ...], words: str) -> None:
    assert monitor(*command) == Told(0, words, "")
    assert monitor(*command, "--json") == Told(0, "", "")


@pytest.mark.parametrize("kind", ["article", "story", "lead"])
def test_filter_that_nothing_passes_says_so(monitor: Monitor, told: dict[str, str], kind: str) -> None:
    assert monitor(kind, "list", "--section", "europe") == Told(0, f"No {kind} matches.\n", "")
    assert monitor(kind, "list", "--section", "europe", "--json") == Told(0, "", "")


@pytest.mark.parametrize("kind", [("article", "list"), ("story", "list"), ("lead", "list"), ("search",)])
def test_filter_that_names_nothing_of_the_desk_is_a_mistake(monitor: Monitor, told: dict[str, str], kind: tuple[str, ...]) -> None:
    sections = "africa, america, asia, europe, focus"
    sentence = "There is no outlet 'nobody'; `monitor outlet list` shows their ids.\n"
    assert monitor(*kind, "--outlet", "nobody", "--json") == Told(2, "", sentence)
    assert monitor(*kind, "--section", "europa") == Told(2, "", f"There is no section 'europa'; there are {sections}.\n")
    models.DeskFact.objects.create(name="themes", value={"terror": {"en": "Terrorism"}}, changed_at=NOW)
    assert monitor(*kind, "--theme", "terorr") == Told(2, "", "There is no theme 'terorr'; `monitor theme list` shows their ids.\n")


def test_article_as_json(monitor: Monitor, told: dict[str, str]) -> None:
    rows = monitor("article", "list", "--json").objects
    assert [list(row) for row in rows] == [ARTICLE_KEYS] * 3
    assert [row["title"] for row in rows] == ["Another [bold]headline[/bold]", "A headline", "Un titre"]
    assert (rows[2]["outlet"], rows[2]["themes"], rows[2]["story"]) == ("gazette", ["terror"], told["first"])


def test_lead_as_json(monitor: Monitor, told: dict[str, str]) -> None:
    rows = monitor("lead", "list", "--json").objects
    assert [list(row) for row in rows] == [LEAD_KEYS]
    assert (rows[0]["story"], rows[0]["headline"], rows[0]["score"], rows[0]["claimed_by"]) == (told["first"], "Un titre", 61.3, None)


def test_story_as_json(monitor: Monitor, told: dict[str, str]) -> None:
    rows = monitor("story", "list", "--json").objects
    assert [list(row) for row in rows] == [STORY_KEYS] * 2
    assert [row["id"] for row in rows] == [told["second"], told["first"]]


@pytest.mark.parametrize(
    ("filters", "titles"),
    [
        (("--language", "fr"), ["Un titre"]),
        (("--section", "asia"), ["Another [bold]headline[/bold]"]),
        (("--outlet", "times", "--limit", "1"), ["Another [bold]headline[/bold]"]),
        (("--theme", "terror"), ["Un titre"]),
        (("--since", "2026-03-14T09:33:00+00:00"), ["Another [bold]headline[/bold]", "A headline"]),
        (("--since", "2026-03-15"), []),
    ],
)
def test_articles_are_filtered(monitor: Monitor, told: dict[str, str], filters: tuple[str, ...], titles: list[str]) -> None:
    assert [row["title"] for row in monitor("article", "list", "--json", *filters).objects] == titles


def test_table_shows_a_foreign_title_as_it_is_written(monitor: Monitor, told: dict[str, str]) -> None:
    lines = monitor("article", "list").out.splitlines()
    assert [line[:16] for line in lines[1:]] == ["2026-03-14 09:39", "2026-03-14 09:35", "2026-03-14 09:30"]
    assert lines[0].split() == ["discovered", "outlet", "language", "section", "verdict", "title"]
    titles = ("Another [bold]headline[/bold]", "A headline", "Un titre")
    assert [line.rstrip().endswith(title) for line, title in zip(lines[1:], titles, strict=True)] == [True] * 3


def test_story_shows_its_articles(monitor: Monitor, told: dict[str, str]) -> None:
    shown = monitor("story", "show", told["first"], "--json").objects[0]
    assert [article["title"] for article in shown["articles"]] == ["Un titre", "A headline"]
    assert [list(article)[: len(ARTICLE_KEYS)] for article in shown["articles"]] == [ARTICLE_KEYS] * 2
    assert monitor("story", "show", told["first"]).out.splitlines()[0].startswith("africa · ")


@pytest.mark.parametrize("story", ["x", "00000000-0000-4000-8000-000000000000", "../../etc/passwd"])
def test_unknown_story_is_named(monitor: Monitor, story: str) -> None:
    assert monitor("story", "show", story) == Told(2, "", f"No story has the id {story!r}. `monitor story list` shows them.\n")


@pytest.mark.parametrize("kind", ["article", "story", "lead"])
def test_since_that_is_not_understood_is_explained(monitor: Monitor, kind: str) -> None:
    sentence = "--since 'yesterday' is not understood; write 2d, 36h, 90m, or a date such as 2026-11-20.\n"
    assert monitor(kind, "list", "--since", "yesterday") == Told(2, "", sentence)


def test_limit_must_be_positive(monitor: Monitor) -> None:
    told = monitor("lead", "list", "--limit", "0")
    assert (told.status, told.out, "--limit" in told.err) == (2, "", True)

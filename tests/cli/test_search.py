"""`monitor search`: the archive at the shell, mistakes at their place, and the index made again."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from monitor.store import models
from tests.cli.conftest import Told
from tests.cli.test_listings import ARTICLE_KEYS
from tests.web import rows, searching

Monitor = Callable[..., Told]


@pytest.fixture
def archive(db: None) -> None:
    searching.an_indexed(
        "Le Mali vote", "Les bureaux de Bamako ont fermé.", outlet=rows.an_outlet("Gazette", slug="gazette", language="fr")
    )
    searching.an_indexed("Mali sings", "A choir in Bamako.", section="europe")


@pytest.mark.usefixtures("archive")
def test_articles_are_found_newest_first_with_their_evidence(monitor: Monitor) -> None:
    told = monitor("search", "mali bamako", "--json")
    found = [json.loads(line) for line in told.out.splitlines()]
    assert [(one["title"], one["found"]) for one in found] == [("Mali sings", ["Mali", "Bamako"]), ("Le Mali vote", ["Mali", "Bamako"])]
    assert list(found[0]) == [*ARTICLE_KEYS, "passage", "found"]


@pytest.mark.usefixtures("archive")
@pytest.mark.parametrize("filters", [("--outlet", "gazette"), ("--language", "fr"), ("--section", "africa")])
def test_filters_narrow_it_down(monitor: Monitor, filters: tuple[str, str]) -> None:
    told = monitor("search", "mali", "--json", *filters)
    assert [json.loads(line)["title"] for line in told.out.splitlines()] == ["Le Mali vote"]


@pytest.mark.usefixtures("archive")
def test_a_limit_says_that_there_is_more(monitor: Monitor) -> None:
    told = monitor("search", "mali", "--limit", "1")
    assert ("Mali sings" in told.out, "Le Mali vote" in told.out, told.err.strip()) == (
        True,
        False,
        "There are more; --limit 10 shows them.",
    )


@pytest.mark.usefixtures("archive")
def test_nothing_found_says_so(monitor: Monitor) -> None:
    assert monitor("search", "submarine").out == "No article matches.\n"


def test_a_mistake_is_shown_at_its_place(monitor: Monitor) -> None:
    told = monitor("search", "mali (army")
    assert (told.status, told.err.split("\n")[:3]) == (2, ["This parenthesis is never closed.", "  mali (army", "       ^"])


def test_nothing_asked_says_how(monitor: Monitor) -> None:
    told = monitor("search")
    assert (told.status, "monitor search 'Mali coup'" in told.err) == (2, True)


@pytest.mark.usefixtures("archive")
def test_the_index_is_made_again(monitor: Monitor) -> None:
    models.ArticleWords.objects.all().delete()
    assert monitor("search", "mali").out == "No article matches.\n"
    assert monitor("search", "--rebuild").out == "2 articles are in the search index.\n"
    assert len(monitor("search", "mali", "--json").out.splitlines()) == 2

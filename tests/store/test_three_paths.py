"""Three paths, one answer: rules that wait for articles, the index of this database with the evaluator, and the evaluator alone.

Run on SQLite and on PostgreSQL (tests/postgres.py); a case is one query asked of one archive of a few articles.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.errors import QueryError
from monitor.pipeline.percolate import QueryIndex
from monitor.pipeline.query import Query, matches, parse
from monitor.store import alert_docs, models, search
from tests.fakes import NOON
from tests.pipeline import query_kit
from tests.store.search_rows import an_indexed, told
from tests.store.test_search import rows_of

pytestmark = pytest.mark.django_db
CALM = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
CASES = 20_000


@st.composite
def archives(draw: st.DrawFn, least: int, most: int) -> tuple[list[told], list[str]]:
    """A few articles and some queries of one world of words."""
    world = draw(query_kit.worlds())
    articles = draw(st.lists(rows_of(world), min_size=1, max_size=3))
    return articles, draw(st.lists(query_kit.queries(world), min_size=least, max_size=most))


def three_answers(articles: list[told], texts: list[str]) -> int:
    """Asks every query that can be read by all three paths; returns how many there were."""
    rows = an_indexed(*articles)
    story = rows[0].story
    docs = alert_docs.docs({str(row.uuid): str(row.story.uuid) if row.story else "" for row in rows})
    waiting: dict[int, Query] = {}
    for number, text in enumerate(texts):
        try:
            waiting[number] = parse(text.replace("story:s1", f"story:{story.uuid}" if story else "story:none"))
        except QueryError:
            continue
    index = QueryIndex()
    for number, query in waiting.items():
        index.add(number, query)
    streamed: dict[int, list[int]] = {number: [] for number in waiting}
    for one in docs:
        for number in index.matches(one.doc):
            streamed[number].append(one.key)  # type: ignore[index]
    for number, query in waiting.items():
        alone = [one.key for one in docs if matches(query, one.doc) is not None]
        found = [hit.key for hit in search.find(query).found]
        assert (texts[number], streamed[number], found) == (texts[number], alone, alone[::-1])
    return len(waiting)


@pytest.fixture(autouse=True)
def no_old_news(monkeypatch: pytest.MonkeyPatch) -> None:
    """The articles of these worlds are told of in another year than they are found."""
    monkeypatch.setattr(alert_docs, "OLD_NEWS", timedelta(days=4000))


@settings(max_examples=60, deadline=None, suppress_health_check=CALM)
@given(archives(1, 6))
def test_stream_index_and_evaluator_agree(case: tuple[list[told], list[str]]) -> None:
    three_answers(*case)


@pytest.mark.long
def test_stream_index_and_evaluator_agree_on_twenty_thousand_cases() -> None:
    asked: list[int] = []

    @settings(max_examples=3000, deadline=None, suppress_health_check=CALM)
    @given(archives(12, 16))
    def ask(case: tuple[list[told], list[str]]) -> None:
        asked.append(three_answers(*case))

    ask()
    print(f"{sum(asked)} cases by three paths")
    assert sum(asked) >= CASES


@settings(max_examples=30, deadline=None, suppress_health_check=CALM)
@given(archives(1, 4))
def test_the_preview_is_what_an_alert_would_have_sent(case: tuple[list[told], list[str]]) -> None:
    articles, texts = case
    rows = an_indexed(*articles)
    docs = alert_docs.docs({str(row.uuid): str(row.story.uuid) if row.story else "" for row in rows})
    for text in texts:
        try:
            query = parse(text)
        except QueryError:
            continue
        met = [one.key for one in docs if matches(query, one.doc) is not None]
        assert (text, list(alert_docs.preview(query, NOON + timedelta(days=1)).keys)) == (text, met[::-1])


def test_a_reserved_article_is_previewed_by_its_title_alone() -> None:
    one, two = an_indexed(told("Harbour closed", "Ships.", rights="reserved"), told("Ships", "Harbour.", rights="reserved"))
    now = NOON + timedelta(days=1)
    assert alert_docs.preview(parse("harbour"), now).keys == (one.pk,)
    assert alert_docs.preview(parse("ships -harbour"), now).keys == (two.pk,)
    models.Article.objects.update(discovered_at=NOON - timedelta(days=40))
    assert alert_docs.preview(parse("ships"), now).keys == ()

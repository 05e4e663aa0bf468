"""Search finds what the evaluator says, on this database: articles and queries made at random, and the cases that have bitten."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.errors import QueryError
from monitor.pipeline import query_presearch
from monitor.pipeline.query import match_doc, matches, parse
from monitor.store import models, search, search_index, search_sql, search_tables, search_vectors
from monitor.store.search import Filters
from tests.pipeline import query_kit
from tests.store.search_rows import an_indexed, told

pytestmark = pytest.mark.django_db
CALM = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


@st.composite
def archives(draw: st.DrawFn) -> tuple[list[told], list[str]]:
    """A few articles and a few queries of one world."""
    world = draw(query_kit.worlds())
    return draw(st.lists(rows_of(world), min_size=1, max_size=4)), draw(st.lists(query_kit.queries(world), min_size=1, max_size=5))


def rows_of(world: query_kit.World) -> st.SearchStrategy[told]:
    """Articles as they are stored."""
    some = lambda values: st.lists(st.sampled_from(values), max_size=2, unique=True)  # noqa: E731
    spots = st.tuples(st.sampled_from(query_kit.ENTITIES), st.sampled_from(("title", "lead", "body")), st.integers(0, 6))
    long = st.tuples(query_kit.texts(world, 8), st.integers(105, 121), query_kit.texts(world, 8))
    return st.builds(
        told,
        title=query_kit.texts(world, 5),
        text=st.one_of(query_kit.texts(world, 8), long.map(lambda parts: parts[0] + "filler " * parts[1] + parts[2])),
        language=st.sampled_from(world.languages),
        outlet=st.sampled_from(("le-monde", "harbour-post")),
        themes=some(("terror", "drones_ai")),
        section=st.sampled_from(("", "africa")),
        countries=some(("ML", "FR")),
        entities=some(query_kit.ENTITIES),
        spots=st.lists(spots, max_size=3),
        authors=some(("Jean Dupont", "A. de la Tour")),
        in_story=st.booleans(),
        published=st.sampled_from((None, datetime(2025, 2, 28, 23, tzinfo=UTC), datetime(2025, 3, 1, tzinfo=UTC))),
    )


@settings(max_examples=150, deadline=None, suppress_health_check=CALM)
@given(archives())
def test_the_index_and_the_evaluator_agree(case: tuple[list[told], list[str]]) -> None:
    agree(*case)


@pytest.mark.long
@settings(max_examples=3000, deadline=None, suppress_health_check=CALM)
@given(archives())
def test_the_index_and_the_evaluator_agree_on_thousands(case: tuple[list[told], list[str]]) -> None:
    agree(*case)


def agree(articles: list[told], texts: list[str]) -> None:
    rows_ = an_indexed(*articles)
    docs = [
        (row.pk, match_doc(row.title, one.text, row.language, search_index.about_of(row))) for row, one in zip(rows_, articles, strict=True)
    ]
    for text in texts:
        try:
            query = parse(text.replace("story:s1", f"story:{rows_[0].story.uuid}" if rows_[0].story else "story:none"))
        except QueryError:
            continue
        right = [key for key, doc in docs if matches(query, doc) is not None]
        assert (text, [hit.key for hit in search.find(query).found]) == (text, right[::-1])


def found(text: str, filters: Filters | None = None) -> list[str]:
    keys = [hit.key for hit in search.find(parse(text), filters).found]
    titles = dict(models.Article.objects.filter(pk__in=keys).values_list("pk", "title"))
    return [titles[key] for key in keys]


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("elysee", "L’Élysée se tait"),
        ("ÉLYSÉE", "L’Élysée se tait"),
        ('"l elysee"', "L’Élysée se tait"),
        ("l'élysée", "L’Élysée se tait"),
        ("海軍基地", "日本の海軍基地"),
        ("جيش", "والجيش اللبناني"),
        ("ultra-orthodoxe", "Les ultra-orthodoxes et l’ultra-orthodoxe"),
    ],
)
def test_accents_capitals_and_scripts_do_not_matter(query: str, title: str) -> None:
    languages = {"日": "ja", "و": "ar"}
    an_indexed(told(title, language=languages.get(title[0], "fr")), told("Nothing of the kind"))
    assert found(query) == [title]


def test_every_filter_is_a_filter() -> None:
    an_indexed(
        told(
            "Mali votes", outlet="le-monde", language="fr", themes=["terror"], section="africa", published=datetime(2025, 3, 1, tzinfo=UTC)
        ),
        told("Mali sings", themes=["drones_ai"], section="europe", published=datetime(2026, 3, 1, tzinfo=UTC)),
    )
    asked = [
        Filters(outlet="le-monde"), Filters(country="FR"), Filters(language="fr"), Filters(theme="terror"), Filters(section="africa"),
        Filters(day="2025"), Filters(day="2025-03"), Filters(day="2025-03-01"),
    ]  # fmt: skip
    assert [found("Mali", one) for one in asked] == [["Mali votes"]] * len(asked)
    assert found("Mali", Filters(theme="drones_ai", outlet="le-monde")) == []
    assert [hit.outlet for hit in search.find(None, Filters(section="europe")).found] == ["harbour-post"]


@pytest.mark.parametrize("value", ['" OR NEAR( *', "x y", "'", "\x00", "%", "', '"])
def test_a_filter_nobody_offers_finds_nothing(value: str) -> None:
    an_indexed(told("Mali votes"))
    assert [found("Mali", Filters(**{name: value})) for name in ("outlet", "theme", "section", "language")] == [[]] * 4


def test_the_newest_come_first_and_those_before_them_next() -> None:
    rows_ = an_indexed(*(told(f"Mali {number}") for number in range(5)))
    newest = search.find(parse("Mali"), most=2)
    assert ([hit.key for hit in newest.found], newest.more) == ([rows_[4].pk, rows_[3].pk], True)
    older = search.find(parse("Mali"), below=newest.found[-1].key)
    assert ([hit.key for hit in older.found], older.more) == ([row.pk for row in rows_[2::-1]], False)


def test_where_the_evaluator_judges_it_looks_as_far_as_it_takes() -> None:
    rows_ = an_indexed(*(told("Mali one two" if number % 50 else "two Mali") for number in range(600)))
    hits = search.find(parse("=two WITHIN/0 =Mali"))
    assert ([hit.key for hit in hits.found], hits.more, hits.judged) == ([row.pk for row in rows_[::50]][::-1], False, True)


def test_a_word_said_four_hundred_times_is_found_in_its_phrase() -> None:
    """PostgreSQL keeps 255 positions of a word; the article is then judged by its kept words."""
    text = "word " * 400 + "end word of it"
    an_indexed(told("Long", text=text), told("Short", text="word of a word. it"))
    assert (found('"word of it"'), found('"end word"'), found('word -"word of it"')) == (["Long"], ["Long"], ["Short"])


def test_an_edited_headline_is_found_by_its_new_words() -> None:
    article = an_indexed(told("Mali votes", text="The polls have closed."))[0]
    models.Article.objects.filter(pk=article.pk).update(title="Niger votes")
    search_index.reindex([article.pk])
    assert (found("Mali"), found("Niger polls")) == ([], ["Niger votes"])


@pytest.mark.parametrize(("rights", "kept"), [("open", ["Votes"]), ("reserved", [])])
def test_title_and_lead_are_found_when_the_text_has_left(rights: str, kept: list[str]) -> None:
    article = an_indexed(told("Votes", text="Mali " + "filler " * 130 + "Niger", rights=rights))[0]
    assert (found("Mali"), found("Niger")) == (["Votes"], ["Votes"])
    models.ArticleText.objects.all().delete()
    search_index.shorten([article.pk])
    assert (found("=Mali"), found("Niger"), found("Votes")) == (kept, [], ["Votes"])
    search_index.rebuild()
    assert (found("=Mali"), found("Niger"), found("Votes")) == (kept, [], ["Votes"])


def test_a_deleted_article_leaves_the_index() -> None:
    an_indexed(told("Mali votes"), told("Mali sings"))
    models.Article.objects.filter(title="Mali votes").delete()
    assert found("Mali") == ["Mali sings"]


def test_what_is_missing_is_indexed_newest_first() -> None:
    an_indexed(told("Mali votes"), told("Mali sings"))
    models.ArticleWords.objects.all().delete()
    assert (found("Mali"), search_index.index_missing(1), found("Mali")) == ([], 1, ["Mali sings"])
    assert (search_index.index_missing(), search_index.index_missing(), found("Mali")) == (1, 0, ["Mali sings", "Mali votes"])


def test_a_dropped_index_is_made_again() -> None:
    an_indexed(told("Mali votes"))
    search_tables.drop(connection)
    assert search_index.rebuild() == 1
    assert found("Mali") == ["Mali votes"]


@pytest.mark.parametrize("typed", ['" OR NEAR( *', "a*) OR (b", "'; DROP TABLE store_article --", 'title:"x" ) & !', "\\'x", "x:*A"])
def test_nothing_a_person_types_is_syntax(typed: str) -> None:
    an_indexed(told("x b drop"))
    with contextlib.suppress(QueryError):
        search.find(parse(typed))
    assert models.Article.objects.count() == 1


@pytest.mark.parametrize("widest", [search_vectors._WIDEST, 4])
def test_windows_lose_nothing(monkeypatch: pytest.MonkeyPatch, widest: int) -> None:
    """On PostgreSQL the newest articles are looked through in windows of numbered buckets, beyond the widest all the rest at once."""
    monkeypatch.setattr(search_sql, "BUCKET", 3)
    monkeypatch.setattr(search_vectors, "_WIDEST", widest)
    rows_ = an_indexed(*(told(f"Mali {number % 7}{' once' if number == 4 else ''}") for number in range(150)))
    keys = [row.pk for row in reversed(rows_)]
    for most in (1, 5, 40, 149, 200):
        assert [hit.key for hit in search.find(parse("Mali"), most=most).found] == keys[:most]
        assert [hit.key for hit in search.find(parse("Mali"), below=keys[17], most=most).found] == keys[18:][:most]
    assert [hit.key for hit in search.find(parse("Mali 3")).found] == [row.pk for row in reversed(rows_) if row.title == "Mali 3"]
    assert [hit.key for hit in search.find(parse("once")).found] == [rows_[4].pk]


@pytest.mark.parametrize("many", [1_000, 0])
@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("Mali country:FR", [1, 3, 5, 7]),
        ("Mali -country:FR", [0, 2, 4, 6]),
        ("Mali country:FR -votes", [1, 5]),
        ("country:FR story:s1", [9]),
        ("Mali kind:newspaper country:GB", []),
        ("title:Mali (votes OR sings) country:FR", [1, 3, 5, 7]),
    ],
)
def test_a_condition_on_many_outlets_is_one(monkeypatch: pytest.MonkeyPatch, query: str, numbers: list[int], many: int) -> None:
    monkeypatch.setattr(query_presearch, "MOST_OUTLETS", 0)
    monkeypatch.setattr(search, "_MOST_OUTLETS", many)
    titles = [f"Mali {'votes' if number % 4 == 3 else 'sings'}" for number in range(8)]
    outlets = ("harbour-post", "le-monde")
    rows_ = an_indexed(
        *(told(title, outlet=outlets[number % 2]) for number, title in enumerate(titles)),
        told("Niger", in_story=True),
        told("Niger", outlet="le-monde", in_story=True),
    )
    keys = {row.pk: number for number, row in enumerate(rows_)}
    found = search.find(parse(query.replace("s1", str(rows_[9].story.uuid if rows_[9].story else ""))))
    assert [keys[hit.key] for hit in found.found] == numbers[::-1]
    assert [keys[hit.key] for hit in search.find(None, Filters(country="FR")).found] == [9, 7, 5, 3, 1]

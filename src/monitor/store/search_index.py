"""Keeping the search index true to the articles: written when one is read, again when its headline is edited or its text leaves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from monitor.config.region_names import regions_of_country
from monitor.pipeline.query_doc import About, MatchDoc, named_places, with_title
from monitor.pipeline.query_kin import Kin
from monitor.pipeline.query_presearch import LONGEST_TOKEN
from monitor.pipeline.search_words import LONGEST_TITLE, as_doc, kept, search_words, without_text
from monitor.records import Article, Evidence, SearchWords
from monitor.store import models, rows, search_sql, search_tables

BATCH = 200
_GAP = 100
_LAST_POSITION = 16_383
_MOST_POSITIONS = 255
"""PostgreSQL numbers positions up to 16,383 and keeps 255 of one word."""
_COLUMNS = (
    "article_id", "outlet", "language", "section", "themes", "day", "cut", "title", "lead", "body", "forms", "known", "marks",
)  # fmt: skip
_UPSERT_VECTOR = (
    "INSERT INTO store_search (article_id, vector) VALUES (%s, %s::tsvector) "
    "ON CONFLICT (article_id) DO UPDATE SET vector = excluded.vector"
)

Row = tuple[int, str, str, str, str, SearchWords]
"""Article, outlet's slug, language, section, theme ids with blanks between, and the words."""


def row_of(key: int, outlet: str, read: Article) -> Row:
    """One reading as it is indexed; `read.words` must be there."""
    assert read.words is not None
    return key, outlet, read.language, read.tagged.section, " ".join(theme.theme for theme in read.tagged.themes), read.words


def write(found: Sequence[Row]) -> None:
    """Write or overwrite what search knows of articles, inside the caller's transaction."""
    postgres = connection.vendor == "postgresql"
    values, vectors = [], []
    for key, outlet, language, section, themes, words in found:
        known = " ".join(dict.fromkeys((f"¶o¶{outlet}", f"¶s¶{section}"))) + (f" {words.known}" if words.known else "")
        cut = False
        if postgres:
            vector, cut = tsvector(words, known)
            vectors.append((key, f"{vector} {search_sql.bucket(key // search_sql.BUCKET)}"))
        # PostgreSQL reads forms and facts from the vector only; FTS5 needs them again to forget them
        forms = ("", "") if postgres else (words.forms, known)
        values.append((key, outlet, language, section, themes, words.day, cut, words.title, words.lead, words.body, *forms, words.marks))
    rows.upsert(models.ArticleWords, "article_id", _COLUMNS, values)
    if vectors:
        with connection.cursor() as cursor:
            cursor.executemany(_UPSERT_VECTOR, vectors)


def tsvector(words: SearchWords, known: str) -> tuple[str, bool]:
    """The literal of a tsvector (title A, lead B, body C, the rest D), and whether positions of some word had to be left out."""
    at: dict[str, list[tuple[int, str]]] = {}
    place, lost = 1, False
    for text, weight in ((known, ""), (words.title, "A"), (words.lead, "B"), (words.body, "C")):
        for token in text.split():
            at.setdefault(token[:LONGEST_TOKEN], []).append((place, weight))
            place += 1
        place += _GAP
    parts = []
    for token, places in at.items():
        if len(places) > _MOST_POSITIONS or places[-1][0] > _LAST_POSITION:
            places, lost = _fewer(places), True
        numbers = ",".join(f"{position}{weight}" for position, weight in places)
        parts.append(f"'{token}':{numbers}" if token.isalnum() else f"{_quoted(token)}:{numbers}")
    parts += [_quoted(form[:LONGEST_TOKEN]) for form in words.forms.split()]
    return " ".join([*parts, _quoted(search_sql.CUT)] if lost else parts), lost


def _fewer(places: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """The positions of a word that can be kept, the first of each zone among them."""
    first = {weight: position for position, weight in reversed(places)}
    must = {(min(position, _LAST_POSITION), weight) for weight, position in first.items()}
    rest = [place for place in places if place not in must and place[0] < _LAST_POSITION]
    return sorted(must | set(rest[: _MOST_POSITIONS - len(must)]))


def _quoted(token: str) -> str:
    return "'" + token.replace("\\", "\\\\").replace("'", "''") + "'"


# ── what is known of an article ──────────────────────────────────────────────────────────────────────────────────────


def about_of(article: models.Article) -> About:
    """What queries may ask of a stored article; its outlet and story have to be at hand (select_related)."""
    countries = [str(place.get("country", "")) for place in article.places if isinstance(place, dict)]
    return About(
        outlet=(article.outlet.slug, article.outlet.name),
        country=article.outlet.country,
        kind=article.outlet.kind,
        themes=_themes(article),
        regions=(
            *([article.section] if article.section else []),
            *(name for country in countries for name in (country, *regions_of_country().get(country, ()))),
        ),
        entities=tuple(str(name) for name in article.entities),
        authors=tuple(str(name) for name in article.authors),
        story=str(article.story.uuid) if article.story else "",
        has={"full": ("text",), "paywalled": ("paywall",)}.get(article.verdict, ()),
        published=article.published_at,
        places=named_places(_evidence(article.evidence)),
    )


def _themes(article: models.Article) -> tuple[str, ...]:
    return tuple(str(one.get("theme", "")) for one in article.themes if isinstance(one, dict))


def _evidence(found: Iterable[Any]) -> Iterator[Evidence]:
    for one in found:
        if isinstance(one, dict):
            yield Evidence(one.get("what", ""), one.get("words", ""), one.get("zone", ""), one.get("offset", 0), one.get("rule", ""))


# ── doing it again ───────────────────────────────────────────────────────────────────────────────────────────────────


def reindex(keys: Sequence[int]) -> int:
    """Index these articles anew from what is stored of them, inside the caller's transaction; returns how many there are."""
    found = models.Article.objects.filter(pk__in=keys).exclude(read_at=None).select_related("outlet", "story", "body", "words")
    fresh = [_row(article) for article in found]
    write(fresh)
    return len(fresh)


def _row(article: models.Article) -> Row:
    body, held = getattr(article, "body", None), getattr(article, "words", None)
    about = about_of(article)
    if body is None and held is not None and article.verdict in ("full", "summary", "paywalled"):  # its text has left; the words stay
        words = kept(with_title(as_doc(words_of(held), article.language, about), article.title[:LONGEST_TITLE], about))
    else:
        text = body.text if body is not None and body.text else article.summary
        words = search_words(article.title, text, article.language, about)
    return article.pk, article.outlet.slug, article.language, article.section, " ".join(_themes(article)), words


def shorten(keys: Sequence[int]) -> None:
    """Keep of articles whose text has left only title and lead, of reserved ones only the title; inside the caller's transaction."""
    held = models.ArticleWords.objects.filter(article_id__in=keys).select_related("article__outlet", "article__story")
    write([_shorter(one) for one in held])


def _shorter(one: models.ArticleWords) -> Row:
    article = one.article
    words = without_text(words_of(one), one.language, about_of(article), lead=article.rights != "reserved")
    return article.pk, one.outlet, one.language, one.section, one.themes, words


def words_of(one: models.ArticleWords) -> SearchWords:
    """The kept words of a row."""
    return SearchWords(one.title, one.lead, one.body, one.forms, one.known, one.marks, one.day)


def doc_of(one: models.ArticleWords, article: models.Article, *, kin: Kin | None = None) -> MatchDoc:
    """An article as the evaluator judges it (by the `kin` of a search for one query); its outlet and story have to be at hand."""
    return as_doc(words_of(one), one.language, about_of(article), kin=kin)


def doc_of_words(one: models.ArticleWords, *, kin: Kin) -> MatchDoc:
    """The words of an article as the evaluator judges them for one query, without what is known of it."""
    held = SearchWords(one.title, one.lead, one.body, "", "", one.marks, one.day)
    return as_doc(held, one.language, About(), kin=kin)


def index_missing(limit: int = BATCH) -> int:
    """Index up to `limit` articles that have been read and are not in the index, newest first; returns how many."""
    there = models.ArticleWords.objects.filter(article_id=OuterRef("pk"))
    read = models.Article.objects.exclude(read_at=None).filter(~Exists(there)).order_by("-pk")
    keys = list(read.values_list("pk", flat=True)[:limit])
    if keys:
        with transaction.atomic():
            return reindex(keys)
    return 0


def rebuild(tell: Callable[[int, int], None] = lambda _done, _total: None) -> int:
    """Make the index again, first from the kept words at once, then from the stored articles in small transactions."""
    with transaction.atomic():
        search_tables.drop(connection)
        search_tables.make(connection)
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("INSERT INTO store_search(store_search) VALUES ('rebuild')")
    keys = models.Article.objects.exclude(read_at=None).order_by("-pk")
    total, done, below = keys.count(), 0, None
    while batch := list((keys if below is None else keys.filter(pk__lt=below)).values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            reindex(batch)
        done, below = done + len(batch), batch[-1]
        tell(done, total)
    return done

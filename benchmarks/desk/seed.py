"""Fills an empty, migrated database with invented news: the same for the same sizes and seed.

    MONITOR_DATABASE_URL=… python -m benchmarks.desk.seed 50000            # articles; a story for seven of them, outlets by the hundred
    MONITOR_DATABASE_URL=… python -m benchmarks.desk.seed 1000000 --now 2026-03-14T09:30

Words are made of syllables by frequency (Zipf) in twelve languages, with a few real ones at known shares to search for (`PLANTED`). The
newest twentieth has its text and what grouping keeps, the others title and lead, as after retention. Nothing is fetched; nobody in it
exists.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import sys
import time
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from monitor.store import setup

setup.start()

from django.db import connection, transaction  # noqa: E402 — after Django is set up
from django.db import models as fields  # noqa: E402

from monitor.pipeline.story_doc_json import to_json  # noqa: E402
from monitor.pipeline.words import stem, stem_rules  # noqa: E402
from monitor.records import SearchWords, StoryDoc  # noqa: E402
from monitor.store import models, outlet_checks, search_index, search_sql, search_tables  # noqa: E402

PLANTED = {"minister": 0.2, "missile": 0.05, "drone": 0.02, "mali": 0.005, "frigate": 0.0005, "catamaran": 0.00001}
"""Real words and the share of articles that have them."""
LANGUAGES = {"en": 40, "fr": 20, "es": 8, "de": 7, "ru": 6, "it": 5, "pt": 4, "tr": 3, "pl": 3, "nl": 2, "id": 1, "sv": 1}
COUNTRIES = ("GB", "FR", "US", "DE", "ES", "IT", "RU", "BR", "TR", "PL", "NL", "SE", "ID", "IN", "ZA", "NG", "KE", "CA", "AU", "JP")
SECTIONS = ("africa", "america", "asia", "europe", "focus")
THEMES = ("forces", "terror", "drones_ai", "nuclear", "navy", "diplomacy", "cyber", "space", "arms", "peace")
PLACES = ("ML", "UA", "IL", "CN", "TW", "US", "RU", "FR", "NG", "IR", "SY", "IN", "PK", "BR", "KP", "SD")
KINDS = ("newspaper", "agency", "broadcaster", "magazine", "specialist")
TITLE, LEAD, BODY = 9, 60, 340
VOCABULARY = 60_000
SPAN = timedelta(days=60)
LEASE = timedelta(hours=48)
PEOPLE = 12
NOBODY: dict[str, Any] = {"claimed_by_id": None, "claimed_until": None}
CHUNK = 5_000
_SYLLABLES = [
    first + vowel
    for first in ("b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "t", "v", "z", "br", "tr", "st", "kl")
    for vowel in "aeiou"
]


class Language:
    """The words of one language by frequency, each with its form in the index."""

    def __init__(self, code: str, seed: int) -> None:
        own = random.Random(f"{seed} {code}")
        found: dict[str, None] = {}
        while len(found) < VOCABULARY:
            found["".join(own.choices(_SYLLABLES, k=own.choice((1, 2, 2, 3, 3, 4)))) + own.choice(("", "", "s", "n", "r", code[:1]))] = None
        self.code, self.words = code, list(found)
        self.weights = list(itertools.accumulate(1 / (rank + 8) for rank in range(VOCABULARY)))
        rules = stem_rules(code)
        self.forms = {word: f"{rules}\t{stem(word, code)}" for word in (*self.words, *PLANTED)}

    def text(self, chance: random.Random, length: int) -> list[str]:
        """Some words."""
        return chance.choices(self.words, cum_weights=self.weights, k=length)


def seed(articles: int, now: datetime, number: int = 1) -> None:
    """Fills the database; tells on standard error how far it is."""
    begun = time.monotonic()
    chance = random.Random(number)
    languages = [Language(code, number) for code in LANGUAGES]
    outlets = max(4, min(2_000, articles // 500))
    stories = max(1, articles * 15 // 100)
    with transaction.atomic():
        search_tables.drop(connection)
        _bulk(models.Outlet, _outlets(outlets, number))
        _bulk(models.Feed, _feeds(outlets, now))
        _bulk(models.Story, _stories(stories, now, number))
        _bulk(models.Person, _people(now))
        _bulk(models.Lead, _leads(stories, now, number))
        models.DeskFact.objects.update_or_create(
            name="themes", defaults={"value": {theme: {"en": theme} for theme in THEMES}, "changed_at": now}
        )
    by_code = {language.code: language for language in languages}
    codes = random.Random(number + 1).choices(list(LANGUAGES), weights=list(LANGUAGES.values()), k=outlets)
    for first in range(0, articles, CHUNK):
        told = [
            _article(key, articles, outlets, stories, by_code, codes, now, chance)
            for key in range(first + 1, min(articles, first + CHUNK) + 1)
        ]
        with transaction.atomic():
            _bulk(models.Article, [row for row, _, _ in told])
            _bulk(models.ArticleText, [{"article_id": words["article_id"], "text": text} for _, words, text in told if text])
            _bulk(models.ArticleDoc, [_doc(row, words, by_code[row["language"]]) for row, words, text in told if text])
            _words([words for _, words, _ in told])
        print(f"\r{first + len(told):,} of {articles:,}, {time.monotonic() - begun:.0f} s", end="", file=sys.stderr)
    _index()
    outlet_checks.recount(now)  # as its job does: the table of outlets shows what the doctor said
    print(f"\nseeded in {time.monotonic() - begun:.0f} s", file=sys.stderr)


def _index() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
            cursor.execute("SET maintenance_work_mem = '512MB'")
    search_tables.make(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("INSERT INTO store_search(store_search) VALUES ('rebuild')")
            cursor.execute("ANALYZE")
        else:
            for model in (models.Outlet, models.Feed, models.Story, models.Lead, models.Person):
                cursor.execute(
                    f"SELECT setval(pg_get_serial_sequence('{model._meta.db_table}', 'id'), (SELECT max(id) FROM {model._meta.db_table}))"
                )
            cursor.execute("SELECT setval(pg_get_serial_sequence('store_article', 'id'), (SELECT max(id) FROM store_article))")
            cursor.execute("VACUUM ANALYZE")


# ── rows ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _outlets(count: int, number: int) -> Iterator[dict[str, Any]]:
    codes = random.Random(number + 1).choices(list(LANGUAGES), weights=list(LANGUAGES.values()), k=count)
    for key in range(1, count + 1):
        yield {
            "id": key, "slug": f"outlet-{key}", "name": f"Harbour Post {key}", "country": COUNTRIES[key % len(COUNTRIES)],
            "language": codes[key - 1], "kind": KINDS[key % len(KINDS)], "position": key,
        }  # fmt: skip


def _feeds(count: int, now: datetime) -> Iterator[dict[str, Any]]:
    for key in range(1, count + 1):
        yield {
            "id": key, "outlet_id": key, "url": f"https://outlet-{key}.example/feed", "interval": timedelta(minutes=30), "polls": 40,
            "health": "ok", "last_200_at": now, "last_change_at": now - timedelta(minutes=key % 3000), "due_at": now + timedelta(minutes=9),
        }  # fmt: skip


def _stories(count: int, now: datetime, number: int) -> Iterator[dict[str, Any]]:
    chance = random.Random(number + 2)
    for key in range(1, count + 1):
        newest = now - SPAN * (1 - key / count)
        section, theme = chance.choice(SECTIONS), chance.choice(THEMES)
        yield {
            "id": key, "uuid": _uuid("story", key), "created_at": newest - timedelta(hours=9), "oldest_at": newest - timedelta(hours=9),
            "newest_at": newest, "section": section, "themes": [theme], "articles_count": 7,
        }  # fmt: skip


def _leads(stories: int, now: datetime, number: int) -> Iterator[dict[str, Any]]:
    """Every fifth story is a lead; some are dismissed, used, and of the last two days some claimed: older claims have ended."""
    chance = random.Random(number + 3)
    for key in range(5, stories + 1, 5):
        newest = now - SPAN * (1 - key / stories)
        status = chance.choices(("queued", "claimed", "dismissed", "used", "quiet"), weights=(60, 3, 20, 7, 10))[0]
        if status == "claimed" and newest < now - LEASE:
            status = "used"
        held = {"claimed_by_id": key % PEOPLE + 1, "claimed_until": newest + LEASE} if status == "claimed" else NOBODY
        yield {
            "id": key // 5, "uuid": _uuid("lead", key), "story_id": key, "status": status, "section": chance.choice(SECTIONS),
            "headline": f"Ministers speak of harbour {key}", "headline_language": "en", "score": chance.random() * 100,
            "themes": [chance.choice(THEMES)], "components": {"breadth": 0.5}, "reasons": ["voices:3"], "outlets": 4, "countries": 3,
            "languages": ["en", "fr"], "articles": 7, "newest_at": newest, "queued_at": newest - timedelta(hours=2),
            "ranked_at": newest, **held,
        }  # fmt: skip


def _people(now: datetime) -> Iterator[dict[str, Any]]:
    """The first one is who asks for the pages."""
    for key in range(1, PEOPLE + 1):
        role = "admin" if key == 1 else "contributor"
        yield {"id": key, "email": f"reader{key}@desk.localhost", "password": "!", "role": role, "language": "en", "joined_at": now}


def _article(
    key: int,
    articles: int,
    outlets: int,
    stories: int,
    languages: dict[str, Language],
    codes: Sequence[str],
    now: datetime,
    chance: random.Random,
) -> tuple[dict[str, Any], dict[str, Any], str]:
    at = now - SPAN * (1 - key / articles)
    outlet = int(outlets * chance.random() ** 2) + 1
    language = languages[codes[outlet - 1]]
    title, lead = language.text(chance, TITLE), language.text(chance, LEAD)
    body = language.text(chance, BODY) if key > articles * 0.95 else []
    for word, share in PLANTED.items():
        if chance.random() < share:
            (title if chance.random() < 0.2 else lead).insert(chance.randrange(TITLE), word)
    theme, section, place = chance.choice(THEMES), chance.choice(SECTIONS), chance.choice(PLACES)
    story = max(1, min(stories, int(key / articles * stories + chance.gauss(0, 8))))
    row = {
        "id": key, "uuid": _uuid("article", key), "key": f"seed-{key}", "url": f"https://outlet-{outlet}.example/{key}",
        "outlet_id": outlet, "story_id": story, "title": " ".join(title).capitalize(), "summary": " ".join(lead[:30]), "state": "read",
        "verdict": "full", "language": language.code, "language_confidence": 0.99, "characters": 6 * (LEAD + len(body)), "section": section,
        "themes": [{"theme": theme, "score": 3.0, "confidence": 0.8}], "places": [{"country": place, "score": 2.0, "count": 2}],
        "evidence": [{"what": f"theme:{theme}", "words": lead[0], "zone": "lead", "offset": 0, "rule": lead[0]}] * 4,
        "published_at": at, "discovered_at": at, "read_at": at,
    }  # fmt: skip
    text = " ".join((*lead, *body)).capitalize() + "." if body else ""
    return row, _kept(row, language, title, lead, body, theme, section, place, outlet), text


def _kept(
    row: dict[str, Any],
    language: Language,
    title: list[str],
    lead: list[str],
    body: list[str],
    theme: str,
    section: str,
    place: str,
    outlet: int,
) -> dict[str, Any]:
    """The columns of pipeline.query_doc, from words whose forms are known; tests/benchmarks compare them with a reading's."""
    forms = [language.forms[word].split("\t") for word in dict.fromkeys((*title, *lead, *body))]
    titled = [language.forms[word].split("\t") for word in dict.fromkeys(title)]
    day = row["published_at"].date()
    told = [f"§{rules}§{family}" for rules, family in forms] + [f"‡{rules}‡{family}" for rules, family in titled]
    known = (
        f"¶lang¶{language.code} ¶region¶{place.lower()} ¶region¶{section} ¶theme¶{theme.replace('_', '-')} ¶has¶text "
        f"¶y¶{day.year} ¶m¶{day:%Y-%m}"
    )
    return {
        "article_id": row["id"], "outlet": f"outlet-{outlet}", "language": language.code, "section": section, "themes": theme, "day": day,
        "title": " ".join(title), "lead": " ".join(lead), "body": " ".join(body), "forms": " ".join(dict.fromkeys(told)),
        "known": f"¶o¶outlet-{outlet} ¶s¶{section} {known}", "marks": "0^", "cut": False,
    }  # fmt: skip


def _doc(row: dict[str, Any], words: dict[str, Any], language: Language) -> dict[str, Any]:
    """What background compares of one article, as grouping keeps it."""
    terms: Counter[str] = Counter()
    for weight, told in ((2, words["title"]), (1, words["lead"])):
        for word in told.split(" "):
            terms[language.forms[word].partition("\t")[2]] += weight
    features = {
        f"g:{row['places'][0]['country']}": 2.0,
        f"t:{words['themes']}": 3.0,
        **{f"k:{word}": 1.0 for word in words["title"].split(" ")},
    }
    doc = StoryDoc(str(row["uuid"]), words["outlet"], language.code, row["published_at"], terms, features, title_key=words["title"])
    return {"article_id": row["id"], "at": row["published_at"], "doc": json.loads(to_json(doc)), "placed": row["id"]}


def _words(kept: list[dict[str, Any]]) -> None:
    if connection.vendor == "sqlite":
        _bulk(models.ArticleWords, kept)
        return
    vectors = []
    for one in kept:
        words = SearchWords(one["title"], one["lead"], one["body"], one["forms"], "", "", None)
        vector, _ = search_index.tsvector(words, one["known"])
        vectors.append((one["article_id"], f"{vector} {search_sql.bucket(one['article_id'] // search_sql.BUCKET)}"))
    _bulk(models.ArticleWords, [one | {"forms": "", "known": ""} for one in kept])
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS store_search (article_id bigint PRIMARY KEY, vector tsvector NOT NULL)")
        with cursor.copy("COPY store_search (article_id, vector) FROM STDIN") as copy:
            for vector in vectors:
                copy.write_row(vector)


# ── writing ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _bulk(model: type[fields.Model], rows: Iterable[dict[str, Any]]) -> None:
    """Insert rows, with the models' own defaults for what they do not say."""
    rows = list(rows)
    if not rows:
        return
    given = set(rows[0])
    asked = [field for field in model._meta.local_concrete_fields if not (field.primary_key and field.column not in given)]
    values = [[_value(field, row) for field in asked] for row in rows]
    names = ", ".join(f'"{field.column}"' for field in asked)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.executemany(f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({", ".join(["%s"] * len(asked))})', values)
        else:
            with cursor.copy(f'COPY "{model._meta.db_table}" ({names}) FROM STDIN') as copy:
                for row in values:
                    copy.write_row(row)


def _value(field: Any, row: dict[str, Any]) -> Any:
    value = row[field.column] if field.column in row else field.get_default()
    if value is None or type(value) in (str, int, float, bool):
        return value
    return (
        field.get_db_prep_save(value, connection)
        if connection.vendor == "sqlite" or isinstance(field, fields.JSONField) is False
        else _json(value)
    )


def _json(value: Any) -> str:
    from monitor.store.rows import as_json

    return as_json(value)


def _uuid(kind: str, number: int) -> uuid.UUID:
    return uuid.uuid5(uuid.NAMESPACE_URL, f"https://seed.example/{kind}/{number}")


def main() -> None:
    """The command line."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("articles", type=int)
    asked.add_argument("--now", type=datetime.fromisoformat, default="2026-03-14T09:30")
    asked.add_argument("--seed", type=int, default=1)
    told = asked.parse_args()
    now = told.now.replace(tzinfo=UTC)
    if setup.is_sqlite():
        setup.migrate(now, backup=False)
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous = OFF")
    else:
        setup.migrate(now)
    if models.Article.objects.exists():
        sys.exit("This database has articles already; name an empty one by MONITOR_DATABASE_URL.")
    seed(told.articles, now, told.seed)


if __name__ == "__main__":
    main()

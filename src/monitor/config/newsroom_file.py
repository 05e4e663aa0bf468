"""Reads the sample newsroom: its invented outlets, what they wrote about invented events, and what is true of each event.

    samples = load_newsroom()          # the shipped one; raises ConfigError with every mistake of every file at once
    samples.article("af1-fr-3").text   # a wire copy has its text resolved: edits made, credit printed

Files: `outlets.yaml` (outlets and the words their pages print), `events/*.yaml` (articles), `truth/*.yaml` (section, themes, countries).
"""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from monitor.config.newsroom_values import SampleArticle, SampleOutlet, Samples, SampleTruth, in_paragraphs
from monitor.config.yaml_file import Document, did_you_mean, scan_file
from monitor.errors import ConfigError, Problem

__all__ = ["SHIPPED", "SampleArticle", "SampleOutlet", "SampleTruth", "Samples", "load_newsroom"]

SHIPPED = Path(__file__).resolve().parent.parent / "data" / "newsroom"

SECTIONS = ("africa", "america", "asia", "europe", "focus")
THEMES = (
    "forces", "procurement", "nuclear", "drones_ai", "cyber_info", "space", "intel", "terror", "coup_instability", "peace_ops",
    "alliances", "diplomacy", "sanctions_trade", "maritime", "energy_infra", "personnel", "law_rights", "migration_borders",
)  # fmt: skip
OLDEST = 240.0  # hours

_REQUIRED = {"id", "name", "language", "country", "zone", "form", "page", "path"}
_CHOICES: Mapping[str, tuple[object, ...]] = {
    "kind": ("newspaper", "agency", "broadcaster", "magazine"),
    "form": ("rss", "atom", "rdf", "json-feed"),
    "page": ("broadsheet", "ledger", "transcript", "column", "bulletin"),
    "text": ("page", "feed", "none"),
    "credit": ("end", "dateline"),
    "validators": ("both", "etag", "modified"),
    "charset": ("utf-8", "windows-1251", "iso-8859-15"),
    "pages": (200, 403),
    "feed": ("good", "undated", "broken"),
}
_OUTLET_KEYS = _REQUIRED | set(_CHOICES) | {"weight", "owner", "max_age"}
_ARTICLE_KEYS = {
    "id", "outlet", "hours_ago", "title", "first_title", "summary",
    "author", "text", "copy_of", "credit", "replace", "drop_last",
}  # fmt: skip
_TRUTH_KEYS = {"event", "what", "section", "themes", "countries", "follows", "lookalike", "articles", "overrides"}
_LABEL_KEYS = {
    "sections", "by", "published", "related", "popular", "newsletter",
    "subscribe", "caption", "cookies", "accept", "listen", "rights",
}  # fmt: skip
_ID = re.compile(r"[a-z]{2}\d{1,2}-[a-z]{2}-\d")
_DATELINE = re.compile(r"[^\W\d_a-z][^\n—–]{0,39}?(?= [—–] )")


def load_newsroom(folder: Path = SHIPPED) -> Samples:
    """The newsroom in `folder`; raises ConfigError with every mistake of every file, sorted by file and line."""
    loader = _Loader(folder)
    samples = loader.load()
    if loader.problems:
        raise ConfigError(sorted(loader.problems, key=lambda problem: (problem.file, problem.line or 0)))
    return samples


def _credited(paragraphs: tuple[str, ...], credit: str, where: str) -> str:
    """The text with the agency's credit after the dateline's town, or at the very end."""
    first, *rest = paragraphs
    if where == "dateline":
        town = _DATELINE.match(first)
        first = f"{town[0]} {credit}{first[town.end() :]}" if town else f"{credit} {first}"
    elif rest:
        rest[-1] = f"{rest[-1]} {credit}"
    else:
        first = f"{first} {credit}"
    return "\n\n".join((first, *rest))


@dataclass(slots=True)
class _Row:
    """One mapping of a document, read field by field; every mistake goes to `problems` with its line."""

    document: Document
    path: tuple[str | int, ...]
    value: Mapping[str, Any]
    problems: list[Problem]

    def wrong(self, message: str, *path: str | int, suggestion: str = "") -> None:
        self.problems.append(self.document.problem(message, *self.path, *path, suggestion=suggestion))

    def known(self, keys: set[str]) -> None:
        for key in self.value:
            if key not in keys:
                self.wrong(f"the key {key} is not known", key, suggestion=did_you_mean(key, sorted(keys)))

    def words(self, key: str, *, required: bool = True) -> str:
        value = self.value.get(key)
        if value is None and not required:
            return ""
        if not isinstance(value, str) or not value.strip():
            self.wrong(f"{key} must be text", key)
            return ""
        return value.strip()

    def number(self, key: str, lowest: float, highest: float, default: float | None = None) -> float:
        value = self.value.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not lowest <= value <= highest:
            self.wrong(f"{key} must be a number from {lowest:g} to {highest:g}", key)
            return lowest
        return value

    def listed(self, key: str, known: tuple[str, ...] | None = None) -> tuple[str, ...]:
        value = self.value.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.wrong(f"{key} must be a list of words", key)
            return ()
        for place, item in enumerate(value):
            if known is not None and item not in known:
                self.wrong(f"{key} has {item}, which is not known", key, place, suggestion=did_you_mean(item, known))
        return tuple(value)


class _Loader:
    """Reads the files in order: outlets, then events, then truth; keeps every mistake."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems: list[Problem] = []
        self.outlets: dict[str, SampleOutlet] = {}
        self.articles: dict[str, SampleArticle] = {}
        self.copies: list[tuple[SampleArticle, _Row]] = []
        self.labels: dict[str, Mapping[str, Any]] = {}
        self.truths: dict[str, SampleTruth] = {}

    def load(self) -> Samples:
        document = self._read(self.folder / "outlets.yaml")
        if document is not None:
            self._outlets(document)
        for path in sorted((self.folder / "events").glob("*.yaml")):
            self._event(path)
        for article, row in self.copies:
            self._copy(article, row)
        rows = [(row, path) for path in sorted((self.folder / "truth").glob("*.yaml")) for row in self._rows(self._read(path))]
        for row, path in rows:
            self._truth(row, path.stem)
        for row, _path in rows:
            self._related(row)
        self._complete()
        return Samples(tuple(self.outlets.values()), tuple(self.articles.values()), tuple(self.truths.values()), self.labels)

    def _read(self, path: Path) -> Document | None:
        document, problems = scan_file(path)
        short = str(path.relative_to(self.folder))
        self.problems += [Problem(short, problem.line, problem.message, problem.suggestion) for problem in problems]
        return Document(short, document.value, document.lines) if document is not None and not problems else None

    def _rows(self, document: Document | None, *path: str) -> Iterator[_Row]:
        """The mappings at `path`: those of a list, or the one that is there."""
        if document is None:
            return
        value: Any = document.value
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
        if not isinstance(value, list | dict):
            self.problems.append(document.problem(f"needs {'.'.join(path) or 'a mapping'}", *path))
        elif isinstance(value, dict):
            yield _Row(document, path, value, self.problems)
        else:
            for place, item in enumerate(value):
                if isinstance(item, dict):
                    yield _Row(document, (*path, place), item, self.problems)
                else:
                    self.problems.append(document.problem("must be a mapping", *path, place))

    def _outlets(self, document: Document) -> None:
        for labels in self._rows(document, "labels"):
            self.labels = {str(language): words for language, words in labels.value.items() if isinstance(words, dict)}
            for language, words in self.labels.items():
                for key in sorted(_LABEL_KEYS - set(words)):
                    labels.wrong(f"labels.{language} lacks {key}", language)
        for row in self._rows(document, "outlets"):
            outlet = self._outlet(row)
            if outlet.id in self.outlets:
                row.wrong(f"the outlet {outlet.id} is there twice", "id")
            if outlet.language not in self.labels:
                row.wrong(f"there are no labels in the language {outlet.language}", "language")
            self.outlets.setdefault(outlet.id, outlet)

    def _outlet(self, row: _Row) -> SampleOutlet:
        row.known(_OUTLET_KEYS)
        for key, choices in _CHOICES.items():
            if key in row.value and row.value[key] not in choices:
                row.wrong(f"{key} must be one of {', '.join(map(str, choices))}", key)
        fields = {key: row.words(key) for key in sorted(_REQUIRED)}
        if "{id}" not in fields["path"] and "{code}" not in fields["path"]:
            row.wrong("path must hold {id} or {code}", "path")
        if fields["zone"] not in zoneinfo.available_timezones():
            row.wrong(f"the time zone {fields['zone']} is not known", "zone")
        optional = {key: row.value[key] for key in ("owner", *_CHOICES) if key in row.value}
        weight, max_age = row.number("weight", 0.2, 1.0, 0.6), int(row.number("max_age", 0, 86400, 0))
        return SampleOutlet(**{**optional, **fields}, weight=weight, max_age=max_age)

    def _event(self, path: Path) -> None:
        for row in self._rows(self._read(path), "articles"):
            row.known(_ARTICLE_KEYS)
            article = self._article(row, path.stem)
            if article.id in self.articles:
                row.wrong(f"the article {article.id} is there twice", "id")
                continue
            self.articles[article.id] = article
            if article.copy_of:
                self.copies.append((article, row))

    def _article(self, row: _Row, event: str) -> SampleArticle:
        article_id, outlet = row.words("id"), row.words("outlet")
        if not _ID.fullmatch(article_id) or article_id.split("-")[0] != event:
            row.wrong(f"the id {article_id} must be the event, the language and a digit, as in {event}-fr-1", "id")
        if outlet not in self.outlets:
            row.wrong(f"the outlet {outlet} is not known", "outlet", suggestion=did_you_mean(outlet, self.outlets))
        copy_of, text = row.words("copy_of", required=False), row.words("text", required="copy_of" not in row.value)
        if copy_of and text:
            row.wrong("has both text and copy_of", "text", suggestion="keep one of the two")
        return SampleArticle(
            id=article_id,
            event=event,
            outlet=outlet,
            language=self.outlets[outlet].language if outlet in self.outlets else "",
            hours_ago=row.number("hours_ago", 0, OLDEST),
            title=row.words("title"),
            summary=row.words("summary"),
            text="\n\n".join(in_paragraphs(text)),
            author=row.words("author", required=False),
            first_title=row.words("first_title", required=False),
            copy_of=copy_of,
            credit=row.words("credit", required=bool(copy_of)),
        )

    def _copy(self, article: SampleArticle, row: _Row) -> None:
        """Gives a wire copy its text: the original's, edited, shortened and credited."""
        original = self.articles.get(article.copy_of)
        if original is None or original.copy_of:
            row.wrong(f"copies {article.copy_of}, which is no original article", "copy_of")
            return
        text = original.text
        pairs = row.value.get("replace", [])
        for place, pair in enumerate(pairs if isinstance(pairs, list) else []):
            if not (isinstance(pair, list) and len(pair) == 2 and all(isinstance(words, str) for words in pair)):
                row.wrong("replace must be pairs of old and new words", "replace", place)
            elif pair[0] not in text:
                row.wrong(f"the words “{pair[0]}” are not in {original.id}", "replace", place)
            else:
                text = text.replace(pair[0], pair[1], 1)
        kept = len(in_paragraphs(text)) - int(row.number("drop_last", 0, 1, 0))
        where = self.outlets[article.outlet].credit if article.outlet in self.outlets else "end"
        text = _credited(in_paragraphs(text)[:kept], article.credit, where)
        if original.hours_ago <= article.hours_ago:
            row.wrong(f"is older than its original {original.id}", "hours_ago")
        self.articles[article.id] = replace(article, text=text)

    def _truth(self, row: _Row, event: str) -> None:
        row.known(_TRUTH_KEYS)
        if row.words("event") != event:
            row.wrong(f"event must be {event}, as the file's name", "event")
        section = row.words("section")
        if section not in SECTIONS:
            row.wrong(f"section must be one of {', '.join(SECTIONS)}", "section")
        overrides = row.value.get("overrides", {})
        self.truths[event] = SampleTruth(
            event=event,
            what=row.words("what"),
            section=section,
            themes=row.listed("themes", THEMES),
            countries=row.listed("countries"),
            follows=row.words("follows", required=False),
            lookalike=row.listed("lookalike"),
            articles=self._listed_articles(row, event),
            overrides={key: {name: tuple(ids) for name, ids in value.items()} for key, value in overrides.items()},
        )

    def _listed_articles(self, row: _Row, event: str) -> Mapping[str, str]:
        listed = row.value.get("articles")
        if not isinstance(listed, dict):
            row.wrong("articles must map article ids to languages", "articles")
            return {}
        for article_id, language in listed.items():
            article = self.articles.get(article_id)
            if article is None or article.event != event:
                row.wrong(f"names {article_id}, which is no article of {event}", "articles", article_id)
            elif article.language and article.language != language:
                row.wrong(f"says {article_id} is in {language}, but its outlet writes {article.language}", "articles", article_id)
        return {str(article_id): str(language) for article_id, language in listed.items()}

    def _related(self, row: _Row) -> None:
        """Checks that follows, lookalike and overrides name what exists."""
        truth = self.truths[row.document.file.removeprefix("truth/").removesuffix(".yaml")]
        for key, names in (("follows", (truth.follows,) if truth.follows else ()), ("lookalike", truth.lookalike)):
            for name in names:
                if name not in self.truths:
                    row.wrong(f"{key} names {name}, which is no event", key)
        for article_id in truth.overrides:
            if article_id not in truth.articles:
                row.wrong(f"overrides names {article_id}, which is no article of {truth.event}", "overrides", article_id)

    def _complete(self) -> None:
        told = {article_id for truth in self.truths.values() for article_id in truth.articles}
        for article in self.articles.values():
            if article.id not in told:
                self.problems.append(Problem(f"truth/{article.event}.yaml", None, f"does not name the article {article.id}"))

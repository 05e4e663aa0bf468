"""`monitor tool rank`: grouped articles in, leads with scores, components and reasons out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from typing import Annotated, Any, Protocol

import typer

from monitor.cli import show
from monitor.cli.desk import settings
from monitor.cli.lines import moment_of, read_document, read_lines, write
from monitor.config.feeds_file import load_feeds
from monitor.config.themes_file import load_themes
from monitor.errors import ConfigError
from monitor.pipeline import lead, quota, story_summary
from monitor.pipeline.duplicates import CopyIndex
from monitor.pipeline.novelty import Published
from monitor.records import Desk, LeadScore, Outlet, StoryArticle, StoryDoc, StoryFacts, Tagged

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_COLUMNS = ("place", "score", "section", "story", "headline", "parts", "reasons")


class Reader(Protocol):
    """Language, tags and grouping document of a line."""

    def tag(self, line: dict[str, Any]) -> tuple[str, Tagged]:
        """The language of a line and its tags."""

    def doc(self, line: dict[str, Any], default: datetime) -> StoryDoc:
        """The grouping's view of a line."""


def register(app: typer.Typer, reader: Callable[[], Reader]) -> None:
    """Adds the command; `reader` is made once."""

    @app.command()
    def rank(
        files: Annotated[list[str] | None, typer.Argument(help="JSON Lines, also .gz; - or none: standard input.")] = None,
        as_json: Annotated[bool, typer.Option("--json", help="JSON Lines, with components and reasons as codes.")] = False,
        now: Annotated[str, typer.Option(help="Rank as of this moment (ISO); default: the newest article's.")] = "",
        published: Annotated[str, typer.Option(help="A file of articles the desk has published on, for novelty.")] = "",
        french: Annotated[bool, typer.Option("--french", help="Say the reasons in French.")] = False,
    ) -> None:
        """Rank {"id","title","story","text"?,"outlet"?,"owner"?,"country"?,"language"?,"published"?,"weight"?,"copy_of"?} lines.

        Lines with the same id are one article, so what `tool group` printed can be given beside what it was given. An article without a
        story is one by itself. Outlets of feeds.yaml bring their weight, owner and country. Copies are found where "copy_of" is not said.
        """
        asked = _moment(now)
        lines, used = _merged(files or ["-"]), _merged([published]) if published else []
        if not lines:
            raise show.fail('No article could be ranked; each has an "id" and a "title".', code=2)
        desk = _Desk(reader())
        stories = desk.stories(lines)
        moment = asked or max(article.at for one in stories for article in one.articles)
        others = [doc for one in stories for doc in one.docs]
        before = Published({one.id: one.docs for one in desk.stories(used)}, others)
        leads = [desk.lead(one, moment, before) for one in stories]
        rows = _in_order(leads, desk.sections)
        if as_json:
            for row in rows:
                write(row)
        else:
            show.listing(_in_words(rows, "fr" if french else "en", desk), _COLUMNS, as_json=False, empty="")


# ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(slots=True)
class _Story:
    """A story of the input: its articles and their grouping documents."""

    id: str
    articles: list[StoryArticle] = field(default_factory=list)
    docs: list[StoryDoc] = field(default_factory=list)


def _merged(files: Sequence[str]) -> list[dict[str, Any]]:
    """The lines of all files; those with one id become one, later ones adding what the first did not say."""
    found: dict[Any, dict[str, Any]] = {}
    for file in files:
        for line in read_lines(("id",), _lines_of(file)):
            known = found.setdefault(line["id"], line)
            known |= {key: value for key, value in line.items() if known.get(key) is None}
    bare = [line["id"] for line in found.values() if line.get("title") is None]
    if bare:
        show.note(f"{show.count(len(bare), 'line')} without a title skipped: {', '.join(map(str, bare[:5]))}")
    return [line for line in found.values() if line.get("title") is not None]


def _lines_of(file: str) -> Iterable[bytes] | None:
    if file == "-":
        return None
    try:
        return BytesIO(read_document(file))
    except (OSError, ValueError) as error:
        raise show.fail(f"{file} cannot be read: {getattr(error, 'strerror', None) or error}", code=2) from error


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    found = moment_of(text, _NEVER)
    if found == _NEVER:
        raise show.fail(f"--now {text!r} is not understood; write a date and time such as 2026-11-20T09:00+01:00.", code=2)
    return found


class _Desk:
    """The desk's themes, sections and outlets, as far as there are files for them."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.themes = load_themes(settings().themes)
        self._priorities = {theme.id: theme.priority for theme in self.themes.themes}
        self._outlets, self._desk = _outlets()
        self.sections = tuple(section.id for section in self._desk.sections)

    def stories(self, lines: Sequence[dict[str, Any]]) -> list[_Story]:
        """The stories of the lines in the order of their first article; copies are marked."""
        stories: dict[str, _Story] = {}
        copies, originals = CopyIndex(), {str(line["id"]): str(line["copy_of"]) for line in lines if line.get("copy_of")}
        read = sorted(((line, self._reader.doc(line, _NEVER)) for line in lines), key=lambda pair: (pair[1].at, pair[1].id))
        for line, doc in read:
            copied = copies.add(doc)
            if copied is not None:
                originals.setdefault(doc.id, copied.of)
            story = stories.setdefault(str(line.get("story") or doc.id), _Story(str(line.get("story") or doc.id)))
            story.docs.append(doc)
            story.articles.append(self._article(line, doc, originals))
        return list(stories.values())

    def _article(self, line: dict[str, Any], doc: StoryDoc, originals: dict[str, str]) -> StoryArticle:
        language, tagged = self._reader.tag(line | {"language": doc.language})
        known = self._outlets.get(doc.outlet)
        weight = line.get("weight")
        return StoryArticle(
            id=doc.id,
            outlet=doc.outlet or doc.id,
            owner=str(line.get("owner") or (known.owner if known else "")),
            country=str(line.get("country") or (known.country if known else "")),
            language=language,
            weight=float(weight) if isinstance(weight, int | float) else known.weight if known else 0.6,
            at=doc.at,
            copy_group=_first(doc.id, originals),
            themes=tagged.themes,
            noise=tagged.noise,
            section=str(line.get("section") or tagged.section),
            title=str(line["title"]),
            places=tuple(place.country for place in tagged.countries),
        )

    def lead(self, story: _Story, now: datetime, before: Published) -> dict[str, Any]:
        """A story ranked, as a row."""
        new, articles = before.novelty(story.docs), tuple(story.articles)
        facts = StoryFacts(story.id, articles, "", novelty=new.value, published=new.compared, follows=new.follows)
        score: LeadScore = lead.rank(facts, now, self._priorities, self._desk.languages)
        shown = next(one for one in articles if one.id == lead.headline_of(articles, self._desk.languages))
        return {
            "story": story.id,
            "lead": lead.is_lead(score, facts),
            "section": story_summary.section_of(articles),
            "themes": list(story_summary.themes_of(articles)),
            "headline": shown.title,
            "score": score.score,
            "components": dict(score.components),
            "reasons": list(score.reasons),
            "outlets": len({one.outlet for one in articles}),
            "languages": list(dict.fromkeys(one.language for one in articles if one.language)),
            "articles": len(articles),
        }


def _first(article: str, originals: dict[str, str]) -> str:
    """The article whose text it carries in the end; a ring of copies ends where it began."""
    seen = {article}
    while (of := originals.get(article)) is not None and of not in seen:
        seen.add(of)
        article = of
    return article


def _outlets() -> tuple[dict[str, Outlet], Desk]:
    path = settings().feeds
    if not path.exists():
        return {}, Desk()
    try:
        found = load_feeds(path)
    except ConfigError:
        return {}, Desk()  # said already, by the reader
    return {outlet.id: outlet for outlet in found.outlets}, found.desk


# ── writing ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _in_order(rows: Sequence[dict[str, Any]], sections: Sequence[str]) -> list[dict[str, Any]]:
    """Leads in their places of the balanced queue, then what is no lead, without a place."""
    by_story = {row["story"]: row for row in rows}
    candidates = [quota.Candidate(row["story"], row["score"], row["section"]) for row in rows if row["lead"]]
    placed = [
        {"place": one.place} | by_story[one.story] | {"reasons": [*by_story[one.story]["reasons"], *([one.why] if one.why else [])]}
        for one in quota.balanced(candidates, quota.quota_for(sections))
    ]
    others = sorted((row for row in rows if not row["lead"]), key=lambda row: (-row["score"], row["story"]))
    return [*placed, *({"place": None} | row for row in others)]


def _in_words(rows: Iterable[dict[str, Any]], language: str, desk: _Desk) -> list[dict[str, Any]]:
    """Rows with components and reasons as a person reads them."""
    try:
        from monitor.store import setup

        setup.start()  # the words of the pages are Django's
    except OSError as error:
        raise show.fail(show.unwritable(settings().home, error), code=78) from error
    from django.utils import translation
    from django.utils.formats import number_format

    from monitor.store.pages import DeskFacts
    from monitor.web import reasons

    facts = DeskFacts(Desk(), {theme.id: dict(theme.label) for theme in desk.themes.themes}, offline=False)
    with translation.override(language):
        return [
            row
            | {
                "score": number_format(round(row["score"], 1), 1),
                "parts": " · ".join(f"{reasons.part(one)} {number_format(round(part, 2), 2)}" for one, part in row["components"].items()),
                "reasons": " · ".join(reasons.sentence(code, facts, language) for code in row["reasons"]),
            }
            for row in rows
        ]

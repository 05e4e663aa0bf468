"""`monitor tool`: the steps of the path on files and standard input, usable in a shell and for measuring."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import asdict
from datetime import UTC, date, datetime, time
from itertools import count
from typing import Annotated, Any

import typer

from monitor.cli import match, rank, show
from monitor.cli.lines import day_of, in_order, moment_of, moment_text, read_document, read_lines, write
from monitor.outside import reading
from monitor.outside.clock import SystemClock
from monitor.outside.reader_pool import Killed, ReaderPool
from monitor.records import Entry, Extracted, NotAFeed, StoryDoc, Tagged

app = typer.Typer(help="The steps of the path as shell tools. Files or JSON Lines in, JSON Lines out.", no_args_is_help=True)
Files = Annotated[list[str] | None, typer.Argument(help="Documents, also .gz.")]
Url = Annotated[str, typer.Option(help="The address the document came from.")]


@app.command()
def feed(files: Files = None, url: Url = "") -> None:
    """Read feed documents (RSS, Atom, RDF, JSON Feed)."""
    if not files:
        raise show.fail("Name at least one feed document.", code=2)
    with ReaderPool(2, jobs=reading.JOBS) as pool:
        for file, result in in_order(
            _documents(files, lambda body, name: pool.submit(reading.FEED, reading.FeedDocument(body, url or f"https://{name}/")))
        ):
            write({"file": file} | _feed_json(result))


@app.command()
def extract(
    files: Files = None,
    url: Url = "",
    jsonl: Annotated[bool, typer.Option("--jsonl", help='Read {"id","html_path","url"} lines from standard input instead.')] = False,
) -> None:
    """Extract title, text, date and the rest from article pages."""
    if not files and not jsonl:
        raise show.fail("Name at least one page, or give --jsonl and lines on standard input.", code=2)
    with ReaderPool(2, jobs=reading.JOBS) as pool:

        def submit(body: bytes, address: str) -> Future[Any]:
            return pool.submit(reading.EXTRACT, reading.BarePage(body, address))

        pages = _jsonl_pages(submit) if jsonl else _documents(files or [], lambda body, _: submit(body, url))
        for label, result in in_order(pages):
            write({"id": label} | _page_json(result))


@app.command()
def language(
    candidates: Annotated[str, typer.Option(help="Languages to choose from: fr,en,… (default: the desk's and the commonest).")] = "",
) -> None:
    """Recognise the language of {"id","text","hints"?} lines."""
    from monitor.pipeline.language import Recogniser  # its models load only when asked

    recogniser = Recogniser(_named_languages(candidates) or _desk_languages())
    for line in read_lines(("id", "text")):
        guess = recogniser.recognise(str(line["text"]), hints=[str(hint) for hint in line.get("hints") or []])
        write({"id": line["id"], "language": guess.language, "confidence": round(guess.confidence, 4)})


@app.command()
def tag(
    dated: Annotated[str, typer.Option("--date", help="The day of lines without a date, such as 2026-03-20 (default: today).")] = "",
) -> None:
    """Tag {"id","title","text"?,"language"?,"outlet"?,"country"?,"published"?} lines with section, themes and places, with evidence.

    The day of a line tells who held an office.
    """
    tagger = _Tagger(day_of(dated) if dated else None)
    for line in read_lines(("id", "title")):
        language, tagged = tagger.tag(line)
        write(line | _tagged_json(language, tagged))


@app.command()
def group(
    revise: Annotated[
        bool, typer.Option("--revise", help="Print final memberships at the end instead of each line as it was decided.")
    ] = False,
) -> None:
    """Group lines into stories, in the order given (by time with --revise); a story is named by the id of its first article."""
    from monitor.pipeline.duplicates import CopyIndex  # builds its index only when asked
    from monitor.pipeline.group import LOOK_OVER, Grouper
    from monitor.pipeline.story_follow import Memberships

    numbers = count(1)
    grouper = Grouper(new_story_id=lambda: f"s{next(numbers):08d}", copies=CopyIndex())
    tagger, now, final = _Tagger(), datetime(1970, 1, 1, tzinfo=UTC), Memberships()
    looked_at = now
    first: dict[str, Any] = {}
    order: list[tuple[Any, str]] = []
    read = _dated(tagger)
    if revise:  # what is said at the end does not depend on the order of the lines
        read = iter(sorted(read, key=lambda pair: (pair[1].at, pair[1].id)))
    for line, doc in read:
        now = max(now, doc.at)
        if now - looked_at >= LOOK_OVER or grouper.turned(now) or (order and len(order) % 100 == 0):
            final.follow(grouper.consolidate(now))
            looked_at = now
        placement = grouper.place(doc, now=now)
        final.put(doc.id, placement.story)
        first.setdefault(placement.story, line["id"])
        order.append((line["id"], doc.id))
        if not revise:
            write({"id": line["id"], "story": first[placement.story]})
    if revise:
        final.follow(grouper.settle(now))
        named: dict[str, Any] = {}
        for shown, key in order:
            write({"id": shown, "story": named.setdefault(final[key], shown)})


@app.command()
def compare() -> None:
    """Say of {"id","a":{article},"b":{article}} lines whether both tell the same story, and why; all lines tell which words are rare."""
    from monitor.pipeline.group import Grouper  # the grouping loads only when asked

    tagger, now = _Tagger(), datetime(1970, 1, 1, tzinfo=UTC)
    pairs: list[tuple[Any, StoryDoc, StoryDoc]] = []
    for line in read_lines(("id", "a", "b")):
        number = len(pairs)
        first, second = (tagger.doc(line[side] | {"id": f"{number}{side}"}, now) for side in "ab")
        pairs.append((line["id"], first, second))
    grouper = Grouper(new_story_id=str)
    grouper.restore((doc, doc.id) for _, first, second in pairs for doc in (first, second))
    for shown, first, second in pairs:
        found = grouper.compare(first, second)
        write({"id": shown, "score": round(found.score, 4), "same": found.same, "why": list(found.why)})


@app.command()
def related(top: Annotated[int, typer.Option(min=1, help="How many to name for each.")] = 10) -> None:
    """Name the closest others of the input for each line, in any language and of any age."""
    from monitor.pipeline.related import Related  # the index loads only when asked

    tagger, index, docs = _Tagger(), Related(), []
    for line in read_lines(("id", "title")):
        docs.append(tagger.doc(line, datetime(1970, 1, 1, tzinfo=UTC)))
        index.add(docs[-1])
    for doc in docs:
        write({"id": doc.id, "related": [{"id": r.id, "score": round(r.score, 4), "why": list(r.why)} for r in index.closest(doc, top)]})


def _dated(tagger: _Tagger) -> Iterator[tuple[dict[str, Any], StoryDoc]]:
    """The lines with their grouping documents; one without a time is as old as the newest before it."""
    now = datetime(1970, 1, 1, tzinfo=UTC)
    for line in read_lines(("id", "title"), dated=True):
        doc = tagger.doc(line, now)
        now = max(now, doc.at)
        yield line, doc


class _Tagger:
    """The desk's recogniser and tagger in this process, for lines from a shell; `day` is that of lines without a date (None: today)."""

    def __init__(self, day: date | None = None) -> None:
        from monitor.cli.desk import settings  # the desk's themes, if it has any
        from monitor.jobs.knowledge import load_knowledge

        self.compiled = reading.Compiled(load_knowledge(settings().themes, _desk_languages(), agencies=()))
        self._day = day or SystemClock().now().date()

    def tag(self, line: dict[str, Any]) -> tuple[str, Tagged]:
        """The language of a line and its tags."""
        title, text = str(line["title"]), str(line.get("text") or "")
        language = str(line.get("language") or "") or self.compiled.recogniser.recognise(f"{title}\n{text}"[:4000]).language
        on = moment_of(line.get("published"), datetime.combine(self._day, time(), UTC)).date()
        return language, self.compiled.tag(title, text, language, outlet_country=str(line.get("country") or ""), on=on)

    def doc(self, line: dict[str, Any], default: datetime) -> StoryDoc:
        """The grouping's view of a line."""
        language, tagged = self.tag(line)
        return self.compiled.doc(
            id=str(line["id"]),
            outlet=str(line.get("outlet") or ""),
            language=language,
            at=moment_of(line.get("published"), default),
            title=str(line["title"]),
            text=str(line.get("text") or ""),
            tagged=tagged,
        )


def _named_languages(candidates: str) -> list[str]:
    """The languages of a list such as `fr,en`; ends the command with status 2 when one is unknown."""
    from monitor.config.feeds_shape import canonical_language  # loads CLDR only when asked

    named = [code.strip() for code in candidates.split(",") if code.strip()]
    if unknown := [code for code in named if canonical_language(code) is None]:
        raise show.fail(f"No such language: {', '.join(unknown)}. Write codes such as fr, en or zh.", code=2)
    return named


def _desk_languages() -> list[str]:
    from monitor.cli.desk import settings  # the desk's outlets, if there is a file
    from monitor.config.feeds_file import load_feeds
    from monitor.errors import ConfigError
    from monitor.pipeline.language import DEFAULT_CANDIDATES

    known: list[str] = []
    path = settings().feeds
    if path.exists():
        try:
            known = [outlet.language for outlet in load_feeds(path).outlets]
        except ConfigError:
            text = f"{path} has mistakes (see `monitor outlet check`); the commonest languages are used."
            show.err.print(text, markup=False, soft_wrap=True)
    return list(reading.about_languages(known, DEFAULT_CANDIDATES))


def _documents(files: list[str], submit: Callable[[bytes, str], Future[Any]]) -> Iterator[tuple[str, Callable[[], Future[Any]]]]:
    readable = 0
    for number, file in enumerate(files):
        try:
            body = read_document(file)
        except (OSError, ValueError) as error:
            show.err.print(f"{file} skipped: {getattr(error, 'strerror', None) or error}", markup=False, soft_wrap=True)
            continue
        readable += 1
        yield file, lambda body=body, number=number: submit(body, f"document-{number}.example")  # type: ignore[misc]
    if not readable:
        raise show.fail("None of the files could be read.", code=2)


def _jsonl_pages(submit: Callable[[bytes, str], Future[Any]]) -> Iterator[tuple[str, Callable[[], Future[Any]]]]:
    lines = readable = 0
    for line in read_lines(("id", "html_path")):
        lines += 1
        try:
            body = read_document(str(line["html_path"]))
        except (OSError, ValueError) as error:
            show.err.print(f"{line['id']} skipped: {getattr(error, 'strerror', None) or error}", markup=False, soft_wrap=True)
            continue
        readable += 1
        yield line["id"], lambda body=body, address=str(line.get("url") or ""): submit(body, address)  # type: ignore[misc]
    if lines and not readable:
        raise show.fail("None of the pages could be read.", code=2)


def _feed_json(result: object) -> dict[str, Any]:
    if isinstance(result, Killed):
        return _no_feed(f"the parser was stopped ({result.reason})")
    assert isinstance(result, reading.ReadFeed)
    parsed = result.parsed
    if isinstance(parsed, NotAFeed):
        return _no_feed(parsed.reason)
    return {
        "ok": True,
        "format": parsed.format,
        "title": parsed.title,
        "language": parsed.language,
        "error": None,
        "entries": [_entry_json(entry) for entry in parsed.entries],
    }


def _no_feed(error: str) -> dict[str, Any]:
    return {"ok": False, "format": None, "title": None, "language": None, "error": error, "entries": []}


def _entry_json(entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.guid,
        "link": entry.link,
        "title": entry.title,
        "published": moment_text(entry.published),
        "updated": moment_text(entry.updated),
        "summary": entry.summary,
        "content": entry.content,
        "authors": list(entry.authors),
        "categories": list(entry.categories),
    }


def _page_json(result: object) -> dict[str, Any]:
    if isinstance(result, Killed):
        result = Extracted(title="", text="", verdict="failed", reason=f"The parser was stopped ({result.reason}).")
    assert isinstance(result, Extracted)
    return {
        "title": result.title,
        "text": result.text,
        "published": moment_text(result.published),
        "modified": moment_text(result.modified),
        "authors": list(result.authors),
        "language": result.language,
        "section": result.section,
        "site": result.site,
        "paywalled": result.paywalled,
        "rights": result.rights,
        "verdict": result.verdict,
        "reason": result.reason,
    }


def _tagged_json(language: str, tagged: Tagged) -> dict[str, Any]:
    return {
        "language": language,
        "section": tagged.section,
        "sections": {section: round(score, 3) for section, score in tagged.sections.items()},
        "themes": {theme.theme: round(theme.score, 3) for theme in tagged.themes},
        "places": [{"country": country.country, "count": country.count} for country in tagged.countries],
        "evidence": [asdict(evidence) for evidence in tagged.evidence],
    }


match.register(app, _Tagger)
rank.register(app, _Tagger)

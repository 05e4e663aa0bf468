"""What is checked of a piece while it is written: length, sources, dates, signature, quotations, copied words, links, headlines.

Every check is an answer to one question, in codes and values; the page says it in words with what to do. What cannot be checked says so
and is never good.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from monitor.pipeline.piece_copy import Quoted, SourceWords, copied, quoted
from monitor.pipeline.piece_text import count_words, passage

State = Literal["good", "warning", "bad", "unknown"]
ORDER = ("title", "words", "signature", "sources", "spread", "story", "window", "quotations", "copied", "links", "headlines", "markdown")
"""The checks in the order they are shown."""
MOST_SHOWN = 8
"""Findings of one kind that are told one by one."""
_WORST: Mapping[State, int] = {"good": 0, "unknown": 1, "warning": 2, "bad": 3}
_LINK = re.compile(r"!?\[[^\]\n]*\]\(\s*<?([^)\s>]*)")
_MAY_LEAD = re.compile(r"(?:https?://|mailto:)\S", re.IGNORECASE)
_TAG = re.compile(r"<(?![a-zA-Z]+:)[a-zA-Z][^<>\n]{0,200}>")


@dataclass(frozen=True, slots=True)
class Rules:
    """The numbers of the house style: shortest and longest piece and the words aimed at, fewest sources, days before the edition's date."""

    shortest: int = 150
    longest: int = 300
    about: int = 200
    sources: int = 2
    window_days: int = 14


@dataclass(frozen=True, slots=True)
class CheckedSource:
    """A source as far as it is checked.

    `known`: an article of the story, elsewhere in the archive, gone from it; or added by address and read, being read, not to be read; or
    typed by hand. `text` None: none is kept; `gone` then says that there was one. `asking`: the link is being asked for; `asked`: it was,
    and `dead` says why it leads nowhere.
    """

    position: int
    outlet: str
    headline: str
    language: str = ""
    country: str = ""
    dated: date | None = None
    address: str = ""
    known: Literal["story", "archive", "lost", "read", "waiting", "unread", "typed"] = "story"
    headline_now: str = ""
    outlet_now: str = ""
    text: str | None = None
    whole: bool = True
    gone: bool = False
    asking: bool = False
    asked: bool = False
    dead: str = ""


@dataclass(frozen=True, slots=True)
class PieceFacts:
    """A piece to check: `text` in Markdown, `plain` its words without marks; `day` is the edition's date, or today."""

    title: str
    text: str
    plain: str
    language: str
    signature: str
    sources: tuple[CheckedSource, ...]
    day: date
    rules: Rules = field(default_factory=Rules)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found: a code with its values for the sentence, the words of the piece it is about, and the source (position, 0: none)."""

    state: State
    code: str
    values: Mapping[str, str | int] = field(default_factory=dict)
    passage: str = ""
    source: int = 0


@dataclass(frozen=True, slots=True)
class Check:
    """One question with what was found; its state is that of the worst finding."""

    id: str
    findings: tuple[Finding, ...]

    @property
    def state(self) -> State:
        return max((finding.state for finding in self.findings), key=lambda state: _WORST[state], default="good")


def check(piece: PieceFacts) -> tuple[Check, ...]:
    """Every check of a piece, in the order of `ORDER`."""
    found = {
        "title": _title(piece),
        "words": _length(piece),
        "signature": _signature(piece),
        "sources": _enough(piece),
        "spread": _spread(piece),
        "story": _in_story(piece),
        "window": _window(piece),
        "quotations": _quotations(piece),
        "copied": _copied(piece),
        "links": _links(piece),
        "headlines": _headlines(piece),
        "markdown": _markdown(piece),
    }
    return tuple(Check(name, tuple(found[name])) for name in ORDER)


def ready(checks: Iterable[Check]) -> bool:
    """Whether nothing is wrong: a piece may be handed in anyway, and its editor sees what was."""
    return all(one.state != "bad" for one in checks)


# ── the piece itself ─────────────────────────────────────────────────────────────────────────────────────────────────


def _title(piece: PieceFacts) -> list[Finding]:
    return [Finding("good", "titled")] if piece.title.strip() else [Finding("bad", "no-title")]


def _length(piece: PieceFacts) -> list[Finding]:
    rules, told = piece.rules, count_words(piece.plain)
    values = {"words": told, "shortest": rules.shortest, "longest": rules.longest, "about": rules.about}
    if told < rules.shortest:
        return [Finding("bad", "too-short", values | {"missing": rules.shortest - told})]
    if told > rules.longest:
        return [Finding("bad", "too-long", values | {"over": told - rules.longest})]
    return [Finding("good", "length", values)]


def _signature(piece: PieceFacts) -> list[Finding]:
    name = piece.signature.strip()
    return [Finding("good", "signed", {"name": name})] if name else [Finding("bad", "unsigned")]


def _markdown(piece: PieceFacts) -> list[Finding]:
    wrong = [target for target in _LINK.findall(piece.text) if not _MAY_LEAD.match(target)]
    found = [Finding("bad", "link-not-allowed", {"address": target[:120]}, target[:120]) for target in wrong]
    found += [Finding("warning", "image", {}, match[0][:120]) for match in re.finditer(r"!\[[^\]\n]*\]\([^)\n]*\)", piece.text)]
    found += [Finding("warning", "tag", {}, match[0][:120]) for match in _TAG.finditer(piece.text)]
    return found[:MOST_SHOWN] or [Finding("good", "plain")]


# ── its sources ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _enough(piece: PieceFacts) -> list[Finding]:
    told, wanted = len(piece.sources), piece.rules.sources
    values = {"sources": told, "wanted": wanted, "missing": max(0, wanted - told)}
    return [Finding("good" if told >= wanted else "bad", "sources" if told >= wanted else "few-sources", values)]


def _spread(piece: PieceFacts) -> list[Finding]:
    """At least two languages or two countries."""
    languages = {source.language.partition("-")[0] for source in piece.sources if source.language}
    countries = {source.country for source in piece.sources if source.country}
    values: dict[str, str | int] = {"languages": len(languages), "countries": len(countries)}
    if len(languages) >= 2 or len(countries) >= 2:
        return [Finding("good", "spread", values)]
    unsaid = next((one for one in piece.sources if not one.language or not one.country), None)
    if unsaid is not None and len(piece.sources) >= 2:
        return [Finding("unknown", "spread-unknown", values | {"outlet": unsaid.outlet}, source=unsaid.position)]
    return [Finding("bad", "one-voice", values)]


_KNOWN: Mapping[str, tuple[State, str]] = {
    "archive": ("warning", "other-story"),
    "lost": ("unknown", "article-lost"),
    "read": ("warning", "added-by-address"),
    "waiting": ("unknown", "being-read"),
    "unread": ("unknown", "page-unread"),
    "typed": ("unknown", "typed"),
}


def _in_story(piece: PieceFacts) -> list[Finding]:
    """Every cited outlet really has that article, in this story."""
    found = []
    for source in piece.sources:
        if source.outlet_now and source.outlet_now != source.outlet:
            values = {"outlet": source.outlet, "now": source.outlet_now}
            found.append(Finding("bad", "other-outlet", values, source=source.position))
        elif source.known != "story":
            state, code = _KNOWN[source.known]
            found.append(Finding(state, code, {"outlet": source.outlet}, source=source.position))
    return found or [Finding("good", "in-story") if piece.sources else Finding("unknown", "no-sources")]


def _window(piece: PieceFacts) -> list[Finding]:
    """The newest source is of the edition's days; older ones are background, which is said."""
    first = piece.day - timedelta(days=piece.rules.window_days)
    found, within = [], 0
    for source in piece.sources:
        values: dict[str, str | int] = {"outlet": source.outlet, "days": piece.rules.window_days}
        if source.dated is None:
            found.append(Finding("unknown", "undated", values, source=source.position))
        elif source.dated > piece.day + timedelta(days=1):
            found.append(Finding("bad", "future", values, source=source.position))
        elif source.dated < first:
            found.append(Finding("warning", "older", values | {"date": source.dated.isoformat()}, source=source.position))
        else:
            within += 1
    if piece.sources and not within and not any(one.code == "undated" for one in found):
        return [Finding("bad", "none-in-window", {"days": piece.rules.window_days}), *found]
    return found or [Finding("good", "in-window") if piece.sources else Finding("unknown", "no-sources")]


def _links(piece: PieceFacts) -> list[Finding]:
    """Whether the sources' links lead somewhere, as they were asked when the piece was submitted."""
    found = []
    for source in piece.sources:
        values = {"outlet": source.outlet, "why": source.dead}
        if not source.address:
            found.append(Finding("warning", "no-address", values, source=source.position))
        elif source.dead:
            found.append(Finding("bad", "dead", values, source=source.position))
        elif not source.asked:
            found.append(Finding("unknown", "not-asked", values, source=source.position))
    unasked = [one for one in found if one.code == "not-asked"]
    if len(unasked) == len(piece.sources):
        asking = any(source.asking for source in piece.sources)
        return [Finding("unknown", "being-asked" if asking else "none-asked" if piece.sources else "no-sources")]
    return found or [Finding("good", "links")]


def _headlines(piece: PieceFacts) -> list[Finding]:
    """Whether an outlet has changed its headline since it was cited."""
    found = [
        Finding("warning", "headline-changed", {"outlet": one.outlet, "now": one.headline_now}, source=one.position)
        for one in piece.sources
        if one.headline_now and " ".join(one.headline_now.split()) != " ".join(one.headline.split())
    ]
    untitled = [one for one in piece.sources if not one.headline.strip()]
    blank = [Finding("bad", "no-headline", {"outlet": one.outlet}, source=one.position) for one in untitled]
    return [*blank, *found] or [Finding("good", "headlines") if piece.sources else Finding("unknown", "no-sources")]


# ── its words ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _quotations(piece: PieceFacts) -> list[Finding]:
    looked = quoted(piece.plain, piece.language, _words_of(piece.sources))
    found = [_quotation(one, piece.sources) for one in looked if not one.found]
    told = [one for one in found if one.code != "term"]
    verbatim = sum(1 for one in looked if one.found)
    if told:
        return sorted(told, key=lambda one: -_WORST[one.state])[:MOST_SHOWN]
    return [Finding("good", "verbatim" if verbatim else "none-quoted", {"quotations": verbatim})]


def _quotation(one: Quoted, sources: Sequence[CheckedSource]) -> Finding:
    outlet = next((source.outlet for source in sources if source.position == one.source), "")
    shown = passage(one.quotation.text, 0, len(one.quotation.text))
    if one.why == "absent":
        return Finding("bad", "not-verbatim", {}, shown)
    code = "text-gone" if one.why == "gone" and _gone(one.source, sources) else f"quotation-{one.why}" if one.why != "term" else "term"
    return Finding("unknown", code, {"outlet": outlet}, shown, one.source)


def _gone(position: int, sources: Sequence[CheckedSource]) -> bool:
    return any(source.position == position and source.gone for source in sources)


def _copied(piece: PieceFacts) -> list[Finding]:
    outlets = {source.position: source.outlet for source in piece.sources}
    found = [
        Finding("bad", "copied", {"words": one.words, "outlet": outlets[one.source]}, one.passage, one.source)
        for one in copied(piece.plain, piece.language, _words_of(piece.sources))
    ]
    unseen = [source for source in piece.sources if source.text is None]
    missing = [
        Finding("unknown", "copy-text-gone" if one.gone else "copy-unread", {"outlet": one.outlet}, source=one.position) for one in unseen
    ]
    if not piece.sources:
        return [Finding("unknown", "no-sources")]
    return [*found[:MOST_SHOWN], *missing[:MOST_SHOWN]] or [Finding("good", "own-words")]


def _words_of(sources: Iterable[CheckedSource]) -> list[SourceWords]:
    return [SourceWords(one.position, one.language, one.headline, one.text, one.whole) for one in sources]

"""An alert as a letter: which story, who tells it, and the words that made it match; of several stories in one when there are many."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from urllib.parse import urlsplit

from monitor.config.countries import country_label, language_label
from monitor.pipeline.words import stems
from monitor.records import AlertReader, Letter, Marked, MetArticle, MetSpike, MetStory, Sender
from monitor.render.foreign import Foreign, foreign
from monitor.render.letter import letter
from monitor.render.mail_styles import inlined
from monitor.render.templates import fill

LONGEST_PASSAGE = 420
MOST_STORIES = 30
"""Stories one mail tells of, each by its first article; with a passage each it stays under the 102 kB that mail readers show."""
LONGEST_SUBJECT = 160


@dataclass(frozen=True, slots=True)
class Frame:
    """What every mail of one run shares: sender, the desk's name and zone, the moment, labels of themes and sections by id and language."""

    sender: Sender
    desk: str
    zone: tzinfo
    now: datetime
    themes: dict[str, dict[str, str]]
    sections: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Bit:
    """A piece of foreign text and whether it is marked."""

    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One article as the templates print it."""

    title: tuple[Bit, ...]
    headline: Foreign
    passage: tuple[Bit, ...]
    passage_text: Foreign | None
    outlet: Foreign
    tongue: str
    why: str
    at: datetime | None  # of the desk's zone, without it
    today: bool
    href: str


@dataclass(frozen=True, slots=True)
class Outburst:
    """A spike as the templates print it."""

    theme: str
    country: str
    voices: int
    hours: int
    usual: int


@dataclass(frozen=True, slots=True)
class Told:
    """One story as the templates print it; addresses are "" where the desk has none."""

    lines: tuple[Line, ...]
    left_out: int
    follows: bool
    rules: str
    spike: Outburst | None
    story: str
    mute: str


def alert_letter(
    stories: Sequence[MetStory], reader: AlertReader, frame: Frame, *, key: str, rule: str, rule_name: str, unsubscribe: str = ""
) -> Letter:
    """The letter to one person about one story, or several; `rule` and its name are what they can change or leave by its address.

    Letters about one story stand in one thread under the subject of the first; raises MailRefused as `letter` does.
    """
    whole = len(stories) == 1
    told = tuple(_told(one, reader.language, frame, whole=whole) for one in stories[:MOST_STORIES])
    subject = _subject(stories, rule_name, reader.language)
    site = frame.sender.site
    values = {
        "title": subject,
        "desk": foreign(frame.desk, longest=120).text,
        "stories": told,
        "more": len(stories) - len(told),
        "single": told[0] if len(told) == 1 else None,
        "rule_name": foreign(rule_name).text,
        "rule": f"{site}/alerts/{rule}" if site else "",
        "page": f"{site}/alerts" if site else "",
        "wishes": f"{site}/me" if site else "",
        "unsubscribe": unsubscribe,
    }
    return letter(
        kind="alert",
        key=key,
        sender=frame.sender,
        recipient=reader.email,
        recipient_name=reader.name,
        subject=subject,
        text=re.sub(r"\n{3,}", "\n\n", fill("mail/alert.txt", values, reader.language).strip()) + "\n",
        html=inlined(fill("mail/alert.html", values, reader.language)),
        language=reader.language,
        at=frame.now,
        list_id="alerts",
        unsubscribe=unsubscribe,
        thread=f"story:{stories[0].story}" if len(stories) == 1 else "",
    )


def _subject(stories: Sequence[MetStory], rule_name: str, language: str) -> str:
    """The first line of every letter about a story is the same, so that readers without References keep them together too."""
    if len(stories) == 1 and stories[0].told_as:
        return stories[0].told_as
    first = stories[0].articles[0] if stories[0].articles else None
    headline = foreign(first.headline if first else "", longest=LONGEST_SUBJECT)
    values = {"rule": foreign(rule_name, longest=60).text, "headline": headline.text, "count": len(stories)}
    told = fill("mail/alert_subject.txt", values, language).strip()
    return told if len(told) <= LONGEST_SUBJECT else told[: LONGEST_SUBJECT - 1].rstrip() + "…"


def _told(story: MetStory, language: str, frame: Frame, *, whole: bool) -> Told:
    site = frame.sender.site
    shown = story.articles if whole else story.articles[:1]
    return Told(
        lines=tuple(_line(one, language, frame) for one in shown),
        left_out=story.left_out + len(story.articles) - len(shown),
        follows=story.follows,
        rules=" · ".join(foreign(rule.name, longest=80).text for rule in story.rules),
        spike=_spike(story.spike, language, frame) if story.spike else None,
        story=f"{site}/story/{story.story}" if site else "",
        mute=f"{site}/story/{story.story}/mute" if site else "",
    )


def _spike(spike: MetSpike, language: str, frame: Frame) -> Outburst:
    theme = frame.themes.get(spike.theme, {}).get(language, spike.theme)
    return Outburst(theme, country_label(spike.country, language), spike.voices, spike.hours, round(spike.usual))


def _line(article: MetArticle, language: str, frame: Frame) -> Line:
    passage = _bits(article.passage, LONGEST_PASSAGE)
    at = article.published_at.astimezone(frame.zone) if article.published_at else None
    return Line(
        title=_bits(article.title, 300),
        headline=foreign(article.headline, article.language),
        passage=passage,
        passage_text=foreign("".join(bit.text for bit in passage), article.language, LONGEST_PASSAGE) if passage else None,
        outlet=foreign(article.outlet, longest=80),
        tongue=language_label(article.language, language) if article.language else "",
        why=" · ".join(dict.fromkeys(_why(one, language, frame) for one in _told_apart(article.why, article.language))),
        at=at.replace(tzinfo=None) if at else None,
        today=at is not None and at.date() == frame.now.astimezone(frame.zone).date(),
        href=web_address(article.url),
    )


def _bits(marked: Marked, longest: int) -> tuple[Bit, ...]:
    """The pieces, cleaned one by one so that the marks stay where they are."""
    found: list[Bit] = []
    room = longest
    for text, hit in marked:
        clean = foreign(f"x{text}x", longest=len(text) + 2).text[1:-1]
        found.append(Bit(clean[:room], hit))
        room -= len(clean)
        if room <= 0:
            return (*found, Bit("…", False))
    return tuple(found)


def _told_apart(found: Sequence[str], language: str) -> list[str]:
    """Each word once, in the form that came first: not drones and drone."""
    first: dict[str, str] = {}
    for one in found:
        first.setdefault(" ".join(stems(one.split(), language)) or one, one)
    return list(first.values())


def _why(found: str, language: str, frame: Frame) -> str:
    """A word as the article wrote it; of a fact what it says to people."""
    fact, _sep, value = found.partition(":")
    if fact == "theme" and value:
        return frame.themes.get(value, {}).get(language, value)
    if fact == "region" and value in frame.sections:
        return frame.sections[value].get(language, value)
    if fact in ("country", "region") and len(value) == 2 and value.isascii():
        return country_label(value.upper(), language)
    if fact == "lang" and value:
        return language_label(value, language)
    return foreign(found, longest=60).text


def web_address(url: str) -> str:
    """An address that may stand as a link, or ""."""
    parts = urlsplit(url) if url.isprintable() and len(url) <= 2048 else urlsplit("")
    return url if parts.scheme in ("http", "https") and parts.netloc and not any(sign in url for sign in " <>\"'\\") else ""

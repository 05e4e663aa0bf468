"""The articles of a story dressed for its page: what could be read, why each is here, whose text it repeats."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from monitor.store.pages import DeskFacts
from monitor.store.pages_story import StoryLine
from monitor.web import words

EVIDENCE_SHOWN = 12


@dataclass(frozen=True, slots=True)
class ArticleCard:
    """What the article template prints; `href` is "" when the address may not be a link, `no_text` says why there is no text."""

    line: StoryLine
    href: str
    verdict: str
    reason: str
    paragraphs: tuple[str, ...]
    no_text: str
    themes: tuple[str, ...]
    section: str
    evidence: tuple[str, ...]
    why: tuple[str, ...]


def dress_lines(lines: Iterable[StoryLine], facts: DeskFacts, language: str) -> list[ArticleCard]:
    """Each article as its card, in the order given."""
    return [_dress(line, facts, language) for line in lines]


def web_address(url: str) -> str:
    """The address when it is http or https and can be read as one, else "" (never javascript: or data:)."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in ("http", "https") and parts.hostname else ""


def _dress(line: StoryLine, facts: DeskFacts, language: str) -> ArticleCard:
    return ArticleCard(
        line=line,
        href=web_address(line.url),
        verdict=words.say("verdict", line.verdict),
        reason=line.reason if line.verdict != "full" else "",
        paragraphs=tuple(part.strip() for part in line.text.split("\n") if part.strip()),
        no_text=_no_text(line),
        themes=tuple(facts.theme_label(theme, language) for theme in line.themes),
        section=facts.section_label(line.section, language) if line.section else "",
        evidence=tuple(words.evidence(one, facts, language) for one in line.evidence[:EVIDENCE_SHOWN]),
        why=tuple(why_in_story(code) for code in line.why),
    )


def _no_text(line: StoryLine) -> str:
    if line.text:
        return ""
    if line.rights == "reserved":
        return _("The outlet reserves its rights: read the text on its site.")
    if line.verdict == "full":
        return _("The text is no longer kept.")
    return ""


def why_in_story(line: str) -> str:
    """Why an article is in its story, as grouping said it (`also named: …`, `same words: …`); other lines are shown as they are."""
    kind, sep, rest = line.partition(": ")
    if sep and kind == "also named":
        return _("both name %(names)s") % {"names": rest}
    if sep and kind == "same words":
        return _("same words: %(words)s") % {"words": rest}
    return line

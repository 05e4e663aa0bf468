"""What a parser child does with articles whose tags may be other ones since terms changed: tags them anew from what is stored of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from monitor.outside import reading
from monitor.pipeline import story_doc, words
from monitor.pipeline.story_doc_json import from_json, to_json
from monitor.pipeline.story_wording import TEXT_CHARACTERS
from monitor.pipeline.tag_again import StoredArticle, TaggedAgain, by_what_is_left
from monitor.records import Tagged

AGAIN: Final = "monitor.outside.reading_again:tag_again"


@dataclass(frozen=True, slots=True)
class ToTagAgain:
    """Articles to tag again since these themes changed."""

    themes: tuple[str, ...]
    articles: tuple[StoredArticle, ...]


def tag_again(asked: ToTagAgain) -> tuple[TaggedAgain, ...]:
    """Those of the articles whose tags changed."""
    found = (_again(one, asked.themes) for one in asked.articles)
    return tuple(one for one in found if one is not None)


def _again(stored: StoredArticle, changed: tuple[str, ...]) -> TaggedAgain | None:
    known = reading.compiled()
    tokens = words.tokenise(stored.text[:TEXT_CHARACTERS])
    hints = {"outlet_country": stored.country, "section_hint": stored.section_hint, "on": stored.on}
    tagged = known.tag(stored.title, stored.text, stored.language, tokens=tokens, **hints)
    if not stored.whole:
        themes = {theme.id: theme for theme in known.tagger.themes}
        tagged = by_what_is_left(stored.tagged, tagged, changed, themes, stored.language)
    if _kept(tagged) == _kept(stored.tagged):
        return None
    told = _told(tagged) != _told(stored.tagged)
    doc = to_json(story_doc.tagged_again(from_json(stored.doc), tagged)) if stored.doc is not None else ""
    return TaggedAgain(stored.key, tagged, told, doc)


def _kept(tagged: Tagged) -> tuple[object, ...]:
    """What is stored of tags."""
    return tagged.section, tagged.themes, tagged.countries, tagged.entities, tagged.noise, tagged.evidence


def _told(tagged: Tagged) -> tuple[object, ...]:
    return tagged.section, [score.theme for score in tagged.themes]

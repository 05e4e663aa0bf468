"""An article as search keeps it: made once when it is read, and read back for the one evaluator to judge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from monitor.pipeline.query_doc import About, MatchDoc, about_tagged, columns, doc_from_tokens, match_doc, written_marks
from monitor.pipeline.query_kin import Kin
from monitor.pipeline.words import Tokens, tokenise
from monitor.records import SearchWords, Tagged

MOST_WORDS = 14_000
"""Words of a text that search reads; with title and gaps they are positions that PostgreSQL can number (16,383)."""
LONGEST_TITLE = 1000
LONGEST_TEXT = 40_000
"""Characters of a text that search reads, as the grouping does."""
_VERSION = "1"


def search_words(title: str, text: str, language: str, about: About, *, tokens: Tokens | None = None) -> SearchWords:
    """What search keeps of an article; `tokens` are those of the text where they are known already."""
    found = tokenise(text[:LONGEST_TEXT]) if tokens is None else tokens
    return kept(match_doc(title[:LONGEST_TITLE], text, language, about, tokens=found[:MOST_WORDS]))


def search_words_tagged(
    title: str, text: str, language: str, known: About, tagged: Tagged, regions: Mapping[str, Sequence[str]], tokens: Tokens
) -> SearchWords:
    """As `search_words`, for an article just tagged."""
    return search_words(title, text, language, about_tagged(tagged, known, regions), tokens=tokens)


def kept(doc: MatchDoc) -> SearchWords:
    """A document as it is kept."""
    parts = columns(doc)
    return SearchWords(parts["title"], parts["lead"], parts["body"], parts["forms"], parts["known"], written_marks(doc), doc.day)


def as_doc(words: SearchWords, language: str, about: About, *, kin: Kin | None = None) -> MatchDoc:
    """The document that was kept, with what is known of it now; raises ValueError when it is damaged. `kin`: for one query."""
    return doc_from_tokens("\n".join((_VERSION, words.title, words.lead, words.body, words.marks)), language, about, kin=kin)


def without_text(words: SearchWords, language: str, about: About, *, lead: bool) -> SearchWords:
    """What stays when the text has gone: the title, and the `lead` unless its rights are reserved."""
    title = words.title.split(" ") if words.title else []
    first = words.lead.split(" ") if words.lead and lead else []
    most, place, marks = len(title) + len(first), 0, []
    for mark in words.marks.split(" ") if words.marks else ():
        place += int(mark[: len(mark) - len(mark.lstrip("0123456789"))])
        if place >= most:
            break
        marks.append(mark)
    shorter = SearchWords(words.title, words.lead if lead else "", "", "", "", " ".join(marks), None)
    return kept(as_doc(shorter, language, about))

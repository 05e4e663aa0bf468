"""Turns the HTML in a feed's fields into plain text: the only door of nh3."""

from __future__ import annotations

import html
import re

import nh3

from monitor.pipeline.clean import clean_text, clean_title

LONGEST_TITLE = 1_000
LONGEST_SUMMARY = 64_000
LONGEST_CONTENT = 200_000
_LONGEST_MARKUP = 600_000
_DEEPEST = 256  # nh3 is quadratic in depth (finding 3)

_LINES = frozenset(["p", "br", "div", "li", "ul", "ol", "tr", "table", "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "section"])
_LINES |= {"article", "figure", "figcaption", "dt", "dd", "hr"}
_TAG = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]*)[^<>]*>")
_OPENING, _CLOSING = re.compile(r"<[a-zA-Z]"), re.compile(r"</[a-zA-Z]")
_LINE_BREAKING = {"br": "\n", "li": "\n", "tr": "\n", "dt": "\n", "dd": "\n"}


def plain_text(markup: str, limit: int = LONGEST_CONTENT) -> str:
    """The text of an HTML fragment, paragraphs apart by an empty line, scripts and tags gone, entities unescaped once."""
    markup = markup[:_LONGEST_MARKUP]
    if "<" in markup:
        markup = _TAG.sub(_space_of, _flat(markup, _LINES))
    return clean_text(html.unescape(markup), limit)


def plain_title(markup: str, limit: int = LONGEST_TITLE) -> str:
    """One line of plain text: tags stripped, entities unescaped once (what is escaped twice stays visible, never becomes markup)."""
    markup = markup[: limit * 8]
    if "<" in markup:
        markup = _TAG.sub("", _flat(markup, frozenset()))
    return clean_title(html.unescape(markup), limit)


def _flat(markup: str, kept: frozenset[str]) -> str:
    """The fragment with only bare `kept` tags left and its text escaped; a fragment that may nest deeply is only stripped by pattern."""
    if len(_OPENING.findall(markup)) - len(_CLOSING.findall(markup)) > _DEEPEST or len(_OPENING.findall(markup)) > 20_000:
        return markup
    return nh3.clean(markup, tags=set(kept), attributes={}, strip_comments=True, link_rel=None)


def _space_of(tag: re.Match[str]) -> str:
    """The white space a tag stands for: nothing inside a line, one or two line ends between blocks."""
    name = tag[1].lower()
    return _LINE_BREAKING.get(name, "\n\n" if name in _LINES else "")

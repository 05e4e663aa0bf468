"""Takes out of the tree, before extraction, what is no part of the article's own text: its headline, links to other articles, boxes.

Most of what extraction gets wrong on news pages is too much text: "read also" links between paragraphs, lists of related articles,
newsletter boxes, the headline itself (benchmarks/reading/text.py). Structure tells them apart without knowing the outlet.
"""

from __future__ import annotations

import re

from lxml.html import HtmlElement  # type: ignore[import-untyped]

from monitor.pipeline.clean import clean_title
from monitor.pipeline.extract_title import alike, squeezed

_BLOCKS = frozenset(["p", "li", "h2", "h3", "h4", "h5", "h6", "div", "section", "dd", "figcaption", "blockquote", "td", "ul", "ol"])
_LINK_SHARE = 0.8
_LONGEST_LINK_BLOCK = 400
_LEAD = re.compile(
    r"stand-?first|\bdek\b|\bdeck\b|article.{0,20}(?:lead|intro|summary|description|subtitle|excerpt|abstract|sub-?head)|"
    r"(?:^|[\s_-])(?:lead|intro|chapo|chapeau|entradilla|ingress|manchet|vorspann|preamble|lede|subtitle|sub-?head(?:line|ing)?|sous-titre|"
    r"bajada|occhiello|sommario|summary|excerpt|abstract|perex|anons|teaser-?text|underrubrik)(?:$|[\s_-])",
    re.IGNORECASE,
)


def text_of(element: HtmlElement) -> str:
    """All text in an element, in one line."""
    return " ".join(" ".join(element.itertext()).split())


def prune(tree: HtmlElement, title: str) -> None:
    """Remove headline repetitions and blocks that only link elsewhere, in place."""
    for heading in list(tree.iter("h1")):
        if same_headline(text_of(heading), title):
            _drop(heading)
    for block in _link_blocks(tree):
        _drop(block)


def same_headline(text: str, title: str) -> bool:
    """Whether a line is the headline, perhaps with a kicker before it or in another edition."""
    a, b = squeezed(text), squeezed(title)
    return bool(a and b) and (a == b or (len(b) > 12 and len(a) < 3 * len(b) and b in a) or (len(a) > 20 and a in b) or alike(a, b) > 0.75)


def _link_blocks(tree: HtmlElement) -> list[HtmlElement]:
    """Blocks whose text is nearly all links: "read also" lines and lists of related articles; short mentions inside a sentence stay."""
    found: list[HtmlElement] = []
    seen: set[HtmlElement] = set()
    for link in tree.iter("a"):
        block = link.getparent()
        while block is not None and block.tag not in _BLOCKS:
            block = block.getparent()
        if block is None or block in seen:
            continue
        seen.add(block)
        if block.tag in ("div", "section", "td", "aside") and any(isinstance(child.tag, str) and child.tag in _BLOCKS for child in block):
            continue
        whole = len(text_of(block))
        linked = sum(len(text_of(inner)) for inner in block.iter("a"))
        if 12 <= whole <= _LONGEST_LINK_BLOCK and linked >= _LINK_SHARE * whole:
            found.append(block)
    return found


def _drop(element: HtmlElement) -> None:
    """Take an element out of its tree, leaving what follows it."""
    if element.getparent() is not None:
        element.drop_tree()


def find_lead(tree: HtmlElement, description: str) -> str:
    """The standfirst shown on the page: an element marked as one, or a block that repeats the page's description; "" when there is none."""
    wanted = squeezed(description)[:160]
    for element in tree.iter("p", "h2", "h3", "div", "strong", "span", "header"):
        if not isinstance(element.tag, str) or len(element) > 8:
            continue
        marks = f"{element.get('class') or ''} {element.get('id') or ''} {element.get('data-testid') or ''} {element.get('itemprop') or ''}"
        marked = bool(_LEAD.search(marks))
        if not marked and len(wanted) < 40:
            continue
        text = text_of(element) if marked or _starts(element, wanted) else ""
        if not 40 <= len(text) <= 900:
            continue
        if squeezed(text)[:160].startswith(wanted[:60]) if len(wanted) >= 40 else marked:
            return clean_title(text)
    return ""


def _starts(element: HtmlElement, wanted: str) -> bool:
    """Whether the element's first text could be the description's beginning; cheap, most elements fail here."""
    first = next((piece for piece in element.itertext() if piece.strip()), "")
    return bool(first) and wanted.startswith(squeezed(first)[:12])

"""Takes out of the tree, before extraction, what is no part of the article's own text: its headline, links to other articles, boxes.

Most of what extraction gets wrong on news pages is too much text: "read also" links between paragraphs, lists of related articles,
newsletter boxes, the headline itself (benchmarks/reading/text.py). Structure tells them apart without knowing the outlet.
"""

from __future__ import annotations

import re

from lxml.etree import ElementDefaultClassLookup, LxmlError, strip_elements, strip_tags
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from monitor.pipeline.clean import clean_title
from monitor.pipeline.extract_title import alike, squeezed

_BLOCKS = frozenset(["p", "li", "h2", "h3", "h4", "h5", "h6", "div", "section", "dd", "figcaption", "blockquote", "td", "ul", "ol"])
# What extraction drops unread; dropped once before, it is not copied and searched several times (three in five elements of a page).
_UNREAD = (
    "aside", "audio", "button", "canvas", "datalist", "dialog", "embed", "fieldset", "footer", "iframe", "input", "label", "legend", "link",
    "map", "menu", "meta", "nav", "noscript", "object", "output", "picture", "progress", "select", "source", "style", "svg", "textarea",
    "time", "track", "video",
)  # fmt: skip
_LINK_SHARE = 0.8
_LONGEST_LINK_BLOCK = 400
_LEAD = re.compile(
    r"stand-?first|\bdek\b|\bdeck\b|article.{0,20}(?:lead|intro|summary|description|subtitle|excerpt|abstract|sub-?head)|"
    r"(?:^|[\s_-])(?:lead|intro|chapo|chapeau|entradilla|ingress|manchet|vorspann|preamble|lede|subtitle|sub-?head(?:line|ing)?|sous-titre|"
    r"bajada|occhiello|sommario|summary|excerpt|abstract|perex|anons|teaser-?text|underrubrik)(?:$|[\s_-])",
    re.IGNORECASE,
)


_PARSER = HTMLParser(collect_ids=False, default_doctype=False, encoding="utf-8", remove_comments=True, remove_pis=True)
_PARSER.set_element_class_lookup(ElementDefaultClassLookup(element=HtmlElement))  # lxml.html's own asks Python for each element's class
_NEVER_IN_XML = bytes([*range(9), 11, 12, *range(14, 32)])
_FALSE_DOCTYPE = re.compile(r"<[ ]?![ ]?DOCTYPE[^<>]*/[^<>]*>", re.IGNORECASE)
_EMPTY_HTML = re.compile(r"(<html[^<>]*?)\s*/>", re.IGNORECASE)
_BEGINNING = 4_096


def parsed(text: str) -> HtmlElement | None:
    """The page as a tree; None when it is no HTML. A doctype or html tag that closes itself, which ends the page for libxml2, is mended."""
    begin = text[:_BEGINNING]
    mended = _EMPTY_HTML.sub(r"\1>", _FALSE_DOCTYPE.sub("", begin, count=1), count=1)
    page = (mended + text[_BEGINNING:] if mended != begin else text).encode("utf-8", "replace").translate(None, _NEVER_IN_XML)
    try:
        tree = document_fromstring(page, parser=_PARSER)
    except LxmlError:
        return None
    return tree if len(tree) and ("html" in begin[:50].lower() or len(tree) > 1) else None


def text_of(element: HtmlElement) -> str:
    """All text in an element, in one line."""
    return " ".join(" ".join(element.itertext()).split())


def _length(element: HtmlElement) -> int:
    """How much text an element holds, white space at its ends aside; quick, it is asked of every block with a link."""
    return len(str(element.text_content()).strip())


def lighten(tree: HtmlElement) -> None:
    """Remove, in place, what extraction never reads: navigation, footers, forms' fields, pictures, styles, scripts that are no JSON-LD."""
    for script in list(tree.iter("script")):
        if script.get("type") != "application/ld+json":
            _drop(script)
    strip_elements(tree, *_UNREAD, with_tail=False)
    if tree.find(".//figure//table") is None:
        strip_elements(tree, "figure", with_tail=False)
    strip_tags(tree, "img")


def prune(tree: HtmlElement, title: str) -> None:
    """Remove headline repetitions and blocks that only link elsewhere, in place."""
    headline = squeezed(title)
    for heading in list(tree.iter("h1")):
        if same_headline(text_of(heading), headline):
            _drop(heading)
    for block in _link_blocks(tree):
        _drop(block)


def same_headline(text: str, headline: str) -> bool:
    """Whether a line is the (squeezed) headline, perhaps with a kicker before it or in another edition."""
    a, b = squeezed(text), headline
    return bool(a and b) and (a == b or (len(b) > 12 and len(a) < 3 * len(b) and b in a) or (len(a) > 20 and a in b) or alike(a, b))


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
        whole = _length(block)
        if 12 <= whole <= _LONGEST_LINK_BLOCK and sum(_length(inner) for inner in block.iter("a")) >= _LINK_SHARE * whole:
            found.append(block)
    return found


def _drop(element: HtmlElement) -> None:
    """Take an element out of its tree, leaving what follows it."""
    if element.getparent() is not None:
        element.drop_tree()


def find_lead(tree: HtmlElement, description: str) -> str:
    """The standfirst shown on the page: an element marked as one, or a block that repeats the page's description; "" when there is none."""
    wanted = squeezed(description)[:160]
    described = len(wanted) >= 40
    for element in tree.iter("p", "h2", "h3", "div", "strong", "span", "header"):
        if len(element) > 8 or not (_starts(element, wanted) if described else _marked(element)):
            continue
        text = text_of(element)
        if 40 <= len(text) <= 900 and (not described or squeezed(text).startswith(wanted[:60])):
            return clean_title(text)
    return ""


def _marked(element: HtmlElement) -> bool:
    """Whether class, id or test name call the element a standfirst."""
    marks = " ".join(filter(None, (element.get("class"), element.get("id"), element.get("data-testid"), element.get("itemprop"))))
    return bool(marks) and bool(_LEAD.search(marks))


def _starts(element: HtmlElement, wanted: str) -> bool:
    """Whether the element's first text is the description's beginning; cheap, most elements fail here."""
    first = element.text
    while (not first or not first.strip()) and len(element):
        element = element[0]
        first = element.text
    letter = first.lstrip()[:1].lower() if first else ""
    if not first or (letter.isascii() and letter.isalnum() and not wanted.startswith(letter)):
        return False
    return bool(begin := squeezed(first[:60])[:12]) and wanted.startswith(begin)

"""Reads the main text of a lightened page with trafilatura: its fast mode by the steps we need, its full mode whole.

bare_extraction copies the tree three times even in its fast mode, tests every block by regular expressions in XPath for comments, and
measures the page's whole text against a short result, to try again more generously. Here comments and what endless scrolling appended
go in one walk, and a short text is a matter for the full mode (extract.py): 3.5 instead of 5.3 ms a page, the same text on 121 of 122.
"""

from __future__ import annotations

import re
from copy import copy
from functools import lru_cache

from lxml.html import HtmlElement
from trafilatura import bare_extraction
from trafilatura.htmlprocessing import convert_tags, tree_cleaning
from trafilatura.main_extractor import extract_content
from trafilatura.settings import Extractor
from trafilatura.xml import xmltotxt

_PARTS = ("omment", "comol", "disqus_thread", "dsq-comments", "mvp-post-add-", "infinite", "elementor-share-buttons")
_COMMENTS_ID = re.compile(r"^(?:[Cc]omment(?!ary)|comol|disqus_thread|dsq-comments)")
_COMMENTS_CLASS = re.compile(r"^[Cc]omment(?!ary)|(?:article|post)-comments")
_APPENDED = re.compile(r"mvp-post-add-(?:box|wrap)|elementor-share-buttons")
_SCROLLED = re.compile(r"infinite-?scroll")


@lru_cache(maxsize=2)
def _options(fast: bool) -> Extractor:
    """trafilatura's settings; they are the same for every page, and making them anew costs 0.4 ms."""
    return Extractor(output_format="python", fast=fast, comments=False)


def drop_comments(tree: HtmlElement) -> None:
    """Take out, in place, readers' comments and whole articles that endless scrolling appended, as bare_extraction would."""
    for block in list(tree.iter("div", "section", "details", "ol", "ul")):
        kind, name = block.get("class") or "", block.get("id") or ""
        marks = f"{kind} {name}"
        if any(part in marks for part in _PARTS) and _is_appended(block, kind, name) and block.getparent() is not None:
            block.drop_tree()


def _is_appended(block: HtmlElement, kind: str, name: str) -> bool:
    """Whether class and id mark a block as comments or as no part of this article; a scrolling page's own article has the h1."""
    if _COMMENTS_ID.search(name) or _COMMENTS_CLASS.search(kind) or _APPENDED.search(kind) or _APPENDED.search(name):
        return True
    return bool(_SCROLLED.search(kind) or _SCROLLED.search(name)) and block.find(".//h1") is None


def quick_text(tree: HtmlElement) -> str:
    """The text by trafilatura's fast mode, "" when there is hardly any; the tree is left as it is."""
    options = _options(True)
    body, text = extract_content(convert_tags(tree_cleaning(copy(tree), options), options), options)
    return xmltotxt(body, False) if len(text) >= options.min_extracted_size else ""


def full_text(tree: HtmlElement) -> str:
    """The text by trafilatura's full mode, compared with what other extractors find; the tree is left as it is."""
    return getattr(bare_extraction(tree, options=_options(False)), "text", None) or ""

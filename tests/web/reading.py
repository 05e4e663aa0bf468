"""Reads pages as a person would: the words inside the elements a small selector names."""

from __future__ import annotations

from typing import Any

from lxml import html


def texts(response: Any, selector: str) -> list[str]:
    """The text of every element that matches `tag.class descendant …`, blanks collapsed; the page must have been answered."""
    return [" ".join(element.text_content().split()) for element in elements(response, selector)]


def elements(response: Any, selector: str) -> list[html.HtmlElement]:
    """The elements that match `tag.class descendant …` in document order."""
    return list(tree(response).xpath("".join(_step(part) for part in selector.split())))


def tree(response: Any) -> html.HtmlElement:
    """The page as a tree."""
    return html.document_fromstring(response.content.decode(response.charset))


def _step(part: str) -> str:
    tag, _dot, name = part.partition(".")
    condition = f'[contains(concat(" ", normalize-space(@class), " "), " {name} ")]' if name else ""
    return f"//{tag or '*'}{condition}"

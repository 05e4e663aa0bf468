"""The Markdown of pieces: a small subset, as HTML for pages and mails and as a neutral tree for every other form.

Paragraphs, headings, lists, quotations, bold, italic, links and line breaks; nothing else. HTML is text, images are links, a link leads
to http, https or mailto or is no link.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from html import escape
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.token import Token

LONGEST = 100_000
"""Characters that are read: a piece has two thousand, a whole edition thirty thousand."""
FIRST_HEADING = 3
"""A piece's own headings stand below its title: `#` is a heading of this level, the deepest is 6."""

Kind = Literal["paragraph", "heading", "list", "quote"]
_OFF = ("image", "html_block", "html_inline", "reference", "code", "fence", "backticks", "hr", "lheading", "entity")
_SCHEMES = ("http://", "https://", "mailto:")
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]")
_HIGH = re.compile(r"(?<=\S) (?=[:;!?»](?:\s|$|[)\].,»”]))")
_OPENED = re.compile(r"(?<=«) (?=\S)")


@dataclass(frozen=True, slots=True)
class Run:
    """Some words set alike; `text` may be a newline where the writer broke the line, `link` is "" or an address that may be followed."""

    text: str
    bold: bool = False
    italic: bool = False
    link: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """One block: a paragraph or heading has `runs`; a quotation has `blocks`; a list has `items`, each of blocks.

    `level` is that of a heading (3 … 6); `first` is the first number of a numbered list, 0 for one with bullets.
    """

    kind: Kind
    runs: tuple[Run, ...] = ()
    level: int = 0
    first: int = 0
    blocks: tuple[Block, ...] = ()
    items: tuple[tuple[Block, ...], ...] = ()


def to_html(text: str, language: str = "en") -> str:
    """The text as HTML that may stand in a page; in French the spaces before ; : ! ? » and after « do not break."""
    return html_of(blocks(text), language)


def html_of(tree: Iterable[Block], language: str = "en") -> str:
    """A tree as HTML, as `to_html` sets it."""
    return "".join(_html(block, language) for block in tree)


def blocks(text: str) -> list[Block]:
    """The text as a neutral tree for other forms; whatever is not of the subset comes as plain words."""
    tokens = _reader().parse(_CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))[:LONGEST])
    return list(_blocks(tokens, 0, len(tokens)))


def words_of(text: str) -> str:
    """The words of a text alone, without marks, one paragraph a line."""
    return "\n".join(line for block in blocks(text) for line in _lines(block))


@lru_cache(maxsize=1)
def _reader() -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": False, "typographer": False}).disable(list(_OFF))
    reader.validateLink = _may_lead  # type: ignore[method-assign,assignment]
    return reader


def _may_lead(address: str) -> bool:
    """Whether a link may lead there: one of three schemes, and nothing in it that reads differently from what it does."""
    return address.strip().lower().startswith(_SCHEMES) and not re.search(r"[\s\\\x00-\x1f]", address.strip())


# ── the tree ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _blocks(tokens: Sequence[Token], start: int, end: int) -> tuple[Block, ...]:
    found: list[Block] = []
    place = start
    while place < end:
        token, close = tokens[place], _close(tokens, place, end)
        inside = (place + 1, close)
        if token.type == "paragraph_open":
            found.append(Block("paragraph", _runs(tokens[place + 1])))
        elif token.type == "heading_open":
            level = min(6, int(token.tag[1]) + FIRST_HEADING - 1)
            found.append(Block("heading", _runs(tokens[place + 1]), level))
        elif token.type == "blockquote_open":
            found.append(Block("quote", blocks=_blocks(tokens, *inside)))
        elif token.type in ("bullet_list_open", "ordered_list_open"):
            first = max(0, int(token.attrs.get("start", 1))) if token.type == "ordered_list_open" else 0
            found.append(Block("list", first=first, items=_items(tokens, *inside)))
        elif token.content:
            found.append(Block("paragraph", (Run(token.content),)))
        place = close + 1
    return tuple(found)


def _items(tokens: Sequence[Token], start: int, end: int) -> tuple[tuple[Block, ...], ...]:
    found: list[tuple[Block, ...]] = []
    while start < end:
        close = _close(tokens, start, end)
        found.append(_blocks(tokens, start + 1, close))
        start = close + 1
    return tuple(found)


def _close(tokens: Sequence[Token], place: int, end: int) -> int:
    """Where what opens here closes."""
    depth = 0
    for at in range(place, end):
        depth += tokens[at].nesting
        if depth == 0:
            return at
    return end - 1


def _runs(inline: Token) -> tuple[Run, ...]:
    """The runs of a paragraph, neighbours set alike joined."""
    found: list[Run] = []
    bold = italic = 0
    links: list[str] = []
    for token in inline.children or []:
        bold += token.nesting if token.tag == "strong" else 0
        italic += token.nesting if token.tag == "em" else 0
        if token.type == "link_open":
            links.append(str(token.attrs.get("href", "")))
        elif token.type == "link_close":
            links.pop()
        text = "\n" if token.type == "hardbreak" else " " if token.type == "softbreak" else token.content
        if text:
            _join(found, Run(text, bold > 0, italic > 0, links[-1] if links else ""))
    return tuple(found)


def _join(found: list[Run], run: Run) -> None:
    if found and (found[-1].bold, found[-1].italic, found[-1].link) == (run.bold, run.italic, run.link):
        found[-1] = replace(found[-1], text=found[-1].text + run.text)
    else:
        found.append(run)


def _lines(block: Block) -> list[str]:
    own = ["".join(run.text for run in block.runs)] if block.runs else []
    return own + [line for group in (block.blocks, *block.items) for inner in group for line in _lines(inner)]


# ── HTML ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _html(block: Block, language: str) -> str:
    if block.kind == "quote":
        return "<blockquote>" + "".join(_html(one, language) for one in block.blocks) + "</blockquote>"
    if block.kind == "list":
        tag = "ol" if block.first else "ul"
        start = f' start="{block.first}"' if block.first > 1 else ""
        items = "".join("<li>" + "".join(_html(one, language) for one in item) + "</li>" for item in block.items)
        return f"<{tag}{start}>{items}</{tag}>"
    tag = f"h{block.level}" if block.kind == "heading" else "p"
    return f"<{tag}>" + "".join(_html_run(run, language) for run in block.runs) + f"</{tag}>"


def _html_run(run: Run, language: str) -> str:
    told = escape(_spaced(run.text) if language[:2] == "fr" else run.text).replace("\n", "<br>")
    told = f"<em>{told}</em>" if run.italic else told
    told = f"<strong>{told}</strong>" if run.bold else told
    return f'<a href="{escape(run.link)}" rel="noreferrer">{told}</a>' if run.link else told


def _spaced(text: str) -> str:
    """The spaces French sets around high signs, made unbreakable where the writer typed them."""
    return _OPENED.sub("\u00a0", _HIGH.sub("\u00a0", text))

"""What is asked of a page's bytes before any HTML parser sees them: its character set, and no tag that costs seconds.

50,000 attributes in one element cost lxml and trafilatura 18.7 s (finding 3). Unlike a feed, a page is mended, not refused: the crowded
tag loses its attributes. Everything here is linear in the page's length.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from resiliparse.parse.encoding import detect_encoding

LARGEST = 15 * 1024 * 1024
MOST_ATTRIBUTES = 200
DEEPEST = 256
LONGEST_WORD = 200_000
_SHORTEST_CROWDED_TAG = 500

_HEADER_CHARSET = re.compile(r"""charset\s*=\s*["']?([A-Za-z0-9._:-]{1,40})""", re.IGNORECASE)
_META_CHARSET = re.compile(rb"""<meta[^<>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9._:-]{1,40})""", re.IGNORECASE)
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# As browsers do: a few names mean a larger set, and only real character sets are taken (utf-7 is none, security.md names it).
_WIDENED = {
    "iso-8859-1": "cp1252", "iso8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252", "us-ascii": "cp1252", "ascii": "cp1252",
    "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "shift-jis": "cp932", "sjis": "cp932", "x-sjis": "cp932",
    "windows-874": "cp874", "tis-620": "cp874", "ks_c_5601-1987": "cp949", "euc-kr": "cp949", "iso-8859-9": "cp1254",
    "iso-8859-8-i": "iso-8859-8", "x-gbk": "gb18030", "big5": "big5hkscs", "utf8": "utf-8", "unicode": "utf-8",
}  # fmt: skip
_BELIEVED = re.compile(
    r"utf-8|iso-?8859-\d{1,2}|windows-125\d|cp125\d|cp866|koi8-[rut]|mac(intosh|-?roman|-?cyrillic)|euc-jp|iso-2022-jp|gb18030|big5-hkscs|"
    r"cp932|cp949|cp874|big5hkscs"
)
_ATTRIBUTE = re.compile(r"""[^\s=<>"'/]+(?:\s*=\s*(?:"[^"<>]*"|'[^'<>]*'|[^\s"'<>]*))?""")
_NAME = re.compile(r"\w+")
_LONG_WORD = re.compile(rf"(?<!\S)\S{{{LONGEST_WORD},}}")
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)[^<>]*?(/?)>")
_CODE = re.compile(rb"<(/?)(script|style|svg)(?=[\s>/])")
_FLAT = frozenset(["p", "li", "br", "html", "head", "body", "title", "meta", "link", "script", "style", "h1", "h2", "h3", "img", "hr"])


def without_code(page: bytes) -> bytes:
    """The page without scripts (but JSON), styles and drawings, half of its bytes; they are read by nobody, yet decoded and parsed.

    What is not written plainly stays: one inside another of its kind, one that closes itself, one with a tag in its own tag, one that
    begins within a comment, one that is never closed. In UTF-16 nothing is found.
    """
    kept: list[bytes] = []
    done = 0
    for start, end in _code_in(page):
        kept.append(page[done:start])
        done = end
    return b"".join((*kept, page[done:])) if kept else page


def _code_in(page: bytes) -> Iterator[tuple[int, int]]:
    """Where plainly written scripts, styles and drawings begin and end."""
    name, start, plain = b"", 0, False
    for tag in _CODE.finditer(page):
        if not name and not tag[1]:
            name, start = tag[2], tag.start()
            head = page[start : page.find(b">", start) + 1]
            plain = head[-2:] not in (b"", b"/>") and b"<" not in head[1:] and not (name == b"script" and b"json" in head.lower())
        elif name == tag[2] and not tag[1]:
            plain = False
        elif name == tag[2]:
            end = page.find(b">", tag.end()) + 1
            inside = page[start : tag.start()]
            if plain and end and (b"-->" not in inside or b"<!--" in inside) and b"</S" not in inside:
                yield start, end
            name = b""


def to_text(page: bytes, content_type: str) -> str:
    """The page as text: byte-order mark, then UTF-8 if it fits, then header, meta, and what the bytes look like."""
    for mark, name in _BOMS:
        if page.startswith(mark):
            return page[len(mark) :].decode(name, "replace")
    header, meta = _HEADER_CHARSET.search(content_type), _META_CHARSET.search(page[:8192])
    named = [_believed(header[1])] if header else []
    named += [_believed(meta[1].decode("ascii", "replace"))] if meta else []
    seven_bit = [name for name in named if name == "iso-2022-jp"]
    for name in (*seven_bit, "utf-8", *filter(None, named)):
        try:
            return page.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
    return page.decode(_guessed(page, [name for name in named if name]), "replace")


def _guessed(page: bytes, named: list[str]) -> str:
    """The set that loses least: UTF-8 with a few broken bytes, else the named one, else what the bytes look like."""
    if sum(1 for letter in page.decode("utf-8", "ignore") if letter > "\x7f") > page.decode("utf-8", "replace").count("\ufffd"):
        return "utf-8"
    others = [name for name in named if name != "utf-8"]
    return others[0] if others else _believed(detect_encoding(page[: 256 * 1024]) or "") or "cp1252"


def _believed(name: str) -> str:
    """The codec for a declared character set, or "" when it is none a page may use."""
    name = _WIDENED.get(name.strip().lower(), name.strip().lower())
    return name if _BELIEVED.fullmatch(name) else ""


def mended(text: str) -> str:
    """The page with crowded tags emptied and giant words cut; nesting needs no mending, libxml2 stops at a depth of 256 by itself."""
    kept: list[str] = []
    done = 0
    for start, end in _long_pieces(text):
        if end - start <= LONGEST_WORD and _is_short_tag(text, start):
            continue
        piece = new = text[start:end]
        if start and (piece[0].isalpha() or _in_split_tag(text, start - 1)):
            new = _thinned(piece)
        if len(piece) > LONGEST_WORD and max(map(len, new.split()), default=0) > LONGEST_WORD:
            new = _LONG_WORD.sub(lambda word: word[0][:LONGEST_WORD], new)
        if new is not piece:
            kept += text[done:start], new
            done = end
    return "".join((*kept, text[done:])) if kept else text


def _long_pieces(text: str) -> Iterator[tuple[int, int]]:
    """Where 500 signs or more stand without a "<"; looks only for blocks of 250 without one, since most pages have few."""
    at = last = 0
    while at < len(text):
        if text.find("<", at, at + _SHORTEST_CROWDED_TAG // 2) >= 0:
            at += _SHORTEST_CROWDED_TAG // 2
            continue
        start = text.rfind("<", last, at) + 1
        end = text.find("<", at)
        at = last = end if end >= 0 else len(text)
        if at - start >= _SHORTEST_CROWDED_TAG:
            yield start, at


def _is_short_tag(text: str, start: int) -> bool:
    """Whether the tag whose name begins here ends before it could be crowded; the length is that of the text after it."""
    end = text.find(">", start, start + _SHORTEST_CROWDED_TAG)
    return end >= 0 and text.count('"', start, end) % 2 == 0


def _in_split_tag(text: str, sign: int) -> bool:
    """Whether the "<" at a position stands inside a tag that began at the "<" before it."""
    before = text.rfind("<", 0, sign)
    return before >= 0 and text.find(">", before, sign) < 0


def _thinned(piece: str) -> str:
    """A tag with the text after it, the tag reduced to its name when it has more than 200 attributes."""
    end = piece.find(">")
    for _ in range(50):  # a ">" inside a quoted value does not end the tag
        if end < 0 or piece.count('"', 0, end) % 2 == 0:
            break
        end = piece.find(">", end + 1)
    tag, rest = (piece[:end], piece[end + 1 :]) if end >= 0 else (piece, "")
    if len(tag) < _SHORTEST_CROWDED_TAG or max(tag.count("="), tag.count(" "), tag.count("\n")) <= MOST_ATTRIBUTES // 3:
        return piece
    if sum(1 for _ in _ATTRIBUTE.finditer(tag)) <= MOST_ATTRIBUTES:
        return piece
    name = _NAME.match(piece)  # none when a quoted "<" split the tag
    return f"{name[0] if name else ''}>{rest}"


def shallow(text: str) -> str:
    """The page, or its flat tags only when its elements may nest deeper than 256 (resiliparse is quadratic in depth: 20,000 took 6 s)."""
    depth = deepest = 0
    for closing, name, empty in _TAG.findall(text):
        if not empty and name.lower() not in _FLAT:
            depth = max(0, depth - 1) if closing else depth + 1
            deepest = max(deepest, depth)
    return text if deepest <= DEEPEST else _TAG.sub(lambda tag: tag[0] if tag[2].lower() in _FLAT else " ", text)

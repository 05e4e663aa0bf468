"""What is asked of a feed's bytes before any XML parser sees them: one encoding, no dangerous declarations, no giant tags, no abyss.

feedparser is quadratic in the attributes of one element and raises on some encodings (findings 3 and 4), and a document type can name
local files; docs/security.md lists the rules (XML bombs, parser pre-checks). Everything here is linear in the document's length.
"""

from __future__ import annotations

import codecs
import re

LARGEST = 15 * 1024 * 1024
MOST_ATTRIBUTES = 200
DEEPEST = 256
MOST_ENTRIES = 500
MOST_ENTITIES = 10
LONGEST_ENTITY = 1024
LONGEST_PROLOG = 64 * 1024
_SHORTEST_CROWDED_TAG = 900  # 201 attributes written as shortly as XML allows take more

_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
_CHARSET = re.compile(r"""charset\s*=\s*["']?([A-Za-z0-9._:-]{1,40})""", re.IGNORECASE)
_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_NAKED = ((b"<\0?\0", "utf-16-le"), (b"\0<\0?", "utf-16-be"), (b"<\0\0\0", "utf-32-le"), (b"\0\0\0<", "utf-32-be"))
# A declared name is believed only when it is a plain character set: Python's codecs also know utf-7, punycode, unicode_escape, zlib …
_BELIEVED = re.compile(
    r"(utf-?8|us-ascii|ascii|iso-?8859-?\d{1,2}|latin-?\d{1,2}|windows-?125\d|cp125\d|cp866|koi8-?[rut]|mac-?(roman|cyrillic)|shift[-_]?jis|"
    r"cp932|euc[-_]?(jp|kr)|iso-2022-(jp|kr)|gb-?2312|gbk|gb18030|hz(-gb-2312)?|big5(-hkscs)?|tis-620|windows-874|cp949|ks_c_5601-1987)",
    re.IGNORECASE,
)
_WIDENED = {"iso-8859-1": "cp1252", "iso8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252", "us-ascii": "cp1252", "ascii": "cp1252",
            "gb2312": "gb18030", "gb-2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "shift-jis": "cp932", "windows-874": "cp874",
            "ks_c_5601-1987": "cp949", "iso-8859-8-i": "iso-8859-8"}  # fmt: skip
_SEVEN_BIT = ("iso-2022-", "hz")

_NEXT_ENTITY = re.compile(r"<!ENTITY\s+(%?)\s*([^\s\"'<>&;]{1,100})\s*(SYSTEM|PUBLIC|\"([^\"]*)\"|'([^']*)')?", re.IGNORECASE)
_CROWDED = re.compile(rf"<[A-Za-z_:](?:[^<>\"']|\"[^\"<]*\"|'[^'<]*'){{{_SHORTEST_CROWDED_TAG},}}")
_LONG_TAG = re.compile(rf"<[A-Za-z_:][^<]{{{_SHORTEST_CROWDED_TAG},}}")
_ATTRIBUTE = re.compile(r"[^\s=<>\"']\s*=\s*[\"']?")
_TAG = re.compile(r"<(/?)([A-Za-z_:][\w:.-]*)[^<>]*?(/?)>")
_ENTRY_END = re.compile(r"</(?:[\w.-]+:)?(?:item|entry)\s*>", re.IGNORECASE)
_VOID = frozenset(("br", "img", "hr", "input", "link", "meta", "area", "base", "col", "embed", "source", "track", "wbr", "p", "li"))


def to_text(body: bytes, content_type: str) -> str:
    """The document as text: byte-order mark, then UTF-8 if it fits, then what the prolog and the header declare, then Windows-1252."""
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    for start, name in _NAKED:
        if body.startswith(start):
            return body.decode(name, "replace")
    declared = [_believed(found[1].decode("ascii")) for found in [_DECLARED.search(body[:1024])] if found]
    declared += [_believed(found[1]) for found in [_CHARSET.search(content_type)] if found]
    seven_bit = [name for name in declared if name.startswith(_SEVEN_BIT)]
    for name in (*seven_bit, "utf-8", *filter(None, declared)):
        try:
            return body.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
    return body.decode(_fallback(body, declared), "replace")


def _fallback(body: bytes, declared: list[str]) -> str:
    """The set that loses least when nothing fits exactly: a few broken bytes among good UTF-8 are still UTF-8."""
    broken = body.decode("utf-8", "replace").count("\ufffd")
    good = sum(1 for letter in body.decode("utf-8", "ignore") if letter > "\x7f")
    if good > broken:
        return "utf-8"
    return next((name for name in declared if name and not name.startswith("utf")), "cp1252")


def _believed(name: str) -> str:
    """The codec for a declared character set, or "" when the name is none we take."""
    name = name.strip().lower()
    return _WIDENED.get(name, name) if _BELIEVED.fullmatch(name) or name in _WIDENED else ""


def without_declaration(text: str) -> str:
    """The document without its XML declaration, which no longer tells the encoding."""
    return _DECLARATION.sub("", text, count=1) if text[:200].lstrip().startswith("<?xml") else text.lstrip()


def objection(text: str) -> str:
    """Why this XML may not be parsed, as a sentence; "" when nothing speaks against it."""
    if "<!DOCTYPE" in text or "<!ENTITY" in text or "<!doctype" in text or "<!entity" in text:
        reason = _doctype_objection(text)
        if reason:
            return reason
    markup = _without_sections(text)
    return _crowded_objection(markup) or _depth_objection(markup)


def _doctype_objection(text: str) -> str:
    """Only a few short, flat, internal entities may be declared (a real feed does: `<!ENTITY xhtml …>`)."""
    for count, place in enumerate(re.finditer("<!ENTITY", text, re.IGNORECASE), 1):
        if count > MOST_ENTITIES:
            return f"The document declares more than {MOST_ENTITIES} entities."
        found = _NEXT_ENTITY.match(text, place.start(), place.start() + 2 * LONGEST_ENTITY)
        if not found or found[3] is None:
            return "The document declares an entity that is malformed or too long."
        if found[1] or found[3].upper() in ("SYSTEM", "PUBLIC"):
            return "The document declares an external or parameter entity."
        value = found[4] if found[4] is not None else found[5]
        if len(value) > LONGEST_ENTITY or re.search(r"&(?!#)|%\w", value):
            return "The document declares an entity that is too long or refers to another."
    return ""


def _without_sections(text: str) -> str:
    """The document without CDATA sections, comments and processing instructions; an unclosed one ends it."""
    parts: list[str] = []
    place = 0
    for start in re.finditer(r"<!\[CDATA\[|<!--|<\?", text):
        if start.start() < place:
            continue
        parts.append(text[place : start.start()])
        end_mark = {"<!": "]]>", "<?": "?>"}[start[0][:2]] if start[0] != "<!--" else "-->"
        end = text.find(end_mark, start.end())
        if end < 0:
            return "".join(parts)
        place = end + len(end_mark)
    parts.append(text[place:])
    return "".join(parts)


def _crowded_objection(markup: str) -> str:
    """A tag with more than 200 attributes costs feedparser seconds (finding 3)."""
    for tag in _LONG_TAG.finditer(markup):
        crowded = _CROWDED.match(markup, tag.start())
        if crowded and sum(1 for _ in _ATTRIBUTE.finditer(crowded[0])) > MOST_ATTRIBUTES:
            return f"The document has a tag with more than {MOST_ATTRIBUTES} attributes."
    return ""


def _depth_objection(markup: str) -> str:
    """Elements nested deeper than 256; every closed entry starts again, so unclosed HTML in a broken feed does not add up."""
    depth = 0
    for closing, name, empty in _TAG.findall(markup):
        if closing:
            depth = 2 if name in ("item", "entry") else max(0, depth - 1)
        elif not empty and name.lower() not in _VOID:
            depth += 1
            if depth > DEEPEST:
                return f"The document nests its elements deeper than {DEEPEST}."
    return ""


def first_entries(text: str) -> tuple[str, bool]:
    """The document cut to its first 500 entries, and whether anything was cut (200,000 items took 18.7 s: finding 3)."""
    last = kept = None
    for number, end in enumerate(_ENTRY_END.finditer(text), 1):
        last = end
        if number == MOST_ENTRIES:
            kept = end
    if kept is None or last is None or kept.end() == last.end():
        return text, False
    return text[: kept.end()] + text[last.end() :], True

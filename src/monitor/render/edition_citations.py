"""What an edition cites, for reference managers: BibTeX, RIS and CSL-JSON; each article once, under a key that stays the same.

Sources: BibTeX (btxdoc, 1988; UTF-8 as biber reads it), RIS (tags of its 2011 description), CSL-JSON (schema 1.0.2 of citationstyles.org).
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator

from monitor.records import Citation
from monitor.render.edition_sheet import Sheet

_TEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "%": r"\%", "&": r"\&", "#": r"\#", "$": r"\$", "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}  # fmt: skip
_LOWERED = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d"})


def bibtex(sheet: Sheet) -> bytes:
    """Every article cited as `@article` entries."""
    return "\n".join(_entry(key, source, sheet) for key, source in keyed(sheet)).encode()


def ris(sheet: Sheet) -> bytes:
    """Every article cited as `NEWS` records, lines ended as the form asks."""
    return "".join(f"{tag}  - {value}\r\n" for key, source in keyed(sheet) for tag, value in _tags(key, source)).encode()


def csl(sheet: Sheet) -> bytes:
    """Every article cited as an `article-newspaper` item."""
    items = [_item(key, source) for key, source in keyed(sheet)]
    return (json.dumps(items, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def keyed(sheet: Sheet) -> list[tuple[str, Citation]]:
    """Each article once, in order of first citing, with a key: outlet, date, and a letter where two would be alike."""
    seen: set[object] = set()
    taken: dict[str, int] = {}
    found = []
    for source in (one for piece in sheet.pieces for one in piece.cited):
        same = source.address or (source.outlet, source.headline, source.dated)
        if same in seen:
            continue
        seen.add(same)
        stem = _stem(source)
        taken[stem] = taken.get(stem, 0) + 1
        found.append((f"{stem}{_letters(taken[stem])}", source))
    return found


def _stem(source: Citation) -> str:
    """Small ASCII letters and digits; an outlet of another script is called by its country or `outlet`."""
    plain = unicodedata.normalize("NFKD", source.outlet.lower().translate(_LOWERED))
    name = re.sub(r"[^a-z0-9]", "", plain)[:30] or (re.sub(r"[^a-z]", "", source.country.lower()) or "outlet")
    return f"{name}{source.dated:%Y%m%d}" if source.dated else f"{name}nd"


def _letters(number: int) -> str:
    """1 → "a", 27 → "aa"."""
    told = ""
    while number > 0:
        number, at = divmod(number - 1, 26)
        told = chr(ord("a") + at) + told
    return told


# ── BibTeX ───────────────────────────────────────────────────────────────────────────────────────────────────────────


# An address stands raw in `url`, which TeX reads verbatim; it holds no brace and no backslash (edition_sheet.web_address).
def _entry(key: str, source: Citation, sheet: Sheet) -> str:
    fields = {
        "author": " and ".join(f"{{{_tex(name)}}}" for name in source.authors),
        "title": f"{{{_tex(source.headline)}}}" if source.headline else "",
        "journal": _tex(source.outlet),
        "year": f"{source.dated:%Y}" if source.dated else "",
        "month": f"{source.dated:%m}" if source.dated else "",
        "day": f"{source.dated:%d}" if source.dated else "",
        "date": source.dated.isoformat() if source.dated else "",
        "url": source.address,
        "langid": source.language,
        "note": _tex(sheet.title),
    }
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
    return f"@article{{{key},\n" + ",\n".join(lines) + "\n}\n"


def _tex(text: str) -> str:
    """Text in which TeX sees only text; braces always pair."""
    return "".join(_TEX.get(sign, sign) for sign in text)


# ── RIS ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _tags(key: str, source: Citation) -> Iterator[tuple[str, str]]:
    yield "TY", "NEWS"
    yield "ID", key
    yield from (("AU", name) for name in source.authors)
    yield "TI", source.headline
    yield "T2", source.outlet
    if source.dated:
        yield "PY", f"{source.dated:%Y}"
        yield "DA", f"{source.dated:%Y/%m/%d}"
    if source.language:
        yield "LA", source.language
    if source.country:
        yield "CY", source.country
    if source.address:
        yield "UR", source.address
    yield "ER", ""


# ── CSL-JSON ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _item(key: str, source: Citation) -> dict[str, object]:
    told: dict[str, object] = {
        "id": key,
        "type": "article-newspaper",
        "title": source.headline,
        "container-title": source.outlet,
        "author": [{"literal": name} for name in source.authors],
        "issued": {"date-parts": [[source.dated.year, source.dated.month, source.dated.day]]} if source.dated else {},
        "URL": source.address,
        "language": source.language,
        "publisher-place": source.country,
    }
    return {name: value for name, value in told.items() if value}

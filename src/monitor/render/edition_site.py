"""The archive of editions as a web site of plain files: an index, a page for each edition and piece, a feed; relative addresses only.

The same editions give the same bytes: nothing in the files says when or where they were made.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from itertools import groupby
from typing import Any

from monitor.render.edition_html import policy
from monitor.render.edition_sheet import Sheet
from monitor.render.foreign import direction
from monitor.render.templates import fill
from monitor.render.web_feed import FeedItem, WebFeed, atom


@dataclass(frozen=True, slots=True)
class SiteEdition:
    """One edition of the site: its folder, what is set, and its files as (name, label, bytes)."""

    folder: str
    sheet: Sheet
    documents: tuple[tuple[str, str, bytes], ...] = ()

    @property
    def files(self) -> list[tuple[str, str]]:
        """Names and labels of its documents."""
        return [(name, label) for name, label, _data in self.documents]


def site(editions: Sequence[SiteEdition], name: str, language: str) -> dict[str, bytes]:
    """Every file of the site by its path; `name` is its title, `language` that of the index."""
    newest = sorted(editions, key=lambda one: (one.sheet.dated, one.folder), reverse=True)
    years = [(year, list(found)) for year, found in groupby(newest, key=lambda one: one.sheet.dated.year)]
    made = {"index.html": _page("site/index.html", {"years": years, "title": name, "site": name, "up": ""}, language)}
    for one in newest:
        made |= _edition(one, name)
    return dict(sorted((made | {"atom.xml": atom(feed(newest, name, language))}).items()))


def _edition(one: SiteEdition, name: str) -> dict[str, bytes]:
    shared = {"sheet": one.sheet, "site": name, "up": "../", "files": one.files}
    tongue = one.sheet.language
    made = {f"{one.folder}/index.html": _page("site/edition.html", shared | {"title": one.sheet.title}, tongue)}
    pieces = [(section, piece) for section in one.sheet.sections for piece in section.pieces]
    for at, (section, piece) in enumerate(pieces):
        around = {"before": pieces[at - 1][1] if at else None, "after": pieces[at + 1][1] if at + 1 < len(pieces) else None}
        values = shared | around | {"section": section, "piece": piece, "title": f"{piece.title} – {one.sheet.title}"}
        made[f"{one.folder}/{piece.anchor}.html"] = _page("site/piece.html", values, tongue)
    return made | {f"{one.folder}/{file}": data for file, _label, data in one.documents}


def feed(editions: Iterable[SiteEdition], name: str, language: str) -> WebFeed:
    """The editions as a feed whose links are relative to it."""
    items = tuple(item_of(one.sheet, f"{one.folder}/index.html") for one in editions)
    return WebFeed("index.html", name, "index.html", "atom.xml", language, name, items)


def item_of(sheet: Sheet, link: str) -> FeedItem:
    """One edition as an entry of a feed: its headlines are the summary, with what was corrected; it changes when something is."""
    at = datetime.combine(sheet.dated, time(12), UTC)
    pieces = (" – ".join((one.heading, *_corrections(one.corrections, sheet))) for one in sheet.pieces)
    told = " · ".join((*_corrections(sheet.corrections, sheet), *pieces))
    return FeedItem(sheet.id, sheet.title, link, at, max(at, sheet.corrected or at), told, sheet.language, "", sheet.authors)


def _corrections(said: Sequence[str], sheet: Sheet) -> list[str]:
    return [f"{sheet.correction} {one}" for one in said]


def _page(template: str, values: Mapping[str, Any], language: str) -> bytes:
    told = dict(values) | {"language": language, "direction": "rtl" if direction(language) == "rtl" else "ltr", "policy": policy()}
    return (fill(template, told, language if language in ("fr", "en") else "en").replace("\r\n", "\n").strip() + "\n").encode()

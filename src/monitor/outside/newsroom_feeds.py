"""The feeds of the sample newsroom: RSS 2.0, Atom, RDF and JSON Feed, one without dates, one with full text, one broken."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from email.utils import format_datetime
from html import escape
from typing import Any

from monitor.outside.newsroom_pages import Printed, Site

FEED_TYPES: Mapping[str, str] = {
    "rss": "application/rss+xml",
    "atom": "application/atom+xml",
    "rdf": "application/rdf+xml",
    "json-feed": "application/feed+json",
}

# A template that died while it wrote its first tag: a stray control byte, then nothing that could be read.
BROKEN = '<?xml version="1.0" encoding="utf-8"?>\n<rss\x0b versio'


def feed_document(site: Site) -> bytes:
    """The outlet's feed as it stands, newest first, in the outlet's own character set."""
    text = BROKEN if site.outlet.feed == "broken" else _FORMS[site.outlet.form](site)
    return text.encode(site.outlet.charset, "xmlcharrefreplace")


def _prolog(site: Site) -> str:
    return f'<?xml version="1.0" encoding="{site.outlet.charset}"?>\n'


def _html(one: Printed) -> str:
    return "".join(f"<p>{escape(paragraph)}</p>" for paragraph in one.article.paragraphs)


def _rss(site: Site) -> str:
    outlet = site.outlet
    items = "".join(_rss_item(site, one) for one in site.printed)
    return (
        f'{_prolog(site)}<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/">\n'
        f"<channel><title>{escape(outlet.name)}</title><link>{site.base}/</link><description>{escape(outlet.name)}</description>"
        f"<language>{outlet.language}-{outlet.country.lower()}</language>\n{items}</channel></rss>\n"
    )


def _rss_item(site: Site, one: Printed) -> str:
    address = escape(site.base + one.path)
    parts = [f"<title>{escape(one.title)}</title>", f"<link>{address}</link>", f'<guid isPermaLink="false">{one.article.id}</guid>']
    if site.outlet.feed != "undated":
        parts.append(f"<pubDate>{format_datetime(one.at)}</pubDate>")
    parts.append(f"<description>{escape(one.article.summary)}</description>")
    if one.article.author:
        parts.append(f"<dc:creator>{escape(one.article.author)}</dc:creator>")
    if site.outlet.text == "feed":
        parts.append(f"<content:encoded><![CDATA[{_html(one)}]]></content:encoded>")
    return f"<item>{''.join(parts)}</item>\n"


def _atom(site: Site) -> str:
    outlet = site.outlet
    updated = site.printed[0].at.isoformat() if site.printed else "1970-01-01T00:00:00Z"
    entries = "".join(_atom_entry(site, one) for one in site.printed)
    return (
        f'{_prolog(site)}<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{outlet.language}">\n<title>{escape(outlet.name)}</title>'
        f'<id>{site.base}/</id><link href="{site.base}/"/><link rel="self" href="{site.base}/feed"/><updated>{updated}</updated>\n'
        f"{entries}</feed>\n"
    )


def _atom_entry(site: Site, one: Printed) -> str:
    address, at = escape(site.base + one.path), one.at.isoformat()
    author = f"<author><name>{escape(one.article.author)}</name></author>" if one.article.author else ""
    return (
        f'<entry><title>{escape(one.title)}</title><link rel="alternate" href="{address}"/><id>tag:{site.outlet.id}:{one.article.id}</id>'
        f"<published>{at}</published><updated>{at}</updated>{author}<summary>{escape(one.article.summary)}</summary></entry>\n"
    )


def _rdf(site: Site) -> str:
    outlet = site.outlet
    order = "".join(f'<rdf:li rdf:resource="{escape(site.base + one.path)}"/>' for one in site.printed)
    items = "".join(_rdf_item(site, one) for one in site.printed)
    return (
        f'{_prolog(site)}<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/" xml:lang="{outlet.language}">\n'
        f'<channel rdf:about="{site.base}/feed"><title>{escape(outlet.name)}</title><link>{site.base}/</link>'
        f"<description>{escape(outlet.name)}</description><dc:language>{outlet.language}</dc:language>"
        f"<items><rdf:Seq>{order}</rdf:Seq></items></channel>\n{items}</rdf:RDF>\n"
    )


def _rdf_item(site: Site, one: Printed) -> str:
    address = escape(site.base + one.path)
    return (
        f'<item rdf:about="{address}"><title>{escape(one.title)}</title><link>{address}</link>'
        f"<description>{escape(one.article.summary)}</description><dc:date>{one.at.isoformat()}</dc:date></item>\n"
    )


def _json_feed(site: Site) -> str:
    outlet = site.outlet
    said: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": outlet.name,
        "home_page_url": f"{site.base}/",
        "feed_url": f"{site.base}/feed",
        "language": outlet.language,
        "items": [_json_item(site, one) for one in site.printed],
    }
    return json.dumps(said, ensure_ascii=False, indent=1)


def _json_item(site: Site, one: Printed) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": one.article.id,
        "url": site.base + one.path,
        "title": one.title,
        "summary": one.article.summary,
        "date_published": one.at.isoformat(),
    }
    return item | ({"authors": [{"name": one.article.author}]} if one.article.author else {})


_FORMS: Mapping[str, Callable[[Site], str]] = {"rss": _rss, "atom": _atom, "rdf": _rdf, "json-feed": _json_feed}

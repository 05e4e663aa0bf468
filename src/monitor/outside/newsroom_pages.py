"""The pages of the sample newsroom: each article in one of five layouts, with all that a real page prints around it.

Navigation, related headlines, the most read, a newsletter box, a cookie notice, a caption and a footer surround the text on
purpose, so that extraction has real work; the layouts differ in where they say title, date and author (Open Graph, JSON-LD,
microdata, `<time>`, nowhere).
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

from monitor.config.newsroom_values import SampleArticle, SampleOutlet

_FOLDED = str.maketrans({"ł": "l", "Ł": "l", "ø": "o", "ß": "ss", "ı": "i", "æ": "ae", "œ": "oe", "’": " "})
_RIGHT_TO_LEFT = ("ar", "he")


@dataclass(frozen=True, slots=True)
class Printed:
    """One article as its outlet shows it now: the headline of the hour, the outlet's own local time, its path on the site."""

    article: SampleArticle
    title: str
    at: datetime
    path: str


@dataclass(frozen=True, slots=True)
class Site:
    """One outlet with all it has published, newest first, and the words its pages print; `base` is http://host:port."""

    outlet: SampleOutlet
    base: str
    printed: tuple[Printed, ...]
    labels: Mapping[str, Any]


def print_article(outlet: SampleOutlet, article: SampleArticle, start: datetime, *, edited: bool) -> Printed:
    """The article with its local time and its path; the path is made of the first headline and survives an edit."""
    at = (start - timedelta(hours=article.hours_ago)).replace(second=0, microsecond=0).astimezone(ZoneInfo(outlet.zone))
    first = article.first_title or article.title
    path = outlet.path.format(
        id=article.id, code=article.id.replace("-", "").upper(), slug=slug(first) or "a", y=f"{at:%Y}", m=f"{at:%m}", d=f"{at:%d}"
    )
    return Printed(article, article.title if edited else first, at, path)


def slug(title: str) -> str:
    """At most eight words of a headline in plain letters; nothing when the script has none."""
    plain = unicodedata.normalize("NFKD", title.translate(_FOLDED)).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall(r"[a-z0-9]+", plain)[:8])


def home_page(site: Site, feed_type: str) -> str:
    """The front page: a link to the feed for discovery, and the headlines."""
    outlet = site.outlet
    head = f'<link rel="alternate" type="{feed_type}" title="{escape(outlet.name)}" href="/feed">'
    rows = "".join(f"<section><h2>{_link(one)}</h2><p>{escape(one.article.summary)}</p></section>\n" for one in site.printed)
    return _document(outlet, outlet.name, head, f"{_masthead(site)}<main>\n{rows}</main>\n{_footer(site)}")


def article_page(site: Site, one: Printed) -> str:
    """One article in its outlet's layout."""
    return _LAYOUTS[site.outlet.page](site, one)


def robots_txt() -> str:
    """Everything may be read but the search."""
    return "User-agent: *\nDisallow: /search\nAllow: /\n"


def error_page(site: Site, status: int) -> str:
    """A short page for what is refused or not there."""
    words = {403: "Access denied", 404: "Page not found", 405: "Method not allowed"}.get(status, "Something went wrong")
    return _document(site.outlet, words, "", f"<h1>{status}</h1><p>{words}</p>")


def _document(outlet: SampleOutlet, title: str, head: str, body: str) -> str:
    direction = ' dir="rtl"' if outlet.language in _RIGHT_TO_LEFT else ""
    return (
        f'<!doctype html>\n<html lang="{outlet.language}"{direction}>\n<head>\n<meta charset="{outlet.charset}">\n'
        f'<meta name="viewport" content="width=device-width">\n<title>{escape(title)}</title>\n{head}\n</head>\n'
        f"<body>\n{body}\n</body>\n</html>\n"
    )


def _link(one: Printed) -> str:
    return f'<a href="{escape(one.path)}">{escape(one.title)}</a>'


def _masthead(site: Site) -> str:
    items = "".join(f'<li><a href="/rubric/{place}">{escape(name)}</a></li>' for place, name in enumerate(site.labels["sections"]))
    return f'<header><a class="logo" href="/">{escape(site.outlet.name)}</a>\n<nav><ul>{items}</ul></nav></header>\n'


def _footer(site: Site) -> str:
    return f"<footer><p>© {escape(site.outlet.name)}. {escape(site.labels['rights'])}</p></footer>\n"


def _cookies(site: Site) -> str:
    label = site.labels
    return f'<div class="cookie-consent" role="dialog"><p>{escape(label["cookies"])}</p><button>{escape(label["accept"])}</button></div>\n'


def _newsletter(site: Site) -> str:
    label = site.labels
    return (
        f'<div class="newsletter-box"><p>{escape(label["newsletter"])}</p>'
        f'<form action="/newsletter"><input type="email"><button>{escape(label["subscribe"])}</button></form></div>\n'
    )


def _headlines(site: Site, but: Printed, heading: str, css: str, count: int) -> str:
    others = [one for one in site.printed if one.article.id != but.article.id][:count]
    items = "".join(f"<li>{_link(one)}</li>" for one in others)
    return f'<aside class="{css}"><h3>{escape(site.labels[heading])}</h3><ul>{items}</ul></aside>\n' if others else ""


def _figure(site: Site) -> str:
    caption = escape(site.labels["caption"])
    return f'<figure><img src="/picture.jpg" alt=""><figcaption>{caption} © {escape(site.outlet.name)}</figcaption></figure>\n'


def _byline(site: Site, one: Printed) -> str:
    return escape(str(site.labels["by"]).replace("{name}", one.article.author)) if one.article.author else ""


def _text(paragraphs: Sequence[str], between: str = "") -> str:
    """The paragraphs, with one thing between the second and the third, as sites place what nobody asked for."""
    marked = [f"<p>{escape(paragraph)}</p>\n" for paragraph in paragraphs]
    return "".join([*marked[:2], between, *marked[2:]])


def _open_graph(site: Site, one: Printed) -> str:
    pairs = {
        "og:type": "article",
        "og:title": one.title,
        "og:description": one.article.summary,
        "og:site_name": site.outlet.name,
        "og:url": site.base + one.path,
        "article:published_time": one.at.isoformat(),
    }
    dated = {name: value for name, value in pairs.items() if site.outlet.feed != "undated" or "time" not in name}
    return "\n".join(f'<meta property="{name}" content="{escape(value)}">' for name, value in dated.items())


def _json_ld(site: Site, one: Printed) -> str:
    said: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": one.title,
        "datePublished": one.at.isoformat(),
        "inLanguage": site.outlet.language,
        "isAccessibleForFree": True,
        "publisher": {"@type": "NewsMediaOrganization", "name": site.outlet.name},
    }
    if one.article.author:
        said["author"] = {"@type": "Person", "name": one.article.author}
    return f'<script type="application/ld+json">{json.dumps(said).replace("<", chr(92) + "u003c")}</script>'


def _broadsheet(site: Site, one: Printed) -> str:
    """A daily's page: Open Graph in the head, standfirst, byline and `<time>`, a box in the middle of the text."""
    head = _open_graph(site, one) + f'\n<link rel="canonical" href="{escape(site.base + one.path)}">'
    stamp = f'<time datetime="{one.at.isoformat()}">{one.at:%d.%m.%Y, %H:%M}</time>' if site.outlet.feed != "undated" else ""
    when = f"{escape(site.labels['published'])} {stamp}" if stamp else ""
    body = (
        f'<article><h1>{escape(one.title)}</h1>\n<p class="standfirst">{escape(one.article.summary)}</p>\n'
        f'<p class="byline"><span class="author">{_byline(site, one)}</span> {when}</p>\n{_figure(site)}'
        f'<div class="article-body">\n{_text(one.article.paragraphs, _newsletter(site))}</div></article>\n'
    )
    rest = _headlines(site, one, "related", "related", 4) + _footer(site)
    return _document(
        site.outlet, f"{one.title} | {site.outlet.name}", head, _cookies(site) + _masthead(site) + f"<main>{body}</main>\n" + rest
    )


def _ledger(site: Site, one: Printed) -> str:
    """Nothing but nested divisions; who, when and what is said only in JSON-LD."""
    related = f'<div class="inline-related">{_headlines(site, one, "related", "rel", 1)}</div>\n'
    body = (
        f'<div class="wrap"><div class="col-main"><div class="hd"><h1>{escape(one.title)}</h1></div>\n'
        f'<div class="sum">{escape(one.article.summary)}</div>\n<div class="by">{_byline(site, one)}</div>\n'
        f'<div class="story-content">\n{_text(one.article.paragraphs, related)}</div></div>\n'
        f'<div class="col-side">{_headlines(site, one, "popular", "most-read", 5)}{_newsletter(site)}</div></div>\n'
    )
    page = _masthead(site) + body + _footer(site) + _cookies(site)
    return _document(site.outlet, f"{one.title} - {site.outlet.name}", _json_ld(site, one), page)


def _transcript(site: Site, one: Printed) -> str:
    """A broadcaster's page: a player, microdata, and the text as what was said on air."""
    player = f'<div class="player"><button>{escape(site.labels["listen"])}</button><span>0:00</span></div>\n'
    body = (
        f'<main itemscope itemtype="https://schema.org/NewsArticle"><h1 itemprop="headline">{escape(one.title)}</h1>\n'
        f'<meta itemprop="datePublished" content="{one.at.isoformat()}"><span itemprop="author">{_byline(site, one)}</span>\n{player}'
        f'<p class="intro"><strong>{escape(one.article.summary)}</strong></p>\n'
        f'<div itemprop="articleBody">\n{_text(one.article.paragraphs, _figure(site))}</div></main>\n'
    )
    page = _masthead(site) + body + _headlines(site, one, "popular", "ranking", 5) + _footer(site) + _cookies(site)
    return _document(site.outlet, f"{one.title} – {site.outlet.name}", f'<meta name="date" content="{one.at.isoformat()}">', page)


def _column(site: Site, one: Printed) -> str:
    """A plain page: an `<article>` with its date in words, the side column before it in the source."""
    side = _headlines(site, one, "popular", "sidebar", 3) + _newsletter(site)
    head = f'<meta name="description" content="{escape(one.article.summary)}">\n<meta name="author" content="{escape(one.article.author)}">'
    body = (
        f'<div class="page">{side}<article>\n<h1>{escape(one.title)}</h1>\n'
        f'<p class="meta"><time datetime="{one.at.isoformat()}">{one.at:%Y-%m-%d %H:%M}</time> {_byline(site, one)}</p>\n{_figure(site)}'
        f"{_text(one.article.paragraphs)}{_headlines(site, one, 'related', 'also', 3)}</article></div>\n"
    )
    return _document(site.outlet, f"{site.outlet.name} : {one.title}", head, _masthead(site) + body + _footer(site))


def _bulletin(site: Site, one: Printed) -> str:
    """An agency's page: headline, UTC time, text, and the end mark of the wire."""
    head = _open_graph(site, one)
    body = (
        f'<main><h1>{escape(one.title)}</h1><p class="slugline"><time datetime="{one.at.isoformat()}">{one.at:%d/%m/%Y %H:%M}</time></p>\n'
        f'<div class="dispatch">\n{_text(one.article.paragraphs)}</div><p class="end">***</p></main>\n'
    )
    return _document(site.outlet, one.title, head, _masthead(site) + body + _headlines(site, one, "related", "wire", 6) + _footer(site))


_LAYOUTS: Mapping[str, Callable[[Site, Printed], str]] = {
    "broadsheet": _broadsheet,
    "ledger": _ledger,
    "transcript": _transcript,
    "column": _column,
    "bulletin": _bulletin,
}

"""The form of an outlet: what was typed, what is wrong with it beside each field, and the outlet it means."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from monitor.config.countries import SUPRANATIONAL, country_label, known_languages, load_regions
from monitor.config.feed_address import address_mistake, feed_key
from monitor.config.feeds_shape import HEAVIEST, KINDS, LIGHTEST, LONGEST_EVERY, SHORTEST_EVERY, TEXT_SOURCES, canonical_language, slug
from monitor.pipeline.addresses import host_of, is_ip
from monitor.records import Feed, Outlet
from monitor.web import language as languages

LONGEST_LINE, LONGEST_NOTE = 200, 4000
NEW_FEEDS = 2
"""Empty fields for feeds to add."""
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


@dataclass(frozen=True, slots=True)
class FeedFields:
    """One feed as typed; `key` is its id, or new-1, new-2."""

    key: str
    url: str = ""
    section: str = ""
    language: str = ""
    every: str = ""
    enabled: bool = True
    format: str = "auto"
    note: str = ""
    was: str = ""  # its address before


@dataclass(frozen=True, slots=True)
class OutletFields:
    """An outlet as typed, with what is wrong by field name; a field of a feed is `<key>-url` and so on."""

    name: str = ""
    country: str = ""
    language: str = ""
    kind: str = "newspaper"
    weight: str = "0.6"
    owner: str = ""
    home: str = ""
    note: str = ""
    text: str = "page"
    feeds: tuple[FeedFields, ...] = ()
    wrong: Mapping[str, str] = field(default_factory=dict)


def fields_of(outlet: Outlet, keys: Mapping[str, str]) -> OutletFields:
    """The form filled with an outlet; `keys` maps a feed's address to its id."""
    feeds = tuple(
        FeedFields(
            keys.get(feed.url, f"old-{number}"),
            feed.url,
            feed.section or "",
            feed.language or "",
            interval_text(feed.every),
            feed.enabled,
            feed.format,
            feed.note,
            feed.url,
        )
        for number, feed in enumerate(outlet.feeds)
    )
    return OutletFields(
        outlet.name, outlet.country, outlet.language, outlet.kind, f"{outlet.weight:g}", outlet.owner, outlet.home, outlet.note,
        outlet.text, (*feeds, *(FeedFields(f"new-{number}") for number in range(1, NEW_FEEDS + 1))),
    )  # fmt: skip


def typed(post: Mapping[str, str], before: OutletFields) -> OutletFields:
    """What was typed over the form as it was given out."""

    def line(name: str, default: str) -> str:
        return " ".join(_plain(post.get(name, default)).split())[: LONGEST_LINE + 1]

    feeds = tuple(
        replace(
            feed,
            url=_plain(post.get(f"{feed.key}-url", feed.url)).strip()[:2100],
            section=line(f"{feed.key}-section", feed.section),
            language=line(f"{feed.key}-language", feed.language),
            every=line(f"{feed.key}-every", feed.every),
            enabled=f"{feed.key}-enabled" in post or feed.key.startswith("new-"),
        )
        for feed in before.feeds
    )
    return OutletFields(
        line("name", ""), line("country", "").upper(), line("language", ""), line("kind", before.kind), line("weight", before.weight),
        line("owner", ""), _plain(post.get("home", "")).strip()[:2100], _plain(post.get("note", "")).strip()[: LONGEST_NOTE + 1],
        line("text", before.text), feeds,
    )  # fmt: skip


def read(
    fields: OutletFields, ident: str, sections: Sequence[str], *, local: frozenset[str]
) -> tuple[Outlet | None, OutletFields, dict[str, str]]:
    """The outlet the form means (None with a mistake), the form with its mistakes, and old addresses of feeds mapped to new ones.

    `local` are the origins on this machine that may be named; others are refused, for a page must not reach into the machine.
    """
    wrong: dict[str, str] = {}
    weight = _weight(fields.weight, wrong)
    language = _language(fields.language, "language", wrong, needed=True)
    _names(fields, wrong)
    feeds, renamed = _feeds(fields, sections, wrong, local)
    said = replace(fields, wrong=wrong)
    if wrong:
        return None, said, {}
    outlet = Outlet(
        id=ident or slug(fields.name) or _host_slug(fields),
        name=fields.name,
        country=fields.country,
        language=language,
        kind=fields.kind,
        weight=weight,
        owner=fields.owner,
        home=fields.home,
        note=fields.note,
        text=fields.text,
        feeds=feeds,
    )
    return outlet, said, renamed


def address_wrong(address: str, local: frozenset[str]) -> str:
    """What is wrong with a web address, in words; "" when it may be used."""
    if address_mistake(address) is not None:
        return _("This is no web address: it begins with https:// and names a host, without password or blanks.")
    parts = urlsplit(address)
    if is_ip(host_of(address)) and parts.netloc not in local:
        return _("An outlet is named by its host, not by a number: numbers would let a page reach into this machine’s network.")
    return ""


def country_name(code: str, language: str) -> str:
    """A country's name, or its code when it is none."""
    return (
        country_label(code, language) if code in load_regions() else {"EU": _("European Union"), "INT": _("International")}.get(code, code)
    )


def country_choices(language: str) -> list[tuple[str, str]]:
    """Codes and names of countries, by name."""
    names = [(code, country_name(code, language)) for code in (*load_regions(), *SUPRANATIONAL)]
    return sorted(names, key=lambda pair: pair[1].casefold())


def language_choices() -> list[tuple[str, str]]:
    """Codes and names of the languages that have a two-letter code, by name."""
    named = [(code, languages.name(code)) for code in known_languages() if len(code) == 2]
    return sorted(((code, name) for code, name in named if name != code), key=lambda pair: pair[1].casefold())


def interval_text(every: timedelta | None) -> str:
    """An interval as it is typed: 30m, 2h, 1d; "" for none."""
    if every is None:
        return ""
    minutes = round(every / timedelta(minutes=1))
    if minutes % 1440 == 0:
        return f"{minutes // 1440}d"
    return f"{minutes // 60}h" if minutes % 60 == 0 else f"{minutes}m"


# ── parts ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _names(fields: OutletFields, wrong: dict[str, str]) -> None:
    if not fields.name or len(fields.name) > LONGEST_LINE:
        wrong["name"] = _("Give the name as it is printed, at most 200 characters.")
    if fields.country not in load_regions() and fields.country not in SUPRANATIONAL:
        wrong["country"] = _("Choose a country: two capital letters such as FR, or EU or INT.")
    if fields.kind not in KINDS:
        wrong["kind"] = _("Choose a kind of the list.")
    if fields.text not in TEXT_SOURCES:
        wrong["text"] = _("Choose where the text comes from.")
    if fields.home and (
        mistake := address_wrong(fields.home, frozenset({urlsplit(fields.home).netloc}) if _sound(fields.home) else frozenset())
    ):
        wrong["home"] = mistake
    if len(fields.owner) > LONGEST_LINE:
        wrong["owner"] = _("At most 200 characters.")
    if len(fields.note) > LONGEST_NOTE:
        wrong["note"] = _("At most 4,000 characters.")


def _sound(address: str) -> bool:
    return address_mistake(address) is None


def _weight(text: str, wrong: dict[str, str]) -> float:
    number = text.replace(",", ".")
    if re.fullmatch(r"[0-9](\.[0-9]{1,3})?", number) and LIGHTEST <= float(number) <= HEAVIEST:
        return float(number)
    wrong["weight"] = _("A number between 0.2 and 1.")
    return LIGHTEST


def _language(text: str, name: str, wrong: dict[str, str], *, needed: bool = False) -> str:
    code = canonical_language(text) if text else None
    if code is None and (text or needed):
        wrong[name] = _("A language code such as fr, en or pt-BR.")
    return code or ""


def _feeds(
    fields: OutletFields, sections: Sequence[str], wrong: dict[str, str], local: frozenset[str]
) -> tuple[tuple[Feed, ...], dict[str, str]]:
    """The feeds that have an address; one whose address was emptied is dropped."""
    feeds, renamed, seen = [], {}, set()
    for one in fields.feeds:
        if not one.url:
            continue
        mistake = "" if one.url == one.was else address_wrong(one.url, local)
        if feed_key(one.url) in seen:
            mistake = _("This address is there twice.")
        seen.add(feed_key(one.url))
        if mistake:
            wrong[f"{one.key}-url"] = mistake
        if one.section and one.section not in sections:
            wrong[f"{one.key}-section"] = _("Choose a section of the desk.")
        spoken = _language(one.language, f"{one.key}-language", wrong)
        every = _every(one, wrong)
        if one.was and one.was != one.url:
            renamed[one.was] = one.url
        feeds.append(Feed(one.url, one.section or None, spoken or None, every, one.enabled, one.format, one.note))
    return tuple(feeds), renamed


def _every(one: FeedFields, wrong: dict[str, str]) -> timedelta | None:
    if not one.every:
        return None
    match = re.fullmatch(r"([1-9][0-9]{0,4})([mhd])", one.every)
    every = int(match[1]) * _UNITS[match[2]] if match else timedelta(0)
    if SHORTEST_EVERY <= every <= LONGEST_EVERY:
        return every
    wrong[f"{one.key}-every"] = _("For instance 30m, 2h or 1d: between 15 minutes and 30 days. Empty: as often as it publishes.")
    return None


def _host_slug(fields: OutletFields) -> str:
    """For a name without Latin letters: the host of its site or feed."""
    for address in (fields.home, *(feed.url for feed in fields.feeds)):
        made = slug(host_of(address)) if address else None
        if made:
            return made
    return "outlet"


def _plain(text: str) -> str:
    """Without characters no field holds: NUL, controls, halves of a pair."""
    return "".join(sign for sign in text if sign in "\n\t" or (sign.isprintable() or sign == "\u00a0")).replace("\r", "")

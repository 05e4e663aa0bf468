"""A digest as a letter in the person's language: a worklist that fits what mail readers show, whatever the day was."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from monitor.records import Desk, Digest, DigestAlert, DigestFollow, DigestLead, DigestSilence, Letter, Sender
from monitor.render.foreign import Foreign, foreign
from monitor.render.letter import letter
from monitor.render.mail_styles import MOST_BYTES, inlined
from monitor.render.templates import fill

SOON = 24 * 3600
"""Seconds before the end of a claim from which it is marked."""
LEVELS = ((48, 16, 16, 20), (30, 12, 10, 14), (18, 8, 8, 10), (10, 5, 5, 8), (5, 3, 3, 5))
"""New leads, lines of the other kinds, alerts and silent outlets a mail shows; the first level whose HTML fits is taken."""
LONGEST_HEADLINE = 200
TELLERS = 3
_BLANK_LINES = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True)
class DigestFrame:
    """What every digest of one run shares: the sender, the desk, its zone, and labels of themes by id and language."""

    sender: Sender
    desk: Desk
    zone: tzinfo
    themes: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who a digest goes to."""

    email: str
    name: str
    language: str


@dataclass(frozen=True, slots=True)
class Written:
    """A digest in words: subject, and the same content as text and as HTML."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Line:
    """One lead as the templates print it; moments are of the desk's zone, without it."""

    headline: Foreign
    href: str
    tellers: tuple[tuple[Foreign, str], ...]
    others: int
    articles: int
    more: int
    themes: str
    by: Foreign | None
    until: datetime | None
    soon: bool
    followed: bool


@dataclass(frozen=True, slots=True)
class Part:
    """One section of the desk with its new leads, and how many are only on the page."""

    label: str
    lines: tuple[Line, ...]
    left_out: int


def digest_letter(digest: Digest, to: Recipient, frame: DigestFrame, *, key: str, unsubscribe: str = "") -> Letter:
    """The letter with one person's digest; raises MailRefused as `letter` does."""
    written = write(digest, to.language, frame, unsubscribe=unsubscribe)
    return letter(
        kind="digest",
        key=key,
        sender=frame.sender,
        recipient=to.email,
        recipient_name=to.name,
        subject=written.subject,
        text=written.text,
        html=written.html,
        language=to.language,
        at=digest.made_at,
        list_id="digest",
        unsubscribe=unsubscribe,
        bulk=True,
    )


def write(digest: Digest, language: str, frame: DigestFrame, *, unsubscribe: str = "") -> Written:
    """A digest in words, cut so that its HTML is at most 102 kB."""
    subject, html, values = "", "", {}
    for level in LEVELS:
        values = _values(digest, language, frame, level) | {"unsubscribe": unsubscribe}
        subject = foreign(fill("mail/digest_subject.txt", values, language)).text
        html = inlined(fill("mail/digest.html", values | {"title": subject}, language))
        if len(html.encode()) <= MOST_BYTES:
            break
    text = fill("mail/digest.txt", values | {"title": subject}, language).strip() + "\n"
    return Written(subject, _BLANK_LINES.sub("\n\n", text), html)


def _values(digest: Digest, language: str, frame: DigestFrame, level: tuple[int, int, int, int]) -> dict[str, Any]:
    most_new, most, most_alerts, most_silent = level
    site, local = frame.sender.site, _Local(frame.zone)
    line = _Lines(digest.made_at, language, frame)
    return {
        "desk": foreign(frame.desk.name, longest=120).text,
        "day": digest.local_date,
        "hour": frame.desk.digest_at,
        "since": local(digest.since),
        "late": digest.late,
        "empty": digest.is_empty,
        "counts": {"new": len(digest.new), "grown": len(digest.grown), "alerts": len(digest.alerts)},
        "first": [foreign(one.headline, one.language, 90) for one in (*digest.new, *digest.grown)[:2]],
        "troubles": dict(digest.troubles),
        "mine": [line(one) for one in digest.mine[:most]],
        "mine_more": max(0, len(digest.mine) - most),
        "deadlines": [
            {"title": foreign(one.title), "number": one.number, "language": one.language, "at": local(one.deadline)}
            for one in digest.deadlines[:6]
        ],
        "alerts": [_alert(one, site) for one in digest.alerts[:most_alerts]],
        "alerts_more": max(0, len(digest.alerts) - most_alerts),
        "parts": _parts(digest.new, most_new, line, frame.desk, language),
        "grown": [line(one) for one in digest.grown[:most]],
        "grown_more": max(0, len(digest.grown) - most),
        "followed": [_follow(one, site) for one in digest.followed[:most]],
        "claimed": [line(one) for one in digest.claimed[:most]],
        "claimed_more": max(0, len(digest.claimed) - most),
        "silent": [_silence(one, local) for one in digest.silent[:most_silent]],
        "silent_more": max(0, len(digest.silent) - most_silent),
        "elsewhere": [(_label(section, frame.desk, language), count) for section, count in _ordered(digest.elsewhere, frame.desk)],
        "site": site,
        "page": f"{site}/digest/{digest.local_date.isoformat()}" if site else "",
        "today": f"{site}/" if site else "",
        "wishes": f"{site}/me#mail" if site else "",
    }


class _Local:
    """Moments in the desk's zone, without it: the templates print them as they are."""

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone

    def __call__(self, at: datetime | None) -> datetime | None:
        return at.astimezone(self._zone).replace(tzinfo=None) if at else None


class _Lines:
    """Leads as lines of the mail."""

    def __init__(self, now: datetime, language: str, frame: DigestFrame) -> None:
        self._now, self._language, self._frame, self._local = now, language, frame, _Local(frame.zone)

    def __call__(self, lead: DigestLead) -> Line:
        site = self._frame.sender.site
        themes = [self._frame.themes.get(theme, {}).get(self._language, theme) for theme in lead.themes[:3]]
        tellers = tuple((foreign(outlet, longest=60), language) for outlet, language in lead.told[:TELLERS])
        return Line(
            headline=foreign(lead.headline, lead.language, LONGEST_HEADLINE),
            href=f"{site}/story/{lead.story}" if site else "",
            tellers=tellers,
            others=max(0, lead.outlets - len(tellers)),
            articles=lead.articles,
            more=lead.more,
            themes=" · ".join(foreign(theme, longest=60).text for theme in themes),
            by=foreign(lead.by, longest=80) if lead.by else None,
            until=self._local(lead.until),
            soon=lead.until is not None and (lead.until - self._now).total_seconds() < SOON,
            followed=lead.followed,
        )


def _parts(new: Sequence[DigestLead], most: int, line: _Lines, desk: Desk, language: str) -> list[Part]:
    """New leads by section; when there are too many each section keeps its share, the first of its queue."""
    by_section: dict[str, list[DigestLead]] = {}
    for lead in new:
        by_section.setdefault(lead.section, []).append(lead)
    shown = _shares({section: len(leads) for section, leads in by_section.items()}, most)
    return [
        Part(_label(section, desk, language), tuple(line(lead) for lead in leads[: shown[section]]), len(leads) - shown[section])
        for section, leads in by_section.items()
    ]


def _shares(counts: Mapping[str, int], most: int) -> dict[str, int]:
    """How many of each may be shown when all together may be `most`: one by one in turn until nothing is left to give."""
    shares = dict.fromkeys(counts, 0)
    left = most
    while left > 0 and (wanting := [name for name in counts if shares[name] < counts[name]]):
        for name in wanting[:left]:
            shares[name] += 1
        left -= len(wanting)
    return shares


def _label(section: str, desk: Desk, language: str) -> str:
    """The printed name of a section; "" when it has none."""
    for known in desk.sections:
        if known.id == section:
            return known.label.get(language) or next(iter(known.label.values()), section)
    return foreign(section, longest=60).text


def _ordered(counts: Mapping[str, int], desk: Desk) -> Iterable[tuple[str, int]]:
    places = {known.id: place for place, known in enumerate(desk.sections)}
    return sorted(counts.items(), key=lambda pair: places.get(pair[0], len(places)))


def _alert(alert: DigestAlert, site: str) -> dict[str, Any]:
    return {
        "headline": foreign(alert.headline, alert.language, LONGEST_HEADLINE),
        "href": f"{site}/story/{alert.story}" if site else "",
        "outlet": foreign(alert.outlet, longest=60),
        "rules": " · ".join(foreign(rule, longest=80).text for rule in alert.rules[:4]),
        "others": max(0, alert.articles - 1),
    }


def _follow(follow: DigestFollow, site: str) -> dict[str, Any]:
    headline = foreign(follow.headline, follow.language, LONGEST_HEADLINE)
    return {"headline": headline, "href": f"{site}/story/{follow.story}" if site else "", "more": follow.more}


def _silence(silence: DigestSilence, local: _Local) -> dict[str, Any]:
    return {"name": foreign(silence.name, longest=60), "since": local(silence.since)}

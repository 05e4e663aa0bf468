"""Chooses the headline among what a page offers, and takes the outlet's name off its end.

Bare extraction found the exact headline on 178 of 258 pages: it kept outlet names (docs/design-notes.md). The order og:title, JSON-LD
headline, h1, title is the one that is right most often where they differ (benchmarks/reading/text.py).
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from difflib import SequenceMatcher
from itertools import pairwise

from monitor.pipeline.clean import clean_title
from monitor.pipeline.extract_facts import Facts

_SEPARATOR = re.compile(r"\s+[|｜ㅣ·•»«›—–*-]\s+|\s*[|｜ㅣ]\s*|\s+::?\s+|\s*[-–—]{2}\s*|：(?=[^：]{2,20}$)")
_AFTER_HEADLINE = "|｜ㅣ-–—·•*»«›<>："
_ALIKE = 0.75
_PAIRS_ALIKE = 0.4  # share of pairs of letters below which no two editions of a headline were seen
_WORDS = re.compile(r"\w+")


def choose_title(facts: Facts, headings: list[str], host: str, outlets: Iterable[str], feed_title: str) -> str:
    """The headline in one clean line; `outlets` are names the page or the desk gives the outlet."""
    outlets = [name for name in outlets if name]
    written = [*outlets, *(name.lower().removeprefix("the ") for name in outlets), host, host.split(".")[0], host.rsplit(".", 1)[0]]
    names = {squeezed(name) for name in written} - {""}
    offers = [facts.first("og:title"), facts.said("headline"), *headings[:1], facts.first("twitter:title", "dc.title", "title")]
    offers = [clean_title(html.unescape(offer)) for offer in (*offers, facts.title)]
    feed_title = clean_title(feed_title)
    shorn = [without_outlet(offer, names, [other for other in (*offers, *headings, feed_title) if other]) for offer in offers]
    good = [title for title in shorn if title and squeezed(title) not in names]
    return next(iter(good), feed_title)


def without_outlet(title: str, names: set[str], others: list[str]) -> str:
    """The headline without the parts at its end that name the outlet or its section.

    A part goes when it names the outlet, or when another offer is exactly the headline without it.
    """
    ends = [other for other in others if 12 <= len(other) < len(title)]
    for other in ends:
        if title.startswith(other) and title[len(other) :].lstrip()[:1] in _AFTER_HEADLINE:
            return other
        if title.endswith(other) and title[: -len(other)].rstrip()[-1:] in ("|", "｜"):
            return other
    parts = list(_SEPARATOR.finditer(title))
    for cut in parts:
        head, tail = title[: cut.start()].strip(), title[cut.end() :].strip()
        if not head or len(head) < 8:
            continue
        if _names_outlet(tail, names) or head in others:
            return head
    if parts and _names_outlet(title[: parts[0].start()].strip(), names):
        return title[parts[0].end() :].strip()
    return title


def _names_outlet(text: str, names: set[str]) -> bool:
    """Whether the text is the outlet's name, alone or as last or first of several parts (`World News | Metro News`)."""
    tail = squeezed(text)
    if not tail or len(text) > 60:
        return False
    if tail in names or any(len(name) > 4 and (tail.startswith(name) or tail.endswith(name)) for name in names):
        return True
    return len(tail) > 4 and any(tail in name for name in names if len(name) < 3 * len(tail))


def squeezed(text: str) -> str:
    """Lower-case letters and digits only, to compare names."""
    return "".join(_WORDS.findall(text.lower())).replace("_", "")


def alike(a: str, b: str) -> bool:
    """Whether two squeezed headlines are three quarters the same; those whose lengths or pairs of letters forbid it are not compared."""
    a, b = a[:400], b[:400]
    if 2 * min(len(a), len(b)) <= _ALIKE * (len(a) + len(b)):
        return False
    pairs, others = set(pairwise(a)), set(pairwise(b))
    if 2 * len(pairs & others) < _PAIRS_ALIKE * (len(pairs) + len(others)):
        return False
    return SequenceMatcher(None, a, b, autojunk=False).ratio() > _ALIKE

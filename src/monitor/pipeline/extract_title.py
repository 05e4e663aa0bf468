"""Chooses the headline among what a page offers, and takes the outlet's name off its end.

Bare extraction found the exact headline on 178 of 258 pages: it kept outlet names (docs/design-notes.md). The order og:title, JSON-LD
headline, h1, title is the one that is right most often where they differ; where the offers outvote og:title is said at `_edition`
(benchmarks/reading/text.py).
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from itertools import pairwise

from monitor.pipeline.clean import clean_title
from monitor.pipeline.extract_facts import Facts

_SEPARATOR = re.compile(r"\s+[|｜ㅣ·•»«›—–*-]\s+|\s*[|｜ㅣ]\s*|\s+::?\s+|\s*[-–—]{2}\s*|：(?=[^：]{2,20}$)")
_AFTER_HEADLINE = "|｜ㅣ-–—·•*»«›<>："
_BARS = "|｜ㅣ"
_KICKER = re.compile(r"\s?[:|]\s+|\s+[-–—]\s+")
_SHORTEST_CORE, _LONGEST_KICKER = 20, 60
_TYPOGRAPHY = str.maketrans({**dict.fromkeys("‘’‚‛", "'"), **dict.fromkeys("“”„‟«»", '"'), **dict.fromkeys("–—−", "-"), "…": "..."})
_ALIKE = 0.75
_PAIRS_ALIKE = 0.4  # share of pairs of letters below which no two editions of a headline were seen
_WORDS = re.compile(r"\w+")


def choose_title(facts: Facts, headings: list[str], host: str, outlets: Iterable[str], feed_title: str) -> str:
    """The headline in one clean line; `outlets` are names the page or the desk gives the outlet."""
    outlets = [name for name in outlets if name]
    written = [*outlets, *(name.lower().removeprefix("the ") for name in outlets), host, host.split(".")[0], host.rsplit(".", 1)[0]]
    names = {squeezed(name) for name in written} - {""}
    told = [facts.first("og:title"), facts.said("headline"), _heading(headings, facts.title)]
    told += [facts.first("twitter:title", "dc.title", "title"), facts.title]
    offers = [clean_title(html.unescape(offer)) for offer in told]
    others = [other for other in (*offers, *headings, clean_title(feed_title)) if other]
    agreed = offers[0] if offers[0] == offers[1] else ""  # said twice in so many words: nothing but the outlet's name is taken off
    shorn = [without_outlet(offer, names, [] if offer == agreed else others) for offer in offers]
    good = [title if squeezed(title) not in names else "" for title in shorn]
    return _edition(good, clean_title(html.unescape(facts.said("alternativeHeadline")))) or clean_title(feed_title)


def _heading(headings: Sequence[str], title: str) -> str:
    """The h1 with which the page's title begins, else the first: some pages make their name or their login an h1 as well."""
    begin = squeezed(title)
    return next((heading for heading in headings if len(heading) > 8 and begin.startswith(squeezed(heading))), next(iter(headings), ""))


def _edition(offers: list[str], alternative: str) -> str:
    """The edition of the headline to keep, of og:title, JSON-LD headline, h1, twitter:title and title: the first unless it is outvoted.

    A headline that JSON-LD gives twice outvotes og:title, and so does one of three fields where og:title stands alone and the fields tell
    three editions or more. Two editions settle nothing: of eleven pages on which JSON-LD, h1 and title agree against og:title, it was
    the headline wanted on ten.
    """
    first, stated = next(filter(None, offers), ""), offers[1]
    editions = Counter(squeezed(offer) for offer in offers if offer)
    if offers[0] and stated and squeezed(first) != squeezed(stated):
        commonest, votes = editions.most_common(1)[0]
        if squeezed(stated) == squeezed(alternative):
            first = stated
        elif editions[squeezed(first)] == 1 and len(editions) > 2 and votes > 2:
            first = next(offer for offer in offers if squeezed(offer) == commonest)
    return _without_kicker(_spelt(first, offers), offers)


def _spelt(title: str, offers: list[str]) -> str:
    """The headline with the quotation marks and dashes in which most offers spell it."""
    plain = title.translate(_TYPOGRAPHY)
    spellings = Counter([title, *(offer for offer in offers if offer and offer.translate(_TYPOGRAPHY) == plain)])
    spellings[title] -= 1
    return max(spellings, key=lambda spelling: spellings[spelling])  # the first of equals: the title itself


def _without_kicker(title: str, offers: list[str]) -> str:
    """The headline without the label before it when another offer has the same headline after another label (`Politics - …`)."""
    cut = _KICKER.search(title)
    if cut is None or cut.start() > _LONGEST_KICKER or len(title) - cut.end() < _SHORTEST_CORE:
        return title
    label, core = set(_WORDS.findall(title[: cut.start()].lower())), title[cut.end() :]
    for offer in offers:
        before = offer[: -len(core)].rstrip() if offer.endswith(core) else ""
        other = _WORDS.findall(before.lower())
        if other and len(before) <= _LONGEST_KICKER and before[-1] in ":|-–—" and label.isdisjoint(other):
            return core
    return title


def without_outlet(title: str, names: set[str], others: list[str]) -> str:
    """The headline without the parts at its end that name the outlet or its section.

    A part goes when it names the outlet, or when another offer is exactly the headline without it.
    """
    ends = [other for other in others if 12 <= len(other) < len(title)]
    for other in ends:
        rest = title[len(other) :].lstrip() if title.startswith(other) else ""
        if rest and (rest[0] in _AFTER_HEADLINE or (title[len(other)] == " " and _names_outlet(rest, names))):
            return other
        if title.endswith(other) and title[: -len(other)].rstrip()[-1:] in ("|", "｜"):
            return other
    parts = list(_SEPARATOR.finditer(title))
    for cut in parts:
        head, tail = title[: cut.start()].strip(), title[cut.end() :].strip()
        if not head or len(head) < 8:
            continue
        begun = cut[0].strip() in _BARS and tail.partition(" ")[0].lower() in names  # `| CNN Politics`: too short a name elsewhere
        if begun or _names_outlet(tail, names) or head in others:
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

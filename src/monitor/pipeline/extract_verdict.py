"""Says how much of an article could be read, whether it stands behind a paywall (P47), and whether its rights are reserved (P46)."""

from __future__ import annotations

import re
from itertools import islice

from lxml.html import HtmlElement

from monitor.pipeline.extract_facts import Facts, kinds_of
from monitor.pipeline.extract_title import squeezed
from monitor.records import Rights, Verdict

FULL_FROM = 250  # characters; shorter texts are notices, captions or a lead
PAYWALLED_BELOW = 2_500  # a longer text is the article, whatever its markup says of subscribers
_PAYWALL_MARK = re.compile(
    r"\b(?:paywall|piano-?(?:offer|inline)|tp-container|subscriber-?only|subscription-?required|premium-?(?:content|wall)|regwall|meter-?wall|"
    r"article-?locked|locked-?content|abo-?(?:wall|teaser)|reserved-?to-?subscribers)\b",
    re.IGNORECASE,
)
_PARTS_OF_MARKS = ("wall", "piano", "tp-container", "subscri", "premium", "locked")  # one of them is in every mark; found much faster
_CHALLENGE = re.compile(r"enable javascript|checking your browser|verify you are (?:a )?human|access denied|are you a robot", re.IGNORECASE)


def is_paywalled(facts: Facts, tree: HtmlElement) -> bool:
    """Whether the page says that not all of it is free: isAccessibleForFree false, also on a part, or a known marker."""
    for found in facts.objects:
        if _is_no(found.get("isAccessibleForFree")) and ("article" in kinds_of(found).lower() or found is facts.article):
            return True
        if _is_no(found.get("isAccessibleForFree")) and "webpageelement" in kinds_of(found).lower():
            return True
    tier = facts.first("article:content_tier", "content_tier").lower()
    return tier in ("locked", "metered", "paid", "premium") or _marked(tree)


def _is_no(value: object) -> bool:
    return value is False or (isinstance(value, str) and value.strip().lower().rsplit("/", 1)[-1] in ("false", "no", "0"))


def _marked(tree: HtmlElement) -> bool:
    """An element whose class or id names a wall; only the first thousand block elements are looked at."""
    blocks = islice(tree.iter("div", "section", "aside"), 1_000)
    marks = "\n".join(mark for block in blocks for mark in (block.get("class"), block.get("id")) if mark)
    lowered = marks.lower()
    return any(part in lowered for part in _PARTS_OF_MARKS) and bool(_PAYWALL_MARK.search(marks))


def rights_of(facts: Facts) -> Rights:
    """Reserved when the page's own meta tags reserve text mining or refuse AI; hints to search engines do not."""
    if any(value.strip() == "1" for value in facts.meta.get("tdm-reservation", ())):
        return "reserved"
    robots = " ".join(facts.meta.get("robots", []) + facts.meta.get("pressmonitor", [])).lower()
    return "reserved" if re.search(r"\bno(?:image)?ai\b", robots) else "open"


def is_granted(facts: Facts) -> bool:
    """Whether the page's own meta tags say that nothing is reserved."""
    return any(value.strip() == "0" for value in facts.meta.get("tdm-reservation", ()))


def judge(text: str, *, lead: str, paywalled: bool, article: bool) -> tuple[Verdict, str]:
    """The verdict on a reading, and a sentence why it is not full."""
    if not text.strip():
        return "failed", "No article text was found on the page."
    if len(text) < FULL_FROM * 2 and _CHALLENGE.search(text):
        return "failed", "The page asks for a browser instead of showing the article."
    if paywalled and len(text) < PAYWALLED_BELOW:
        return "paywalled", "The page shows only the free part of a paid article."
    if len(text) < FULL_FROM and not (article and len(text) > len(lead) + 80):
        return "summary", "The page shows hardly more than a summary."
    if lead and len(text) < len(lead) + 80 and squeezed(text)[:200] in squeezed(lead):
        return "summary", "The page shows only its own summary."
    return "full", ""

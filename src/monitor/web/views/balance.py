"""Balance: where the desk's articles come from and what they tell of, over time, and what the desk does not see."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from monitor.pipeline import quota
from monitor.pipeline.balance import PERIODS, below_share
from monitor.store import pages_balance
from monitor.store.pages_balance import BalanceView
from monitor.web import balance_words, language
from monitor.web.access import READ, allow
from monitor.web.page import facts_of, show

USUAL = 28
SHOWN = 12
"""Lines of a ranked list before the fold."""
TRENDS = 8
OWED = quota.LEAST / quota.SIZE
"""The share of the queue each region's section is owed; below it a section is thin."""


@allow(READ, "GET")
def balance(request: HttpRequest) -> HttpResponse:
    """The balance of the last 7, 28 or 90 days (`?days=`)."""
    asked = request.GET.get("days", "")
    days = int(asked) if asked in {str(length) for length in PERIODS} else USUAL
    view = pages_balance.balance(days)
    context: dict[str, Any] = {"page": "balance", "days": days, "periods": PERIODS, "view": view, "cited": _cited()}
    if view is not None:
        context |= _told(request, view)
    return show(request, "balance.html", context)


def _told(request: HttpRequest, view: BalanceView) -> dict[str, Any]:
    facts, spoken = facts_of(request), get_language() or "en"
    now, whole = view.period["now"], view.period["counted_before"] == view.period["days"] == view.period["counted"]
    before: Mapping[str, Any] | None = view.period["before"] if whole else None
    total = sum(now["press"].values())
    names: dict[str, Callable[[str], str]] = {
        "section": lambda key: facts.section_label(key, spoken),
        "theme": lambda key: facts.theme_label(key, spoken),
        "language": language.name,
        "press": lambda key: balance_words.country(key, spoken),
        "place": lambda key: balance_words.country(key, spoken),
        "outlet": lambda key: view.outlets.get(key, (key, "", ""))[0],
    }
    ranked = {kind: balance_words.rows(now[kind], before[kind] if before else None, name, total) for kind, name in names.items()}
    told_of, told_by = balance_words.regions(now["place"]), balance_words.regions(now["press"])
    return {
        "total": total,
        "whole": whole,
        "partly": view.period["counted"] < view.period["days"],
        "sections": ranked["section"],
        "lists": [(kind, title, ranked[kind][:SHOWN], ranked[kind][SHOWN:]) for kind, title in _titles()],
        "trends": [
            (kind, title, balance_words.trends(view.weeks, kind, [row.key for row in ranked[kind][:TRENDS]], names[kind]))
            for kind, title in (("section", _("Sections by week")), ("theme", _("Themes by week")), ("language", _("Languages by week")))
        ],
        "week_count": len(view.weeks),
        "maps": [_map(_("Regions told of"), told_of), _map(_("Regions whose press tells"), told_by)],
        "outlets": view.period["outlets"],
        "spots": [balance_words.spot(one, spoken) for one in view.period["one_press"]],
        "thin": [names["section"](key) for key in below_share(now["section"], _wanted(request), OWED)],
        "owed": round(100 * OWED),
        "silent": [language.name(code) for code in view.spoken if not now["language"].get(code)],
        "unheard": [str(balance_words.REGIONS[code]) for code in balance_words.REGIONS if not told_by.get(code)],
    }


def _cited() -> dict[str, Any]:
    """What the last editions cited, as ranked lists; no lists while nothing was published."""
    found, spoken = pages_balance.cited(), get_language() or "en"
    names: tuple[tuple[str, str, Mapping[str, int], Callable[[str], str]], ...] = (
        ("regions", _("Regions"), balance_words.regions(found.countries), lambda key: str(balance_words.REGIONS.get(key, key))),
        ("countries", _("Countries of the press"), found.countries, lambda key: balance_words.country(key, spoken)),
        ("languages", _("Languages"), found.languages, language.name),
        ("outlets", _("Outlets"), found.outlets, str),
    )
    lists = [(kind, title, balance_words.rows(counts, None, name, found.sources)[:SHOWN]) for kind, title, counts, name in names]
    return {"editions": found.editions, "sources": found.sources, "lists": lists if found.sources else []}


def _titles() -> tuple[tuple[str, str], ...]:
    return (
        ("section", _("Sections")),
        ("theme", _("Themes")),
        ("place", _("Countries told of")),
        ("press", _("Countries of the press")),
        ("language", _("Languages")),
        ("outlet", _("Outlets")),
    )


def _map(title: str, counts: dict[str, int]) -> dict[str, Any]:
    table = sorted(((str(name), counts.get(code, 0)) for code, name in balance_words.REGIONS.items()), key=lambda one: (-one[1], one[0]))
    return {"title": title, "tiles": balance_words.tiles(counts), "words": balance_words.map_words(title, counts), "table": table}


def _wanted(request: HttpRequest) -> list[str]:
    """The sections of a region; stories of no region are owed nothing."""
    return list(quota.quota_for(section.id for section in facts_of(request).desk.sections).owed)

"""The table of outlets: which are shown, in which order, and how many have which trouble."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.translation import gettext as _

from monitor.config.countries import section_of_country
from monitor.store.pages import DeskFacts
from monitor.store.pages_outlets import IndexLine, OutletLine
from monitor.web import doctor_words

PAGE = 40
ATTENTION = 2
"""From this severity on an outlet needs a look (pipeline/source_doctor.RANK)."""
SORTS = ("trouble", "section", "name", "volume")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the address of the table asks for."""

    sort: str
    trouble: str
    attention: bool
    words: str
    page: int

    def address(self, **changed: object) -> str:
        """The address of the same table with something changed; a change begins at the first page."""
        values = {"sort": self.sort, "trouble": self.trouble, "health": "attention" if self.attention else "", "q": self.words}
        values |= {"page": ""} | {key: str(value) for key, value in changed.items()}
        return "?" + urlencode({key: value for key, value in values.items() if value and (key, value) != ("sort", "trouble")})


def wanted(request: HttpRequest) -> Wanted:
    """What is asked for; what is not understood is the default."""
    get = request.GET
    page = get.get("page", "")
    return Wanted(
        sort=get["sort"] if get.get("sort") in SORTS else "trouble",
        trouble=get["trouble"] if get.get("trouble") in doctor_words.NAME else "",
        attention=get.get("health") == "attention",
        words=get.get("q", "").strip()[:80],
        page=int(page) if page.isdecimal() and len(page) < 6 and int(page) else 1,
    )


def chosen(index: Sequence[IndexLine], asked: Wanted, facts: DeskFacts) -> list[IndexLine]:
    """The outlets asked for, in the order asked for."""
    words = asked.words.casefold()
    lines = [
        line
        for line in index
        if (not asked.attention or line.severity >= ATTENTION)
        and (not asked.trouble or asked.trouble in line.codes)
        and (not words or words in line.name.casefold() or words in line.slug or words == line.country.casefold())
    ]
    orders: Mapping[str, Callable[[IndexLine], tuple[object, ...]]] = {
        "trouble": lambda line: (-line.severity, not line.enabled, line.name.casefold()),
        "name": lambda line: (line.name.casefold(),),
        "volume": lambda line: (-line.month, line.name.casefold()),
        "section": lambda line: (_place(line.country, facts), line.country, line.name.casefold()),
    }
    return sorted(lines, key=orders[asked.sort])


def counts(index: Sequence[IndexLine]) -> list[tuple[str, str, int]]:
    """Each trouble with its name and how many outlets have it, the most first."""
    told = Counter(code for line in index for code in set(line.codes))
    order = list(doctor_words.NAME)
    return [(code, doctor_words.name(code), told[code]) for code in sorted(told, key=lambda code: (-told[code], order.index(code)))]


def grouped(lines: Sequence[OutletLine], asked: Wanted, facts: DeskFacts, language: str) -> list[tuple[str, list[OutletLine]]]:
    """The lines under their section's label when they are sorted by it, else in one group without a name."""
    if asked.sort != "section":
        return [("", list(lines))] if lines else []
    groups: dict[str, list[OutletLine]] = {}
    for line in lines:
        section = section_of_country().get(line.country, "")
        known = section in {one.id for one in facts.desk.sections}
        groups.setdefault(facts.section_label(section, language) if known else _("International"), []).append(line)
    return list(groups.items())


def _place(country: str, facts: DeskFacts) -> int:
    order = [section.id for section in facts.desk.sections]
    section = section_of_country().get(country, "")
    return order.index(section) if section in order else len(order)

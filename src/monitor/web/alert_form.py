"""The form of an alert: what was typed, what is wrong with it beside each field, and the preview of what it would have told of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from monitor.config.countries import load_regions
from monitor.errors import QueryError
from monitor.pipeline.query import Query, explain, parse
from monitor.store import alert_docs, pages_search
from monitor.store.alert_docs import Preview
from monitor.store.alert_rules import CADENCES, LONGEST_NAME, MOST_CAP, Wanted
from monitor.store.pages import DeskFacts
from monitor.store.pages_alerts import RuleLine
from monitor.store.pages_search import FoundLine
from monitor.web import language
from monitor.web.story_lines import web_address
from monitor.web.templatetags.desk import plain

SHOWN = 6
LONGEST_QUERY = 2_001  # one more than the language reads, so that it says so itself


@dataclass(frozen=True, slots=True)
class ShownLine:
    """One article of a preview as the template of search prints it."""

    line: FoundLine
    href: str
    section: str
    themes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShownPreview:
    """What an alert would have told of in thirty days: how many articles in how many stories, by language, and the newest of them."""

    count: int
    stories: int
    more: bool
    languages: tuple[tuple[str, int], ...]
    lines: tuple[ShownLine, ...]


@dataclass(slots=True)
class AlertForm:
    """An alert as it stands in the form; `wrong` has a sentence for each field that cannot be kept."""

    name: str = ""
    q: str = ""
    kind: str = "words"
    theme: str = ""
    country: str = ""
    whole_desk: bool = False
    cadence: str = "at_once"
    cap: int = 6
    version: int = 1
    query: Query | None = None
    place: str = ""
    instead: str = ""
    hints: list[str] = field(default_factory=list)
    wrong: dict[str, str] = field(default_factory=dict)

    @property
    def read_as(self) -> str:
        """The query in the form in which it is kept, where that is another than was typed."""
        return self.query.canonical if self.query and self.query.canonical != self.q else ""

    def wanted(self) -> Wanted:
        """What to keep; only of a form in which nothing is wrong."""
        text = self.query.canonical if self.query and self.kind == "words" else ""
        return Wanted(self.name, text, self.q, self.kind, self.theme, self.country, self.whole_desk, self.cadence, self.cap)


def tongue() -> str:
    """The reader's language, of the two the desk speaks."""
    return (get_language() or "en")[:2]


def filled(values: Mapping[str, str], facts: DeskFacts, *, may_desk: bool) -> AlertForm:
    """The form as somebody filled it in."""
    form = AlertForm(
        name=" ".join(plain(values.get("name", "")).split())[: LONGEST_NAME + 1],
        q=values.get("q", "").replace("\0", " ").strip()[:LONGEST_QUERY],
        kind="spike" if values.get("kind") == "spike" else "words",
        theme=values.get("theme", ""),
        country=values.get("country", ""),
        whole_desk=values.get("whole_desk") == "yes" and may_desk,
        cadence=values.get("cadence", "at_once"),
        cap=_number(values.get("cap", "6"), 0),
        version=_number(values.get("version", "1"), 1),
    )
    _check(form, facts)
    return form


def of_rule(line: RuleLine) -> AlertForm:
    """The form as a rule stands; shown with what was typed where that still reads as what is kept."""
    form = AlertForm(line.name, line.query, line.kind, line.theme, line.country, line.whole_desk, line.cadence, line.cap, line.version)
    if line.written:
        try:
            form.q = line.written if parse(line.written, french=tongue() == "fr").canonical == line.query else line.query
        except QueryError:
            form.q = line.query
    if form.kind == "words":
        read(form)
    return form


def _check(form: AlertForm, facts: DeskFacts) -> None:
    if not form.name:
        form.wrong["name"] = _("Give the alert a name: it stands in the subject of its mails.")
    elif len(form.name) > LONGEST_NAME:
        form.wrong["name"] = _("A name has at most %(most)d characters.") % {"most": LONGEST_NAME}
    if form.cadence not in CADENCES:
        form.wrong["cadence"] = _("Choose when you are told.")
    if not 1 <= form.cap <= MOST_CAP:
        form.wrong["cap"] = _("Write a number from 1 to %(most)d.") % {"most": MOST_CAP}
    if form.kind == "spike":
        _check_spike(form, facts)
    else:
        read(form)


def _check_spike(form: AlertForm, facts: DeskFacts) -> None:
    if form.theme and form.theme not in facts.themes:
        form.wrong["theme"] = _("There is no such theme.")
    if form.country and form.country not in load_regions():
        form.wrong["country"] = _("There is no such country.")
    if not form.theme and not form.country:
        form.wrong["theme"] = _("Choose a theme or a country, or both.")


def read(form: AlertForm) -> None:
    """Read the query; what is wrong with it goes beside its field, with the place and what to write instead."""
    if not form.q:
        form.wrong["q"] = _("Write what you want to be told of.")
        return
    try:
        form.query = parse(form.q, french=tongue() == "fr")
    except QueryError as mistake:
        lines = explain(mistake, tongue()).split("\n")
        form.wrong["q"] = lines[0]
        form.place = "\n".join(line[2:] for line in lines[1:-1])
        form.instead = lines[-1]
    else:
        form.hints = [hint.text(tongue()) for hint in form.query.hints if hint.code != "mixed"]


def preview(query: Query, facts: DeskFacts, now: datetime) -> ShownPreview:
    """What an alert with this query would have told of."""
    found: Preview = alert_docs.preview(query, now)
    lines = pages_search.found_lines(query, found.keys[:SHOWN])
    named = tuple((language.name(code) if code else _("unknown language"), count) for code, count in found.languages)
    return ShownPreview(len(found.keys), found.stories, found.more, named, tuple(_line(line, facts) for line in lines))


def _line(line: FoundLine, facts: DeskFacts) -> ShownLine:
    section = facts.section_label(line.section, tongue()) if line.section else ""
    return ShownLine(line, web_address(line.url), section, tuple(facts.theme_label(theme, tongue()) for theme in line.themes))


def _number(text: str, otherwise: int) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else otherwise

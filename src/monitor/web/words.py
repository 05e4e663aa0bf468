"""Plain words for what the machine keeps as codes: health, results of fetches, verdicts, evidence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from monitor.config.countries import country_label
from monitor.store.pages import DeskFacts

Words = Mapping[str, str | Promise]

HEALTH: Words = {
    "ok": gettext_lazy("Well"),
    "new": gettext_lazy("Not polled yet"),
    "failing": gettext_lazy("Failing"),
    "blocked": gettext_lazy("Refuses us"),
    "credentials": gettext_lazy("Asks for a password or payment"),
    "gone": gettext_lazy("Gone"),
    "dormant": gettext_lazy("Given up after months of failures"),
    "not_feed": gettext_lazy("No longer a feed"),
    "robots": gettext_lazy("Its robots.txt asks us not to read it"),
    "paused": gettext_lazy("Paused"),
    "no_feed": gettext_lazy("No feed known"),
}
TONE: Mapping[str, str] = {"ok": "good", "new": "calm", "paused": "calm", "no_feed": "calm", "failing": "warn"}
"""Health → the tone it is shown in; what is not here needs an editor."""

RESULT: Words = {
    "changed": gettext_lazy("New content"),
    "unchanged": gettext_lazy("Same content"),
    "not_modified": gettext_lazy("Not modified (304)"),
    "refused": gettext_lazy("Address refused for safety"),
    "dns": gettext_lazy("Name not found"),
    "connect": gettext_lazy("No connection"),
    "tls": gettext_lazy("Certificate trouble"),
    "timeout": gettext_lazy("Too slow"),
    "reset": gettext_lazy("Connection cut"),
    "truncated": gettext_lazy("Answer incomplete"),
    "too_large": gettext_lazy("Answer too large"),
    "encoding": gettext_lazy("Compression not accepted"),
    "protocol": gettext_lazy("Malformed answer"),
    "redirect": gettext_lazy("Redirect trouble"),
    "http": gettext_lazy("Error answer"),
    "challenge": gettext_lazy("Bot protection answered"),
    "robots": gettext_lazy("Refused by robots.txt"),
    "not_feed": gettext_lazy("Not a feed"),
    "not_html": gettext_lazy("Not a web page"),
    "parser": gettext_lazy("Could not be read"),
}
VERDICT: Words = {
    "full": gettext_lazy("Full text"),
    "summary": gettext_lazy("Summary only"),
    "paywalled": gettext_lazy("Paywalled"),
    "blocked": gettext_lazy("Blocked"),
    "failed": gettext_lazy("Could not be read"),
    "": gettext_lazy("Not read yet"),
}
ZONE: Words = {"title": gettext_lazy("in the headline"), "lead": gettext_lazy("in the opening"), "body": gettext_lazy("in the text")}
ROLE: Words = {"contributor": gettext_lazy("Contributor"), "editor": gettext_lazy("Editor"), "admin": gettext_lazy("Admin")}
KIND: Words = {
    "newspaper": gettext_lazy("newspaper"),
    "agency": gettext_lazy("news agency"),
    "broadcaster": gettext_lazy("broadcaster"),
    "magazine": gettext_lazy("magazine"),
    "specialist": gettext_lazy("specialist press"),
    "government": gettext_lazy("government"),
    "think-tank": gettext_lazy("think tank"),
    "organisation": gettext_lazy("organisation"),
    "blog": gettext_lazy("blog"),
}
TABLES: Mapping[str, Words] = {"health": HEALTH, "result": RESULT, "verdict": VERDICT, "role": ROLE, "kind": KIND}


def say(table: str, code: str) -> str:
    """The words for a code of a table, or the code itself."""
    return str(TABLES[table].get(code, code))


def tone(health: str) -> str:
    """good, calm, warn or bad."""
    return TONE.get(health, "bad")


def evidence(one: Mapping[str, Any], facts: DeskFacts, language: str) -> str:
    """One piece of evidence as a phrase: what it speaks for, the words found and where."""
    name, zone = speaks_for(one, facts, language), str(ZONE.get(str(one.get("zone", "")), ""))
    return _("%(name)s: “%(words)s” %(zone)s") % {"name": name, "words": str(one.get("words", ""))[:120], "zone": zone}


def speaks_for(one: Mapping[str, Any], facts: DeskFacts, language: str) -> str:
    """What one piece of evidence speaks for: a theme, a country, a section, a name."""
    what, _sep, value = str(one.get("what", "")).partition(":")
    if what == "theme":
        return _("theme %(name)s") % {"name": facts.theme_label(value, language)}
    if what == "place":
        return _("country %(name)s") % {"name": country_label(value, language)}
    if what == "section":
        return _("section %(name)s") % {"name": facts.section_label(value, language)}
    return f"{what} {value}".strip()

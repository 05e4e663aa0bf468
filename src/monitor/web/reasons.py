"""Why a lead is here, in words: one table from ranking's codes to sentences; a code it does not know is shown as it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from monitor.store.pages import DeskFacts
from monitor.web import language as languages


def _voices(n: int) -> str:
    return ngettext("%(n)d independent voice", "%(n)d independent voices", n) % {"n": n}


def _countries(n: int) -> str:
    return ngettext("press of %(n)d country", "press of %(n)d countries", n) % {"n": n}


def _growing(n: int) -> str:
    return ngettext("growing: %(n)d new voice in six hours", "growing: %(n)d new voices in six hours", n) % {"n": n}


def _copies(n: int) -> str:
    return ngettext("%(n)d copy of another’s text, not counted", "%(n)d copies of another’s text, not counted", n) % {"n": n}


COUNTED: Mapping[str, Callable[[int], str]] = {
    "voices": _voices,
    "countries": _countries,
    "growing": _growing,
    "agency-copies": _copies,
}
PLAIN = {
    "single-voice": gettext_lazy("told by a single voice so far"),
    "unrated": gettext_lazy("an outlet whose weight nobody has set"),
    "no-theme": gettext_lazy("none of the desk’s themes"),
    "noise": gettext_lazy("close to topics the desk leaves out"),
    "old": gettext_lazy("its newest article is old"),
    "follows": gettext_lazy("continues a story the desk has published on"),
    "pinned": gettext_lazy("pinned by an editor"),
}
PARTS = {
    "breadth": pgettext_lazy("part of the score", "Breadth"),
    "diversity": pgettext_lazy("part of the score", "Diversity"),
    "velocity": pgettext_lazy("part of the score", "Pace"),
    "theme": pgettext_lazy("part of the score", "Theme"),
    "novelty": pgettext_lazy("part of the score", "Novelty"),
    "outlet": pgettext_lazy("part of the score", "Outlets"),
    "fresh": pgettext_lazy("part of the score", "Freshness"),
    "gate": pgettext_lazy("part of the score", "Gate"),
}


def sentence(code: str, facts: DeskFacts, language: str) -> str:
    """One reason as a phrase; `code` is like `voices:5`, `languages:fr,en`, `theme:terror:0.83` or `single-voice`."""
    kind, _sep, rest = code.partition(":")
    if kind in COUNTED and rest.isdecimal():
        return COUNTED[kind](int(rest[:9]))
    if kind == "languages" and rest:
        names = _names(rest)
        return ngettext("in %(names)s", "in %(n)d languages: %(names)s", len(names)) % {"n": len(names), "names": ", ".join(names)}
    if kind == "not-in" and rest:
        return _("not told in %(names)s") % {"names": ", ".join(_names(rest))}
    if kind == "one-country" and rest:
        return _("press of one country only (%(country)s)") % {"country": rest}
    if kind == "theme" and rest:
        return _theme(rest, facts, language)
    if kind in PLAIN:
        return str(PLAIN[kind])
    return code


def part(name: str) -> str:
    """The name of one component of the score."""
    return str(PARTS.get(name, name))


def _names(codes: str) -> list[str]:
    return [languages.name(one) for one in codes.split(",")]


def _theme(rest: str, facts: DeskFacts, language: str) -> str:
    theme, _sep, confidence = rest.partition(":")
    label = facts.theme_label(theme, language)
    try:
        percent = round(100 * float(confidence))
    except (ValueError, OverflowError):
        return _("theme: %(theme)s") % {"theme": label}
    return _("theme: %(theme)s (%(percent)d%% sure)") % {"theme": label, "percent": percent}

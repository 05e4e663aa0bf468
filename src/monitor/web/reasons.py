"""Why a lead is here, in words: one table from ranking's codes to sentences; a code it does not know is shown as it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from monitor.config.countries import country_label
from monitor.store.pages import DeskFacts
from monitor.web import language as languages


def _voices(n: int) -> str:
    return ngettext("%(n)d independent voice", "%(n)d independent voices", n) % {"n": n}


def _countries(n: int) -> str:
    return ngettext("press of %(n)d country", "press of %(n)d countries", n) % {"n": n}


def _growing(n: int) -> str:
    return ngettext("growing: %(n)d new voice in six hours", "growing: %(n)d new voices in six hours", n) % {"n": n}


def _alerts(n: int) -> str:
    return ngettext("matches %(n)d alert of the desk", "matches %(n)d alerts of the desk", n) % {"n": n}


def _heavy(n: int) -> str:
    return ngettext("%(n)d outlet of high weight tells it", "%(n)d outlets of high weight tell it", n) % {"n": n}


def _learning(n: int) -> str:
    return ngettext(
        "what is usual is not known yet: %(n)d day of 7 counted", "what is usual is not known yet: %(n)d days of 7 counted", n
    ) % {"n": n}


def _copies(n: int) -> str:
    return ngettext("%(n)d copy of another’s text, not counted", "%(n)d copies of another’s text, not counted", n) % {"n": n}


COUNTED: Mapping[str, Callable[[int], str]] = {
    "voices": _voices,
    "countries": _countries,
    "growing": _growing,
    "agency-copies": _copies,
    "alerts": _alerts,
    "heavy-outlets": _heavy,
    "no-baseline": _learning,
}
PLAIN = {
    "single-voice": gettext_lazy("told by a single voice so far"),
    "unrated": gettext_lazy("an outlet of low weight"),
    "no-theme": gettext_lazy("none of the desk’s themes"),
    "noise": gettext_lazy("close to topics the desk leaves out"),
    "old": gettext_lazy("its newest article is old"),
    "follows": gettext_lazy("continues a story the desk has published on"),
    "nothing-published": gettext_lazy("nothing published yet to compare it with"),
    "pinned": gettext_lazy("pinned by an editor"),
    "quota": gettext_lazy("moved up so that its section has its places"),
    "cap": gettext_lazy("moved down: its section has its share of the first places"),
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
        return _("press of one country only (%(country)s)") % {"country": country_label(rest, language)}
    if kind in COMPOSED and rest:
        return COMPOSED[kind](rest, facts, language) or code
    return str(PLAIN.get(kind, code))


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


def _grows(rest: str, _facts: DeskFacts, _language: str) -> str:
    """`4:1.2`: how many new voices, and how many are usual."""
    voices, _sep, usual = rest.partition(":")
    if not voices.isdecimal() or (known := _number(usual)) is None:
        return ""
    n = int(voices[:9])
    told = {"n": n, "usual": known}
    return (
        ngettext(
            "growing: %(n)d new voice in six hours, where %(usual)s are usual",
            "growing: %(n)d new voices in six hours, where %(usual)s are usual",
            n,
        )
        % told
    )


def _spike(rest: str, facts: DeskFacts, language: str) -> str:
    """`terror:ML:9:6:1.2`: theme, country, voices, hours, how many are usual."""
    parts = rest.split(":")
    if len(parts) != 5 or not (parts[2].isdecimal() and parts[3].isdecimal()) or (usual := _number(parts[4])) is None:
        return ""
    return _("far more than usual: %(theme)s, %(country)s (%(n)d voices in %(hours)d hours, where %(usual)s are usual)") % {
        "theme": facts.theme_label(parts[0], language),
        "country": country_label(parts[1], language),
        "n": int(parts[2][:9]),
        "hours": int(parts[3][:9]),
        "usual": usual,
    }


def _number(text: str) -> str | None:
    """A number with one decimal as the language of the page writes it; None for what is none."""
    try:
        value = float(text)
    except ValueError:
        return None
    return number_format(value, 1) if 0 <= value < 1e6 else None


COMPOSED: Mapping[str, Callable[[str, DeskFacts, str], str]] = {"theme": _theme, "growing": _grows, "spike": _spike}

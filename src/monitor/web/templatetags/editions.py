"""Template tags of editions: their states, days and changes in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from monitor.render import edition_typography
from monitor.render.edition_forms import Form
from monitor.store.pages_editions import Column, EventLine
from monitor.web import edition_words, language
from monitor.web.templatetags.days import written

register = template.Library()


@register.simple_tag
def edition_state(code: str) -> SafeString:
    """The state of an edition with its tone."""
    return format_html('<span class="health {}">{}</span>', edition_words.TONE.get(code, "calm"), edition_words.state(code))


@register.simple_tag
def form_name(form: Form) -> str:
    """The name of a form an edition is set in."""
    return edition_words.form_name(form.id, form.label)


@register.simple_tag
def done_with(one: EventLine) -> str:
    """What was done with an edition."""
    return edition_words.done(one.kind, one.note)


@register.filter
def day_of(value: date) -> str:
    """A day: 20 March 2026."""
    return written(value, "j F Y")


@register.filter
def language_name(code: str) -> str:
    """A language's name in the language of the page."""
    return language.name(code)


@register.filter
def together(title: str) -> str:
    """A title that is broken after its dashes only, as long as its parts are short; no line begins with a dash."""
    return edition_typography.together(title)


@register.simple_tag
def wish_words(wish: Mapping[str, Any], names: Mapping[str, str], columns: Iterable[Column]) -> str:
    """The change that somebody still wants to make, in words."""
    title = names.get(wish["piece"], "") or "–"
    label = next((one.label for one in columns if one.id == wish["section"]), "")
    if not label:
        return _("“%(title)s” back to the tray") % {"title": title}
    return _("“%(title)s” into %(section)s") % {"title": title, "section": label}


@register.filter
def said_of(said: Mapping[str, list[Any]], piece: str) -> list[Any]:
    """The corrections of a piece."""
    return said.get(piece, [])

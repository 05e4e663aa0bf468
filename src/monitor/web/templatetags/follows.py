"""Story cards in a page, with what the reader follows marked on them."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from django import template
from django.template.context import Context
from django.utils.safestring import SafeString

from monitor.web import drawn_cards, follows
from monitor.web.cards import StoryCard

register = template.Library()


@register.simple_tag(takes_context=True)
def story_card(context: Context, card: StoryCard) -> SafeString:
    """A card as the person of this page sees it."""
    kept = follows.of(context["person"])
    marks = drawn_cards.Marks(", ".join(kept.themes_of(card)), kept.unread(card))
    return SafeString(drawn_cards.card(card, marks, *_around(context)))


@register.simple_tag(takes_context=True)
def story_line(context: Context, card: StoryCard) -> SafeString:
    """An older lead as the person of this page sees it, on a line."""
    return SafeString(drawn_cards.line(card, *_around(context)))


def _around(context: Context) -> tuple[frozenset[str], str, ZoneInfo, date]:
    return frozenset(context["may"]), context["language"], context["zone"], context["now"].date()

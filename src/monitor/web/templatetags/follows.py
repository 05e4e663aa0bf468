"""Marks what the reader follows on a story card, wherever the card is shown."""

from __future__ import annotations

from django import template
from django.template.context import Context

from monitor.web import follows
from monitor.web.cards import StoryCard

register = template.Library()


@register.simple_tag(takes_context=True)
def followed(context: Context, card: StoryCard) -> dict[str, object]:
    """`themes` (printed names of the followed ones) and `unread` (in no language the reader reads) of a card."""
    kept = follows.of(context["request"].user)
    return {"themes": ", ".join(kept.themes_of(card)), "unread": kept.unread(card)}

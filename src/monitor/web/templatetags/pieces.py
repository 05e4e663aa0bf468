"""Template tags of pieces: how far one is, a text's changes, the bits of a printed line."""

from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from monitor.pipeline.piece_text import Change
from monitor.render.edition_sheet import Bit
from monitor.web import piece_words
from monitor.web.templatetags.desk import plain

register = template.Library()


@register.simple_tag
def piece_state(code: str) -> str:
    """How far a piece is."""
    return piece_words.state(code)


@register.simple_tag
def changes(found: Iterable[Change]) -> SafeString:
    """A comparison with what is gone struck out and what is new underlined."""
    tags = {"gone": "del", "new": "ins", "same": "span"}
    return format_html_join("", "<{0}>{1}</{0}>", ((tags[one.kind], plain(one.text)) for one in found))


@register.simple_tag
def only(found: Iterable[Change], kind: str) -> SafeString:
    """One side of a comparison: what is of that side alone is marked."""
    mark = "del" if kind == "gone" else "ins"
    return format_html_join(
        "", "<{0}>{1}</{0}>", (("span" if one.kind == "same" else mark, plain(one.text)) for one in found if one.kind in ("same", kind))
    )


@register.simple_tag
def bits(line: Iterable[Bit]) -> SafeString:
    """A printed line: italics, links, and foreign words isolated in their own language."""
    return SafeString("".join(_bit(one) for one in line))


def _bit(one: Bit) -> str:
    told = format_html("{}", plain(one.text))
    if one.foreign:
        told = (
            format_html('<bdi lang="{}" dir="{}">{}</bdi>', one.language, one.direction, told)
            if one.language
            else format_html("<bdi>{}</bdi>", told)
        )
    told = format_html("<em>{}</em>", told) if one.italic else told
    told = format_html("<strong>{}</strong>", told) if one.bold else told
    return format_html('<a href="{}" rel="noreferrer">{}</a>', one.link, told) if one.link else told

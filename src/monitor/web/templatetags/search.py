"""Template tags of search and of the desk's own feeds: text with marks, and private feed addresses."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from django import template
from django.http import HttpRequest
from django.template.context import Context
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from monitor.pipeline.search_marks import Piece
from monitor.store import feed_keys
from monitor.store.models import Person
from monitor.web import language as languages
from monitor.web.feed_routes import FORMS, feed_route
from monitor.web.templatetags.desk import plain

register = template.Library()


@register.simple_tag
def marked(found: Iterable[Piece], language: str = "") -> SafeString:
    """Text of an outlet in pieces, isolated as `foreign` does, with what was found in <mark>."""
    inside = format_html_join("", "{}", ((format_html("<mark>{}</mark>", plain(text)) if hit else plain(text),) for text, hit in found))
    code = languages.code(language)
    return format_html('<bdi lang="{}" dir="{}">{}</bdi>', code, languages.direction(code), inside) if code else format_html(
        '<bdi dir="auto">{}</bdi>', inside
    )  # fmt: skip


@register.simple_tag(takes_context=True)
def feed_address(context: Context, route: str, form: str, **names: str) -> str:
    """The private address of a feed of the person who looks at the page."""
    return reverse(route, kwargs={"token": _token(context), "form": form, **names})


@register.simple_tag(takes_context=True)
def feed_links(context: Context) -> SafeString:
    """The <link rel=alternate> of the page's own feeds, where it has one."""
    links = (("application/atom+xml", "Atom"), ("application/feed+json", "JSON Feed"))
    found = zip(links, _addresses(context), strict=False)
    return format_html_join("\n", '<link rel="alternate" type="{}" title="{}" href="{}">', ((*link, address) for link, address in found))


@register.simple_tag(takes_context=True)
def feed_notice(context: Context) -> SafeString:
    """The page's feeds as links people can take to their reader."""
    addresses = _addresses(context)
    if not addresses:
        return SafeString("")
    return format_html(
        ' <span class="feeds">{} <a href="{}">Atom</a> · <a href="{}">JSON Feed</a></span>', _("This page as a feed:"), *addresses
    )


def _addresses(context: Context) -> list[str]:
    """The addresses of the page's feeds, Atom first; none where the page has no feed or nobody is signed in."""
    request = cast(HttpRequest | None, context.get("request"))
    if request is None or request.resolver_match is None or not isinstance(context.get("person"), Person):
        return []
    route = feed_route(request)
    if route is None:
        return []
    name, names, asked = route
    token = _token(context)
    return [reverse(name, kwargs={"token": token, "form": form, **names}) + (f"?{asked}" if asked else "") for form in FORMS]


def _token(context: Context) -> str:
    return feed_keys.token_of(cast(Person, context["person"]))

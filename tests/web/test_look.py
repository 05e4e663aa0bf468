"""Light or dark: chosen by browser, kept in a cookie, never more than one of three words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client

from monitor.web import look
from tests.web.reading import elements

pytestmark = pytest.mark.django_db


def shown(client: Client, path: str = "/me") -> tuple[str | None, str]:
    page = client.get(path)
    (root,) = elements(page, "html")
    metas = [meta for meta in elements(page, "meta") if meta.get("name") == "color-scheme"]
    return root.get("data-scheme"), metas[0].get("content")


def test_the_system_decides_until_somebody_chooses(contributor: Client) -> None:
    assert shown(contributor) == (None, "light dark")


@pytest.mark.parametrize("scheme", look.SCHEMES)
def test_a_choice_holds_on_every_page_of_that_browser_alone(contributor: Client, editor: Client, scheme: str) -> None:
    answer = contributor.post("/me/look", {"scheme": scheme})
    cookie = answer.cookies["scheme"]
    assert (answer["Location"], cookie["httponly"], cookie["samesite"], cookie["path"]) == ("/me", True, "Lax", "/")
    assert [shown(contributor, path) for path in ("/", "/me", "/outlets", "/bot")] == [(scheme, scheme)] * 4
    assert shown(editor) == (None, "light dark")
    contributor.post("/me/look", {"scheme": "system"})
    assert shown(contributor) == (None, "light dark")


def test_a_choice_that_is_none_is_told_and_changes_nothing(contributor: Client) -> None:
    contributor.post("/me/look", {"scheme": "dark"})
    assert (contributor.post("/me/look", {"scheme": "sepia"}).status_code, shown(contributor)[0]) == (400, "dark")


def test_what_somebody_wrote_into_the_cookie_never_reaches_the_page(contributor: Client) -> None:
    contributor.cookies["scheme"] = '"><script>'
    assert shown(contributor) == (None, "light dark")


def test_dark_by_choice_and_dark_by_the_system_are_the_same_colours() -> None:
    css = (Path(look.__file__).parent / "static" / "desk" / "tokens.css").read_text()
    by_system = re.search(r'root:not\(\[data-scheme="light"\]\) \{(.*?)\}', css, re.DOTALL)
    by_choice = re.search(r'root\[data-scheme="dark"\] \{(.*?)\}', css, re.DOTALL)
    assert by_system and by_choice
    first, second = (set(re.findall(r"(--[\w-]+): ([^;]+);", found[1])) for found in (by_system, by_choice))
    assert (first, len(first) > 15) == (second, True)

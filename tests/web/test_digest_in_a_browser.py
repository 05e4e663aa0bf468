"""The digest looked at in Chromium: its page, the choices on one's own page, unsubscribing, and the mail itself, light and dark."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer

from monitor.flows import send_digest as flow
from monitor.records import Desk, Sender
from monitor.store import mail_wishes, models, people, story_edits
from tests.fakes import FakeClock
from tests.web import browsing, desk_day, rows
from tests.web.test_in_a_browser import CHROMIUM, SHOTS, _axe, _look, browser

__all__ = ["browser"]
SENDER = Sender("desk@press.example", "Desk", "desk@press.example", "https://desk.press.example")
DESK = Desk(digest_at="10:30")
LOOKS = [("fr", 390, "light"), ("en", 1280, "dark"), ("en", 390, "dark"), ("fr", 1280, "light")]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine (apt install chromium): pages were NOT looked at"),
]


def a_full_day(lang: str) -> models.Person:
    """A desk's day as one person has it: news, growth, own and others' claims, a followed story, a deadline, silence."""
    story = desk_day.fill(12)
    person = rows.a_person("editor", language=lang, password=browsing.PASSWORD)
    people.follow(person, languages=["fr", "en", "de", "es", "ar", "ja", "he"], sections=["africa", "asia", "europe"], themes=[])
    models.Lead.objects.filter(section="europe", headline_language="de").update(
        status="claimed", claimed_by=person, claimed_until=rows.NOW + desk_day._HOURS * 20
    )
    models.DeliveredLead.objects.create(person=person, lead=story.lead, articles=6, at=rows.NOW)
    story_edits.follow(story.uuid, person, rows.NOW)
    models.Edition.objects.create(
        series="review", number=64, language="fr", dated=rows.NOW.date(), deadline=rows.NOW + desk_day._HOURS * 50, made_at=rows.NOW
    )
    return person


@pytest.mark.parametrize(("lang", "width", "scheme"), LOOKS)
def test_the_pages_of_digests_are_sound(browser: Any, live_server: LiveServer, lang: str, width: int, scheme: str) -> None:
    person = a_full_day(lang)
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, locale=lang, base_url=live_server.url)
    page = context.new_page()
    complaints = browsing.complaints(page)
    looked = [_look(page, f"/u/{mail_wishes.unsubscribe_token(person.pk, 'digest')}", lang, width, scheme)]
    browsing.click(page, "main button")
    assert page.locator("main button[value=back]").count() == 1
    browsing.click(page, "main button")
    browsing.sign_in(page, person)
    looked.append(_look(page, "/digest/now", lang, width, scheme))
    flow.send_digest(FakeClock(rows.NOW), DESK, SENDER)
    looked += [_look(page, path, lang, width, scheme) for path in ("/digest", "/me")]
    assert ([found for found in looked if found], complaints) == ([], [])
    context.close()


@pytest.mark.parametrize(("lang", "width", "scheme"), LOOKS)
@pytest.mark.parametrize("day", ["full", "empty"])
def test_the_mail_is_readable_everywhere(browser: Any, tmp_path: Path, day: str, lang: str, width: int, scheme: str) -> None:
    """In the mail itself: nothing wider than the window, contrast enough, dark where it is dark, the preheader unseen."""
    person = a_full_day(lang) if day == "full" else rows.a_person(language=lang)
    html = flow.preview(DESK, SENDER, rows.NOW, person.email).written.html
    (tmp_path / "mail.html").write_text(html, encoding="utf-8")
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, locale=lang)
    page = context.new_page()
    page.goto(f"file://{tmp_path}/mail.html")
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"mail-{day}-{lang}-{width}-{scheme}.png"), full_page=True)
    wrong = [(one["id"], [node["html"][:120] for node in one["nodes"][:3]]) for one in _axe(page)]
    assert [one for one in wrong if one[0] not in ("landmark-one-main", "region")] == []  # a mail is no page with landmarks
    paper = page.evaluate("getComputedStyle(document.querySelector('table.sheet')).backgroundColor")
    assert paper == {"light": "rgb(255, 253, 248)", "dark": "rgb(27, 31, 36)"}[scheme]
    assert (page.evaluate("document.documentElement.scrollWidth") <= width, page.locator(".preheader").is_visible()) == (True, False)
    context.close()

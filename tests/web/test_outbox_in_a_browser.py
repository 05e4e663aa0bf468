"""The outbox's pages in a real browser; see test_in_a_browser.py."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings
from pytest_django.live_server_helper import LiveServer

from monitor.pipeline.outbox import Line
from monitor.store import mail_line
from tests.web import browsing, mailing, rows
from tests.web.test_in_a_browser import LOOKS, _look, browser, pytestmark

__all__ = ["browser", "pytestmark"]


@pytest.mark.parametrize(("lang", "width", "scheme"), LOOKS)
def test_the_outbox_is_sound_in_a_browser(
    browser: Any,
    live_server: LiveServer,
    lang: str,
    width: int,
    scheme: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    own = replace(settings.MONITOR, mail_from="desk@press.example", smtp_url="smtp://127.0.0.1:25")
    monkeypatch.setattr(settings, "MONITOR", own)
    failed = mailing.a_day()
    person = rows.a_person("admin", language=lang, password=browsing.PASSWORD)
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, locale=lang, base_url=live_server.url, reduced_motion="reduce"
    )
    page = context.new_page()
    complaints = browsing.complaints(page)
    browsing.sign_in(page, person)
    looked = [_look(page, path, lang, width, scheme) for path in ("/outbox", f"/outbox/{failed.uuid}", "/desk")]
    assert page.title() != "broken into"
    mail_line.set_line(Line(5, rows.NOW, rows.NOW, "login: 535 5.7.8 Error: authentication failed"), rows.NOW)
    looked.append(_look(page, "/outbox?state=sent", lang, width, scheme))
    mail_line.hold("restored", rows.NOW)
    looked.append(_look(page, "/outbox?state=pending", lang, width, scheme))
    assert [found for found in looked if found != []] == []
    # the message's own script and picture are refused, and nothing else complains
    assert [text for text in complaints if "evil.example" not in text and "script" not in text.lower()] == []
    context.close()


def test_the_letter_in_its_frame_is_seen_and_runs_nothing(browser: Any, live_server: LiveServer) -> None:
    message = mailing.a_message()
    person = rows.a_person("admin", password=browsing.PASSWORD)
    context = browser.new_context(base_url=live_server.url)
    page = context.new_page()
    browsing.sign_in(page, person)
    page.goto(f"/outbox/{message.uuid}")
    assert page.frame_locator("iframe").locator("p").inner_text() == "Le port de Vell"
    page.goto(f"/outbox/{message.uuid}/html")
    assert page.title() == ""
    context.close()

"""Letters about coming in, looked at as a mail reader shows them: both languages, phone and desktop, light and dark."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from monitor.records import Letter, Sender
from monitor.render import mail_account
from tests.fakes import NOON
from tests.web.test_in_a_browser import SHOTS, _axe, browser, pytestmark

__all__ = ["browser", "pytestmark"]
SENDER = Sender("desk@press.example", "Revue de presse", "desk@press.example", "https://desk.example")
LINK = "https://desk.example/join/Zk3mJ8w0YqL5xV2bN7rT4cF9hD1gS6aP0uE3iO8kM2Q"
DESK = "Security & Defence press review"


def letters(language: str) -> dict[str, Letter]:
    """One of each."""
    zone, until = ZoneInfo("Europe/Paris"), NOON + timedelta(days=3)
    return {
        "invite": mail_account.invitation(
            SENDER,
            desk=DESK,
            recipient="new@reader.example",
            role="contributor",
            by="Bo Boss",
            link=LINK,
            until=until,
            zone=zone,
            language=language,
            key="k",
            at=NOON,
        ),
        "reset": mail_account.new_password(
            SENDER, desk=DESK, recipient="a@reader.example", name="Ana", link=LINK, minutes=60, language=language, key="k", at=NOON
        ),
        "test": mail_account.trial(SENDER, "a@reader.example", NOON, language),
    }


@pytest.mark.parametrize(
    ("lang", "width", "scheme"), [("fr", 360, "dark"), ("en", 360, "light"), ("fr", 1000, "light"), ("en", 1000, "dark")]
)
def test_letters_about_coming_in_are_sound(browser: Any, lang: str, width: int, scheme: str) -> None:
    context = browser.new_context(viewport={"width": width, "height": 700}, color_scheme=scheme, locale=lang)
    page = context.new_page()
    wrong = []
    for name, made in letters(lang).items():
        part = message_from_bytes(made.raw, policy=policy.default).get_body(preferencelist=("html",))
        assert part is not None
        page.set_content(str(part.get_content()))
        if SHOTS:
            page.screenshot(path=str(Path(SHOTS) / f"mail-{name}-{lang}-{width}-{scheme}.png"), full_page=True)
        wrong += [(name, one["id"], [node["html"][:160] for node in one["nodes"][:3]]) for one in _axe(page)]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wrong.append((name, "wider than the window", []))
    # a mail has no landmarks and no main part
    assert [one for one in wrong if one[1] not in ("region", "landmark-one-main")] == []
    context.close()

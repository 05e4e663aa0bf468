"""How a test works a page: what a click or a key causes is waited for before the page is read, the database asked, or the next page opened.

A test that reads a page about to be replaced passes on a quick machine and fails on a slow one. So what leads to another page goes
through `click`, `enter` or `leaving`, and what a page asks for in place through `answered`. A deadline here only ends a hang.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from monitor.store.models import Person

PASSWORD = "a long enough word"
DEADLINE = 180_000  # milliseconds
HELD = datetime(2026, 3, 14, 9, 30, tzinfo=UTC)


class Patient:
    """A browser whose pages wait as long as a slow machine needs."""

    def __init__(self, browser: Any) -> None:
        self._browser = browser

    def new_context(self, **look: Any) -> Any:
        context = self._browser.new_context(**look)
        context.set_default_timeout(DEADLINE)
        return context


@contextmanager
def leaving(page: Any) -> Iterator[None]:
    """What is done inside leads to another page, which has loaded with its scripts when the block ends."""
    with page.expect_navigation(wait_until="load"):
        yield


def click(page: Any, target: Any) -> None:
    """Click a selector's first element, or a locator, that leads to another page."""
    with leaving(page):
        page.click(target) if isinstance(target, str) else target.click()


def enter(page: Any, target: Any = None) -> None:
    """Press Enter on a selector's first element, a locator, or where the focus is, and come to another page."""
    with leaving(page):
        if target is None:
            page.keyboard.press("Enter")
        elif isinstance(target, str):
            page.press(target, "Enter")
        else:
            target.press("Enter")


@contextmanager
def answered(page: Any, path: str) -> Iterator[None]:
    """What is done inside makes the page ask the desk for an address with this in it; the answer has come when the block ends."""
    with page.expect_response(lambda answer: path in answer.url) as told:
        yield
    told.value.finished()


def sign_in(page: Any, person: Person, password: str = PASSWORD) -> None:
    """Sign a person in by the form; they stand on Today."""
    page.goto("/sign-in")
    page.fill("#email", person.email)
    page.fill("#password", password)
    click(page, "main form button")
    assert urlsplit(page.url).path == "/"


def hold_time(page: Any) -> None:
    """From here on only the test lets the page's time pass (`page.clock.run_for`)."""
    page.clock.install(time=HELD)
    page.clock.pause_at(HELD + timedelta(hours=1))  # the clock runs until it is held, on a slow machine for seconds


def complaints(page: Any) -> list[str]:
    """What the browser complains of from now on: errors and warnings of its console, and scripts that break."""
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: told.append(str(error)))
    return told

"""The web server is killed while somebody types: the desk has all but the last five seconds, the writer's device has all of it."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.free_ports import free_port
from tests.path.desk import LONGEST, PROJECT, Desk
from tests.web.test_in_a_browser import CHROMIUM, browser, playwright

__all__ = ["browser"]
pytestmark = [
    pytest.mark.long,
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine (apt install chromium): NO server was killed"),
]
PASSWORD = "a long enough word"
FILL = f"""
from monitor.store import setup
setup.start()
from monitor.outside.clock import SystemClock
setup.migrate(SystemClock().now())
from tests.web import rows, writing
writing.a_piece(rows.a_person(email="ada@desk.localhost", password={PASSWORD!r}), text="")
"""
PROMISED = 5.0  # seconds of typing that may be lost


@dataclass
class Server:
    """`monitor web` on one port and one database file, as often as it is started."""

    desk: Desk
    address: str
    process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start it and wait until it says that it is there."""
        self.process = self.desk.start("web")
        assert self.process.stdout is not None
        assert any("Ctrl-C ends it" in line for line in self.process.stdout)

    def kill(self) -> None:
        """End it at once, in the middle of whatever it does."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.communicate(timeout=LONGEST)
        assert self.process.returncode == -signal.SIGKILL


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    where = f"127.0.0.1:{free_port()}"
    desk = Desk(tmp_path / "home", BIND=where)
    subprocess.run([sys.executable, "-c", FILL], env=desk.environment, cwd=PROJECT, check=True, timeout=LONGEST)
    made = Server(desk, f"http://{where}")
    made.start()
    yield made
    with suppress(AssertionError):  # killed by the test, and perhaps not started again
        made.kill()


@pytest.mark.parametrize("seconds", [3.3, 13.1])
def test_a_killed_server_loses_at_most_the_last_five_seconds_of_typing(browser: Any, server: Server, seconds: float) -> None:
    ((key,),) = server.desk.rows("SELECT uuid FROM store_piece")
    path = f"/piece/{uuid.UUID(key)}"
    device = browser.new_context(base_url=server.address)
    page = _signed_in(device)
    page.goto(path)
    page.locator("#piece-text").focus()
    typed = _type(page, seconds)
    server.kill()
    killed_at = time.monotonic()
    after = _type(page, 0.5)
    page.close()
    server.start()

    elsewhere = browser.new_context(base_url=server.address)
    there = _signed_in(elsewhere)
    there.goto(path)
    had = there.input_value("#piece-text").strip()
    lost = [at for word, at in typed if word not in had]
    print(f"typed {len(typed)} words in {seconds} s, the desk lost {len(lost)}: {killed_at - min(lost, default=killed_at):.1f} s")
    assert _text(typed).startswith(had)
    assert [round(killed_at - at, 1) for at in lost if killed_at - at > PROMISED] == []

    again = device.new_page()
    again.goto(path)
    assert after[-1][0] in again.locator("#piece-kept [data-kept-words]").inner_text()
    again.locator("[data-kept-take]").click()
    playwright.expect(again.locator("#piece-preview")).to_contain_text(after[-1][0])
    there.reload()
    assert there.input_value("#piece-text").strip() == _text([*typed, *after])
    for context in (device, elsewhere):
        context.close()


def _signed_in(context: Any) -> Any:
    page = context.new_page()
    page.goto("/sign-in")
    page.fill("#email", "ada@desk.localhost")
    page.fill("#password", PASSWORD)
    with page.expect_navigation(url="**/"):
        page.keyboard.press("Enter")
    return page


def _type(page: Any, seconds: float) -> list[tuple[str, float]]:
    """Type word after word without a pause; the words and when each was there."""
    until, typed = time.monotonic() + seconds, list[tuple[str, float]]()
    while time.monotonic() < until:
        word = f"word{time.monotonic_ns()}"
        page.keyboard.type(f"{word} ")
        typed.append((word, time.monotonic()))
    return typed


def _text(typed: list[tuple[str, float]]) -> str:
    return " ".join(word for word, _at in typed)

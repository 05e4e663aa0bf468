"""Makes the README's picture of the Today page from the demo itself: `python -m tests.web.picture`."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.web import browsing

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
TARGET = Path(__file__).resolve().parents[2] / "docs" / "pictures" / "today.png"


def main() -> None:
    """Start the demo, sign in, take the picture, end the demo."""
    command = [str(Path(sys.executable).with_name("monitor")), "demo", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | {"MONITOR_BIND": "127.0.0.1:8141"}) as demo:
        assert demo.stdout is not None
        link = next(found.group() for line in demo.stdout if (found := re.search(r"http\S+/in/\S+", line)))
        with sync_playwright() as player:
            browser = player.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"])
            page = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB").new_page()
            page.goto(link)
            browsing.click(page, "main button")
            page.goto(link.split("/in/")[0] + "/me")
            page.select_option("#language", "en")
            browsing.click(page, "form:has(#language) button")
            page.goto(link.split("/in/")[0] + "/")
            page.screenshot(path=str(TARGET))
            browser.close()
        demo.terminate()


if __name__ == "__main__":
    main()

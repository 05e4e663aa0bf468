"""outlet try and discover, article retry, on a loopback site: what is said, what is written, and how it ends."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from monitor.store import models
from tests.cli.conftest import FEEDS, Told
from tests.store.rows import an_article

Monitor = Callable[..., Told]
pytestmark = pytest.mark.django_db(transaction=True)

PAGE = b"""<!doctype html><html lang="fr-FR"><head><title>Le Port</title>
<link rel="alternate" type="application/rss+xml" title="Une" href="/rss.xml"></head><body><p>Bonjour</p></body></html>"""
RSS = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>Le Port, la une</title>
<item><title>Le navire a quitt\xc3\xa9 le port hier soir</title><link>/1</link><pubDate>Mon, 02 Nov 2026 12:00:00 GMT</pubDate></item>
<item><title>Les dockers reprennent le travail</title><link>/2</link><pubDate>Mon, 26 Oct 2026 12:00:00 GMT</pubDate></item>
</channel></rss>"""


class _Site(BaseHTTPRequestHandler):
    answers: ClassVar = {"/": (PAGE, "text/html"), "/rss.xml": (RSS, "application/rss+xml")}

    def do_GET(self) -> None:
        body, kind = self.answers.get(self.path, (b"", "text/plain"))
        self.server.asked.append(self.path)  # type: ignore[attr-defined]
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[tuple[str, list[str]]]:
    """The address of a small site, and the paths it was asked."""
    monkeypatch.setenv("MONITOR_HOST_INTERVAL", "0")
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Site)
    server.asked = []  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", server.asked  # type: ignore[attr-defined]
    server.shutdown()
    server.server_close()


def test_discover_shows_the_feeds_and_what_to_write(monitor: Monitor, feeds: Path, site: tuple[str, list[str]]) -> None:
    address, asked = site
    told = monitor("outlet", "discover", f"{address}/")
    assert told == Told(
        0,
        f"""{address}/rss.xml — Le Port, la une
  language fr, about 1 article a week
  2026-11-02T12:00:00+00:00  Le navire a quitté le port hier soir
  2026-10-26T12:00:00+00:00  Les dockers reprennent le travail
To be added to {feeds} (with --add it is written there):
  - name: Le Port
    home: {address}/
    country: FR
    language: fr
    kind: newspaper
    feeds:
      - {address}/rss.xml
""",
        "",
    )
    assert asked == ["/robots.txt", "/", "/rss.xml"]
    assert feeds.read_text(encoding="utf-8") == FEEDS


def test_discover_adds_to_the_file_and_a_second_time_says_it_is_there(monitor: Monitor, feeds: Path, site: tuple[str, list[str]]) -> None:
    address, _ = site
    told = monitor("outlet", "discover", f"{address}/rss.xml", "--add", "--name", "Le Grand Port", "--country", "be", "--json")
    (found,) = told.objects
    assert (told.status, found["outlet"]["id"], found["feeds"][0]["per_week"], found["requests"]) == (0, "le-grand-port", 1.0, 2)
    text = feeds.read_text(encoding="utf-8")
    assert text.startswith(FEEDS)
    assert text.removeprefix(FEEDS).splitlines()[:3] == ["  - name: Le Grand Port", f"    home: {address}/", "    country: BE"]
    assert monitor("outlet", "check").status == 0
    again = monitor("outlet", "discover", f"{address}/rss.xml", "--add", "--name", "Le Grand Port", "--country", "BE")
    assert (again.status, "has an outlet 'le-grand-port' already" in again.err) == (2, True)
    monitor("outlet", "import")
    watched = monitor("outlet", "discover", f"{address}/")
    assert watched == Told(1, f"{address}/rss.xml — Une\n  watched already: le-grand-port\n", "Every feed found is watched already.\n")


def test_discover_says_why_there_is_nothing(monitor: Monitor, feeds: Path, site: tuple[str, list[str]]) -> None:
    address, _ = site
    assert monitor("outlet", "discover", "ftp://port.example/").status == 1
    told = monitor("outlet", "discover", f"{address}/nowhere", "--add")
    assert (told.status, told.out, "404" in told.err) == (1, "", True)
    assert feeds.read_text(encoding="utf-8") == FEEDS


def test_try_asks_now_and_not_twice(monitor: Monitor, site: tuple[str, list[str]]) -> None:
    address, asked = site
    monitor("outlet", "discover", f"{address}/", "--add")
    monitor("outlet", "import")
    models.Feed.objects.exclude(url=f"{address}/rss.xml").update(due_at=None)
    asked.clear()
    assert monitor("outlet", "try", "le-port") == Told(0, f"{address}/rss.xml: changed, 2 new articles\n", "")
    again = monitor("outlet", "try", "le-port")
    assert (again.status, asked) == (1, ["/rss.xml"])
    assert again.out.startswith(f"{address}/rss.xml: not asked. It was asked a moment ago, or is being asked now. Not before ")
    assert monitor("outlet", "try", "nobody").status == 2


def test_article_retry_says_when(monitor: Monitor) -> None:
    monitor("outlet", "import")
    blocked, full = an_article(1, verdict="blocked"), an_article(2)
    told = monitor("article", "retry", str(blocked.uuid))
    assert (told.status, told.out.startswith("To be read again, not before "), models.ToRead.objects.count()) == (0, True, 1)
    assert monitor("article", "retry", str(full.uuid)).err == "That article was read in full; there is nothing to ask again.\n"
    assert monitor("article", "retry", "x").err == "No article has the id 'x'. `monitor article list --json` shows them.\n"
    assert monitor("article", "retry").status == monitor("article", "retry", "x", "--given-up").status == 2
    assert monitor("article", "retry", "--given-up").out == "No article was given up.\n"

"""A copy put back by the documented commands, on the database under test: the desk is whole, nothing is mailed or asked a second time."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import urllib.parse
import urllib.request
import uuid
from collections.abc import Callable
from http.cookiejar import CookieJar
from pathlib import Path

import pytest

from monitor.config.newsroom_values import Samples
from monitor.outside.newsroom import Newsroom
from tests.fakes import FakeClock
from tests.outside.smtp_server import SmtpServer
from tests.path.conftest import SERVER, START
from tests.path.desk import LONGEST, PROJECT, Desk, few

pytestmark = [pytest.mark.long] if SERVER else []
"""Minutes of real programs: on PostgreSQL with the long tests."""

OUTLETS = ("meridien", "vega-wire", "monsoon")
COUNTS = "SELECT (SELECT count(*) FROM store_article), (SELECT count(*) FROM store_story), (SELECT count(*) FROM store_lead)"
PEOPLE = "SELECT email FROM store_person ORDER BY email"


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL's own programs of the server's version, where they are needed."""
    if SERVER:
        from tests.postgres import _programs

        monkeypatch.setenv("PATH", f"{_programs(tmp_path)}:{os.environ['PATH']}")


def letters_wait(desk: Desk, number: int) -> None:
    command = [sys.executable, "-m", "tests.flows.mail_worker", "prepare", str(number)]
    assert subprocess.run(command, env=desk.environment, cwd=PROJECT, timeout=LONGEST, check=False).returncode == 0


def signed_in(link: str) -> str:
    """The first page of whoever uses a one-time link."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    asked = browser.open(link, timeout=30).read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', asked)
    assert token is not None
    with browser.open(link, urllib.parse.urlencode({"csrfmiddlewaretoken": token[1]}).encode(), timeout=30) as page:
        return str(page.read().decode())


def served(desk: Desk) -> tuple[str, bytes]:
    """`monitor run` until its pages were looked at: Today as the admin sees it, and what /readyz says."""
    process = desk.start("run")
    assert process.stdout is not None
    link = ""
    try:
        for line in process.stdout:
            link = line.split(" ")[-1].strip() if "one-time link" in line else link
            if line.startswith("Ctrl-C"):
                break
        base = "/".join(link.split("/", 3)[:3])
        with urllib.request.urlopen(f"{base}/readyz", timeout=30) as ready:
            return signed_in(link), ready.read()
    finally:
        process.terminate()
        process.communicate(timeout=LONGEST)


def test_a_copy_put_back_is_whole_and_nothing_leaves_twice(
    programs: None, samples: Samples, new_desk: Callable[..., Desk], tmp_path: Path
) -> None:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    with SmtpServer() as post, Newsroom(few(samples, OUTLETS), port=0, clock=FakeClock(START)) as newsroom:
        mail = {"SMTP_URL": f"smtp://127.0.0.1:{post.port}", "MAIL_FROM": "desk@press.example"}
        desk = new_desk(BIND=f"127.0.0.1:{port}", **mail)
        desk.open(newsroom)
        desk.monitor("once", "all")
        desk.monitor("person", "add", "ada@example.org")
        letters_wait(desk, 3)
        desk.write("UPDATE store_feed SET due_at = '2026-01-01 00:00:00+00'" if SERVER else "UPDATE store_feed SET due_at = '2026-01-01'")
        counts, first = desk.rows(COUNTS), desk.rows("SELECT uuid FROM store_lead WHERE place = 1")[0][0]
        assert counts[0][0] > 10
        copy = tmp_path / ("copy.dump" if SERVER else "copy.sqlite3")
        assert desk.monitor("backup", str(copy)).out.startswith(f"{copy}: ")

        desk.monitor("once", "all")  # mails the letters and polls the feeds: what the copy knows nothing of
        desk.monitor("person", "add", "late@example.org")
        desk.write("DELETE FROM store_articledoc")
        sent, asked = len(post.taken), len(newsroom.requests)
        assert sent == 3

        told = desk.monitor("restore", str(copy)).out
        assert told.startswith(f"Restored {counts[0][0]} articles and {counts[0][1]} stories from {copy}. Everybody signs in again.\n")
        assert (desk.rows(COUNTS), desk.rows(PEOPLE)) == (counts, [("ada@example.org",)])
        today, ready = served(desk)
        assert ready == b"ok\nnote: mail is held\n"
        assert str(uuid.UUID(str(first))) in today  # the first lead of the day
        desk.monitor("once", "all")
        assert (len(post.taken), [one.path for one in newsroom.requests[asked:]]) == (sent, [])
        desk.monitor("outbox", "resume", "--drop-waiting")
        desk.monitor("once", "all")
        assert len(post.taken) == sent
        before = next(iter([*desk.home.glob("monitor-before-restore-*"), *desk.home.glob("backups/monitor-before-restore-*")]))
        assert desk.monitor("restore", str(before)).status == 0
        assert ("late@example.org",) in desk.rows(PEOPLE)


def test_what_is_no_copy_changes_nothing(programs: None, new_desk: Callable[..., Desk], tmp_path: Path) -> None:
    desk = new_desk()
    if SERVER:
        desk.monitor("migrate")
    desk.monitor("person", "add", "ada@example.org")
    (tmp_path / "none").write_bytes(b"no copy at all")
    told = desk.monitor("restore", str(tmp_path / "none"), ok=False)
    assert (told.status, desk.rows(PEOPLE)) == (1, [("ada@example.org",)])
    assert desk.monitor("restore", str(tmp_path / "missing"), ok=False).err == f"There is no file {tmp_path / 'missing'}.\n"


def test_copies_at_hand_are_listed_with_what_to_type(programs: None, new_desk: Callable[..., Desk]) -> None:
    desk = new_desk()
    if SERVER:
        desk.monitor("migrate")
    none = desk.monitor("restore", ok=False)
    assert none.err == f"There is no backup in {desk.home / 'backups'}. If you keep one elsewhere: monitor restore FILE\n"
    desk.monitor("person", "add", "ada@example.org")
    made = desk.monitor("backup").out.split(": ")[0]
    listed = desk.monitor("restore")
    assert listed.out.endswith(f" MB  {made}\n")
    assert listed.err == f"To put one back, stop the desk, then: monitor restore {made}\n"


def test_a_database_that_has_lost_a_table_is_replaced(programs: None, new_desk: Callable[..., Desk]) -> None:
    desk = new_desk()
    if SERVER:
        desk.monitor("migrate")
    desk.monitor("person", "add", "ada@example.org")
    made = desk.monitor("backup").out.split(": ")[0]
    desk.write("DROP TABLE store_feed CASCADE" if SERVER else "DROP TABLE store_feed")
    desk.monitor("restore", made)
    assert (desk.rows("SELECT count(*) FROM store_feed"), desk.rows(PEOPLE)) == ([(0,)], [("ada@example.org",)])

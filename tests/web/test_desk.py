"""The Desk page: what runs, what was given up, the database, backups, settings without their secrets."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from monitor.config.environment import load_settings
from monitor.jobs.timetable import TIMETABLE
from monitor.store import models, periodic, setup, workers
from monitor.store.pages_desk import BACKUP
from monitor.web import desk_words
from tests.fakes import FakeClock
from tests.web import rows
from tests.web.reading import elements, texts

pytestmark = pytest.mark.django_db
KEY, TOKEN = "not-a-real-key-" * 4, "not-a-real-token-" * 2


@pytest.fixture
def admin(db: None) -> Client:
    return rows.signed_in("admin")


def job_row(client: Client, name: str) -> list[str]:
    """The cells of a job's row."""
    for row in elements(client.get("/desk"), "table.jobs tr"):
        if row.xpath(f".//code[text()='{name}']"):
            return [" ".join(cell.text_content().split()) for cell in row]
    raise AssertionError(name)


def test_every_job_of_the_timetable_has_words() -> None:
    assert [job.name for job in TIMETABLE if desk_words.job(job.name) == job.name] == []


def test_a_job_tells_what_it_did_what_waits_and_what_broke(admin: Client) -> None:
    rows.a_feed(rows.an_outlet(), due_at=rows.NOW - timedelta(minutes=1))
    periodic.did("poll_feeds", rows.NOW - timedelta(minutes=7), "12 feeds polled: 3 changed")
    assert job_row(admin, "poll_feeds") == ["Poll feeds poll_feeds", "10:2312 feeds polled: 3 changed", "now", "1"]
    periodic.broke("poll_feeds", rows.NOW, "ValueError: <b>of a feed</b>")
    assert job_row(admin, "poll_feeds")[0] == "Poll feeds poll_feedsBroke 10:30 · ValueError: <b>of a feed</b>"
    periodic.did("poll_feeds", rows.NOW, "1 feeds polled: 1 changed")
    assert job_row(admin, "poll_feeds")[0] == "Poll feeds poll_feeds"


def test_a_keyed_job_tells_when_it_runs_next(admin: Client) -> None:
    periodic.ensure({"prune": rows.NOW})
    token = periodic.claim("prune", rows.NOW, worker="w")
    periodic.finish("prune", token, rows.NOW, next_at=rows.NOW + timedelta(hours=2), summary="nothing to prune")
    assert job_row(admin, "prune") == ["Let go what is too old prune", "10:30nothing to prune", "12:30", "—"]


def test_what_a_job_did_is_said_in_french() -> None:
    client = rows.signed_in("admin", "fr")
    periodic.did(
        "poll_feeds", rows.NOW - timedelta(minutes=7), "12 feeds polled: 3 changed, 8 not modified, 1 unchanged, 0 failed; 9 new articles"
    )
    said = job_row(client, "poll_feeds")[1]
    expected = "12 flux interrogés : 3 modifiés, 8 sans nouveauté (304), 1 inchangés, 0 en échec ; 9 nouveaux articles"
    assert said == f"10:23{expected}"


def test_given_up_work_is_shown_and_taken_up_again(admin: Client) -> None:
    lost = models.ToRead.objects.create(
        article=rows.an_article(rows.an_outlet(), None, "Lost"), host="a.example", attempts=5, due_at=rows.NOW, last_error="killed <twice>"
    )
    rank = models.ToRank.objects.create(story=rows.a_story(), attempts=5, due_at=rows.NOW)
    feed = rows.a_feed(rows.an_outlet(), attempts=5, due_at=rows.NOW + timedelta(hours=3))
    assert [one.get("value") for one in elements(admin.get("/desk"), "section.notice button")] == ["feeds", "articles", "stories"]
    assert "killed <twice>" in texts(admin.get("/desk"), "section.notice")[0]
    for kind in ("feeds", "articles", "stories"):
        response = admin.post("/desk/retry", {"kind": kind}, follow=True)
        assert texts(response, "p.success") == ["1 row is taken up again when its turn comes."]
    for row in (lost, rank, feed):
        row.refresh_from_db()
        assert row.attempts == 0
    assert feed.due_at == rows.NOW + timedelta(hours=3)  # never sooner than it may be asked
    assert elements(admin.get("/desk"), "section.notice") == []
    again = admin.post("/desk/retry", {"kind": "feeds"}, follow=True)
    assert texts(again, "p.info") == ["Nothing is given up any more: somebody was faster, or it came back by itself."]
    assert texts(admin.post("/desk/retry", {"kind": "people"}, follow=True), "p.warning") == ["Choose what to take up again."]


def test_a_living_worker_is_named_and_a_missing_one_warned_of(admin: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "MONITOR", load_settings({"MONITOR_HOME": str(tmp_path)}))
    assert any(one.startswith("No worker is alive") for one in texts(admin.get("/desk"), "p.notice"))
    with workers.alive(tmp_path, FakeClock(rows.NOW)):
        page = admin.get("/desk")
        assert [one for one in texts(page, "p.notice") if "worker" in one] == []
        assert next(one.startswith("Worker alive (process ") for one in texts(page, "p.soft"))


def test_a_desk_without_a_backup_says_so_and_how(admin: Client) -> None:
    said = texts(admin.get("/desk"), "p.notice")
    other = "The desk has made no backup yet. It cannot know whether the server makes its own."
    expected = "No backup was ever made of this desk." if setup.is_sqlite() else other
    assert expected in said


def test_the_last_backup_is_told_and_an_old_one_warned_of(admin: Client) -> None:
    made = {"file": "/srv/desk.sqlite3", "bytes": 2048, "sha256": "", "articles": 3, "stories": 1}
    periodic.set_fact(BACKUP, made | {"at": rows.NOW.isoformat()}, rows.NOW)
    assert [one for one in texts(admin.get("/desk"), "p") if one.startswith("Last made: 10:30, 2.0")]
    periodic.set_fact(BACKUP, made | {"at": (rows.NOW - timedelta(days=8)).isoformat()}, rows.NOW)
    assert [one for one in texts(admin.get("/desk"), "p.notice") if one.startswith("Last made:")]


def test_settings_are_shown_with_their_source_and_without_secrets(admin: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "url").write_text("postgresql://monitor:hunter2hunter2@db.example.org/monitor")
    given = {
        "MONITOR_HOME": str(tmp_path),
        "MONITOR_DATABASE_URL_FILE": str(tmp_path / "url"),
        "MONITOR_SECRET_KEY": KEY,
        "MONITOR_SMTP_URL": "smtps://user:swordfish@mail.example.org",
        "MONITOR_METRICS_TOKEN": TOKEN,
    }
    monkeypatch.setattr(settings, "MONITOR", load_settings(given))
    page = admin.get("/desk")
    text = page.content.decode()
    assert [secret for secret in ("hunter2", KEY, "swordfish", TOKEN) if secret in text] == []
    table = {cells[0]: cells[1:] for row in elements(page, "tr") if (cells := ["".join(c.itertext()).strip() for c in row])}
    assert table["MONITOR_DATABASE_URL"] == ["postgresql://monitor:***@db.example.org/monitor", str(tmp_path / "url")]
    assert table["MONITOR_SECRET_KEY"] == ["***", "environment"]
    assert table["MONITOR_CONTACT"] == ["not set", "default"]


def test_a_key_made_at_this_start_is_told_to_lie_in_the_home(admin: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(settings, "MONITOR", load_settings({"MONITOR_HOME": str(tmp_path)}))
    table = {cells[0]: cells[1:] for row in elements(admin.get("/desk"), "tr") if (cells := ["".join(c.itertext()).strip() for c in row])}
    assert table["MONITOR_SECRET_KEY"] == ["***", str(tmp_path / "secret_key")]

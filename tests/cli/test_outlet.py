"""outlet import, export, list, check, pause, resume: what the file says, what stays, and every mistake at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.store import models
from tests.cli.conftest import BROKEN, FEEDS, MISTAKES, Told

Monitor = Callable[..., Told]


def outlets() -> list[tuple[str, bool]]:
    return list(models.Outlet.objects.filter(archived_at=None).order_by("position").values_list("slug", "enabled"))


def test_import_says_what_it_did(monitor: Monitor, feeds: Path) -> None:
    assert monitor("outlet", "import") == Told(0, f"{feeds}: 2 outlets added, 0 changed, 0 archived, 0 unchanged.\n", "")
    assert monitor("outlet", "import") == Told(0, f"{feeds}: 0 outlets added, 0 changed, 0 archived, 2 unchanged.\n", "")
    assert outlets() == [("example-gazette", True), ("example-times", True)]


@pytest.mark.parametrize("command", ["import", "check"])
def test_every_mistake_is_said_and_nothing_changed(monitor: Monitor, tmp_path: Path, command: str) -> None:
    monitor("outlet", "import")
    broken = tmp_path / "broken.yaml"
    broken.write_text(BROKEN, encoding="utf-8")
    lines = [*(f"{broken}:{mistake}" for mistake in MISTAKES), "5 mistakes; nothing was changed."]
    assert monitor("outlet", command, str(broken)) == Told(2, "", "\n".join(lines) + "\n")
    assert outlets() == [("example-gazette", True), ("example-times", True)]


@pytest.mark.parametrize("command", ["import", "check"])
def test_missing_file_is_named(monitor: Monitor, tmp_path: Path, command: str) -> None:
    missing = tmp_path / "nowhere.yaml"
    sentence = f"{missing}: cannot be read: No such file or directory (check the path and its permissions)\n"
    assert monitor("outlet", command, str(missing)) == Told(2, "", sentence + "1 mistake; nothing was changed.\n")


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"outlets:\n\t- x\n", b"outlets: [", b"- 1\n", b"outlets: &a []\n", b"\x00", b""])
def test_files_that_are_no_feeds_yaml_are_refused_in_words(monitor: Monitor, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "odd.yaml"
    path.write_bytes(content)
    told = monitor("outlet", "check", str(path))
    assert (told.status, told.out, told.err.splitlines()[-1].endswith("; nothing was changed.")) == (2, "", True)
    assert [line.startswith(str(path)) for line in told.err.splitlines()[:-1]] == [True] * (len(told.err.splitlines()) - 1)


def test_check_counts_what_would_be_polled(monitor: Monitor, feeds: Path) -> None:
    assert monitor("outlet", "check") == Told(0, f"{feeds} is sound: 2 outlets, 1 feed, 1 of them polled.\n", "")
    assert outlets() == []


def test_listing_as_json_and_as_table(monitor: Monitor) -> None:
    monitor("outlet", "import")
    rows = monitor("outlet", "list", "--json").objects
    assert [row["id"] for row in rows] == ["example-gazette", "example-times"]
    assert list(rows[0]) == ["id", "name", "country", "language", "kind", "weight", "enabled", "articles", "newest", "feeds", "note"]
    assert [feed["health"] for feed in rows[0]["feeds"]] == ["new"]
    table = monitor("outlet", "list").out.splitlines()
    assert [line.split()[0] for line in table] == ["id", "example-gazette", "example-times"]
    assert ("no feed known" in table[2], "new" in table[1].split()) == (True, True)


def test_listing_is_filtered(monitor: Monitor) -> None:
    monitor("outlet", "import")
    assert [row["id"] for row in monitor("outlet", "list", "--language", "en", "--json").objects] == ["example-times"]
    assert [row["id"] for row in monitor("outlet", "list", "--limit", "1", "--json").objects] == ["example-gazette"]
    assert monitor("outlet", "list", "--outlet", "nobody") == Told(0, "No outlet matches.\n", "")


def test_pause_stays_through_an_import_and_ends_with_resume(monitor: Monitor) -> None:
    monitor("outlet", "import")
    assert monitor("outlet", "pause", "example-gazette") == Told(0, "example-gazette is paused.\n", "")
    kept = monitor("outlet", "import").out.splitlines()[1:]
    assert kept == ["  kept: Example Gazette: enabled is off here and on in the file; off stays."]
    assert models.Feed.objects.get().due_at is None
    assert monitor("outlet", "resume", "example-gazette") == Told(0, "example-gazette is polled again.\n", "")
    assert outlets() == [("example-gazette", True), ("example-times", True)]


def test_file_wins_when_asked(monitor: Monitor) -> None:
    monitor("outlet", "import")
    monitor("outlet", "pause", "example-gazette")
    assert monitor("outlet", "import", "--file-wins").status == 0
    assert outlets() == [("example-gazette", True), ("example-times", True)]


@pytest.mark.parametrize("command", ["pause", "resume"])
def test_unknown_outlet_is_named(monitor: Monitor, command: str) -> None:
    assert monitor("outlet", command, "nobody") == Told(2, "", "No outlet has the id 'nobody'. `monitor outlet list` shows them.\n")


def test_outlet_that_left_the_file_is_archived(monitor: Monitor, feeds: Path) -> None:
    monitor("outlet", "import")
    feeds.write_text(FEEDS.split("  - name: Example Times")[0], encoding="utf-8")
    assert monitor("outlet", "import").out == f"{feeds}: 0 outlets added, 0 changed, 1 archived, 1 unchanged.\n"
    assert outlets() == [("example-gazette", True)]


def test_export_gives_back_the_file_with_its_comments(monitor: Monitor, tmp_path: Path) -> None:
    monitor("outlet", "import")
    assert monitor("outlet", "export") == Told(0, FEEDS, "")
    written = tmp_path / "exported.yaml"
    assert monitor("outlet", "export", str(written)) == Told(0, f"Written: {written}\n", "")
    assert written.read_text(encoding="utf-8") == FEEDS


def test_export_to_a_place_that_cannot_be_written_is_explained(monitor: Monitor, tmp_path: Path) -> None:
    monitor("outlet", "import")
    target = tmp_path / "no-such-folder" / "feeds.yaml"
    sentence = f"{target} cannot be written: No such file or directory. Nothing was changed.\n"
    assert monitor("outlet", "export", str(target)) == Told(2, "", sentence)

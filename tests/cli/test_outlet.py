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


def test_export_writes_to_standard_output_where_told_so(monitor: Monitor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monitor("outlet", "import")
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.iterdir())
    assert monitor("outlet", "export", "-") == Told(0, FEEDS, "")
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize("options", [(), ("--opml",)])
def test_export_never_puts_a_file_in_the_place_of_a_folder_or_a_pipe(monitor: Monitor, tmp_path: Path, options: tuple[str, ...]) -> None:
    monitor("outlet", "import")
    folder = tmp_path / "folder"
    folder.mkdir()
    told = monitor("outlet", "export", str(folder), *options)
    assert (told.status, told.out, "Traceback" in told.err, list(folder.iterdir())) == (2, "", False, [])
    device = Path("/dev/null")
    assert (monitor("outlet", "export", str(device), *options).status, device.is_char_device()) == (2, True)


@pytest.mark.parametrize("content", [b"caf\xe9\n", b"my notes\n", b"outlets: [\n"])
def test_export_does_not_write_over_a_file_that_is_no_feeds_yaml(monitor: Monitor, tmp_path: Path, content: bytes) -> None:
    monitor("outlet", "import")
    notes = tmp_path / "notes.yaml"
    notes.write_bytes(content)
    told = monitor("outlet", "export", str(notes))
    assert (told.status, told.err.splitlines()[-1], notes.read_bytes()) == (2, "1 mistake; nothing was changed.", content)


def test_check_says_what_is_wrong_with_an_outlet_and_what_to_do(monitor: Monitor, feeds: Path) -> None:
    monitor("outlet", "import")
    models.Feed.objects.update(health="gone", last_error="It answers 410.")
    told = monitor("outlet", "check")
    assert (told.status, told.out.splitlines()[1:]) == (
        1,
        [
            "Example Gazette (example-gazette)",
            "  Gone: The outlet says this feed is gone for good, so it is not asked any more. It answers 410.",
            "    http://127.0.0.1:9/gazette.xml",
            "    → Look for the outlet’s new feed, or archive it. If the outlet has brought it back, ask again.",
        ],
    )
    (row,) = monitor("outlet", "check", "--json").objects
    assert (row["id"], row["trouble"], row["severity"], row["feed"]) == ("example-gazette", "gone", "bad", "http://127.0.0.1:9/gazette.xml")
    assert monitor("outlet", "check", str(feeds)).status == 0


def test_opml_goes_out_and_comes_in(monitor: Monitor, tmp_path: Path) -> None:
    monitor("outlet", "import")
    path = tmp_path / "list.opml"
    assert monitor("outlet", "export", str(path)).status == 0
    written, printed = path.read_text(encoding="utf-8").splitlines(), monitor("outlet", "export", "--opml").out.splitlines()
    assert [line for line in printed if "dateCreated" not in line] == [line for line in written if "dateCreated" not in line]
    taken = "  left out: Example Gazette, whose feed http://127.0.0.1:9/gazette.xml belongs to Example Gazette."
    assert monitor("outlet", "import", str(path)) == Told(0, f"{taken}\n{path}: 0 outlets added.\n", "")
    models.Outlet.objects.all().delete()
    assert monitor("outlet", "import", str(path)) == Told(0, f"{path}: 1 outlet added.\n", "")
    assert models.Feed.objects.get().url == "http://127.0.0.1:9/gazette.xml"


def test_opml_of_another_reader_needs_a_country_and_a_language(monitor: Monitor, tmp_path: Path) -> None:
    path = tmp_path / "list.opml"
    lines = "".join(f'<outline type="rss" text="Outlet {n}" xmlUrl="https://o{n}.example/rss"/>' for n in range(2))
    path.write_text(f'<opml version="2.0"><body>{lines}</body></opml>', encoding="utf-8")
    told = monitor("outlet", "import", str(path))
    assert (told.status, len(told.err.splitlines()), models.Outlet.objects.count()) == (2, 5, 0)
    told = monitor("outlet", "import", str(path), "--country", "fr", "--language", "fr")
    assert told == Told(0, f"{path}: 2 outlets added.\n", "")
    assert list(models.Outlet.objects.values_list("slug", "country", "language")) == [("outlet-0", "FR", "fr"), ("outlet-1", "FR", "fr")]


def test_hostile_opml_is_refused_in_words(monitor: Monitor, tmp_path: Path) -> None:
    path = tmp_path / "list.opml"
    path.write_text('<!DOCTYPE opml [<!ENTITY a "b">]><opml/>', encoding="utf-8")
    told = monitor("outlet", "import", str(path))
    assert told.err.splitlines()[0] == f"{path}: Line 1: the file declares entities of its own, which we do not take; export it again."
    assert told.status == 2


def test_check_without_a_file_looks_at_the_desk_alone(monitor: Monitor, feeds: Path) -> None:
    monitor("outlet", "import")
    models.Feed.objects.update(health="blocked")
    feeds.unlink()
    told = monitor("outlet", "check")
    assert (told.status, told.out.splitlines()[:2]) == (
        1,
        [f"There is no {feeds}; the outlets are those of the desk.", "Example Gazette (example-gazette)"],
    )

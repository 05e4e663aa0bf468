"""doctor, once, prune, migrate, theme: plain words, and a status that can be relied on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.config.environment import SETTING_NAMES
from monitor.jobs.timetable import TIMETABLE
from monitor.outside.fonts import missing_scripts
from monitor.store import models
from tests.cli.conftest import BROKEN, MISTAKES, Told

Monitor = Callable[..., Told]


def checks(told: Told) -> list[tuple[str, str]]:
    """What doctor looked at: mark and words."""
    lines = told.out.split("Checks\n")[1].splitlines()
    return [(line[2:7].strip(), line[8:]) for line in lines if line.startswith("  ")]


def test_well_desk_ends_with_zero(monitor: Monitor, feeds: Path) -> None:
    monitor("outlet", "import")
    told = monitor("doctor")
    assert (told.status, told.err, told.out.splitlines()[-1]) == (0, "", "Nothing is wrong.")
    assert {mark for mark, _ in checks(told)} == {"ok", "note"}
    assert ("ok", f"{feeds} is sound.") in checks(told)


def test_scripts_without_a_font_are_worth_a_note(monitor: Monitor) -> None:
    told = monitor("doctor").out
    lacking = {one.package for one in missing_scripts()}
    assert {package for package in ("fonts-noto-core", "fonts-noto-cjk") if f"apt install {package}." in told} == lacking
    assert ("The fonts here print every script that headlines come in." in told) is not bool(lacking)


def test_every_setting_is_shown_with_its_source_and_secrets_masked(monitor: Monitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONITOR_SECRET_KEY", "canary-0123456789-abcdefghijklmnop")
    lines = monitor("doctor").out.split("Checks\n")[0].splitlines()[1:]
    assert [line.split()[0] for line in lines] == list(SETTING_NAMES)
    shown = {line.split()[0]: line for line in lines}
    assert shown["MONITOR_SECRET_KEY"] == "  MONITOR_SECRET_KEY = ***  [environment]"
    assert shown["MONITOR_HOST_INTERVAL"] == "  MONITOR_HOST_INTERVAL = 5  [default]"


def test_broken_feeds_yaml_is_wrong_with_every_mistake(monitor: Monitor, feeds: Path) -> None:
    feeds.write_text(BROKEN, encoding="utf-8")
    told = monitor("doctor")
    assert (told.status, told.err) == (1, "5 things are wrong.\n")
    assert [words for mark, words in checks(told) if mark == "WRONG"] == [f"{feeds}:{mistake}" for mistake in MISTAKES]


def test_rows_given_up_are_wrong(monitor: Monitor) -> None:
    monitor("outlet", "import")
    models.Feed.objects.update(attempts=5)
    told = monitor("doctor")
    assert (told.status, told.err) == (1, "1 thing is wrong.\n")
    assert [words for mark, words in checks(told) if mark == "WRONG"] == [
        "feeds: 1 given up after repeated failures; see the log and docs/operations.md."
    ]


def test_failing_feed_and_missing_contact_are_worth_a_note(monitor: Monitor) -> None:
    monitor("outlet", "import")
    models.Feed.objects.update(health="failing")
    told = monitor("doctor")
    notes = [words.split(";")[0].split(",")[0] for mark, words in checks(told) if mark == "note" and "font" not in words]
    trouble = "Example Gazette (example-gazette): failing. Nothing to do for a day or two"
    mail = "No mail leaves: set MONITOR_MAIL_FROM and MONITOR_SMTP_URL. Messages are made and can be read on the Outbox page."
    assert (told.status, notes) == (0, [trouble, "MONITOR_CONTACT is not set", mail])


def test_contact_is_shown_when_set(monitor: Monitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONITOR_CONTACT", "desk@example.org")
    assert ("ok", "Outlets are told whom to write to: desk@example.org.") in checks(monitor("doctor"))


@pytest.mark.parametrize("command", [("doctor",), ("outlet", "check"), ("theme", "list"), ("lead", "list")])
def test_wrong_settings_are_all_named(monitor: Monitor, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]) -> None:
    monkeypatch.setenv("MONITOR_CONTAKT", "desk@example.org")
    monkeypatch.setenv("MONITOR_HOST_INTERVAL", "soon")
    lines = [
        "MONITOR_CONTAKT: is not a setting (did you mean MONITOR_CONTACT?)",
        "MONITOR_HOST_INTERVAL: 'soon' is no number of seconds (write 5)",
        "2 mistakes; nothing was changed.",
    ]
    assert monitor(*command) == Told(2, "", "\n".join(lines) + "\n")


def test_unknown_job_is_answered_with_the_known_ones(monitor: Monitor) -> None:
    names = ", ".join(job.name for job in TIMETABLE)
    assert monitor("once", "poll") == Told(2, "", f"There is no job 'poll'; there are {names}, and all.\n")


@pytest.mark.parametrize("moment", ["tomorrow", "24h", "+h", "+1w", "+-2h", "+400d", "+99999999999h"])
def test_clock_that_is_not_understood_is_explained(monitor: Monitor, moment: str) -> None:
    sentence = f"--as-of {moment!r} is not understood; write +24h, +90m or +2d, at most +366d.\n"
    assert monitor("once", "checkpoint", "--as-of", moment) == Told(2, "", sentence)


@pytest.mark.parametrize("options", [(), ("--dry-run",)])
def test_prune_says_when_there_is_nothing(monitor: Monitor, options: tuple[str, ...]) -> None:
    assert monitor("prune", *options) == Told(0, "nothing to prune\n", "")


def test_migrate_is_harmless_when_nothing_is_to_do(monitor: Monitor) -> None:
    assert monitor("migrate") == Told(0, "The database is of this version.\n", "")


def test_themes_are_listed(monitor: Monitor) -> None:
    rows = monitor("theme", "list", "--json").objects
    assert {tuple(row) for row in rows} == {("id", "en", "fr", "priority")}
    assert {"terror", "maritime", "nuclear"} - {row["id"] for row in rows} == set()


def test_themes_file_that_is_missing_is_named(monitor: Monitor, tmp_path: Path) -> None:
    missing = tmp_path / "nowhere.yaml"
    sentence = f"{missing}: cannot be read: No such file or directory (check the path and its permissions)\n"
    assert monitor("theme", "check", str(missing)) == Told(2, "", sentence + "1 mistake; nothing was changed.\n")


def test_unknown_command_names_the_nearest(monitor: Monitor) -> None:
    told = monitor("outlet", "lits")
    assert (told.status, told.out, told.err.splitlines()[-1]) == (2, "", "Error: No such command 'lits'. Did you mean 'list'?")

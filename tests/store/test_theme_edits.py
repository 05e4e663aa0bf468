"""Changes of terms in the database: one of two at once is written, an undo once, a person's change lies over a newer file."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.config.themes_file import load_themes
from monitor.store import models, pages_themes, theme_edits
from tests.fakes import NOON

pytestmark = pytest.mark.django_db

TEXT = "themes:\n  navy:\n    label: {en: Navy}\n    terms:\n      en: {frigate*: 2, raid: 1}\n"


@pytest.fixture(autouse=True)
def _file(tmp_path: Path, db: None) -> None:
    a_file(tmp_path, TEXT)


def a_file(folder: Path, text: str) -> None:
    (folder / "themes.yaml").write_text(text, encoding="utf-8")
    theme_edits.tell_file("themes.yaml", text, load_themes(folder / "themes.yaml"), NOON)


def tried(**terms: float) -> str:
    uuid = theme_edits.ask("navy", "en", "", terms, theme_edits.terms_in_use("navy", "en") or {}, None, NOON)
    models.ThemeTrial.objects.filter(uuid=uuid).update(done_at=NOON)
    return uuid


def test_of_two_trials_that_began_alike_only_the_first_is_saved() -> None:
    first, second = tried(**{"frigate*": 2.0, "raid": 3.0}), tried(**{"frigate*": 2.0})
    assert [theme_edits.save(uuid, None, NOON).result for uuid in (first, second, first)] == ["done", "meanwhile", "meanwhile"]
    assert theme_edits.terms_in_use("navy", "en") == {"frigate*": 2.0, "raid": 3.0}
    assert list(models.ThemeChange.objects.values_list("number", "before", "after")) == [(1, {"raid": 1.0}, {"raid": 3.0})]


def test_two_changes_at_one_moment_cannot_have_one_number(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = tried(raid=3.0), tried(raid=4.0)
    theme_edits.save(first, None, NOON)
    monkeypatch.setattr(theme_edits, "last_number", lambda: 0)  # as the second saw it before the first was written
    monkeypatch.setattr(theme_edits, "terms_in_use", lambda *_: {"frigate*": 2.0, "raid": 1.0})
    assert theme_edits.save(second, None, NOON).result == "meanwhile"
    assert models.ThemeChange.objects.count() == 1


def test_an_undo_is_a_change_and_is_undone_once() -> None:
    change = theme_edits.save(tried(raid=3.0), None, NOON).change
    back = theme_edits.undo(change, None, NOON)
    assert (back.result, theme_edits.terms_in_use("navy", "en")) == ("done", {"frigate*": 2.0, "raid": 1.0})
    assert theme_edits.undo(change, None, NOON).result == "meanwhile"
    again = theme_edits.undo(back.change, None, NOON)
    assert (again.result, theme_edits.terms_in_use("navy", "en")) == ("done", {"raid": 3.0})
    assert [(one.undone, one.undoes) for one in pages_themes.history("navy")] == [(False, True), (True, True), (True, False)]


def test_what_people_changed_lies_over_a_newer_file(tmp_path: Path) -> None:
    theme_edits.save(tried(**{"frigate*": 3.0, "raid": 1.0}), None, NOON)
    a_file(tmp_path, TEXT.replace("frigate*: 2, raid: 1", "frigate*: 1, destroyer*: 2"))
    assert theme_edits.terms_in_use("navy", "en") == {"frigate*": 3.0, "destroyer*": 2.0}
    assert pages_themes.themes().differing() == [("navy", "en", {"frigate*": 3.0, "destroyer*": 2.0})]


def test_changes_of_a_theme_that_left_the_file_hold_nothing_up(tmp_path: Path) -> None:
    change = theme_edits.save(tried(raid=3.0), None, NOON).change
    a_file(tmp_path, TEXT.replace("navy", "army"))
    assert (theme_edits.undo(change, None, NOON).result, theme_edits.terms_in_use("navy", "en")) == ("unknown", None)
    assert [line.changes for line in pages_themes.themes().themes] == [0]


def test_old_trials_go_with_the_next() -> None:
    tried(raid=3.0)
    models.ThemeTrial.objects.update(asked_at=NOON - theme_edits.TRIALS_KEPT * 2)
    tried(raid=4.0)
    assert models.ThemeTrial.objects.count() == 1

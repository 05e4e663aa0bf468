"""`monitor edition`: begun, listed, shown, set in its forms with the same bytes, sent once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.store import editions, models, subscribers
from tests.cli.conftest import Told
from tests.fakes import NOON
from tests.store.edition_rows import a_piece, an_edition, an_editor, fill, frozen

Monitor = Callable[..., Told]
TITLE = "1st Edition — Press Review — Security & Defence"


def test_an_edition_is_begun_and_listed(monitor: Monitor) -> None:
    made = monitor("edition", "new", "--language", "en", "--date", "2026-03-20", "--number", "63", "--deadline", "2026-03-19T18:00")
    row = models.Edition.objects.get()
    assert (made.status, made.out.partition(" is begun")[0]) == (0, TITLE.replace("1st", "63rd"))
    assert row.deadline is not None
    assert row.deadline.isoformat() == "2026-03-19T17:00:00+00:00"
    assert monitor("edition", "list", "--json").objects == [
        {
            "id": str(row.uuid), "number": 63, "language": "en", "date": "2026-03-20", "state": "open", "pieces": 0, "wanted": 10,
            "style": "press-review", "title": "",
        }
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--language", "en", "--date", "soon"), "is no day"),
        (("--language", "de", "--date", "2026-03-20"), "no words in 'de'"),
        (("--language", "en", "--date", "2026-03-20", "--style", "other"), "There is no house style 'other'"),
        (("--language", "en", "--date", "2026-03-20", "--deadline", "late"), "is no moment"),
    ],
)
def test_a_wrong_wish_says_so(monitor: Monitor, words: tuple[str, ...], says: str) -> None:
    told = monitor("edition", "new", *words)
    assert (told.status, says in told.err, models.Edition.objects.count()) == (2, True, 0)


def test_a_board_is_shown_with_what_is_missing(monitor: Monitor) -> None:
    fill(an_edition(), (a_piece("Dyke gives way", an_editor()), "africa"))
    told = monitor("edition", "show", "1")
    assert told.out.splitlines() == [
        f"{TITLE} · open · 2026-03-20",
        "Authors: Nour HADDAD",
        "1. Africa",
        "  1.1. Dyke gives way (2 sources)",
        "Missing: Africa: 1 of 2, America: 0 of 2, Asia: 0 of 3, Europe: 0 of 2, Focus: 0 of 1",
    ]
    assert monitor("edition", "show", "1", "--json").objects[0]["sections"][0]["pieces"][0]["sources"][0]["date"] == "2026-03-13"


def test_a_number_of_two_languages_is_asked_about(monitor: Monitor) -> None:
    an_edition()
    an_edition(language="fr")
    told = monitor("edition", "show", "1")
    assert (told.status, "--language fr --style press-review" in told.err) == (2, True)
    assert monitor("edition", "show", "1", "--language", "fr").status == 0
    assert monitor("edition", "show", "77").status == 2


def test_the_same_edition_gives_the_same_bytes(monitor: Monitor, tmp_path: Path) -> None:
    frozen()
    for form in ("html", "text", "markdown", "docx", "csl"):
        kept = []
        for attempt in ("a", "b"):
            target = tmp_path / f"{attempt}.{form}"
            assert monitor("edition", "export", "1", str(target), "--form", form).status == 0
            kept.append(hashlib.sha256(target.read_bytes()).hexdigest())
        assert (form, kept[0]) == (form, kept[1])


def test_a_form_that_is_none_is_named(monitor: Monitor, tmp_path: Path) -> None:
    frozen()
    told = monitor("edition", "export", "1", str(tmp_path / "x"), "--form", "epub")
    assert (told.status, "There is no form epub" in told.err) == (2, True)


def test_a_site_is_written_and_never_over_something_else(monitor: Monitor, tmp_path: Path) -> None:
    edition = frozen()
    editions.publish(edition.uuid, None, NOON)
    folder = tmp_path / "site"
    assert monitor("edition", "export", "all", str(folder), "--form", "site").status == 0
    first = {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert monitor("edition", "export", "all", str(folder), "--form", "site").status == 0
    assert first == {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    other = tmp_path / "other"
    other.mkdir()
    (other / "letter.txt").write_text("mine", encoding="utf-8")
    assert monitor("edition", "export", "all", str(other), "--form", "site").status == 2


def test_an_edition_is_sent_once(monitor: Monitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONITOR_PUBLIC_URL", "https://desk.example.org")
    monkeypatch.setenv("MONITOR_MAIL_FROM", "desk@example.org")
    frozen()
    assert "Nobody has agreed" in monitor("edition", "send", "1").err
    for name in ("ada", "bo"):
        subscribers.add(f"{name}@reader.example", "", "en", "on paper", None, NOON)
    assert monitor("edition", "send", "1").out == "2 messages put into the outbox.\n"
    assert monitor("edition", "send", "1").out == "Everybody who agreed has it already.\n"
    assert models.OutboxMessage.objects.filter(kind="edition").count() == 2


def test_a_test_goes_to_one_address_and_publishes_nothing(monitor: Monitor) -> None:
    edition = frozen()
    monitor("edition", "send", "1", "--test", "me@desk.localhost")
    assert list(models.OutboxMessage.objects.values_list("kind", "recipient")) == [("test", "me@desk.localhost")]
    assert editions.find(edition.uuid).state == "frozen"

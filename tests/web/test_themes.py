"""The themes lab: terms read, tried, saved and undone; of two editors at once the second is told and loses nothing."""

from __future__ import annotations

import re
import uuid

import pytest
from django.test import Client
from django.urls import reverse

from monitor.config.themes_file import load_themes
from monitor.pipeline.theme_terms import fingerprint
from monitor.store import models, periodic, theme_edits
from tests.web import lab, rows
from tests.web.reading import elements

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _file(db: None) -> None:
    lab.a_file()


def try_(client: Client, text: str, *, seen: str = "", language: str = "en") -> object:
    seen = seen or fingerprint(theme_edits.terms_in_use("terror", language) or {})
    return client.post("/themes/terror/try", {"language": language, "terms": text, "seen": seen})


def text_of(response: object) -> str:
    return " ".join(" ".join(elements(response, "main")[0].itertext()).split())  # type: ignore[arg-type]


def test_every_theme_is_listed_with_its_languages_terms_and_tests_and_noise_as_what_it_is(contributor: Client) -> None:
    page = contributor.get("/themes")
    table = [" ".join(" ".join(row.itertext()).split()) for row in elements(page, "tr")][1:]
    assert table == [
        "Terrorism & insurgency fr 4 en 3 ar 2 ja 1 3 –",
        "Maritime security en 2 0 –",
        (
            "noise helper Sport, celebrities, weather, recipes: its score is taken off every other theme. No article is given it. "
            "en 1 fr 1 0 –"
        ),
    ]


def test_a_desk_whose_worker_never_started_says_so(contributor: Client) -> None:
    models.DeskFact.objects.all().delete()
    assert "The themes are not here yet" in text_of(contributor.get("/themes"))
    assert [contributor.get(path).status_code for path in ("/themes/terror", "/themes/themes.yaml")] == [404, 404]


def test_terms_are_shown_as_they_are_typed(contributor: Client, editor: Client) -> None:
    typed = 'ambush*: 2\ncar bomb*: 3\n"gunmen NEAR/5 (killed OR kidnapped)": 3\n'
    assert elements(editor.get("/themes/terror?language=en"), "textarea")[0].text.lstrip("\n") == typed
    page = contributor.get("/themes/terror?language=en")
    assert (elements(page, "pre")[0].text, elements(page, "textarea")) == (typed, [])


def test_every_mistake_is_told_with_its_line_and_the_lines_stay(editor: Client) -> None:
    wrong = 'ambush*: 2\n"a NEAR/5 b NEAR/3 c": 2\nraid: many\nambush*: 3\n'
    page = try_(editor, wrong)
    told = [" ".join(one.itertext()).strip() for one in elements(page, "li") if "Line" in " ".join(one.itertext())]  # type: ignore[arg-type]
    assert [re.match(r"Line (\d+)", line)[1] for line in told] == ["2", "3", "4"]  # type: ignore[index]
    assert (page.status_code, elements(page, "textarea")[0].text.lstrip("\n")) == (200, wrong)  # type: ignore[attr-defined, arg-type]
    assert models.ThemeTrial.objects.count() == 0


def test_terms_are_tried_then_saved_then_undone(editor: Client) -> None:
    asked = try_(editor, 'ambush*: 2.5\n"gunmen NEAR/5 (killed OR kidnapped)": 3\nhostage*: 3\n')
    trial = models.ThemeTrial.objects.get()
    assert asked["Location"] == reverse("theme-trial", args=[trial.uuid])  # type: ignore[index]
    assert "The worker is trying them" in text_of(editor.get(asked["Location"]))  # type: ignore[index]
    assert editor.post(reverse("theme-save", args=[trial.uuid]))["Location"] == asked["Location"]  # type: ignore[index]
    assert models.ThemeChange.objects.count() == 0
    models.ThemeTrial.objects.update(done_at=rows.NOW, found=lab._found("en"))
    assert editor.post(reverse("theme-save", args=[trial.uuid]))["Location"] == "/themes/terror?language=en"
    after = {"ambush*": 2.5, "gunmen NEAR/5 (killed OR kidnapped)": 3.0, "hostage*": 3.0}
    assert theme_edits.terms_in_use("terror", "en") == after
    change = models.ThemeChange.objects.get()
    assert (change.before, change.after) == (
        {"ambush*": 2.0, "car bomb*": 3.0, "hostage*": None},
        {"ambush*": 2.5, "car bomb*": None, "hostage*": 3.0},
    )
    editor.post(reverse("theme-undo", args=[change.uuid]))
    assert theme_edits.terms_in_use("terror", "en") == lab.themes().themes[0].terms["en"]
    assert "undone" in text_of(editor.get("/themes/terror?language=en"))


def test_what_a_trial_found_is_shown_with_its_words(editor: Client) -> None:
    rows.an_article(rows.an_outlet(), rows.a_story(), "Hostages <b>freed</b> by gunmen")
    page = editor.get(reverse("theme-trial", args=[lab.a_trial(rows.a_person("editor"))]))
    shown = text_of(page)
    for words in (
        "+ 1 headline gained",
        "− 1 headline lost",
        "Hostages <b>freed</b> by gunmen",
        "“hostages” hostage*: 3",
        "maritime +0 −2",
    ):
        assert words in shown
    assert "1 would break" in shown


def test_second_editor_is_told_who_came_first_and_keeps_their_lines(editor: Client) -> None:
    mine = "ambush*: 2\ncar bomb*: 3\nsniper*: 2\n"
    seen = fingerprint(theme_edits.terms_in_use("terror", "en") or {})
    trial = lab.a_trial(rows.a_person("editor"), **{"sniper*": 2.0})
    lab.a_change(rows.a_person("editor", given="Nour", family="Haddad"), raid=1.0)
    page = try_(editor, mine, seen=seen)
    assert (page.status_code, "Nour Haddad changed these terms" in text_of(page)) == (200, True)  # type: ignore[attr-defined]
    assert elements(page, "textarea")[0].text.lstrip("\n") == mine  # type: ignore[arg-type]
    assert editor.post(reverse("theme-save", args=[trial]), follow=True).status_code == 200
    assert "sniper*" not in (theme_edits.terms_in_use("terror", "en") or {})
    merged = elements(editor.get(f"/themes/terror?language=en&trial={trial}"), "textarea")[0].text
    assert {"raid: 1", "sniper*: 2", "ambush*: 2"} <= set(merged.split("\n"))


def test_a_change_that_others_built_upon_is_not_undone(editor: Client) -> None:
    nour = rows.a_person("editor", given="Nour", family="Haddad")
    first = lab.a_change(nour, raid=1.0)
    lab.a_change(nour, raid=2.0)
    page = editor.post(reverse("theme-undo", args=[first]), follow=True)
    assert "Nothing was changed: Nour Haddad changed these terms meanwhile" in " ".join(page.content.decode().split())
    assert (theme_edits.terms_in_use("terror", "en") or {})["raid"] == 2.0


def test_the_file_can_be_downloaded_with_the_changes_and_reads_back(editor: Client, tmp_path: object) -> None:
    lab.a_change(rows.a_person("editor"), raid=1.0)
    answer = editor.get("/themes/themes.yaml")
    path = tmp_path / "themes.yaml"  # type: ignore[operator]
    path.write_bytes(answer.content)
    assert load_themes(path).themes[0].terms["en"] == theme_edits.terms_in_use("terror", "en")
    assert ("# the English press" in path.read_text("utf-8"), answer["Content-Disposition"]) == (
        True,
        'attachment; filename="themes.yaml"',
    )


def test_a_page_says_when_the_last_change_is_not_taken_up(editor: Client) -> None:
    lab.a_change(rows.a_person("editor"), raid=1.0)
    assert "is being taken up" in text_of(editor.get("/themes"))
    periodic.set_fact(theme_edits.IN_USE, {"number": 1, "problem": "The new parser children cannot start: no memory."}, rows.NOW)
    assert "could not be taken up" in text_of(editor.get("/themes"))


def test_what_is_not_there_is_not_found(editor: Client) -> None:
    nothing = uuid.uuid4()
    assert editor.get(f"/themes/trial/{nothing}").status_code == 404
    assert editor.post(f"/themes/trial/{nothing}/save").status_code == 404
    assert editor.post(f"/themes/change/{nothing}/undo").status_code == 404
    assert editor.get("/themes/none").status_code == 404
    assert editor.get("/themes/terror?language=<script>&trial=x").status_code == 200


def test_how_far_tagging_again_has_come_is_told_to_everybody(contributor: Client) -> None:
    admin = rows.signed_in("admin")
    run = lab.a_run(total=120, done=40, changed=1)
    said = (
        "The articles of the last 30 days are being tagged again with the changed terms: 40 of 120 looked at. "
        "1 has other themes or another section now. "
    )
    for address in ("/themes", "/themes/terror"):
        page = contributor.get(address)
        assert said in text_of(page)
        assert [(bar.get("max"), bar.get("value")) for bar in elements(page, "progress")] == [("120", "40")]
    row = next(row for row in elements(admin.get("/desk"), "table.jobs tr") if row.xpath(".//code[text()='tag_again']"))
    assert row[3].text_content().strip() == "80"
    models.Retagging.objects.filter(pk=run.pk).update(done=120, changed=7, done_at=rows.NOW, due_at=None)
    assert "120 articles looked at, 7 changed." in text_of(contributor.get("/themes"))
    assert elements(contributor.get("/themes"), "progress") == []


def test_tagging_that_was_given_up_is_taken_up_again_by_an_admin(contributor: Client) -> None:
    admin = rows.signed_in("admin")
    run = lab.a_run(total=3, attempts=5, last_error="KeyError: 'x'")
    assert "was given up after repeated failures" in text_of(contributor.get("/themes"))
    admin.post("/desk/retry", {"kind": "taggings"})
    run.refresh_from_db()
    assert (run.attempts, run.last_error) == (0, "")

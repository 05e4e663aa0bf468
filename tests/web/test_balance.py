"""The balance page: figures, changes, blind spots, each chart with its table."""

from __future__ import annotations

import pytest
from django.test import Client

from monitor.store import editions
from tests.store.edition_rows import frozen
from tests.web import lab, rows
from tests.web.reading import elements

pytestmark = pytest.mark.django_db


def rows_of(page: object, caption: str) -> list[str]:
    for table in elements(page, "table"):  # type: ignore[arg-type]
        if (table.find("caption").text or "").strip() == caption:
            return [" ".join(" ".join(row.itertext()).split()) for row in table.iter("tr")][1:]
    raise AssertionError(f"no table {caption}")


def test_a_desk_that_counted_nothing_says_what_will_come(contributor: Client) -> None:
    assert "Nothing has been counted yet" in contributor.get("/balance").content.decode()


def test_figures_shares_and_changes_are_those_of_the_period(contributor: Client) -> None:
    lab.a_balance()
    page = contributor.get("/balance?days=7")
    assert rows_of(page, "Languages") == ["English 70 50 % same", "French 64 45 % same", "Japanese 7 5.0 % same"]
    assert rows_of(page, "Countries of the press")[0] == "France 64 45 % same"
    assert rows_of(contributor.get("/balance?days=90"), "Languages")[1] == "French 810 45 % same"


def test_blind_spots_are_told_in_words(contributor: Client) -> None:
    lab.a_balance()
    rows.an_outlet(language="uk", country="UA")
    text = " ".join(contributor.get("/balance?days=28").content.decode().split())
    for words in (
        "Mali: 250 articles, all by the press of one country (France)",
        "United States: 84 articles, all by its own press",
        "<li>America</li>",
    ):
        assert words in text
    assert "China:" not in text  # told by two


def test_every_chart_has_words_and_a_table_with_its_figures(contributor: Client) -> None:
    lab.a_balance()
    page = contributor.get("/balance")
    charts = [one for one in elements(page, "svg") if one.get("role") == "img"]
    assert charts != [] and all(one.get("aria-label") for one in charts)
    assert {one.get("aria-hidden") for one in elements(page, "svg") if one.get("role") != "img"} == {"true"}
    figures = rows_of(page, "Regions told of")
    assert (figures[0], len(figures)) == ("West Africa 500", 19)


def test_a_period_that_is_not_whole_says_so_and_tells_no_change(contributor: Client) -> None:
    lab.a_balance(days=10)
    text = " ".join(contributor.get("/balance?days=28").content.decode().split())
    assert "The desk has counted since" in text
    assert 'class="figure change "></td>' in text


def test_an_unknown_period_is_the_usual_one(contributor: Client) -> None:
    lab.a_balance(days=30)
    links = [one for one in elements(contributor.get("/balance?days=9999"), "a") if one.get("aria-current") == "true"]
    assert [one.text for one in links] == ["28 days"]


def test_what_the_last_editions_cited_is_counted(contributor: Client) -> None:
    lab.a_balance()
    assert "Nothing has been published yet" in contributor.get("/balance").content.decode()
    editions.publish(frozen().uuid, None, rows.NOW)
    page = contributor.get("/balance")
    text = " ".join(page.content.decode().split())
    assert "The sources of the last edition: 4." in text
    section = next(one for one in elements(page, "section") if one.get("aria-labelledby") == "cited")
    told = [" ".join(" ".join(line.itertext()).split()) for line in section.iter("tr")]
    assert [line for line in told if not line.startswith("Name")] == [
        "Northern Europe 2 50 %", "Western Europe 2 50 %", "France 2 50 %", "United Kingdom 2 50 %", "English 2 50 %", "French 2 50 %",
        "Harbour News 2 50 %", "Le Phare 2 50 %",
    ]  # fmt: skip

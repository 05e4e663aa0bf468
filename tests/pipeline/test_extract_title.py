"""Which of a page's headlines is kept, and what is taken off it."""

from __future__ import annotations

import pytest

from monitor.pipeline.extract_facts import Facts
from monitor.pipeline.extract_title import choose_title

PORT = "Frigates return to the harbour"
FLEET = "Fleet comes home after a year"
SEA = "A year at sea: the fleet is back"


def chosen(
    og: str = "", json_ld: str = "", heading: str | list[str] = "", twitter: str = "", title: str = "", other: str = "", feed: str = ""
) -> str:
    facts = Facts(title=title, article={"headline": json_ld, "alternativeHeadline": other})
    facts.meta = {name: [text] for name, text in (("og:title", og), ("twitter:title", twitter)) if text}
    headings = [heading] if isinstance(heading, str) else heading
    return choose_title(facts, [each for each in headings if each], "harbourpost.example", ["Harbour Post", "HP"], feed)


def test_og_title_is_kept_where_two_editions_are_told() -> None:
    assert chosen(og=PORT, json_ld=FLEET, heading=FLEET, title=f"{FLEET} - Harbour Post") == PORT


def test_headline_told_twice_in_json_ld_outvotes_og_title() -> None:
    assert chosen(og=PORT, json_ld=FLEET, other=FLEET, heading=PORT, title=PORT) == FLEET


def test_alternative_headline_that_supports_og_title_changes_nothing() -> None:
    assert chosen(og=PORT, json_ld=FLEET, other=PORT, heading=FLEET, title=FLEET) == PORT


def test_og_title_that_stands_alone_is_outvoted_where_three_editions_are_told() -> None:
    assert chosen(og=PORT, json_ld=FLEET, heading=FLEET, twitter=FLEET, title=SEA) == FLEET


def test_og_title_with_company_is_not_outvoted() -> None:
    assert chosen(og=PORT, json_ld=FLEET, heading=FLEET, twitter=PORT, title=SEA) == PORT


@pytest.mark.parametrize(
    ("og", "others", "expected"),
    [
        ("The harbour's frigates", "The harbour’s frigates", "The harbour’s frigates"),
        ("“Frigates” — at last", '"Frigates" - at last', '"Frigates" - at last'),
        ("Frigates return at last", "Frigates — return at last", "Frigates return at last"),
    ],
)
def test_quotation_marks_and_dashes_are_those_of_most_offers(og: str, others: str, expected: str) -> None:
    assert chosen(og=og, json_ld=others, heading=others) == expected


def test_quotation_marks_of_og_title_are_kept_in_a_draw() -> None:
    straight, curly = "The port's ships", "The port’s ships"
    assert chosen(og=straight, json_ld=curly, heading=curly, title=straight) == straight


def test_end_that_og_title_and_json_ld_share_is_part_of_the_headline() -> None:
    told = f"{PORT} - live from the quay"
    assert chosen(og=told, json_ld=told, heading=PORT) == told


def test_end_that_og_title_alone_has_is_no_part_of_the_headline() -> None:
    assert chosen(og=f"{PORT} - live from the quay", heading=PORT) == PORT


def test_outlet_goes_even_where_og_title_and_json_ld_share_it() -> None:
    assert chosen(og=f"{PORT} - Harbour Post", json_ld=f"{PORT} - Harbour Post") == PORT


def test_label_that_changes_from_offer_to_offer_is_no_part_of_the_headline() -> None:
    assert chosen(og=f"Navy: {PORT}", heading=f"Homecoming - {PORT}") == PORT


@pytest.mark.parametrize("heading", [f"Navy : {PORT}", f"The navy - {PORT}", f"Sea | Navy: {PORT}", PORT, f"Comment {PORT}"])
def test_label_that_stays_belongs_to_the_headline(heading: str) -> None:
    assert chosen(og=f"Navy: {PORT}", heading=heading) == f"Navy: {PORT}"


def test_short_name_of_an_outlet_and_its_section_go_after_a_bar_only() -> None:
    assert (chosen(og=f"{PORT} | HP World"), chosen(og=f"{PORT} - HP says so")) == (PORT, f"{PORT} - HP says so")


def test_outlet_without_a_bar_goes_where_another_offer_has_the_headline_alone() -> None:
    assert chosen(heading=f"{PORT} Harbour Post Coast", twitter=PORT) == PORT


def test_heading_with_which_the_title_begins_comes_before_the_name_of_the_outlet() -> None:
    assert chosen(heading=["Our daily paper", PORT], title=f"{PORT} · Harbour Post") == PORT


def test_headline_of_the_feed_serves_where_only_the_outlet_is_named() -> None:
    assert chosen(og="Harbour Post", title="HP", feed=FLEET) == FLEET

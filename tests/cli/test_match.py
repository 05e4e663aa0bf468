"""`monitor tool match`: the queries each line matches, the words that say so, and mistakes told before anything is read."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.cli.conftest import Told

Monitor = Callable[..., Told]
ARMY = {"id": 7, "title": "Army at the border", "text": "The armies met.", "language": "en"}
MALI = {
    "id": "m",
    "title": "Mali : des drones frappent un convoi près de Kidal",
    "text": "L'armée malienne confirme la frappe de drones au Mali.",
}


def lines(*values: object) -> str:
    return "".join((value if isinstance(value, str) else json.dumps(value)) + "\n" for value in values)


def test_each_line_names_its_queries_and_the_words_found(monitor: Monitor) -> None:
    told = monitor(
        "tool", "match", "army NEAR/3 border", "navy", "text:=armies", given=lines(ARMY, {**ARMY, "id": 8, "title": "x", "text": None})
    )
    assert (told.status, told.err) == (0, "")
    assert told.objects == [
        {
            "id": 7,
            "matches": [0, 2],
            "evidence": [
                {"query": 0, "term": "army", "words": "Army", "zone": "title", "offset": 0, "start": 0, "end": 4},
                {"query": 0, "term": "border", "words": "border", "zone": "title", "offset": 3, "start": 12, "end": 18},
                {"query": 2, "term": "text:=armies", "words": "armies", "zone": "lead", "offset": 1, "start": 4, "end": 10},
            ],
        },
        {"id": 8, "matches": [], "evidence": []},
    ]


def test_language_and_tags_are_found_when_a_query_asks_for_them(monitor: Monitor) -> None:
    queries = (
        "region:ML",
        "region:afrique-occidentale",
        "region:africa lang:fr",
        "theme:drones_ai",
        "region:africa lang:en",
        "@geo:ML drone",
    )
    assert [row["matches"] for row in monitor("tool", "match", *queries, given=lines(MALI)).objects] == [[0, 1, 2, 3, 5]]


def test_what_a_line_says_of_itself_can_be_asked_for(monitor: Monitor) -> None:
    line = {
        **ARMY, "outlet": "Le Monde", "country": "FR", "kind": "agency", "authors": ["Marie Dupont"],
        "published": "2025-03-01T23:30:00-05:00", "story": "s1", "paywalled": True,
    }  # fmt: skip
    facts = (
        "outlet:le-monde",
        "country:FR",
        "after:2025-03-02",
        "before:2025-03-03",
        "author:dupont",
        "kind:agency",
        "has:paywall",
        "story:s1",
    )
    told = monitor("tool", "match", *(f"army {fact}" for fact in facts), "army has:text", given=lines(line))
    assert told.objects[0]["matches"] == list(range(9))
    told = monitor("tool", "match", *(f"army {fact}" for fact in facts), given=lines(ARMY, {**ARMY, "published": "soon", "authors": 3}))
    assert [row["matches"] for row in told.objects] == [[], []]


def test_every_mistaken_query_is_explained_and_nothing_is_read(monitor: Monitor) -> None:
    told = monitor("tool", "match", "titre:x", "army", "(army", given=lines(ARMY))
    assert (told.status, told.out) == (2, "")
    assert told.err == (
        "query 0: titre: is no field.\n  titre:x\n  ^\nWrite title:; words themselves stand in quotes.\n"
        "query 2: This parenthesis is never closed.\n  (army\n  ^\nPut a ) where the group ends.\n"
    )


def test_french_operators_and_explanations(monitor: Monitor) -> None:
    assert monitor("tool", "match", "--french", "(army OU navy) SAUF coup", given=lines(ARMY)).objects[0]["matches"] == [0]
    told = monitor("tool", "match", "--french", "army OU", given=lines(ARMY))
    assert (told.status, told.err.split("\n")[0]) == (2, "OU n’est suivi de rien à quoi s’appliquer.")
    told = monitor("tool", "match", "--french", "army ou navy", given=lines(ARMY))
    assert (told.status, told.err) == (0, "«\u00a0ou\u00a0» est cherché comme un mot\u202f; comme opérateur, il s’écrit OU.\n")


@pytest.mark.parametrize("query", ["(" * 1000, "a " * 500_000, "(a+)+$", '" OR NEAR( *', "a\x00b", "\u202ea"])
def test_hostile_queries_are_mistakes(monitor: Monitor, query: str) -> None:
    told = monitor("tool", "match", query, given=lines(ARMY))
    assert (told.status, told.out, told.err.count("\n")) == (2, "", 4)


def test_bad_line_is_skipped(monitor: Monitor) -> None:
    told = monitor("tool", "match", "army", given=lines("no JSON", {"id": 1}, ARMY))
    assert [row["id"] for row in told.objects] == [7]
    assert [line.split(" skipped: ")[0] for line in told.err.splitlines()] == ["line 1", "line 2"]


def test_whose_office_a_name_stands_for_depends_on_the_day(monitor: Monitor) -> None:
    line = lines({"id": "s", "title": "Stoltenberg speaks of the budget", "language": "en"})
    asked = [
        monitor("tool", "match", "--date", day, "region:NO", "@p.stoltenberg", given=line).objects for day in ("2024-01-05", "2026-01-05")
    ]
    assert [row["matches"] for rows in asked for row in rows] == [[1], [0]]

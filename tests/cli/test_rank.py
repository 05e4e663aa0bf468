"""`monitor tool rank`: stories ranked from grouped articles, copies and outlets known, novelty, and mistakes in a sentence."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.pipeline.lead import WEIGHTS
from tests.cli.conftest import Told

Monitor = Callable[..., Told]
MALI = "Mali : des drones frappent un convoi de l’armée près de Kidal"
TEXT = "L'armée malienne confirme la frappe de drones contre un convoi près de Kidal, au Mali, et annonce l'envoi de renforts."
PORT = "Cargo ship drifts into the breakwater after losing its steering"


def an_article(name: str, story: str, title: str = MALI, **values: object) -> dict[str, object]:
    usual = {"outlet": f"o-{name}", "country": "FR", "language": "fr", "published": "2026-03-02T08:00:00+00:00", "text": ""}
    return {"id": name, "story": story, "title": title, **usual, **values}


def lines(*values: object) -> str:
    return "".join((value if isinstance(value, str) else json.dumps(value)) + "\n" for value in values)


def test_stories_are_ranked_with_components_and_reasons(monitor: Monitor) -> None:
    told = monitor(
        "tool", "rank", "--json",
        given=lines(
            an_article("p", "port", "Village baker wins the regional bread prize", language="en"),
            an_article("a", "mali", text=TEXT),
            an_article("b", "mali", "Mali drone strike hits convoy", language="en", country="GB", published="2026-03-02T09:00:00+00:00"),
        ),
    )  # fmt: skip
    assert (told.status, told.err) == (0, "")
    first, other = told.objects
    assert (first["place"], first["story"], first["lead"], first["section"], first["headline"]) == (1, "mali", True, "africa", MALI)
    assert (first["outlets"], first["languages"], first["articles"]) == (2, ["fr", "en"], 2)
    assert first["reasons"][-5:] == ["voices:2", "languages:en,fr", "countries:2", "growing:2", "nothing-published"]
    parts = first["components"]
    assert parts.keys() == {*WEIGHTS, "gate", "fresh"}
    weighted = sum(weight * parts[name] for name, weight in WEIGHTS.items())
    assert first["score"] == pytest.approx(100 * parts["gate"] * parts["fresh"] * weighted, abs=0.05)
    assert (other["place"], other["story"], other["lead"]) == (None, "port", False)


def test_reasons_are_told_in_the_language_asked_for(monitor: Monitor) -> None:
    given = lines(an_article("a", "s"), an_article("b", "s", "Mali drone strike", language="en"))
    english, french = (monitor("tool", "rank", *options, given=given) for options in ((), ("--french",)))
    assert (english.status, french.status) == (0, 0)
    assert "2 independent voices · in 2 languages: English, French" in english.out
    assert "2 voix indépendantes · en 2 langues\u00a0: anglais, français" in french.out
    assert "Breadth 0.43 · " in english.out
    assert "Ampleur 0,43 · " in french.out


def test_files_are_merged_by_id(monitor: Monitor, tmp_path: Path) -> None:
    articles, groups = tmp_path / "articles.jsonl", tmp_path / "groups.jsonl"
    articles.write_text(lines(*({**an_article(name, "x"), "story": None} for name in "ab")), encoding="utf-8")
    groups.write_text(lines({"id": "a", "story": "a"}, {"id": "b", "story": "a"}, {"id": "c", "story": "c"}), encoding="utf-8")
    told = monitor("tool", "rank", "--json", str(articles), str(groups))
    assert [(row["story"], row["articles"]) for row in told.objects] == [("a", 2)]
    assert told.err == "1 line without a title skipped: c\n"


def test_article_without_story_is_one_by_itself_and_outlets_of_the_desk_bring_their_weight(monitor: Monitor, feeds: Path) -> None:
    feeds.write_text(
        feeds.read_text(encoding="utf-8").replace("    language: fr\n", "    language: fr\n    weight: 1.0\n", 1), encoding="utf-8"
    )
    outlets = {"known": {"outlet": "example-gazette"}, "said": {"outlet": "example-gazette", "weight": 0.2}, "unknown": {"outlet": "x"}}
    rows = monitor("tool", "rank", "--json", given=lines(*(an_article(name, "", **one) for name, one in outlets.items()))).objects
    assert {row["story"]: row["components"]["outlet"] for row in rows} == {"known": 1.0, "said": 0.2, "unknown": 0.6}


def test_copies_are_one_voice_said_or_found(monitor: Monitor) -> None:
    later = "2026-03-02T09:00:00+00:00"
    said = [an_article("a", "said"), an_article("b", "said", "Autre titre", copy_of="a", published=later)]
    found = [an_article("c", "found", PORT, language="en"), an_article("d", "found", PORT, language="en", published=later)]
    rows = monitor("tool", "rank", "--json", given=lines(*said, *found)).objects
    counted = ("single-voice", "agency-copies:1")
    assert {row["story"]: [code for code in row["reasons"] if code in counted] for row in rows} == {"said": [*counted], "found": [*counted]}


def test_novelty_is_measured_against_what_was_published(monitor: Monitor, tmp_path: Path) -> None:
    before = tmp_path / "published.jsonl"
    before.write_text(lines(an_article("old", "earlier", text=TEXT), an_article("other", "port", PORT, language="en")), encoding="utf-8")
    given = lines(an_article("a", "s", text=TEXT + " Un bilan est attendu."), an_article("b", "t", "Elecciones en Perú", language="es"))
    mali, peru = sorted(monitor("tool", "rank", "--json", "--published", str(before), given=given).objects, key=lambda row: row["story"])
    assert mali["components"]["novelty"] < 0.4
    assert [code for code in mali["reasons"] if code.startswith("follows")] == [f"follows:{mali['components']['novelty']:.2f}:earlier"]
    assert peru["components"]["novelty"] > 0.9
    assert [code for code in peru["reasons"] if code.startswith(("follows", "nothing"))] == []


def test_moment_fades_old_stories(monitor: Monitor) -> None:
    given = lines(an_article("a", "old"), an_article("b", "new", PORT, language="en", published="2026-03-05T07:00:00+00:00"))
    rows = monitor("tool", "rank", "--json", "--now", "2026-03-05T08:00+00:00", given=given).objects
    assert {row["story"]: (row["components"]["fresh"] > 0.9, "old" in row["reasons"]) for row in rows} == {
        "old": (False, True),
        "new": (True, False),
    }


@pytest.mark.parametrize(
    ("arguments", "given", "said"),
    [
        ((), "", 'No article could be ranked; each has an "id" and a "title".'),
        (("nowhere.jsonl",), "", "nowhere.jsonl cannot be read: No such file or directory"),
        (("--now", "soon"), lines(an_article("a", "s")), "--now 'soon' is not understood"),
        ((), "nonsense\n", "No line could be used; each is a JSON object with id."),
    ],
)
def test_mistakes_are_told_in_a_sentence(monitor: Monitor, arguments: tuple[str, ...], given: str, said: str) -> None:
    told = monitor("tool", "rank", *arguments, given=given)
    assert (told.status, said in told.err) == (2, True)

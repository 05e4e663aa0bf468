"""themes.yaml says every mistake at once, with its line and a suggestion; the gazetteer's files likewise."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.config.gazetteer_file import load_gazetteer
from monitor.config.themes_file import load_themes
from monitor.errors import ConfigError
from monitor.knowledge import Combination, HeadlineTest, ThemeDef

GOOD = """themes:
  personnel:
    label: {fr: Personnel, en: Personnel}
    priority: 0.4
    iptc: ["medtop:20001145"]
    threshold: 3
    terms:
      en: {conscript*: 3, "military service": 2.5, "draft NEAR/3 (army OR military)": 3}
      "*": {"=IDF": 1}
    all_of:
      - {weight: 3, within: 12, any: [[law, loi], ["@o.idf", "@geo:IL"]]}
    not: {fr: ["conscription électorale"]}
    entities: {o.idf: 0.5, "geo:IL": 1}
    tests:
      - {title: "Conscription returns", language: en, themes: [personnel]}
"""


def problems(tmp_path: Path, text: str) -> list[tuple[int | None, str, str]]:
    path = tmp_path / "themes.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_themes(path)
    return [(problem.line, problem.message, problem.suggestion) for problem in caught.value.problems]


def test_good_file_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "themes.yaml"
    path.write_text(GOOD, encoding="utf-8")
    assert load_themes(path).themes == (
        ThemeDef(
            id="personnel",
            label={"fr": "Personnel", "en": "Personnel"},
            priority=0.4,
            iptc=("medtop:20001145",),
            threshold=3.0,
            terms={"en": {"conscript*": 3.0, "military service": 2.5, "draft NEAR/3 (army OR military)": 3.0}, "*": {"=IDF": 1.0}},
            all_of=(Combination(3.0, (("law", "loi"), ("@o.idf", "@geo:IL")), 12),),
            excluded={"fr": ("conscription électorale",)},
            entities={"o.idf": 0.5, "geo:IL": 1.0},
            tests=(HeadlineTest("Conscription returns", "en", ("personnel",)),),
        ),
    )


def test_every_mistake_is_said_at_once(tmp_path: Path) -> None:
    text = """themes:
  Cyber:
    label: {en: Cyber}
  drones:
    treshold: 3
    priority: 2
    iptc: [drones]
    terms:
      klingon: {drone: 3}
      en: {"a NEAR/99 b": 3, drone: heavy, "@o.nato": 1}
    all_of:
      - {weight: 1, any: [[law]], within: 0}
      - {weight: 1, any: [[visit*]], countries: 1}
    entities: {nato: 1}
    tests:
      - {title: "", language: en, themes: [drone]}
"""
    assert problems(tmp_path, text) == [
        (2, "the theme id Cyber cannot be used", "small letters, digits and _, such as cyber_info"),
        (4, "the theme drones has no label", "write label: {fr: …, en: …}"),
        (5, "unknown key treshold", "did you mean threshold?"),
        (6, "2 is out of range", "write a number from 0 to 1"),
        (7, "drones is no IPTC Media Topic", "write medtop: and eight digits"),
        (9, "klingon is no language", "write a code such as fr, en or zh, or * for any"),
        (10, "NEAR/99 is too wide; at most 50 words may lie between", ""),
        (10, "the weight of drone must be a number", "write a number from -20 to 20"),
        (10, "@o.nato cannot stand here", "references belong in all_of and entities"),
        (12, "a combination needs two groups or more", "write any: [[a, b], [c, d]]"),
        (12, "within is a whole number of words from 1 to 100", "write 12"),
        (13, "countries is a whole number from 2 to 5", "write 2"),
        (13, "a combination needs two groups or more", "write any: [[a, b], [c, d]]"),
        (14, "nato is no entity", "write o.nato or geo:ML"),
        (16, "there is no theme drone", "did you mean drones?"),
        (16, "must be text", "put quotes around it"),
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("themes: [a]", 1),
        ("- a", 1),
        ("other: 1\nthemes: {}", 1),
        ("themes:\n  a: 3", 2),
        ("themes:\n  a: {label: {en: A}, terms: [x]}", 2),
    ],
)
def test_wrong_shape_is_a_mistake_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    assert problems(tmp_path, text)[0][0] == line


def test_missing_file_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        load_themes(tmp_path / "none.yaml")


def test_file_of_the_working_directory_is_preferred(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert len(load_themes().shown) == 18
    (tmp_path / "themes.yaml").write_text(GOOD, encoding="utf-8")
    assert [theme.id for theme in load_themes().shown] == ["personnel"]


# ── the gazetteer ──


def test_shipped_gazetteer_is_read() -> None:
    gazetteer = load_gazetteer()
    assert gazetteer.as_of == "2026-02"
    assert len(gazetteer.entries) >= 950
    assert {"en", "fr", "de", "it", "es", "pt", "ru", "uk", "pl", "tr"} <= set(gazetteer.demonyms)
    assert len({entry.id for entry in gazetteer.entries}) == len(gazetteer.entries)


def test_gazetteer_says_every_mistake_at_once(tmp_path: Path) -> None:
    path = tmp_path / "gazetteer.yaml"
    path.write_text(
        """as_of: soon
entries:
  - {id: nato, kind: org, aliases: [NATO]}
  - {id: o.eu, kind: organisation, aliases: [EU]}
  - {id: o.un, kind: org, geo: [ZZ], aliases: [UN], colour: blue}
  - {id: o.au, kind: org}
  - {id: o.au, kind: org, aliases: {fr: ["a*b"]}}
""",
        encoding="utf-8",
    )
    with pytest.raises(ConfigError) as caught:
        load_gazetteer(path)
    assert [(problem.line, problem.message) for problem in caught.value.problems] == [
        (1, "as_of is the month of the knowledge"),
        (3, "the id nato cannot be used"),
        (4, "unknown kind organisation"),
        (5, "unknown key colour"),
        (5, "ZZ is no country"),
        (6, "an entry needs aliases"),
        (7, "a*b cannot be read; a * stands after at least 2 letters, at the end of a word, without ="),
        (7, "the id o.au is there twice"),
    ]


@pytest.mark.parametrize(
    ("name", "row", "message"),
    [
        ("cities.tsv", "ZZ\tcity\tNowhere", "cannot be read: ZZ city"),
        ("cities.tsv", "ML\tcity\tGa*o", "Ga*o cannot be read; a * stands after at least 2 letters, at the end of a word, without ="),
        ("cities.tsv", "ML\tcity\tGao\nML\tcity\tGao", "c.ml.gao is there twice"),
        ("demonyms.tsv", "ZZ\tmalien*", "cannot be read: ZZ"),
        ("demonyms.tsv", "ML\tmalien*\nNE\tmalien*", "malien* means two countries in fr"),
    ],
)
def test_wrong_row_of_a_table_is_said_with_its_line(tmp_path: Path, name: str, row: str, message: str) -> None:
    (tmp_path / "gazetteer.yaml").write_text("as_of: 2025-11\nentries: []\n", encoding="utf-8")
    heading = "iso2\tkind\t*" if name == "cities.tsv" else "iso2\tfr"
    (tmp_path / name).write_text(f"# made for this test\n{heading}\n{row}\n", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_gazetteer(tmp_path / "gazetteer.yaml")
    assert [(problem.line, problem.message) for problem in caught.value.problems] == [(row.count("\n") + 3, message)]

"""style.yaml says every mistake at once, with its line and a suggestion; a style of other form proves that style is data."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.config.style_file import load_styles
from monitor.errors import ConfigError
from monitor.records import Style, StyleSection, StyleWords

OTHER = """styles:
  digest:
    sections:
      - {id: sea, label: {en: At sea}, target: 1}
      - {id: air, label: {en: In the air}}
    numbering: {section: "§{section}", piece: "{section}/{piece}"}
    words: {shortest: 80, longest: 120, about: 100}
    sources: {fewest: 1, window_days: 7}
    fonts: [DejaVu Sans]
    languages:
      en:
        series: Weekly Digest
        edition: "{series}, no. {number}"
        organisation: Harbour Watch
        authors: Written by
        headlines: In this issue
        sources: Read in
        byline: "{FAMILY}, {given}"
        citation: "{quoted} (*{outlet}*, {date})"
        between: ","
        last: ""
        date: "%Y-%m-%d"
        quotes: ["‹", "›"]
        inner_quotes: ["'", "'"]
        front: [For the crew only]
"""


def problems(tmp_path: Path, text: str) -> list[tuple[int | None, str, str]]:
    path = tmp_path / "style.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_styles(path)
    return [(problem.line, problem.message, problem.suggestion) for problem in caught.value.problems]


def test_the_shipped_style_has_the_five_sections_in_both_languages() -> None:
    style = load_styles()["press-review"]
    assert [(one.id, one.label["en"], one.label["fr"]) for one in style.sections] == [
        ("africa", "Africa", "Afrique"),
        ("america", "America", "Amérique"),
        ("asia", "Asia", "Asie"),
        ("europe", "Europe", "Europe"),
        ("focus", "Focus", "Focus"),
    ]
    assert (style.section_number, style.piece_number, sorted(style.languages)) == ("{section}.", "{section}.{piece}.", ["en", "fr"])
    assert style.languages["fr"].quotes == ("«\u00a0", "\u00a0»")


def test_a_style_of_another_form_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "style.yaml"
    path.write_text(OTHER, encoding="utf-8")
    assert load_styles(path) == {
        "digest": Style(
            id="digest",
            sections=(StyleSection("sea", {"en": "At sea"}, 1), StyleSection("air", {"en": "In the air"}, 0)),
            section_number="§{section}",
            piece_number="{section}/{piece}",
            words=(80, 120),
            about=100,
            sources=1,
            languages={
                "en": StyleWords(
                    series="Weekly Digest",
                    edition="{series}, no. {number}",
                    organisation="Harbour Watch",
                    authors="Written by",
                    headlines="In this issue",
                    sources="Read in",
                    byline="{FAMILY}, {given}",
                    citation="{quoted} (*{outlet}*, {date})",
                    between=",",
                    last="",
                    date="%Y-%m-%d",
                    quotes=("‹", "›"),
                    inner_quotes=("'", "'"),
                    front=("For the crew only",),
                )
            },
            window_days=7,
            fonts=("DejaVu Sans",),
        )
    }


def test_a_file_beside_the_outlets_is_taken(tmp_path: Path) -> None:
    feeds = tmp_path / "feeds.yaml"
    before = list(load_styles(beside=feeds))
    (tmp_path / "style.yaml").write_text(OTHER, encoding="utf-8")
    assert (before, list(load_styles(beside=feeds))) == (["press-review"], ["digest"])


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "style.yaml"
    path.write_text(OTHER, encoding="utf-8")
    before = load_styles(path)["digest"].about
    path.write_text(OTHER.replace("about: 100", "about: 95 "), encoding="utf-8")
    import os

    os.utime(path, ns=(1, 1))
    assert (before, load_styles(path)["digest"].about) == (100, 95)


def test_every_mistake_is_said_at_once(tmp_path: Path) -> None:
    text = (
        OTHER.replace("  digest:", "  Digest:")
        .replace("id: air", "id: sea")
        .replace('"{section}/{piece}"', '"{section}"')
        .replace("about: 100", "about: 500")
        .replace("{quoted} (*{outlet}*, {date})", "{quote} (*{outlet}, {date})")
        .replace('"%Y-%m-%d"', '"%Y-%B"')
        .replace('["‹", "›"]', '"‹›"')
        .replace("front: [", "fromt: [")
        .replace("fonts: [DejaVu Sans]", "logo: ../secret.png")
    )
    assert problems(tmp_path, text) == [
        (2, "the style id Digest cannot be used", "small letters, digits, - and _, such as press-review"),
        (5, "the section sea is there twice", "keep one of the two"),
        (6, "the pattern {section} lacks {piece}", "known: {section}, {piece}"),
        (7, "shortest, about and longest are not in order", "write {shortest: 150, about: 200, longest: 300}"),
        (9, "../secret.png is no picture beside this file", "write the name of a file only, such as logo.png"),
        (19, "{quote} is no name of this pattern", "did you mean quoted?"),
        (
            19,
            "the pattern {quote} (*{outlet}, {date}) lacks {headline} or {quoted}",
            "known: {outlet}, {headline}, {quoted}, {date}, {country}, {authors}",
        ),
        (19, "a star is alone", "italics stand between two stars: *{outlet}*"),
        (22, "%Y-%B is no form of a date", 'write "%d/%m/%Y" from %d, %m, %Y and %y'),
        (23, "quotes are an opening and a closing mark", 'write ["“", "”"]'),
        (25, "unknown key fromt", "did you mean front?"),
    ]


@pytest.mark.parametrize("pattern", ["{given.__class__} {family}", "{family!r}", "{family:>99999999}", "{family", "{0} {family}"])
def test_a_pattern_cannot_reach_beyond_its_names(tmp_path: Path, pattern: str) -> None:
    found = problems(tmp_path, OTHER.replace("{FAMILY}, {given}", pattern))
    assert [line for line, _message, _suggestion in found] == [18]


def test_a_file_without_anything_in_it_says_how_to_begin(tmp_path: Path) -> None:
    assert problems(tmp_path, "") == [
        (1, "must begin with styles:", ""),
        (1, "styles must be a block of key: value lines", ""),
        (1, "has no style", "begin with styles: and a line such as press-review:"),
    ]


def test_a_picture_must_be_there(tmp_path: Path) -> None:
    text = OTHER.replace("fonts: [DejaVu Sans]", "logo: crest.png")
    assert problems(tmp_path, text) == [(9, "there is no crest.png beside this file", "put the picture there or leave logo empty")]
    (tmp_path / "crest.png").write_bytes(b"\x89PNG")
    (tmp_path / "style.yaml").write_text(text + "\n", encoding="utf-8")
    assert load_styles(tmp_path / "style.yaml")["digest"].logo == str(tmp_path / "crest.png")

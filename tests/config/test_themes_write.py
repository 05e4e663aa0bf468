"""Terms written back into themes.yaml: only their lines change, and reading gives them back."""

from __future__ import annotations

from pathlib import Path

from monitor.config.themes_file import load_themes, read_terms, themes_text
from monitor.config.themes_write import with_terms, written_terms

TEXT = """# What we care about.
themes:

  forces:
    label: {en: Forces}   # as printed
    terms:
      fr: {raid: 1, "tir* de missile*": 3,
           obus: 2}
      # English next
      en: {raid: 1}

    tests:
      - {title: "Un raid", language: fr, themes: [forces]}

  # the sea
  navy:
    label: {en: Navy}
    terms: {en: {frigate*: 2}}
"""


def test_only_the_lines_of_changed_terms_are_written_anew(tmp_path: Path) -> None:
    text, left = with_terms(TEXT, [("forces", "fr", {"raid": 2.5, '"a b" NEAR/3 (c OR d)': 1.0, "null": 1.0})])
    assert left == []
    expected = TEXT.replace(
        '{raid: 1, "tir* de missile*": 3,\n           obus: 2}', '{raid: 2.5, "\\"a b\\" NEAR/3 (c OR d)": 1, "null": 1}'
    )
    assert text == expected


def test_a_new_language_comes_after_the_last(tmp_path: Path) -> None:
    text, left = with_terms(TEXT, [("forces", "ko", {"공습": 3.0})])
    assert (left, text) == ([], TEXT.replace("      en: {raid: 1}\n", "      en: {raid: 1}\n      ko: {공습: 3}\n"))


def test_a_form_that_cannot_be_edited_is_left_alone_and_named() -> None:
    changes = [("navy", "en", {"frigate*": 3.0}), ("nowhere", "en", {"x": 1.0})]
    assert with_terms(TEXT, changes) == (TEXT, [("navy", "en"), ("nowhere", "en")])


def test_every_term_of_the_shipped_file_reads_back_as_it_is_typed() -> None:
    themes = load_themes()
    odd = [
        (theme.id, language)
        for theme in themes.themes
        for language, terms in theme.terms.items()
        if read_terms(written_terms(terms), "terms") != (dict(terms), [])
    ]
    assert odd == []


def test_the_shipped_file_says_the_same_after_an_edit_but_for_the_edit(tmp_path: Path) -> None:
    name, text = themes_text()
    before = load_themes()
    written, left = with_terms(text, [("forces", "de", {"Panzer*": 2.0})])
    (tmp_path / name).write_text(written, encoding="utf-8")
    after = load_themes(tmp_path / name)
    told = {(one.id, language): terms for one in after.themes for language, terms in one.terms.items()}
    wanted = {(one.id, language): terms for one in before.themes for language, terms in one.terms.items()}
    assert (left, told) == ([], wanted | {("forces", "de"): {"Panzer*": 2.0}})


def test_every_mistake_of_typed_terms_is_told_with_its_line() -> None:
    _terms, problems = read_terms('missile*: 2\n"a NEAR/5 b NEAR/3 c": 2\nfrigate: x\nraid: 99\nmissile*: 3\ny*: 1\n', "terms")
    assert [problem.line for problem in problems] == [2, 3, 4, 5, 6]
    assert read_terms("  \n# nothing\n", "terms") == ({}, [])

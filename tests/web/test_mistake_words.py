"""Mistakes in the lines of a theme are told in French on French pages; no sentence of the readers that find them is missing."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

import monitor
from monitor.config.themes_file import read_terms
from monitor.pipeline.theme_terms import fingerprint
from monitor.store import theme_edits
from monitor.web import mistake_words
from tests.web import lab, rows
from tests.web.reading import elements

ROOM = Path(monitor.__file__).parent
READERS = ("config/yaml_file.py", "config/themes_file.py", "knowledge.py")
TOLD = {"wrong": (0, 9), "report": (1, 2), "Problem": (2, 3), "problem": (0, 9), "ValueError": (0, 9)}
"""Calls that tell a mistake: where the sentence stands among their arguments, and where what is suggested."""
VALUES = {"unit": "", "what": "the weight of x"}


def written(node: ast.expr) -> Iterator[str]:
    """The texts of an expression; a value stands as x."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else _value(part) for part in node.values)
    elif isinstance(node, ast.IfExp):
        yield from (*written(node.body), *written(node.orelse))
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "lstrip":
        yield from written(node.func.value)


def _value(part: ast.expr) -> str:
    name = ast.unparse(part.value) if isinstance(part, ast.FormattedValue) else ""
    return VALUES.get(name, "x")


def sentences(path: str) -> Iterator[str]:
    """Every sentence a reader tells."""
    for node in ast.walk(ast.parse((ROOM / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            told = [node.args[place] for place in TOLD.get(name, ()) if place < len(node.args)]
            for one in (*told, *(word.value for word in node.keywords if word.arg == "suggestion")):
                yield from written(one)
        elif isinstance(node, ast.FunctionDef) and node.name == "did_you_mean":
            for line in ast.walk(node):
                if isinstance(line, ast.Return) and line.value is not None:
                    yield from written(line.value)
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "_HINTS":
            yield from (hint for _sign, hint in ast.literal_eval(node.value))


@pytest.mark.parametrize("path", READERS)
def test_every_sentence_of_a_reader_is_known_in_french(path: str) -> None:
    with translation.override("fr"):
        unknown = [text for text in sentences(path) if mistake_words.said(text) == text]
    assert unknown == []


def test_every_sentence_is_found_where_it_is_told() -> None:
    assert sum(1 for path in READERS for _ in sentences(path)) > 80


def test_every_known_sentence_has_its_french_with_the_same_values() -> None:
    for text in mistake_words.SAID:
        with translation.override("en"):
            english = str(text)
        with translation.override("fr"):
            french = str(text)
        assert (french != english, sorted(re.findall(r"%\((\w+)\)s", french))) == (True, sorted(re.findall(r"%\((\w+)\)s", english))), (
            english
        )


@pytest.mark.parametrize(
    ("lines", "french"),
    [
        ("raid: many", "le poids de raid doit être un nombre (écrivez un nombre de -20 à 20)"),
        ("raid: 90", "le poids de raid, 90, est hors des limites (écrivez un nombre de -20 à 20)"),
        ("raid: 1\nraid: 2", "la clé raid figure deux fois (d’abord à la ligne 1) (gardez l’une des deux)"),
        ("- raid", "n’est pas une liste de termes (écrivez un terme et son poids par ligne, par exemple missile*: 2)"),
        ("'!!': 2", "un terme n’a ni lettre ni chiffre"),
        ("a b: c: 2", None),
        ("\tx: 1", None),
        ("a: [1", None),
        ('"a: 1', None),
        ("a: 1\nb", None),
        ("? [a]\n: 1", None),
    ],
)
def test_mistakes_in_lines_are_told_in_french_with_their_values(lines: str, french: str | None) -> None:
    (problem, *_more) = read_terms(lines, "")[1]
    english = (problem.message, problem.suggestion)
    with translation.override("fr"):
        told = tuple(mistake_words.said(text) for text in english)
    with translation.override("en"):
        assert tuple(mistake_words.said(text) for text in english) == english
    assert [text for text, was in zip(told, english, strict=True) if text == was and was] == []
    if french is not None:
        assert told[0] + (f" ({told[1]})" if told[1] else "") == french


@pytest.mark.django_db
def test_a_french_page_tells_in_french_what_is_wrong_with_a_line() -> None:
    lab.a_file()
    seen = fingerprint(theme_edits.terms_in_use("terror", "en") or {})
    wrong = {"language": "en", "terms": "raid: many\na NEAR/99 b: 2\n", "seen": seen}
    told = [
        [" ".join("".join(one.itertext()).split()) for one in elements(client.post("/themes/terror/try", wrong), "ul.mistakes li")]
        for client in (rows.signed_in("editor", "fr"), rows.signed_in("editor"))
    ]
    assert told == [
        [
            "Ligne 1 : le poids de raid doit être un nombre (écrivez un nombre de -20 à 20)",
            "Ligne 2 : NEAR/99 est trop large ; 50 mots au plus peuvent se trouver entre les deux",
        ],
        [
            "Line 1: the weight of raid must be a number (write a number from -20 to 20)",
            "Line 2: NEAR/99 is too wide; at most 50 words may lie between",
        ],
    ]

"""The pages about the interface for programs: every operation, name and problem is told, in both languages, and no other."""

from __future__ import annotations

import re

import pytest

from monitor.store import triage
from monitor.web import triage_words
from monitor.web.api import problems, routes
from monitor.web.api.pace import A_MINUTE
from monitor.web.views import programs
from tests.conftest import PROJECT

PAGES = {"en": PROJECT / "docs" / "api.md", "fr": PROJECT / "docs" / "api.fr.md"}


def table(language: str, sign: str) -> dict[str, list[str]]:
    """The rows whose first cell is code that matches `sign`: the code → the other cells."""
    lines = PAGES[language].read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| `")]
    return {row[0].strip("`"): row[1:] for row in rows if re.fullmatch(sign, row[0].strip("`"))}


@pytest.mark.parametrize("language", PAGES)
def test_every_operation_is_told_with_what_it_takes(language: str) -> None:
    told = {asked: re.findall(r"`(\w+)`", cells[-1]) for asked, cells in table(language, r"(GET|POST) .*").items()}
    assert {asked: set(takes) for asked, takes in told.items()} == {
        f"{one['method']} {one['path']}": {*one["takes"], *one["body"]} for one in programs.operations()
    }
    assert list(told) == [f"{one['method']} {one['path']}" for one in programs.operations()]


@pytest.mark.parametrize("language", PAGES)
def test_every_problem_is_told_with_its_status(language: str) -> None:
    told = {kind: int(cells[0]) for kind, cells in table(language, r"[a-z-]+").items()}
    assert told == {kind: status for kind, (status, _title) in problems.KINDS.items()}


@pytest.mark.parametrize("language", PAGES)
def test_limits_reasons_and_lengths_are_those_of_the_code(language: str) -> None:
    text = re.sub(r"[,\u202f]", "", PAGES[language].read_text(encoding="utf-8"))
    assert [number for number in (A_MINUTE, routes.LARGEST_BODY) if f"{number} " not in " ".join(text.split())] == []
    words = [*triage.REASONS, *triage_words.SNOOZE]
    assert [word for word in words if f"`{word}`" not in text] == []


def test_the_french_page_keeps_signs_with_their_words() -> None:
    prose = re.sub(r"```.*?```|`[^`]*`|\]\([^)]*\)", "x", PAGES["fr"].read_text(encoding="utf-8"), flags=re.DOTALL)
    prose = re.sub(r"^\|[-|]+$", "", prose, flags=re.MULTILINE)
    assert re.findall(r"\S*[^\u202f][;!?](?:\s|$)|\S*[^\u00a0]:(?:\s|$)|\S*'\S*", prose) == []

"""Docs are tested: what exists is said, what is said exists."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, get_args

import pytest
from django.db import connection
from django.utils import translation

from monitor.config import feeds_shape
from monitor.config.environment import SETTING_NAMES, load_settings
from monitor.jobs.timetable import TIMETABLE
from monitor.records import Verdict
from monitor.web import reasons, words
from monitor.web.access import RIGHTS
from tests import commands_page
from tests.conftest import PROJECT

DOCS = PROJECT / "docs"
PAGES = sorted([PROJECT / "README.md", PROJECT / "SECURITY.md", *DOCS.glob("*.md")])
OPERATIONS, FEEDS = DOCS / "operations.md", DOCS / "feeds-yaml.md"
GUIDES = {"en": DOCS / "guide.en.md", "fr": DOCS / "guide.fr.md"}
FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def prose(page: Path) -> str:
    """A page without its code blocks."""
    return FENCE.sub("", text_of(page))


def plain(text: str) -> str:
    """Typographic blanks and quotation marks as the keyboard has them: a page may wrap where the interface does not."""
    return " ".join(text.replace("\u202f", " ").replace("\u00a0", " ").split())


def table_rows(page: Path, heading: str) -> dict[str, list[str]]:
    """The rows of the tables under a heading: first cell without its backquotes → the other cells."""
    after = text_of(page).split(f"{heading}\n", 1)
    assert len(after) == 2, f"{page.name} has no heading {heading!r}"
    level = heading.split(" ")[0]
    part = re.split(rf"^#{{1,{len(level)}}} ", after[1], maxsplit=1, flags=re.MULTILINE)[0]
    part = part.split("\n#", 1)[0]
    rows = [[cell.strip() for cell in line.strip().strip("|").split(" | ")] for line in part.splitlines() if line.lstrip().startswith("|")]
    return {row[0].strip("` "): row[1:] for row in rows if not row[0].startswith("---") and row[0] != "|"}


# ── the command line ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_commands_page_is_what_the_commands_say() -> None:
    assert text_of(commands_page.PAGE) == commands_page.page(), "run: python -m tests.commands_page"


def test_every_command_is_explained_outside_its_help() -> None:
    said = "\n".join(text_of(page) for page in PAGES if page != commands_page.PAGE)
    leaves = [" ".join(path) for path, command in commands_page.commands() if not getattr(command, "commands", None)]
    assert [name for name in leaves if not re.search(rf"\bmonitor {name}\b", said)] == []


def code_of(page: Path) -> Iterator[str]:
    """Every line of shell in a page: code blocks without a language or of sh, and code in the running text."""
    for kind, block in FENCE.findall(text_of(page)):
        if kind in ("", "sh", "bash", "shell", "console"):
            yield from block.replace("\\\n", " ").splitlines()
    yield from re.findall(r"`([^`\n]+)`", prose(page))


def command_lines(page: Path) -> Iterator[list[str]]:
    """What stands behind `monitor` in each command line that is shown."""
    if page == commands_page.PAGE:
        return
    for line in code_of(page):
        for part in re.split(r"\|\s|&&|;\s", re.sub(r"(^|\s)#.*", "", line)):
            try:
                given = shlex.split(part)
            except ValueError:
                continue  # prose or data between backquotes, no command line
            places = [at for at, word in enumerate(given) if word == "monitor" or word.endswith("/bin/monitor")]
            if places and "Usage:" not in given:
                yield given[places[-1] + 1 :]


def wrong_in(words_given: list[str]) -> str:
    """What a command line names that does not exist, or ""."""
    command: Any = commands_page.command_tree()
    for word in words_given:
        if word.startswith(("$", "<", ">", "[", "(")) or word in ("…", "-"):
            continue
        children = getattr(command, "commands", {})
        if word.startswith("-") and word != "--help":
            options = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
            if word.split("=")[0] not in options:
                return word
        elif children and word != "--help":
            if word not in children:
                return word
            command = children[word]
    return ""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_command_lines_shown_exist(page: Path) -> None:
    wrong = [f"monitor {' '.join(line)}" for line in command_lines(page) if wrong_in(line)]
    assert wrong == []


def test_wrong_command_lines_would_be_seen() -> None:
    assert wrong_in(["outlet", "import", "feeds.yaml", "--file-wins"]) == ""
    assert wrong_in(["outlet", "improt"]) == "improt"
    assert wrong_in(["lead", "list", "--colour", "red"]) == "--colour"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_make_targets_named_exist(page: Path) -> None:
    targets = set(re.findall(r"^([a-z][a-z-]*):", text_of(PROJECT / "Makefile"), re.MULTILINE))
    named = {target for line in code_of(page) for target in re.findall(r"(?:^|\s)make ([a-z][a-z-]*)\b", line)}
    assert named - targets == set()


# ── settings, files, roles, jobs, health ─────────────────────────────────────────────────────────────────────────────


def test_every_setting_is_in_the_table_and_no_other() -> None:
    assert tuple(name for name in table_rows(OPERATIONS, "## Settings") if name.startswith("MONITOR_")) == SETTING_NAMES


def test_defaults_of_settings_are_those_of_the_code() -> None:
    shown = load_settings({"MONITOR_HOME": "var"}).printable()
    rows = table_rows(OPERATIONS, "## Settings")
    literal = ("BIND", "INSECURE", "HOST_INTERVAL", "LOG")
    assert {name: rows[f"MONITOR_{name}"][1] for name in literal} == {name: f"`{shown[f'MONITOR_{name}']}`" for name in literal}
    paths = {"HOME": "var", "FEEDS": "feeds.yaml"}
    assert {name: rows[f"MONITOR_{name}"][1] for name in paths} == {name: f"`{path}`" for name, path in paths.items()}
    assert {name: Path(shown[f"MONITOR_{name}"]).name for name in paths} == paths
    empty = [name for name in SETTING_NAMES if not shown[name] and name not in ("MONITOR_THEMES", "MONITOR_STYLE", "MONITOR_SECRET_KEY")]
    assert [name for name in empty if rows[name][1] != "none"] == []


@pytest.mark.parametrize(
    ("heading", "shape"),
    [
        ("## `desk`: the desk itself", feeds_shape.DeskShape),
        ("### `sections`: one section", feeds_shape.SectionShape),
        ("## `outlets`: one outlet", feeds_shape.OutletShape),
        ("### `feeds`: one feed", feeds_shape.FeedShape),
    ],
)
def test_every_key_of_feeds_yaml_has_its_row(heading: str, shape: type[feeds_shape.Shape]) -> None:
    assert [key for key in table_rows(FEEDS, heading) if key != "key"] == list(shape.model_fields)


def test_every_value_of_a_choice_is_named() -> None:
    choices = (*feeds_shape.KINDS, *feeds_shape.FORMATS, *feeds_shape.TEXT_SOURCES)
    assert [value for value in choices if f"`{value}`" not in text_of(FEEDS)] == []


def test_roles_and_rights_are_those_of_the_pages() -> None:
    rows = table_rows(OPERATIONS, "## People")
    roles = rows.pop("right")
    told = {role: {name.split("`")[0].strip("` :") for name, cells in rows.items() if cells[at] == "yes"} for at, role in enumerate(roles)}
    assert told == {role: set(rights) for role, rights in RIGHTS.items()}


def spell(seconds: float) -> str:
    return next(f"{seconds / size:g} {unit}" for unit, size in (("h", 3600), ("min", 60), ("s", 1)) if seconds >= size)


def test_every_job_is_in_the_table_with_its_rhythm() -> None:
    rows = table_rows(OPERATIONS, "## What runs by itself")
    told = {name: cells[1:] for name, cells in rows.items() if name != "job"}
    assert list(told) == [job.name for job in TIMETABLE]
    assert {name: cells[0] for name, cells in told.items()} == {job.name: spell(job.look_every.total_seconds()) for job in TIMETABLE}
    repeated = {job.name: f"once in {spell(job.repeat.total_seconds())}" for job in TIMETABLE if job.repeat}
    repeated |= {job.name: f"at {job.at.hour}:{job.at.minute:02}" for job in TIMETABLE if job.at}
    assert {name: told[name][1] for name in repeated} == repeated


def test_every_health_word_has_its_remedy() -> None:
    rows = table_rows(OPERATIONS, "### A feed that is stuck")
    with translation.override("en"):
        told = {code: cells[0] for code, cells in rows.items() if code != "health"}
        assert told == {code: str(said) for code, said in words.HEALTH.items()}
    assert [code for code, cells in rows.items() if not cells[2]] == []


@pytest.mark.parametrize("language", GUIDES)
def test_guides_use_the_words_of_the_pages(language: str) -> None:
    guide = plain(text_of(GUIDES[language]))
    with translation.override(language):
        health = [plain(str(said)) for said in words.HEALTH.values()]
        verdicts = [plain(words.say("verdict", code)) for code in get_args(Verdict)]
        parts = [plain(str(said)) for said in reasons.PARTS.values()]
        pages = [plain(translation.gettext(name)) for name in ("Today", "Outlets", "Why it is here", "Why here", "New", "Growing", "Quiet")]
        buttons = [plain(translation.gettext(name)) for name in ("Open the desk", "Pause", "Resume", "Day before", "Text")]
    assert [word for word in health if f"| {word} |" not in guide] == []
    assert [word for word in parts if f"| {word} |" not in guide] == []
    assert [word for word in (*verdicts, *pages[2:], *buttons) if f"**{word}**" not in guide] == []
    assert [word for word in pages[:2] if word not in guide] == []


def sql_of(page: Path) -> list[str]:
    return [line for kind, block in FENCE.findall(text_of(page)) if kind == "sql" for line in block.splitlines()]


@pytest.mark.django_db
@pytest.mark.parametrize("statement", sql_of(OPERATIONS))
def test_statements_shown_are_understood_by_the_database(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        assert cursor.rowcount == 0


# ── links, addresses, typography ─────────────────────────────────────────────────────────────────────────────────────


@cache
def anchors(page: Path) -> frozenset[str]:
    """The anchors GitHub and most readers give to the headings of a page."""
    names = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return frozenset(re.sub(r"\s", "-", re.sub(r"[^\w\s-]", "", name.strip().lower())) for name in names)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_relative_links_lead_somewhere(page: Path) -> None:
    lost = []
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        if not there.exists() or (anchor and there.suffix == ".md" and anchor not in anchors(there)):
            lost.append(target)
    assert lost == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_addresses_of_people_are_examples(page: Path) -> None:
    found = re.findall(r"(?<![\w:/])[\w.+-]+@([\w-]+(?:\.[\w-]+)+)", re.sub(r"://[^\s`|]*", "", text_of(page)))
    assert [host for host in found if not re.search(r"(^|\.)example\.(org|com|net)$|\.localhost$", host)] == []


def test_french_guide_keeps_signs_with_their_words() -> None:
    running = re.sub(r"`[^`]*`|\]\([^)]*\)|https?://\S+|^\|[-|]+$", "x", prose(GUIDES["fr"]), flags=re.MULTILINE)
    narrow = re.findall(r"\S*[^\u202f][;!?](?:\s|$)", running)
    wide = re.findall(r"\S*[^\u00a0](?::|»)(?:\s|$)|«[^\u00a0]\S*", running)
    assert (narrow, wide) == ([], [])
    assert "'" not in running

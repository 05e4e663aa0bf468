"""The habits of the house that a machine can check: rooms, names, sizes, broad excepts, fakes."""

from __future__ import annotations

import ast
import re
import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
SOURCE = PROJECT / "src" / "monitor"
ROOMS = ("config", "pipeline", "data", "outside", "store", "render", "flows", "jobs", "web", "cli")
VAGUE = {
    "manager",
    "managers",
    "helper",
    "helpers",
    "util",
    "utils",
    "service",
    "services",
    "handler",
    "handlers",
    "core",
    "common",
    "base",
    "misc",
}
LONGEST_FILE, FILE_P90, LONGEST_FUNCTION, FUNCTION_P90, FUNCTION_MEDIAN = 500, 350, 60, 30, 10


def sources() -> list[Path]:
    return sorted(path for path in SOURCE.rglob("*.py") if "migrations" not in path.parts)


def functions() -> Iterator[tuple[str, int]]:
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{path.relative_to(SOURCE)}:{node.lineno} {node.name}", (node.end_lineno or node.lineno) - node.lineno + 1


def percentile(values: list[int], share: float) -> int:
    return sorted(values)[int(share * (len(values) - 1))]


@pytest.mark.parametrize("room", ROOMS)
def test_room_exists(room: str) -> None:
    assert (SOURCE / room).is_dir()


def test_rooms_are_only_those_of_the_plan() -> None:
    folders = {path.name for path in SOURCE.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders - set(ROOMS) - {"locale", "records"} == set()


def test_files_are_named_for_what_they_do() -> None:
    assert [str(path) for path in sources() if path.stem in VAGUE] == []


def test_files_stay_small() -> None:
    lengths = {str(path.relative_to(SOURCE)): len(path.read_text(encoding="utf-8").splitlines()) for path in sources()}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}
    assert percentile(list(lengths.values()), 0.9) <= FILE_P90


def test_functions_stay_small() -> None:
    lengths = dict(functions())
    assert {name: length for name, length in lengths.items() if length > LONGEST_FUNCTION} == {}
    assert percentile(list(lengths.values()), 0.9) <= FUNCTION_P90
    assert statistics.median(lengths.values()) <= FUNCTION_MEDIAN


def test_broad_excepts_stand_only_where_one_item_must_not_stop_the_others() -> None:
    broad = re.compile(r"except (Exception|BaseException)\b|except:")
    allowed = {  # per item; a child
        "flows/find_alerts.py", "flows/read_articles.py", "flows/send_digest.py", "flows/stream.py",
        "outside/reader_child.py", "outside/reader_pool.py",
    }  # fmt: skip
    found = {
        str(path.relative_to(SOURCE))
        for path in sources()
        if broad.search(path.read_text(encoding="utf-8")) and path.relative_to(SOURCE).parts[0] != "jobs"
    }
    assert found - allowed == set()


def test_only_three_fakes_and_no_mocks() -> None:
    tests = [path for path in (PROJECT / "tests").rglob("*.py") if path != Path(__file__).resolve()]
    assert [str(path) for path in tests if "unittest.mock" in path.read_text(encoding="utf-8")] == []


def test_nothing_names_this_machine_or_a_registry() -> None:
    private = re.compile(r"(?:^|[\s\"'=(])/(?:work|root|home/[a-z]+)/|index-url\s*=|resolved\"?: \"https?://")
    texts = [path for pattern in ("*.py", "*.md", "*.toml", "*.yaml", "*.yml", "*.lock") for path in PROJECT.rglob(pattern)]
    tracked = [path for path in texts if not {".venv", "var", ".git", "build"} & set(path.relative_to(PROJECT).parts)]
    assert [
        str(p.relative_to(PROJECT)) for p in tracked if p != Path(__file__).resolve() and private.search(p.read_text(encoding="utf-8"))
    ] == []

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

from monitor.pipeline import pick, when_limits

PAGE = Path(__file__).parents[2] / "docs" / "polling.md"
STATED = re.compile(r"`([A-Z][A-Z0-9_]+) = ([^`]+)`")


def printed(value: object) -> str:
    """A constant as the page prints it."""
    if not isinstance(value, timedelta):
        return str(value)
    seconds = int(value.total_seconds())
    if seconds < 60:
        return f"{seconds} s"
    if seconds <= 3600:
        return f"{seconds // 60} min"
    return f"{seconds // 3600} h" if seconds <= 48 * 3600 else f"{seconds // 86400} d"


def constants(module: object) -> dict[str, object]:
    return {name: value for name, value in vars(module).items() if name.isupper() and isinstance(value, (int, float, timedelta))}


def test_the_page_states_every_rule_once() -> None:
    rules = re.findall(r"^\| P(\d+) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert rules == [str(number) for number in range(1, 56)]


def test_the_page_states_every_constant_with_its_value() -> None:
    known = constants(pick) | constants(when_limits)
    stated = STATED.findall(PAGE.read_text(encoding="utf-8"))
    assert {name for name, _ in stated} == set(known)
    assert [(name, value) for name, value in stated if value != printed(known[name])] == []


def test_rules_put_off_are_marked() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert re.findall(r"^\| P(\d+) \| \*Later\.\*", text, re.MULTILINE) == ["12", "50"]

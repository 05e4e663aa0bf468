"""`monitor theme check` reads the file, tags its headlines and names each that comes out otherwise."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.cli.conftest import Told

Monitor = Callable[..., Told]

GOOD = """\
themes:
  forces:
    label: {en: Armed forces}
    threshold: 6
    terms: {en: {airstrike*: 3}}
    tests:
      - {title: "Airstrikes hit a bridge", language: en, themes: [forces]}
      - {title: "A quiet day at the bridge", language: en, themes: []}
"""
FAILING = """\
      - {title: "A bridge is hit", language: en, themes: [forces]}
      - {title: "Airstrikes in a film", language: en, themes: []}
"""
BROKEN = """\
themes:
  forces:
    label: {en: Armed forces}
    treshold: 6
    terms: {en: {airstrike*: heavy, "a NEAR b": 1}}
    all_of: [{weight: 2, countries: 9, any: [[visit*], [talks]]}]
"""


def check(monitor: Monitor, tmp_path: Path, text: str) -> tuple[str, Told]:
    file = tmp_path / "themes.yaml"
    file.write_text(text, encoding="utf-8")
    return str(file), monitor("theme", "check", str(file))


def test_file_whose_headlines_come_out_is_said_to_be_well(monitor: Monitor, tmp_path: Path) -> None:
    assert check(monitor, tmp_path, GOOD)[1] == Told(0, "1 theme, 2 test headlines: all tagged as expected.\n", "")


def test_headlines_that_come_out_otherwise_are_named(monitor: Monitor, tmp_path: Path) -> None:
    told = check(monitor, tmp_path, GOOD + FAILING)[1]
    assert (told.status, told.out.splitlines()) == (
        1,
        [
            "forces: “A bridge is hit” (en) should have forces; it has none",
            "forces: “Airstrikes in a film” (en) should have no theme; it has forces",
        ],
    )
    assert told.err.startswith("2 of 4 test headlines are tagged otherwise than the file expects.")


def test_every_mistake_of_the_file_is_told_with_its_line(monitor: Monitor, tmp_path: Path) -> None:
    file, told = check(monitor, tmp_path, BROKEN)
    assert (told.status, told.err.splitlines()) == (
        2,
        [
            f"{file}:4: unknown key treshold (did you mean threshold?)",
            f"{file}:5: the weight of airstrike* must be a number (write a number from -20 to 20)",
            f"{file}:5: a NEAR b cannot be read; NEAR/5 and WITHIN/5 join two sides, (a OR b) may stand on either",
            f"{file}:6: countries is a whole number from 2 to 5 (write 2)",
            "4 mistakes; nothing was changed.",
        ],
    )

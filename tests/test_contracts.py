"""The import contracts of .importlinter are kept: who imports what it may not fails the tests, with the line that says where."""

from __future__ import annotations

import configparser
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
CONTRACTS = PROJECT / ".importlinter"
LINT = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(config_filename=sys.argv[1], no_cache=True))"
BROKEN = """[importlinter]
root_package = press

[importlinter:contract:layers]
name = The desk stands above the page
type = layers
layers =
    press.desk
    press.page
"""


def lint(config: Path, folder: Path) -> tuple[int, str]:
    """The exit status of checking these contracts from this folder, and all that was printed; ten minutes only end a hang."""
    command = [sys.executable, "-c", LINT, str(config)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=600, check=False)
    return done.returncode, done.stdout + done.stderr


def test_every_contract_is_kept() -> None:
    said = configparser.ConfigParser()
    said.read(CONTRACTS, encoding="utf-8")
    count = sum(section.startswith("importlinter:contract:") for section in said.sections())
    status, printed = lint(CONTRACTS, PROJECT)
    assert (status, f"Contracts: {count} kept, 0 broken." in printed, count >= 6) == (0, True, True), printed


def test_a_broken_contract_is_told_with_its_line(tmp_path: Path) -> None:
    package = tmp_path / "press"
    package.mkdir()
    (package / "__init__.py").write_text("", encoding="utf-8")
    (package / "desk.py").write_text("", encoding="utf-8")
    (package / "page.py").write_text("import press.desk\n", encoding="utf-8")
    (tmp_path / "contracts").write_text(BROKEN, encoding="utf-8")
    status, printed = lint(tmp_path / "contracts", tmp_path)
    assert status == 1, printed
    assert "The desk stands above the page BROKEN" in printed
    assert "press.page -> press.desk (l.1)" in printed

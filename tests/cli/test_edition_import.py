"""`monitor edition import`: told in words, by file and line; nothing kept half."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.config.style_file import load_styles
from monitor.flows.export_edition import export
from monitor.store import models
from tests.cli.conftest import Told
from tests.render import edition_sample as sample

Monitor = Callable[..., Told]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    style = load_styles()["press-review"]
    path = tmp_path / "63.md"
    path.write_bytes(export(sample.edition(style=style), style, "markdown").data)
    return path


def test_file_is_imported_and_exported_again(monitor: Monitor, file: Path, tmp_path: Path) -> None:
    told = monitor("edition", "import", str(file))
    row = models.Edition.objects.get()
    assert (told.status, told.out.split(" http")[0].strip()) == (0, f"{sample.edition().title}: 9 pieces, 27 sources, 9 authors.")
    assert str(row.uuid) in told.out
    assert monitor("edition", "export", "63", str(tmp_path / "again.md")).status == 0
    first, again = ((tmp_path / name).read_text(encoding="utf-8").split("## 1. Africa")[1] for name in ("63.md", "again.md"))
    corrected = "**Correction:** In the second paragraph the day was wrong: it was a Tuesday.\n\n"  # said once it is published
    assert re.sub("<!-- .*? -->", "", again) == re.sub("<!-- .*? -->", "", first.replace(corrected, ""))


def test_check_keeps_nothing(monitor: Monitor, file: Path) -> None:
    told = monitor("edition", "import", str(file), "--check")
    assert (told.status, told.out.strip()) == (0, f"{sample.edition().title}: 9 pieces, 27 sources, 9 authors; nothing was kept.")
    assert models.Edition.objects.count() == 0


def test_doubtful_lines_are_told_and_nothing_is_kept(monitor: Monitor, file: Path) -> None:
    text = file.read_text(encoding="utf-8").replace("17/11/2026 ;", "31/02/2026 ;", 1)
    line = next(number for number, one in enumerate(text.split("\n"), 1) if "31/02/2026" in one)
    file.write_text(text, encoding="utf-8")
    told = monitor("edition", "import", str(file))
    assert told.status == 2
    assert f"63.md:{line}: in this source 31/02/2026 is no date." in told.err
    assert "Nothing was kept: 1 line of 63.md could not be understood." in told.err
    assert models.Edition.objects.count() == 0


@pytest.mark.parametrize(("data", "says"), [(b"\xff\xfe", "is not UTF-8"), (None, "cannot be read")])
def test_file_that_cannot_be_read_is_refused(monitor: Monitor, tmp_path: Path, data: bytes | None, says: str) -> None:
    path = tmp_path / "x.md"
    if data is not None:
        path.write_bytes(data)
    told = monitor("edition", "import", str(path))
    assert (told.status, says in told.err) == (2, True)

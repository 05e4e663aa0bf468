"""Which signs fonts can print, told from font files built here."""

from __future__ import annotations

import os
import struct
from pathlib import Path

import pytest

from monitor.outside import fonts
from monitor.records import MissingFont


def a_font(*ranges: tuple[int, int], form: int = 12, collection: bool = False) -> bytes:
    """The least of a font file: a table of tables and a `cmap` that says which signs it has."""
    if form == 12:
        groups = b"".join(struct.pack(">III", first, last, 1) for first, last in ranges)
        inner = struct.pack(">HHIII", 12, 0, 16 + len(groups), 0, len(ranges)) + groups
    else:
        kept = [*ranges, (0xFFFF, 0xFFFF)]
        ends = b"".join(struct.pack(">H", last) for _, last in kept)
        starts = b"".join(struct.pack(">H", first) for first, _ in kept)
        inner = struct.pack(">HHHHHHH", 4, 0, 0, len(kept) * 2, 0, 0, 0) + ends + b"\0\0" + starts + b"\0" * 4 * len(kept)
    cmap = struct.pack(">HHHHI", 0, 1, 3, 10, 12) + inner
    start = 16 if collection else 0
    head = struct.pack(">4sHHHH", b"\0\1\0\0", 1, 0, 0, 0) + struct.pack(">4sIII", b"cmap", 0, start + 28, len(cmap))
    return (struct.pack(">4sHHII", b"ttcf", 1, 0, 1, 16) if collection else b"") + head + cmap


def test_what_every_machine_prints_needs_no_font(tmp_path: Path) -> None:
    assert fonts.missing("Plain, déjà vu — “quoted” Ωμέγα Жук €\n\u200b", [tmp_path]) == ()


def test_script_without_a_font_is_named_with_its_package(tmp_path: Path) -> None:
    assert fonts.missing("a 中 ب 문 🚢 \U00012000", [tmp_path]) == (
        MissingFont("arabic", "ب", "fonts-noto-core"),
        MissingFont("han", "中", "fonts-noto-cjk"),
        MissingFont("hangul", "문", "fonts-noto-cjk"),
        MissingFont("other", "\U00012000", "fonts-noto-extra"),
        MissingFont("emoji", "🚢", "fonts-noto-color-emoji"),
    )


@pytest.mark.parametrize(("form", "collection"), [(12, False), (4, False), (12, True)])
def test_fonts_of_each_form_are_read(tmp_path: Path, form: int, collection: bool) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / f"Han{form}.{'ttc' if collection else 'ttf'}").write_bytes(
        a_font((0x4E00, 0x4E2D), form=form, collection=collection)
    )
    assert fonts.missing("中一", [tmp_path]) == ()
    assert fonts.missing("中文", [tmp_path]) == (MissingFont("han", "文", "fonts-noto-cjk"),)


@pytest.mark.parametrize(
    "data", [b"", b"ttcf", b"\0\1\0\0\xff\xff", a_font((1, 2))[:40], b"\xff" * 300], ids=["empty", "head", "count", "cut", "noise"]
)
def test_broken_font_prints_nothing_and_stops_nobody(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "NotoBroken-Regular.ttf").write_bytes(data)
    (tmp_path / "whole.otf").write_bytes(a_font((0x5D0, 0x5EA)))
    assert fonts.missing("א中", [tmp_path]) == (MissingFont("han", "中", "fonts-noto-cjk"),)


def test_font_put_there_later_is_seen(tmp_path: Path) -> None:
    assert [one.script for one in fonts.missing("א", [tmp_path])] == ["hebrew"]
    (tmp_path / "hebrew.ttf").write_bytes(a_font((0x5D0, 0x5EA)))
    assert fonts.missing("א", [tmp_path]) == ()


def test_stamp_changes_with_the_fonts(tmp_path: Path) -> None:
    before = fonts.stamp([tmp_path])
    assert fonts.stamp([tmp_path]) == before
    os.utime(tmp_path, (1, 1))
    moved = fonts.stamp([tmp_path])
    (tmp_path / "hebrew.ttf").write_bytes(a_font((0x5D0, 0x5EA)))
    assert len({before, moved, fonts.stamp([tmp_path])}) == 3


def test_folder_that_is_not_there_is_empty(tmp_path: Path) -> None:
    assert {one.package for one in fonts.missing_scripts([tmp_path / "nowhere"])} == {"fonts-noto-core", "fonts-noto-cjk"}

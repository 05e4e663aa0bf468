"""Which signs the fonts of this machine can print, and which package brings those that are missing.

Only the tables that say so are read from each file (OpenType 1.9: `cmap`, formats 4 and 12), and only until every sign is found.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from monitor.pipeline.language_marks import COUNTERS
from monitor.records import MissingFont

_KINDS = {".ttf", ".otf", ".ttc", ".otc"}
# What the PDF's own fonts print wherever Monitor runs (Libertinus Serif): Latin, Greek, Cyrillic, general punctuation, common currency.
_ALWAYS = ((0x20, 0x7E), (0xA0, 0x17F), (0x386, 0x3CE), (0x400, 0x45F), (0x2010, 0x2027), (0x202F, 0x203A), (0x20AC, 0x20AC))
# Never drawn: joiners, marks of direction, variation selectors, line ends.
_UNSEEN = (
    (0x09, 0x0D),
    (0xAD, 0xAD),
    (0x200B, 0x200F),
    (0x2028, 0x202E),
    (0x2060, 0x2069),
    (0xFE00, 0xFE0F),
    (0xFEFF, 0xFEFF),
    (0xE0100, 0xE01EF),
)
_EMOJI = ((0x2600, 0x27BF), (0x1F000, 0x1FAFF))
_PACKAGES = {
    "han": "fonts-noto-cjk",
    "kana": "fonts-noto-cjk",
    "hangul": "fonts-noto-cjk",
    "emoji": "fonts-noto-color-emoji",
    "other": "fonts-noto-extra",
}
_SAMPLES = {
    "greek": "Ωώ", "cyrillic": "ЖяЇђ", "arabic": "عربیپ", "hebrew": "עבר",
    "devanagari": "हिन", "bengali": "বাং", "tamil": "தமி", "thai": "ไทย",
    "georgian": "ქარ", "armenian": "հայ", "ethiopic": "አማር", "han": "中文報", "kana": "かなカ", "hangul": "한국어",
}  # fmt: skip


def missing(text: str, folders: Iterable[Path] | None = None) -> tuple[MissingFont, ...]:
    """The signs of a text that no font here prints, by script, each with the Debian package that brings it."""
    wanted = {sign for sign in set(text) if not _within(ord(sign), _ALWAYS) and not _within(ord(sign), _UNSEEN)}
    for path in _files(tuple(folders) if folders is not None else _folders()):
        if not wanted:
            break
        wanted = {sign for sign in wanted if not _covers(path, ord(sign))}
    found: dict[str, list[str]] = {}
    for sign in sorted(wanted):
        found.setdefault(script(sign), []).append(sign)
    return tuple(MissingFont(name, "".join(signs), package(name)) for name, signs in found.items())


def missing_scripts(folders: Iterable[Path] | None = None) -> tuple[MissingFont, ...]:
    """Scripts of the world's press that could not be printed here, by a few signs of each."""
    return missing("".join(_SAMPLES.values()), folders)


def stamp(folders: Iterable[Path] | None = None) -> str:
    """Another text as soon as a font is put into a folder or taken out of it."""
    told = [
        (parent, Path(parent).stat().st_mtime_ns)
        for folder in (folders if folders is not None else _folders())
        for parent, _, _ in os.walk(folder)
    ]
    return repr(sorted(told))


def script(sign: str) -> str:
    """The script of one sign: as pipeline/language_marks.py names it, `emoji`, or `other`."""
    for name, letters in COUNTERS.items():
        if letters.match(sign):
            return name
    return "emoji" if _within(ord(sign), _EMOJI) else "other"


def package(name: str) -> str:
    """The Debian package with a font for a script."""
    return _PACKAGES.get(name, "fonts-noto-core")


def _within(point: int, ranges: Iterable[tuple[int, int]]) -> bool:
    return any(first <= point <= last for first, last in ranges)


def _folders() -> tuple[Path, ...]:
    """Where systems keep fonts (Linux, macOS, Windows)."""
    home = Path.home()
    data = os.environ.get("XDG_DATA_HOME")
    own = (Path(data) / "fonts" if data else home / ".local" / "share" / "fonts", home / ".fonts", home / "Library" / "Fonts")
    shared = ("/usr/share/fonts", "/usr/local/share/fonts", "/Library/Fonts", "/System/Library/Fonts", "C:/Windows/Fonts")
    return (*own, *(Path(one) for one in shared))


def _files(folders: tuple[Path, ...]) -> Iterator[Path]:
    """Font files, those of Noto and DejaVu first: they cover most."""
    found = []
    for folder in folders:
        for parent, _, names in os.walk(folder):
            found += [Path(parent) / name for name in names if Path(name).suffix.lower() in _KINDS]
    yield from sorted(found, key=lambda path: (_rank(path.name), str(path)))


def _rank(name: str) -> int:
    if name.endswith(("Regular.ttf", "Regular.ttc", "Regular.otf")):
        return 0 if name.startswith(("NotoSerifCJK", "NotoNaskh", "NotoSerif-", "NotoSerifHebrew", "NotoSerifDevanagari")) else 1
    return 2


def _covers(path: Path, point: int) -> bool:
    try:
        stamp = path.stat()
    except OSError:
        return False
    return _within_sorted(point, _coverage(path, stamp.st_mtime_ns, stamp.st_size))


def _within_sorted(point: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    low, high = 0, len(ranges)
    while low < high:
        middle = (low + high) // 2
        if ranges[middle][1] < point:
            low = middle + 1
        else:
            high = middle
    return low < len(ranges) and ranges[low][0] <= point


@lru_cache(maxsize=2000)
def _coverage(path: Path, _changed: int, _size: int) -> tuple[tuple[int, int], ...]:
    """The ranges of signs of one file; none when it is not a font that can be read."""
    try:
        with path.open("rb") as file:
            return tuple(sorted(_ranges(file)))
    except (OSError, struct.error, ValueError, OverflowError):
        return ()


def _ranges(file: BinaryIO) -> list[tuple[int, int]]:
    """The ranges of the first font of a file (those of a collection share their signs)."""
    start = 0
    head = file.read(16)
    if head[:4] == b"ttcf":
        start = int(struct.unpack(">I", head[12:16])[0])
    file.seek(start + 4)
    count = struct.unpack(">H", file.read(2))[0]
    file.seek(start + 12)
    for tag, _, offset, length in struct.iter_unpack(">4sIII", file.read(16 * count)):
        if tag == b"cmap":
            file.seek(offset)
            return _of_cmap(file.read(length))
    return []


def _of_cmap(table: bytes) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    count = struct.unpack(">H", table[2:4])[0]
    for _platform, _encoding, offset in struct.iter_unpack(">HHI", table[4 : 4 + 8 * count]):
        form = struct.unpack(">H", table[offset : offset + 2])[0]
        if form == 12:
            groups = struct.unpack(">I", table[offset + 12 : offset + 16])[0]
            return [(first, last) for first, last, _ in struct.iter_unpack(">III", table[offset + 16 : offset + 16 + 12 * groups])]
        if form == 4:
            segments = struct.unpack(">H", table[offset + 6 : offset + 8])[0] // 2
            ends = struct.unpack(f">{segments}H", table[offset + 14 : offset + 14 + 2 * segments])
            starts = struct.unpack(f">{segments}H", table[offset + 16 + 2 * segments : offset + 16 + 4 * segments])
            found = [(first, last) for first, last in zip(starts, ends, strict=True) if first != 0xFFFF]
    return found

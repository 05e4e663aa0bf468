"""What every figure is printed with: the machine and the method."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path


def heading(title: str, method: str | None) -> str:
    """The title of a measurement with the machine it ran on and how it was made."""
    model = next((line.split(":", 1)[1].strip() for line in _cpu() if line.startswith("model name")), platform.machine())
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    told = "\n".join(f"  {line}" for line in (method or "").strip().splitlines())
    return f"\n{title}\n  {model}, {cores} cores, Python {platform.python_version()}, {platform.system()}\n{told}"


@lru_cache(maxsize=1)
def corpora() -> Path | None:
    """The folder of real material to measure with, if it is there; its variable is taken out, since it is no setting of the desk's."""
    named = os.environ.pop("MONITOR_CORPORA", "")
    found = Path(named) if named else Path(__file__).resolve().parent.parent.parent / "shared" / "corpora"
    return found if found.is_dir() else None


def _cpu() -> list[str]:
    file = Path("/proc/cpuinfo")
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else []


def outlets_file(folder: Path, addresses: list[str], *, text: str = "page", languages: Sequence[str] = ("en",)) -> Path:
    """A feeds.yaml of one outlet for each feed address; their languages take turns."""
    lines = ["outlets:"]
    for number, address in enumerate(addresses):
        lines += [
            f"  - name: Harbour {number}",
            "    country: GB",
            f"    language: {languages[number % len(languages)]}",
            f"    text: {text}",
        ]
        lines += ["    feeds:", f"      - {address}"]
    file = folder / "feeds.yaml"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file

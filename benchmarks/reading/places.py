"""Where the corpora lie and what machine this is; shared by the three measurements of reading."""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path


def corpora() -> Path:
    """The corpora folder: the environment's MONITOR_CORPORA, else ../shared/corpora beside the project."""
    root = Path(__file__).resolve().parents[2]
    folder = Path(os.environ.get("MONITOR_CORPORA", root.parent / "shared" / "corpora"))
    if not folder.is_dir():
        sys.exit("No corpora to measure with: set MONITOR_CORPORA to their folder.")
    return folder


def machine() -> str:
    """One line naming processor, cores, system and Python."""
    model = platform.processor() or platform.machine()
    information = Path("/proc/cpuinfo")
    if information.exists():
        lines = [line.split(":", 1)[1].strip() for line in information.read_text().splitlines() if line.startswith("model name")]
        model = lines[0] if lines else model
    return f"machine: {model}, {os.cpu_count()} cores, {platform.system()} {platform.release()}, Python {platform.python_version()}"

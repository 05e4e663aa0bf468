"""The command line in this process, on the database under test: what it says, what it ends with."""

from __future__ import annotations

import io
import json
import logging
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from monitor.cli.app import main

FEEDS = """\
# our outlets
outlets:
  - name: Example Gazette
    country: FR
    language: fr
    feeds:
      - http://127.0.0.1:9/gazette.xml
  - name: Example Times
    country: GB
    language: en
    feeds: []
"""
BROKEN = """\
desk:
  timezone: Europe/Pari
outlets:
  - name: Example Gazette
    country: France
    languag: fr
  - name: Example Times
    country: GB
    language: en
    weight: 5
"""
MISTAKES = [
    "2: timezone: 'Europe/Pari' is no time zone (did you mean Europe/Paris?)",
    "4: Example Gazette: language is missing (add language: …)",
    "5: Example Gazette, country: 'France' is no country (write FR)",
    "6: Example Gazette: the key languag is not known (did you mean language?)",
    "10: Example Times, weight: 5 is outside 0.2 … 1.0 (write 1.0)",
]


@dataclass(frozen=True)
class Told:
    """What a command said and how it ended."""

    status: int
    out: str
    err: str

    @property
    def objects(self) -> list[dict[str, Any]]:
        """Its JSON Lines."""
        return [json.loads(line) for line in self.out.splitlines()]


@pytest.fixture
def feeds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The desk's feeds.yaml: two outlets, one of them with a feed on loopback."""
    path = tmp_path / "feeds.yaml"
    path.write_text(FEEDS, encoding="utf-8")
    monkeypatch.setenv("MONITOR_FEEDS", str(path))
    return path


@pytest.fixture
def monitor(feeds: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], db: None) -> Iterator[Callable[..., Told]]:
    """Types `monitor …`; `given` goes to its standard input."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level

    def type_(*args: str, given: str | bytes = "") -> Told:
        data = given.encode() if isinstance(given, str) else given
        monkeypatch.setattr(sys, "argv", ["monitor", *args])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        code = ended.value.code
        return Told(code if isinstance(code, int) else int(code is not None), said.out, said.err)

    yield type_
    root.handlers[:] = handlers
    root.setLevel(level)

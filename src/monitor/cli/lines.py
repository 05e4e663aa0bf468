"""JSON Lines in and out for the shell tools: order kept, one bad line is reported and skipped."""

from __future__ import annotations

import gzip
import json
import sys
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, TypeVar

from monitor.cli import show
from monitor.records import Moment

LARGEST_FILE = 15 * 1024 * 1024
"""Decoded bytes of one document (P36)."""
FIRST_YEAR, LAST_YEAR = 1000, 8999
"""Dates that can be reckoned with: beyond these, the hours around one have no date any more."""
Result = TypeVar("Result")
_TEXTS = ("title", "text", "language", "outlet", "country", "published", "url", "html_path")
_ARTICLES = ("a", "b")  # what `tool compare` is given two of


def read_lines(needed: tuple[str, ...], source: Iterable[bytes] | None = None, *, dated: bool = False) -> Iterator[dict[str, Any]]:
    """The objects on standard input, or of other lines; a line that is not one, or lacks a needed key, is reported and skipped.

    With `dated` so is one whose date cannot be understood, for tools that go by time.
    Ends the command with status 2 when there were lines and none could be used.
    """
    number = used = 0
    for number, raw in enumerate(sys.stdin.buffer if source is None else source, 1):
        if not raw.strip():
            continue
        try:
            value = json.loads(raw)
        except (ValueError, RecursionError) as error:
            _skip(number, f"not JSON: {error}")
            continue
        if not isinstance(value, dict):
            _skip(number, "not a JSON object")
        elif wrong := _mistake(value, needed) or (_no_date(value) if dated else ""):
            _skip(number, wrong)
        else:
            used += 1
            yield value
    if number and not used:
        raise show.fail(f"No line could be used; each is a JSON object with {', '.join(needed)}.", code=2)


def write(value: dict[str, Any]) -> None:
    """One object as a line on standard output; lone surrogates are replaced."""
    text = json.dumps(value, ensure_ascii=False)
    sys.stdout.write(text.encode("utf-8", "replace").decode("utf-8") + "\n")


def read_document(path: str) -> bytes:
    """The bytes of a document, unpacked when it is gzipped; raises OSError or ValueError with a sentence."""
    data = Path(path).read_bytes()
    if data[:2] != b"\x1f\x8b":
        return data[: LARGEST_FILE + 1]
    try:
        with gzip.open(path) as packed:
            data = packed.read(LARGEST_FILE + 1)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ValueError(f"damaged gzip: {error}") from error
    if len(data) > LARGEST_FILE:
        raise ValueError("larger than 15 MiB unpacked")
    return data


def in_order(jobs: Iterable[tuple[Any, Callable[[], Future[Result]]]], *, ahead: int = 16) -> Iterator[tuple[Any, Result]]:
    """Run jobs a few ahead and give each result in the order of the input."""
    waiting: deque[tuple[Any, Future[Result]]] = deque()
    for label, start in jobs:
        waiting.append((label, start()))
        if len(waiting) >= ahead:
            first, future = waiting.popleft()
            yield first, future.result()
    while waiting:
        first, future = waiting.popleft()
        yield first, future.result()


def moment_text(moment: Moment | None) -> str | None:
    """A moment as ISO text: a day stays a day, a minute keeps the source's offset (UTC when it stated none)."""
    if moment is None:
        return None
    zone = timezone(timedelta(minutes=moment.offset or 0))
    if moment.precision == "day":
        return moment.at.astimezone(zone).date().isoformat()
    return moment.at.astimezone(zone).isoformat()


def moment_of(text: str | None, default: datetime) -> datetime:
    """A moment from ISO text, or the default when there is none or it is not understood."""
    if not text:
        return default
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return default
    return found if found.tzinfo else found.replace(tzinfo=default.tzinfo)


def day_of(text: str) -> date:
    """The day that an option `--date` names; ends the command with status 2 when it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise show.fail(f"--date {text!r} is no day; write it as 2026-03-20.", code=2) from None


def _mistake(value: dict[str, Any], needed: tuple[str, ...]) -> str:
    """Why an object cannot be worked on: a key is missing, or holds something of another sort; "" when it can."""
    if missing := [key for key in needed if value.get(key) is None]:
        return f"lacks {', '.join(missing)}"
    if isinstance(value["id"], dict | list | bool):
        return "id is neither text nor a number"
    if wrong := [key for key in _TEXTS if not isinstance(value.get(key, ""), str | None)]:
        return f"{wrong[0]} is not text"
    hints = value.get("hints")
    if hints is not None and not (isinstance(hints, list) and all(isinstance(hint, str) for hint in hints)):
        return "hints is not a list of texts"
    for key in _ARTICLES:
        if key in needed and not (isinstance(value[key], dict) and not _mistake({"id": key} | value[key], ("id", "title"))):
            return f"{key} is not an article with a title"
    return ""


def _no_date(value: dict[str, Any]) -> str:
    """Why the date an object states cannot be used; "" when it can, or it states none."""
    text = value.get("published") or ""
    try:
        found = datetime.fromisoformat(text or "1970-01-01")
    except ValueError:
        return f"published is neither a date nor a time in ISO form: {text[:40]!r}"
    return "" if FIRST_YEAR <= found.year <= LAST_YEAR else f"published lies in the year {found.year}"


def _skip(number: int, reason: str) -> None:
    show.err.print(f"line {number} skipped: {reason}", markup=False, soft_wrap=True)

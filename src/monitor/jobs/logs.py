"""Log lines: one event a line on standard error, text or JSON, control characters escaped."""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime
from typing import TextIO

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_PRIVATE = re.compile(r"(/(?:feed|in|join|reset|subscribe|u)/)[^/\s?\"']{16,}")
"""Addresses with a token in them: private feeds, one-time links, agreeing to editions, unsubscribing."""


def without_tokens(text: str) -> str:
    """The text with the private part of addresses left out."""
    return _PRIVATE.sub(r"\1…", text)


def escape_controls(text: str) -> str:
    """The text on one line, with control and direction characters written out, so that no title can forge a log line."""
    return _CONTROL.sub(lambda found: f"\\x{ord(found.group()):02x}", text)


class _Line(logging.Formatter):
    def __init__(self, *, as_json: bool) -> None:
        super().__init__()
        self.as_json = as_json

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        text = record.getMessage()
        if record.exc_info:
            text += "\n" + self.formatException(record.exc_info)
        text = without_tokens(text)
        if self.as_json:
            return json.dumps({"at": at, "level": record.levelname.lower(), "from": record.name, "message": text}, ensure_ascii=True)
        return f"{at} {record.levelname.lower():7} {record.name}: {escape_controls(text)}"


def configure(form: str, stream: TextIO) -> None:
    """Send the log of this process to `stream`, as `text` or `json`."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_Line(as_json=form == "json"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("monitor").setLevel(logging.INFO)

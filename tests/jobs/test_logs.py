"""Log lines: one event a line, no control characters, and no address that opens anything."""

from __future__ import annotations

import io
import logging

import pytest

from monitor.jobs.logs import configure, escape_controls, without_tokens

TOKEN = "p5Zr0nq3Tt2m1xYwVuA9bQ_pretend-token-of-a-person-0000"


@pytest.mark.parametrize("path", ["/feed/{}/today.atom", "/in/{}", "/join/{}", "/reset/{}", "/subscribe/{}", "/u/{}"])
def test_tokens_are_left_out_of_addresses(path: str) -> None:
    assert without_tokens(f"Not Found: {path.format(TOKEN)}") == f"Not Found: {path.format('…')}"


def test_other_addresses_stay_as_they_are() -> None:
    assert without_tokens("Not Found: /outlets/le-monde-diplomatique-en-espanol") == "Not Found: /outlets/le-monde-diplomatique-en-espanol"


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_logged_line_has_neither_token_nor_control_character(form: str) -> None:
    root, monitor = logging.getLogger(), logging.getLogger("monitor")
    before = root.handlers[:], root.level, monitor.level
    stream = io.StringIO()
    try:
        configure(form, stream)
        monitor.warning("Gone: /feed/%s/today.atom\x1b[0m", TOKEN)
    finally:
        root.handlers[:] = before[0]
        root.setLevel(before[1])
        monitor.setLevel(before[2])
    assert (TOKEN in stream.getvalue(), "\x1b" in stream.getvalue(), "/feed/" in stream.getvalue()) == (False, False, True)


def test_controls_are_written_out() -> None:
    assert escape_controls("a\nb\u202ec") == "a\\x0ab\\x202ec"

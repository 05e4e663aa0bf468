"""The shell tools: JSON Lines in order, one bad line named and skipped, nothing usable is a failure, never a trace."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.cli.conftest import Told
from tests.conftest import PROJECT
from tests.fakes import FakeClock

Monitor = Callable[..., Told]
FEED_KEYS = ["file", "ok", "format", "title", "language", "error", "entries"]
ENTRY_KEYS = ["id", "link", "title", "published", "updated", "summary", "content", "authors", "categories"]
PAGE = (
    "<html lang=en><head><title>Harbour reopens</title></head><body><article><h1>Harbour reopens</h1>"
    "<p>The harbour reopened on Monday after the navy had swept the channel for mines, the port authority said.</p>"
    "<p>Four minehunters and two survey ships worked for nine days in heavy swell; one diver was treated for cold.</p>"
    "<p>Forty freighters had been waiting at anchor off the coast, some of them with grain meant for the neighbouring states.</p>"
    "<p>Insurers will not lower their rates before spring, a broker told this newspaper, because drifting mines remain a danger.</p>"
    "<p>The government has asked its allies for a standing patrol, and the first frigate is expected at the end of the week.</p>"
    "</article></body></html>"
)
FRENCH = {"id": "a", "text": "Le président a parlé hier soir devant les députés de la situation dans le nord du pays."}


def lines(*values: object) -> str:
    return "".join((value if isinstance(value, str) else json.dumps(value)) + "\n" for value in values)


def test_feed_reads_documents_also_packed_and_names_what_it_cannot(monitor: Monitor, tmp_path: Path) -> None:
    sample = PROJECT / "tests" / "samples" / "feeds" / "rss20.xml"
    packed, none = tmp_path / "packed.xml.gz", tmp_path / "none.xml"
    packed.write_bytes(gzip.compress(sample.read_bytes()))
    told = monitor("tool", "feed", str(sample), str(none), str(packed))
    assert (told.status, told.err) == (0, f"{none} skipped: No such file or directory\n")
    assert [list(row) for row in told.objects] == [FEED_KEYS] * 2
    assert [row["file"] for row in told.objects] == [str(sample), str(packed)]
    assert {tuple(entry) for row in told.objects for entry in row["entries"]} == {tuple(ENTRY_KEYS)}


def test_feed_says_what_is_no_feed(monitor: Monitor, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(PAGE, encoding="utf-8")
    row = monitor("tool", "feed", str(page)).objects[0]
    assert (row["ok"], row["entries"], row["error"].endswith(".")) == (False, [], True)


@pytest.mark.parametrize("tool", ["feed", "extract"])
def test_files_none_of_which_can_be_read_are_a_failure(monitor: Monitor, tmp_path: Path, tool: str) -> None:
    damaged, missing = tmp_path / "damaged.gz", tmp_path / "missing"
    damaged.write_bytes(b"\x1f\x8b\x08damaged")
    told = monitor("tool", tool, str(damaged), str(missing))
    assert (told.status, told.out, told.err.splitlines()[-1]) == (2, "", "None of the files could be read.")
    assert [line.split(" skipped: ")[0] for line in told.err.splitlines()[:-1]] == [str(damaged), str(missing)]


@pytest.mark.parametrize("tool", ["feed", "extract"])
def test_no_file_is_explained(monitor: Monitor, tool: str) -> None:
    told = monitor("tool", tool)
    assert (told.status, told.out, told.err.count("\n")) == (2, "", 1)


def test_extract_reads_pages(monitor: Monitor, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(PAGE, encoding="utf-8")
    by_file = monitor("tool", "extract", str(page)).objects[0]
    by_line = monitor("tool", "extract", "--jsonl", given=lines({"id": 7, "html_path": str(page)}, {"id": 8})).objects
    keys = [
        "id",
        "title",
        "text",
        "published",
        "modified",
        "authors",
        "language",
        "section",
        "site",
        "paywalled",
        "rights",
        "verdict",
        "reason",
    ]
    assert (list(by_file), by_file["title"], by_file["verdict"]) == (keys, "Harbour reopens", "full")
    assert by_line == [by_file | {"id": 7}]


def test_bad_lines_are_named_and_the_good_ones_answered_in_order(monitor: Monitor) -> None:
    told = monitor("tool", "language", given=lines("not json", FRENCH, {"id": "b"}, [1], "", FRENCH | {"id": 3}))
    assert (told.status, [row["id"] for row in told.objects]) == (0, ["a", 3])
    assert [row["language"] for row in told.objects] == ["fr", "fr"]
    assert [line.split(":")[0] for line in told.err.splitlines()] == ["line 1 skipped", "line 3 skipped", "line 4 skipped"]


@pytest.mark.parametrize(
    ("tool", "line", "reason"),
    [
        ("language", "{", "not JSON"),
        ("language", b"\xff\xfe", "not JSON"),
        ("language", "[" * 100_000, "not JSON"),
        ("language", {"id": "a", "text": "x", "hints": "fr"}, "hints is not a list of texts"),
        ("language", {"id": "a"}, "lacks text"),
        ("language", {"id": ["a"], "text": "x"}, "id is neither text nor a number"),
        ("language", {"id": "a", "text": {}}, "text is not text"),
        ("group", {"id": "a", "title": "x", "published": 5}, "published is not text"),
        ("group", {"id": "a", "title": "x", "published": "9999-12-31T23:59:59-12:00"}, "published lies in the year 9999"),
        ("group", {"id": "a", "title": "x", "published": "0001-01-01"}, "published lies in the year 1"),
        ("group", {"id": "a", "title": "x", "published": "never"}, "published is neither a date nor a time in ISO form: 'never'"),
        ("compare", {"id": "a", "a": {"title": "x"}, "b": {}}, "b is not an article with a title"),
    ],
)
def test_lines_none_of_which_can_be_used_are_a_failure(monitor: Monitor, tool: str, line: object, reason: str) -> None:
    told = monitor("tool", tool, given=line + b"\n" if isinstance(line, bytes) else lines(line))
    first, last = told.err.splitlines()
    assert (told.status, told.out, last.startswith("No line could be used; ")) == (2, "", True)
    assert first.startswith(f"line 1 skipped: {reason}")


def test_unknown_candidates_are_named(monitor: Monitor) -> None:
    told = monitor("tool", "language", "--candidates", "fr,zz,en,x-", given=lines(FRENCH))
    assert told == Told(2, "", "No such language: zz, x-. Write codes such as fr, en or zh.\n")
    assert monitor("tool", "language", "--candidates", "fr, en", given=lines(FRENCH)).objects[0]["language"] == "fr"


def test_lines_whose_pages_cannot_be_read_are_a_failure(monitor: Monitor, tmp_path: Path) -> None:
    told = monitor("tool", "extract", "--jsonl", given=lines({"id": 7, "html_path": str(tmp_path / "missing")}))
    assert (told.status, told.out) == (2, "")
    assert told.err == "7 skipped: No such file or directory\nNone of the pages could be read.\n"


def test_no_line_at_all_is_no_failure(monitor: Monitor) -> None:
    assert monitor("tool", "language", given="") == Told(0, "", "")


def test_tag_adds_section_themes_and_evidence(monitor: Monitor) -> None:
    row = monitor("tool", "tag", given=lines({"id": "a", "title": "Navy escorts merchant ships through the Red Sea", "more": 1})).objects[0]
    assert list(row) == ["id", "title", "more", "language", "section", "sections", "themes", "places", "evidence"]
    assert (row["language"], "maritime" in row["themes"], row["evidence"] != []) == ("en", True, True)


def test_group_and_compare_agree(monitor: Monitor) -> None:
    one = {"id": "a", "outlet": "x", "title": "NATO summit opens in Ankara", "published": "2026-03-14T08:00:00Z"}
    two = one | {"id": "b", "outlet": "y", "title": "NATO summit opens in Ankara today", "published": "2026-03-14T09:00:00Z"}
    grouped = monitor("tool", "group", given=lines(one, two)).objects
    assert grouped == [{"id": "a", "story": "a"}, {"id": "b", "story": "a"}]
    compared = monitor("tool", "compare", given=lines({"id": 1, "a": one, "b": two})).objects[0]
    assert (list(compared), compared["same"]) == (["id", "score", "same", "why"], True)


def test_who_was_in_office_on_the_day_of_a_line_counts(monitor: Monitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.cli.tool.SystemClock", lambda: FakeClock(datetime(2026, 2, 3, tzinfo=UTC)))
    line = {"id": "a", "title": "Boric parle de la mer", "language": "fr"}
    later, unread = line | {"published": "2026-05-06T08:00:00Z"}, line | {"published": "yesterday"}
    told = [monitor("tool", "tag", *options, given=lines(line, later, unread)).objects for options in ((), ("--date", "2026-04-01"))]
    rules = [[found["rule"] for row in rows for found in row["evidence"] if found["what"] == "entity:p.boric"] for rows in told]
    assert rules == [["entity", "former", "entity"], ["former", "former", "former"]]


@pytest.mark.parametrize("tool", [("tag",), ("match", "army")])
def test_date_that_is_none_is_refused(monitor: Monitor, tool: tuple[str, ...]) -> None:
    told = monitor("tool", *tool, "--date", "2026-02-30", given=lines(FRENCH))
    assert (told.status, told.out, told.err) == (2, "", "--date '2026-02-30' is no day; write it as 2026-03-20.\n")

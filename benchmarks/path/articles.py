"""Articles a second through the whole path, beside bare trafilatura on the same pages in as many processes, in one run.

Method: the real pages of the corpora (or, without them, the pages of the sample newsroom) under five addresses each, on sixty loopback
outlets served by a process of its own on the same cores. Ours: poll, robots, fetch, extract, recognise, tag, store, group and rank, until
nothing is due; wall time from the first claim, outlets declared with the languages of the pages. Bare: `trafilatura.bare_extraction` of
the same pages from memory in two processes, nothing else, once before ours and once after: a machine that is quicker one minute than the
next favours neither. The processes of both have read the first eight pages before.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.jobs.worker import Worker

COPIES = 5
PROCESSES = 2
FIRST = 8


def bare(body: bytes) -> int:
    """What a page costs without us."""
    from trafilatura import bare_extraction

    found = bare_extraction(body)
    return len(found.text or "") if found is not None else 0


def bare_pages(bodies: Sequence[bytes]) -> float:
    """Pages a second of bare extraction."""
    with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
        pool.map(bare, bodies[:FIRST])
        began = time.perf_counter()
        pool.map(bare, bodies, chunksize=8)
        return len(bodies) / (time.perf_counter() - began)


def pages(folder: Path) -> list[dict[str, str]]:
    """The pages to read: path, title and date of each."""
    from benchmarks.machine import corpora

    base = corpora()
    if base is not None:
        lines = (base / "pages" / "pages.jsonl").read_text(encoding="utf-8").splitlines()
        rows = [row for line in lines if (row := json.loads(line))["set"] == "fundus"]
        return [
            {
                "path": str(base / "pages" / row["html_path"]),
                "title": row["expected_title"] or "",
                "date": _spread(number),
                "language": row["lang"].partition("-")[0],
            }
            for number, row in enumerate(rows)
        ]
    from monitor.config.newsroom_file import load_newsroom
    from monitor.outside.clock import SystemClock
    from monitor.outside.newsroom import Newsroom

    samples, rows = load_newsroom(), []
    with Newsroom(samples, port=0, clock=SystemClock()) as newsroom:
        import urllib.request

        for number, article in enumerate(samples.articles):
            if article.outlet == "bastion":
                continue
            file = folder / f"{article.id}.html"
            with urllib.request.urlopen(newsroom.article_address(article.id), timeout=10) as answer:
                file.write_bytes(answer.read())
            rows.append({"path": str(file), "title": article.title, "date": _spread(number), "language": article.language})
    return rows


def _spread(number: int) -> str:
    return format_datetime(datetime(2026, 11, 20, 6, tzinfo=UTC) - timedelta(minutes=number))


def read_first(worker: Worker, bodies: Sequence[bytes]) -> None:
    """Have the parser children read these pages, as the bare processes have."""
    from monitor.outside import reading
    from monitor.records import AboutArticle

    about = AboutArticle("", "http://127.0.0.1/", "", "", "", (), None, worker.kit.clock.now(), "", "", "", "Outlet", "", "", "")
    pages = [reading.PageDocument(about, body, about.url, "text/html") for body in bodies]
    for reading_ in [worker.kit.pool.submit(reading.PAGE, page) for page in pages]:
        reading_.result()


def whole_path(folder: Path, port: int, bodies: Sequence[bytes], languages: Sequence[str]) -> float:
    """Articles a second of our path, for outlets that are said to write in `languages`."""
    from benchmarks.machine import outlets_file

    file = outlets_file(folder, [f"http://127.1.9.{number + 1}:{port}/feed" for number in range(60)], languages=languages)
    os.environ |= {"MONITOR_HOME": str(folder), "MONITOR_FEEDS": str(file)}
    os.environ |= {"MONITOR_HOST_INTERVAL": "0", "MONITOR_PARSERS": str(PROCESSES)}
    from monitor.store import setup

    setup.start()
    from benchmarks.polling.feeds import warm
    from monitor.config.environment import load_settings
    from monitor.flows.import_outlets import import_outlets
    from monitor.jobs.once import once
    from monitor.jobs.worker import open_worker
    from monitor.outside.clock import SystemClock

    clock = SystemClock()
    setup.migrate(clock.now())
    import_outlets(file, clock.now())
    with open_worker(load_settings(os.environ), clock) as worker:
        warm(worker)
        read_first(worker, bodies[:FIRST])
        began = time.perf_counter()
        once(worker, say=lambda job, summary: print(f"    {time.perf_counter() - began:6.2f} s  {job}: {summary}"))
        spent = time.perf_counter() - began
    from monitor.store.models import Article

    read = Article.objects.filter(state="read").count()
    assert read == len(bodies), f"{read} of {len(bodies)} articles were read"
    return len(bodies) / spent


def main() -> None:
    """Print the figures."""
    from benchmarks.machine import heading

    print(heading("Articles a second", __doc__))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = pages(folder)
        listing = folder / "pages.json"
        listing.write_text(json.dumps(rows), encoding="utf-8")
        from benchmarks.path.server import body_of

        bodies = [body_of(row["path"]) for row in rows] * COPIES
        before = bare_pages(bodies)
        command = [sys.executable, "-m", "benchmarks.path.server", str(listing), str(COPIES)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout is not None and server.stdin is not None
            port = int(server.stdout.readline().split()[1])
            mine = whole_path(folder, port, bodies, sorted({row["language"] for row in rows}))
            server.stdin.close()
        theirs = 2 / (1 / before + 1 / bare_pages(bodies))
    print(f"  whole path {mine:.1f}/s   bare extraction {theirs:.1f}/s in {PROCESSES} processes   ratio {mine / theirs:.2f}")


if __name__ == "__main__":
    main()

"""Feeds a second, first fetch, unchanged and changed, beside `reader` on the same loopback feeds in the same run.

Method: 500 feeds of 30 entries on loopback (benchmarks/polling/server.py, a process of its own). The two sides take turns, so that a
machine that is quicker one second than the next favours neither: each polls the feeds once; then in five rounds each polls them twice
unchanged (304) and once with a new entry each. Wall time of the update alone, databases in files; feeds a second are medians, the ratio is
the median of the pairs' ratios. Each side stays open from round to round, as in a desk that runs, and our children are warm. `reader` runs
with its ten workers. Article pages are not read by either side. A last run has every feed take 100 ms to answer.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from statistics import median

FEEDS = 500
RUNS = 5


@contextmanager
def served(delay_ms: float) -> Iterator[str]:
    """The feeds' base address while their server lives."""
    command = [sys.executable, "-m", "benchmarks.polling.server", str(FEEDS), str(delay_ms)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdin is not None
        port = process.stdout.readline().split()[1]
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.stdin.close()


def next_round(base: str) -> None:
    urllib.request.urlopen(f"{base}/round", timeout=10).close()


class Theirs:
    """`reader` on the feeds."""

    def __init__(self, base: str, folder: Path) -> None:
        from reader import make_reader

        self.reader = make_reader(str(folder / "reader.sqlite"))
        for number in range(FEEDS):
            self.reader.add_feed(f"{base}/f/{number}.xml")

    def poll(self) -> float:
        """One update; feeds a second."""
        began = time.perf_counter()
        self.reader.update_feeds(workers=10, scheduled=False)
        return FEEDS / (time.perf_counter() - began)


class Ours:
    """A desk in a folder of its own, its worker open, polling the feeds under a clock that moves a day between rounds."""

    def __init__(self, base: str, folder: Path, opened: ExitStack) -> None:
        from benchmarks.machine import outlets_file

        file = outlets_file(folder, [f"{base}/f/{number}.xml" for number in range(FEEDS)], text="none")
        os.environ |= {"MONITOR_HOME": str(folder), "MONITOR_HOST_INTERVAL": "0", "MONITOR_FEEDS": str(file)}
        from monitor.store import setup

        setup.start()
        from django.conf import settings as django_settings
        from django.db import connections

        connections.close_all()
        django_settings.DATABASES["default"]["NAME"] = connections["default"].settings_dict["NAME"] = str(folder / "monitor.sqlite3")
        from monitor.config.environment import load_settings
        from monitor.flows.import_outlets import import_outlets
        from monitor.jobs.worker import open_worker
        from monitor.outside.clock import OffsetClock, SystemClock

        self.clock = OffsetClock(timedelta(0), SystemClock())
        setup.migrate(self.clock.now())
        import_outlets(file, self.clock.now())
        self.worker = opened.enter_context(open_worker(load_settings(os.environ), self.clock))
        warm(self.worker)

    def poll(self) -> float:
        """One round a day later than the last; feeds a second."""
        from monitor.flows.poll_feeds import poll_feeds

        began = time.perf_counter()
        report = poll_feeds(self.worker.kit)
        spent = time.perf_counter() - began
        self.clock.delta += timedelta(days=1)
        assert report.polled == FEEDS and report.failed == 0, report
        return FEEDS / spent


def warm(worker: object) -> None:
    """Have every child and thread do one job first, as in a desk that runs; `reader` starts with its parser imported."""
    from monitor.outside import reading

    document = reading.FeedDocument(b"<rss version='2.0'><channel><title>w</title></channel></rss>", "http://127.0.0.1/w.xml")
    jobs = [worker.kit.pool.submit(reading.FEED, document) for _ in range(8)]  # type: ignore[attr-defined]
    jobs += [worker.kit.threads.submit(time.sleep, 0.02) for _ in range(32)]  # type: ignore[attr-defined]
    for job in jobs:
        job.result()


def main() -> None:
    """Print the table."""
    from benchmarks.machine import heading

    print(heading("Feeds a second", __doc__))
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two, tempfile.TemporaryDirectory() as three:
        with served(0) as base, ExitStack() as opened:
            theirs, mine = Theirs(base, Path(one)), Ours(base, Path(two), opened)
            pairs: dict[str, list[tuple[float, float]]] = {"first": [(mine.poll(), theirs.poll())], "unchanged": [], "changed": []}
            for _ in range(RUNS):
                pairs["unchanged"] += [(mine.poll(), theirs.poll()) for _ in range(2)]
                next_round(base)
                pairs["changed"].append((mine.poll(), theirs.poll()))
        for kind, found in pairs.items():
            a, b, ratio = (median(values) for values in (*zip(*found, strict=True), [own / other for own, other in found]))
            print(f"  {kind:10} monitor {a:7.0f}/s   reader {b:7.0f}/s   ratio {ratio:.2f}")
        with served(100) as base, ExitStack() as opened:
            slow = Ours(base, Path(three), opened)
            slow.poll()
            print(f"  unchanged, each taking 100 ms: {FEEDS / slow.poll():.2f} s for {FEEDS} feeds")


if __name__ == "__main__":
    main()

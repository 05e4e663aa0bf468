"""How long the server takes for the desk's pages on a seeded database (benchmarks.desk.seed), each asked several times in this process.

    MONITOR_DATABASE_URL=… python -m benchmarks.desk.pages [--times 9]

Method: Django's test client with a signed-in person, every middleware and template included, no network; queries of frequent and rare
words. “At work” is the processor's time, here and in the database's own process: what is left of it all on a machine that others use. What
the server loads before it serves is loaded before (monitor.web.ready); the first time of each page counts like the others.
"""

from __future__ import annotations

import argparse
import math
import statistics
import time
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from benchmarks.machine import heading
from monitor.store import setup

setup.start()

from django.conf import settings  # noqa: E402 — after Django is set up
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402

from monitor.store import models  # noqa: E402
from monitor.web import moment, ready  # noqa: E402

GOALS = 60, 150  # milliseconds at the median and at p95
SEARCHES = (
    "minister", "missile", "mali", "frigate", "catamaran", "missile drone", "minister -missile", "minis*", "title:missile",
    '"missile drone"',
    "theme:navy drone", "missile country:FR", "mali before:2026-02", "missile NEAR/5 drone", "=missile", "nosuchword",
)  # fmt: skip


class _Clock:
    """The moment the database was seeded for."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now


def pages() -> list[tuple[str, list[str]]]:
    """Each kind of page with the addresses asked for."""
    stories = models.Story.objects.filter(lead__status="queued").order_by("-newest_at").values_list("uuid", flat=True)[:5]
    outlets = models.Outlet.objects.order_by("pk").values_list("slug", flat=True)[:5]
    found = [("Today", ["/"]), ("Story", [f"/story/{story}" for story in stories])]
    found += [("Background", [f"/story/{story}/background" for story in stories]), ("Outlets", ["/outlets"])]
    found.append(("Outlet", [f"/outlets/{slug}" for slug in outlets]))
    found += [(f"Search {query}", [f"/search?q={quote(query)}"]) for query in SEARCHES]
    return found


def measure(times: int) -> dict[str, list[tuple[float, float]]]:
    """Milliseconds of every answer, and of them those this process was at work, by page."""
    client = Client()
    client.force_login(models.Person.objects.order_by("pk").first())
    took: dict[str, list[tuple[float, float]]] = {}
    for name, addresses in pages():
        took[name] = []
        for _ in range(times):
            for address in addresses:
                begun, worked = time.perf_counter(), at_work()
                response = client.get(address)
                took[name].append(((time.perf_counter() - begun) * 1000, (at_work() - worked) * 1000))
                assert response.status_code == 200, (address, response.status_code)
    return took


def at_work() -> float:
    """Seconds that this process, and the database server's for it if it is on this machine, have worked (its helpers are not counted)."""
    own = time.process_time()
    if connection.vendor == "postgresql" and connection.connection is not None:
        stat = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
        own += int(stat.read_text().split()[0]) / 1e9 if stat.exists() else 0.0
    return own


def p95(values: list[float]) -> float:
    """The value that nineteen of twenty stay below."""
    return sorted(values)[max(0, math.ceil(0.95 * len(values)) - 1)]


def main() -> None:
    """Prints a table."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--times", type=int, default=9)
    times = asked.parse_args().times
    settings.ALLOWED_HOSTS = ["testserver"]
    ready.load()
    newest = models.Article.objects.order_by("-pk").values_list("discovered_at", flat=True).first()
    moment.use(_Clock(newest or datetime(2026, 3, 14, 9, 30, tzinfo=UTC)))
    count, stories = models.Article.objects.count(), models.Story.objects.count()
    print(heading(f"Pages of a desk with {count:,} articles and {stories:,} stories on {connection.vendor}", __doc__))
    print(f"  goals: median {GOALS[0]} ms, p95 {GOALS[1]} ms")
    everything: list[tuple[float, float]] = []
    for name, values in measure(times).items():
        everything += values if name.startswith("Search") else []
        print(_line(name, values))
    print(_line("All searches", everything))


def _line(name: str, taken: list[tuple[float, float]]) -> str:
    values = [whole for whole, _ in taken]
    median, tail, worked = statistics.median(values), p95(values), [own for _, own in taken]
    own = f"at work {statistics.median(worked):6.1f} p95 {p95(worked):6.1f} ms"
    missed = "" if median <= GOALS[0] and tail <= GOALS[1] else "  misses the goal"
    return f"  {name:30} median {median:7.1f} ms   p95 {tail:7.1f} ms   {own}{missed}"


if __name__ == "__main__":
    main()

"""A worker in a process of its own, for what `monitor once all` has no option for: shorter limits, many restarts.

python -m tests.path.worker [--limits SECONDS] [--times N]
"""

from __future__ import annotations

import argparse
import os

from monitor.config.environment import load_settings
from monitor.outside.clock import SystemClock
from monitor.outside.dialer import Limits
from monitor.outside.fetch import HttpFetcher
from monitor.store import setup


def main() -> None:
    """Run every job until nothing is due, as often as asked, each time with a new worker."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--limits", type=float, default=30.0, help="seconds a request may take in all")
    parser.add_argument("--times", type=int, default=1)
    asked = parser.parse_args()
    setup.start()
    from monitor.jobs.once import once
    from monitor.jobs.worker import open_worker, policy_of

    settings, clock = load_settings(os.environ), SystemClock()
    for _ in range(asked.times):
        fetcher = HttpFetcher(policy_of(settings), clock, limits=Limits(total=asked.limits))
        with open_worker(settings, clock, fetcher=fetcher) as worker:
            assert once(worker, say=lambda job, summary: print(f"{job}: {summary}"))


if __name__ == "__main__":
    main()

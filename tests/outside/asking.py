"""How the tests of the fetcher ask: one desk, one ask, and the outcome they expect."""

from __future__ import annotations

from typing import Any

from monitor.outside.fetch import HttpFetcher
from monitor.outside.guard import Policy
from monitor.records import Ask, Failed, Fetched, Outcome
from tests.fakes import FakeClock
from tests.outside.server import Server

DESK = Policy(contact="desk@example.org")
FEED = b"<rss/>"


def fetch(ask: Ask | str, policy: Policy = DESK, **options: Any) -> Outcome:
    with HttpFetcher(policy, FakeClock(), **options) as fetcher:
        return fetcher.fetch(Ask(ask) if isinstance(ask, str) else ask)


def failure(ask: Ask | str, policy: Policy = DESK, **options: Any) -> Failed:
    outcome = fetch(ask, policy, **options)
    assert isinstance(outcome, Failed), outcome
    return outcome


def body(server: Server, path: str, **options: Any) -> bytes:
    outcome = fetch(server.url(path), **options)
    assert isinstance(outcome, Fetched), outcome
    return outcome.body

"""Redirects to one other host come one by one; hops within a host and on a loopback desk without pace do not wait."""

from __future__ import annotations

import pytest

from monitor.outside.guard import Policy
from monitor.outside.hops import HopPace
from monitor.records import Ask
from tests.fakes import FakeClock


def waits(targets: list[str], policy: Policy, source: str = "https://feeds.example/feed") -> list[float]:
    clock = FakeClock()
    pace = HopPace(policy, clock)
    found = []
    for target in targets:
        before = clock.now()
        assert pace(Ask(source), target) is None
        found.append((clock.now() - before).total_seconds())
    return found


def test_hops_to_one_other_host_are_five_seconds_apart() -> None:
    found = waits(["https://other.example/a", "https://other.example/b", "https://www.other.example/c"], Policy(contact="desk@example.org"))
    assert found == pytest.approx([0, 5, 10], abs=0.2)  # the clock of the test stands still while monotonic time hardly moves


def test_hops_to_different_hosts_do_not_wait() -> None:
    assert waits(["https://one.example/", "https://two.example/"], Policy(contact="desk@example.org")) == [0, 0]


def test_hops_within_the_asked_host_belong_to_its_turn() -> None:
    assert waits(["https://www.feeds.example/1", "https://feeds.example/2"], Policy(contact="desk@example.org")) == [0, 0]


def test_hops_on_loopback_without_pace_do_not_wait() -> None:
    targets = ["http://127.0.0.2:8000/a", "http://127.0.0.2:8000/b"]
    assert waits(targets, Policy(host_interval=0), "http://127.0.0.1:8000/feed") == [0, 0]

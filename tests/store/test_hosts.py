"""Hosts: whose turn it is, rests after refusals, robots.txt as last seen."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monitor.records import HostState
from monitor.store import hosts, models
from monitor.store.hosts import Rest, RobotsSeen
from tests.fakes import NOON

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def test_turn_is_one_askers_until_given_back_or_lapsed() -> None:
    assert hosts.reserve("port.example", NOON) is None
    assert hosts.reserve("port.example", NOON) == NOON + hosts.TURN
    hosts.release("port.example", NOON + timedelta(seconds=5))
    assert hosts.reserve("port.example", NOON + timedelta(seconds=4)) == NOON + timedelta(seconds=5)
    assert hosts.reserve("port.example", NOON + timedelta(seconds=5)) is None


def test_pages_rest_at_the_second_refusal_in_a_row() -> None:
    assert hosts.page_refused("port.example", "403", NOON + DAY, refusals=1) is False
    assert hosts.pages_rest("port.example", NOON) is None
    hosts.page_answered("port.example")
    assert hosts.page_refused("port.example", "403", NOON + DAY, refusals=1) is False
    assert hosts.page_refused("port.example", "403", NOON + DAY, refusals=1) is True
    assert hosts.pages_rest("port.example", NOON) == Rest(NOON + DAY, "403", refused=True)
    assert hosts.pages_rest("port.example", NOON + DAY) is None


def test_pages_rest_at_once_when_asked_too_often_without_being_refused() -> None:
    assert hosts.page_refused("port.example", "429", NOON + 3 * DAY, refusals=0) is True
    assert hosts.pages_rest("port.example", NOON) == Rest(NOON + 3 * DAY, "429", refused=False)


def test_refusal_leaves_the_hosts_turn_and_wish_alone() -> None:
    hosts.reserve("port.example", NOON)
    hosts.save_wish(HostState("port.example", NOON + HOUR, "503"))
    hosts.page_refused("port.example", "403", NOON + DAY, refusals=1)
    state = hosts.states(["port.example"])["port.example"]
    assert (state.next_start_at, state.not_before) == (NOON + hosts.TURN, NOON + HOUR)
    assert hosts.pages_rest("port.example", NOON) == Rest(NOON + HOUR, "503", refused=False)


def test_pages_rest_when_the_hours_share_is_used_up() -> None:
    for minute in range(hosts.PAGES_AN_HOUR):
        assert hosts.pages_rest("port.example", NOON + timedelta(minutes=minute)) is None
        hosts.count_page("port.example", NOON + timedelta(minutes=minute / 2))
    assert hosts.pages_rest("port.example", NOON + timedelta(minutes=59)) == Rest(NOON + HOUR, "", refused=False)
    assert hosts.pages_rest("port.example", NOON + HOUR) is None


def test_unreachable_robots_keeps_a_copy_for_thirty_days_and_is_not_asked_at_every_page() -> None:
    origin, copy = "https://port.example", RobotsSeen(NOON, 200, "User-agent: *")
    hosts.save_robots(origin, copy)
    down = RobotsSeen(NOON + 29 * DAY, 503, "")
    assert hosts.save_robots(origin, down) == copy
    kept = hosts.robots([origin])[origin]
    assert (kept.body, kept.failed_at) == ("User-agent: *", NOON + 29 * DAY)
    assert (kept.fresh(NOON + 29 * DAY + HOUR), kept.fresh(NOON + 29 * DAY + hosts.ROBOTS_AGAIN)) == (True, False)
    old = RobotsSeen(NOON + 31 * DAY, None, "")
    assert hosts.save_robots(origin, old) == old
    assert hosts.robots([origin])[origin].unreachable is True


def test_robots_without_an_answer_is_asked_again_sooner_than_its_pages() -> None:
    assert RobotsSeen(NOON, None, "").fresh(NOON + hosts.ROBOTS_AGAIN) is False
    assert RobotsSeen(NOON, 200, "").fresh(NOON + 23 * HOUR) is True
    assert RobotsSeen(NOON, 200, "").fresh(NOON + DAY) is False
    assert models.Robots.objects.count() == 0

"""Killed, stopped, restarted, doubled: nothing is lost, nothing comes twice, and only what was in flight is asked again (F-01 to F-08)."""

from __future__ import annotations

import random
import signal
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass

import pytest

from monitor.config.newsroom_values import Samples
from monitor.outside.newsroom import Newsroom
from tests.fakes import FakeClock
from tests.path.conftest import SERVER, START
from tests.path.desk import LONGEST, ORIGIN_FILES, Desk, few, in_process, kill_when
from tests.path.truth import article_id_of

OUTLETS = ("meridien", "vega-wire", "marfa", "haijing", "monsoon", "ricochet")
STOP_WITHIN = 10.0  # seconds, F-03
KILLS = 30


@dataclass
class Stage:
    """A small newsroom on the air and a desk that watches it."""

    newsroom: Newsroom
    desk: Desk
    samples: Samples

    @property
    def asked(self) -> Counter[str]:
        """How often each address was asked, outlet and path."""
        return Counter(f"{one.outlet} {one.path}" for one in self.newsroom.requests)

    def claimed(self) -> set[str]:
        """The addresses whose request or result was in flight, as the desk's rows have it; the files of their origins included."""
        feeds = self.desk.rows("SELECT url FROM store_feed WHERE claim_token <> ''")
        pages = self.desk.rows("SELECT a.url FROM store_toread r JOIN store_article a ON a.id = r.article_id WHERE r.claim_token <> ''")
        host = {self.newsroom.address(outlet.id, ""): outlet.id for outlet in self.samples.outlets}
        found = set()
        for (url,) in [*feeds, *pages]:
            base = "/".join(url.split("/", 3)[:3])
            found |= {f"{host[base]} /{url.split('/', 3)[3]}", *(f"{host[base]} {path}" for path in ORIGIN_FILES)}
        return found

    def finished(self) -> None:
        """Everything is there, once, read, in a story, and nothing is left to do."""
        rows = self.desk.rows("SELECT url, state, verdict, story_id FROM store_article")
        assert sorted(article_id_of(url) for url, *_ in rows) == sorted(article.id for article in self.samples.articles)
        assert {state for _, state, *_ in rows} == {"read"}
        assert {verdict for *_, verdict, _ in rows} <= {"full", "summary"}
        assert [url for url, *_, story in rows if story is None] == []
        (entries,) = self.desk.rows("SELECT count(*), count(DISTINCT article_id) FROM store_entry")
        assert entries == (len(rows), len(rows))
        left = "SELECT count(*) FROM store_article a JOIN store_story s ON s.id = a.story_id WHERE s.merged_into_id IS NOT NULL"
        assert self.desk.rows(left) == [(0,)]
        assert self.desk.claims() == []
        assert self.desk.sound()


@pytest.fixture
def stage(samples: Samples, new_desk: Callable[..., Desk]) -> Iterator[Stage]:
    chosen, desk = few(samples, OUTLETS), new_desk()
    with Newsroom(chosen, port=0, clock=FakeClock(START)) as newsroom:
        desk.open(newsroom)
        yield Stage(newsroom, desk, chosen)


def killed_and_restarted(stage: Stage, reached: Callable[[], bool]) -> None:
    process = stage.desk.start("once", "all")
    assert kill_when(process, reached), f"it had ended already: {process.communicate()}"
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    before, in_flight = stage.asked, stage.claimed()
    stage.desk.monitor("once", "all")
    repeated = {address for address, count in stage.asked.items() if count > before[address] > 0}
    assert repeated - in_flight == set()
    assert {address: count for address, count in stage.asked.items() if count > 2} == {}
    stage.finished()


def requests_reach(stage: Stage, count: int) -> Callable[[], bool]:
    return lambda: len(stage.newsroom.requests) >= count


def everything_is_read(stage: Stage) -> bool:
    expected = len(stage.samples.articles)
    return stage.desk.rows("SELECT count(*) FROM store_article WHERE state = 'read'") == [(expected,)]


@pytest.mark.parametrize("count", [4, 25])  # in the middle of the feeds, in the middle of the pages
def test_killed_while_asking(stage: Stage, count: int) -> None:
    killed_and_restarted(stage, requests_reach(stage, count))


def test_killed_while_grouping(stage: Stage) -> None:
    killed_and_restarted(stage, lambda: everything_is_read(stage))


@pytest.mark.long
@pytest.mark.parametrize("seed", range(KILLS))
def test_killed_anywhere(stage: Stage, seed: int) -> None:
    all_requests = 2 * len(stage.samples.outlets) + len(stage.samples.articles) - 3 - len(stage.samples.of("monsoon"))
    killed_and_restarted(stage, requests_reach(stage, random.Random(seed).randint(1, all_requests)))


@pytest.mark.parametrize("command", [("once", "all"), ("worker",)], ids=lambda command: command[0])
def test_stopped_while_a_slow_page_is_in_flight(stage: Stage, command: tuple[str, ...]) -> None:
    slow = stage.samples.of("vega-wire")[0].id
    stage.newsroom.faults["vega-wire", slow] = "slow"
    process = stage.desk.start(*command)
    path = "/" + stage.newsroom.article_address(slow).split("/", 3)[3]
    assert kill_when(process, lambda: stage.asked[f"vega-wire {path}"] > 0, signal.SIGTERM)
    _, err = process.communicate(timeout=STOP_WITHIN)
    assert (process.returncode, "Traceback" in err) == (0, False), err
    assert stage.desk.claims() == []
    stage.newsroom.faults.clear()
    stage.desk.monitor("once", "all")
    assert {address: count for address, count in stage.asked.items() if count > 1} == {f"vega-wire {path}": 2}
    stage.finished()


def test_twenty_restarts_ask_nothing(stage: Stage) -> None:
    stage.desk.monitor("once", "all")
    before = stage.asked
    in_process(stage.desk, "--times", "20")
    assert stage.asked == before


def test_two_workers_at_once_ask_everything_once(stage: Stage) -> None:
    workers = [stage.desk.start("once", "all") for _ in range(2)]
    told = [(*worker.communicate(timeout=LONGEST), worker.returncode) for worker in workers]
    assert [(status, "Traceback" in err or "locked" in err) for _, err, status in told] == [(0, False), (0, False)], told
    stage.desk.monitor("once", "all")  # what one left to the other
    assert {address: count for address, count in stage.asked.items() if count > 1 and not address.endswith(ORIGIN_FILES)} == {}
    stage.finished()


@pytest.mark.skipif(bool(SERVER), reason="a lock on the whole database is SQLite's")
@pytest.mark.parametrize("seconds", [6.0, pytest.param(8.0, marks=pytest.mark.long)])  # its busy timeout is five
def test_database_locked_for_longer_than_its_patience(stage: Stage, seconds: float) -> None:
    process = stage.desk.start("once", "all")
    while len(stage.newsroom.requests) < 3 and process.poll() is None:
        time.sleep(0.002)
    with closing(sqlite3.connect(stage.desk.home / "monitor.sqlite3", timeout=30)) as base:
        base.execute("BEGIN IMMEDIATE")
        try:
            process.wait(seconds)  # it cannot end meanwhile
        except subprocess.TimeoutExpired:
            base.rollback()
    _, err = process.communicate(timeout=LONGEST)
    assert (process.returncode, "Traceback" in err) == (0, False), err
    assert {address: count for address, count in stage.asked.items() if count > 1} == {}
    stage.finished()

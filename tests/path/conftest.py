"""The sample newsroom polled, read, grouped and ranked once, for every test of the path."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from monitor.config.newsroom_file import load_newsroom
from monitor.config.newsroom_values import Samples
from monitor.outside.clock import SystemClock
from monitor.outside.newsroom import Newsroom, Request
from tests.fakes import FakeClock
from tests.path.desk import Desk, Told
from tests.path.truth import article_id_of

SERVER = os.environ.get("MONITOR_TEST_DATABASE_URL", "")
START = SystemClock().now()


@dataclass(frozen=True)
class Run:
    """What one day of the newsroom came to: a first `once all`, a second at once, one a day later, one after headlines were edited."""

    newsroom: Newsroom
    desk: Desk
    samples: Samples
    first: Told
    second: Told
    later: Told
    asked: dict[str, tuple[Request, ...]]  # requests of each step
    articles: dict[str, dict]  # by the sample's id, after the first step
    copies: dict[str, str]
    leads: list[dict]
    outlets: dict[str, dict]


@pytest.fixture(scope="session")
def samples() -> Samples:
    """The whole sample newsroom."""
    return load_newsroom()


@pytest.fixture
def new_desk(tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    """Makes desks of their own, on the server under test."""
    with ExitStack() as stack:

        def make(name: str = "desk", **settings: str) -> Desk:
            desk = Desk(tmp_path / name, server=SERVER, **settings)
            stack.callback(desk.close)
            return desk

        yield make


@pytest.fixture(scope="session")
def run(samples: Samples, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """The newsroom's day, by the real commands."""
    clock = FakeClock(START)  # stands still: headlines are edited only when the test says so
    desk = Desk(tmp_path_factory.mktemp("desk"), server=SERVER)
    with Newsroom(samples, port=0, clock=clock) as newsroom:
        desk.open(newsroom)
        asked: dict[str, tuple[Request, ...]] = {}

        def step(name: str, *args: str) -> Told:
            before = len(newsroom.requests)
            told = desk.monitor("once", "all", *args)
            asked[name] = tuple(newsroom.requests[before:])
            return told

        first = step("first")
        articles = {article_id_of(one["url"]): one for one in desk.monitor("article", "list", "--json").objects}
        leads = desk.monitor("lead", "list", "--json").objects
        outlets = {one["id"]: one for one in desk.monitor("outlet", "list", "--json").objects}
        copies = {article_id_of(url): article_id_of(of) for url, of in desk.rows(COPIES)}
        second, later = step("second"), step("later", "--as-of", "+24h")
        newsroom.edit_headlines()
        step("edited", "--as-of", "+48h")
        yield Run(newsroom, desk, samples, first, second, later, asked, articles, copies, leads, outlets)
    desk.close()


COPIES = "SELECT a.url, o.url FROM store_article a JOIN store_article o ON a.copy_of_id = o.id"

"""A desk whose outside is a fake web and whose time stands still; parsers and database are real."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from monitor.jobs.fetch_threads import FetchThreads
from monitor.jobs.knowledge import knowledge_with
from monitor.knowledge import Themes
from monitor.outside import reading
from monitor.outside.reading_front import FRONT
from tests.flows.desk import FaultyPool, FlowDesk
from tests.flows.jobs import FAULTS


@pytest.fixture(scope="session")
def pool() -> Iterator[FaultyPool]:
    knowledge = knowledge_with(Themes(()), ("en", "fr"))
    with FaultyPool(1, setup=reading.PREPARE, setup_args=(knowledge,), jobs=(*reading.JOBS, FRONT, *FAULTS)) as opened:
        yield opened


@pytest.fixture
def new_desk(pool: FaultyPool, db: None) -> Iterator[Callable[..., FlowDesk]]:
    """Makes the desk; given an address of contact unless the test says otherwise."""
    import threading

    threads = FetchThreads(4, threading.Event())
    pool.replaced.clear()
    yield lambda **settings: FlowDesk(pool, threads, **settings)
    threads.shutdown()


@pytest.fixture
def desk(new_desk: Callable[..., FlowDesk]) -> FlowDesk:
    return new_desk()

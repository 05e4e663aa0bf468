"""When to group what has been read."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.pipeline.group_pace import BATCH, CROWD, MANY, OLDEST, PATIENCE, articles_to_group

NOW = timedelta(0)


@pytest.mark.parametrize(("waiting", "coming"), [(1, 0), (MANY - 2, 1), (1, MANY - 2), (BATCH, 0)])
def test_on_an_ordinary_day_articles_are_grouped_at_once(waiting: int, coming: int) -> None:
    assert articles_to_group(waiting, coming, NOW) == waiting


def test_while_many_are_being_read_a_crowd_is_gathered_first() -> None:
    assert [articles_to_group(waiting, MANY, NOW) for waiting in (1, CROWD - 1, CROWD)] == [0, 0, OLDEST]


def test_nothing_waits_longer_than_a_minute_for_older_news() -> None:
    assert articles_to_group(MANY, MANY, PATIENCE - timedelta(seconds=1)) == 0
    assert articles_to_group(MANY, MANY, PATIENCE) == MANY


@given(waiting=st.integers(0, 5000), coming=st.integers(0, 5000))
def test_no_more_than_wait_and_never_more_than_a_batch(waiting: int, coming: int) -> None:
    for held in (NOW, PATIENCE):
        assert 0 <= articles_to_group(waiting, coming, held) <= min(waiting, BATCH)

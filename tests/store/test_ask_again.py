"""Articles asked again by hand: given up, refused or failed ones, never within six hours, never one that was read in full."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monitor.outside.pace import host_of
from monitor.store import ask_again, models
from monitor.store.due import GIVE_UP_AFTER
from tests.fakes import NOON
from tests.store.rows import an_article

HOUR = timedelta(hours=1)
pytestmark = pytest.mark.django_db


def test_article_that_was_given_up_waits_for_the_moment_its_failure_named() -> None:
    article = an_article(1, state="given_up", verdict="failed")
    models.ToRead.objects.create(article=article, host="port.example", due_at=NOON + 6 * HOUR, attempts=GIVE_UP_AFTER)
    assert ask_again.retry(str(article.uuid), NOON + HOUR, host_of) == NOON + 6 * HOUR
    row = models.ToRead.objects.get()
    assert (row.attempts, row.due_at, models.Article.objects.get().state) == (0, NOON + 6 * HOUR, "waiting")


def test_refused_page_is_due_six_hours_after_it_was_asked() -> None:
    article = an_article(1, state="read", verdict="blocked", read_at=NOON, url="https://news.port.example/1")
    assert ask_again.retry(str(article.uuid), NOON + HOUR, host_of) == NOON + 6 * HOUR
    assert models.ToRead.objects.get().host == "port.example"
    assert ask_again.retry(str(article.uuid), NOON + 9 * HOUR, host_of) == NOON + 6 * HOUR  # it waits already
    assert models.ToRead.objects.count() == 1


def test_article_read_in_full_is_left_alone_and_an_unknown_one_is_said() -> None:
    article = an_article(1, state="read", verdict="full", read_at=NOON)
    assert ask_again.retry(str(article.uuid), NOON, host_of) is None
    assert (models.ToRead.objects.count(), models.Article.objects.get().state) == (0, "read")
    with pytest.raises(LookupError):
        ask_again.retry("00000000-0000-4000-8000-000000000000", NOON, host_of)


def test_all_that_were_given_up_are_taken_up_and_nothing_else() -> None:
    given_up, waiting, ungrouped = an_article(1, state="given_up"), an_article(2, state="waiting"), an_article(3)
    models.ToRead.objects.create(article=given_up, host="a", due_at=NOON - HOUR, attempts=GIVE_UP_AFTER)
    models.ToRead.objects.create(article=waiting, host="a", due_at=NOON + 9 * HOUR, attempts=2)
    models.ToGroup.objects.create(article=ungrouped, due_at=NOON, attempts=GIVE_UP_AFTER)
    assert ask_again.retry_given_up(NOON) == (1, 1)
    assert sorted(models.ToRead.objects.values_list("due_at", "attempts")) == [(NOON, 0), (NOON + 9 * HOUR, 2)]
    assert (models.ToGroup.objects.get().attempts, models.Article.objects.get(pk=given_up.pk).state) == (0, "waiting")
    assert ask_again.retry_given_up(NOON) == (0, 0)

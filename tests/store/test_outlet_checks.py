"""What the source doctor is given to judge: articles counted by day and by what they show."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monitor.pipeline.source_doctor import Sample
from monitor.store import models, outlet_checks
from tests.fakes import NOON
from tests.store import rows

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def checked(slug: str = "port") -> outlet_checks.Checked:
    row = models.Outlet.objects.select_related("check_row").prefetch_related("feeds").get(slug=slug)
    return outlet_checks.checked_of([row], NOON)[row.pk][1]


def test_days_begin_after_that_of_the_first_article_and_end_yesterday() -> None:
    for number, days in enumerate((5, 5, 5, 3, 1, 1, 0)):
        rows.an_article(number, at=NOON - days * DAY)
    assert outlet_checks.recount(NOON) == 1
    found = checked()
    assert (found.days, found.today, found.counted) == ((0, 1, 0, 2), 1, True)
    check = models.OutletCheck.objects.get()
    assert (check.week, check.month) == (7, 7)


def test_counting_again_only_touches_the_last_days() -> None:
    for number in range(20):
        rows.an_article(number, at=NOON - number * DAY)
    outlet_checks.recount(NOON)
    models.Article.objects.filter(discovered_at__lt=NOON - 10 * DAY).delete()
    rows.an_article(100, at=NOON - DAY)
    outlet_checks.recount(NOON)
    assert checked().days == (*[1] * 17, 2)


def test_what_articles_show_is_counted() -> None:
    rows.an_article(0, language="fr")
    rows.an_article(1, language="en", verdict="paywalled", rights="reserved")
    rows.an_article(2, verdict="blocked", published_at=None)
    rows.an_article(3, verdict="summary", published_at=NOON + timedelta(minutes=21))
    rows.an_article(4, verdict="failed", published_at=NOON + DAY, published_precision="day")
    rows.an_article(5, at=NOON - 15 * DAY, verdict="blocked")
    rows.an_article(6, state="waiting")
    outlet_checks.recount(NOON)
    assert checked().facts.sample == Sample(5, 2, 1, 1, 1, 1, 1, {"fr": 1, "en": 1})


def test_days_on_which_the_whole_desk_stood_still_are_unknown() -> None:
    for number in range(5):
        outlet = rows.an_outlet(f"port-{number}")
        for days in (4, 3, 1):
            rows.an_article(number * 10 + days, at=NOON - days * DAY, outlet=outlet)
    outlet_checks.recount(NOON)
    assert checked("port-0").days == (1, None, 1)


def test_a_moved_feed_whose_address_is_taken_is_known() -> None:
    moved = {"perm_redirect_to": "https://new.example/", "perm_redirect_seen": 3, "perm_redirect_first_at": NOON - 3 * DAY}
    models.Feed.objects.create(outlet=rows.an_outlet(), url="https://old.example/", interval=DAY, health="ok", **moved)
    assert [trouble.code for trouble in checked().diagnosis.troubles] == ["moved"]
    models.Feed.objects.create(outlet=rows.an_outlet("other"), url="https://new.example/", interval=DAY)
    assert [trouble.code for trouble in checked().diagnosis.troubles] == ["moved_taken"]


def test_between_counts_outlets_are_judged_by_their_feeds_as_they_are() -> None:
    feed = models.Feed.objects.create(outlet=rows.an_outlet(), url="https://port.example/", interval=DAY, health="ok")
    assert outlet_checks.recount_if_old(NOON, DAY) == 1
    assert outlet_checks.recount_if_old(NOON, DAY) == 0
    models.Feed.objects.filter(pk=feed.pk).update(health="gone")
    assert outlet_checks.recount_if_old(NOON, DAY) == 1
    assert models.OutletCheck.objects.values_list("codes", "severity").get() == (["gone"], 3)

"""Articles are counted by where they come from, day by day, late ones too."""

from __future__ import annotations

from datetime import timedelta

from monitor.flows.count_balance import AT_ONCE, RECOUNTED, count_balance
from monitor.store import models, pages_balance
from tests.fakes import NOON
from tests.flows.desk import FlowDesk
from tests.store.rows import an_article

THEMES = [{"theme": "navy", "score": 4.0, "confidence": 0.6}]
PLACES = [{"country": "ML", "score": 2.0, "count": 2}, {"country": "NE", "score": 1.0, "count": 1}]


def test_days_are_counted_once_and_the_open_ones_again(desk: FlowDesk) -> None:
    for back in range(5):
        an_article(back, at=NOON - timedelta(days=back), section="africa", language="fr-FR", themes=THEMES, places=PLACES)
    an_article(99, state="waiting")
    assert count_balance(desk.kit) == 5
    row = models.BalanceDay.objects.get(day=NOON.date())
    assert row.counts == {
        "outlet": {"port": 1}, "press": {"FR": 1}, "language": {"fr": 1}, "section": {"africa": 1}, "theme": {"navy": 1},
        "place": {"ML": 1, "NE": 1}, "told": {"ML FR": 1, "NE FR": 1},
    }  # fmt: skip
    an_article(50, at=NOON - timedelta(days=1))
    an_article(51, at=NOON - timedelta(days=4))  # read four days late: too late to count
    assert count_balance(desk.kit) == RECOUNTED
    view = pages_balance.balance(7)
    assert view is not None
    assert (view.period["now"]["press"], view.period["counted"], view.since) == ({"FR": 6}, 5, NOON.date() - timedelta(days=4))
    assert view.outlets == {"port": ("port", "FR", "fr")}


def test_a_long_past_is_counted_in_turns_the_newest_days_first(desk: FlowDesk) -> None:
    an_article(1, at=NOON - timedelta(days=100))
    assert count_balance(desk.kit) == AT_ONCE
    assert models.BalanceDay.objects.order_by("day").values_list("day", flat=True)[0] == NOON.date() - timedelta(days=AT_ONCE - 1)
    assert count_balance(desk.kit) == 101 - AT_ONCE + RECOUNTED
    assert count_balance(desk.kit) == RECOUNTED


def test_days_too_old_go(desk: FlowDesk) -> None:
    models.BalanceDay.objects.create(day=NOON.date() - timedelta(days=200), counts={})
    assert (count_balance(desk.kit), models.BalanceDay.objects.count()) == (0, 0)

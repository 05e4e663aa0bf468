"""Counting where articles come from, and what the desk does not see."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.pipeline.balance import KINDS, LEAST_TOLD, Spot, Told, added, below_share, count, one_press_only, period, weeks

TODAY = date(2026, 3, 14)


def told(press: str = "FR", *places: str, section: str = "africa", language: str = "fr", outlet: str = "port") -> Told:
    return Told(outlet, press, language, section, ("forces", "terror"), places)


def test_an_article_counts_once_for_each_theme_and_country_it_tells_of() -> None:
    found = count([told("FR", "ML", "NE", "ML"), told("GB", "ML", language="en", outlet="post")])
    assert found == {
        "outlet": {"port": 1, "post": 1},
        "press": {"FR": 1, "GB": 1},
        "language": {"en": 1, "fr": 1},
        "section": {"africa": 2},
        "theme": {"forces": 2, "terror": 2},
        "place": {"ML": 2, "NE": 1},
        "told": {"ML FR": 1, "ML GB": 1, "NE FR": 1},
    }


def test_only_countries_told_by_one_press_alone_and_often_are_blind_spots() -> None:
    pairs = {"ML FR": 9, "NE FR": LEAST_TOLD, "TD FR": LEAST_TOLD - 1, "UA FR": 40, "UA GB": 1, "FR FR": 6}
    assert one_press_only(pairs) == [Spot("ML", "FR", 9), Spot("FR", "FR", 6), Spot("NE", "FR", 5)]


def test_sections_below_their_share_are_named_and_articles_without_section_do_not_count() -> None:
    wanted = ["africa", "america", "asia", "europe"]
    assert below_share({"africa": 81, "asia": 10, "america": 9, "": 500}, wanted, 0.1) == ["america", "europe"]
    assert below_share({}, wanted, 0.1) == []


def test_a_period_is_compared_with_the_days_before_it() -> None:
    days = {TODAY - timedelta(days=back): count([told("FR", "ML")] * (back + 1)) for back in range(10)}
    found = period(days, TODAY, 7)
    assert (found.counted, found.counted_before, found.outlets) == (7, 3, 1)
    assert (found.now["press"], found.before["press"]) == ({"FR": 28}, {"FR": 27})
    assert (found.now["outlet"], found.one_press) == ({"port": 28}, (Spot("ML", "FR", 28),))


def test_weeks_end_today_and_uncounted_ones_are_empty() -> None:
    days = {TODAY: count([told()]), TODAY - timedelta(days=7): count([told()] * 2)}
    assert [week.get("section", {}) for week in weeks(days, TODAY)[-3:]] == [{}, {"africa": 2}, {"africa": 1}]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from([told("FR", "ML"), told("GB"), told("US", "CN", "TW", section="asia")]), max_size=12), st.integers(0, 12))
def test_days_added_up_are_the_days_counted_together(articles: list[Told], cut: int) -> None:
    apart = added([count(articles[:cut]), count(articles[cut:])])
    whole = count(articles)
    assert {kind: dict(apart[kind]) for kind in KINDS} == whole

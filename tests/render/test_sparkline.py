"""The chart of articles a day: bars where they belong, the band of what is usual, words instead of pictures."""

from __future__ import annotations

from xml.etree import ElementTree as Tree

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.render.sparkline import BAR, GAP, HEIGHT, PAD, Spark, sparkline

STEP = BAR + GAP


def drawn(spark: Spark, days: int = 4) -> list[tuple[str, dict[str, str]]]:
    root = Tree.fromstring(sparkline(spark, days=days))
    return [(one.get("class") or "", dict(one.attrib)) for one in root]


def test_days_stand_at_the_right_and_a_day_without_collecting_has_no_bar() -> None:
    bars = drawn(Spark((5, None, 10), None, None, ""))
    assert [(name, one["x"], one["height"]) for name, one in bars] == [
        ("spark-day", str(STEP), f"{HEIGHT / 2}"),
        ("spark-day", str(3 * STEP), f"{float(HEIGHT)}"),
    ]


def test_a_day_without_articles_is_a_line_and_a_quiet_one_stands_out() -> None:
    bars = drawn(Spark((0, 1, 8, 8), None, None, "", (False, True, False, False)))
    assert [(name, float(one["height"]) > 1) for name, one in bars] == [
        ("spark-day", False), ("spark-low", True), ("spark-day", True), ("spark-day", True),
    ]  # fmt: skip


def test_the_band_reaches_from_the_mean_to_the_low_line() -> None:
    parts = dict(drawn(Spark((10, 10, 10, 10), 5.0, 2.5, "")))
    assert (parts["spark-band"]["y"], parts["spark-band"]["height"]) == (str(PAD + HEIGHT / 2), str(HEIGHT / 4))
    assert parts["spark-mean"]["y1"] == parts["spark-mean"]["y2"] == str(PAD + HEIGHT / 2)


def test_the_words_are_escaped_and_the_picture_is_named() -> None:
    root = Tree.fromstring(sparkline(Spark((1,), None, None, 'a "b" <c> & d')))
    assert (root.get("role"), root.get("aria-label")) == ("img", 'a "b" <c> & d')


@settings(max_examples=50, deadline=None)
@given(st.lists(st.none() | st.integers(0, 10_000), max_size=60), st.none() | st.floats(0, 20_000), st.floats(0, 1))
def test_nothing_is_drawn_outside(days: list[int | None], mean: float | None, share: float) -> None:
    for name, one in drawn(Spark(days, mean, None if mean is None else mean * share, ""), 28):
        if name != "spark-mean":
            assert 0 <= float(one["y"]) <= float(one["y"]) + float(one["height"]) <= HEIGHT + PAD + 0.2
            assert 0 <= float(one["x"]) + float(one["width"]) <= 28 * STEP

"""What the demo's outlets publish while somebody looks at it."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from monitor.config.newsroom_editions import load_review
from monitor.config.newsroom_file import load_newsroom
from monitor.config.newsroom_live import APART, EACH, SPREAD, kept_back
from monitor.config.newsroom_values import Samples

START = timedelta(minutes=23)


@pytest.fixture(scope="module")
def samples() -> Samples:
    return load_newsroom()


@pytest.fixture(scope="module")
def cited() -> set[str]:
    return {source for edition in load_review().editions for piece in edition.pieces for source in piece.sources}


def test_outlets_publish_now_and_a_quarter_of_an_hour_later(samples: Samples, cited: set[str]) -> None:
    found = kept_back(samples, cited, START)
    of_outlets = Counter(samples.article(one).outlet for one in found)
    assert (len(found), max(of_outlets.values()), len(of_outlets)) == (36, EACH, 20)
    early = {one: after for one, after in found.items() if after <= START}
    assert Counter(samples.article(one).outlet for one in early) == dict.fromkeys(of_outlets, 1)
    assert {START - timedelta(minutes=SPREAD) < after <= START for after in early.values()} == {True}
    assert {START - timedelta(minutes=SPREAD) + APART < after <= START + APART for one, after in found.items() if one not in early} == {
        True
    }


def test_what_the_review_cites_and_what_copies_need_is_there_from_the_start(samples: Samples, cited: set[str]) -> None:
    found = set(kept_back(samples, cited, START))
    originals = {article.copy_of for article in samples.articles if article.copy_of}
    changing = {article.id for article in samples.articles if article.first_title or article.copy_of}
    assert found & (cited | originals | changing) == set()


def test_the_alert_that_the_demo_suggests_meets_what_comes(samples: Samples, cited: set[str]) -> None:
    texts = [f"{one.title} {one.text}".casefold() for article in kept_back(samples, cited, START) if (one := samples.article(article))]
    assert sum(any(word in text for word in ("drone", "missile", "ukraine", "panama")) for text in texts) == 9

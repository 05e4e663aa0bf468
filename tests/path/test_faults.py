"""Whatever one page does costs only itself: exactly the faulty ones have no text, each with its reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from monitor.config.newsroom_values import Samples
from monitor.outside.newsroom import Fault, Newsroom
from tests.fakes import FakeClock
from tests.path.conftest import START
from tests.path.desk import Desk, few, in_process
from tests.path.truth import article_id_of

OUTLETS = ("meridien", "harbour-post", "faro", "farol", "cabo", "gesher", "stepova", "latarnia")
FAULTS: dict[str, Fault] = {"meridien": 403, "harbour-post": 404, "faro": 304, "farol": "reset", "cabo": "slow", "latarnia": 500}
REASONS = {
    "meridien": ("blocked", "The outlet answers 403: it refuses this address."),
    "harbour-post": ("failed", "The outlet answers 404: there is nothing at this address."),
    "faro": ("failed", "The outlet answers 304 to a request without conditions."),
    "farol": ("failed", "The outlet cut the connection without an answer."),
    "cabo": ("failed", "The outlet took longer than 2 seconds in all."),
    "latarnia": ("failed", "The outlet answers 500: it has a fault of its own."),
    "gesher": ("failed", "The address leads to application/pdf, not to a page."),
}
TRIED_AGAIN = {"farol", "cabo", "latarnia"}  # what may pass: the article stands by title and summary meanwhile
"""Which outlet's oldest article misbehaves, how, and what the desk says of it."""


@contextmanager
def broken_newsroom(samples: Samples) -> Iterator[tuple[Newsroom, dict[str, str]]]:
    """The newsroom with one faulty article in each outlet but one, and which they are."""
    chosen = {outlet: samples.of(outlet)[-1].id for outlet in REASONS}
    with _Odd(few(samples, OUTLETS), chosen["gesher"], port=0, clock=FakeClock(START)) as newsroom:
        newsroom.faults.update({(outlet, chosen[outlet]): fault for outlet, fault in FAULTS.items()})
        yield newsroom, chosen


class _Odd(Newsroom):
    """A newsroom in which one article's address answers with a PDF."""

    def __init__(self, samples: Samples, odd: str, **settings: object) -> None:
        super().__init__(samples, **settings)  # type: ignore[arg-type]
        self._odd = odd

    def _answer(self, house, method, path, headers):  # type: ignore[no-untyped-def]
        answer = super()._answer(house, method, path, headers)
        if house.paths.get(path) != self._odd:
            return answer
        return replace(answer, body=b"%PDF-1.7\n", headers=(("Content-Type", "application/pdf"),))


@pytest.fixture
def seen(samples: Samples, new_desk: Callable[..., Desk]) -> tuple[dict[str, str], dict[str, dict]]:
    desk = new_desk()
    with broken_newsroom(samples) as (newsroom, chosen):
        desk.open(newsroom)
        in_process(desk, "--limits", "2")
    return chosen, {article_id_of(one["url"]): one for one in desk.monitor("article", "list", "--json").objects}


def test_a_faulty_page_costs_only_itself_and_says_why(samples: Samples, seen: tuple[dict[str, str], dict[str, dict]]) -> None:
    chosen, articles = seen
    faulty = {outlet: articles.pop(one) for outlet, one in chosen.items()}
    assert {outlet: (article["verdict"], article["reason"]) for outlet, article in faulty.items()} == REASONS
    assert {outlet: article["title"] for outlet, article in faulty.items()} == {
        outlet: " ".join((samples.article(one).first_title or samples.article(one).title).split()) for outlet, one in chosen.items()
    }
    assert {outlet: article["characters"] for outlet, article in faulty.items()} == dict.fromkeys(REASONS, 0)
    assert [article["url"] for article in faulty.values() if article["story"] is None] == []
    assert {outlet for outlet, article in faulty.items() if article["state"] == "waiting"} == TRIED_AGAIN
    assert sorted(articles) == sorted(a.id for outlet in OUTLETS for a in samples.of(outlet) if a.id not in chosen.values())
    assert {article["verdict"] for article in articles.values()} == {"full"}

from __future__ import annotations

from datetime import timedelta

from monitor.ports import Clock, Fetcher, Mailer
from monitor.records import Accepted, Ask, Broken, Failed, Fetched, Refused
from tests.fakes import NOON, FakeClock, FakeFetcher, FakeMailer, Mail

URL = "https://outlet.example/feed"


def page(body: bytes) -> Fetched:
    return Fetched(URL, URL, body, {}, NOON)


def test_fakes_fit_their_ports() -> None:
    fitting: tuple[Clock, Fetcher, Mailer] = (FakeClock(), FakeFetcher(), FakeMailer())
    assert len(fitting) == 3


def test_clock_moves_only_when_told() -> None:
    clock = FakeClock()
    assert (clock.now(), clock.now()) == (NOON, NOON)
    clock.advance(timedelta(hours=1))
    clock.sleep(30)
    assert clock.now() == NOON + timedelta(hours=1, seconds=30)
    clock.set(NOON)
    assert clock.now() == NOON


def test_fetcher_gives_outcomes_in_turn_and_stays_at_the_last() -> None:
    fetcher = FakeFetcher({URL: [page(b"1"), page(b"2")]})
    assert [getattr(fetcher.fetch(Ask(URL)), "body", None) for _ in range(3)] == [b"1", b"2", b"2"]
    assert fetcher.urls() == [URL] * 3


def test_fetcher_answers_by_function_with_the_clock_s_time() -> None:
    clock = FakeClock(NOON + timedelta(days=1))
    fetcher = FakeFetcher({URL: lambda ask: page(ask.url.encode())}, clock)
    assert fetcher.fetch(Ask(URL)) == Fetched(URL, URL, URL.encode(), {}, clock.now())


def test_fetcher_does_not_know_other_names() -> None:
    outcome = FakeFetcher().fetch(Ask(URL))
    assert isinstance(outcome, Failed)
    assert outcome.kind == "dns"


def test_mailer_keeps_messages_or_answers_as_told() -> None:
    mailer = FakeMailer(Refused("recipient", 550, "5.1.1 nobody"))
    assert mailer.send("a@example.org", "b@example.org", b"x", before_dot=lambda: True) == Refused("recipient", 550, "5.1.1 nobody")
    assert mailer.send("a@example.org", "b@example.org", b"x", before_dot=lambda: True) == Accepted("fake-1")
    assert mailer.send("a@example.org", "b@example.org", b"y", before_dot=lambda: False) == Broken("data", "taken back")
    assert mailer.sent == [Mail("a@example.org", "b@example.org", b"x")]

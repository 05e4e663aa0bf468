"""From pressing save on a rule to the mail in the sink: the sample newsroom, `monitor run` and `monitor mail sink`, each as it is used."""

from __future__ import annotations

import html
import http.cookiejar
import re
import signal
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.config.newsroom_values import Samples
from monitor.outside.clock import OffsetClock, SystemClock
from monitor.outside.newsroom import Newsroom
from tests.free_ports import free_port
from tests.path.desk import COMMAND, Desk, few

OUTLETS = ("chesapeake", "vega-wire", "meridien")
COMES_OUT = "eu6-en-1"  # Kyiv and Moscow swap 190 prisoners each …
PATIENCE = timedelta(minutes=10)
WITHIN = timedelta(seconds=5)
"""How long after the poll that brought the article its mail may be in the sink."""
clock = SystemClock()


def wait_for(found: Callable[[], Any], what: str, *running: subprocess.Popen[bytes]) -> Any:
    """What a question answers once it answers something; fails when it does not in time, or when a program it waits for has ended."""
    until = clock.now() + PATIENCE
    while not (answer := found()):
        assert [process.poll() for process in running] == [None] * len(running), f"a program ended before {what}"
        assert clock.now() < until, f"nothing came of waiting for {what}"
        clock.sleep(0.05)
    return answer


@contextmanager
def program(desk: Desk, said: Path, *args: str) -> Iterator[subprocess.Popen[bytes]]:
    """The real command in a process of its own, ended as a person would; it must end well."""
    with said.open("wb") as out:
        process = subprocess.Popen([*COMMAND, *args], env=desk.environment, stdout=out, stderr=out)
        try:
            yield process
        finally:
            process.send_signal(signal.SIGINT)
            assert process.wait(PATIENCE.total_seconds()) == 0, said.read_text(encoding="utf-8")


class Visitor:
    """A person at a browser without scripts: cookies, and forms sent with what they hide."""

    def __init__(self, base: str) -> None:
        self.base = base
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def read(self, path: str) -> str:
        """A page, or nothing while nobody answers."""
        with suppress(urllib.error.URLError, ConnectionError), self._opener.open(self.base + path, timeout=60) as answer:
            return str(answer.read().decode())
        return ""

    def send(self, path: str, **fields: str) -> str:
        """Send the form of a page; the page that comes of it."""
        (token,) = set(re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.read(path)))
        data = urllib.parse.urlencode({"csrfmiddlewaretoken": token} | fields).encode()
        with self._opener.open(self.base + path, data, timeout=60) as answer:
            return str(answer.read().decode())


def moment(value: Any) -> datetime:
    """A moment as either database gives it."""
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def let_time_pass(desk: Desk, feed: str) -> None:
    """The feed is due in two seconds: its last poll and its next are as long ago as if the rest of its interval had gone by."""
    ((asked, due),) = desk.rows(f"SELECT last_attempt_at, due_at FROM store_feed WHERE url = '{feed}'")
    assert (
        timedelta(minutes=15) <= moment(due) - moment(asked) < timedelta(minutes=17)
    )  # the answer took its time, and jitter is a tenth (P42)
    passed = moment(due) - clock.now() - timedelta(seconds=2)
    asked, due = (f"{moment(one) - passed:%Y-%m-%d %H:%M:%S.%f}" + ("+00" if desk.database else "") for one in (asked, due))
    desk.write(f"UPDATE store_feed SET last_attempt_at = '{asked}', due_at = '{due}' WHERE url = '{feed}'")


@pytest.fixture
def machine(samples: Samples, new_desk: Callable[..., Desk]) -> Iterator[tuple[Desk, Newsroom, OffsetClock]]:
    """A fresh home, and the newsroom with one article that comes out tomorrow."""
    time = OffsetClock(timedelta(0), clock)
    pages, smtp, web = free_port(), free_port(), free_port()
    mail = {"SMTP_URL": f"smtp://127.0.0.1:{smtp}", "MAIL_FROM": "desk@press.example", "MAIL_PAGE": f"http://127.0.0.1:{web}"}
    with Newsroom(few(samples, OUTLETS).coming_out({COMES_OUT: timedelta(days=1)}), port=0, clock=time) as newsroom:
        desk = new_desk(BIND=f"127.0.0.1:{pages}", **mail)
        (desk.home / "feeds.yaml").write_text(newsroom.feeds_yaml(every="15m"), encoding="utf-8")
        yield desk, newsroom, time


@pytest.mark.long
def test_a_new_article_that_matches_a_saved_rule_is_in_the_sink_within_a_poll_and_five_seconds(
    machine: tuple[Desk, Newsroom, OffsetClock], tmp_path: Path
) -> None:
    desk, newsroom, time = machine
    smtp, web = (desk.environment[name].rpartition(":")[2] for name in ("MONITOR_SMTP_URL", "MONITOR_MAIL_PAGE"))
    sink = Visitor(desk.environment["MONITOR_MAIL_PAGE"])
    with (
        program(desk, tmp_path / "sink.txt", "mail", "sink", "--smtp", smtp, "--web", web) as catches,
        program(desk, tmp_path / "run.txt", "run") as runs,
    ):
        wait_for(lambda: "Nothing has arrived" in sink.read("/"), "the sink", catches)
        link = wait_for(lambda: re.search(r"http\S+/in/\S+", (tmp_path / "run.txt").read_text("utf-8")), "the desk", runs)[0]
        out = len(newsroom.samples.articles) - 1
        wait_for(lambda: desk.rows("SELECT count(*) FROM store_article WHERE story_id IS NOT NULL") == [(out,)], "the first articles", runs)
        visitor = Visitor(f"http://{desk.environment['MONITOR_BIND']}")
        path = urllib.parse.urlsplit(link).path
        visitor.send(path)
        saved = visitor.send("/alerts/new", name="Prisoners", q="prisoners", cadence="at_once", cap="6")
        assert f'href="{sink.base}"' in saved  # the page says where the mail is read
        time.delta += timedelta(days=1)  # the outlet publishes
        let_time_pass(desk, newsroom.feed_address("chesapeake"))
        arrived = wait_for(lambda: re.search(r'<a href="/1"><bdi>(.*?)</bdi>', sink.read("/")), "the mail", catches, runs)
        assert html.unescape(arrived[1]).endswith(newsroom.samples.article(COMES_OUT).title)
        ((rule,),) = desk.rows("SELECT made_at FROM store_alertrule")
        of_feed = f"f.id = e.feed_id WHERE f.url = '{newsroom.feed_address('chesapeake')}'"
        first, second = sorted(moment(at) for (at,) in desk.rows(f"SELECT e.at FROM store_fetchevent e JOIN store_feed f ON {of_feed}"))
        wait_for(lambda: desk.rows("SELECT state FROM store_outboxmessage") == [("sent",)], "the record", runs)
        ((sent,),) = desk.rows("SELECT sent_at FROM store_outboxmessage")
    pressed, mailed = moment(rule), moment(sent)
    took = f"{(mailed - pressed).total_seconds():.1f} s after save was pressed, {(mailed - second).total_seconds():.1f} s after the poll"
    print(f"the mail was in the sink {took}")
    assert first < pressed < second < mailed
    assert mailed - second <= WITHIN  # and so, save was pressed less than the time between two polls and five seconds before

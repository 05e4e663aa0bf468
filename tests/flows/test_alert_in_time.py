"""From pressing save on a rule to the mail in the sink: real pages, parsers, database and SMTP; a fake web and a fake clock.

The clock is moved as the engine of the desk moves: each job looks when its turn comes, or at once when another's work is for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from monitor.config.environment import load_settings
from monitor.jobs.timetable import TIMETABLE, WAKES, run_due
from monitor.outside.mail_sink import MailSink
from monitor.store import models, people
from monitor.web import moment
from tests.flows.desk import FlowDesk, ok

SITE = "http://127.0.0.1:8901"
FEED = f"{SITE}/rss.xml"
AFTER = f"{SITE}/after"
PATH = ("poll_feeds", "read_articles", "group_stories", "queue_leads", "send_alerts", "send_mail")
TEXT = (
    "A second ship has drifted into the outer breakwater of Port Vell, two days after the first. Fishermen who were mending nets on the "
    "quay saw it turn slowly across the swell and called the coast guard by radio. Its captain told them that both anchors had failed. "
) * 3
PAGE = f"<!doctype html><html lang=en><head><title>Ship drifts into the breakwater at after</title></head><body><article><p>{TEXT}</p>"
AFTER_A_POLL = timedelta(seconds=5)


@pytest.fixture
def sink(desk: FlowDesk) -> Iterator[MailSink]:
    with MailSink(desk.clock) as opened:
        yield opened


@pytest.fixture
def running(desk: FlowDesk, sink: MailSink, tmp_path: Path) -> Iterator[FlowDesk]:
    """A desk that mails to the sink, whose pages have its clock, and whose outlets are on this machine, as the demo's: no host is paced."""
    desk.worker.kit = replace(desk.worker.kit, policy=replace(desk.worker.kit.policy, host_interval=0))
    named = {"HOME": str(tmp_path), "SMTP_URL": f"smtp://127.0.0.1:{sink.smtp_port}", "MAIL_FROM": "Press Monitor <desk@press.example>"}
    desk.worker.settings = load_settings({f"MONITOR_{name}": value for name, value in named.items()})
    held = list(moment._HELD)
    moment.use(desk.clock)
    yield desk
    moment._HELD[:] = held


def run_until(desk: FlowDesk, done: Any, latest: datetime) -> datetime:
    """Let the jobs of the path look as the engine lets them, until something is done; when that was."""
    lines = {line.name: line for line in TIMETABLE if line.name in PATH}
    due = {name: desk.clock.now() + timedelta(milliseconds=100 * place) for place, name in enumerate(PATH)}
    while not done() and min(due.values()) <= latest:
        name = min(due, key=lambda one: (due[one], PATH.index(one)))
        desk.clock.set(max(desk.clock.now(), due[name]))
        summary = run_due(lines[name], desk.worker)
        due[name] = desk.clock.now() + lines[name].look_every
        for woken in WAKES.get(name, ()) if summary else ():
            if woken in due:
                due[woken] = desk.clock.now()
    return desk.clock.now()


def press_save(language: str = "fr") -> None:
    person = people.add("ada@desk.example", "Ada", "Example", "contributor", language, moment._HELD[0].now())
    client = Client()
    client.force_login(person)
    answer = client.post("/alerts/new", {"name": "Ports", "q": "titre:breakwater SAUF football", "cadence": "at_once", "cap": "6"})
    assert answer.status_code == 302


def test_a_new_article_that_matches_is_in_the_mailbox_within_a_poll_and_five_seconds(running: FlowDesk, sink: MailSink) -> None:
    running.watch(FEED)
    running.publish(FEED, f"{SITE}/before")
    running.run()
    running.clock.advance(timedelta(seconds=3))
    press_save()
    pressed = running.clock.now()
    running.web[AFTER] = ok(AFTER, PAGE, "text/html")  # no copy of the one before
    running.publish(FEED, f"{SITE}/before", AFTER)
    feed = running.feed(FEED)
    assert feed.due_at is not None and feed.due_at > pressed
    running.clock.set(feed.due_at - timedelta(seconds=25))  # nothing is due before
    in_the_mailbox = run_until(running, lambda: len(sink.arrived()) > 0, feed.due_at + timedelta(minutes=1))
    (mail,) = sink.arrived()
    assert mail.parsed()["Subject"] == "Alerte « Ports » : Ship drifts into the breakwater at after"
    assert mail.recipients == ("ada@desk.example",)
    first, second = models.FetchEvent.objects.order_by("at").values_list("at", flat=True)
    print(f"pressed save {pressed}, polled {second}, in the mailbox {in_the_mailbox}")
    assert in_the_mailbox - second <= AFTER_A_POLL
    assert in_the_mailbox - pressed <= second - first + AFTER_A_POLL
    assert models.OutboxMessage.objects.get().state == "sent"
    assert models.AlertMatch.objects.get().article.url == AFTER  # what was there before never alerts
    running.clock.advance(timedelta(hours=2))
    run_until(running, lambda: False, running.clock.now() + timedelta(seconds=30))
    assert len(sink.arrived()) == 1

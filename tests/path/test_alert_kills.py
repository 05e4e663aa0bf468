"""Killed between an article's story and the mail about it: every match is there, told once to each person, and nothing is told twice."""

from __future__ import annotations

import signal
import uuid
from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from monitor.config.newsroom_values import Samples
from monitor.outside.newsroom import Newsroom
from tests.fakes import FakeClock
from tests.path.conftest import START
from tests.path.desk import Desk, few, kill_when
from tests.path.truth import article_id_of

OUTLETS = ("meridien", "vega-wire", "marfa", "haijing", "monsoon")
RULES = {"africa": "region:africa", "asia": "region:asia", "army": "army OR armée OR troops OR soldats"}
PEOPLE = ("ada@desk.example", "bo@desk.example")
LONG_AGO = "2020-01-01 00:00:00+00:00"


@pytest.fixture
def desk(samples: Samples, new_desk: Callable[..., Desk]) -> Iterator[Desk]:
    desk = new_desk()
    with Newsroom(few(samples, OUTLETS), port=0, clock=FakeClock(START)) as newsroom:
        desk.open(newsroom)
        for email in PEOPLE:
            desk.monitor("person", "add", email, "--given", "Ada", "--family", "Example", "--role", "editor", "--language", "en")
        (owner,) = desk.rows(f"SELECT id FROM store_person WHERE email = '{PEOPLE[0]}'")[0]
        for name, query in RULES.items():
            columns = (
                "uuid, owner_id, whole_desk, name, kind, query, written, theme, country, cadence, cap, version, made_at, "
                "changed_at, matches_from"
            )
            values = f"'{uuid.uuid4().hex}', {owner}, true, '{name}', 'words', '{query}', '', '', '', 'at_once', 60, 1"
            at = f"'{LONG_AGO}', '{LONG_AGO}', '{LONG_AGO}'"
            desk.write(f"INSERT INTO store_alertrule ({columns}) VALUES ({values}, {at})")
        yield desk


def count(desk: Desk, table: str) -> int:
    return int(desk.rows(f"SELECT count(*) FROM {table}")[0][0])


def told(desk: Desk) -> None:
    """Everything that matches is there, and everybody was told of it once."""
    matches = desk.rows(
        "SELECT r.name, a.url FROM store_alertmatch m JOIN store_alert t ON t.id = m.alert_id JOIN store_alertrule r ON r.id = t.rule_id "
        "JOIN store_article a ON a.id = m.article_id"
    )
    found = Counter((name, article_id_of(url)) for name, url in matches)
    assert {one: times for one, times in found.items() if times > 1} == {}
    for section in ("africa", "asia"):
        rows = desk.rows(f"SELECT url FROM store_article WHERE section = '{section}' AND copy_of_id IS NULL")
        assert {article_id_of(url) for (url,) in rows} - {article for name, article in found if name == section} == set()
    assert desk.rows("SELECT rule_id, story_id, kind, count(*) FROM store_alert GROUP BY 1, 2, 3 HAVING count(*) > 1") == []
    assert desk.rows("SELECT DISTINCT state FROM store_alert WHERE state NOT IN ('mailed', 'rolled', 'dropped')") == []
    firsts = desk.rows("SELECT id FROM store_alert WHERE state <> 'dropped'")
    tellings = Counter(alert for (alert,) in desk.rows("SELECT alert_id FROM store_alertdelivery WHERE message_id IS NOT NULL"))
    assert tellings == Counter({alert: len(PEOPLE) for (alert,) in firsts})
    keys = Counter(desk.rows("SELECT key, recipient FROM store_outboxmessage WHERE kind = 'alert'"))
    assert len(keys) > 0
    assert set(keys.values()) == {1}
    assert desk.rows("SELECT count(*) FROM store_alert WHERE claim_token <> ''") == [(0,)]


LATER = [pytest.param(table, marks=pytest.mark.long) for table in ("store_outboxmessage", "store_alertdelivery")]


@pytest.mark.parametrize("table", ["store_alert", *LATER])
def test_killed_once_something_is_written(desk: Desk, table: str) -> None:
    process = desk.start("once", "all")
    assert kill_when(process, lambda: count(desk, table) > 0), f"it had ended already: {process.communicate()}"
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    desk.monitor("once", "all")
    desk.monitor("once", "send_alerts", "--as-of", "+2h")  # what a storm put off, and what others told later
    told(desk)

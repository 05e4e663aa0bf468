"""digest preview and list: what a person would be sent, in the form that is asked for, and what became of those that were due."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from monitor.flows.send_digest import send_digest
from monitor.outside.clock import SystemClock
from monitor.records import Desk, Sender
from monitor.store import models, people
from tests.cli.conftest import Told
from tests.fakes import FakeClock
from tests.web import rows

Monitor = Callable[..., Told]
SENDER = Sender("desk@press.example", "Desk", "desk@press.example", "https://desk.press.example")


@pytest.fixture
def ada(db: None) -> models.Person:
    """An admin, an hour before a lead of this minute."""
    now = SystemClock().now()
    rows.a_told_lead("Convoy attacked", rows.an_outlet(), newest_at=now)
    return people.add("ada@desk.localhost", "Ada", "Example", "admin", "en", now - timedelta(days=2))


def test_the_preview_is_the_mail_of_an_admin_unless_somebody_else_is_named(monitor: Monitor, ada: models.Person) -> None:
    people.add("zoe@desk.localhost", "Zoé", "Exemple", "contributor", "fr", ada.joined_at)
    said = [monitor("digest", "preview"), monitor("digest", "preview", "--person", "ZOE@desk.localhost", "--text")]
    assert [one.status for one in said] == [0, 0]
    assert [one.err.splitlines()[-1].split(": ")[0] for one in said] == ["To ada@desk.localhost", "To zoe@desk.localhost"]
    assert ["NEW LEADS" in said[0].out, "NOUVEAUX SUJETS" in said[1].out] == [True, True]
    assert models.Digest.objects.count() == 0


def test_the_preview_has_three_forms_and_one_at_a_time(monitor: Monitor, ada: models.Person) -> None:
    html, content = monitor("digest", "preview", "--html").out, monitor("digest", "preview", "--json").objects
    assert (html.startswith("<!DOCTYPE html>"), [line["headline"] for line in content[0]["new"]]) == (True, ["Convoy attacked"])
    assert (content[0]["person"], content[0]["html_bytes"] < 102_000) == (ada.email, True)
    twice = monitor("digest", "preview", "--html", "--json")
    assert (twice.status, twice.err.strip()) == (2, "Choose one of --text, --html and --json.")


@pytest.mark.parametrize(
    ("who", "said"),
    [
        ("nobody@desk.localhost", "Nobody of this desk has the address nobody@desk.localhost."),
        ("nobody", "'nobody' is no e-mail address."),
    ],
)
def test_who_is_not_there_is_named(monitor: Monitor, ada: models.Person, who: str, said: str) -> None:
    told = monitor("digest", "preview", "--person", who)
    assert (told.status, told.err.strip().splitlines()[-1]) == (2, said)


def test_a_desk_without_anybody_says_what_to_do(monitor: Monitor) -> None:
    told = monitor("digest", "preview")
    assert (told.status, told.err.strip().splitlines()[-1]) == (1, "Nobody is at this desk yet: `monitor person add` takes somebody in.")


def test_the_list_says_what_became_of_each_date(monitor: Monitor, ada: models.Person) -> None:
    assert monitor("digest", "list").out.strip() == "No digest was due yet. `monitor digest preview` shows what one would say now."
    midnight = SystemClock().now().replace(hour=0, minute=0, second=0, microsecond=0)
    desk = Desk(timezone="UTC", digest_at="00:00")
    send_digest(FakeClock(midnight - timedelta(hours=15)), desk, SENDER)  # nine in the morning of yesterday: too late
    send_digest(FakeClock(midnight), desk, SENDER)
    rows_ = monitor("digest", "list", "--json").objects
    assert [(row["date"], row["state"], row["mail"], row["reason"]) for row in rows_] == [
        (midnight.date().isoformat(), "made", "pending", ""),
        ((midnight - timedelta(days=1)).date().isoformat(), "skipped", "", "nothing ran at that hour, nor in the six hours after it"),
    ]
    assert [len(monitor("digest", "list", "--json", *more).objects) for more in (("--limit", "1"), ("--person", ada.email))] == [1, 2]

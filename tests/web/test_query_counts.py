"""A page asks the database as many questions for thirty rows as for one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from monitor.store import models, piece_acts, piece_sources
from tests.web import alerting, lab, rows, writing

pytestmark = pytest.mark.django_db


def _leads(number: int) -> str:
    for _ in range(number):
        outlet = rows.an_outlet()
        rows.a_feed(outlet, last_change_at=rows.NOW - timedelta(days=9))
        rows.a_told_lead("Lead", outlet, claimed_by=rows.a_person())
        rows.a_told_lead("Old", outlet, newest_at=rows.NOW - timedelta(days=3))
    return "/"


def _week(number: int) -> str:
    return f"{_leads(number)}?week=2026-W11"


def _aside(number: int) -> str:
    for count in range(number):
        status = ("dismissed", "snoozed")[count % 2]
        lead = rows.a_told_lead("Put aside", rows.an_outlet(), status=status)
        models.LeadEvent.objects.create(lead=lead, kind=status, at=rows.NOW, by=rows.a_person(), note="old")
    return "/aside"


def _news(number: int) -> str:
    for _ in range(number):
        lead = rows.a_told_lead("Moved", rows.an_outlet(), status="claimed", claimed_by=rows.a_person())
        models.LeadEvent.objects.create(lead=lead, kind="claimed", at=rows.NOW, by=lead.claimed_by)
    return "/news?since=2026-03-14T09:00:00%2B00:00&seen=2026-03-14T09:00:00%2B00:00"


def _one_lead(number: int) -> str:
    lead = rows.a_told_lead("Moved", rows.an_outlet())
    for _ in range(number):
        models.LeadEvent.objects.create(lead=lead, kind="claimed", at=rows.NOW, by=rows.a_person())
    return f"/lead/{lead.uuid}"


def _articles(number: int) -> str:
    story = rows.a_story()
    rows.a_lead(story, "Lead", claimed_by=rows.a_person())
    first = rows.an_article(rows.an_outlet(), story, "First")
    for _ in range(number):
        article = rows.an_article(rows.an_outlet(), story, "Told", text="Words.", copy_of=first)
        models.ArticleVersion.objects.create(article=article, title="Before", seen_at=rows.NOW)
    return f"/story/{story.uuid}"


def _outlets(number: int) -> str:
    for _ in range(number):
        outlet = rows.an_outlet()
        rows.a_feed(outlet)
        rows.an_article(outlet, None, "Told")
    return "/outlets"


def _history(number: int) -> str:
    outlet = rows.an_outlet()
    for _ in range(number):
        rows.an_event(rows.a_feed(outlet))
        rows.an_article(outlet, rows.a_story(), "Told")
    return f"/outlets/{outlet.slug}"


def _themes(number: int) -> str:
    lab.a_file()
    for count in range(number):
        lab.a_change(rows.a_person("editor"), **{f"word{number} {count}": 1.0})
    return "/themes"


def _theme(number: int) -> str:
    return f"{_themes(number)}/terror?language=en"


def _balance(number: int) -> str:
    for _ in range(number):
        rows.an_outlet()
    lab.a_balance(days=14, each=number)
    return "/balance"


def _alerts(number: int) -> str:
    editor = rows.a_person("editor")
    for count in range(number):
        rule = alerting.a_rule(editor, f"Rule {count}", whole_desk=True)
        alerting.met(rule, rows.a_told_lead("Convoy", rows.an_outlet()).story.articles.get())
        muted = rows.a_told_lead("Muted", rows.an_outlet()).story
        models.StoryMute.objects.create(story=muted, person=models.Person.objects.earliest("pk"), at=rows.NOW)
    return "/alerts"


def _pieces(number: int) -> str:
    for count in range(number):
        person = rows.a_person()
        piece = writing.a_piece(person)
        piece_acts.comment(piece.uuid, person, f"Comment {count}", "", rows.NOW)
    return "/pieces"


def _piece(number: int) -> str:
    piece = writing.a_piece(cite=3)
    for count in range(number):
        piece_acts.comment(piece.uuid, rows.a_person(), f"Comment {count}", "", rows.NOW)
        piece_sources.type_in(piece, piece_sources.Typed("Paper", f"Headline {count}", "", rows.NOW.date()), rows.NOW)
        rows.an_article(rows.an_outlet(), piece.story, "Told", text="Words.")
    return f"/piece/{piece.uuid}"


def _versions(number: int) -> str:
    piece = writing.a_piece()
    for count in range(number):
        said = piece_acts.Text("Title", f"text {count}")
        piece_acts.save(piece.uuid, piece.author, said, piece.version + count, rows.NOW, editor=False, kept=True)
    return f"/piece/{piece.uuid}/versions"


PAGES = (_alerts, _themes, _theme, _balance, _leads, _week, _aside, _news, _one_lead, _articles, _outlets, _history)
PIECES = (_pieces, _piece, _versions)


@pytest.mark.parametrize("fill", [*PAGES, *PIECES])
def test_the_count_is_constant(contributor: Client, fill: Callable[[int], str]) -> None:
    counts = []
    for number in (1, 30):
        path = fill(number)
        with CaptureQueriesContext(connection) as asked:
            assert contributor.get(path).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert counts[0] <= 13

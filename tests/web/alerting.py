"""Alert rules and what they met, for the page tests of alerts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from monitor.pipeline.query import parse
from monitor.store import alert_rules, models
from monitor.store.alert_rules import Wanted
from monitor.store.models import Person
from tests.web import desk_day, rows, searching


def a_rule(owner: Person, name: str = "Sahel", q: str = "Mali OR Niger", **values: Any) -> models.AlertRule:
    """A rule saved two hours ago."""
    wanted = Wanted(name, parse(q).canonical if q else "", q, **values)
    return models.AlertRule.objects.get(uuid=alert_rules.make(owner, wanted, rows.NOW - timedelta(hours=2)))


def met(rule: models.AlertRule, article: models.Article, *, kind: str = "first", **values: Any) -> models.Alert:
    """That a rule met an article, an hour ago."""
    at = rows.NOW - timedelta(hours=1)
    alert = models.Alert.objects.create(rule=rule, story=article.story, kind=kind, made_at=at, **{"state": "mailed"} | values)
    models.AlertMatch.objects.create(alert=alert, article=article, at=at, evidence=[["title", 0, 1, article.title.split()[0]]])
    return alert


def fill(person: Person) -> list[str]:
    """A desk with rules of every kind; the addresses of the pages to look at."""
    desk_day.fill()
    searching.fill()
    models.Article.objects.update(discovered_at=rows.NOW - timedelta(hours=1))
    found = list(models.Article.objects.filter(story__isnull=False).order_by("-pk")[:5])
    own = a_rule(person, "Élections au Sahel", "(Mali OR Niger) AND (vote OR élection*) AND NOT football")
    met(own, found[0])
    met(own, found[1])
    resting = a_rule(person, "Océan Indien", '"océan Indien" OR Comores')
    alert_rules.pause(person, resting.uuid, 1, rows.NOW, desk=False)
    a_rule(person, "الساحل والصحراء", "مالي OR النيجر", cadence="daily")
    other = rows.a_person("editor", given="Camille", family="Durand")
    desks = a_rule(other, "Nuclear", "uranium OR theme:nuclear", whole_desk=True, cadence="hourly")
    met(desks, found[2])
    a_rule(other, "Spikes in Mali", "", whole_desk=True, kind="spike", country="ML")
    models.StoryMute.objects.create(story=found[3].story, person=person, at=rows.NOW - timedelta(minutes=20))
    story = found[0].story
    assert story is not None
    return ["/alerts", f"/alerts/{own.uuid}", "/alerts/new?q=Mali%20vote", "/alerts/new?kind=spike", f"/story/{story.uuid}/mute"]

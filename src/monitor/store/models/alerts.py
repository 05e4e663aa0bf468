"""Alert rules, the alerts that fell due by them, and the stories somebody does not want to hear of."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from monitor.store.models.articles import Article
from monitor.store.models.mail import OutboxMessage
from monitor.store.models.pulse import Spike
from monitor.store.models.stories import Story
from monitor.store.models.work import DueRow


class AlertRule(models.Model):
    """What somebody wants to be told of by mail; `kind` is words (a query) or spike (a theme in a country told far more than usual).

    `cadence`: at_once, hourly, daily (with the digest). `whole_desk`: everybody of the desk who takes alerts is told, not the owner alone.
    `version` counts the changes, for two people at once.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="alert_rules")
    whole_desk = models.BooleanField(default=False)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=8, default="words")
    query = models.CharField(max_length=2000, default="", blank=True)  # canonical English form
    written = models.CharField(max_length=2000, default="", blank=True)  # as it was typed, for the form
    theme = models.CharField(max_length=40, default="", blank=True)  # of a spike rule; empty: any
    country = models.CharField(max_length=2, default="", blank=True)  # ISO 3166-1 alpha-2, of a spike rule; empty: any
    cadence = models.CharField(max_length=8, default="at_once")
    cap = models.PositiveSmallIntegerField(default=6)  # mails an hour to one person by this rule; what is more is rolled up into one
    version = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField(db_index=True)
    matches_from = models.DateTimeField()  # articles found before this never alert (the moment the rule was saved or resumed)
    paused_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)


class Alert(DueRow):
    """That a rule has met a story; one a rule, story and kind.

    `kind`: first (the story's first match), more (later matches of it, together), spike (of `spike`, at its most told story). `state`: due,
    mailed, rolled (in a summary), digest (kept for the next digest), muted, expired, dropped (the rule went).
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    rule = models.ForeignKey(AlertRule, on_delete=models.CASCADE, related_name="alerts")
    story = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="alerts")
    spike = models.ForeignKey(Spike, null=True, on_delete=models.SET_NULL, related_name="alerts")
    kind = models.CharField(max_length=6, default="first")
    state = models.CharField(max_length=8, default="due", db_index=True)
    made_at = models.DateTimeField(db_index=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rule", "story", "kind"], name="one_alert_a_story")]


class AlertMatch(models.Model):
    """One article that met a rule, with the words that did it: [[zone, start, end, text], …], start and end in words of the zone.

    A fact (theme:terror) has the zone "".
    """

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="matches")
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="alert_matches")
    evidence = models.JSONField(default=list)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["alert", "article"], name="one_match_an_article")]


class AlertDelivery(models.Model):
    """That a person was told of an alert: by which message, or with which digest."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="deliveries")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="alert_deliveries")
    message = models.ForeignKey(OutboxMessage, null=True, on_delete=models.SET_NULL, related_name="alerts")
    digest = models.ForeignKey("store.Digest", null=True, on_delete=models.SET_NULL, related_name="alerts")
    how = models.CharField(max_length=8, default="mail")  # mail rolled digest muted off
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["alert", "person"], name="told_once_of_an_alert")]


class AlertLeft(models.Model):
    """A person is told no more by a rule, their own or one of the whole desk."""

    rule = models.ForeignKey(AlertRule, on_delete=models.CASCADE, related_name="left")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="alerts_left")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rule", "person"], name="left_a_rule_once")]


class StoryMute(models.Model):
    """A person wants no more alerts of a story."""

    story = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="mutes")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="story_mutes")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["story", "person"], name="one_mute_a_story")]

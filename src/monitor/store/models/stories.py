"""Stories, the links between them, and the leads people take."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from monitor.store.models.work import DueRow


class Story(models.Model):
    """What several outlets say about one event; a merge keeps the older one and redirects the younger (`merged_into`)."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    created_at = models.DateTimeField()
    newest_at = models.DateTimeField(db_index=True)
    oldest_at = models.DateTimeField()
    section = models.CharField(max_length=40, default="", blank=True)
    themes = models.JSONField(default=list)
    articles_count = models.PositiveIntegerField(default=0)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="merged")
    frozen = models.BooleanField(default=False)


class ToRank(DueRow):
    """A story to be ranked: at once when it grew, every hour while it is alive, because rank fades with age."""

    story = models.OneToOneField(Story, primary_key=True, on_delete=models.CASCADE, related_name="to_rank")


class StoryLink(models.Model):
    """What a person ordained about two articles: they belong together, or never."""

    first = models.ForeignKey("store.Article", on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey("store.Article", on_delete=models.CASCADE, related_name="+")
    together = models.BooleanField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)
    at = models.DateTimeField()
    edit = models.ForeignKey("StoryEdit", null=True, on_delete=models.CASCADE, related_name="links")  # what ordained it

    class Meta:
        constraints = [models.UniqueConstraint(fields=["first", "second"], name="one_word_a_pair")]


class StoryEdit(models.Model):
    """What a person changed about which articles a story holds; `kind` is merged, parted or left_out.

    `story` kept its id; `other` leads there since (merged) or is new (parted, left_out). `articles` are the ids of those that moved,
    `before` is what undo needs. A story's edits are counted, so that the second of two people is told.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=12)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    story = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="edits")
    other = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="edits_as_other")
    headline = models.CharField(max_length=1000, default="", blank=True)  # of the other story, as it was called then
    headline_language = models.CharField(max_length=12, default="", blank=True)
    articles = models.JSONField(default=list)
    before = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")


class StoryFollow(models.Model):
    """A person wants to see what becomes of a story."""

    story = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="follows")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="follows")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["story", "person"], name="one_follow_a_story")]


class Lead(models.Model):
    """A story worth writing about; one a story."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    story = models.OneToOneField(Story, on_delete=models.CASCADE, related_name="lead")
    status = models.CharField(max_length=10, default="queued", db_index=True)  # queued snoozed claimed dismissed used quiet merged
    section = models.CharField(max_length=40, db_index=True)
    headline = models.CharField(max_length=1000)
    headline_language = models.CharField(max_length=12, default="", blank=True)
    score = models.FloatField(default=0, db_index=True)
    place = models.PositiveIntegerField(null=True)  # in the queue balanced by section, from 1; null: not in it
    place_why = models.CharField(max_length=8, default="", blank=True)  # quota cap
    pinned = models.BooleanField(default=False)
    components = models.JSONField(default=dict)
    reasons = models.JSONField(default=list)
    themes = models.JSONField(default=list)
    outlets = models.PositiveIntegerField(default=0)
    countries = models.PositiveIntegerField(default=0)
    languages = models.JSONField(default=list)
    articles = models.PositiveIntegerField(default=0)
    newest_at = models.DateTimeField(db_index=True)
    queued_at = models.DateTimeField(db_index=True)
    ranked_at = models.DateTimeField()
    claimed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="leads")
    claimed_until = models.DateTimeField(null=True, db_index=True)  # null while claimed: a draft holds it, it never lapses
    snoozed_until = models.DateTimeField(null=True, db_index=True)

    class Meta:
        indexes = [models.Index(fields=["pinned"], condition=models.Q(pinned=True), name="leads_pinned")]


class LeadEvent(models.Model):
    """What happened to a lead, day by day; `kind` is what.

    queued, grown, claimed, renewed, drafted, undrafted, released, lapsed, dismissed, snoozed, woken, restored, undone, used, merged,
    pinned, unpinned.
    `by` is the person who did it; of a lapsed claim the one who held it; null: the machine. `before` is where the lead stood (undo).
    """

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=12)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)
    note = models.CharField(max_length=300, default="", blank=True)
    before = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True)

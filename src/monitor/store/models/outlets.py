"""Outlets, their feeds with everything polite polling remembers, and the hosts they live on."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.db import models

from monitor.store.models.work import DueRow


class Outlet(models.Model):
    """One outlet; `imported` is the value last read from feeds.yaml (the base of the three-way merge)."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.CharField(max_length=80, unique=True)
    name = models.CharField(max_length=200)
    owner = models.CharField(max_length=200, default="", blank=True)
    home = models.CharField(max_length=2048, default="", blank=True)
    country = models.CharField(max_length=3)
    language = models.CharField(max_length=12)
    kind = models.CharField(max_length=20)
    weight = models.FloatField(default=0.6)
    enabled = models.BooleanField(default=True)
    note = models.TextField(default="", blank=True)
    text = models.CharField(max_length=8, default="page")
    position = models.PositiveIntegerField(default=0)
    imported = models.JSONField(null=True)
    archived_at = models.DateTimeField(null=True)
    revision = models.PositiveIntegerField(default=0)  # counts the changes made by people and imports: two editors at once notice


class Feed(DueRow):
    """One feed of an outlet and its polling state; the columns are the fields of records.FeedState."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    outlet = models.ForeignKey(Outlet, on_delete=models.CASCADE, related_name="feeds")
    url = models.CharField(max_length=2048, unique=True)
    section = models.CharField(max_length=40, default="", blank=True)
    language = models.CharField(max_length=12, default="", blank=True)
    every = models.DurationField(null=True)
    enabled = models.BooleanField(default=True)
    format = models.CharField(max_length=20, default="auto")
    note = models.TextField(default="", blank=True)
    archived_at = models.DateTimeField(null=True)
    paused_reason = models.CharField(max_length=300, default="", blank=True)
    title = models.CharField(max_length=300, default="", blank=True)
    seen_items = models.BinaryField(default=b"")  # hashes of the items of the last document (pipeline/known_items.py)
    # what polite polling remembers
    polls = models.PositiveIntegerField(default=0)
    final_url = models.CharField(max_length=2048, default="", blank=True)
    etag = models.CharField(max_length=1024, default="", blank=True)
    last_modified = models.CharField(max_length=1024, default="", blank=True)
    validator_url = models.CharField(max_length=2048, default="", blank=True)
    body_sha256 = models.CharField(max_length=64, default="", blank=True)
    parsed_ok_sha256 = models.CharField(max_length=64, default="", blank=True)
    interval = models.DurationField()
    not_before = models.DateTimeField(null=True)
    not_before_reason = models.CharField(max_length=300, default="", blank=True)
    last_attempt_at = models.DateTimeField(null=True)
    last_200_at = models.DateTimeField(null=True)
    last_change_at = models.DateTimeField(null=True)
    fail_score = models.FloatField(default=0)
    failing_since = models.DateTimeField(null=True)
    consecutive_304 = models.PositiveIntegerField(default=0)
    first_304_at = models.DateTimeField(null=True)
    useless_200 = models.PositiveIntegerField(default=0)
    validators_untrusted_at = models.DateTimeField(null=True)
    slowed_until = models.DateTimeField(null=True)
    perm_redirect_to = models.CharField(max_length=2048, default="", blank=True)
    perm_redirect_seen = models.PositiveIntegerField(default=0)
    perm_redirect_first_at = models.DateTimeField(null=True)
    gone_at = models.DateTimeField(null=True)
    rate_ewma = models.FloatField(default=0)
    gap_median = models.DurationField(null=True)
    full_windows = models.PositiveIntegerField(default=0)
    empty_since = models.DateTimeField(null=True)
    floor = models.DurationField(default=timedelta(0))
    skip = models.CharField(max_length=120, default="", blank=True)
    audit_at = models.DateTimeField(null=True)
    health = models.CharField(max_length=20, default="new")

    class Meta:
        indexes = [models.Index(fields=["claim_token"], name="feed_claim")]


class FetchEvent(models.Model):
    """One attempt at one feed, kept for the outlet's history (30 a feed)."""

    feed = models.ForeignKey(Feed, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField()
    result = models.CharField(max_length=20)  # changed unchanged not_modified or a FailKind
    status = models.PositiveSmallIntegerField(null=True)
    wire_bytes = models.PositiveIntegerField(default=0)
    new_entries = models.PositiveIntegerField(default=0)
    reason = models.CharField(max_length=300, default="", blank=True)


class Host(models.Model):
    """One host (registrable domain): the pace of requests and a server's wish to be left alone (P28, P43, P44)."""

    name = models.CharField(max_length=255, unique=True)
    not_before = models.DateTimeField(null=True)
    not_before_reason = models.CharField(max_length=300, default="", blank=True)
    next_start_at = models.DateTimeField(null=True)
    crawl_delay = models.FloatField(default=0)
    pages_hour = models.DateTimeField(null=True)
    pages_in_hour = models.PositiveIntegerField(default=0)
    refused_pages = models.PositiveIntegerField(default=0)  # 403 in a row
    pages_not_before = models.DateTimeField(null=True)
    pages_reason = models.CharField(max_length=300, default="", blank=True)


class Robots(models.Model):
    """A file that speaks for an origin, as last seen: robots.txt under the origin itself (P45), tdmrep.json under its address (P46)."""

    origin = models.CharField(max_length=300, unique=True)
    fetched_at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)
    body = models.TextField(default="", blank=True)
    failed_at = models.DateTimeField(null=True)  # it could not be had again since the copy in hand


class OutletCheck(models.Model):
    """What the source doctor counted of an outlet and what it found; codes and severity are for sorting, pages judge anew."""

    outlet = models.OneToOneField(Outlet, primary_key=True, on_delete=models.CASCADE, related_name="check_row")
    counted_at = models.DateTimeField()
    first_day = models.DateField(null=True)  # of its first article
    days = models.JSONField(default=dict)  # {"2026-03-14": 12}: articles a day (UTC), eight weeks
    sample = models.JSONField(default=dict)  # pipeline/source_doctor.Sample
    week = models.PositiveIntegerField(default=0)  # articles in 7 days, and in 28
    month = models.PositiveIntegerField(default=0)
    codes = models.JSONField(default=list)
    severity = models.PositiveSmallIntegerField(default=0)


class OutletChange(models.Model):
    """One change of an outlet by a person, with both sides of it so that it can be undone."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    outlet = models.ForeignKey(Outlet, on_delete=models.CASCADE, related_name="changes")
    by = models.ForeignKey("store.Person", null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    kind = models.CharField(max_length=12)  # added edited paused resumed archived restored adopted revived
    before = models.JSONField(null=True)  # the outlet as plain values (store/outlets.py); null: it was not there
    after = models.JSONField(null=True)
    revision = models.PositiveIntegerField()  # the outlet's, after the change
    undone_at = models.DateTimeField(null=True)


class Paste(models.Model):
    """Addresses an editor pasted or brought in a file; each is looked at, shown, and kept or left."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    by = models.ForeignKey("store.Person", null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField(db_index=True)
    file = models.CharField(max_length=120, default="", blank=True)


class PastedAddress(DueRow):
    """One address of a paste: waiting (due), looked (found says what it led to), saved or left."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    paste = models.ForeignKey(Paste, on_delete=models.CASCADE, related_name="addresses")
    position = models.PositiveIntegerField()
    address = models.CharField(max_length=2048)
    said = models.JSONField(default=dict)  # what the file said of it: name, language, country, folder …
    state = models.CharField(max_length=10, default="waiting")  # waiting looked saved
    found = models.JSONField(default=dict)  # what was found, as plain values
    looked_at = models.DateTimeField(null=True)
    outlet = models.ForeignKey(Outlet, null=True, on_delete=models.SET_NULL, related_name="+")


class ToTry(DueRow):
    """An outlet that an editor wants polled now; the row goes when it has been tried."""

    outlet = models.OneToOneField(Outlet, primary_key=True, on_delete=models.CASCADE, related_name="to_try")
    asked_at = models.DateTimeField()

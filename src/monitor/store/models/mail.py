"""The outbox and what people wish of mail: each message rendered once, kept as bytes, handed over with its state."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from monitor.store.models.stories import Lead
from monitor.store.models.work import DueRow


class OutboxMessage(DueRow):
    """One message to one recipient, rendered once; the same (kind, key, recipient) is never made twice.

    `state`: pending, handed (the final dot may have been written), sent, deferred, uncertain (the server fell silent after the dot),
    failed, expired (too old to be sent: its content goes into the next digest), suppressed (the address refuses mail), cancelled.
    `due_at` is null unless it is pending, deferred, or uncertain with one repeat to come. Times are UTC.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=12)  # alert digest edition invite reset test notice
    key = models.CharField(max_length=200)
    recipient = models.CharField(max_length=254)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="messages")
    subject = models.CharField(max_length=1000)
    message_id = models.CharField(max_length=200, db_index=True)
    raw = models.BinaryField()  # the whole message as it is handed over, headers and body
    state = models.CharField(max_length=10, default="pending", db_index=True)
    made_at = models.DateTimeField(db_index=True)
    expires_at = models.DateTimeField(null=True)
    handed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    queue_id = models.CharField(max_length=200, default="", blank=True)  # what the server called it

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "key", "recipient"], name="one_message_a_key")]
        indexes = [models.Index(fields=["state", "due_at"], name="outbox_due")]


class OutboxEvent(models.Model):
    """What happened to a message: made, handed, sent, deferred, failed, uncertain, expired, resent, cancelled; `note` says why."""

    message = models.ForeignKey(OutboxMessage, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=12)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    note = models.CharField(max_length=500, default="", blank=True)


class MailRefusal(models.Model):
    """That a server refused an address for good on one day; three different days, or one 5.1.1, and no more mail goes there."""

    address = models.CharField(max_length=254, db_index=True)
    day = models.DateField()
    at = models.DateTimeField()
    final = models.BooleanField(default=False)  # the address does not exist (5.1.1)
    note = models.CharField(max_length=500, default="", blank=True)
    lifted_at = models.DateTimeField(null=True)  # an admin wants it tried again

    class Meta:
        constraints = [models.UniqueConstraint(fields=["address", "day"], name="one_refusal_a_day")]


class MailWishes(models.Model):
    """What one person wants by mail; without a row the defaults hold. Minutes are of the desk's day, 0 … 1439."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="mail_wishes")
    digest = models.BooleanField(default=True)
    digest_days = models.JSONField(default=list)  # ISO weekdays 1 … 7; empty: every day
    alerts = models.BooleanField(default=True)
    quiet_from = models.PositiveSmallIntegerField(null=True)
    quiet_to = models.PositiveSmallIntegerField(null=True)
    token_epoch = models.CharField(max_length=32, default="", blank=True)  # a new one ends the addresses in mails already sent
    changed_at = models.DateTimeField()


class Digest(DueRow):
    """The digest of one person on one date of the desk's zone; `state`: due, made (a message stands in the outbox), empty, skipped, off."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="digests")
    local_date = models.DateField()
    wanted_at = models.DateTimeField()  # the moment of the desk's hour on that date
    made_at = models.DateTimeField(null=True)
    late = models.BooleanField(default=False)
    state = models.CharField(max_length=8, default="due", db_index=True)
    reason = models.CharField(max_length=300, default="", blank=True)
    content = models.JSONField(default=dict)  # what it tells, for the page; the mail is made of the same
    message = models.ForeignKey(OutboxMessage, null=True, on_delete=models.SET_NULL, related_name="digests")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "local_date"], name="one_digest_a_day")]


class DeliveredLead(models.Model):
    """That a person has been told of a lead, and how many articles it had then; the next digest tells what is not here, or has grown."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="delivered_leads")
    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="delivered")
    digest = models.ForeignKey(Digest, null=True, on_delete=models.SET_NULL, related_name="leads")
    articles = models.PositiveIntegerField(default=0)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "lead"], name="told_once_of_a_lead")]

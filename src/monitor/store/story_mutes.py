"""Muting a story: a person is told no more of it, and a mail about it that still waits is taken back until they change their mind."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Literal, NamedTuple

from django.db import transaction
from django.db.models import Q, QuerySet

from monitor.store import mail_wishes, models, outbox
from monitor.store.again import tried_again

WhyNot = Literal["", "left", "suppressed", "too-old"]


class HeardAgain(NamedTuple):
    """What became of the mails that muting had taken back: how many wait again, and why another does not ("" when none is left out)."""

    back: int
    why_not: WhyNot


@tried_again
def mute(story: uuid.UUID, person: models.Person, now: datetime) -> int | None:
    """Tell a person no more of a story, and take back what waits and tells of nothing else; how many mails, None when there is no story.

    A story that was merged stands for the one that was kept. The person's wishes are held: who is telling them now waits, or is seen here.
    """
    row = models.Story.objects.filter(uuid=story).select_related("merged_into").first()
    if row is None:
        return None
    kept = row.merged_into or row
    with transaction.atomic():
        mail_wishes.held(person.pk, now)
        models.StoryMute.objects.get_or_create(story=kept, person=person, defaults={"at": now})
        return outbox.take_back(_only_of(kept, person), now, outbox.MUTED)


@tried_again
def unmute(story: uuid.UUID, person: models.Person, now: datetime) -> HeardAgain:
    """Tell a person of a story again, and let the mails wait again that muting had taken back."""
    row = models.Story.objects.filter(uuid=story).select_related("merged_into").first()
    if row is None:
        return HeardAgain(0, "")
    kept = row.merged_into or row
    with transaction.atomic():
        wishes = mail_wishes.held(person.pk, now)
        models.StoryMute.objects.filter(Q(story=row) | Q(story=kept), person=person).delete()
        taken = outbox.taken_back(_only_of(kept, person), outbox.MUTED)
        if not taken:
            return HeardAgain(0, "")
        if outbox.is_suppressed(person.email):
            return HeardAgain(0, "suppressed")
        wanted = [message for message in taken if wishes.alerts and person.is_active and _still_told(message, person)]
        back = outbox.bring_back(wanted, now)
    return HeardAgain(back, "left" if len(wanted) < len(taken) else "too-old" if back < len(taken) else "")


def _only_of(story: models.Story, person: models.Person) -> QuerySet[models.OutboxMessage]:
    """The alert mails to a person that tell of this story and of no other; one that bundles several is not held up for one of them."""
    told = models.AlertDelivery.objects.filter(person=person, message__isnull=False)
    of_it = Q(alert__story=story) | Q(alert__story__merged_into=story)
    others = told.exclude(of_it).values("message_id")
    return models.OutboxMessage.objects.filter(kind="alert", pk__in=told.filter(of_it).values("message_id")).exclude(pk__in=others)


def _still_told(message: int, person: models.Person) -> bool:
    """Whether a rule that is in force, and that the person has not left, tells them by this message."""
    rules = models.AlertRule.objects.filter(alerts__deliveries__message_id=message, deleted_at=None, paused_at=None)
    return rules.exclude(left__person=person).exists()

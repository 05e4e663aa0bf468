"""Alerts: written in the transaction that puts an article into its story, claimed when due, told once to each person, kept for digests."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import F, Q

from monitor.pipeline.alerting import FOLLOW_UP, HOUR, Sent, Waiting, settled
from monitor.records import AlertReader, Letter, MetStory
from monitor.store import alert_stories, due, mail_wishes, models, outbox
from monitor.store.again import tried_again

LEASE = timedelta(minutes=5)
BATCH = 200
KEPT_FOR_DIGEST = timedelta(hours=48)
"""What waits for a digest longer than this has had its day."""
IN_VAIN = ("expired", "cancelled")
"""States of messages that were made and will not be handed over any more."""
_OPEN = Q(deleted_at=None, paused_at=None)


class Met(NamedTuple):
    """That a rule (by its row) means an article (by its id), and the words that say so."""

    rule: int
    article: str
    evidence: tuple[tuple[str, int, int, str], ...]


# ── writing, inside the grouping ─────────────────────────────────────────────────────────────────────────────────────


def write(met: Sequence[Met], now: datetime) -> int:
    """Write what rules met, inside the caller's transaction; returns how many stories are told of for the first time.

    What a rule met once is never written again, so a replay of the grouping and a story that was merged change nothing.
    """
    if not met:
        return 0
    rules = set(models.AlertRule.objects.filter(_OPEN, pk__in={one.rule for one in met}).values_list("pk", flat=True))
    found = models.Article.objects.filter(uuid__in={one.article for one in met}, story__isnull=False).values_list("uuid", "pk", "story_id")
    articles = {str(uuid_): (key, story) for uuid_, key, story in found}
    written = models.AlertMatch.objects.filter(article_id__in=[key for key, _ in articles.values()], alert__rule_id__in=rules)
    known = set(written.values_list("alert__rule_id", "article_id"))
    fresh: dict[tuple[int, int], list[tuple[int, Met]]] = {}
    for one in met:
        key, story = articles.get(one.article, (0, None))
        if one.rule in rules and story is not None and (one.rule, key) not in known:
            fresh.setdefault((one.rule, story), []).append((key, one))
    return _write(fresh, now)


def _write(fresh: Mapping[tuple[int, int], Sequence[tuple[int, Met]]], now: datetime) -> int:
    stories, rules = {story for _, story in fresh}, {rule for rule, _ in fresh}
    rows = models.Alert.objects.filter(rule_id__in=rules, story_id__in=stories)
    there = {(row.rule_id, row.story_id, row.kind): row for row in rows}
    firsts = 0
    for (rule, story), articles in sorted(fresh.items()):
        first, more = there.get((rule, story, "first")), there.get((rule, story, "more"))
        if first is None:
            alert = models.Alert.objects.create(rule_id=rule, story_id=story, kind="first", made_at=now, due_at=now)
            firsts += 1
        elif more is None and _still_waits(first):
            alert = first
        else:
            alert = more or models.Alert.objects.create(rule_id=rule, story_id=story, kind="more", made_at=now, due_at=now + FOLLOW_UP)
        matches = [(key, [list(part) for part in one.evidence]) for key, one in articles]
        models.AlertMatch.objects.bulk_create(
            [models.AlertMatch(alert=alert, article_id=key, evidence=evidence, at=now) for key, evidence in matches]
        )
    return firsts


def _still_waits(alert: models.Alert) -> bool:
    """Whether nobody has begun to tell of an alert; its row is held until the commit: nobody begins before it has all its matches."""
    held = models.Alert.objects.filter(pk=alert.pk, state="due", claim_token="").update(due_at=F("due_at"))
    return held == 1 and not alert.deliveries.exists()


def follow_merge(kept: models.Story, gone: models.Story) -> None:
    """When two stories become one: what was told of the one that goes counts for the other, and what waits is told once."""
    there = {(row.rule_id, row.kind): row for row in models.Alert.objects.filter(story=kept)}
    for row in models.Alert.objects.filter(story=gone).order_by("pk"):
        rival = there.get((row.rule_id, row.kind))
        if rival is None:
            models.Alert.objects.filter(pk=row.pk).update(story=kept)
        elif row.state == "due" and not row.deliveries.exists():
            models.Alert.objects.filter(pk=row.pk).update(state="dropped", due_at=None, claim_token="")
        elif rival.state == "due" and not rival.deliveries.exists():
            models.Alert.objects.filter(pk=rival.pk).update(state="dropped", due_at=None, claim_token="")
    muted = set(models.StoryMute.objects.filter(story=kept).values_list("person_id", flat=True))
    rows = models.StoryMute.objects.filter(story=gone).exclude(person_id__in=muted)
    models.StoryMute.objects.bulk_create([models.StoryMute(story=kept, person_id=row.person_id, at=row.at) for row in rows])


def write_spike(rule: int, spike: int, stories: Sequence[uuid.UUID | str], now: datetime) -> bool:
    """Write that a rule met a new spike, at the most told of its stories the rule has not told of; inside the caller's transaction."""
    told = models.Alert.objects.filter(rule_id=rule, kind="spike").values("story_id")
    living = models.Story.objects.filter(uuid__in=list(stories), merged_into=None).exclude(pk__in=told)
    story = living.order_by("-articles_count", "pk").first()
    if story is None:
        return False
    alert = models.Alert.objects.create(rule_id=rule, story=story, spike_id=spike, kind="spike", made_at=now, due_at=now)
    newest = models.Article.objects.filter(story=story, copy_of=None).order_by("-discovered_at", "-pk")[:3]
    models.AlertMatch.objects.bulk_create([models.AlertMatch(alert=alert, article=article, at=now) for article in reversed(newest)])
    return True


# ── claiming and telling ─────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class DueAlert:
    """An alert that is due, with who is to be told of it and has not been: people by their rows."""

    key: int
    rule: int
    rule_id: str
    story: int
    cadence: str
    cap: int
    made_at: datetime
    live: bool  # False: its rule was deleted or paused
    people: tuple[int, ...]

    def waiting(self) -> Waiting:
        """As the decision takes it."""
        return Waiting(self.key, self.rule, self.story, self.cadence, self.cap, self.made_at)


def claim(now: datetime, *, limit: int, worker: str) -> tuple[str, list[DueAlert]]:
    """Claim alerts that are due, with those they are for; those of a batch that failed twice come back one by one.

    Not at the first failure: a worker that was killed must not turn one mail about many stories into many.
    """
    token, keys = due.claim(models.Alert, now, limit=limit, lease=LEASE, worker=worker, where=Q(state="due", attempts__lte=1))
    if not keys:
        token, keys = due.claim(models.Alert, now, limit=1, lease=LEASE, worker=worker, where=Q(state="due"))
    return token, _due_alerts(keys)


def _due_alerts(keys: Collection[int]) -> list[DueAlert]:
    rows = models.Alert.objects.filter(pk__in=keys).select_related("rule").order_by("made_at", "pk")
    active = list(models.Person.objects.filter(is_active=True).order_by("pk").values_list("pk", flat=True))
    told: dict[int, set[int]] = {}
    for alert, person in models.AlertDelivery.objects.filter(alert_id__in=keys).values_list("alert_id", "person_id"):
        told.setdefault(alert, set()).add(person)
    return [_due_alert(row, active, told.get(row.pk, set())) for row in rows]


def _due_alert(row: models.Alert, active: Collection[int], told: Collection[int]) -> DueAlert:
    rule = row.rule
    meant = active if rule.whole_desk else [person for person in active if person == rule.owner_id]
    return DueAlert(
        key=row.pk,
        rule=rule.pk,
        rule_id=str(rule.uuid),
        story=row.story_id,
        cadence=rule.cadence,
        cap=rule.cap,
        made_at=row.made_at,
        live=rule.deleted_at is None and rule.paused_at is None,
        people=tuple(person for person in meant if person not in told),
    )


def readers(keys: Collection[int]) -> list[AlertReader]:
    """The people of these rows who still work here, as letters address them."""
    rows = models.Person.objects.filter(pk__in=keys, is_active=True).order_by("pk")
    return [AlertReader(row.pk, row.email, f"{row.given_name} {row.family_name}".strip(), row.language) for row in rows]


def muted(people: Collection[int]) -> dict[int, frozenset[int]]:
    """The stories each person does not want to hear of, by their rows."""
    found: dict[int, set[int]] = {}
    for person, story in models.StoryMute.objects.filter(person_id__in=people).values_list("person_id", "story_id"):
        found.setdefault(person, set()).add(story)
    return {person: frozenset(stories) for person, stories in found.items()}


def sent(people: Collection[int], now: datetime) -> dict[int, list[Sent]]:
    """The alert mails of the last hour to each person, each once for every rule it told by."""
    rows = models.AlertDelivery.objects.filter(person_id__in=people, at__gt=now - HOUR, how__in=("mail", "rolled"))
    found: dict[int, list[Sent]] = {}
    columns = ("person_id", "alert__rule_id", "at", "how", "message_id")
    for person, rule, at, how, _message in rows.values_list(*columns).distinct().order_by("at"):
        found.setdefault(person, []).append(Sent(rule, at, how == "rolled"))
    return found


def mails_of_the_hour(now: datetime) -> int:
    """How many alert mails the whole desk made within the last hour."""
    return models.OutboxMessage.objects.filter(kind="alert", made_at__gt=now - HOUR).count()


class Telling(NamedTuple):
    """A finished letter and the alerts it tells of."""

    letter: Letter
    alerts: tuple[int, ...]
    how: str


@tried_again
def tell(person: int, told: Sequence[Telling], others: Mapping[int, str], token: str, now: datetime) -> bool:
    """Keep letters in the outbox together with the record of whom they tell of what; `others` are alerts told otherwise (alert -> how).

    False when the claim on one of them is lost, or the person no longer wants one of them: then nothing was written, and it is decided
    again by whoever has it next.
    """
    keys = {alert for one in told for alert in one.alerts} | set(others)
    with transaction.atomic():
        if told and _wants_no_more(person, told, now):
            return False
        if models.Alert.objects.filter(pk__in=keys, claim_token=token, state="due").update(attempts=F("attempts")) != len(keys):
            return False
        rows = [models.AlertDelivery(alert_id=alert, person_id=person, how=how, at=now) for alert, how in others.items()]
        for one in told:
            how = {"person_id": person, "message_id": outbox.keep(one.letter, now, person=person), "how": one.how, "at": now}
            rows += [models.AlertDelivery(alert_id=alert, **how) for alert in one.alerts]
        models.AlertDelivery.objects.bulk_create(rows)
    return True


def _wants_no_more(person: int, told: Sequence[Telling], now: datetime) -> bool:
    """Whether the person left the desk, a rule or all alerts, or muted a story since it was decided what to tell them: it is decided again.

    Their wishes are held first: who leaves at the same moment takes these letters back, or came first and is seen here.
    """
    wishes = mail_wishes.held(person, now)
    keys = [alert for one in told for alert in one.alerts]
    left = models.AlertLeft.objects.filter(person_id=person, rule__alerts__in=keys)
    muted = models.StoryMute.objects.filter(person_id=person, story__alerts__in=keys)
    here = models.Person.objects.filter(pk=person, is_active=True)
    return not wishes.alerts or not here.exists() or left.exists() or muted.exists()


@tried_again
def settle(token: str, later: Mapping[int, datetime], done: Iterable[int], now: datetime) -> None:
    """Give claims back: alerts somebody still waits for are due again then, the others have been told to everybody."""
    finished = list(done)
    ways: dict[int, set[str]] = {key: set() for key in finished}
    for alert, how in models.AlertDelivery.objects.filter(alert_id__in=finished).values_list("alert_id", "how"):
        ways[alert].add(how)
    with transaction.atomic():
        ours = models.Alert.objects.filter(claim_token=token)
        for key, until in later.items():
            ours.filter(pk=key).update(due_at=until, claim_token="", attempts=0, last_error="")
        for key in finished:
            state = settled(ways[key])
            ours.filter(pk=key).update(state=state, due_at=None, claim_token="", attempts=0, last_error="", settled_at=now)


# ── the digest ───────────────────────────────────────────────────────────────────────────────────────────────────────


@tried_again
def told_in_digest(alerts: Collection[int], person: int, digest: int, now: datetime) -> None:
    """Record that a digest told a person of these alerts (their rows); inside the caller's transaction if there is one."""
    rows = models.AlertDelivery.objects.filter(alert_id__in=alerts, person_id=person)
    with transaction.atomic():
        rows.update(digest_id=digest)
        known = set(rows.values_list("alert_id", flat=True))
        new = [models.AlertDelivery(alert_id=key, person_id=person, digest_id=digest, how="digest", at=now) for key in set(alerts) - known]
        models.AlertDelivery.objects.bulk_create(new)


@dataclass(frozen=True, slots=True)
class ForDigest:
    """One story that a digest tells of because alerts met it, and the rows of those alerts."""

    alerts: tuple[int, ...]
    story: MetStory


def for_digest(person: int, now: datetime) -> list[ForDigest]:
    """What the next digest should tell a person of: daily alerts, those that waited too long, those mailed in vain until they were too old.

    One line a story, the first found first; hand the rows of those told to `told_in_digest` in the transaction that keeps the digest.
    """
    rows = models.AlertDelivery.objects.filter(person_id=person, digest=None, at__gt=now - KEPT_FOR_DIGEST, alert__rule__deleted_at=None)
    rows = rows.filter(Q(how="digest") | Q(how__in=("mail", "rolled"), message__state__in=IN_VAIN))
    rows = rows.exclude(alert__rule__left__person_id=person)  # a mail of several rules was cancelled because they left one of them
    rows = rows.exclude(alert__story__mutes__person_id=person)
    by_story: dict[int, list[int]] = {}
    for alert, story in rows.order_by("alert__made_at", "alert_id").values_list("alert_id", "alert__story_id"):
        by_story.setdefault(story, []).append(alert)
    told = alert_stories.met_stories([alert for alerts in by_story.values() for alert in alerts], person)
    return [ForDigest(tuple(alerts), told[story]) for story, alerts in by_story.items() if story in told]


def counts_of(stories: Collection[int]) -> dict[int, int]:
    """How many rules of the desk met each story, by its row; stories that none met are left out."""
    rows: Any = models.Alert.objects.filter(story_id__in=stories, rule__deleted_at=None).exclude(kind="more")
    counted: dict[int, int] = {}
    for story, _rule in rows.values_list("story_id", "rule_id").distinct():
        counted[story] = counted.get(story, 0) + 1
    return counted

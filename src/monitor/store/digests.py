"""Digests: whose is due, what they are made of, kept in one transaction with their message and with what they told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, F, QuerySet

from monitor.pipeline.digest import ALIVE, FIRST_LOOKS_BACK, OLDEST, DigestFacts, DigestReader, FollowFact, LeadFact, Made, OwnFacts
from monitor.pipeline.digest_json import from_json, to_json
from monitor.records import Digest, DigestAlert, DigestDeadline, DigestSilence, Letter, MailWish, MetStory
from monitor.store import alerts, mail_wishes, models, outbox, pages_today, people
from monitor.store.again import tried_again

MOST_LEADS = 2_000
"""Leads looked at for one day's digests, in the order of the queue; those beyond are told on another day."""
IN_VAIN = ("expired", "failed", "cancelled")
"""What became of a message whose digest was told to nobody: its content belongs into the next one."""
TROUBLES = ("expired", "failed", "uncertain", "suppressed")
TROUBLE_SINCE = timedelta(hours=24)
_TOLD = "told"
"""Beside a digest's own JSON: {row of a lead: [how, articles, articles when it was told before]}."""


@dataclass(frozen=True, slots=True)
class Addressee:
    """Somebody who may get a digest: row, address, name, wishes, since when they are there, which of the last dates are behind them."""

    key: int
    id: str
    email: str
    name: str
    reader: DigestReader
    wish: MailWish
    since: datetime
    done: frozenset[date]


@dataclass(frozen=True, slots=True)
class Own:
    """What holds for one person, and the rows of the alerts it tells."""

    facts: OwnFacts
    alerts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """One digest as it is listed; `content` is None for a date that was skipped, `message` is the state of its mail ("" without one)."""

    person: str
    local_date: date
    wanted_at: datetime
    made_at: datetime | None
    late: bool
    state: str
    reason: str
    message: str
    content: Digest | None


def addressees(days: Collection[date], email: str = "") -> list[Addressee]:
    """Everybody of the desk (or the one with this address) with their wishes and which of these dates are behind them, in four queries."""
    rows = models.Person.objects.filter(is_active=True)
    found = list((rows.filter(email=people.address_of(email)) if email else rows).order_by("pk"))
    keys = [row.pk for row in found]
    wishes = mail_wishes.wishes_of_all(keys)
    done: dict[int, set[date]] = {key: set() for key in keys}
    behind = models.Digest.objects.filter(person__in=keys, local_date__in=days).exclude(state="due")
    for person, day in behind.values_list("person_id", "local_date"):
        done[person].add(day)
    return [
        Addressee(
            row.pk, str(row.uuid), row.email, people.name_of(row), _reader(row), wishes[row.pk], row.joined_at, frozenset(done[row.pk])
        )
        for row in found
    ]


def _reader(row: models.Person) -> DigestReader:
    return DigestReader(
        id=str(row.uuid),
        language=row.language,
        role=row.role,
        languages=tuple(row.languages_read),
        sections=frozenset(row.sections_followed),
        themes=frozenset(row.themes_followed),
    )


# ── what a digest is made of ─────────────────────────────────────────────────────────────────────────────────────────


def facts(now: datetime, sections: Sequence[str]) -> DigestFacts:
    """The desk as everybody's digest sees it, in five queries."""
    silent = tuple(DigestSilence(one.slug, one.name, one.since) for one in pages_today.silent(now))
    return DigestFacts(_leads(now), tuple(sections), silent, _deadlines(now))


def _leads(now: datetime) -> tuple[LeadFact, ...]:
    """What moved lately in the order of the queue, then what else somebody has claimed."""
    rows = models.Lead.objects.filter(status__in=ALIVE, story__merged_into=None)
    queue = rows.filter(newest_at__gte=now - OLDEST).order_by(F("place").asc(nulls_last=True), "-score", "pk")
    keys = list(queue.values_list("pk", flat=True)[:MOST_LEADS])
    taken = rows.filter(status="claimed").exclude(pk__in=keys).order_by("claimed_until", "pk").values_list("pk", flat=True)[:MOST_LEADS]
    keys.extend(taken)
    cards = pages_today.cards(keys)
    return tuple(_lead(key, cards[key]) for key in keys if key in cards)


def _lead(key: int, card: pages_today.Card) -> LeadFact:
    return LeadFact(
        key=key,
        lead=card.id,
        story=card.story,
        section=card.section,
        status=card.status,
        headline=card.headline,
        language=card.headline_language,
        titles=card.titles,
        told=tuple((one.outlet, one.language) for one in card.told),
        outlets=card.outlets,
        countries=card.countries,
        languages=card.languages,
        articles=card.articles,
        themes=card.themes,
        newest_at=card.newest_at,
        queued_at=card.queued_at,
        claimer=card.claimer,
        claimed_by=card.claimed_by,
        claimed_until=card.claimed_until,
    )


def _deadlines(now: datetime) -> tuple[DigestDeadline, ...]:
    rows = models.Edition.objects.filter(state="open", deadline__gt=now).order_by("deadline", "pk")
    return tuple(
        DigestDeadline(str(row.uuid), row.series, row.number, row.language, row.title, row.deadline) for row in rows if row.deadline
    )


def own(person: Addressee, desk: DigestFacts, now: datetime) -> Own:
    """What one person was told, follows and waits for, in at most ten queries."""
    rows = models.DeliveredLead.objects.filter(person=person.key, lead__in=[fact.key for fact in desk.leads])
    made = models.Digest.objects.filter(person=person.key, state__in=("made", "empty")).order_by("made_at")
    first, last = made.first(), made.filter(made_at__lte=now).last()
    waiting = alerts.for_digest(person.key, now)
    facts = OwnFacts(
        delivered=dict(rows.values_list("lead_id", "articles")),
        since=last.made_at if last else None,
        start=first.wanted_at - FIRST_LOOKS_BACK if first else None,
        follows=_follows(person.key, last.content.get("follows", {}) if last else {}),
        alerts=tuple(_alert(one.story, person.reader) for one in waiting if one.story.articles),
        troubles=_troubles(person, now),
    )
    return Own(facts, tuple(row for one in waiting for row in one.alerts))


def _follows(person: int, before: Mapping[str, int]) -> tuple[FollowFact, ...]:
    rows = models.StoryFollow.objects.filter(person=person).values_list("story_id", "story__merged_into")
    stories = models.Story.objects.filter(pk__in={into or story for story, into in rows}).select_related("lead").order_by("-newest_at")
    found = models.Article.objects.filter(story__in=stories).order_by("-discovered_at", "-pk").values_list("story", "title", "language")
    counted: Counter[int] = Counter()
    titles: dict[int, tuple[str, str]] = {}
    for story, title, language in found:
        counted[story] += 1
        titles[story] = (title, language)  # the first found stands
    facts = []
    for row in stories:
        lead = getattr(row, "lead", None)
        title, language = (lead.headline, lead.headline_language) if lead else titles.get(row.pk, ("", ""))
        facts.append(FollowFact(str(row.uuid), title, language, counted[row.pk], before.get(str(row.uuid))))
    return tuple(facts)


def _alert(met: MetStory, reader: DigestReader) -> DigestAlert:
    """The article of the story a person reads most easily stands for it."""
    order = [reader.language, *reader.languages]
    best = min(met.articles, key=lambda one: order.index(one.language) if one.language in order else len(order))
    names = tuple(dict.fromkeys(rule.name for rule in met.rules))
    return DigestAlert(met.story, best.headline, best.language, best.outlet, names, len(met.articles) + met.left_out)


def _troubles(person: Addressee, now: datetime) -> dict[str, int]:
    """What became of messages of the last day that did not arrive: a person's own, an admin's everybody's."""
    rows = models.OutboxMessage.objects.filter(state__in=TROUBLES, made_at__gt=now - TROUBLE_SINCE)
    rows = rows if person.reader.role == "admin" else rows.filter(person=person.key)
    return dict(rows.values_list("state").annotate(Count("pk")).order_by("state"))


# ── keeping ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@tried_again
def keep(person: Addressee, wanted_at: datetime, made: Made, told_alerts: Sequence[int], letter: Letter, now: datetime) -> bool:
    """Keep a digest, its message and what it told in one transaction; False when that date was done, or the person wants none any more."""
    digest = made.digest
    content = to_json(digest) | {_TOLD: {str(key): list(told) for key, told in made.told.items()}}
    state = "empty" if digest.is_empty else "made"
    with transaction.atomic():
        if not _still_wanted(person.key, now):
            return False
        row = _first(person.key, digest.local_date, wanted_at, state=state, made_at=now, late=digest.late, content=content)
        if row is None:
            return False
        row.message_id = outbox.keep(letter, now, person=person.key, expires_at=None)
        row.save(update_fields=["message"])
        _deliver(row, made.told, now)
        alerts.told_in_digest(told_alerts, person.key, row.pk, now)
    return True


@tried_again
def skip(person: Addressee, day: date, wanted_at: datetime, now: datetime, reason: str, state: str = "skipped") -> bool:
    """Record that a date has no digest, and why (skipped), or that none was wanted (off); False when it was done already.

    `reason` is asleep, refused: and why, or "" with off; a digest that broke until its time was over is skipped as broken: and how.
    """
    with transaction.atomic():
        error = models.Digest.objects.filter(person=person.key, local_date=day, state="due").values_list("last_error", flat=True).first()
        reason = f"broken: {error}"[:300] if error and state == "skipped" else reason
        return _first(person.key, day, wanted_at, state=state, made_at=now, reason=reason) is not None


def _first(person: int, day: date, wanted_at: datetime, **values: Any) -> models.Digest | None:
    """The row of a person's date, or None when somebody made it before (one_digest_a_day); one that broke before is taken over."""
    try:
        with transaction.atomic():
            return models.Digest.objects.create(person_id=person, local_date=day, wanted_at=wanted_at, **values)
    except IntegrityError:
        broken = models.Digest.objects.filter(person=person, local_date=day)
        return broken.get() if broken.filter(state="due").update(**values) else None


@tried_again
def broke(person: Addressee, day: date, wanted_at: datetime, error: str) -> None:
    """Record that a digest could not be made for a reason of our own; it is tried again until its time is over."""
    with transaction.atomic():
        if _first(person.key, day, wanted_at, state="due", last_error=error[:250], attempts=1) is None:
            models.Digest.objects.filter(person=person.key, local_date=day, state="due").update(last_error=error[:250])


def _still_wanted(person: int, now: datetime) -> bool:
    """Whether the person is there and wants digests at this moment.

    Asked by an UPDATE of the row that leaving changes: who leaves at the same moment waits for this message and takes it back, or comes
    first, and no row is left to be counted.
    """
    models.MailWishes.objects.get_or_create(person_id=person, defaults={"changed_at": now})
    wishes = models.MailWishes.objects.filter(person=person, person__is_active=True, digest=True)
    return wishes.update(digest=True) == 1


def _deliver(row: models.Digest, told: Mapping[int, tuple[str, int, int]], now: datetime) -> None:
    rows = [
        models.DeliveredLead(person_id=row.person_id, lead_id=key, digest=row, articles=articles, at=now)
        for key, (_how, articles, _before) in told.items()
    ]
    models.DeliveredLead.objects.bulk_create(
        rows, batch_size=200, update_conflicts=True, unique_fields=["person", "lead"], update_fields=["digest", "articles", "at"]
    )


@tried_again
def take_back_lost() -> int:
    """Let the next digests tell again what digests told whose mail reached nobody; returns how many such digests there were."""
    lost = models.Digest.objects.filter(state__in=("made", "empty"), message__state__in=IN_VAIN).select_related("message")
    done = 0
    for row in lost.order_by("pk"):
        with transaction.atomic():
            if models.Digest.objects.filter(pk=row.pk, state=row.state).update(
                state="lost", reason=row.message.state if row.message else ""
            ):
                _take_back(row)
                done += 1
    return done


def _take_back(row: models.Digest) -> None:
    told: Mapping[str, Sequence[Any]] = row.content.get(_TOLD, {})
    mine = models.DeliveredLead.objects.filter(digest=row)
    mine.filter(lead__in=[int(key) for key, entry in told.items() if not entry[2]]).delete()
    for delivered in mine:
        delivered.articles = told.get(str(delivered.lead_id), ("", 0, delivered.articles))[2]
        delivered.save(update_fields=["articles"])
    models.AlertDelivery.objects.filter(digest=row).update(digest=None)


# ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def of(person: models.Person, day: date) -> Kept | None:
    """A person's digest of a date, or None."""
    row = _kept().filter(person=person, local_date=day).exclude(state="due").first()
    return _read(row) if row else None


def days_of(person: models.Person, limit: int = 60) -> list[Kept]:
    """A person's digests without their content, the newest first."""
    return [
        _read(row, whole=False)
        for row in _kept().defer("content").filter(person=person).exclude(state="due").order_by("-local_date")[:limit]
    ]


def listed(*, since: datetime | None = None, email: str = "", limit: int | None = None) -> list[Kept]:
    """Everybody's digests without their content, the newest first."""
    rows = _kept().defer("content")
    rows = rows.filter(wanted_at__gte=since) if since else rows
    rows = rows.filter(person__email=people.address_of(email)) if email else rows
    return [_read(row, whole=False) for row in rows.order_by("-local_date", "person__email")[:limit]]


def _kept() -> QuerySet[models.Digest]:
    return models.Digest.objects.select_related("person", "message").defer("message__raw")


def _read(row: models.Digest, *, whole: bool = True) -> Kept:
    content = None
    if whole and row.content:
        content = from_json(row.content)
    state = row.message.state if row.message else ""
    reason = row.reason or row.last_error
    return Kept(row.person.email, row.local_date, row.wanted_at, row.made_at, row.late, row.state, reason, state, content)

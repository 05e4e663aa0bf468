"""Tagging articles again since terms changed: what is to be done, one part of it at a time, and the stories that follow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from monitor.knowledge import ANY_LANGUAGE
from monitor.pipeline import story_summary
from monitor.pipeline.tag_again import Concerned, Prints, StoredArticle, TaggedAgain, both, concerned, fingerprint
from monitor.store import articles, balance, due, leads, models, periodic, pulse, rows, search_index, stories
from monitor.store.again import tried_again
from monitor.store.due import GIVE_UP_AFTER

TAGGED_WITH = "tagged_with"
"""The fact with the prints of the terms that articles are tagged with, or are being tagged with again."""
KEPT_UP = timedelta(days=30)
"""Articles found in this time are tagged again; older ones keep their tags."""
PART = 40
"""Articles tagged again at once: a tenth of a second of a parser child, so that new articles hardly wait."""
LEASE = timedelta(minutes=5)
IN_HAND = timedelta(minutes=1)
"""Articles that were with a parser when a worker took up the terms are written within this time, with the old ones: they come last."""
ALL = 0
"""Where a run stands when every older article was tagged; below it, the last article (its row, negated) of those that come last."""
LEFT_ALONE = timedelta(days=1)
"""A run that nobody took up for so long has no worker with its terms, and what waits for it goes on."""


@dataclass(frozen=True, slots=True)
class Run:
    """A claimed run: `token` is the claim, `reached` as in the model."""

    key: int
    token: str
    attempts: int
    concerned: Concerned
    since: datetime
    asked_at: datetime
    reached: int | None
    reached_at: datetime | None


@dataclass(frozen=True, slots=True)
class Part:
    """Articles to tag next, with when each was read; `reached` is where the run stands afterwards.

    `late`: they were read since the terms changed; `last`: the run is done then.
    """

    articles: tuple[StoredArticle, ...]
    read_at: Mapping[int, datetime]
    reached: int
    reached_at: datetime | None
    late: bool = False
    last: bool = False


@tried_again
def begin(found: Prints, now: datetime) -> bool:
    """Have articles tagged again when these terms are others than those they are tagged with; what was not finished is joined to it.

    The first terms of a desk are only noted: what they tagged before is not known.
    """
    with transaction.atomic():
        fact = models.DeskFact.objects.select_for_update().filter(name=TAGGED_WITH).first()
        wanted = concerned(fact.value, found) if fact is not None else None
        if fact is None or wanted is not None:
            periodic.set_fact(TAGGED_WITH, found, now)
        if wanted is None:
            return False
        for open_ in models.Retagging.objects.filter(done_at=None):
            wanted = both(wanted, Concerned(tuple(open_.themes), tuple(open_.languages)))
        models.Retagging.objects.filter(Q(done_at=None) | Q(done_at__lt=now - KEPT_UP)).delete()
        run = models.Retagging(prints=fingerprint(found), themes=wanted.themes, languages=wanted.languages, due_at=now)
        run.since, run.asked_at = now - KEPT_UP, now
        run.total = _articles(wanted, run.since).count()
        run.save()
        return True


@tried_again
def took_up_later(prints: str, now: datetime) -> None:
    """Tell that a worker had other terms until now: what was read since they changed is looked at again, with what it has in hand."""
    run = models.Retagging.objects.filter(prints=prints).filter(Q(done_at=None) | Q(done_at__gte=now - KEPT_UP))
    run.filter(reached__lte=ALL).update(
        reached=ALL, reached_at=None, due_at=now + IN_HAND, done_at=None, claim_token="", attempts=0, last_error=""
    )


def under_way(now: datetime) -> bool:
    """Whether articles are being tagged again: some have the new terms then, others the old ones."""
    unfinished = models.Retagging.objects.filter(done_at=None, attempts__lt=GIVE_UP_AFTER)
    return unfinished.filter(due_at__gt=now - LEFT_ALONE).exists()


def claim(prints: str, now: datetime, *, worker: str) -> Run | None:
    """The run that tags with these terms, when one of its parts is due: a worker that has other terms leaves it alone."""
    token, keys = due.claim(models.Retagging, now, limit=1, lease=LEASE, worker=worker, where=Q(done_at=None, prints=prints))
    if not keys:
        return None
    row = models.Retagging.objects.get(pk=keys[0])
    what = Concerned(tuple(row.themes), tuple(row.languages))
    return Run(row.pk, token, row.attempts, what, row.since, row.asked_at, row.reached, row.reached_at)


def part(run: Run) -> Part:
    """The articles to tag next: newest first, at last those that were read since the terms changed."""
    wanted = _articles(run.concerned, run.since).select_related("outlet", "body", "doc").defer("story_why", "authors")
    if run.reached is not None and run.reached <= ALL:
        late = list(wanted.filter(read_at__gte=run.asked_at, pk__gt=-run.reached).order_by("pk")[:PART])
        last = len(late) < PART
        return Part(tuple(map(_stored, late)), _read(late), ALL if last else -late[-1].pk, None, late=True, last=last)
    if run.reached is not None and run.reached_at is not None:
        before = Q(discovered_at__lt=run.reached_at) | Q(discovered_at=run.reached_at, pk__lt=run.reached)
        wanted = wanted.filter(before, discovered_at__lte=run.reached_at)
    found = list(wanted.order_by("-discovered_at", "-pk")[:PART])
    reached, at = (found[-1].pk, found[-1].discovered_at) if len(found) == PART else (ALL, None)
    return Part(tuple(map(_stored, found)), _read(found), reached, at)


def _articles(what: Concerned, since: datetime) -> QuerySet[models.Article]:
    read = models.Article.objects.filter(discovered_at__gte=since).exclude(read_at=None)
    if ANY_LANGUAGE in what.languages:
        return read
    spoken = Q()
    for language in what.languages:
        spoken |= Q(language=language) | Q(language__startswith=f"{language}-")
    return read.filter(spoken)


def _read(found: Sequence[models.Article]) -> dict[int, datetime]:
    return {row.pk: row.read_at for row in found if row.read_at is not None}


def _stored(row: models.Article) -> StoredArticle:
    body, doc = getattr(row, "body", None), getattr(row, "doc", None)
    return StoredArticle(
        key=row.pk,
        title=row.title,
        text=body.text if body is not None else row.summary,
        whole=body is not None or not row.characters,
        language=row.language,
        country=row.outlet.country,
        section_hint=row.section_hint,
        on=(row.published_at or row.discovered_at).date(),
        tagged=articles.tagged_of(row),
        doc=doc.doc if doc is not None else None,
    )


@tried_again
def save(run: Run, done: Part, again: Sequence[TaggedAgain], now: datetime) -> bool:
    """Write the tags of a part and where the run stands, in one transaction; False when the claim was lost, and nothing is written.

    An article that was read anew meanwhile keeps what that reading said.
    """
    with transaction.atomic():
        row = models.Retagging.objects.select_for_update().filter(pk=run.key, claim_token=run.token).first()
        if row is None:
            return False
        told = _write(done, again, now)
        row.reached, row.reached_at, row.changed = done.reached, done.reached_at, row.changed + told
        row.done = row.done if done.late else row.done + len(done.articles)
        row.claim_token, row.attempts, row.last_error = "", 0, ""
        row.due_at = now + IN_HAND if done.reached == ALL else now
        if done.last:
            row.due_at, row.done_at = None, now
            _count_again(row, now)
        row.save()
    return True


def give_back(run: Run) -> None:
    """Hand a part back untouched because the process stops."""
    due.let_go(models.Retagging, [run.key], run.token, run.asked_at)


def fail(run: Run, reason: str, due_at: datetime) -> None:
    """Note that a part could not be tagged."""
    due.fail(models.Retagging, run.key, run.token, reason, due_at)


def _write(done: Part, again: Sequence[TaggedAgain], now: datetime) -> int:
    """Write new tags, and let search and stories follow; returns of how many articles people see a difference."""
    keys = [one.key for one in again]
    held = models.Article.objects.select_for_update().filter(pk__in=keys).values_list("pk", "read_at", "story_id")
    stories_of = {key: story for key, read_at, story in held if read_at == done.read_at.get(key)}
    ours = [one for one in again if one.key in stories_of]
    rows.update(models.Article, "id", [(one.key, articles.columns_of(one.tagged)) for one in ours])
    rows.update(models.ArticleDoc, "article_id", [(one.key, {"doc": one.doc}) for one in ours if one.doc])
    search_index.reindex([one.key for one in ours])
    _follow({story for story in stories_of.values() if story is not None}, now)
    return sum(one.told for one in ours)


def _follow(touched: set[int], now: datetime) -> None:
    """Open stories are ranked again at once; of the others only section and themes follow, so that nothing old comes back as a lead."""
    live = models.Story.objects.filter(pk__in=touched, merged_into=None)
    is_open = Q(to_rank__isnull=False) | Q(lead__status__in=leads.OPEN)
    open_ = set(live.filter(is_open).values_list("pk", flat=True))
    rows.upsert(
        models.ToRank,
        "story_id",
        ("story_id", "due_at", "claim_token", "attempts", "last_error"),
        [(key, now, "", 0, "") for key in sorted(open_)],
    )
    closed = stories.facts(sorted(set(live.values_list("pk", flat=True)) - open_))
    values: list[tuple[int, dict[str, Any]]] = [
        (key, {"section": story_summary.section_of(one.articles), "themes": rows.as_json(list(story_summary.themes_of(one.articles)))})
        for key, one in closed
    ]
    rows.update(models.Story, "id", values)


def _count_again(row: models.Retagging, now: datetime) -> None:
    """What was counted of these days is counted again, and the grouping takes up the articles as they are now."""
    if row.changed:
        balance.forget(row.since.date())
        pulse.forget(row.since.date())
        stories.turn_generation(now)

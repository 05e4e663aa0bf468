"""Stories: what waits for grouping, what was placed where, and what ranking needs to know."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, F, Max, Min, Q

from monitor.pipeline.story_doc_json import from_json
from monitor.records import StoryArticle, StoryDoc, StoryFacts, ThemeScore
from monitor.store import alerts, due, leads, models, rows
from monitor.store.again import tried_again
from monitor.store.alerts import Met

LEASE = timedelta(minutes=5)
UNTRIED = Q(attempts=0)
"""Rows that may share a batch: one that makes its batch fail must not drag the others along five times (F-25)."""
NEWS = "article__doc__at"
GENERATION = "grouping"
PLACES = 1_000
"""Room for the articles of one grouping in the order of all placements; a grouping takes fewer."""


@dataclass(frozen=True, slots=True)
class DueDoc:
    """An article that waits for its story: its grouping document and the claim."""

    doc: StoryDoc
    token: str
    story: str | None  # the story it is in already, when an edited headline brought it back


@dataclass(frozen=True, slots=True)
class Placed:
    """Where the grouper put one article and why; `copy_of` is the article whose text it repeats."""

    article: str
    token: str
    story: str
    why: tuple[str, ...]
    copy_of: str | None


@dataclass(frozen=True, slots=True)
class Merged:
    """Two stories became one: `kept` lives on, `gone` leads there."""

    kept: str
    gone: str


@dataclass(frozen=True, slots=True)
class Parted:
    """One story became two: these articles went to the story `fresh`."""

    fresh: str
    articles: tuple[str, ...]
    kept: str


def waiting_to_group(now: datetime) -> int:
    """How many articles wait for their story."""
    return models.ToGroup.objects.filter(due_at__lte=now, attempts__lt=due.GIVE_UP_AFTER).count()


def claim_to_group(now: datetime, *, limit: int, worker: str) -> list[DueDoc]:
    """Claim articles that wait for grouping, oldest news first; those of a batch that failed come back one by one."""
    token, keys = due.claim(models.ToGroup, now, limit=limit, lease=LEASE, worker=worker, where=UNTRIED, first=NEWS)
    if not keys:
        token, keys = due.claim(models.ToGroup, now, limit=1, lease=LEASE, worker=worker)
    rows = models.ArticleDoc.objects.filter(article_id__in=keys).order_by("at", "article_id").values_list("doc", "article__story__uuid")
    return [DueDoc(from_json(doc), token, str(story) if story else None) for doc, story in rows]


def window(since: datetime) -> list[tuple[StoryDoc, str]]:
    """Every grouped article since a moment with the story it is in, in the order the grouper met them."""
    rows = models.ArticleDoc.objects.filter(at__gte=since, article__story__isnull=False).order_by("placed", "article_id")
    return [(from_json(doc), str(story)) for doc, story in rows.values_list("doc", "article__story__uuid")]


def born(since: datetime) -> dict[str, datetime]:
    """When each story that is still told since a moment began."""
    rows = models.Story.objects.filter(newest_at__gte=since, merged_into=None).values_list("uuid", "oldest_at")
    return {str(uuid_): oldest for uuid_, oldest in rows}


def words_of_people() -> list[tuple[str, str, bool]]:
    """Pairs of articles an editor ordained to be together (True) or apart (False)."""
    rows = models.StoryLink.objects.values_list("first__uuid", "second__uuid", "together")
    return [(str(first), str(second), together) for first, second, together in rows]


def bound(since: datetime) -> dict[str, str]:
    """The present story of every article a person ordained something about, if that is told since a moment: its article may be older."""
    links = models.StoryLink.objects
    named = Q(pk__in=links.values("first")) | Q(pk__in=links.values("second"))
    found = models.Article.objects.filter(named, story__newest_at__gte=since).values_list("uuid", "story__uuid")
    return {str(article): str(story) for article, story in found}


def frozen() -> list[str]:
    """Stories that are claimed or published and must not be merged by the machine."""
    kept = models.Story.objects.filter(Q(frozen=True) | Q(lead__status="claimed"), merged_into=None)
    return [str(value) for value in kept.values_list("uuid", flat=True)]


def generation() -> int:
    """How many groupings this desk has committed; a grouper whose memory is of another generation must reload."""
    fact = models.DeskFact.objects.filter(name=GENERATION).first()
    return int(fact.value.get("generation", 0)) if fact else 0


@tried_again
def save_grouping(
    placed: Sequence[Placed], changes: Sequence[Merged | Parted], now: datetime, *, seen: int, met: Sequence[Met] = ()
) -> int | None:
    """Write memberships, then merges and partings in their order, the alerts of what rules `met` in these articles, the stories due for
    ranking and the new generation in one transaction: an alert exists exactly when the membership does.

    Returns the generation; None when another worker grouped since the generation `seen`: what was decided without its stories is thrown
    away, and the articles are due again at once.
    """
    with transaction.atomic():
        number = seen + 1
        if not _take_generation(seen, now):
            for one in placed:
                waiting = models.ToGroup.objects.filter(article__uuid=one.article, claim_token=one.token)
                waiting.update(due_at=now, claim_token="", attempts=F("attempts") - 1)
            return None
        _save_memberships(placed, number * PLACES, now)
        for change in changes:
            if isinstance(change, Merged):
                _save_merge(change)
            else:
                _save_parting(change, now)
        alerts.write(met, now)
        parted = {change.fresh for change in changes if isinstance(change, Parted)}
        touched = {one.story for one in placed} | {change.kept for change in changes} | parted
        refresh(touched, now)
    return number


def claim_to_rank(now: datetime, *, limit: int, worker: str) -> tuple[str, list[int]]:
    """Claim stories due for ranking; those of a batch that failed come back one by one."""
    token, keys = due.claim(models.ToRank, now, limit=limit, lease=LEASE, worker=worker, where=UNTRIED)
    return (token, keys) if keys else due.claim(models.ToRank, now, limit=1, lease=LEASE, worker=worker)


def facts(keys: Iterable[int]) -> list[tuple[int, StoryFacts]]:
    """What ranking knows of each story, by row key."""
    wanted = list(keys)
    rows = models.Article.objects.filter(story_id__in=wanted).select_related("outlet", "story", "copy_of").order_by("discovered_at", "pk")
    by_story: dict[int, list[models.Article]] = {key: [] for key in wanted}
    for row in rows.defer("evidence", "summary"):
        by_story[row.story_id or 0].append(row)
    met = alerts.counts_of(wanted)
    return [(key, _facts(articles, met.get(key, 0))) for key, articles in by_story.items() if articles]


def _facts(articles: list[models.Article], met: int) -> StoryFacts:
    story = articles[0].story
    assert story is not None
    told = tuple(_story_article(row) for row in articles)
    return StoryFacts(story=str(story.uuid), articles=told, section=story.section, alerts=met)


def latest_docs(number: int) -> list[StoryDoc]:
    """The grouping documents of the articles grouped last."""
    rows = models.ArticleDoc.objects.filter(placed__isnull=False).order_by("-placed").values_list("doc", flat=True)[:number]
    return [from_json(doc) for doc in rows]


def docs(keys: Iterable[int], newest: int) -> dict[int, list[StoryDoc]]:
    """The grouping documents of the newest articles of each story that are nobody's copies, by row key."""
    told = models.ArticleDoc.objects.filter(article__story_id__in=list(keys), article__copy_of=None).order_by("-at", "article_id")
    found: dict[int, list[StoryDoc]] = {}
    chosen = [(story, article) for story, article in told.values_list("article__story_id", "article_id")]
    taken: dict[int, int] = {}
    wanted = []
    for story, article in chosen:
        if taken.setdefault(story, 0) < newest:
            taken[story] += 1
            wanted.append(article)
    for story, doc in told.filter(article_id__in=wanted).values_list("article__story_id", "doc"):
        found.setdefault(story, []).append(from_json(doc))
    return found


def _story_article(row: models.Article) -> StoryArticle:
    return StoryArticle(
        id=str(row.uuid),
        outlet=row.outlet.slug,
        owner=row.outlet.owner or row.outlet.slug,
        country=row.outlet.country,
        language=row.language,
        weight=row.outlet.weight,
        at=row.published_at or row.discovered_at,
        copy_group=str(row.copy_of.uuid if row.copy_of else row.uuid),
        themes=tuple(ThemeScore(t["theme"], t["score"], t["confidence"]) for t in row.themes),
        noise=row.noise,
        section=row.section,
        title=row.title,
        places=tuple(place["country"] for place in row.places),
    )


def turn_generation(now: datetime) -> None:
    """Move the generation on, whatever it is: every grouper reloads, and none groups until the caller's transaction has ended."""
    while not _take_generation(generation(), now):
        pass


def _take_generation(seen: int, now: datetime) -> bool:
    """Move the generation on from the one that was seen; False when it is another by now. The row stays locked until the commit."""
    if seen == 0:
        models.DeskFact.objects.get_or_create(name=GENERATION, defaults={"value": {"generation": 0}, "changed_at": now})
    row = models.DeskFact.objects.filter(name=GENERATION, value={"generation": seen})
    return row.update(value={"generation": seen + 1}, changed_at=now) == 1


def _save_memberships(placed: Sequence[Placed], first_place: int, now: datetime) -> None:
    """Put articles into their stories; whoever groups holds the generation's row, so nobody else writes memberships now."""
    named = {one.article for one in placed} | {one.copy_of for one in placed if one.copy_of}
    found = models.Article.objects.filter(uuid__in=named).values_list("uuid", "pk", "story_id")
    known = {str(uuid_): (pk, story) for uuid_, pk, story in found}
    articles_of, tokens = [one.article for one in placed], {one.token for one in placed}
    waiting = models.ToGroup.objects.filter(article__uuid__in=articles_of, claim_token__in=tokens)
    ours = set(waiting.values_list("article_id", flat=True))
    models.ToGroup.objects.filter(pk__in=ours, claim_token__in=tokens).delete()  # one that fell due anew meanwhile stays
    stories = _rows_of({one.story for one in placed if known.get(one.article, (0,))[0] in ours}, now)
    articles: list[tuple[int, dict[str, Any]]] = []
    places: list[tuple[int, dict[str, Any]]] = []
    for place, one in enumerate(placed, first_place):
        key, present = known.get(one.article, (0, None))
        if key not in ours or present == stories[one.story]:
            continue  # one that is there already keeps why it came
        original = known[one.copy_of][0] if one.copy_of in known else None
        articles.append((key, {"story_id": stories[one.story], "story_why": rows.as_json(list(one.why)), "copy_of_id": original}))
        places.append((key, {"placed": place}))
    rows.update(models.Article, "id", articles)
    rows.update(models.ArticleDoc, "article_id", places)


def _rows_of(stories: set[str], now: datetime) -> dict[str, int]:
    """The row of each story, made where there is none yet."""
    found = dict(models.Story.objects.filter(uuid__in=stories).values_list("uuid", "pk"))
    missing = [uuid.UUID(story) for story in stories if uuid.UUID(story) not in found]
    models.Story.objects.bulk_create([models.Story(uuid=story, created_at=now, newest_at=now, oldest_at=now) for story in missing])
    found |= dict(models.Story.objects.filter(uuid__in=missing).values_list("uuid", "pk"))
    return {str(story): pk for story, pk in found.items()}


def _save_merge(merge: Merged) -> None:
    kept = models.Story.objects.filter(uuid=merge.kept).first()
    gone = models.Story.objects.filter(uuid=merge.gone).first()
    if kept is None or gone is None or kept.pk == gone.pk:
        return
    models.Article.objects.filter(story=gone).update(story=kept)
    models.Story.objects.filter(merged_into=gone).update(merged_into=kept)
    models.Story.objects.filter(pk=gone.pk).update(merged_into=kept, articles_count=0)
    models.ToRank.objects.filter(story=gone).delete()
    leads.follow_merge(kept, gone)
    alerts.follow_merge(kept, gone)


def _save_parting(parting: Parted, now: datetime) -> None:
    fresh = _rows_of({parting.fresh}, now)[parting.fresh]
    models.Article.objects.filter(uuid__in=parting.articles).update(story_id=fresh)


def refresh(stories: Iterable[str], now: datetime) -> None:
    """Count the articles of these stories again and let them be ranked at once."""
    live = models.Story.objects.filter(uuid__in=list(stories), merged_into=None)
    told = Q(articles__published_at__isnull=False)
    counted = live.annotate(
        n=Count("articles"), newest=Max("articles__published_at", filter=told), oldest=Min("articles__published_at", filter=told)
    )
    told_of = [
        (story.pk, {"articles_count": story.n, "newest_at": min(story.newest or now, now), "oldest_at": min(story.oldest or now, now)})
        for story in counted
    ]
    rows.update(models.Story, "id", told_of)
    waiting = [(pk, now, "", 0, "") for pk, _ in told_of]
    rows.upsert(models.ToRank, "story_id", ("story_id", "due_at", "claim_token", "attempts", "last_error"), waiting)

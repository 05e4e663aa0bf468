"""What people change about stories: merge two, part one, leave an article out, undo; and who follows a story.

Every change writes people's word on pairs of articles (must-link, cannot-link) that the grouper obeys for ever, and moves the grouping's
generation on, so that running workers reload. Who comes second changes nothing and is told why (`Edited.changed` False).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.db import transaction
from django.db.models import Count, Q, QuerySet

from monitor.store import alerts, models, stories, story_leads
from monitor.store.again import tried_again

MOST_PAIRS = 400
"""Up to so many pairs every article is parted from every other; beyond, from the first of the other side only."""

Why = Literal["", "gone", "moved", "changed", "articles", "none", "all", "same", "claims", "past"]


@dataclass(frozen=True, slots=True)
class Edited:
    """What came of an edit: whether anything changed, else why not; `story` is where to look on, `other` the second story."""

    changed: bool
    why: Why
    story: str
    other: str = ""
    edit: str = ""


def version(story: models.Story) -> str:
    """How often people edited a story, as one word: what they saw when they decide."""
    counted = _edits_of(story).aggregate(done=Count("pk"), undone=Count("undone_at"))
    return f"{counted['done']}.{counted['undone']}"


@tried_again
def merge(story: uuid.UUID, other: uuid.UUID, person: models.Person, now: datetime, *, seen: str, seen_other: str) -> Edited:
    """Make one story of two: the older keeps its id, the younger leads there, claims move along."""
    return _decided(lambda: _merge(story, other, person, now, (seen, seen_other)), now)


@tried_again
def part(story: uuid.UUID, articles: Collection[str], person: models.Person, now: datetime, *, seen: str, kind: str = "parted") -> Edited:
    """Make two stories of one: these articles and the others. The id stays with the part that is claimed, else with the larger one.

    A claimed story's claim stays with the articles that were not chosen. `kind` left_out is the same for an article that is "not this".
    """
    return _decided(lambda: _part(story, articles, person, now, (seen, kind)), now)


@tried_again
def undo(edit: uuid.UUID, person: models.Person, now: datetime) -> Edited:
    """Take back an edit that nothing was built on since: articles, people's word and leads are as before it."""
    return _decided(lambda: _undo(edit, person, now), now)


@tried_again
def follow(story: uuid.UUID, person: models.Person, now: datetime) -> bool:
    """Follow a story; False when there is none."""
    row = models.Story.objects.filter(uuid=story, merged_into=None).first()
    if row is None:
        return False
    models.StoryFollow.objects.get_or_create(story=row, person=person, defaults={"at": now})
    return True


@tried_again
def unfollow(story: uuid.UUID, person: models.Person) -> None:
    """Follow a story no longer."""
    models.StoryFollow.objects.filter(story__uuid=story, person=person).delete()


def followed(person: models.Person) -> set[str]:
    """The stories a person follows, by id; one that was merged is told by the story that was kept."""
    found = models.StoryFollow.objects.filter(person=person).values_list("story__uuid", "story__merged_into__uuid")
    return {str(into or story) for story, into in found}


def _decided(decide: Callable[[], Edited], now: datetime) -> Edited:
    """One edit at a time on the whole desk, and no grouping beside it: whoever holds the generation writes memberships."""
    with transaction.atomic():
        stories.turn_generation(now)
        done = decide()
        if not done.changed:
            transaction.set_rollback(True)
    return done


def _find(story: uuid.UUID) -> models.Story | None:
    return models.Story.objects.select_related("merged_into").filter(uuid=story).first()


def _edits_of(*rows: models.Story) -> QuerySet[models.StoryEdit]:
    return models.StoryEdit.objects.filter(Q(story__in=rows) | Q(other__in=rows))


def _refused(why: Why, row: models.Story | None, other: models.Story | None = None) -> Edited:
    at = row.merged_into or row if row is not None else None
    return Edited(False, why, str(at.uuid) if at else "", str(other.uuid) if other else "")


# ── merge ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _merge(story: uuid.UUID, other: uuid.UUID, person: models.Person, now: datetime, seen: tuple[str, str]) -> Edited:
    here, there = _find(story), _find(other)
    if here is None or there is None:
        return _refused("gone", here)
    if here.merged_into or there.merged_into:
        return _refused("moved", here, there)
    if here.pk == there.pk:
        return _refused("same", here)
    if (version(here), version(there)) != seen:
        return _refused("changed", here, there)
    if story_leads.both_claimed(story_leads.lead_of(here), story_leads.lead_of(there)):
        return _refused("claims", here, there)
    kept, gone = sorted((here, there), key=lambda row: (row.oldest_at, row.created_at, str(row.uuid)))
    edit = _new_edit("merged", kept, gone, person, now)
    edit.articles = [str(one) for one in models.Article.objects.filter(story=gone).values_list("uuid", flat=True)]
    ours, theirs = _keys(kept), _keys(gone)
    edit.before = {"words": _take_words(ours, theirs, together=False)}
    if ours and theirs:
        _ordain(edit, {*_star(ours[0], theirs), *_star(theirs[0], ours)}, together=True)
    edit.before |= _absorb(kept, gone, person, now)
    edit.save()
    stories.refresh([str(kept.uuid)], now)
    return Edited(True, "", str(kept.uuid), str(gone.uuid), str(edit.uuid))


def _new_edit(kind: str, story: models.Story, other: models.Story, person: models.Person, now: datetime) -> models.StoryEdit:
    lead = story_leads.lead_of(other)
    named = models.Article.objects.filter(story=other).order_by("discovered_at", "pk").only("title", "language").first()
    headline = (lead.headline, lead.headline_language) if lead else (named.title, named.language) if named else ("", "")
    edit = models.StoryEdit(kind=kind, story=story, other=other, by=person, at=now, headline=headline[0], headline_language=headline[1])
    edit.save()
    return edit


def _absorb(kept: models.Story, gone: models.Story, person: models.Person, now: datetime) -> dict[str, Any]:
    """All of one story into another, which it leads to from now on; what undo needs."""
    models.Article.objects.filter(story=gone).update(story=kept)
    led = models.Story.objects.filter(merged_into=gone)
    before: dict[str, Any] = {"led": [str(one) for one in led.values_list("uuid", flat=True)]}
    led.update(merged_into=kept)
    models.Story.objects.filter(pk=gone.pk).update(merged_into=kept, articles_count=0)
    models.ToRank.objects.filter(story=gone).delete()
    before["leads"] = story_leads.join(kept, gone, person, now)
    alerts.follow_merge(kept, gone)
    present = set(models.StoryFollow.objects.filter(story=kept).values_list("person_id", flat=True))
    new = models.StoryFollow.objects.filter(story=gone).exclude(person_id__in=present).values_list("person_id", flat=True)
    models.StoryFollow.objects.bulk_create([models.StoryFollow(story=kept, person_id=one, at=now) for one in new])
    return before


# ── part ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _part(story: uuid.UUID, chosen: Collection[str], person: models.Person, now: datetime, asked: tuple[str, str]) -> Edited:
    row, (seen, kind) = _find(story), asked
    if row is None:
        return _refused("gone", row)
    if row.merged_into:
        return _refused("moved", row)
    if version(row) != seen:
        return _refused("changed", row)
    held = dict(models.Article.objects.filter(story=row).order_by("discovered_at", "pk").values_list("uuid", "pk"))
    known = {str(uuid_): key for uuid_, key in held.items()}
    if why := _unfit(chosen, known):
        return _refused(why, row)
    out = [key for uuid_, key in known.items() if uuid_ in chosen]
    rest = [key for uuid_, key in known.items() if uuid_ not in chosen]
    lead = story_leads.lead_of(row)
    claimed = row.frozen or (lead is not None and lead.status in ("claimed", "used"))
    moved = out if claimed or len(rest) >= len(out) else rest
    fresh = models.Story.objects.create(created_at=now, newest_at=row.newest_at, oldest_at=row.oldest_at, section=row.section)
    models.Article.objects.filter(pk__in=moved).update(story=fresh)
    edit = _new_edit(kind, row, fresh, person, now)
    edit.articles = [uuid_ for uuid_, key in known.items() if key in set(moved)]
    edit.before = {"words": _take_words(out, rest, together=True)}
    _ordain(edit, _star(out[0], out[1:]), together=True)
    _ordain(edit, _apart(out, rest), together=False)
    edit.save()
    stories.refresh([str(row.uuid), str(fresh.uuid)], now)
    return Edited(True, "", str(row.uuid), str(fresh.uuid), str(edit.uuid))


def _unfit(chosen: Collection[str], known: Collection[str]) -> Why:
    """Why these articles cannot be parted from a story's, or ""."""
    if not chosen:
        return "none"
    if not set(chosen) <= set(known):
        return "articles"
    return "all" if len(set(chosen)) == len(known) else ""


# ── undo ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _undo(edit_id: uuid.UUID, person: models.Person, now: datetime) -> Edited:
    edit = models.StoryEdit.objects.select_related("story__merged_into", "other__merged_into").filter(uuid=edit_id).first()
    if edit is None:
        return _refused("gone", None)
    story, other = edit.story, edit.other
    if story.merged_into or (other.merged_into_id != story.pk if edit.kind == "merged" else other.merged_into_id is not None):
        return _refused("moved", story, other)
    if not can_undo(edit, _edits_of(story, other).filter(undone_at=None)):
        return _refused("past", story, other)
    if edit.kind != "merged" and story_leads.both_claimed(story_leads.lead_of(story), story_leads.lead_of(other)):
        return _refused("claims", story, other)
    edit.links.all().delete()
    _give_words_back(edit.before.get("words", []))
    if edit.kind == "merged":
        _part_again(edit, now)
    else:
        _absorb(story, other, person, now)
    models.StoryEdit.objects.filter(pk=edit.pk).update(undone_at=now, undone_by=person)
    stories.refresh([str(story.uuid), str(other.uuid)], now)
    return Edited(True, "", str(story.uuid), str(other.uuid), str(edit.uuid))


def can_undo(edit: models.StoryEdit, standing: Iterable[models.StoryEdit]) -> bool:
    """Whether nothing of what stands (edits of the same two stories that were not undone) was built on an edit."""
    return edit.undone_at is None and all(later.pk <= edit.pk for later in standing)


def _part_again(edit: models.StoryEdit, now: datetime) -> None:
    """The articles that a merge brought go back where they came from, if they are still here; later ones stay."""
    models.Article.objects.filter(uuid__in=edit.articles, story=edit.story).update(story=edit.other)
    models.Story.objects.filter(pk=edit.other.pk).update(merged_into=None)
    models.Story.objects.filter(uuid__in=edit.before.get("led", []), merged_into=edit.story).update(merged_into=edit.other)
    story_leads.part_again(edit.before.get("leads", {}), edit.story, edit.other, now)


# ── people's word ────────────────────────────────────────────────────────────────────────────────────────────────────


def _keys(story: models.Story) -> list[int]:
    """The articles of a story, first those that are nobody's copies."""
    found = models.Article.objects.filter(story=story).order_by("discovered_at", "pk").values_list("pk", "copy_of_id")
    return [key for key, _copy in sorted(found, key=lambda row: row[1] is not None)]


def _star(centre: int, others: Iterable[int]) -> set[tuple[int, int]]:
    return {(min(centre, one), max(centre, one)) for one in others if one != centre}


def _apart(out: list[int], rest: list[int]) -> set[tuple[int, int]]:
    """Pairs that keep every article of one side from the other side's story, also when the machine parts a side later."""
    if len(out) * len(rest) <= MOST_PAIRS:
        return {pair for one in out for pair in _star(one, rest)}
    return _star(out[0], rest) | _star(rest[0], out)


def _across(first: Collection[int], second: Collection[int]) -> QuerySet[models.StoryLink]:
    one_way, other_way = Q(first__in=first, second__in=second), Q(first__in=second, second__in=first)
    return models.StoryLink.objects.filter(one_way | other_way)


def _take_words(first: Collection[int], second: Collection[int], *, together: bool) -> list[dict[str, Any]]:
    """Take back what was said to the contrary about two sets of articles; returns it for undo."""
    found = list(_across(first, second).filter(together=together))
    models.StoryLink.objects.filter(pk__in=[link.pk for link in found]).delete()
    return [_word(link) for link in found]


def _word(link: models.StoryLink) -> dict[str, Any]:
    named = {"first": link.first_id, "second": link.second_id, "together": link.together}
    return named | {"by": link.by_id, "at": link.at.isoformat(), "edit": link.edit_id}


def _give_words_back(words: Iterable[dict[str, Any]]) -> None:
    kept = list(words)
    articles = set(
        models.Article.objects.filter(pk__in={word[side] for word in kept for side in ("first", "second")}).values_list("pk", flat=True)
    )
    people = set(models.Person.objects.filter(pk__in={word["by"] for word in kept}).values_list("pk", flat=True))
    back = [
        models.StoryLink(
            first_id=word["first"],
            second_id=word["second"],
            together=word["together"],
            by_id=word["by"] if word["by"] in people else None,
            at=datetime.fromisoformat(word["at"]),
            edit_id=word["edit"],
        )
        for word in kept
        if {word["first"], word["second"]} <= articles
    ]
    models.StoryLink.objects.bulk_create(back, ignore_conflicts=True)


def _ordain(edit: models.StoryEdit, pairs: Iterable[tuple[int, int]], *, together: bool) -> None:
    links = [
        models.StoryLink(first_id=first, second_id=second, together=together, by=edit.by, at=edit.at, edit=edit)
        for first, second in sorted(pairs)
    ]
    models.StoryLink.objects.bulk_create(links, ignore_conflicts=True)

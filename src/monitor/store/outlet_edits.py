"""What people change of an outlet: edits, pauses, archiving, new addresses; each is written down with both sides and can be undone.

An edit names the revision it began from. When somebody else (or an import) changed the outlet meanwhile, nothing is written and the
caller is given the outlet as it is now, so that the second editor can be told and loses nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain, count
from typing import Any, Literal, TypeVar

from django.db import transaction
from django.db.models import F

from monitor.pipeline.when_limits import FLOOR
from monitor.records import Outlet
from monitor.store import models, outlet_checks, outlets
from monitor.store.again import tried_again
from monitor.store.due import GIVE_UP_AFTER
from monitor.store.models import Person

Item = TypeVar("Item")
Result = Literal["done", "same", "meanwhile", "taken", "unknown"]


@dataclass(frozen=True, slots=True)
class Edit:
    """What an edit came to; `outlet` is as it stands now, `address` and `owner` name a feed that another outlet has."""

    result: Result
    outlet: Outlet | None = None
    by: str = ""
    address: str = ""
    owner: str = ""
    change: str = ""


class _TakenError(Exception):
    """A feed address belongs to another outlet; the transaction ends."""


@tried_again
def save(
    slug: str,
    seen: int | None,
    wanted: Outlet,
    by: Person | None,
    now: datetime,
    *,
    kind: str = "edited",
    renamed: Mapping[str, str] | None = None,
) -> Edit:
    """Write an outlet as wanted if its revision is still `seen` (None: whatever it is); `renamed` maps old feed addresses to new ones."""
    try:
        with transaction.atomic():
            row = models.Outlet.objects.filter(slug=slug).first()
            if row is None:
                return Edit("unknown")
            before = outlets.as_record(row)
            if seen is not None and not models.Outlet.objects.filter(pk=row.pk, revision=seen).update(revision=F("revision")):
                return Edit("meanwhile", before, by=_last_editor(row))
            if wanted == before and row.archived_at is None:
                return Edit("same", before)
            _free(wanted, row)
            for old, new in (renamed or {}).items():
                _rename(row, old, new)
            outlets.save_outlet(wanted, now)
            change = _write_down(row, kind, by, before, wanted, now, renamed)
    except _TakenError as taken:
        address, owner = taken.args
        return Edit("taken", address=address, owner=owner)
    outlet_checks.judge_again(now, [row.pk])
    return Edit("done", wanted, change=change)


@tried_again
def add(outlet: Outlet, by: Person | None, now: datetime, *, check: bool = True) -> Edit:
    """Watch a new outlet; its id gets a number when another has it. Without `check` the next round of the doctor judges it."""
    try:
        with transaction.atomic():
            outlet = replace(outlet, id=_free_slug(outlet.id))
            _free(outlet, None)
            row = outlets.save_outlet(outlet, now)
            last = models.Outlet.objects.exclude(pk=row.pk).order_by("-position").values_list("position", flat=True).first()
            models.Outlet.objects.filter(pk=row.pk).update(position=(last or 0) + 1)
            change = _write_down(row, "added", by, None, outlet, now, None)
    except _TakenError as taken:
        address, owner = taken.args
        return Edit("taken", address=address, owner=owner)
    if check:
        outlet_checks.recount(now, [row.pk])
    return Edit("done", outlet, change=change)


def in_batches(work: Sequence[Item], each: Callable[[Item], None], *, size: int = 50) -> None:
    """Do much of the same in transactions of `size`, so that others can write in between."""
    for first in range(0, len(work), size):
        with transaction.atomic():
            for item in work[first : first + size]:
                each(item)


def set_enabled(slug: str, *, enabled: bool, now: datetime, by: Person | None = None) -> bool:
    """Pause or resume an outlet; False when there is none. A resumed feed is due when politeness allows, also one given up."""
    row = models.Outlet.objects.filter(slug=slug, archived_at=None).first()
    if row is None:
        return False
    if enabled:
        models.Feed.objects.filter(outlet=row, archived_at=None, attempts__gte=GIVE_UP_AFTER).update(attempts=0, due_at=None)
    record = outlets.as_record(row)
    result = save(slug, None, replace(record, enabled=enabled), by, now, kind="resumed" if enabled else "paused").result
    if result == "same":
        with transaction.atomic():
            outlets.save_outlet(record, now)  # a feed that was given up is due again
    return True


@tried_again
def archive(slug: str, by: Person | None, now: datetime) -> Edit:
    """Take an outlet out of the desk; its articles and history stay, and it can be brought back."""
    with transaction.atomic():
        row = models.Outlet.objects.filter(slug=slug, archived_at=None).first()
        if row is None:
            return Edit("unknown")
        before = outlets.as_record(row)
        models.Outlet.objects.filter(pk=row.pk).update(archived_at=now, revision=F("revision") + 1)
        models.Feed.objects.filter(outlet=row).update(due_at=None)
        change = _write_down(row, "archived", by, before, None, now, None)
    return Edit("done", before, change=change)


@tried_again
def restore(slug: str, by: Person | None, now: datetime) -> Edit:
    """Bring an archived outlet back as it was, unless one of its feeds belongs to another outlet by now."""
    row = models.Outlet.objects.filter(slug=slug).exclude(archived_at=None).first()
    if row is None:
        return Edit("unknown")
    return save(slug, None, outlets.as_record(row), by, now, kind="restored")


@tried_again
def undo(uuid: str, by: Person | None, now: datetime) -> Edit:
    """Undo a change if nothing came after it; what was added is archived."""
    change = models.OutletChange.objects.filter(uuid=uuid, undone_at=None).select_related("outlet").first()
    if change is None:
        return Edit("unknown")
    row = change.outlet
    if row.revision != change.revision:
        return Edit("meanwhile", outlets.as_record(row), by=_last_editor(row))
    if change.before is None or change.kind == "restored":
        done = archive(row.slug, by, now)
    else:
        back = {new: old for old, new in (change.after or {}).get("renamed", {}).items()}
        done = save(row.slug, row.revision, outlets.outlet_from_json(change.before), by, now, kind="undone", renamed=back)
    if done.result in ("done", "same"):
        models.OutletChange.objects.filter(pk=change.pk).update(undone_at=now)
    return done


def adopt(slug: str, feed: str, url: str, by: Person | None, now: datetime) -> Edit:
    """Take over the address a feed has moved to (P18), keeping its history; `url` is the one the editor saw."""
    row = models.Feed.objects.filter(uuid=feed, outlet__slug=slug, archived_at=None).select_related("outlet").first()
    if row is None:
        return Edit("unknown")
    record = outlets.as_record(row.outlet)
    if not url or row.perm_redirect_to != url:
        return Edit("meanwhile", record, by=_last_editor(row.outlet))
    wanted = replace(record, feeds=tuple(replace(one, url=url) if one.url == row.url else one for one in record.feeds))
    return save(slug, None, wanted, by, now, kind="adopted", renamed={row.url: url})


def revive(slug: str, feed: str, by: Person | None, now: datetime) -> Edit:
    """Ask a stopped feed again because a person wants it (P26): due as soon as Rule 0 allows, its failures forgotten."""
    with transaction.atomic():
        row = models.Feed.objects.filter(uuid=feed, outlet__slug=slug, archived_at=None).select_related("outlet").first()
        if row is None:
            return Edit("unknown")
        last = row.last_attempt_at + FLOOR if row.last_attempt_at else now
        due_at = max(now, last, row.not_before or now) if row.enabled and row.outlet.enabled else None
        record = outlets.as_record(row.outlet)
        models.Feed.objects.filter(pk=row.pk, claim_token="").update(
            gone_at=None, health="new", fail_score=0.0, failing_since=None, last_error="", attempts=0, due_at=due_at
        )
        change = _write_down(row.outlet, "revived", by, record, record, now, None)
        models.Outlet.objects.filter(pk=row.outlet_id).update(revision=F("revision") + 1)
    outlet_checks.judge_again(now, [row.outlet_id])
    return Edit("done", record, change=change)


def ask_to_try(slug: str, now: datetime, at: datetime | None = None) -> bool:
    """Let the worker poll an outlet now, or at the moment politeness allows; False when there is no such outlet that is polled."""
    row = models.Outlet.objects.filter(slug=slug, archived_at=None, enabled=True).first()
    if row is None:
        return False
    models.ToTry.objects.update_or_create(outlet=row, defaults={"due_at": at or now, "asked_at": now, "attempts": 0, "claim_token": ""})
    return True


def now_of(slug: str) -> tuple[Outlet, int, dict[str, str]] | None:
    """An outlet as it is, its revision, and the ids of its live feeds by address; None when it is not watched."""
    row = models.Outlet.objects.filter(slug=slug, archived_at=None).first()
    if row is None:
        return None
    keys = models.Feed.objects.filter(outlet=row, archived_at=None).values_list("url", "uuid")
    return outlets.as_record(row), row.revision, {url: str(uuid) for url, uuid in keys}


def last_editor(slug: str) -> str:
    """The name of who changed an outlet last, "" when it was an import or the machine."""
    row = models.Outlet.objects.filter(slug=slug).first()
    return _last_editor(row) if row else ""


def owner_of(url: str) -> str:
    """The id of the live outlet that has this feed address, or ""."""
    live = models.Feed.objects.filter(url=url, archived_at=None, outlet__archived_at=None)
    return live.values_list("outlet__slug", flat=True).first() or ""


# ── parts ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _free(wanted: Outlet, row: models.Outlet | None) -> None:
    """No feed of the outlet may belong to another one that is watched (P21)."""
    others = models.Feed.objects.filter(url__in=[feed.url for feed in wanted.feeds], archived_at=None, outlet__archived_at=None)
    held = others.exclude(outlet=row) if row is not None else others
    for url, owner in held.values_list("url", "outlet__name")[:1]:
        raise _TakenError(url, owner)


def _free_slug(wanted: str) -> str:
    taken = set(models.Outlet.objects.filter(slug__startswith=wanted[:60]).values_list("slug", flat=True))
    return next(slug for slug in chain([wanted], (f"{wanted[:60]}-{number}" for number in count(2))) if slug not in taken)


def _rename(row: models.Outlet, old: str, new: str) -> None:
    """The same feed under another address (P9): history stays, validators and failures go; an archived row of that address makes room."""
    models.Feed.objects.filter(url=new).exclude(outlet=row, archived_at=None).delete()
    if models.Feed.objects.filter(url=new).exists():
        raise _TakenError(new, row.name)
    fresh: dict[str, Any] = dict.fromkeys(("final_url", "etag", "last_modified", "validator_url", "body_sha256", "parsed_ok_sha256"), "")
    fresh |= {"perm_redirect_to": "", "perm_redirect_seen": 0, "perm_redirect_first_at": None, "gone_at": None, "last_error": ""}
    fresh |= {"fail_score": 0.0, "failing_since": None, "health": "new", "consecutive_304": 0, "first_304_at": None, "attempts": 0}
    fresh |= {"claim_token": ""}  # a poll under way asked the old address: its result is thrown away
    models.Feed.objects.filter(outlet=row, url=old).update(url=new, **fresh)


def _write_down(
    row: models.Outlet,
    kind: str,
    by: Person | None,
    before: Outlet | None,
    after: Outlet | None,
    now: datetime,
    renamed: Mapping[str, str] | None,
) -> str:
    """The change with the revision it leads to; changes written within save() have it already."""
    revision = models.Outlet.objects.filter(pk=row.pk).values_list("revision", flat=True)[0]
    values = outlets.outlet_to_json(after) | ({"renamed": dict(renamed)} if renamed else {}) if after else None
    change = models.OutletChange.objects.create(
        outlet=row,
        by=by,
        at=now,
        kind=kind,
        before=outlets.outlet_to_json(before) if before else None,
        after=values,
        revision=revision + (kind == "revived"),
    )
    return str(change.uuid)


def _last_editor(row: models.Outlet) -> str:
    """The name of who changed an outlet last, "" when it was an import or the machine."""
    change = models.OutletChange.objects.filter(outlet=row).order_by("-at", "-pk").select_related("by").first()
    if change is None or change.by is None or change.revision != row.revision:
        return ""
    return f"{change.by.given_name} {change.by.family_name}".strip() or change.by.email

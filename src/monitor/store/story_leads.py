"""What becomes of the leads of two stories that people make one, and how that is taken back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from monitor.store import models

LIGHT = ("queued", "quiet")
_STRENGTH = {"dismissed": 1, "snoozed": 2, "queued": 3, "quiet": 3, "used": 4, "claimed": 5}
_STANDING = ("status", "claimed_by_id", "claimed_until", "snoozed_until")
_FREE: Mapping[str, Any] = {"status": "queued", "claimed_by_id": None, "claimed_until": None, "snoozed_until": None}


def lead_of(story: models.Story) -> models.Lead | None:
    """The lead of a story, with who claimed it."""
    return models.Lead.objects.filter(story=story).select_related("claimed_by").first()


def both_claimed(first: models.Lead | None, second: models.Lead | None) -> bool:
    """Whether two people hold the two leads: then one of them must hand theirs back first."""
    if first is None or second is None or not first.status == second.status == "claimed":
        return False
    return first.claimed_by_id != second.claimed_by_id


def join(kept: models.Story, gone: models.Story, person: models.Person, now: datetime) -> dict[str, Any]:
    """Let the stronger standing of two leads live on under the kept story; returns what `part_again` needs."""
    mine, theirs = lead_of(kept), lead_of(gone)
    if theirs is None:
        return {}
    if _is_light(theirs):
        theirs.delete()
        return _raise(mine, person, now) if mine is not None and mine.status == "dismissed" else {}
    if mine is None or _is_light(mine):
        if mine is not None:
            mine.delete()
        models.Lead.objects.filter(pk=theirs.pk).update(story=kept)
        return {"moved": str(theirs.uuid)}
    return _overrule(mine, theirs, person, now)


def part_again(before: Mapping[str, Any], kept: models.Story, gone: models.Story, now: datetime) -> None:
    """Give the story that comes back the lead it brought, and both the standing they had, where nobody moved them since."""
    if "moved" in before:
        models.Lead.objects.filter(uuid=before["moved"], story=kept).update(story=gone)
    if "theirs" in before:
        models.Lead.objects.filter(uuid=before["theirs"]["lead"], status="merged").update(**_standing_of(before["theirs"], now))
    if "mine" in before:
        mine = models.Lead.objects.filter(uuid=before["mine"]["lead"], story=kept).first()
        if mine is not None and _standing(mine) == before["mine"]["after"]:
            models.Lead.objects.filter(pk=mine.pk).update(**_standing_of(before["mine"], now))


def _is_light(lead: models.Lead) -> bool:
    """Nobody has touched it: ranking makes it again where it is due."""
    return lead.status in LIGHT and not lead.pinned


def _raise(mine: models.Lead, person: models.Person, now: datetime) -> dict[str, Any]:
    """A dismissed story that takes in one of the queue is in the queue again."""
    return {"mine": _change(mine, dict(_FREE), person, now)}


def _overrule(mine: models.Lead, theirs: models.Lead, person: models.Person, now: datetime) -> dict[str, Any]:
    before = {}
    if _STRENGTH.get(theirs.status, 0) > _STRENGTH.get(mine.status, 0):
        before["mine"] = _change(mine, {name: getattr(theirs, name) for name in _STANDING}, person, now)
    away = dict(_FREE) | {"status": "merged"}
    return before | {"theirs": _change(theirs, away, person, now)}


def _change(lead: models.Lead, values: dict[str, Any], person: models.Person, now: datetime) -> dict[str, Any]:
    before = _standing(lead)
    models.LeadEvent.objects.create(lead=lead, kind="merged", at=now, by=person, before=before)
    models.Lead.objects.filter(pk=lead.pk).update(**values)
    return {"lead": str(lead.uuid), "before": before, "after": _plain(values)}


def _standing(lead: models.Lead) -> dict[str, Any]:
    return _plain({name: getattr(lead, name) for name in _STANDING})


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()}


def _standing_of(kept: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The standing before, unless its time is over or its person gone: then the lead is free."""
    values = dict(kept["before"])
    for name in ("claimed_until", "snoozed_until"):
        values[name] = datetime.fromisoformat(values[name]) if values.get(name) else None
    over = [at for at in (values["claimed_until"], values["snoozed_until"]) if at is not None and at <= now]
    holder = values["claimed_by_id"]
    gone = values["status"] == "claimed" and not models.Person.objects.filter(pk=holder).exists()
    return dict(_FREE) if over or gone else values

"""Triage in words: reasons, lengths of a snooze, what came of an action, and what happened to a lead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from monitor.store.pages_triage import Happened
from monitor.store.triage import Outcome, Standing
from monitor.web.templatetags.days import written

REASON: Mapping[str, str | Promise] = {
    "off-topic": gettext_lazy("Not our subject"),
    "minor": gettext_lazy("Not important enough"),
    "covered": gettext_lazy("Already covered"),
    "old": gettext_lazy("Old news"),
    "thin": gettext_lazy("Too thin to be told"),
    "mixed": gettext_lazy("Several stories mixed up"),
}
SNOOZE: Mapping[str, tuple[int, str | Promise]] = {
    "tomorrow": (1, gettext_lazy("Until tomorrow")),
    "three-days": (3, gettext_lazy("For three days")),
    "week": (7, gettext_lazy("For a week")),
}
MORNING = 6
"""A snooze ends at this hour of the desk's zone, before the seven o'clock digest."""
HAPPENED: Mapping[str, str | Promise] = {
    "queued": pgettext_lazy("lead", "Came into the queue"),
    "grown": pgettext_lazy("lead", "Came back: its story grew"),
    "claimed": pgettext_lazy("lead", "Claimed"),
    "renewed": pgettext_lazy("lead", "Claim kept for longer"),
    "drafted": pgettext_lazy("lead", "A draft was begun: it holds the claim"),
    "undrafted": pgettext_lazy("lead", "The draft was withdrawn"),
    "released": pgettext_lazy("lead", "Handed back"),
    "lapsed": pgettext_lazy("lead", "Handed back by time: no draft within 48 hours"),
    "dismissed": pgettext_lazy("lead", "Dismissed"),
    "snoozed": pgettext_lazy("lead", "Put off"),
    "woken": pgettext_lazy("lead", "Back after its time"),
    "restored": pgettext_lazy("lead", "Brought back"),
    "undone": pgettext_lazy("lead", "Undone"),
    "used": pgettext_lazy("lead", "Used in an edition"),
    "pinned": pgettext_lazy("lead", "Pinned"),
    "unpinned": pgettext_lazy("lead", "Unpinned"),
    "merged": pgettext_lazy("lead", "Its story was merged with another"),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a menu with its number key."""

    key: int
    code: str
    words: str


@dataclass(frozen=True, slots=True)
class Told:
    """What came of an action, in words; `undo` says whether it can be undone."""

    text: str
    headline: str
    headline_language: str
    lead: str
    refused: bool
    undo: bool


def reasons() -> list[Choice]:
    """The reasons a lead may be dismissed for."""
    return [Choice(number, code, str(words)) for number, (code, words) in enumerate(REASON.items(), 1)]


def snoozes() -> list[Choice]:
    """How long a lead may be put off."""
    return [Choice(number, code, str(words)) for number, (code, (_days, words)) in enumerate(SNOOZE.items(), 1)]


def reason(code: str) -> str:
    """A reason in words, or "" for none."""
    return str(REASON.get(code, code))


def wake_at(code: str, now: datetime, zone: ZoneInfo) -> datetime | None:
    """When a snooze ends: six in the morning of the day chosen; None for a length that is none."""
    if code not in SNOOZE:
        return None
    day = now.astimezone(zone).date() + timedelta(days=SNOOZE[code][0])
    return datetime(day.year, day.month, day.day, MORNING, tzinfo=zone)


def happened(one: Happened) -> str:
    """An event of a lead as a line without its time."""
    what = str(HAPPENED.get(one.kind, one.kind))
    if one.kind == "undone":
        return f"{what}{pgettext('before a list', ': ')}{HAPPENED.get(one.note, one.note)}"
    return f"{what} ({reason(one.note)})" if one.kind == "dismissed" and one.note else what


def told(outcome: Outcome, now: datetime, zone: ZoneInfo, *, undone: bool = False) -> Told:
    """What came of an action, for the person who tried it."""
    standing = outcome.standing
    if standing is None:
        gone = _("This lead has left the queue: its story is no lead any more. Nothing was changed.")
        text = _("There is nothing to undo.") if undone else gone
        return Told(text, "", "", "", refused=True, undo=False)
    if outcome.changed:
        text = _("Undone.") if undone else done(standing, now, zone)
    else:
        text = _refused_pin(standing) if outcome.of_pin else _refused(standing, now, zone)
    return Told(text, standing.headline, standing.headline_language, standing.lead, not outcome.changed, outcome.changed and not undone)


def done(standing: Standing, now: datetime, zone: ZoneInfo) -> str:
    """What a person's last action came to."""
    until = _at(standing.until, now, zone)
    if standing.kind in ("claimed", "renewed"):
        return _("Yours until %(until)s.") % {"until": until}
    if standing.kind == "dismissed":
        return _("Dismissed: %(reason)s.") % {"reason": reason(standing.note)}
    if standing.kind == "snoozed":
        return _("Put off until %(until)s.") % {"until": until}
    if standing.kind in ("pinned", "unpinned"):
        return _("Pinned: it stands first until somebody unpins it.") if standing.kind == "pinned" else _("Unpinned.")
    return _("Handed back to the queue.") if standing.kind == "released" else _("Back in the queue.")


def _refused_pin(standing: Standing) -> str:
    return _("It is pinned already. Nothing was changed.") if standing.pinned else _("It is not pinned any more. Nothing was changed.")


def _refused(standing: Standing, now: datetime, zone: ZoneInfo) -> str:
    if standing.status == "claimed" and standing.mine:
        return _("You have it already, until %(until)s.") % {"until": _at(standing.until, now, zone)}
    who = {"name": standing.by or _("The desk"), "at": _at(standing.at, now, zone), "until": _at(standing.until, now, zone)}
    if standing.status == "claimed":
        said = _("%(name)s was first: claimed at %(at)s, until %(until)s. Nothing was changed.")
    elif standing.status == "dismissed":
        said = _("%(name)s was first: dismissed at %(at)s (%(reason)s). Nothing was changed.")
    elif standing.status == "snoozed":
        said = _("%(name)s was first: put off at %(at)s, until %(until)s. Nothing was changed.")
    elif standing.status == "used":
        said = _("It is in an edition already. Nothing was changed.")
    elif standing.status == "merged":
        said = _("Its story was merged with another, where it goes on. Nothing was changed.")
    else:
        said = _("Somebody has moved it meanwhile: it is free in the queue. Nothing was changed.")
    return said % (who | {"reason": reason(standing.note)})


def _at(at: datetime | None, now: datetime, zone: ZoneInfo) -> str:
    """A moment as part of a sentence: the hour today, else the day and hour."""
    if at is None:
        return _("the draft is done")
    local = at.astimezone(zone)
    return written(local, "H:i") if local.date() == now.astimezone(zone).date() else written(local, "l j F H:i")

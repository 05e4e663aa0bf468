"""Decides who is told of an alert when: at once, together with others, later, with the digest, or not at all.

One person at a time. A story is one mail, whatever number of rules and articles of it are waiting. Quiet hours, a rule's cap and a storm
only make things wait; what waited is told together, and what waited a day goes into the digest. Nothing is ever thrown away but what the
person asked not to hear of.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Literal, NamedTuple

BURST = 3
"""Mails by one rule within a quarter of an hour above which it storms: then one mail a quarter of an hour tells of everything."""
STORM = timedelta(minutes=15)
CALM_AFTER = timedelta(minutes=30)
"""Without a mail that tells of several stories for so long, a rule's storm is over."""
HOUR = timedelta(hours=1)
STALE = timedelta(hours=24)
"""An alert that could not be told for so long waits for the digest instead."""
DESK_CAP = 200
"""Alert mails of the whole desk within an hour above which each person gets one summary an hour."""
FOLLOW_UP = timedelta(hours=1)
"""Later matches of a story are told together, so long after the first of them."""
Form = Literal["one", "rolled"]


@dataclass(frozen=True, slots=True)
class Waiting:
    """An alert one person has not been told of; `cadence` at_once, hourly or daily, `cap` mails an hour by its rule."""

    alert: int
    rule: int
    story: int
    cadence: str
    cap: int
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Person:
    """What a person wishes of alerts; quiet minutes are of the day in `zone`, `muted` stories, `left` rules."""

    alerts: bool = True
    quiet_from: int | None = None
    quiet_to: int | None = None
    zone: tzinfo = UTC
    muted: frozenset[int] = frozenset()
    left: frozenset[int] = frozenset()


class Sent(NamedTuple):
    """An alert mail the person got: by which rule, when, and whether it told of several stories."""

    rule: int
    at: datetime
    rolled: bool


class Mail(NamedTuple):
    """One mail to be made, of these alerts: of one story, or of several."""

    alerts: tuple[int, ...]
    form: Form
    rule: int


@dataclass(slots=True)
class Plan:
    """What is done with everything that waits for one person: each alert stands in exactly one place."""

    mails: list[Mail] = field(default_factory=list)
    later: dict[int, datetime] = field(default_factory=dict)
    digest: list[int] = field(default_factory=list)
    muted: list[int] = field(default_factory=list)
    off: list[int] = field(default_factory=list)


def plan(waiting: Sequence[Waiting], person: Person, sent: Sequence[Sent], desk_mails: int, now: datetime) -> Plan:
    """What to do now for one person; `sent` are the mails of the last hour to them, `desk_mails` how many the desk made in that time."""
    made = Plan()
    tellable = [one for one in sorted(waiting, key=lambda one: (one.made_at, one.alert)) if not _kept_from(one, person, made, now)]
    if not tellable:
        return made
    quiet_until = quiet_end(person, now)
    if quiet_until is not None:
        made.later.update({one.alert: quiet_until for one in tellable})
    elif desk_mails >= DESK_CAP:
        _summary(tellable, sent, made, now)
    else:
        for cadence in ("at_once", "hourly"):
            for rule, stories in _by_rule([one for one in tellable if one.cadence == cadence]).items():
                past = [mail for mail in sent if mail.rule == rule and mail.at > now - HOUR]
                (_at_once if cadence == "at_once" else _hourly)(rule, stories, past, made, now)
    return made


def _kept_from(one: Waiting, person: Person, made: Plan, now: datetime) -> bool:
    """Puts what makes no mail where it belongs."""
    if one.rule in person.left or (not person.alerts and one.cadence != "daily"):  # who takes no alert mails may take them by the digest
        made.off.append(one.alert)
    elif one.story in person.muted:
        made.muted.append(one.alert)
    elif one.cadence == "daily" or now - one.made_at >= STALE:
        made.digest.append(one.alert)
    else:
        return False
    return True


Stories = Sequence[tuple[Waiting, ...]]


def _by_rule(waiting: Iterable[Waiting]) -> dict[int, list[tuple[Waiting, ...]]]:
    """Stories by the rule that met each first; a story that several rules met is told once."""
    by_story: dict[int, list[Waiting]] = {}
    for one in waiting:
        by_story.setdefault(one.story, []).append(one)
    found: dict[int, list[tuple[Waiting, ...]]] = {}
    for alerts in by_story.values():
        found.setdefault(alerts[0].rule, []).append(tuple(alerts))
    return found


def _at_once(rule: int, stories: Stories, sent: Sequence[Sent], made: Plan, now: datetime) -> None:
    cap = max(1, stories[0][0].cap)
    times = sorted(mail.at for mail in sent)
    recent = [at for at in times if at > now - STORM]
    storming = any(mail.rolled and mail.at > now - CALM_AFTER for mail in sent)
    storms = len(recent) + len(stories) > BURST or (storming and (recent or len(stories) > 1))
    wait = max(
        times[-cap] + HOUR if len(times) >= cap else now,
        recent[-1] + STORM if storms and recent else now,
    )
    if wait > now:
        _wait(stories, wait, made)
    elif storms or (len(times) + len(stories) > cap and len(stories) > 1):
        made.mails.append(Mail(_alerts(stories), "rolled", rule))
    else:
        made.mails += [Mail(_alerts([alerts]), "one", rule) for alerts in stories]


def _hourly(rule: int, stories: Stories, sent: Sequence[Sent], made: Plan, now: datetime) -> None:
    """On the full hour after the first of them, everything that waits by then."""
    due = next_hour(min(one.made_at for alerts in stories for one in alerts))
    if sent:
        due = max(due, next_hour(max(mail.at for mail in sent)))
    if now < due:
        _wait(stories, due, made)
    else:
        made.mails.append(Mail(_alerts(stories), "rolled" if len(stories) > 1 else "one", rule))


def _summary(waiting: Sequence[Waiting], sent: Sequence[Sent], made: Plan, now: datetime) -> None:
    """One mail of everything, at most one an hour."""
    stories = list(_stories(waiting))
    last = max((mail.at for mail in sent), default=None)
    if last is not None and last > now - HOUR:
        _wait(stories, last + HOUR, made)
    else:
        made.mails.append(Mail(_alerts(stories), "rolled" if len(stories) > 1 else "one", waiting[0].rule))


def _stories(waiting: Sequence[Waiting]) -> Iterable[tuple[Waiting, ...]]:
    by_story: dict[int, list[Waiting]] = {}
    for one in waiting:
        by_story.setdefault(one.story, []).append(one)
    return map(tuple, by_story.values())


def _wait(stories: Stories, until: datetime, made: Plan) -> None:
    made.later.update({one.alert: until for alerts in stories for one in alerts})


def _alerts(stories: Stories) -> tuple[int, ...]:
    return tuple(one.alert for alerts in stories for one in alerts)


def next_hour(moment: datetime) -> datetime:
    """The full hour (UTC) after a moment."""
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0) + HOUR


def quiet_end(person: Person, now: datetime) -> datetime | None:
    """When the quiet hours end that are running now; None when none are."""
    first, last = person.quiet_from, person.quiet_to
    if first is None or last is None or first == last:
        return None
    local = now.astimezone(person.zone)
    minute = local.hour * 60 + local.minute
    inside = first <= minute < last if first < last else minute >= first or minute < last
    if not inside:
        return None
    day = local.date() + timedelta(days=1 if minute >= last else 0)
    end = datetime(day.year, day.month, day.day, last // 60, last % 60, tzinfo=person.zone).astimezone(UTC)
    return max(end, now + timedelta(minutes=1))  # where the clocks are set back, the end may seem to be over already


# ── what becomes of an alert ─────────────────────────────────────────────────────────────────────────────────────────


def settled(hows: Iterable[str]) -> str:
    """The state of an alert of which everybody was told (or not) in these ways: the strongest of them; `dropped` when there is nobody."""
    order = {"mail": "mailed", "rolled": "rolled", "digest": "digest", "muted": "muted", "off": "dropped"}
    ways = set(hows)
    return next((state for how, state in order.items() if how in ways), "dropped")


def hows(made: Plan) -> Mapping[int, str]:
    """How a person is told of each alert that does not wait."""
    told = {alert: "mail" if mail.form == "one" else "rolled" for mail in made.mails for alert in mail.alerts}
    return told | dict.fromkeys(made.digest, "digest") | dict.fromkeys(made.muted, "muted") | dict.fromkeys(made.off, "off")

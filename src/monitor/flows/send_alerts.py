"""Tell people of the alerts that are due: decide for each person, make the letters, keep them in the outbox and record who was told."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from monitor.errors import MailRefused
from monitor.flows.kit import Kit
from monitor.pipeline import alerting
from monitor.pipeline.alerting import Mail, Person, Plan
from monitor.records import AlertReader, Desk, MailWish, MetStory, Sender
from monitor.render.mail_alert import Frame, alert_letter
from monitor.store import alert_stories, alerts, mail_wishes, periodic
from monitor.store.alerts import DueAlert, Telling

log = logging.getLogger("monitor.flows")


@dataclass(slots=True)
class AlertReport:
    """What one run came to: mails made, alerts put off or kept for a digest."""

    mails: int = 0
    waiting: int = 0
    digest: int = 0

    def words(self) -> str:
        """One line for the timetable."""
        if not (self.mails or self.digest):
            return ""
        return f"{self.mails} alert mails made, {self.waiting} put off, {self.digest} kept for the digest"


@dataclass(slots=True)
class _Run:
    """One batch: the claim, and what came of it for every alert."""

    token: str
    now: datetime
    frame: Frame
    desk_mails: int
    later: dict[int, datetime] = field(default_factory=dict)
    broken: set[int] = field(default_factory=set)


def send_alerts(kit: Kit, desk: Desk, sender: Sender) -> AlertReport:
    """Tell of every alert that is due; returns when none is due any more."""
    report = AlertReport()
    while not kit.stop():
        now = kit.clock.now()
        token, found = alerts.claim(now, limit=alerts.BATCH, worker=kit.worker)
        if not found:
            break
        _tell_all(found, _Run(token, now, frame_of(desk, sender, now), alerts.mails_of_the_hour(now)), report)
    return report


def frame_of(desk: Desk, sender: Sender, now: datetime) -> Frame:
    """What all alert mails of a desk share now."""
    try:
        zone = ZoneInfo(desk.timezone)
    except (ZoneInfoNotFoundError, ValueError):
        zone = ZoneInfo("UTC")
    return Frame(sender, desk.name, zone, now, periodic.fact("themes"), {one.id: one.label for one in desk.sections})  # type: ignore[arg-type]


def _tell_all(found: Sequence[DueAlert], run: _Run, report: AlertReport) -> None:
    by_person: dict[int, list[DueAlert]] = {}
    for alert in found:
        for person in alert.people if alert.live else ():
            by_person.setdefault(person, []).append(alert)
    wishes, muted, sent = mail_wishes.wishes_of_all(list(by_person)), alerts.muted(by_person), alerts.sent(by_person, run.now)
    for reader in alerts.readers(list(by_person)):
        waiting = by_person[reader.person]
        wanted = _person(wishes[reader.person], waiting, muted.get(reader.person, frozenset()), run)
        plan = alerting.plan([one.waiting() for one in waiting], wanted, sent.get(reader.person, []), run.desk_mails, run.now)
        _tell(reader, plan, {one.key: one for one in waiting}, run, report)
    done = [one.key for one in found if one.key not in run.later and one.key not in run.broken]
    alerts.settle(run.token, run.later, done, run.now)


def _person(wish: MailWish, waiting: Sequence[DueAlert], muted: frozenset[int], run: _Run) -> Person:
    left = frozenset(one.rule for one in waiting if not wish.takes(f"alert:{one.rule_id}"))
    return Person(wish.alerts, wish.quiet_from, wish.quiet_to, run.frame.zone, muted, left)


def _tell(reader: AlertReader, plan: Plan, waiting: Mapping[int, DueAlert], run: _Run, report: AlertReport) -> None:
    """Carry a plan out for one person; one letter that cannot be made, or one lost claim, stops nobody else's."""
    for alert, until in plan.later.items():
        run.later[alert] = min(until, run.later.get(alert, until))
    stories = alert_stories.met_stories([alert for mail in plan.mails for alert in mail.alerts], reader.person)
    told: list[Telling] = []
    others = {alert: how for alert, how in alerting.hows(plan).items() if how not in ("mail", "rolled")}
    for mail in plan.mails:
        try:
            told.append(_telling(mail, reader, stories, waiting, run.frame))
        except MailRefused as refused:
            log.warning("an alert for %s was not made: %s", reader.email, refused)
            others |= dict.fromkeys(mail.alerts, "digest")
    if not told and not others:
        pass
    elif not alerts.tell(reader.person, told, others, run.token, run.now):
        run.broken |= {alert for one in told for alert in one.alerts} | set(others)
        return
    run.desk_mails += len(told)
    report.mails += len(told)
    report.waiting += len(plan.later)
    report.digest += sum(how == "digest" for how in others.values())


def _telling(mail: Mail, reader: AlertReader, stories: Mapping[int, MetStory], waiting: Mapping[int, DueAlert], frame: Frame) -> Telling:
    rows = [waiting[alert] for alert in mail.alerts]
    told = [stories[story] for story in dict.fromkeys(row.story for row in rows)]
    rule = next(row for row in rows if row.rule == mail.rule).rule_id
    name = next((one.name for story in told for one in story.rules if one.rule == rule), "")
    letter = alert_letter(
        told,
        reader,
        frame,
        key=key_of([row.key for row in rows]),
        rule=rule,
        rule_name=name,
        unsubscribe=_leaving(reader, rule, frame.sender),
    )
    return Telling(letter, mail.alerts, "mail" if mail.form == "one" else "rolled")


def _leaving(reader: AlertReader, rule: str, sender: Sender) -> str:
    return f"{sender.site}/u/{mail_wishes.unsubscribe_token(reader.person, f'alert:{rule}')}" if sender.site else ""


def key_of(alerts_: Sequence[int]) -> str:
    """The idempotency key of a letter about these alerts: the same ones are never mailed twice to the same person."""
    told = "+".join(str(key) for key in sorted(alerts_))
    return f"alert:{told}" if len(told) <= 100 else f"alerts:{hashlib.sha256(told.encode()).hexdigest()}"

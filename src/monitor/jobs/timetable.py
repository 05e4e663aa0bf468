"""The timetable: which job runs, how often it looks for work, and which flow does it. One table, in path order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from monitor.config.sender import NOBODY, sender_of
from monitor.flows.back_up import back_up
from monitor.flows.check_outlets import check_outlets
from monitor.flows.count_balance import count_balance
from monitor.flows.count_pulse import count_pulse, in_words
from monitor.flows.group_stories import group_stories
from monitor.flows.hand_back import hand_back
from monitor.flows.keep_house import checkpoint, prune
from monitor.flows.look_at_addresses import try_wanted
from monitor.flows.poll_feeds import poll_feeds
from monitor.flows.queue_leads import queue_leads
from monitor.flows.read_articles import read_articles
from monitor.flows.send_alerts import send_alerts
from monitor.flows.send_digest import send_digest
from monitor.jobs.post import mail
from monitor.jobs.theme_lab import retag, tend_themes
from monitor.jobs.wishes import look_at_addresses, make_edition_mails, read_sources
from monitor.jobs.worker import Worker
from monitor.pipeline.digest_clock import due_moment
from monitor.records import Sender
from monitor.store import due, models, periodic

NIGHT = time(3)
"""The hour of the desk's zone at which the nightly backup is made."""


@dataclass(frozen=True, slots=True)
class Job:
    """One line of the timetable: `look_every` is how often it looks for due rows; `repeat` makes it a keyed periodic job.

    `at` is the hour of the desk's zone at which one that repeats every day is due.
    """

    name: str
    words: str
    look_every: timedelta
    run: Callable[[Worker], str]
    repeat: timedelta | None = None
    at: time | None = None


def _poll(worker: Worker) -> str:
    report = poll_feeds(worker.kit)
    if not report.polled:
        return ""
    return (
        f"{report.polled} feeds polled: {report.changed} changed, {report.not_modified} not modified, {report.unchanged} unchanged, "
        f"{report.failed} failed; {report.new} new articles"
    )


def _read(worker: Worker) -> str:
    report = read_articles(worker.kit)
    total = report.read + report.without_text
    return f"{total} articles read, {report.without_text} of them without text" if total else ""


def _group(worker: Worker) -> str:
    report = group_stories(worker.kit, worker.memory)
    return f"{report.grouped} articles grouped, {report.merged} stories merged" if report.grouped else ""


def _lead(worker: Worker) -> str:
    report = queue_leads(worker.kit, worker.desk, worker.priorities)
    return f"{report.ranked} stories ranked, {report.queued} new leads" if report.ranked else ""


def sender_for(worker: Worker) -> Sender:
    """Who the desk's mail comes from; without settings it comes from nobody and never leaves."""
    return sender_of(worker.settings, worker.desk.name) if worker.settings is not None else Sender(NOBODY, worker.desk.name, NOBODY, "")


def _alerts(worker: Worker) -> str:
    return send_alerts(worker.kit, worker.desk, sender_for(worker)).words()


def _hand_back(worker: Worker) -> str:
    report = hand_back(worker.kit)
    return f"{report.lapsed} claims handed back, {report.woken} snoozes ended" if report.lapsed or report.woken else ""


def _pulse(worker: Worker) -> str:
    return in_words(count_pulse(worker.kit))


def _look(worker: Worker) -> str:
    tried, looked = try_wanted(worker.kit), look_at_addresses(worker.kit)
    return f"{looked} addresses looked at, {tried} outlets tried by hand" if tried or looked else ""


def _sources(worker: Worker) -> str:
    looked = read_sources(worker.kit)
    return f"{looked} sources of pieces asked for" if looked else ""


def _editions(worker: Worker) -> str:
    settings = worker.settings
    if settings is None:
        return ""
    folder = (settings.style or settings.feeds).parent
    made = make_edition_mails(worker.kit, sender_of(settings, worker.desk.organisation or worker.desk.name), folder)
    return f"{made} mails of editions made" if made else ""


def _check(worker: Worker) -> str:
    changed = check_outlets(worker.kit)
    return f"{changed} outlets judged anew" if changed else ""


def _balance(worker: Worker) -> str:
    days = count_balance(worker.kit)
    return f"{days} day{'' if days == 1 else 's'} of articles counted by where they come from"


def _digest(worker: Worker) -> str:
    if worker.settings is None:
        return ""
    return send_digest(worker.kit.clock, worker.desk, sender_of(worker.settings, worker.desk.name), worker.kit.stop).words()


def _prune(worker: Worker) -> str:
    return prune(worker.kit)


def _back_up(worker: Worker) -> str:
    if worker.settings is None:
        return ""
    return back_up(worker.settings.home, worker.settings.database_url, worker.kit.clock.now())


def _checkpoint(_: Worker) -> str:
    checkpoint()
    return ""


TIMETABLE: tuple[Job, ...] = (
    Job("poll_feeds", "poll the feeds that are due", timedelta(seconds=5), _poll),
    Job("read_articles", "read the pages of new articles", timedelta(seconds=2), _read),
    Job("group_stories", "give each article its story", timedelta(seconds=2), _group),
    Job("queue_leads", "rank stories and queue leads", timedelta(seconds=20), _lead),
    Job("send_alerts", "tell people of the stories their alerts met", timedelta(seconds=2), _alerts),
    Job("hand_back", "hand back claims whose time is over and end snoozes", timedelta(minutes=1), _hand_back),
    Job("send_digest", "make the digests that are due", timedelta(minutes=1), _digest),
    Job(
        "count_pulse",
        "count each theme in each country and find what is told far more than usual",
        timedelta(minutes=1),
        _pulse,
        timedelta(hours=1),
    ),
    Job("look_at_addresses", "look at addresses editors pasted and try the outlets they want tried", timedelta(seconds=5), _look),
    Job(
        "read_sources",
        "read the sources added to pieces by address, and ask for the links of submitted ones",
        timedelta(seconds=2),
        _sources,
    ),
    Job(
        "check_outlets",
        "count what each outlet brings and find what is wrong with it",
        timedelta(minutes=1),
        _check,
        timedelta(minutes=5),
    ),
    Job(
        "count_balance",
        "count where the articles come from: countries, languages, outlets, themes",
        timedelta(minutes=1),
        _balance,
        timedelta(hours=1),
    ),
    Job("tend_themes", "take up changed terms of themes, and try those an editor asks to try", timedelta(seconds=2), tend_themes),
    Job("tag_again", "tag the articles of the last 30 days again when terms changed", timedelta(seconds=5), retag),
    Job("send_editions", "make the mails of editions that are sent", timedelta(seconds=2), _editions),
    Job("send_mail", "hand over the mail that waits in the outbox", timedelta(seconds=2), mail),
    Job("prune", "let texts and old rows go when their time is over", timedelta(minutes=10), _prune, timedelta(days=1)),
    Job("back_up", "copy the database into the home", timedelta(minutes=1), _back_up, timedelta(days=1), NIGHT),
    Job("checkpoint", "write the database's journal back", timedelta(minutes=1), _checkpoint, timedelta(minutes=1)),
)

WAKES: Mapping[str, tuple[str, ...]] = {
    "poll_feeds": ("read_articles",),
    "read_articles": ("group_stories",),
    "group_stories": ("queue_leads", "send_alerts"),
    "send_alerts": ("send_mail",),
    "tend_themes": ("tag_again",),
    "send_digest": ("send_mail",),
    "send_editions": ("send_mail",),
}
"""Whose work is for whom: these look at once when a job did something, and need not wait for their next tick."""

TRY_AGAIN = timedelta(hours=1)
"""A keyed job that broke is tried again after this, or after its own time if that is sooner."""

_ROWS = (models.Feed, models.ToRead, models.ToGroup, models.ToRank)


def job(name: str) -> Job | None:
    """The line of the timetable with this name."""
    return next((line for line in TIMETABLE if line.name == name), None)


def run_due(line: Job, worker: Worker) -> str:
    """Run one job if it has anything to do; a keyed job is claimed first. What it did, or that it broke, is recorded."""
    if line.repeat is None:
        return _run_rows(line, worker)
    now = worker.kit.clock.now()
    periodic.ensure({line.name: _after(line, worker, now) if line.at else now})
    token = periodic.claim(line.name, now, worker=worker.kit.worker)
    if not token:
        return ""
    try:
        summary = line.run(worker)
    except Exception as error:
        broke_at = worker.kit.clock.now()
        soon = broke_at + min(line.repeat, TRY_AGAIN)
        periodic.failed(line.name, token, broke_at, next_at=soon, reason=f"{type(error).__name__}: {error}")
        raise
    ended = worker.kit.clock.now()
    periodic.finish(line.name, token, ended, next_at=_after(line, worker, ended), summary=summary)
    return summary


def _after(line: Job, worker: Worker, now: datetime) -> datetime:
    """When a keyed job is due next: after its time, or at its hour of the desk's zone."""
    if line.at is None:
        return now + (line.repeat or timedelta())
    zone = _zone(worker)
    today = now.astimezone(zone).date()
    moments = [due_moment(today + timedelta(days=days), line.at, zone) for days in range(3)]  # a zone may lack a date
    return next((moment for moment in moments if moment is not None and moment > now), now + timedelta(days=1))


def _zone(worker: Worker) -> ZoneInfo:
    try:
        return ZoneInfo(worker.desk.timezone)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def _run_rows(line: Job, worker: Worker) -> str:
    """A job whose rows fall due one by one."""
    try:
        summary = line.run(worker)
    except Exception as error:
        periodic.broke(line.name, worker.kit.clock.now(), f"{type(error).__name__}: {error}")
        raise
    if summary:
        periodic.did(line.name, worker.kit.clock.now(), summary)
    return summary


def next_due(after: datetime) -> datetime | None:
    """When the next row of any kind falls due after a moment."""
    moments = [moment for model in _ROWS if (moment := due.earliest(model, after)) is not None]
    return min(moments, default=None)

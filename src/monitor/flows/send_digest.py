"""Make the digests that are due: each person's, once for each date of the desk's zone, from what they have not been told yet."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from datetime import time as time_of_day
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from monitor.errors import MailRefused, PersonRefused
from monitor.pipeline import digest as rules
from monitor.pipeline import digest_clock as clock
from monitor.pipeline.digest import DigestFacts, Made
from monitor.pipeline.digest_clock import Turn
from monitor.ports import Clock
from monitor.records import Desk, Digest, Sender
from monitor.render.mail_digest import DigestFrame, Recipient, Written, digest_letter, write
from monitor.store import digests, mail_wishes, pages
from monitor.store.digests import Addressee

SEVEN = time_of_day(7)
ASLEEP = "asleep"
"""Why a date is skipped: nothing ran at its hour, nor in the six hours after it."""

log = logging.getLogger("monitor.flows")


@dataclass(slots=True)
class DigestReport:
    """What one run came to: digests made, dates skipped, digests that broke or could not be addressed."""

    made: int = 0
    skipped: int = 0
    broken: int = 0

    def words(self) -> str:
        """One line for the timetable."""
        parts = ((self.made, "made"), (self.skipped, "skipped"), (self.broken, "failed"))
        return ", ".join(f"{count} digest{'' if count == 1 else 's'} {what}" for count, what in parts if count)


@dataclass(frozen=True, slots=True)
class Previewed:
    """What a person would be sent now: the content, and the mail in words."""

    person: Addressee
    digest: Digest
    written: Written


def send_digest(time: Clock, desk: Desk, sender: Sender, stop: Callable[[], bool] = lambda: False) -> DigestReport:
    """Make every digest that is due, and record the dates that went by unmade."""
    now, zone = time.now(), zone_of(desk)
    report, frame = DigestReport(), frame_of(desk, sender)
    digests.take_back_lost()
    facts: DigestFacts | None = None
    today = now.astimezone(zone).date()
    for person in digests.addressees((today - timedelta(days=1), today)):
        if stop():
            break
        for turn in clock.turns(now, zone, hour_of(desk), done=person.done, since=person.since):
            if not _wants(person, turn):
                digests.skip(person, turn.local_date, turn.wanted_at, now, "", state="off")
            elif turn.act == "skip":
                report.skipped += digests.skip(person, turn.local_date, turn.wanted_at, now, ASLEEP)
            else:
                facts = facts or digests.facts(now, [section.id for section in desk.sections])
                _one(person, turn, facts, frame, now, report)
    return report


def preview(desk: Desk, sender: Sender, now: datetime, email: str) -> Previewed:
    """What this person would be sent at this moment; nothing is kept. Raises PersonRefused for nobody of the desk."""
    person, digest = of_now(desk, now, email)
    written = write(digest, person.reader.language, frame_of(desk, sender), unsubscribe=_address(person, sender))
    return Previewed(person, digest, written)


def of_now(desk: Desk, now: datetime, email: str) -> tuple[Addressee, Digest]:
    """The content a person's digest would have at this moment; raises PersonRefused for nobody of the desk."""
    day = now.astimezone(zone_of(desk)).date()
    found = digests.addressees((day,), email)
    if not found:
        raise PersonRefused("nobody", f"Nobody of this desk has the address {email.strip()[:254]}.")
    facts = digests.facts(now, [section.id for section in desk.sections])
    return found[0], _made(found[0], Turn(day, now, "make"), facts, now).made.digest


def zone_of(desk: Desk) -> tzinfo:
    """The desk's zone; UTC when its name is not known on this machine."""
    try:
        return ZoneInfo(desk.timezone)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def hour_of(desk: Desk) -> time_of_day:
    """The desk's hour; seven when the settings hold none that can be read."""
    try:
        return clock.hour_of(desk.digest_at)
    except ValueError:
        return SEVEN


def frame_of(desk: Desk, sender: Sender) -> DigestFrame:
    """What all digests of a desk share."""
    return DigestFrame(sender, desk, zone_of(desk), pages.desk_facts().themes)


def _wants(person: Addressee, turn: Turn) -> bool:
    """Whether the person wanted a digest that day; that not is recorded, so that wanting one in the afternoon sends none at once."""
    return person.wish.digest and clock.is_on(turn.local_date, person.wish.digest_days)


@dataclass(frozen=True, slots=True)
class _Content:
    """A digest's content and the rows of the alerts it tells."""

    made: Made
    alerts: tuple[int, ...]


def _made(person: Addressee, turn: Turn, facts: DigestFacts, now: datetime) -> _Content:
    own = digests.own(person, facts, now)
    late = turn.act == "late"
    return _Content(
        rules.make(facts, person.reader, own.facts, day=turn.local_date, wanted_at=turn.wanted_at, now=now, late=late), own.alerts
    )


def _one(person: Addressee, turn: Turn, facts: DigestFacts, frame: DigestFrame, now: datetime, report: DigestReport) -> None:
    """One person's digest; a bug in it stops nobody else's, and it is tried again at the next minute."""
    try:
        content = _made(person, turn, facts, now)
        to = Recipient(person.email, person.name, person.reader.language)
        key = f"{person.id}:{turn.local_date.isoformat()}"
        letter = digest_letter(content.made.digest, to, frame, key=key, unsubscribe=_address(person, frame.sender))
        report.made += digests.keep(person, turn.wanted_at, content.made, content.alerts, letter, now)
    except MailRefused as refused:
        report.skipped += digests.skip(person, turn.local_date, turn.wanted_at, now, f"refused: {refused}"[:300])
    except Exception as error:
        log.exception("the digest of one person could not be made")
        digests.broke(person, turn.local_date, turn.wanted_at, f"{type(error).__name__}: {error}")
        report.broken += 1


def _address(person: Addressee, sender: Sender) -> str:
    """The address that ends this person's digests, or "" when the desk has none that people could reach."""
    return f"{sender.site}/u/{mail_wishes.unsubscribe_token(person.key, 'digest')}" if sender.site else ""

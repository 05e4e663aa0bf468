"""Invitations and new passwords by mail, when mail leaves; otherwise an admin hands the links over."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from monitor.config.environment import Settings
from monitor.config.sender import leaves, sender_of
from monitor.errors import MailRefused
from monitor.records import Desk, Letter
from monitor.render import mail_account
from monitor.store import mail_resets, mail_troubles, outbox, outlets


def by_mail(settings: Settings) -> bool:
    """Whether links travel by mail: it leaves, and the desk has an address they can lead to."""
    return leaves(settings) and bool(sender_of(settings).site)


def mail_invitation(
    settings: Settings, now: datetime, *, key: str, email: str, role: str, by: str, path: str, until: datetime, language: str
) -> bool:
    """Keep an invitation in the outbox; False when mail does not leave, or not to this address: then the link is handed over by hand."""
    if not by_mail(settings) or outbox.is_suppressed(email):
        return False
    desk = outlets.desk()
    try:
        made = mail_account.invitation(
            sender_of(settings, desk.name),
            desk=desk.name,
            recipient=email,
            role=role,
            by=by,
            link=settings.address_of(path),
            until=until,
            zone=_zone(desk),
            language=language,
            key=key,
            at=now,
        )
    except MailRefused:
        return False
    return outbox.keep(made, now, expires_at=until) is not None


def mail_reset(settings: Settings, now: datetime, *, person: int, email: str, name: str, path: str, language: str) -> bool:
    """Keep a link for a new password in the outbox, made by an admin; False as for an invitation."""
    if not by_mail(settings) or outbox.is_suppressed(email):
        return False
    try:
        made = _reset(settings, outlets.desk(), email, name, path, language, now)
    except MailRefused:
        return False
    return outbox.keep(made, now, person=person) is not None


def answer_resets(settings: Settings, now: datetime) -> int:
    """Mail a link to everybody who said they forgot their password; how many.

    The page that is asked only notes it: it takes as long for an address that is not known, and says the same. While mail is broken or
    held the admin still sees who asked.
    """
    if not by_mail(settings):
        return 0
    waiting = mail_resets.waiting()
    if not waiting or mail_troubles.trouble() is not None:
        return 0
    desk, answered = outlets.desk(), 0
    for one in waiting:
        if outbox.is_suppressed(one.email):
            continue
        with suppress(MailRefused):  # the admin sees who asked, and hands a link over
            answered += mail_resets.answer(
                one.key, now, lambda person, path: _reset(settings, desk, person.email, person.name, path, person.language, now)
            )
    return answered


def _reset(settings: Settings, desk: Desk, email: str, name: str, path: str, language: str, now: datetime) -> Letter:
    return mail_account.new_password(
        sender_of(settings, desk.name),
        desk=desk.name,
        recipient=email,
        name=name,
        link=settings.address_of(path),
        minutes=mail_resets.MINUTES,
        language=language,
        key=now.isoformat(),
        at=now,
    )


def _zone(desk: Desk) -> ZoneInfo:
    try:
        return ZoneInfo(desk.timezone)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")

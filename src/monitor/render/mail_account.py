"""Letters about coming in: an invitation, a new password, and the test message of `monitor mail check`: no stream to leave."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, tzinfo

from monitor.records import Letter, Sender
from monitor.render.letter import letter
from monitor.render.mail_styles import inlined
from monitor.render.templates import fill


def invitation(
    sender: Sender,
    *,
    desk: str,
    recipient: str,
    role: str,
    by: str,
    link: str,
    until: datetime,
    zone: tzinfo,
    language: str,
    key: str,
    at: datetime,
) -> Letter:
    """A place at the desk is kept for the recipient; `link` is the one-time address, good until `until` (UTC)."""
    values = {"desk": desk, "role": role, "by": by, "link": link, "until": until.astimezone(zone).replace(tzinfo=None)}
    return _letter("invite", key, sender, recipient, "", values, language, at)


def new_password(
    sender: Sender, *, desk: str, recipient: str, name: str, link: str, minutes: int, language: str, key: str, at: datetime
) -> Letter:
    """A new password was asked for; `link` is the one-time address that sets it, good for so many minutes."""
    values = {"desk": desk, "name": name, "link": link, "minutes": minutes}
    return _letter("reset", key, sender, recipient, name, values, language, at)


def trial(sender: Sender, recipient: str, at: datetime, language: str = "en") -> Letter:
    """A test message; each call makes another one."""
    values = {"desk": sender.name, "site": sender.site, "sender": sender.address}
    return _letter("test", at.isoformat(), sender, recipient, "", values, language, at)


def _letter(
    kind: str, key: str, sender: Sender, recipient: str, name: str, values: Mapping[str, object], language: str, at: datetime
) -> Letter:
    subject = fill(f"mail/{kind}_subject.txt", values, language).strip()
    shown = {**values, "title": subject}
    return letter(
        kind=kind,
        key=key,
        sender=sender,
        recipient=recipient,
        recipient_name=name,
        subject=subject,
        text=fill(f"mail/{kind}.txt", shown, language),
        html=inlined(fill(f"mail/{kind}.html", shown, language)),
        language=language,
        at=at,
    )

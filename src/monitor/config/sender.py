"""Who the desk's mail comes from, as the settings have it."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from monitor.config.environment import Settings
from monitor.config.settings_values import is_loopback
from monitor.records import Sender

NOBODY = "press-monitor@localhost"
"""The sender while MONITOR_MAIL_FROM is not set: such messages are made and can be read on the Outbox page, but never leave."""
NAME = "Press Monitor"


def sender_of(settings: Settings, desk_name: str = "") -> Sender:
    """The sender of every message of this desk; its name is the one in MONITOR_MAIL_FROM, else the desk's."""
    match = re.fullmatch(r"(?:(.*)\s)?<([^<>]+)>", settings.mail_from)
    name, address = (match[1] or "", match[2]) if match else ("", settings.mail_from)
    reply_to = settings.contact if "@" in settings.contact and "://" not in settings.contact else address
    return Sender(address or NOBODY, name.strip() or desk_name or NAME, reply_to, _site(settings))


def leaves(settings: Settings) -> bool:
    """Whether mail can leave at all: a server and a sender are set."""
    return bool(settings.smtp_url and settings.mail_from)


def _site(settings: Settings) -> str:
    """Where links in mails lead: the public address, or this machine's while mail does not leave it; "" when nobody could follow them."""
    stays_here = not settings.mail_from or is_loopback(urlsplit(settings.smtp_url).hostname or "")
    return settings.address_of("") if settings.public_url or stays_here else ""

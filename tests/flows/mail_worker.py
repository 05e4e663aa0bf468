"""A worker of the outbox as a process of its own, to be killed: `prepare N` fills an outbox, `send [MINUTES]` hands over what is due.

The home, the mail server and the sender come from the environment as for the real worker; MINUTES moves the clock.
"""

from __future__ import annotations

import os
import sys
from datetime import timedelta

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "monitor.config.django_settings")

import django

django.setup()

from monitor.config.environment import load_settings  # noqa: E402 - after the set-up
from monitor.config.sender import sender_of  # noqa: E402
from monitor.flows.send_mail import Post, send_mail  # noqa: E402
from monitor.outside.clock import OffsetClock, SystemClock  # noqa: E402
from monitor.outside.smtp import SmtpMailer, server_of  # noqa: E402
from monitor.render.letter import letter  # noqa: E402
from monitor.store import outbox, setup, workers  # noqa: E402


def prepare(number: int) -> None:
    """A new database with so many alerts waiting."""
    settings, now = load_settings(os.environ), SystemClock().now()
    setup.migrate(now)
    for place in range(number):
        made = letter(
            kind="alert",
            key=f"rule:{place}",
            sender=sender_of(settings),
            recipient=f"reader{place % 10}@reader.example",
            recipient_name="",
            subject=f"Alert {place}",
            text=f"Story {place}\n.\n",
            html="",
            language="en",
            at=now,
        )
        outbox.keep(made, now)


def send(minutes: int) -> None:
    """Hand over until nothing is due."""
    settings = load_settings(os.environ)
    clock = OffsetClock(timedelta(minutes=minutes), SystemClock())
    with workers.alive(settings.home, clock) as name:
        print("ready", flush=True)
        post = Post(clock, SmtpMailer(server_of(settings.smtp_url)), sender_of(settings).address, name, a_minute=1_000_000)
        while send_mail(post):
            pass


if __name__ == "__main__":
    {"prepare": prepare, "send": send}[sys.argv[1]](int(sys.argv[2]))

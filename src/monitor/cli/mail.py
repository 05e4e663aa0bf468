"""`monitor mail`: a test message, the DNS records a sender should have, and a mail server for this machine."""

from __future__ import annotations

import threading
from typing import Annotated

import typer

from monitor.cli import show
from monitor.cli.desk import settings as read_settings
from monitor.config.environment import Settings
from monitor.config.sender import NOBODY, sender_of
from monitor.errors import MailRefused
from monitor.outside.clock import SystemClock
from monitor.outside.smtp import SmtpMailer, server_of
from monitor.records import Accepted, Broken, MailOutcome, Sender
from monitor.store import setup

app = typer.Typer(help="Trying out mail.", no_args_is_help=True)
SMTP_PORT, WEB_PORT = 1025, 8025


@app.command()
def check(address: Annotated[str, typer.Argument(metavar="ADDRESS", help="Where the test message goes.")]) -> None:
    """Send a test message at once and print the DNS records the sender's domain should have."""
    own = read_settings()
    sender = sender_of(own)
    _records(sender)
    if not own.mail_from or not own.smtp_url:
        missing = " and ".join(name for name in ("MONITOR_MAIL_FROM", "MONITOR_SMTP_URL") if not getattr(own, name.lower()[8:]))
        raise show.fail(f"No test message was sent: set {missing}.")
    setup.start()
    outcome = _sent(own, sender, address)
    if not isinstance(outcome, Accepted):
        raise show.fail(_trouble(outcome))
    show.line(f"The mail server took the test message to {address} and calls it {outcome.queue_id or '(nothing)'}.")
    show.line("Look at it where it arrived: its headers say whether SPF, DKIM and DMARC passed.")


@app.command()
def sink(
    smtp: Annotated[
        int, typer.Option(min=0, max=65535, help="Port that takes mail, on this machine only; 0 picks a free one.")
    ] = SMTP_PORT,
    web: Annotated[int, typer.Option(min=0, max=65535, help="Port of the page that shows it; 0 picks a free one.")] = WEB_PORT,
) -> None:
    """Take mail on this machine and show it on a page, until Ctrl-C. Nothing is passed on; it forgets all when it ends."""
    from monitor.outside.mail_sink import MailSink  # a server is loaded only when asked

    try:
        opened = MailSink(SystemClock(), smtp_port=smtp, web_port=web)
    except OSError as busy:
        raise show.fail(f"A port is taken ({busy.strerror}). Name others with --smtp and --web.") from busy
    try:
        with opened:
            show.line(f"Mail is taken at smtp://127.0.0.1:{opened.smtp_port} and shown at {opened.page}")
            show.line(f"For the desk: MONITOR_SMTP_URL=smtp://127.0.0.1:{opened.smtp_port} MONITOR_MAIL_FROM=desk@press-monitor.example \\")
            show.line(f"  MONITOR_MAIL_PAGE={opened.page}")
            show.line("Ctrl-C ends it.")
            threading.Event().wait()
    except OSError as busy:
        raise show.fail(f"Port {opened.smtp_port} is taken ({busy.strerror}). Name another with --smtp.") from busy
    except KeyboardInterrupt:
        show.line("")


def _sent(own: Settings, sender: Sender, address: str) -> MailOutcome:
    """Hand the test message over, without the outbox: what is tested is the way to the server."""
    from monitor.render.mail_account import trial  # templates exist only once Django is set up

    now = SystemClock().now()
    try:
        made = trial(sender, address, now)
    except MailRefused as wrong:
        raise show.fail(str(wrong), code=2) from wrong
    mailer = SmtpMailer(server_of(own.smtp_url))
    try:
        return mailer.send(sender.address, made.recipient, made.raw, before_dot=lambda: True)
    finally:
        mailer.close()


def _trouble(outcome: MailOutcome) -> str:
    """What went wrong, and what is usually done about it."""
    if isinstance(outcome, Accepted):
        return ""
    said = outcome.why if isinstance(outcome, Broken) else f"{outcome.code} {outcome.reply}"
    advice = {
        "connect": "Check host and port in MONITOR_SMTP_URL, and whether this network lets mail out.",
        "hello": "The server will not talk to this machine; ask whoever runs it.",
        "tls": "Nothing was sent unprotected. Check the host's name and certificate; smtps:// is for port 465.",
        "login": "Check user and password in MONITOR_SMTP_URL; characters such as @ and : are written %40 and %3A.",
        "sender": "The server does not take mail from MONITOR_MAIL_FROM; use an address it knows.",
        "recipient": "The server does not take mail for that address.",
    }.get(outcome.stage, "The server did not take the message.")
    return f"The test message was not sent ({outcome.stage}): {said}. {advice}"


def _records(sender: Sender) -> None:
    """The DNS records that let other servers believe the sender; their values come from whoever runs the mail server."""
    unknown = sender.address == NOBODY
    domain, reports = ("example.org", "desk@example.org") if unknown else (sender.address.rpartition("@")[2], sender.reply_to)
    show.line(f"DNS records {domain} should have, so that its mail is believed (ask whoever runs the mail server for the values):")
    show.line(f'  SPF    {domain}. TXT "v=spf1 include:YOUR-MAIL-PROVIDER -all"')
    show.line(f'  DKIM   SELECTOR._domainkey.{domain}. TXT "v=DKIM1; k=rsa; p=PUBLIC-KEY"   (the mail server signs)')
    show.line(f'  DMARC  _dmarc.{domain}. TXT "v=DMARC1; p=quarantine; rua=mailto:{reports or sender.address}"')

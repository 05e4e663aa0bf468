"""The worker's way to the mail server: what `send_mail` needs, made of the settings."""

from __future__ import annotations

from monitor.config.sender import leaves, sender_of
from monitor.flows.mail_links import answer_resets
from monitor.flows.send_mail import Post, in_words, send_mail
from monitor.jobs.worker import Worker
from monitor.outside.smtp import SmtpMailer, server_of
from monitor.store import mail_mark


def mail(worker: Worker) -> str:
    """Hand over what waits in the outbox; what came of it in words, or nothing."""
    settings = worker.settings
    if settings is None:
        return ""
    answer_resets(settings, worker.kit.clock.now())
    mailer = SmtpMailer(server_of(settings.smtp_url), stop=worker.kit.stop) if leaves(settings) else None
    kit, home = worker.kit, settings.home
    post = Post(kit.clock, mailer, sender_of(settings).address, kit.worker, kit.stop, begins=lambda: mail_mark.step(home, kit.clock.now()))
    return in_words(send_mail(post))

"""What became of a digest and of its mail, in words."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from monitor.store.digests import Kept

MAIL: Mapping[str, str | Promise] = {
    "pending": gettext_lazy("The mail waits in the outbox."),
    "deferred": gettext_lazy("The server asked to wait; the mail is tried again."),
    "handed": gettext_lazy("The mail is being handed over."),
    "sent": gettext_lazy("Sent by mail."),
    "uncertain": gettext_lazy("The server fell silent while taking the mail: it may or may not have arrived."),
    "suppressed": gettext_lazy("Not sent by mail: your address refused mail before. An admin can let it be tried again."),
    "failed": gettext_lazy("The mail was refused: what it told comes again with the next one."),
    "expired": gettext_lazy("The mail could not be sent in time: what it told comes again with the next one."),
    "cancelled": gettext_lazy("The mail was taken back before it was sent: what it told comes again with the next one."),
}
"""State of a digest's message → what the reader is told."""


def became(kept: Kept) -> str:
    """What became of one date's digest, as a sentence."""
    if kept.state == "off":
        return _("No digest was wanted that day.")
    if kept.state == "skipped":
        if kept.reason.startswith(("broken", "refused")):
            return _(
                "Skipped: it could not be made. The admins find the reason in the log; what it would have told comes with the next one."
            )
        return _("Skipped: the desk’s machine was not running at that hour, nor in the six hours after it.")
    return str(MAIL.get(kept.message, ""))


def short(kept: Kept) -> str:
    """The same for a list: a word or two, "" for the usual."""
    if kept.state in ("off", "skipped"):
        return _("none wanted") if kept.state == "off" else _("skipped")
    if kept.message in ("failed", "expired", "cancelled"):
        return _("mail not sent")
    return _("nothing new") if kept.state == "empty" else _("late") if kept.late else ""

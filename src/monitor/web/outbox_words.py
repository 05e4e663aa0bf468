"""The words of the outbox: states, kinds of messages, events and why, as pages and commands say them."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

_STATES: Mapping[str, str | Promise] = {
    "pending": gettext_lazy("waiting"),
    "handed": gettext_lazy("being handed over"),
    "deferred": gettext_lazy("deferred"),
    "uncertain": gettext_lazy("uncertain"),
    "failed": gettext_lazy("refused"),
    "suppressed": gettext_lazy("not sent: the address refuses mail"),
    "expired": gettext_lazy("too old"),
    "cancelled": gettext_lazy("cancelled"),
    "sent": gettext_lazy("sent"),
}
_KINDS: Mapping[str, str | Promise] = {
    "alert": gettext_lazy("alert"),
    "digest": gettext_lazy("digest"),
    "edition": gettext_lazy("edition"),
    "invite": gettext_lazy("invitation"),
    "reset": gettext_lazy("new password"),
    "notice": gettext_lazy("notice"),
    "test": gettext_lazy("test"),
}
_EVENTS: Mapping[str, str | Promise] = {
    "made": gettext_lazy("Made"),
    "handed": gettext_lazy("Handed to the server, its answer awaited"),
    "sent": gettext_lazy("Taken by the server"),
    "deferred": gettext_lazy("Not delivered, tried again later"),
    "failed": gettext_lazy("Refused"),
    "uncertain": gettext_lazy("Not known whether it was delivered"),
    "expired": gettext_lazy("Too old to be sent"),
    "suppressed": gettext_lazy("Not sent"),
    "resent": gettext_lazy("To be sent again"),
    "cancelled": gettext_lazy("Cancelled"),
}
_REASONS: Mapping[str, str | Promise] = {
    "accepted": gettext_lazy("The server calls it"),
    "no-connect": gettext_lazy("The mail server could not be reached"),
    "no-hello": gettext_lazy("The mail server would not talk to us"),
    "no-tls": gettext_lazy("The connection could not be protected, so nothing was sent"),
    "no-login": gettext_lazy("The mail server did not let us in"),
    "cut-before-end": gettext_lazy("The connection was lost before the message was complete"),
    "server-closes": gettext_lazy("The mail server asked to come back later"),
    "later": gettext_lazy("The mail server asked to try later"),
    "sender-refused": gettext_lazy("The mail server does not take mail from this sender: check MONITOR_MAIL_FROM"),
    "address-refused": gettext_lazy("The mail server refused the address"),
    "message-refused": gettext_lazy("The mail server refused the message"),
    "silent-after-end": gettext_lazy("The mail server did not answer after the whole message had been written"),
    "worker-ended": gettext_lazy("The worker ended before the mail server's answer was written down"),
    "too-old": gettext_lazy("Its time was over before it could be delivered"),
    "address-suppressed": gettext_lazy("The address has refused mail for good"),
    "no-sender": gettext_lazy("Kept to be read: MONITOR_MAIL_FROM was not set when it was made"),
    "restored": gettext_lazy("Made before the backup that was restored; it may have been sent then"),
    "unsubscribed": gettext_lazy("The recipient has unsubscribed"),
    "muted": gettext_lazy("The recipient wants no more alerts of this story"),
    "withdrawn": gettext_lazy("The edition was withdrawn"),
}
_REFUSED: Mapping[str, str | Promise] = {
    "changed": gettext_lazy("This message is being sent or was changed meanwhile; this is how it stands now."),
    "no-sender": gettext_lazy("It was made without a sender’s address and cannot leave."),
    "let-go": gettext_lazy("Its text was let go, because it held a link that lets somebody in. Make a new link."),
    "suppressed": gettext_lazy("No mail goes to this address, because it refused mail. Lift that first, on the page of the outbox."),
    "unsubscribed": gettext_lazy("The recipient has unsubscribed"),
    "withdrawn": gettext_lazy("The edition was withdrawn: publish it again, and what was taken back is sent."),
}
_TONES: Mapping[str, str] = {
    "sent": "good",
    "failed": "bad",
    "suppressed": "bad",
    "uncertain": "warn",
    "deferred": "warn",
    "expired": "warn",
}
_STAGES: Mapping[str, str] = {stage: f"no-{stage}" for stage in ("connect", "hello", "tls", "login")} | {"sender": "sender-refused"}


def state(name: str) -> str:
    """A state in a word or two."""
    return str(_STATES.get(name, name))


def kind(name: str) -> str:
    """A kind of message."""
    return str(_KINDS.get(name, name))


def event(name: str) -> str:
    """What happened."""
    return str(_EVENTS.get(name, name))


def reason(note: str) -> tuple[str, str]:
    """Why, in the reader's language, and the mail server's own words; both may be empty."""
    code, _, said = note.partition(": ")
    if code in _REASONS:
        return str(_REASONS[code]), said
    return "", note


def refused(code: str) -> str:
    """Why something could not be done about a message."""
    return str(_REFUSED.get(code, code))


def tone(state: str) -> str:
    """The tone a state is shown in: good, bad, warn or calm."""
    return _TONES.get(state, "calm")


def line(why: str) -> tuple[str, str]:
    """Why the line to the server is broken: `stage: the server's words`."""
    stage, _, said = why.partition(": ")
    return str(_REASONS[_STAGES.get(stage, "cut-before-end")]), said

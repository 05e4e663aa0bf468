"""Plain words for editions: states, what hinders freezing, what was refused, what was done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from monitor.errors import EditionRefused
from monitor.pipeline.edition import Gap, Hindrance

Words = Mapping[str, str | Promise]

STATE: Words = {
    "open": gettext_lazy("In progress"),
    "frozen": gettext_lazy("Frozen"),
    "published": gettext_lazy("Published"),
    "withdrawn": gettext_lazy("Withdrawn"),
}
TONE: Mapping[str, str] = {"open": "calm", "frozen": "warn", "published": "good", "withdrawn": "bad"}
_REFUSED: Words = {
    "gone": gettext_lazy("This edition is no longer there."),
    "number": gettext_lazy("There is an edition with this number in this language already, or it is no number from 1 to 1,000,000."),
    "title": gettext_lazy("A title has at most 300 characters."),
    "meanwhile": gettext_lazy("Somebody else changed this edition meanwhile."),
    "state": gettext_lazy("The edition is in another state by now; nothing was changed."),
    "piece": gettext_lazy("This piece is no longer there."),
    "elsewhere": gettext_lazy("This piece stands in another edition by now; nothing was changed."),
    "language": gettext_lazy("The piece or the style has no words in the edition’s language; nothing was changed."),
    "section": gettext_lazy("The edition has no such section."),
    "hindered": gettext_lazy("It cannot be frozen yet; what hinders is listed on the board."),
    "kept": gettext_lazy("This edition was frozen once; its history is kept."),
    "nothing": gettext_lazy("There is nothing to take back: something else was done since."),
    "text": gettext_lazy("Write what was wrong and what is right, in at most 2,000 characters."),
}
_REFUSED_READERS: Words = {
    "address": gettext_lazy("This is no mail address."),
    "how": gettext_lazy("Write how they agreed: nobody receives editions who did not."),
    "known": gettext_lazy("They receive the editions already."),
    "left": gettext_lazy("They left the editions and are not asked again. If they agreed anew, write how."),
    "site": gettext_lazy("Set MONITOR_PUBLIC_URL first: every message carries the address that ends the subscription."),
    "nobody": gettext_lazy("Nobody has agreed to receive editions in this language yet."),
}
_VERDICT: Words = {
    "new": gettext_lazy("new"),
    "again": gettext_lazy("was asked before; counts as agreed from now on"),
    "known": gettext_lazy("receives the editions already"),
    "left": gettext_lazy("left the editions; not added"),
    "address": gettext_lazy("no mail address in this line"),
    "twice": gettext_lazy("stands in the list twice"),
    "long": gettext_lazy("this line is too long"),
    "many": gettext_lazy("the list goes on; paste the rest afterwards"),
}
_SUBSCRIBER: Words = {"asked": gettext_lazy("asked"), "agreed": gettext_lazy("agreed"), "left": gettext_lazy("left")}
_MAIL: Words = {
    "failed": gettext_lazy("refused by their server"),
    "suppressed": gettext_lazy("the address refuses mail"),
    "expired": gettext_lazy("not sent in time"),
    "cancelled": gettext_lazy("taken back: they left, or the edition was withdrawn"),
}
_FORMS: Words = {
    "html": gettext_lazy("Web page"),
    "mail": gettext_lazy("HTML for mail"),
    "text": gettext_lazy("Plain text"),
    "markdown": gettext_lazy("Markdown"),
    "docx": gettext_lazy("Word"),
    "pdf": gettext_lazy("PDF"),
    "bibtex": gettext_lazy("BibTeX"),
    "ris": gettext_lazy("RIS"),
    "csl": gettext_lazy("CSL-JSON"),
}
_HINDERED: Words = {
    "empty": gettext_lazy("No piece stands on the board."),
    "draft": gettext_lazy("“%(title)s” is still a draft."),
    "submitted": gettext_lazy("“%(title)s” waits to be accepted."),
    "returned": gettext_lazy("“%(title)s” was returned to its author."),
    "untitled": gettext_lazy("A piece has no title."),
    "unwritten": gettext_lazy("“%(title)s” has no text."),
    "unsigned": gettext_lazy("“%(title)s” is not signed: its author has no name."),
}
_DONE: Words = {
    "made": gettext_lazy("begun"),
    "changed": gettext_lazy("facts changed"),
    "placed": gettext_lazy("placed: %(note)s"),
    "undone": gettext_lazy("a change taken back"),
    "frozen": gettext_lazy("frozen"),
    "reopened": gettext_lazy("opened again"),
    "published": gettext_lazy("published"),
    "withdrawn": gettext_lazy("withdrawn"),
    "restored": gettext_lazy("published again"),
    "corrected": gettext_lazy("corrected"),
    "uncorrected": gettext_lazy("a correction taken back"),
    "exported": gettext_lazy("exported: %(note)s"),
    "sent": gettext_lazy("sent: %(note)s"),
    "unfit": gettext_lazy("not written to, because it is no mail address: %(note)s"),
    "imported": gettext_lazy("read from a file: %(note)s"),
}


def state(code: str) -> str:
    """The words for a state."""
    return str(STATE.get(code, code))


def refused(why: EditionRefused) -> str:
    """Why something was not done."""
    return str(_REFUSED.get(why.code) or _REFUSED_READERS.get(why.code) or why)


def verdict(code: str) -> str:
    """What becomes of a line of a pasted list."""
    return str(_VERDICT.get(code, code))


def subscriber_state(code: str) -> str:
    """Whether somebody agreed."""
    return str(_SUBSCRIBER.get(code, code))


def mail_state(code: str) -> str:
    """Why a message did not arrive."""
    return str(_MAIL.get(code, code))


def form_name(code: str, label: str) -> str:
    """The name of a form an edition is set in."""
    return str(_FORMS.get(code, label))


def hindrance(one: Hindrance) -> str:
    """One thing that stands in the way of freezing."""
    if one.code == "sources":
        words = ngettext(
            "“%(title)s” cites %(have)d source; %(needed)d are needed.",
            "“%(title)s” cites %(have)d sources; %(needed)d are needed.",
            one.have,
        )
        return words % {"title": one.title, "have": one.have, "needed": one.needed}
    return str(_HINDERED.get(one.code, one.code)) % {"title": one.title or _("untitled")}


def gap(one: Gap) -> str:
    """A section with too few pieces: `Asia: 1 of 3`."""
    return _("%(section)s: %(have)d of %(target)d") % {"section": one.label, "have": one.have, "target": one.target}


def done(kind: str, note: str) -> str:
    """One thing that was done with an edition."""
    words: Any = _DONE.get(kind, kind)
    told = str(words)
    return told % {"note": note} if "%(note)s" in told else told + (f" ({note})" if note and kind != "undone" else "")

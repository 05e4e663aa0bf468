"""Why a change to the people of the desk was refused, and what happened to them, in the reader's words."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from monitor.errors import PersonRefused
from monitor.store.pages_people import Change
from monitor.web import words

_REFUSED: dict[str, str | Promise] = {
    "address": gettext_lazy("This is no e-mail address; letters with accents stand after the @ only. Write it as ada@example.org."),
    "known": gettext_lazy("Somebody of the desk has this address already."),
    "role": gettext_lazy("Choose a role."),
    "language": gettext_lazy("The desk does not speak this language."),
    "nobody": gettext_lazy("There is no such person at this desk."),
    "meanwhile": gettext_lazy("Somebody else was faster, so you changed nothing. The page shows how it is now."),
    "last-admin": gettext_lazy("This is the only admin of the desk. Make somebody else admin first."),
    "yourself": gettext_lazy("Nobody shuts themselves out. Ask another admin."),
    "out": gettext_lazy("This person is shut out. Let them in first."),
    "ended": gettext_lazy("This invitation was accepted or revoked meanwhile."),
}


def refused(why: PersonRefused) -> str:
    """The sentence for a refusal."""
    return str(_REFUSED.get(why.code, str(why)))


def change(one: Change) -> str:
    """What happened to a person, without who and when."""
    if one.kind == "role":
        before, _blank, after = one.note.partition(" ")
        return _("role changed from %(before)s to %(after)s") % {"before": _role(before), "after": _role(after)}
    if one.kind == "joined":
        return _("accepted the invitation as %(role)s") % {"role": _role(one.note)}
    said = {
        "shut_out": _("shut out"),
        "let_in": _("let in again"),
        "signed_out": _("signed out everywhere"),
        "reset_link": _("link for a new password made"),
        "password": _("password set by a link"),
    }
    return said.get(one.kind, one.kind)


def _role(code: str) -> str:
    return words.say("role", code).lower()

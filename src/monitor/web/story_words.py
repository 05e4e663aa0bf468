"""What people do to stories, in words: what came of it, and what happened to a story."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from monitor.store.pages_story import EditLine

REFUSED: Mapping[str, str | Promise] = {
    "gone": gettext_lazy("That story is not there. Nothing was changed."),
    "moved": gettext_lazy("The story has been merged with another meanwhile: this is where it lives now. Nothing was changed."),
    "changed": gettext_lazy("Somebody has changed one of the two stories meanwhile: look at them again. Nothing was changed."),
    "articles": gettext_lazy("Some of the articles chosen are in another story by now: look again. Nothing was changed."),
    "none": gettext_lazy("Choose the articles that tell another story."),
    "all": gettext_lazy("Leave at least one article in this story."),
    "same": gettext_lazy("That is this very story: choose another one."),
    "claims": gettext_lazy("Two people have claimed the two stories: one of them hands theirs back first. Nothing was changed."),
    "past": gettext_lazy("The story was changed again since: undo what came later first."),
}


@dataclass(frozen=True, slots=True)
class Happened:
    """A line of a story's history: what, when, by whom, and the other story."""

    edit: EditLine
    words: str


def refused(why: str, last: EditLine | None, zone: ZoneInfo) -> str:
    """Why nothing was changed; of a story that somebody else changed, who and when."""
    if why == "changed" and last is not None and last.by:
        at = date_format((last.undone_at or last.at).astimezone(zone), "H:i")
        told = {"name": last.undone_by or last.by, "at": at, "what": happened(last)}
        return _("%(name)s was first, at %(at)s: %(what)s. Look at the story again; nothing was changed.") % told
    return str(REFUSED.get(why, why))


def done(edit: EditLine) -> str:
    """What an edit came to, for the person who made it."""
    if edit.kind == "merged":
        return _("The two are one story now, and stay one.")
    if edit.kind == "left_out":
        return _("The article is out of this story, and stays out.")
    return _("The story is two now, and the two stay apart.")


def happened(edit: EditLine) -> str:
    """What was done, as a line without time and name."""
    n = edit.came
    if edit.kind == "merged":
        return ngettext(
            "another story merged with this one: %(n)d article came", "another story merged with this one: %(n)d articles came", n
        ) % {"n": n}
    if edit.kind == "left_out":
        return _("an article taken out: “not this”") if edit.here else _("taken out of another story: “not this”")
    if edit.here:
        return ngettext("split: %(n)d article went to another story", "split: %(n)d articles went to another story", n) % {"n": n}
    return _("split off another story")


def history(edits: tuple[EditLine, ...]) -> list[Happened]:
    """A story's history, last first."""
    return [Happened(one, happened(one)) for one in edits]

"""The words of the Desk page: jobs, what they did, what was given up, where a setting comes from."""

from __future__ import annotations

import re

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

_JOBS: dict[str, str | Promise] = {
    "poll_feeds": gettext_lazy("Poll feeds"),
    "read_articles": gettext_lazy("Read articles"),
    "group_stories": gettext_lazy("Group stories"),
    "queue_leads": gettext_lazy("Rank stories, queue leads"),
    "hand_back": gettext_lazy("Hand back claims, end snoozes"),
    "count_pulse": gettext_lazy("Count what is told unusually often"),
    "prune": gettext_lazy("Let go what is too old"),
    "checkpoint": gettext_lazy("Write the journal back"),
    "back_up": gettext_lazy("Copy the database, at night"),
    "check_outlets": gettext_lazy("Judge the outlets"),
    "look_at_addresses": gettext_lazy("Look at pasted addresses, try outlets by hand"),
    "read_sources": gettext_lazy("Read the sources of pieces, ask for their links"),
    "count_balance": gettext_lazy("Count where the articles come from"),
    "send_alerts": gettext_lazy("Tell people of what met their alerts"),
    "send_digest": gettext_lazy("Make the digests"),
    "send_editions": gettext_lazy("Make the mails of editions"),
    "send_mail": gettext_lazy("Hand over mail"),
    "tend_themes": gettext_lazy("Take up and try changed themes"),
    "tag_again": gettext_lazy("Tag articles again after a change of terms"),
}


def job(name: str) -> str:
    """A job of the timetable in words, or its name."""
    return str(_JOBS.get(name, name))


def summary(text: str) -> str:
    """What a job said it did, in the reader's language: jobs write English for the log, so the phrases they use are turned one by one."""
    told = _SAID.sub(lambda found: str(_WORDS[found[0]]), text)
    return told if (get_language() or "en").startswith("en") else told.replace(": ", "\u00a0: ").replace("; ", "\u202f; ")


def given_up(kind: str, count: int) -> str:
    """What was given up, with its number."""
    if kind == "feeds":
        return ngettext("%(n)d feed", "%(n)d feeds", count) % {"n": count}
    if kind == "articles":
        return ngettext("%(n)d article", "%(n)d articles", count) % {"n": count}
    if kind == "taggings":
        return ngettext("%(n)d tagging after a change of terms", "%(n)d taggings after changes of terms", count) % {"n": count}
    if kind == "alerts":
        return ngettext("%(n)d alert", "%(n)d alerts", count) % {"n": count}
    return ngettext("%(n)d story", "%(n)d stories", count) % {"n": count}


def source(of: str) -> str:
    """Where a setting comes from: default, environment, or a file's path."""
    return {"default": _("default"), "environment": _("environment")}.get(of, of)


_WORDS: dict[str, str | Promise] = {
    "feeds polled": gettext_lazy("feeds polled"),
    "not modified": gettext_lazy("not modified"),
    "unchanged": gettext_lazy("unchanged"),
    "changed": gettext_lazy("changed"),
    "failed": gettext_lazy("failed"),
    "new articles": gettext_lazy("new articles"),
    "articles read": gettext_lazy("articles read"),
    "articles tagged again": gettext_lazy("articles tagged again"),
    "of them without text": gettext_lazy("of them without text"),
    "articles grouped": gettext_lazy("articles grouped"),
    "stories merged": gettext_lazy("stories merged"),
    "stories ranked": gettext_lazy("stories ranked"),
    "new leads": gettext_lazy("new leads"),
    "claims handed back": gettext_lazy("claims handed back"),
    "snoozes ended": gettext_lazy("snoozes ended"),
    "digest made": gettext_lazy("digest made"),
    "digests made": gettext_lazy("digests made"),
    "digest skipped": gettext_lazy("digest skipped"),
    "digests skipped": gettext_lazy("digests skipped"),
    "digest failed": gettext_lazy("digest failed"),
    "digests failed": gettext_lazy("digests failed"),
    "nothing to prune": gettext_lazy("nothing to prune"),
    "texts of feeds": gettext_lazy("texts of feeds"),
    "texts of sources": gettext_lazy("texts of sources"),
    "sources of pieces asked for": gettext_lazy("sources of pieces asked for"),
    "texts": gettext_lazy("texts"),
    "articles": gettext_lazy("articles"),
    "old links": gettext_lazy("old links"),
    "sessions": gettext_lazy("sessions"),
    "fetch events": gettext_lazy("fetch events"),
    "outlets judged anew": gettext_lazy("outlets judged anew"),
    "addresses looked at": gettext_lazy("addresses looked at"),
    "outlets tried by hand": gettext_lazy("outlets tried by hand"),
    "days of articles counted by where they come from": gettext_lazy("days of articles counted by where they come from"),
    "day of articles counted by where they come from": gettext_lazy("day of articles counted by where they come from"),
    "pairs of theme and country counted": gettext_lazy("pairs of theme and country counted"),
    "pair of theme and country counted": gettext_lazy("pair of theme and country counted"),
    "far above usual": gettext_lazy("far above usual"),
    "of them new": gettext_lazy("of them new"),
    "what is usual is known after": gettext_lazy("what is usual is known after"),
    "days": gettext_lazy("days"),
    "messages": gettext_lazy("messages"),
    "alert mails made": gettext_lazy("alert mails made"),
    "put off": gettext_lazy("put off"),
    "kept for the digest": gettext_lazy("kept for the digest"),
    "mails of editions made": gettext_lazy("mails of editions made"),
    "messages sent": gettext_lazy("messages sent"),
    "messages deferred": gettext_lazy("messages deferred"),
    "messages failed": gettext_lazy("messages failed"),
    "messages uncertain": gettext_lazy("messages uncertain"),
    "messages expired": gettext_lazy("messages expired"),
    "messages suppressed": gettext_lazy("messages suppressed"),
    "MB copied": gettext_lazy("MB copied"),
    "old backups let go": gettext_lazy("old backups let go"),
    "no backup: this machine has no pg_dump": gettext_lazy("no backup: this machine has no pg_dump"),
    "now": gettext_lazy("now"),
}
_SAID = re.compile(r"\b(?:" + "|".join(sorted(map(re.escape, _WORDS), key=len, reverse=True)) + r")\b")

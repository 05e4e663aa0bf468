"""What the source doctor found, in words: the name of a trouble, what it means for this outlet, and what to do about it.

The command line says the same words in English.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from monitor.pipeline.source_doctor import Baseline, Diagnosis, Known, Trouble
from monitor.web import language

NAME: Mapping[str, str | Promise] = {
    "silent": gettext_lazy("Silent"),
    "slowed": gettext_lazy("Slowed down"),
    "moved": gettext_lazy("Moved"),
    "moved_taken": gettext_lazy("Moved to a feed we have"),
    "gone": gettext_lazy("Gone"),
    "blocked": gettext_lazy("Bot protection"),
    "pages_blocked": gettext_lazy("Pages refused"),
    "credentials": gettext_lazy("Asks for a password or payment"),
    "robots": gettext_lazy("Its robots.txt asks us not to read it"),
    "not_feed": gettext_lazy("No longer a feed"),
    "dormant": gettext_lazy("Given up after months of failures"),
    "failing": gettext_lazy("Failing"),
    "given_up": gettext_lazy("Stopped by an error of ours"),
    "summary": gettext_lazy("Summaries only"),
    "undated": gettext_lazy("Undated"),
    "language": gettext_lazy("Other language"),
    "paywalled": gettext_lazy("Paywalled"),
    "reserved": gettext_lazy("Rights reserved"),
    "clock": gettext_lazy("Clock wrong"),
}
_MEANS: Mapping[str, str | Promise] = {
    "gone": gettext_lazy("The outlet says this feed is gone for good, so it is not asked any more."),
    "blocked": gettext_lazy("A bot protection answers in the outlet’s place. We never try to get round it and ask once a day."),
    "credentials": gettext_lazy("The feed asks for a password or payment. It is looked at once a day."),
    "robots": gettext_lazy("The outlet’s robots.txt names our robot and asks it to stay away, so it is not read."),
    "not_feed": gettext_lazy("The address answers with a page that is not a feed."),
    "dormant": gettext_lazy("The feed has failed for three months and is not asked any more."),
    "failing": gettext_lazy("The last requests failed; it is asked again, less and less often."),
    "given_up": gettext_lazy("Reading this feed failed five times for a reason of our own."),
}
_REMEDY: Mapping[str, str | Promise] = {
    "silent": gettext_lazy("Look at the site: does it still publish, and in this feed? Its feed may have another address now."),
    "slowed": gettext_lazy("Look at the site: has it split its feed into several?"),
    "moved": gettext_lazy("If the new address is the outlet’s, adopt it: history and articles stay."),
    "moved_taken": gettext_lazy("The desk has a feed with the new address already: archive this one."),
    "gone": gettext_lazy("Look for the outlet’s new feed, or archive it. If the outlet has brought it back, ask again."),
    "blocked": gettext_lazy("Write to the outlet and ask it to admit our robot; the page about our robot says what to tell it."),
    "pages_blocked": gettext_lazy("Use the text of its feed, or write to the outlet and ask it to admit our robot."),
    "credentials": gettext_lazy("Look for an open feed on its site, or pause it."),
    "robots": gettext_lazy("Write to the outlet, or archive it."),
    "not_feed": gettext_lazy("Look for its new feed on its site."),
    "dormant": gettext_lazy("Look for its new feed on its site, or archive it."),
    "failing": gettext_lazy("Nothing to do for a day or two; then look at the site."),
    "given_up": gettext_lazy("Try again; if it stops again, tell whoever runs this machine: the log says why."),
    "summary": gettext_lazy("If its pages hold the whole text, read the pages; if its feed does, use the feed’s text."),
    "undated": gettext_lazy("Nothing to do: articles are ordered by the time we saw them, and a citation needs its date by hand."),
    "language": gettext_lazy("If the outlet publishes in this language, set it."),
    "paywalled": gettext_lazy("The free part is kept. If the feed holds more, use the feed’s text."),
    "reserved": gettext_lazy("Nothing to do: title, link, date and summary are kept, the text for a day at most."),
    "clock": gettext_lazy("Nothing to do: later dates count from when we saw the article. Check its dates before citing."),
}
BUTTON: Mapping[str, str | Promise] = {
    "adopt": gettext_lazy("Adopt the new address"),
    "revive": gettext_lazy("Ask again"),
    "retry": gettext_lazy("Try again"),
    "try": gettext_lazy("Try now"),
    "find": gettext_lazy("Look for its feed"),
    "read_feed": gettext_lazy("Use the feed’s text"),
    "read_page": gettext_lazy("Read its pages"),
    "set_language": gettext_lazy("Set the language"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """One trouble in words; `button` is "" when there is nothing to press."""

    code: str
    tone: str
    name: str
    means: str
    reason: str
    advice: str
    feed: str
    since: datetime | None
    remedy: str
    button: str
    value: str


def told(trouble: Trouble) -> Told:
    """A trouble in the reader's language."""
    return Told(
        code=trouble.code,
        tone=trouble.severity,
        name=name(trouble.code),
        means=_means(trouble),
        reason=str(trouble.values.get("reason", "")),
        advice=str(_REMEDY.get(trouble.code, "")),
        feed=trouble.feed,
        since=trouble.since,
        remedy=trouble.remedy,
        button=str(BUTTON.get(trouble.remedy, "")),
        value=str(trouble.values.get("language" if trouble.code == "language" else "to", "")),
    )


def name(code: str) -> str:
    """The name of a trouble."""
    return str(NAME.get(code, code))


def _means(trouble: Trouble) -> str:
    values = trouble.values
    if trouble.code == "silent":
        return _silent(trouble)
    if trouble.code == "slowed":
        return _("%(got)d articles in %(days)d days; %(expected)d are usual for these days.") % values
    if trouble.code in ("moved", "moved_taken"):
        return _("Every request is sent on for good to %(to)s") % values
    if trouble.code == "language":
        said = {"mostly": language.name(str(values["language"])), "said": language.name(str(values["said"]))}
        return _("%(count)d of its last %(of)d articles are in another language (%(mostly)s); the desk expects %(said)s.") % {
            **values,
            **said,
        }
    if "of" in values:
        return str(_SHARES[trouble.code]) % values
    return str(_MEANS.get(trouble.code, ""))


_SHARES: Mapping[str, str | Promise] = {
    "pages_blocked": gettext_lazy("%(count)d of its last %(of)d article pages refused our robot."),
    "paywalled": gettext_lazy("%(count)d of its last %(of)d articles stop at a paywall."),
    "summary": gettext_lazy("%(count)d of its last %(of)d articles came without their whole text."),
    "undated": gettext_lazy("%(count)d of its last %(of)d articles have no date."),
    "reserved": gettext_lazy("%(count)d of its last %(of)d articles reserve their text against automatic reading."),
    "clock": gettext_lazy("%(count)d of its last %(of)d articles are dated later than the moment we saw them."),
}


def _silent(trouble: Trouble) -> str:
    days = int(trouble.values["days"])
    said = ngettext("Nothing new for %(n)d day", "Nothing new for %(n)d days", days) % {"n": days}
    if "expected" not in trouble.values:
        return _("%(said)s, although its feed answers.") % {"said": said}
    expected = int(trouble.values["expected"])
    usual = ngettext("%(n)d article is usual in that time", "%(n)d articles are usual in that time", expected) % {"n": expected}
    return _("%(said)s, although its feed answers; %(usual)s.") % {"said": said, "usual": usual}


def volume(days: tuple[Known, ...], today: int, usual: Baseline | None) -> str:
    """The chart of articles a day in words."""
    known = [count for count in days if count is not None]
    if not known:
        return _("No complete day known yet.")
    told_ = ngettext("%(n)d article in %(days)s", "%(n)d articles in %(days)s", sum(known)) % {
        "n": sum(known),
        "days": ngettext("%(n)d day", "%(n)d days", len(known)) % {"n": len(known)},
    }
    if usual is None:
        return _("%(told)s. What is usual is not known yet: that takes two to three weeks.") % {"told": told_}
    means = {
        "told": told_,
        "mean": number_format(usual.mean, 1),
        "low": number_format(usual.low, 1),
        "yesterday": known[-1],
        "today": today,
    }
    return _("%(told)s. Usual: %(mean)s a day, quiet below %(low)s. Yesterday %(yesterday)d, today so far %(today)d.") % means


def not_known_yet(diagnosis: Diagnosis) -> list[str]:
    """What nothing can be said of yet."""
    found = []
    if diagnosis.baseline is None:
        found.append(_("Its usual volume: known after two to three weeks."))
    if not diagnosis.sampled:
        found.append(_("Dates, language, paywall and rights: known after ten articles."))
    return found

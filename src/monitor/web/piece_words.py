"""Pieces in words: what each check found and what to do about it, how far a piece is, and what happened to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.dateparse import parse_date
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from monitor.pipeline.piece_checks import Check, Finding
from monitor.store.pages_pieces import Notice, Step
from monitor.web.templatetags.days import written

NAMES: Mapping[str, str | Promise] = {
    "title": pgettext_lazy("check of a piece", "Title"),
    "words": pgettext_lazy("check of a piece", "Length"),
    "signature": pgettext_lazy("check of a piece", "Signature"),
    "sources": pgettext_lazy("check of a piece", "Sources"),
    "spread": pgettext_lazy("check of a piece", "Languages and countries"),
    "story": pgettext_lazy("check of a piece", "Sources tell this story"),
    "window": pgettext_lazy("check of a piece", "Dates"),
    "quotations": pgettext_lazy("check of a piece", "Quotations"),
    "copied": pgettext_lazy("check of a piece", "In your own words"),
    "links": pgettext_lazy("check of a piece", "Links of sources"),
    "headlines": pgettext_lazy("check of a piece", "Headlines"),
    "markdown": pgettext_lazy("check of a piece", "Text and links"),
}
STATES: Mapping[str, str | Promise] = {
    "good": pgettext_lazy("state of a check", "In order"),
    "warning": pgettext_lazy("state of a check", "Look at it"),
    "bad": pgettext_lazy("state of a check", "To be mended"),
    "unknown": pgettext_lazy("state of a check", "Cannot be checked"),
}
PIECE_STATES: Mapping[str, str | Promise] = {
    "draft": pgettext_lazy("state of a piece", "Draft"),
    "submitted": pgettext_lazy("state of a piece", "Handed in"),
    "returned": pgettext_lazy("state of a piece", "Returned"),
    "accepted": pgettext_lazy("state of a piece", "Accepted"),
    "withdrawn": pgettext_lazy("state of a piece", "Withdrawn"),
}
HAPPENED: Mapping[str, str | Promise] = {
    "started": pgettext_lazy("piece", "Begun"),
    "submitted": pgettext_lazy("piece", "Handed in"),
    "went_back": pgettext_lazy("piece", "Taken back to write on"),
    "returned": pgettext_lazy("piece", "Returned to its writer"),
    "accepted": pgettext_lazy("piece", "Accepted"),
    "reopened": pgettext_lazy("piece", "Acceptance taken back"),
    "withdrawn": pgettext_lazy("piece", "Withdrawn"),
    "restored": pgettext_lazy("piece", "Brought back as a draft"),
    "placed": pgettext_lazy("piece", "Placed in an edition"),
}
_SAID: Mapping[str, str | Promise] = {
    "titled": gettext_lazy("The piece has a title."),
    "no-title": gettext_lazy("Give the piece a title."),
    "signed": gettext_lazy("Signed %(name)s."),
    "unsigned": gettext_lazy("Nobody signs it: fill in the signature, or your given and family name on your own page."),
    "one-voice": gettext_lazy("All sources speak one language in one country: add one from another language or country."),
    "spread-unknown": gettext_lazy("The language or country of %(outlet)s is not known: say it beside the source."),
    "in-story": gettext_lazy("Every source is an article of this story."),
    "other-story": gettext_lazy("%(outlet)s: in the archive, but not in this story. Right for background; else take it out."),
    "article-lost": gettext_lazy("%(outlet)s: the article is not in the archive any more."),
    "added-by-address": gettext_lazy("%(outlet)s: read at its address, not in this story. Compare headline and date with the page."),
    "being-read": gettext_lazy("%(outlet)s: its page is being read; this may take a minute."),
    "page-unread": gettext_lazy("%(outlet)s: its page could not be read. Fill in headline and date from the page yourself."),
    "being-asked": gettext_lazy("The links are being asked for, one host after the other."),
    "typed": gettext_lazy("%(outlet)s: typed by hand; the desk has not seen this article. Compare it with the page yourself."),
    "other-outlet": gettext_lazy("%(outlet)s: this article is by %(now)s. Take over the outlet’s name."),
    "no-sources": gettext_lazy("There is no source yet."),
    "undated": gettext_lazy("%(outlet)s: no date. Look it up on the page and fill it in."),
    "future": gettext_lazy("%(outlet)s: dated in the future. Correct the date."),
    "in-window": gettext_lazy("All sources are recent enough."),
    "links": gettext_lazy("Every link leads to its article."),
    "no-address": gettext_lazy("%(outlet)s: no address, so no link."),
    "dead": gettext_lazy("%(outlet)s: the link leads nowhere any more. Cite another article, or leave the address out."),
    "not-asked": gettext_lazy("%(outlet)s: the link has not been asked for yet."),
    "none-asked": gettext_lazy("Links are asked for when the piece is handed in."),
    "headlines": gettext_lazy("The headlines stand as the outlets have them now."),
    "headline-changed": gettext_lazy("%(outlet)s has changed its headline: “%(now)s”. Take it over, or keep what you read."),
    "no-headline": gettext_lazy("%(outlet)s: no headline. Fill it in."),
    "plain": gettext_lazy("Nothing in the text that would not be printed."),
    "link-not-allowed": gettext_lazy("A link may lead to http, https or mailto only: %(address)s"),
    "image": gettext_lazy("Pieces carry no images: this becomes a link."),
    "tag": gettext_lazy("HTML is printed as it stands: take it out, or use *italic* and **bold**."),
    "not-verbatim": gettext_lazy("No source has these words. Quote word for word, with […] for what you leave out, or without marks."),
    "quotation-translated": gettext_lazy("Perhaps your translation from %(outlet)s: it cannot be compared. Read it against the original."),
    "quotation-gone": gettext_lazy("The desk has no text of %(outlet)s to compare with. Compare it with the page yourself."),
    "quotation-part": gettext_lazy("Of %(outlet)s only a part could be read. Compare it with the page yourself."),
    "text-gone": gettext_lazy("The text of %(outlet)s is no longer kept. Compare it with the page yourself."),
    "own-words": gettext_lazy("No passage of more than twelve words is a source’s."),
    "copy-text-gone": gettext_lazy("%(outlet)s: the text is no longer kept, so nothing can be compared with it."),
    "copy-unread": gettext_lazy("%(outlet)s: the desk has no text of it, so nothing can be compared with it."),
}


@dataclass(frozen=True, slots=True)
class Told:
    """A finding as the page shows it: a sentence, the words of the piece it is about, the place of the source it is about (0: none)."""

    state: str
    words: str
    passage: str
    source: int


@dataclass(frozen=True, slots=True)
class ToldCheck:
    """A check as the page shows it."""

    id: str
    state: str
    state_words: str
    name: str
    findings: tuple[Told, ...]


def checks(found: Iterable[Check]) -> list[ToldCheck]:
    """The checks in words, what is to be mended first."""
    told = [
        ToldCheck(one.id, one.state, str(STATES[one.state]), str(NAMES[one.id]), tuple(_told(finding) for finding in one.findings))
        for one in found
    ]
    order = ("bad", "warning", "unknown", "good")
    return sorted(told, key=lambda one: order.index(one.state))


def _told(finding: Finding) -> Told:
    return Told(finding.state, sentence(finding), finding.passage, finding.source)


def sentence(finding: Finding) -> str:
    """A finding as a sentence that says what to do."""
    values = dict(finding.values)
    counted = _counted(finding.code, values)
    return counted or str(_SAID.get(finding.code, finding.code)) % values


def _counted(code: str, values: Mapping[str, str | int]) -> str:
    """The sentences with numbers in them; "" for the others."""
    number = {name: value for name, value in values.items() if isinstance(value, int)}
    if code == "too-short":
        said = ngettext("%(words)d word", "%(words)d words", number["words"])
        return _at(said, values) + _(": about %(about)d are wanted, at least %(shortest)d. %(missing)d to go.") % values
    if code == "too-long":
        said = ngettext("%(words)d word", "%(words)d words", number["words"])
        return _at(said, values) + _(": about %(about)d are wanted, at most %(longest)d. %(over)d too many.") % values
    if code == "length":
        return _at(ngettext("%(words)d word of about %(about)d.", "%(words)d words of about %(about)d.", number["words"]), values)
    if code == "sources":
        return _at(ngettext("%(sources)d source.", "%(sources)d sources.", number["sources"]), values)
    if code == "few-sources":
        return _at(ngettext("Cite %(missing)d source more.", "Cite %(missing)d sources more.", number["missing"]), values)
    if code == "spread":
        languages = _at(ngettext("%(languages)d language", "%(languages)d languages", number["languages"]), values)
        countries = _at(ngettext("%(countries)d country", "%(countries)d countries", number["countries"]), values)
        return f"{languages}, {countries}."
    return _counted_more(code, values, number)


def _counted_more(code: str, values: Mapping[str, str | int], number: Mapping[str, int]) -> str:
    if code == "older":
        day = parse_date(str(values["date"]))
        told = {**values, "date": written(day, "j F Y") if day else ""}
        said = ngettext(
            "%(outlet)s, %(date)s: older than %(days)d day. Right for background; the news itself should be newer.",
            "%(outlet)s, %(date)s: older than %(days)d days. Right for background; the news itself should be newer.",
            number["days"],
        )
        return said % told
    if code == "none-in-window":
        return _at(ngettext("No source of the last %(days)d day.", "No source of the last %(days)d days.", number["days"]), values)
    if code == "copied":
        said = ngettext(
            "%(words)d word in a row is from %(outlet)s. Put it in your own words, or quote it.",
            "%(words)d words in a row are from %(outlet)s. Put them in your own words, or quote them.",
            number["words"],
        )
        return _at(said, values)
    if code == "verbatim":
        said = ngettext("The quotation is word for word.", "All %(quotations)d quotations are word for word.", number["quotations"])
        return _at(said, values)
    return _("Nothing is quoted.") if code == "none-quoted" else ""


def _at(said: str, values: Mapping[str, str | int]) -> str:
    return said % values


def summary(told: Iterable[ToldCheck]) -> str:
    """How the checks stand, in one line."""
    states = [one.state for one in told]
    bad, open_ = states.count("bad"), states.count("warning") + states.count("unknown")
    if bad:
        return ngettext("%(n)d point to be mended", "%(n)d points to be mended", bad) % {"n": bad}
    if open_:
        return ngettext("Nothing to mend, %(n)d point to look at", "Nothing to mend, %(n)d points to look at", open_) % {"n": open_}
    return _("All in order")


def state(code: str) -> str:
    """How far a piece is."""
    return str(PIECE_STATES.get(code, code))


def happened(step: Step) -> str:
    """One step of a piece's history."""
    return str(HAPPENED.get(step.kind, step.kind))


def notice(one: Notice) -> str:
    """What a writer is told of a piece of theirs."""
    values = {"name": one.by or _("The desk"), "title": one.title or _("Piece without a title")}
    if one.kind == "returned":
        return _("%(name)s returned “%(title)s” with remarks.") % values
    if one.kind == "accepted":
        return _("%(name)s accepted “%(title)s”.") % values
    return _("%(name)s commented on “%(title)s”.") % values


def done(step: str) -> str:
    """What a step came to."""
    said = {
        "submit": _("Handed in. An editor reads it next; the links of its sources are asked for."),
        "take-back": _("Taken back: it is a draft again."),
        "return": _("Returned to its writer, who is told."),
        "accept": _("Accepted. It waits for its edition."),
        "reopen": _("The acceptance is taken back: it waits to be read again."),
        "withdraw": _("Withdrawn. The claim lasts 48 hours more."),
        "restore": _("Brought back as a draft."),
        "undo": _("Undone."),
    }
    return said.get(step, "")


def refused(piece_state: str) -> str:
    """Why an act was not done: the piece stands differently by now."""
    where = pgettext("in the middle of a sentence", "not there any more") if not piece_state else state(piece_state).lower()
    return _("That cannot be done: the piece is %(state)s by now, or it is not yours to change. Nothing was changed.") % {"state": where}

"""Why something could not be read, in the reader's language: flows and steps keep one English sentence, and each is known here.

The sentence is its own code: a row holds what was said when it happened, with its figures, for the log, the command line and programs.
Pages find it by its shape and say it in their language; one they do not know is shown as it is. tests/web/test_reason_words.py reads every
such sentence out of the rooms that write them and fails when one is missing here.
"""

from __future__ import annotations

import re
from functools import cached_property, lru_cache

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

SAID: tuple[str | Promise, ...] = (
    _("The outlet's robots.txt asks PressMonitor by name to stay away."),
    _("The outlet's robots.txt asks PressMonitor not to fetch this feed."),
    _("The outlet's robots.txt asks the desk not to read this page."),
    _("The outlet's robots.txt could not be read, so its pages are left alone for now."),
    _("The outlet's pages are left alone for now."),
    _("No contact is set, so only outlets on this machine are fetched: set MONITOR_CONTACT to a mail address or a web page."),
    _("Bot protection answered instead of the outlet; the desk does not try to get round it."),
    _("The outlet answers %(status)s: %(why)s."),
    _("The outlet answers %(status)s, which carries no whole document."),
    _("The outlet answers %(status)s without saying where to."),
    _("The outlet answers 304 to a request without conditions."),
    _("The outlet answered 304 to a first request."),
    _("The outlet answered 304 to a first request: there is no page to read."),
    _("The outlet sent a body with its 304."),
    _("it does not understand the request"),
    _("it wants a user name and password"),
    _("it wants payment"),
    _("it refuses this address"),
    _("there is nothing at this address"),
    _("it does not let this address be read"),
    _("it has no version of this that the desk can take"),
    _("a proxy wants a password"),
    _("it lost patience"),
    _("this address is gone for good"),
    _("the address is too long for it"),
    _("it is asked too often"),
    _("the request's headers are too long for it"),
    _("it may not show this for legal reasons"),
    _("it has a fault of its own"),
    _("its server behind the front does not answer"),
    _("it is overloaded or under repair"),
    _("its server behind the front does not answer in time"),
    _("a redirect the desk cannot follow"),
    _("an error in the request"),
    _("a fault of its own"),
    _("The outlet redirects in a circle."),
    _("The outlet redirects more than %(most)s times."),
    _("The address leads to %(kind)s, not to a page."),
    _("The address answers with %(kind)s, not with an article page."),
    _("something that is not a page"),
    _("That is this desk's own address, which it does not ask."),
    _("The outlet sent more than %(most)s headers."),
    _("The outlet sent more than %(most)s KiB of headers."),
    _("The outlet sent headers without end."),
    _("The outlet sent more than %(most)s MiB."),
    _("The outlet announces %(bytes)s bytes; at most %(most)s are taken."),
    _("The outlet sent only %(bytes)s bytes in %(seconds)s seconds."),
    _("The outlet sent fewer bytes than it announced."),
    _("The outlet packed its answer as “%(coding)s”, though only gzip was asked for."),
    _("The outlet's answer unpacks to more than %(most)s MiB or is a decompression bomb."),
    _("The outlet's gzip stream ends too early."),
    _("The outlet's gzip stream is damaged (%(error)s)."),
    _("The outlet's answer is not proper HTTP: %(why)s."),
    _("The outlet cut the connection."),
    _("The outlet cut the connection without an answer."),
    _("The outlet cannot be reached: %(why)s."),
    _("The outlet took longer than %(seconds)s seconds in all."),
    _("The outlet did not take the call in time."),
    _("The outlet did not finish the TLS handshake in time."),
    _("The outlet fell silent in time."),
    _("No safe connection: %(why)s."),
    _("The request could not be written: %(why)s."),
    _("No network: %(reason)s"),
    _("Nobody could say within %(seconds)s seconds where %(host)s is."),
    _("The name %(host)s is not known (%(why)s)."),
    _("The name %(host)s has no address."),
    _("%(host)s is asked on port %(port)s, which only networks in MONITOR_ALLOW_NETWORKS may use."),
    _("%(host)s leads to a machine that is not asked: %(reason)s"),
    _("%(ip)s is not a public machine (MONITOR_ALLOW_NETWORKS allows networks of your own)."),
    _("%(address)s is not a web address: it must start with http:// or https://."),
    _("%(address)s carries a user name or password, which feed addresses may not."),
    _("%(address)s is longer than %(most)s characters."),
    _("%(address)s contains a backslash or an invisible character."),
    _("%(address)s is malformed."),
    _("%(address)s has no usable host name."),
    _("%(address)s has no valid host name."),
    _("%(address)s has an invalid international host name."),
    _("%(address)s has an impossible port."),
    _("%(address)s spells a number as its host in a disguised way."),
    _("%(address)s spells its IPv6 address in an unusual way; write it in its short lower-case form."),
    _("%(address)s hides an IPv4 address inside an IPv6 one."),
    _("%(address)s names this machine by a word; write 127.0.0.1 with its port instead."),
    _("%(address)s is not a public host name (MONITOR_ALLOW_NETWORKS allows networks of your own)."),
    _("%(address)s uses port %(port)s; only 80 and 443 are asked (MONITOR_ALLOW_NETWORKS allows networks of your own)."),
    _("%(address)s is this machine, and an outlet elsewhere may not send us here."),
    _("%(address)s is this machine; write its port too."),
    _("%(address)s names a machine by number, outside the networks this desk allows (MONITOR_ALLOW_NETWORKS allows networks of your own)."),
    _("The feed could not be read: its parser was stopped (%(reason)s)."),
    _("The page could not be read: its parser was stopped (%(reason)s)."),
    _("The page could not be read (%(error)s)."),
    _("The document could not be read."),
    _("The parser took longer than %(seconds)s seconds."),
    _("The parser used more than %(seconds)s seconds of processor time."),
    _("The parser process ended before its work was done."),
    _("The parser process died of %(signal)s."),
    _("The parser wanted more memory than it may have."),
    _("The parser raised %(error)s"),
    _("The system killed the parser, most likely for want of memory."),
    _("The child announces %(bytes)s bytes, over %(most)s."),
    _("The result has %(bytes)s bytes, over %(most)s."),
    _("Many outlets answer with the same page, which is no feed: the network seems to ask for a sign-in. No outlet is blamed."),
    _("The desk takes only title and summary of this outlet."),
    _("The desk reads this outlet by its feed, %(how)s."),
    _("not by its pages"),
    _("and the feed gave only a summary"),
    _("The desk failed twice to read this article, for a reason of its own; the log says which."),
    _("What the feed brought could not be kept: %(why)s"),
    _("Read in the bounded way, because the full reading took too long."),
    _("The page is larger than 15 MiB."),
    _("The document is no HTML page."),
    _("No article text was found on the page."),
    _("The page asks for a browser instead of showing the article."),
    _("The page shows only the free part of a paid article."),
    _("The page shows hardly more than a summary."),
    _("The page shows only its own summary."),
    _("The document is larger than %(most)s MiB."),
    _("The document is empty."),
    _("The document is not of the format %(format)s."),
    _("The document looks like JSON but cannot be read."),
    _("The document is JSON but no JSON Feed."),
    _("The document is a web page, not a feed."),
    _("The document is no feed in any known format."),
    _("The document declares more than %(most)s entities."),
    _("The document declares an entity that is malformed or too long."),
    _("The document declares an external or parameter entity."),
    _("The document declares an entity that is too long or refers to another."),
    _("The document has a tag with more than %(most)s attributes."),
    _("The document nests its elements deeper than %(most)s."),
    _("The outlet asks for no request before."),
    _("The outlet asks for no request before (capped at 7 days)."),
    _("The outlet calls its answer fresh until then."),
    _("The outlet calls its answer fresh until then (capped at 7 days)."),
    _("This feed had entries and has been empty for two days."),
    _("This feed has not been found for two weeks; has its address changed?"),
    _("This feed has failed for three months and is no longer asked."),
    _("The address answers with a page that is not a feed."),
    _("This feed asks for credentials or payment; it is looked at once a day."),
    _("This feed is blocked by bot protection; ask the outlet to admit our poller. It is tried once a day."),
    _("The outlet says this feed is gone for good; it is no longer asked."),
    _("The outlet said that this feed is gone for good; it is not asked again."),
    _("This feed is unavailable for legal reasons (451); it is no longer asked."),
    _("This feed has moved to %(address)s."),
    _("This feed has moved to %(address)s on another site; adopt the address if it is the outlet's."),
    _("The address is no feed, and the page there names none. Look for a link called RSS on the site and give that address."),
    _("Every feed found is watched already."),
    _("Not looked at: a discovery asks %(most)s times at most."),
    _("%(host)s asked to be left alone until %(until)s UTC."),
    _("%(host)s is being asked right now; try again in a minute."),
    _("It was asked a moment ago, or is being asked now."),
)
_VALUE = re.compile(r"%\\\((\w+)\\\)s")  # as re.escape leaves it


class Sentences:
    """English sentences that are their own code: those without figures, and the shapes of the others."""

    def __init__(self, known: tuple[str | Promise, ...]) -> None:
        self.known = known

    def said(self, sentence: str) -> str:
        """A sentence in the language of the page; one that is not known as it is."""
        return _said(self, sentence[:2_000], get_language() or "en", 0) if sentence else ""

    @cached_property
    def shapes(self) -> tuple[dict[str, str | Promise], tuple[tuple[re.Pattern[str], str | Promise], ...]]:
        """The sentences without figures, and the shapes of the others, those that say most of their own words first."""
        whole: dict[str, str | Promise] = {}
        shapes = []
        for text in self.known:
            source = _source(text)
            if "%(" in source:
                shapes.append(
                    (re.compile(_VALUE.sub(r"(?P<\1>.+?)", re.escape(source)), re.DOTALL), text, len(_VALUE.sub("", re.escape(source))))
                )
            else:
                whole[source] = text
        return whole, tuple((shape, text) for shape, text, _long in sorted(shapes, key=lambda one: -one[2]))


def _source(text: str | Promise) -> str:
    with translation.override(None):
        return str(text)


@lru_cache(maxsize=2_048)
def _said(known: Sentences, sentence: str, language: str, depth: int) -> str:
    whole, shapes = known.shapes
    if language.startswith("en"):
        return sentence
    if sentence in whole:
        return str(whole[sentence])
    for shape, text in shapes:
        if (found := shape.fullmatch(sentence)) is not None:
            inside = found.groupdict()
            return str(text) % {name: _said(known, value, language, depth + 1) if depth < 3 else value for name, value in inside.items()}
    return sentence


_REASONS = Sentences(SAID)


def said(sentence: str) -> str:
    """A stored sentence in the language of the page."""
    return _REASONS.said(sentence)

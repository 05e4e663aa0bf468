"""What a button on an outlet's page does: pause, resume, archive, bring back, try now, a doctor's remedy, and undo for each."""

from __future__ import annotations

import uuid
from dataclasses import replace

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from monitor.config.feeds_shape import canonical_language
from monitor.flows.look_at_addresses import earliest_try
from monitor.store import outlet_edits, outlets
from monitor.store.outlet_edits import Edit
from monitor.web import moment
from monitor.web.access import RUN_OUTLETS, allow
from monitor.web.page import zone_of
from monitor.web.templatetags.days import written
from monitor.web.views.triage import person_of


@allow(RUN_OUTLETS, "POST")
def pause(request: HttpRequest, slug: str) -> HttpResponse:
    """Stop polling an outlet until somebody resumes it."""
    _switch(request, slug, enabled=False)
    messages.success(request, _("Paused: this outlet is not polled until somebody resumes it."))
    return redirect("outlet", slug=slug)


@allow(RUN_OUTLETS, "POST")
def resume(request: HttpRequest, slug: str) -> HttpResponse:
    """Poll an outlet again, no sooner than politeness allows."""
    _switch(request, slug, enabled=True)
    messages.success(request, _("Resumed: it is polled again as soon as politeness allows."))
    return redirect("outlet", slug=slug)


@allow(RUN_OUTLETS, "POST")
def archive(request: HttpRequest, slug: str) -> HttpResponse:
    """Take an outlet out of the desk."""
    done = outlet_edits.archive(slug, person_of(request), moment.now(request))
    return answer(request, slug, done, _("Archived: it is no longer polled, its articles stay. “Bring back” undoes it."))


@allow(RUN_OUTLETS, "POST")
def restore(request: HttpRequest, slug: str) -> HttpResponse:
    """Bring an archived outlet back."""
    done = outlet_edits.restore(slug, person_of(request), moment.now(request))
    return answer(request, slug, done, _("It is back and polled again."))


@allow(RUN_OUTLETS, "POST")
def try_now(request: HttpRequest, slug: str) -> HttpResponse:
    """Let the worker poll an outlet before its time."""
    now = moment.now(request)
    first = earliest_try(slug, now)
    if first is None or not outlet_edits.ask_to_try(slug, now, first[0]):
        messages.warning(request, _("A paused or archived outlet, or one without a feed that is asked, is not tried."))
    elif first[0] > now:
        at = written(first[0].astimezone(zone_of(request)), "j N H:i")
        messages.success(
            request, _("It is tried at %(at)s, the first moment politeness allows.") % {"at": at} + (f" {first[1]}" if first[1] else "")
        )
    else:
        messages.success(request, _("It is tried within the next minute."))
    return redirect("outlet", slug=slug)


@allow(RUN_OUTLETS, "POST")
def remedy(request: HttpRequest, slug: str) -> HttpResponse:
    """Do what the doctor proposes."""
    do, feed, value = (request.POST.get(name, "")[:2048] for name in ("do", "feed", "value"))
    person, now = person_of(request), moment.now(request)
    known = feed if _is_uuid(feed) else str(uuid.UUID(int=0))
    if do == "adopt":
        done = outlet_edits.adopt(slug, known, value, person, now)
        return answer(request, slug, done, _("The new address is adopted; history and articles stay."))
    if do == "revive":
        return answer(request, slug, outlet_edits.revive(slug, known, person, now), _("It is asked again as soon as politeness allows."))
    if do == "retry":
        _switch(request, slug, enabled=True)
        messages.success(request, _("It is asked again as soon as politeness allows."))
        return redirect("outlet", slug=slug)
    return _set(request, slug, do, value)


@allow(RUN_OUTLETS, "POST")
def undo(request: HttpRequest, slug: str, change: uuid.UUID) -> HttpResponse:
    """Undo a change of this outlet if nothing came after it."""
    return answer(request, slug, outlet_edits.undo(str(change), person_of(request), moment.now(request)), _("Undone."))


def answer(request: HttpRequest, slug: str, done: Edit, said: str) -> HttpResponseRedirect:
    """Say what an edit came to and go back to the outlet."""
    if done.result == "unknown" and not any(slug == outlet.id for outlet in outlets.outlets(archived=True)):
        raise Http404
    if done.result == "done":
        messages.success(request, said)
    else:
        messages.warning(request, refused(done))
    return redirect("outlet", slug=slug)


def refused(done: Edit) -> str:
    """Why an edit was not written, in words."""
    if done.result == "meanwhile":
        who = done.by or _("somebody else, or an import,")
        return _("Nothing was changed: %(who)s changed this outlet meanwhile. Look at it as it is now.") % {"who": who}
    if done.result == "taken":
        return _("Nothing was changed: the feed %(address)s belongs to %(owner)s.") % {"address": done.address, "owner": done.owner}
    if done.result == "same":
        return _("Nothing was changed: it is as it was.")
    return _("Nothing was changed: that is no longer there.")


def _set(request: HttpRequest, slug: str, do: str, value: str) -> HttpResponse:
    """The remedies that set one value of the outlet, if nobody changed it since the page was shown."""
    outlet = next((one for one in outlets.outlets() if one.id == slug), None)
    if outlet is None:
        raise Http404
    language = canonical_language(value)
    wanted = {
        "read_feed": replace(outlet, text="feed"),
        "read_page": replace(outlet, text="page"),
        "set_language": replace(outlet, language=language or outlet.language),
    }.get(do, outlet)
    seen = request.POST.get("revision", "")
    done = outlet_edits.save(slug, int(seen) if seen.isdecimal() and len(seen) < 9 else -1, wanted, person_of(request), moment.now(request))
    return answer(request, slug, done, _("Changed. It holds for the articles that come from now on."))


def _switch(request: HttpRequest, slug: str, *, enabled: bool) -> None:
    if not outlet_edits.set_enabled(slug, enabled=enabled, now=moment.now(request), by=person_of(request)):
        raise Http404


def _is_uuid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True

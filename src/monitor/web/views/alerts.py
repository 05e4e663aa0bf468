"""Alerts: the rules a person is told by, the form with its preview on the last thirty days, and the stories nobody need tell them of."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from monitor.config.countries import country_label, load_regions
from monitor.errors import UsageError
from monitor.store import alert_rules, mail_wishes, pages_alerts, pages_story, story_mutes
from monitor.store.alert_rules import Outcome
from monitor.web import alert_form, moment
from monitor.web.access import ALERTS, DESK_ALERTS, allow, rights_of
from monitor.web.alert_form import AlertForm, tongue
from monitor.web.page import facts_of, show
from monitor.web.views.triage import person_of

_NOT_SENT: Mapping[str, str | Promise] = {
    "left": gettext_lazy("The mail that was taken back stays so: its alert tells you no more."),
    "suppressed": gettext_lazy("The mail that was taken back stays so: your address has refused mail."),
    "too-old": gettext_lazy("The mail that was taken back is too old to be sent; the digest tells of it."),
}


@allow(ALERTS, "GET")
def alerts_page(request: HttpRequest) -> HttpResponse:
    """One's own rules and those of the whole desk, with what they met lately; the stories one muted."""
    person, now = person_of(request), moment.now(request)
    wish = mail_wishes.wishes_of(person.pk)
    lines = pages_alerts.rules(person, now, wish.rules_off)
    facts = facts_of(request)
    context = {
        "page": "alerts",
        "own": [(line, _spike_words(line.theme, line.country, facts)) for line in lines if not line.whole_desk],
        "desks": [(line, _spike_words(line.theme, line.country, facts)) for line in lines if line.whole_desk],
        "muted": pages_alerts.muted(person),
        "wish": wish,
        "readers": pages_alerts.readers(),
        "deleted": _deleted(request),
        "mail_page": settings.MONITOR.mail_page,
    }
    return show(request, "alerts.html", context)


@allow(ALERTS, "GET", "POST")
def new(request: HttpRequest) -> HttpResponse:
    """The form, filled with `?q=` and the like; POST keeps the rule, or says what is wrong; with `preview` it looks only."""
    form = _form(request, (request.GET if request.method == "GET" else request.POST).dict())
    if request.method == "GET" or "preview" in request.POST:
        return _show(request, _only_looking(form), None)
    if not form.wrong:
        try:
            alert_rules.make(person_of(request), form.wanted(), moment.now(request))
        except UsageError:
            form.wrong["name"] = _("You have as many alerts as there is room for: delete some first.")
        else:
            messages.success(request, _("Saved. From now on you are told of what matches."))
            return redirect("alerts")
    return _show(request, form, None, status=400)


@allow(ALERTS, "GET", "POST")
def edit(request: HttpRequest, rule_id: uuid.UUID) -> HttpResponse:
    """One rule; whoever saves on an old version is shown what somebody else made of it, and what they typed stays in the form."""
    line = pages_alerts.rule(person_of(request), rule_id, moment.now(request))
    if line is None:
        raise Http404
    if request.method == "GET":
        return _show(request, alert_form.of_rule(line), line)
    if not _may_change(request, line):
        messages.warning(request, _("Alerts of the whole desk are changed by editors."))
        return redirect("alert", rule_id)
    form = _form(request, request.POST.dict())
    if "preview" in request.POST:
        return _show(request, _only_looking(form), line)
    if form.wrong:
        return _show(request, form, line, status=400)
    came = alert_rules.change(person_of(request), rule_id, form.version, form.wanted(), moment.now(request), desk=_may_desk(request))
    if came == "gone":
        raise Http404
    if came == "changed":
        form.version = line.version
        return _show(request, form, line, status=409)
    messages.success(request, _("Changed."))
    return redirect("alerts")


@allow(ALERTS, "GET")
def preview(request: HttpRequest) -> HttpResponse:
    """The part of the form that shows what `?q=` would have told of, for the script that asks while somebody types."""
    form = AlertForm(q=request.GET.get("q", "").replace("\0", " ").strip()[: alert_form.LONGEST_QUERY])
    alert_form.read(form)
    return show(request, "parts/alert_preview.html", {"form": form, "preview": _preview(request, form)})


@allow(ALERTS, "POST")
def pause(request: HttpRequest, rule_id: uuid.UUID) -> HttpResponse:
    """Let a rule rest."""
    came = alert_rules.pause(person_of(request), rule_id, _version(request), moment.now(request), desk=_may_desk(request))
    return _told(request, came, _("Paused: nobody is told by it until it goes on."))


@allow(ALERTS, "POST")
def resume(request: HttpRequest, rule_id: uuid.UUID) -> HttpResponse:
    """Let a rule go on from now."""
    came = alert_rules.resume(person_of(request), rule_id, _version(request), moment.now(request), desk=_may_desk(request))
    return _told(request, came, _("It goes on from now; what came in the meantime is not told."))


@allow(ALERTS, "POST")
def delete(request: HttpRequest, rule_id: uuid.UUID) -> HttpResponse:
    """Delete a rule; the next page offers to bring it back."""
    came = alert_rules.delete(person_of(request), rule_id, _version(request), moment.now(request), desk=_may_desk(request))
    if came == "done":
        return redirect(f"{reverse('alerts')}?{urlencode({'deleted': rule_id})}")
    return _told(request, came, "")


@allow(ALERTS, "POST")
def restore(request: HttpRequest, rule_id: uuid.UUID) -> HttpResponse:
    """Bring a deleted rule back."""
    came = alert_rules.restore(person_of(request), rule_id, moment.now(request), desk=_may_desk(request))
    return _told(request, came, _("Brought back; it tells of what comes from now on."))


@allow(ALERTS, "POST")
def leave(request: HttpRequest, rule_id: uuid.UUID) -> HttpResponse:
    """Be told no more by a rule; everybody else still is."""
    if not alert_rules.leave(rule_id, person_of(request), moment.now(request)):
        raise Http404
    messages.success(request, _("You are told no more by this alert."))
    return redirect("alerts")


@allow(ALERTS, "POST")
def join(request: HttpRequest, rule_id: uuid.UUID) -> HttpResponse:
    """Be told again."""
    if not alert_rules.join(rule_id, person_of(request)):
        raise Http404
    messages.success(request, _("You are told again by this alert."))
    return redirect("alerts")


@allow(ALERTS, "GET", "POST")
def mute(request: HttpRequest, story_id: uuid.UUID) -> HttpResponse:
    """No more alerts of a story: GET (the address in a mail) shows a button, POST does it."""
    named = pages_story.name(story_id)
    if named is None:
        raise Http404
    if request.method == "POST":
        taken = story_mutes.mute(story_id, person_of(request), moment.now(request))
        messages.success(request, _("No alert tells you of this story any more."))
        if taken:
            messages.success(request, _("The mail about it that was waiting is taken back."))
        return redirect("story", named.story)
    muted, _met = pages_alerts.standing(person_of(request), uuid.UUID(named.story))
    return show(request, "story_mute.html", {"page": "alerts", "named": named, "muted": muted})


@allow(ALERTS, "POST")
def unmute(request: HttpRequest, story_id: uuid.UUID) -> HttpResponse:
    """Alerts of a story again."""
    heard = story_mutes.unmute(story_id, person_of(request), moment.now(request))
    messages.success(request, _("Alerts tell you of this story again."))
    if heard.back:
        messages.success(request, _("The mail that was taken back is sent after all."))
    if heard.why_not:
        messages.info(request, str(_NOT_SENT[heard.why_not]))
    return redirect("alerts") if request.POST.get("back") == "alerts" else redirect("story", story_id)


# ── parts of the answers ─────────────────────────────────────────────────────────────────────────────────────────────


def _form(request: HttpRequest, values: Mapping[str, str]) -> AlertForm:
    return alert_form.filled(values, facts_of(request), may_desk=_may_desk(request))


def _only_looking(form: AlertForm) -> AlertForm:
    """A form that is not being saved: only a query that cannot be read is told of."""
    form.wrong = {name: told for name, told in form.wrong.items() if name == "q" and form.q}
    return form


def _show(request: HttpRequest, form: AlertForm, line: pages_alerts.RuleLine | None, *, status: int = 200) -> HttpResponse:
    facts, wish = facts_of(request), mail_wishes.wishes_of(person_of(request).pk)
    countries = sorted(((code, country_label(code, tongue())) for code in load_regions()), key=lambda pair: pair[1].casefold())
    context = {
        "page": "alerts",
        "form": form,
        "line": line,
        "conflict": status == 409,
        "changeable": line is None or _may_change(request, line),
        "may_desk": _may_desk(request),
        "preview": _preview(request, form),
        "themes": sorted(((theme, facts.theme_label(theme, tongue())) for theme in facts.themes), key=lambda pair: pair[1].casefold()),
        "countries": countries,
        "readers": pages_alerts.readers(),
        "no_digest": not wish.digest,
        "no_alerts": not wish.alerts,
        "help_open": False,
    }
    return show(request, "alert_edit.html", context, status=status)


def _preview(request: HttpRequest, form: AlertForm) -> alert_form.ShownPreview | None:
    if form.kind != "words" or form.query is None:
        return None
    return alert_form.preview(form.query, facts_of(request), moment.now(request))


def _spike_words(theme: str, country: str, facts: object) -> str:
    """What a spike rule watches, in words."""
    label = facts.theme_label(theme, tongue()) if theme else _("any theme")  # type: ignore[attr-defined]
    return f"{label} · {country_label(country, tongue()) if country else _('any country')}"


def _may_desk(request: HttpRequest) -> bool:
    return DESK_ALERTS in rights_of(request)


def _may_change(request: HttpRequest, line: pages_alerts.RuleLine) -> bool:
    return _may_desk(request) if line.whole_desk else line.own


def _version(request: HttpRequest) -> int:
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0


def _deleted(request: HttpRequest) -> pages_alerts.RuleLine | None:
    try:
        asked = uuid.UUID(request.GET.get("deleted", ""))
    except ValueError:
        return None
    return pages_alerts.rule(person_of(request), asked, moment.now(request), deleted=True)


def _told(request: HttpRequest, came: Outcome, done: str) -> HttpResponse:
    if came == "gone":
        raise Http404
    if came == "changed":
        messages.warning(request, _("This alert was changed in another window in the meantime. It stands as shown now; nothing was lost."))
    else:
        messages.success(request, done)
    return redirect("alerts")

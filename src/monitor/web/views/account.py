"""A person's own page: names, language, what they read and follow, password, sessions."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from monitor.errors import UsageError
from monitor.store import change_people, mail_wishes, pages_people, people
from monitor.store.models import Person
from monitor.web import language, look, mail_form, moment, passwords, sudo
from monitor.web.access import OWN_ACCOUNT, RUN_PEOPLE, allow, rights_of
from monitor.web.page import facts_of, show
from monitor.web.views.sign_in import BY_LINK

_LONGEST_NAME = 80


@allow(OWN_ACCOUNT, "GET")
def me(request: HttpRequest) -> HttpResponse:
    """Who I am to the desk, and what I may change about it."""
    return _page(request)


@allow(OWN_ACCOUNT, "POST")
def change_language(request: HttpRequest) -> HttpResponse:
    """Read the desk in another language from the next page on."""
    try:
        people.set_language(_person(request), request.POST.get("language", ""))
    except UsageError:
        return _page(request, errors=[_("The desk does not speak this language.")], status=400)
    language.speak(request)
    messages.success(request, _("Language changed."))
    return redirect("me")


@allow(OWN_ACCOUNT, "POST")
def change_look(request: HttpRequest) -> HttpResponse:
    """See the desk light, dark or as the system asks for, in this browser."""
    wanted = request.POST.get("scheme", "")
    if wanted not in (look.SYSTEM, *look.SCHEMES):
        return _page(request, errors=[_("Choose light, dark, or what the system asks for.")], status=400)
    return look.keep(redirect("me"), wanted)


@allow(OWN_ACCOUNT, "POST")
def change_names(request: HttpRequest) -> HttpResponse:
    """Sign what one writes by other names."""
    given, family = (request.POST.get(name, "").strip() for name in ("given", "family"))
    if not given or not family or not (given + family).isprintable() or max(len(given), len(family)) > _LONGEST_NAME:
        names = {"given": given[:_LONGEST_NAME], "family": family[:_LONGEST_NAME]}
        return _page(request, errors=[_("Write a given name and a family name of at most 80 characters each.")], names=names, status=400)
    people.set_names(_person(request), given, family)
    messages.success(request, _("Name changed."))
    return redirect("me")


@allow(OWN_ACCOUNT, "POST")
def change_follows(request: HttpRequest) -> HttpResponse:
    """Keep which languages one reads, and which sections and themes one follows; what the desk does not know is left out."""
    chosen = {name: [value for value, _label in known if value in request.POST.getlist(name)] for name, known in _choices(request).items()}
    people.follow(_person(request), languages=chosen["languages"], sections=chosen["sections"], themes=chosen["themes"])
    messages.success(request, _("Kept. Today marks what you follow."))
    return redirect("me")


@allow(OWN_ACCOUNT, "POST")
def change_mail(request: HttpRequest) -> HttpResponse:
    """Keep what is to come by mail; what is no longer wanted and waits in the outbox is taken back."""
    form = mail_form.asked(request.POST)
    if form.error:
        return _page(request, mail=form, status=400)
    start, end = form.quiet
    wanted = {"digest": form.digest, "digest_days": form.chosen, "alerts": form.alerts, "quiet_from": start, "quiet_to": end}
    mail_wishes.change(_person(request).pk, moment.now(request), **wanted)
    messages.success(request, _("Kept. It holds for every mail from now on."))
    return redirect("me")


@sensitive_post_parameters()
@allow(OWN_ACCOUNT, "POST")
def change_password(request: HttpRequest) -> HttpResponse:
    """Set a password; the old one is asked for unless there is none or the person came by a one-time link."""
    person = _person(request)
    new = request.POST.get("new", "")
    errors, status = _old_password_errors(request, person), 403
    if not errors:
        errors, status = _too_late(request, person) or passwords.mistakes(new, request.POST.get("again", ""), person), 400
    if errors:
        return _page(request, errors=errors, status=status)
    people.set_password(person, new)
    update_session_auth_hash(request, person)
    request.session.pop(BY_LINK, None)
    sudo.mark(request)
    messages.success(request, _("Password set. Your other sessions have ended."))
    return redirect("me")


@allow(OWN_ACCOUNT, "POST")
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """Sign out of every other browser."""
    person = change_people.sign_out_everywhere(_person(request).uuid, _person(request), moment.now(request))
    update_session_auth_hash(request, person)
    messages.success(request, _("You are signed out everywhere but here; links that were not used have ended, too."))
    return redirect("me")


def _old_password_errors(request: HttpRequest, person: Person) -> list[str]:
    if not _asks_old(request, person):
        return []
    address = request.META.get("REMOTE_ADDR", "")
    if not people.attempt_allowed(person.email, address, moment.now(request)):
        return [_("Too many attempts. Wait a quarter of an hour, or ask the admin for a sign-in link.")]
    if not person.check_password(request.POST.get("old", "")[: passwords.LONGEST]):
        return [_("The present password is not right.")]
    people.forget_attempts(person.email, address)
    return []


def _too_late(request: HttpRequest, person: Person) -> list[str]:
    """Whoever may change people sets a password without the old one only just after coming in: else a screen left alone would do."""
    if _asks_old(request, person) or RUN_PEOPLE not in rights_of(request) or sudo.is_fresh(request):
        return []
    return [_("You came in more than ten minutes ago. Come in by a new one-time link, then set the password.")]


def _asks_old(request: HttpRequest, person: Person) -> bool:
    return person.has_usable_password() and not (request.session.get(BY_LINK) and sudo.is_fresh(request))


def _person(request: HttpRequest) -> Person:
    return cast(Person, request.user)  # the gate lets nobody else in


def _choices(request: HttpRequest) -> dict[str, list[tuple[str, str]]]:
    """(value, label) of everything that can be read or followed at this desk, and of what this person chose before."""
    facts, person, reader = facts_of(request), _person(request), get_language() or "en"
    sections = [(one.id, facts.section_label(one.id, reader)) for one in facts.desk.sections]
    themes = sorted(((one, facts.theme_label(one, reader)) for one in facts.themes), key=lambda pair: pair[1].casefold())
    spoken = {*facts.desk.languages, *pages_people.spoken(), *person.languages_read}
    languages = sorted(((code, language.name(code)) for code in spoken), key=lambda pair: pair[1].casefold())
    return {"languages": languages, "sections": sections, "themes": themes}


def _page(
    request: HttpRequest,
    *,
    errors: list[str] | None = None,
    names: dict[str, str] | None = None,
    mail: mail_form.MailForm | None = None,
    status: int = 200,
) -> HttpResponse:
    person = _person(request)
    context: dict[str, Any] = {
        "page": "me",
        "errors": errors or [],
        "asks_old": _asks_old(request, person),
        "names": names or {"given": person.given_name, "family": person.family_name},
        "mail": mail or mail_form.form_of(mail_wishes.wishes_of(person.pk)),
        "choices": _choices(request),
        "languages_read": set(person.languages_read),
        "sections_followed": set(person.sections_followed),
        "themes_followed": set(person.themes_followed),
    }
    return show(request, "me.html", context, status=status)

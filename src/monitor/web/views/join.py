"""Coming to the desk by a link that was handed over: an invitation, or a new password for one that was forgotten."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from monitor.errors import PersonRefused
from monitor.flows import mail_links
from monitor.store import change_people, invite, people
from monitor.store.models import Person
from monitor.web import language, moment, passwords, people_words, sudo
from monitor.web.access import EVERYBODY, allow
from monitor.web.page import show
from monitor.web.views.sign_in import BACKEND

_LONGEST_NAME = 80


@sensitive_post_parameters("new", "again")
@allow(EVERYBODY, "GET", "POST")
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Accept an invitation: GET shows the form, POST makes the person with the invited address and role and lets them in."""
    now = moment.now(request)
    place = invite.of_token(token, now)
    if place is None:
        return show(request, "sign_in_link.html", {"works": False}, status=410)
    if request.method != "POST":
        return _join_form(request, place, {"language": place.language})
    form = {name: request.POST.get(name, "").strip()[:_LONGEST_NAME] for name in ("given", "family", "language")}
    errors = _join_mistakes(request, place, form)
    if errors:
        return _join_form(request, place, form, errors, status=400)
    try:
        person = invite.accept(token, form["given"], form["family"], form["language"], request.POST["new"], now)
    except PersonRefused as why:
        return _join_form(request, place, form, [people_words.refused(why)], status=400)
    if person is None:
        return show(request, "sign_in_link.html", {"works": False}, status=410)
    _let_in(request, person)
    messages.success(request, _("Welcome. What you read and follow can be set on your page."))
    return redirect("today")


@allow(EVERYBODY, "GET", "POST")
def forgot(request: HttpRequest) -> HttpResponse:
    """Ask for a link to set a new password; the answer is the same whether the address is known or not."""
    if request.method != "POST":
        return show(request, "forgot.html", {"asked": False, "by_mail": mail_links.by_mail(settings.MONITOR)})
    email = request.POST.get("email", "").strip()
    if not email or len(email) > people.LONGEST_ADDRESS or not email.isprintable():
        context = {"asked": False, "error": _("Write your e-mail address."), "email": email[: people.LONGEST_ADDRESS]}
        return show(request, "forgot.html", context, status=400)
    now, address = moment.now(request), request.META.get("REMOTE_ADDR", "")
    if not people.attempt_allowed(f"forgot {email}", address, now):
        return show(request, "forgot.html", {"asked": False, "error": _("Too many attempts. Wait a quarter of an hour.")}, status=429)
    change_people.ask_reset(email, now)
    return show(request, "forgot.html", {"asked": True, "by_mail": mail_links.by_mail(settings.MONITOR)})


@sensitive_post_parameters("new", "again")
@allow(EVERYBODY, "GET", "POST")
def reset(request: HttpRequest, token: str) -> HttpResponse:
    """Set a new password by a link: it ends with the password it was made for, and so does every session."""
    now = moment.now(request)
    whose = people.whose_link(token, "reset", now)
    if whose is None:
        return show(request, "sign_in_link.html", {"works": False}, status=410)
    if request.method != "POST":
        return show(request, "reset.html", {})
    new, again = request.POST.get("new", ""), request.POST.get("again", "")
    errors = passwords.mistakes(new, again, whose)
    if errors:
        return show(request, "reset.html", {"errors": errors}, status=400)
    person = people.use_link(token, "reset", now)
    if person is None:
        return show(request, "sign_in_link.html", {"works": False}, status=410)
    people.set_password(person, new)
    change_people.tell(person, "password", None, now)
    people.forget_attempts(person.email, request.META.get("REMOTE_ADDR", ""))
    _let_in(request, person)
    messages.success(request, _("Password set. Your other sessions have ended."))
    return redirect("today")


def _join_mistakes(request: HttpRequest, place: Any, form: dict[str, str]) -> list[str]:
    errors = []
    if not form["given"] or not form["family"]:
        errors.append(_("Write your given name and your family name: they sign what you publish."))
    if not (form["given"] + form["family"]).isprintable():
        errors.append(_("A name has no control characters."))
    if form["language"] not in people.LANGUAGES:
        errors.append(_("The desk does not speak this language."))
    somebody = Person(email=place.email, given_name=form["given"], family_name=form["family"])
    return errors + passwords.mistakes(request.POST.get("new", ""), request.POST.get("again", ""), somebody)


def _join_form(
    request: HttpRequest, place: Any, form: dict[str, str], errors: list[str] | None = None, *, status: int = 200
) -> HttpResponse:
    return show(request, "join.html", {"place": place, "form": form, "errors": errors or []}, status=status)


def _let_in(request: HttpRequest, person: Person) -> None:
    login(request, person, backend=BACKEND)
    sudo.mark(request)
    language.speak(request)

"""Signing in by password or one-time link, and signing out."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from monitor.store import people
from monitor.store.models import Person
from monitor.web import language, moment, sudo
from monitor.web.access import EVERYBODY, allow
from monitor.web.page import show

BACKEND = "django.contrib.auth.backends.ModelBackend"
BY_LINK = "signed_in_by_link"
"""Session mark of somebody who came by a one-time link: they may set a password without giving the old one."""
_LONGEST_PASSWORD = 1_000
_LONGEST_PATH = 2_000


def same_site_path(value: str) -> str:
    """`value` when it is a path of this site, else "/": never `//host`, a backslash or a control character."""
    clean = value.startswith("/") and not value.startswith("//") and len(value) <= _LONGEST_PATH
    return value if clean and "\\" not in value and value.isprintable() else "/"


@sensitive_post_parameters("password")
@allow(EVERYBODY, "GET", "POST")
def sign_in(request: HttpRequest) -> HttpResponse:
    """The form, and the attempt; the answer to a wrong password and to an unknown address is the same."""
    there = same_site_path(request.POST.get("next") or request.GET.get("next") or "/")
    if request.method != "POST":
        return redirect(there) if request.user.is_authenticated else _form(request, there)
    email, password = request.POST.get("email", "").strip(), request.POST.get("password", "")
    if not email or not password or len(email) > 254 or len(password) > _LONGEST_PASSWORD or not email.isprintable():
        return _form(request, there, email=email, error=_("Write your e-mail address and your password."), status=400)
    address = request.META.get("REMOTE_ADDR", "")  # never X-Forwarded-For: anybody can write it (docs/security.md)
    if not people.attempt_allowed(email, address, moment.now(request)):
        wait = _("Too many attempts. Wait a quarter of an hour, or ask the admin for a sign-in link.")
        return _form(request, there, email=email, error=wait, status=429)
    person = authenticate(request, username=email, password=password)
    if person is None:
        return _form(request, there, email=email, error=_("This e-mail address and password do not go together."), status=403)
    people.forget_attempts(email, address)
    login(request, person)
    sudo.mark(request)
    return redirect(there)


@allow(EVERYBODY, "POST")
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session; by POST only, so that no image or prefetch signs anybody out."""
    logout(request)
    return redirect("sign-in")


@allow(EVERYBODY, "GET", "POST")
def by_link(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows a button, POST lets the person in: programs that prefetch links must not use them up."""
    now = moment.now(request)
    if request.method != "POST":
        works = people.link_works(token, now)
        return show(request, "sign_in_link.html", {"works": works}, status=200 if works else 410)
    person = people.use_link(token, None, now)
    if person is None:
        return show(request, "sign_in_link.html", {"works": False}, status=410)
    return _welcome(request, person)


def _welcome(request: HttpRequest, person: Person) -> HttpResponseRedirect:
    if person.email == people.FIRST_ADMIN and person.last_login is None:  # made by the machine: nobody has chosen their language yet
        people.set_language(person, language.asked_for(request))
    login(request, person, backend=BACKEND)
    request.session[BY_LINK] = True
    sudo.mark(request)
    language.speak(request)
    if not person.has_usable_password():
        messages.info(request, _("You are in. You have no password yet: you can set one on your page."))
    return redirect("today")


def _form(request: HttpRequest, there: str, *, email: str = "", error: str = "", status: int = 200) -> HttpResponse:
    return show(request, "sign_in.html", {"next": there, "email": email[:254], "error": error}, status=status)

"""Every address of the desk; views/ has one file per page family."""

from __future__ import annotations

from django.urls import path

from monitor.web.views import account, bot, errors, health, outlets, sign_in, story, today

urlpatterns = [
    path("", today.today, name="today"),
    path("story/<uuid:story_id>", story.story, name="story"),
    path("outlets", outlets.outlets, name="outlets"),
    path("outlets/<slug:slug>", outlets.outlet, name="outlet"),
    path("outlets/<slug:slug>/pause", outlets.pause, name="outlet-pause"),
    path("outlets/<slug:slug>/resume", outlets.resume, name="outlet-resume"),
    path("me", account.me, name="me"),
    path("me/language", account.change_language, name="me-language"),
    path("me/password", account.change_password, name="me-password"),
    path("sign-in", sign_in.sign_in, name="sign-in"),
    path("sign-out", sign_in.sign_out, name="sign-out"),
    path("in/<str:token>", sign_in.by_link, name="sign-in-link"),
    path("bot", bot.bot, name="bot"),
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.broken

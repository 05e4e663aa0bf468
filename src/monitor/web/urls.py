"""Every address of the desk; views/ has one file per page family."""

from __future__ import annotations

from django.urls import path

from monitor.web.views import account, bot, errors, feeds_out, health, leads, outlets, search, sign_in, story, today, triage

urlpatterns = [
    path("", today.today, name="today"),
    path("news", leads.news, name="news"),
    path("aside", leads.aside, name="aside"),
    path("undo", triage.undo, name="undo"),
    path("lead/<uuid:lead_id>", leads.lead, name="lead"),
    path("lead/<uuid:lead_id>/claim", triage.claim, name="lead-claim"),
    path("lead/<uuid:lead_id>/renew", triage.renew, name="lead-renew"),
    path("lead/<uuid:lead_id>/release", triage.release, name="lead-release"),
    path("lead/<uuid:lead_id>/dismiss", triage.dismiss, name="lead-dismiss"),
    path("lead/<uuid:lead_id>/snooze", triage.snooze, name="lead-snooze"),
    path("lead/<uuid:lead_id>/restore", triage.restore, name="lead-restore"),
    path("lead/<uuid:lead_id>/undo", triage.undo_one, name="lead-undo"),
    path("story/<uuid:story_id>", story.story, name="story"),
    path("search", search.search_page, name="search"),
    path("search/keep", search.keep, name="search-keep"),
    path("search/saved/<uuid:search_id>", search.saved, name="search-saved"),
    path("search/saved/<uuid:search_id>/change", search.change, name="search-change"),
    path("search/saved/<uuid:search_id>/delete", search.delete, name="search-delete"),
    path("search/saved/<uuid:search_id>/restore", search.restore, name="search-restore"),
    path("feed/<str:token>/today.<str:form>", feeds_out.today_out, name="feed-today"),
    path("feed/<str:token>/search.<str:form>", feeds_out.search_out, name="feed-search"),
    path("feed/<str:token>/saved/<uuid:search_id>.<str:form>", feeds_out.saved_out, name="feed-saved"),
    path("feed/<str:token>/story/<uuid:story_id>.<str:form>", feeds_out.story_out, name="feed-story"),
    path("feed/<str:token>/outlet/<slug:slug>.<str:form>", feeds_out.outlet_out, name="feed-outlet"),
    path("outlets", outlets.outlets, name="outlets"),
    path("outlets/<slug:slug>", outlets.outlet, name="outlet"),
    path("outlets/<slug:slug>/pause", outlets.pause, name="outlet-pause"),
    path("outlets/<slug:slug>/resume", outlets.resume, name="outlet-resume"),
    path("me", account.me, name="me"),
    path("me/feeds/renew", feeds_out.renew, name="me-feeds"),
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

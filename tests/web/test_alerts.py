"""The pages of alerts: rules kept, changed, paused, deleted and brought back; previews; what the second of two people is told."""

from __future__ import annotations

import re
import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from monitor.records import Letter
from monitor.store import alert_rules, models, outbox
from monitor.store.models import AlertRule, Person
from tests.web import alerting, rows, searching
from tests.web.reading import tree

pytestmark = pytest.mark.django_db
FORM = {"name": "Sahel", "q": "Mali OR Niger", "kind": "words", "cadence": "at_once", "cap": "6", "version": "1"}


def elements(response: Any, selector: str) -> list[Any]:
    """The elements that match `tag#id.class[name=value]` and descendants of such."""
    found = "".join(f"//*[{' and '.join(_conditions(part))}]" for part in selector.split())
    return list(tree(response).xpath(found))


def _conditions(part: str) -> list[str]:
    tag = re.match(r"[a-z0-9]*", part)
    told = [f"self::{tag[0]}"] if tag and tag[0] else []
    told += [f'@id="{one}"' for one in re.findall(r"#([\w-]+)", part)]
    told += [f'contains(concat(" ", normalize-space(@class), " "), " {one} ")' for one in re.findall(r"\.([\w-]+)", part)]
    told += [f'@{name}="{value}"' if value else f"@{name}" for name, value in re.findall(r"\[([\w-]+)(?:='?([^'\]]*)'?)?\]", part)]
    return told


def text(response: Any, selector: str) -> list[str]:
    return [" ".join(element.text_content().split()) for element in elements(response, selector)]


def in_as(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def editor() -> Person:
    return rows.a_person("editor")


def test_a_rule_is_kept_in_english_whatever_was_typed() -> None:
    person = rows.a_person("contributor", language="fr")
    answer = in_as(person).post("/alerts/new", FORM | {"q": "titre:Mali OU Niger", "cadence": "hourly", "whole_desk": "yes"})
    assert (answer.status_code, answer["Location"]) == (302, "/alerts")
    rule = AlertRule.objects.get()
    assert (rule.query, rule.written, rule.cadence) == ("title:Mali OR Niger", "titre:Mali OU Niger", "hourly")
    assert not rule.whole_desk  # only editors tell the whole desk
    page = in_as(person).get(f"/alerts/{rule.uuid}")
    assert text(page, "#q") == ["titre:Mali OU Niger"]


@pytest.mark.parametrize(
    ("typed", "field"),
    [({"q": "-football"}, "q"), ({"q": "lang:fr"}, "q"), ({"q": ""}, "q"), ({"q": "(("}, "q"), ({"name": ""}, "name"),
     ({"cap": "0"}, "cap"), ({"cap": "x"}, "cap"), ({"kind": "spike"}, "theme"), ({"kind": "spike", "country": "XX"}, "country")],
)  # fmt: skip
def test_what_cannot_be_kept_is_told_beside_its_field_and_nothing_is_lost(editor: Person, typed: dict[str, str], field: str) -> None:
    page = in_as(editor).post("/alerts/new", FORM | {"name": "Kept"} | typed)
    assert page.status_code == 400
    assert [one.get("aria-describedby") for one in elements(page, "[aria-invalid]")] == [f"{field}-wrong"]
    assert len(elements(page, f"#{field}-wrong")) == 1
    assert [one.get("value") for one in elements(page, "#name")] == [typed.get("name", "Kept")]
    assert not AlertRule.objects.exists()


@pytest.mark.parametrize(
    "name", [", evil@x", "<script>alert(1)</script>", "a\r\nBcc: x@y", '"><img src=x>', "=HYPERLINK(1)", "\u202egnp.exe", "a\x00b"]
)
def test_a_hostile_name_is_shown_as_text(editor: Person, name: str) -> None:
    client = in_as(editor)
    client.post("/alerts/new", FORM | {"name": name})
    page = client.get("/alerts")
    assert elements(page, ".rule script") + elements(page, ".rule img") == []
    assert len(elements(page, ".rule")) == 1


@pytest.mark.parametrize("query", ["(a+)+$", "(" * 1000, "a{1001}", '" OR NEAR( *', "\u202edrone", "x" * 3000, "\x00"])
def test_a_hostile_query_does_not_stall_and_is_explained(editor: Person, query: str) -> None:
    page = in_as(editor).post("/alerts/new", FORM | {"q": query, "preview": "1"})
    assert page.status_code == 200
    part = in_as(editor).get("/alerts/preview", {"q": query})
    assert part.status_code == 200
    assert [one.tag for one in elements(page, "main script")] == []


def test_the_preview_counts_articles_stories_and_languages(editor: Person) -> None:
    french = rows.an_outlet("Le Courrier", language="fr", country="FR")
    searching.an_indexed("Harbour closed", discovered_at=rows.NOW - timedelta(days=2))
    original = searching.an_indexed("Le harbour ferme", outlet=french)
    searching.an_indexed("Le harbour ferme", copy_of=original)
    searching.an_indexed("Harbour long ago", discovered_at=rows.NOW - timedelta(days=40))
    searching.an_indexed("Harbour of the archive", published_at=rows.NOW - timedelta(days=42))
    searching.an_indexed("Elections", "The harbour is closed.", rights="reserved")
    searching.an_indexed("Harbour reserved", "Nothing.", rights="reserved")
    page = in_as(editor).get("/alerts/preview", {"q": "harbour"})
    assert text(page, ".preview-count") == ["3 articles would have matched, in 3 stories"]
    assert text(page, ".preview-languages li") == ["English 2", "French 1"]


def test_the_second_of_two_people_is_told_and_nothing_is_lost(editor: Person) -> None:
    rule = alerting.a_rule(editor, whole_desk=True)
    other = rows.a_person("editor")
    first = in_as(other).post(f"/alerts/{rule.uuid}", FORM | {"q": "uranium", "whole_desk": "yes"})
    assert first.status_code == 302
    second = in_as(editor).post(f"/alerts/{rule.uuid}", FORM | {"q": "missile", "whole_desk": "yes"})
    assert second.status_code == 409
    assert text(second, "[role=alert] code") == ["uranium"]
    assert text(second, "#q") == ["missile"]
    assert [one.get("value") for one in elements(second, "[name=version]")] == ["2"]
    assert AlertRule.objects.get().query == "uranium"
    third = in_as(editor).post(f"/alerts/{rule.uuid}", FORM | {"q": "missile", "whole_desk": "yes", "version": "2"})
    assert (third.status_code, AlertRule.objects.get().query) == (302, "missile")


def test_another_query_begins_anew_and_another_name_does_not(editor: Person) -> None:
    rule = alerting.a_rule(editor)
    before = rule.matches_from
    in_as(editor).post(f"/alerts/{rule.uuid}", FORM | {"name": "Renamed"})
    assert AlertRule.objects.get().matches_from == before
    in_as(editor).post(f"/alerts/{rule.uuid}", FORM | {"q": "uranium", "version": "2"})
    assert AlertRule.objects.get().matches_from > before


def test_a_rule_is_paused_deleted_and_brought_back(editor: Person) -> None:
    rule = alerting.a_rule(editor)
    client = in_as(editor)
    client.post(f"/alerts/{rule.uuid}/pause", {"version": "1"})
    assert text(client.get("/alerts"), ".rule .tag.quiet") == ["paused"]
    client.post(f"/alerts/{rule.uuid}/resume", {"version": "2"})
    gone = client.post(f"/alerts/{rule.uuid}/delete", {"version": "3"}, follow=True)
    assert text(gone, ".undo p") == ["“Sahel” has been deleted."]
    assert elements(gone, ".rule") == []
    client.post(f"/alerts/{rule.uuid}/restore")
    assert text(client.get("/alerts"), ".rule-name bdi") == ["Sahel"]
    stale = client.post(f"/alerts/{rule.uuid}/pause", {"version": "1"}, follow=True)
    assert len(elements(stale, ".notice.warning")) == 1
    assert AlertRule.objects.get().paused_at is None


def test_people_see_their_own_rules_and_those_of_the_desk_and_change_what_they_may(editor: Person) -> None:
    mine = rows.a_person("contributor")
    alerting.a_rule(mine, "Mine")
    desks = alerting.a_rule(editor, "Desk", whole_desk=True)
    private = alerting.a_rule(editor, "Private")
    client = in_as(mine)
    page = client.get("/alerts")
    assert text(page, ".rule-name bdi") == ["Mine", "Desk"]
    assert client.get(f"/alerts/{private.uuid}").status_code == 404
    for act in ("pause", "delete", "resume", "restore"):
        assert client.post(f"/alerts/{private.uuid}/{act}", {"version": "1"}).status_code == 404
        assert client.post(f"/alerts/{desks.uuid}/{act}", {"version": "1"}).status_code == 404
    client.post(f"/alerts/{desks.uuid}", FORM)
    assert set(AlertRule.objects.values_list("name", "version")) == {("Mine", 1), ("Desk", 1), ("Private", 1)}
    client.post(f"/alerts/{desks.uuid}/leave")
    assert text(client.get("/alerts"), ".tag.quiet") == ["not to me"]
    client.post(f"/alerts/{desks.uuid}/join")
    assert models.AlertLeft.objects.count() == 0
    assert client.post(f"/alerts/{private.uuid}/leave").status_code == 404


def test_a_story_is_muted_by_the_address_in_a_mail_and_heard_again(editor: Person) -> None:
    lead = rows.a_told_lead("Convoy", rows.an_outlet())
    client = in_as(editor)
    there = f"/story/{lead.story.uuid}/mute"
    assert (client.get(there).status_code, models.StoryMute.objects.count()) == (200, 0)
    assert client.post(there)["Location"] == f"/story/{lead.story.uuid}"
    assert text(client.get("/alerts"), ".muted-stories a") == ["Convoy"]
    client.post(f"/story/{lead.story.uuid}/unmute", {"back": "alerts"})
    assert models.StoryMute.objects.count() == 0
    assert client.get(f"/story/{uuid.uuid4()}/mute").status_code == 404


def test_who_mutes_reads_what_becomes_of_the_mail_that_waits(editor: Person) -> None:
    lead = rows.a_told_lead("Convoy", rows.an_outlet())
    alert = alerting.met(alerting.a_rule(editor), lead.story.articles.get())
    models.AlertDelivery.objects.filter(alert=alert).delete()
    letter = Letter("alert", "alert:1", editor.email, "Alert", "<m@press.example>", b"raw")
    message = outbox.keep(letter, rows.NOW, person=editor.pk)
    models.AlertDelivery.objects.create(alert=alert, person=editor, message_id=message, how="mail", at=rows.NOW)
    client, there = in_as(editor), f"/story/{lead.story.uuid}"
    told = [text(client.post(f"{there}/{act}", follow=True), "p.notice[role=status]") for act in ("mute", "unmute")]
    assert told == [
        ["No alert tells you of this story any more.", "The mail about it that was waiting is taken back."],
        ["Alerts tell you of this story again.", "The mail that was taken back is sent after all."],
    ]
    client.post(f"{there}/mute", follow=True)
    models.OutboxMessage.objects.update(expires_at=rows.NOW)
    told = text(client.post(f"{there}/unmute", follow=True), "p.notice[role=status]")
    assert told == ["Alerts tell you of this story again.", "The mail that was taken back is too old to be sent; the digest tells of it."]


def test_a_story_that_an_alert_met_offers_to_tell_no_more(editor: Person) -> None:
    lead = rows.a_told_lead("Convoy", rows.an_outlet())
    client = in_as(editor)
    button = f"[formaction='/story/{lead.story.uuid}/mute']"
    assert elements(client.get(f"/story/{lead.story.uuid}"), button) == []
    article = lead.story.articles.get()
    alerting.met(alerting.a_rule(editor), article)
    assert len(elements(client.get(f"/story/{lead.story.uuid}"), button)) == 1


def test_a_search_becomes_an_alert_with_its_filters(editor: Person) -> None:
    page = in_as(editor).get("/search", {"q": "Mali OR Niger", "language": "fr", "section": "africa"})
    (link,) = elements(page, ".as-alert a")
    form = in_as(editor).get(str(link.get("href")))
    assert text(form, "#q") == ["(Mali OR Niger) region:africa lang:fr"]


def test_no_more_rules_than_there_is_room_for(editor: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alert_rules, "MOST_OF_ONE", 1)
    alerting.a_rule(editor)
    page = in_as(editor).post("/alerts/new", FORM)
    assert (page.status_code, len(elements(page, "#name-wrong")), AlertRule.objects.count()) == (400, 1, 1)


@pytest.mark.parametrize("path", ["/alerts", "/outbox"])
def test_where_caught_mail_is_read_is_said(db: None, settings: Any, path: str) -> None:
    admin = rows.signed_in("admin")
    assert elements(admin.get(path), "p.calm a") == []
    settings.MONITOR = replace(settings.MONITOR, mail_page="http://127.0.0.1:8025")
    (link,) = elements(admin.get(path), "p.calm a")
    assert link.get("href") == "http://127.0.0.1:8025"

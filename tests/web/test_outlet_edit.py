"""Editing an outlet: every mistake beside its field, two editors at once, addresses that reach into the machine."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from monitor.store import models
from tests.web import rows
from tests.web.reading import elements, texts

pytestmark = pytest.mark.django_db


def form(client: Client, outlet: models.Outlet) -> dict[str, str]:
    """The edit form as a browser would send it back."""
    page = client.get(f"/outlets/{outlet.slug}/edit")
    fields = {one.get("name"): one.get("value", "") for one in elements(page, "main input") if one.get("type") != "checkbox"}
    fields |= {
        one.get("name"): "1" for one in elements(page, "main input") if one.get("type") == "checkbox" and one.get("checked") is not None
    }
    for select in elements(page, "main select"):
        fields[select.get("name")] = next((one.get("value") for one in select if one.get("selected") is not None), select[0].get("value"))
    fields |= {one.get("name"): one.text or "" for one in elements(page, "main textarea")}
    return {name: value for name, value in fields.items() if name and name != "csrfmiddlewaretoken"}


@pytest.fixture
def outlet(db: None) -> models.Outlet:
    return rows.an_outlet("Harbour Post", home="https://port.example/", weight=0.7, note="terms")


def send(client: Client, outlet: models.Outlet, values: dict[str, str], **changed: str) -> Any:
    return client.post(f"/outlets/{outlet.slug}/edit", values | changed, follow=True)


def test_the_form_sent_back_as_it_was_changes_nothing(editor: Client, outlet: models.Outlet) -> None:
    rows.a_feed(outlet, every=timedelta(hours=2), language="fr", section="africa", enabled=False)
    before = models.Outlet.objects.values().get(), models.Feed.objects.values().get()
    send(editor, outlet, form(editor, outlet))
    assert (models.Outlet.objects.values().get(), models.Feed.objects.values().get()) == before
    assert models.OutletChange.objects.count() == 0


def test_every_value_can_be_changed(editor: Client, outlet: models.Outlet) -> None:
    feed = rows.a_feed(outlet)
    values = form(editor, outlet) | {
        "name": "Harbor  Times", "country": "US", "language": "en-us", "kind": "agency", "weight": "0,9", "owner": "Quai",
        "home": "https://times.example/", "note": "a\nb", "text": "feed", f"{feed.uuid}-url": "https://port.example/new",
        f"{feed.uuid}-section": "asia", f"{feed.uuid}-language": "ar", f"{feed.uuid}-every": "1h", "new-1-url": "https://port.example/more",
    }  # fmt: skip
    page = send(editor, outlet, values)
    outlet.refresh_from_db()
    feed.refresh_from_db()
    assert texts(page, "p.success") == ["Saved. “Undo” stands below, under changes."]
    told = (outlet.name, outlet.country, outlet.language, outlet.kind, outlet.weight, outlet.owner, outlet.home, outlet.note, outlet.text)
    assert told == ("Harbor Times", "US", "en-US", "agency", 0.9, "Quai", "https://times.example/", "a\nb", "feed")
    assert (feed.url, feed.section, feed.language, feed.every) == ("https://port.example/new", "asia", "ar", timedelta(hours=1))
    assert sorted(models.Feed.objects.values_list("url", flat=True)) == ["https://port.example/more", "https://port.example/new"]
    assert "(name, country, language, kind, weight, owner, site, note, text, feeds)" in texts(page, "ul.changes li")[0]


def test_a_feed_whose_address_is_emptied_is_dropped(editor: Client, outlet: models.Outlet) -> None:
    feed = rows.a_feed(outlet)
    send(editor, outlet, form(editor, outlet), **{f"{feed.uuid}-url": ""})
    feed.refresh_from_db()
    assert feed.archived_at == rows.NOW


def test_every_mistake_is_told_beside_its_field_and_what_was_typed_stays(editor: Client, outlet: models.Outlet) -> None:
    feed = rows.a_feed(outlet)
    wrong = {
        "name": "", "country": "XX", "language": "klingonish", "kind": "x", "weight": "7", "home": "ftp://x", "text": "x",
        f"{feed.uuid}-url": "javascript:alert(1)", f"{feed.uuid}-section": "mars", f"{feed.uuid}-language": "!", f"{feed.uuid}-every": "5m",
        "new-1-url": "http://127.0.0.1:5432/", "new-2-url": "http://127.0.0.1:5432",
    }  # fmt: skip
    response = editor.post(f"/outlets/{outlet.slug}/edit", form(editor, outlet) | wrong)
    told = texts(response, "p.wrong")
    assert (response.status_code, len(told)) == (422, 10)
    assert texts(response, "div.error p") == ["13 fields need a look; nothing was changed."]
    kept = {one.get("name"): one.get("value") for one in elements(response, "main input")}
    assert {name: kept[name] for name in wrong if name in kept} == {name: value for name, value in wrong.items() if name in kept}
    assert models.OutletChange.objects.count() == 0


@pytest.mark.parametrize("address", ["http://127.0.0.1:8000/", "http://10.0.0.1/rss", "http://[::1]:80/", "http://169.254.169.254/latest"])
def test_a_page_never_lets_an_address_of_this_machines_network_in(editor: Client, outlet: models.Outlet, address: str) -> None:
    response = editor.post(f"/outlets/{outlet.slug}/edit", form(editor, outlet) | {"new-1-url": address})
    assert (response.status_code, models.Feed.objects.count()) == (422, 0)


def test_an_origin_on_this_machine_that_was_let_in_before_stays_open(editor: Client, outlet: models.Outlet) -> None:
    rows.a_feed(outlet, url="http://127.0.0.1:8901/feed")
    send(editor, outlet, form(editor, outlet), **{"new-1-url": "http://127.0.0.1:8901/more"})
    assert models.Feed.objects.count() == 2


def test_the_second_editor_is_told_and_keeps_what_they_typed(editor: Client, outlet: models.Outlet) -> None:
    other = Client()
    other.force_login(rows.a_person("editor", given="Nour", family="Haddad"))
    mine, theirs = form(editor, outlet), form(other, outlet)
    send(other, outlet, theirs, name="Harbour Times", note="see contract")
    response = editor.post(f"/outlets/{outlet.slug}/edit", mine | {"name": "Port Post", "country": "IE"})
    assert response.status_code == 409
    assert texts(response, "div.warning p")[0].startswith("Not saved yet: Nour Haddad changed this outlet while you were editing.")
    assert texts(response, "dl.theirs dd") == ["Harbour Times", "GB", "see contract"]
    kept = {one.get("name"): one.get("value") for one in elements(response, "main input")}
    assert kept["name"] == "Port Post"
    outlet.refresh_from_db()
    assert (outlet.name, outlet.country) == ("Harbour Times", "GB")
    send(editor, outlet, mine | {"name": "Port Post", "country": "IE", "revision": kept["revision"]})
    outlet.refresh_from_db()
    assert (outlet.name, outlet.country) == ("Port Post", "IE")


def test_a_feed_of_another_outlet_is_refused_by_name(editor: Client, outlet: models.Outlet) -> None:
    taken = rows.a_feed(rows.an_outlet("The Other"))
    response = editor.post(f"/outlets/{outlet.slug}/edit", form(editor, outlet) | {"new-1-url": taken.url})
    assert texts(response, "p.warning") == [f"Nothing was changed: the feed {taken.url} belongs to The Other."]
    assert [one.get("value") for one in elements(response, "main input") if one.get("name") == "new-1-url"] == [taken.url]


@pytest.mark.parametrize(
    ("hostile", "status"), [("\x00", 302), ("\ud800", 422), ("\u202eevil", 422), ("<script>alert(1)</script>", 422), ("x" * 5000, 422)]
)
def test_hostile_text_is_told_or_kept_harmless(editor: Client, outlet: models.Outlet, hostile: str, status: int) -> None:
    values = form(editor, outlet) | {"name": f"A{hostile}", "note": hostile, "new-1-url": hostile, "revision": "0"}
    response = editor.post(
        f"/outlets/{outlet.slug}/edit", {name: value.encode("utf-8", "replace").decode() for name, value in values.items()}
    )
    assert (response.status_code, b"<script>alert" in response.content) == (status, False)


def test_an_archived_outlet_is_not_edited(editor: Client, outlet: models.Outlet) -> None:
    editor.post(f"/outlets/{outlet.slug}/archive")
    assert editor.get(f"/outlets/{outlet.slug}/edit").status_code == 404

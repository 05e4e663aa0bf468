"""Adding outlets: what is pasted becomes work for the worker; what was found is shown, chosen, saved and undone."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from monitor.config.opml_file import dump_opml
from monitor.records import Feed, Outlet
from monitor.store import due, models, outlets, pastes
from tests.web import rows
from tests.web.reading import elements, texts

pytestmark = pytest.mark.django_db


def found(url: str = "https://port.example/rss", **feed: Any) -> dict[str, Any]:
    """What the worker writes of an address."""
    entry = {"title": "Ship drifts", "link": "https://port.example/1", "at": rows.NOW.isoformat(), "characters": 90}
    usual = {"url": url, "title": "Port News", "format": "auto", "language": "fr", "per_week": 12.5, "newest": [entry], "watched_by": "",
             "same_as": None, "reason": ""}  # fmt: skip
    outlet = {"name": "Port News", "country": "FR", "language": "fr", "home": "https://port.example/", "id": "port-news"}
    return {"outlet": outlet, "feeds": [usual | feed], "requests": 4, "reason": "", "verdict": "full", "verdict_reason": "", "example": ""}


def looked(*answers: dict[str, Any], said: dict[str, Any] | None = None) -> str:
    """A paste whose addresses have been looked at."""
    key = pastes.make(None, [(f"https://port.example/{number}", said or {}) for number in range(len(answers))], rows.NOW)
    for row, answer in zip(models.PastedAddress.objects.filter(paste__uuid=key).order_by("position"), answers, strict=True):
        models.PastedAddress.objects.filter(pk=row.pk).update(found=answer, state="looked", due_at=None)
    return f"/add-outlets/{key}"


def form(client: Client, path: str) -> dict[str, str]:
    page = client.get(path)
    fields = {one.get("name"): one.get("value", "") for one in elements(page, "main input") if one.get("type") != "checkbox"}
    fields |= {
        one.get("name"): "1" for one in elements(page, "main input") if one.get("type") == "checkbox" and one.get("checked") is not None
    }
    for select in elements(page, "main select"):
        fields[select.get("name")] = next((one.get("value") for one in select if one.get("selected") is not None), select[0].get("value"))
    return {name: value for name, value in fields.items() if name and name not in ("csrfmiddlewaretoken", "whole")}


def upload(client: Client, data: bytes, name: str = "list.opml") -> Any:
    return client.post("/add-outlets", {"addresses": "", "file": SimpleUploadedFile(name, data)}, follow=True)


def test_pasted_addresses_wait_for_the_worker_and_nobody_is_asked_meanwhile(editor: Client) -> None:
    page = editor.post("/add-outlets", {"addresses": "port.example\nhttps://b.example/rss, https://PORT.example/"}, follow=True)
    assert texts(page, "main section h2") == ["https://port.example", "https://b.example/rss"]
    assert set(models.PastedAddress.objects.values_list("state", "due_at")) == {("waiting", rows.NOW)}
    assert [one.get("href") for one in elements(page, "main a") if one.get("data-again") is not None] == ["?page=1"]


def test_every_mistake_is_told_and_nothing_is_used(editor: Client) -> None:
    response = editor.post("/add-outlets", {"addresses": "https://port.example/ javascript:alert(1) https://a:hunter2@b.example/ nonsense"})
    assert (response.status_code, models.Paste.objects.count()) == (422, 0)
    assert texts(response, "ul.mistakes li") == [
        "javascript:alert(1) is no web address.", "b.example/ is no web address.", "nonsense is no web address."
    ]  # fmt: skip
    assert "hunter2" not in " ".join(texts(response, "ul.mistakes li"))


@pytest.mark.parametrize("text", ["", "  \n ", "https://a.example/ " * 101])
def test_nothing_or_too_much_is_told(editor: Client, text: str) -> None:
    assert editor.post("/add-outlets", {"addresses": text}).status_code == 422


def test_what_was_found_is_prefilled_and_saved_and_undone(editor: Client) -> None:
    path = looked(found())
    page = editor.get(path)
    assert texts(page, "ul.preview bdi") == ["Ship drifts"]
    assert texts(page, "span.verdict") == ["Full text"]
    page = editor.post(f"{path}/save", form(editor, path), follow=True)
    assert texts(page, "p.success") == ["1 outlet saved; it is polled now."]
    (outlet,) = outlets.outlets()
    assert outlet == Outlet("port-news", "Port News", "FR", "fr", home="https://port.example/", feeds=(Feed("https://port.example/rss"),))
    assert models.Feed.objects.get().due_at == rows.NOW
    (undo,) = [one.get("action") for one in elements(page, "main form") if "/undo/" in str(one.get("action"))]
    editor.post(undo)
    assert outlets.outlets() == ()
    assert "Saved, and archived since." in texts(editor.get(path), "main section p")[0]


def test_only_what_is_ticked_is_saved_and_only_feeds_that_were_found(editor: Client) -> None:
    path = looked(found(), found("https://b.example/rss"))
    first, second = models.PastedAddress.objects.order_by("position").values_list("uuid", flat=True)
    values = form(editor, path)
    values.pop(f"{second}-take")
    values |= {f"{first}-name": "Le Port", f"{first}-feed-7": "1", f"{first}-url": "http://127.0.0.1/", f"{first}-into": "nobody"}
    editor.post(f"{path}/save", values)
    (outlet,) = outlets.outlets()
    assert (outlet.name, [feed.url for feed in outlet.feeds]) == ("Le Port", ["https://port.example/rss"])


def test_a_mistake_in_one_row_saves_none(editor: Client) -> None:
    path = looked(found(), found("https://b.example/rss"))
    row = models.PastedAddress.objects.order_by("position").values_list("uuid", flat=True)[1]
    response = editor.post(f"{path}/save", form(editor, path) | {f"{row}-country": ""})
    assert (response.status_code, outlets.outlets()) == (422, ())
    assert texts(response, "p.wrong") == ["Choose a country: two capital letters such as FR, or EU or INT."]
    assert texts(response, "div.error p") == ["Nothing was saved: 1 outlet needs a look."]


def test_a_feed_the_desk_has_cannot_be_chosen_and_a_double_is_not_ticked(editor: Client) -> None:
    outlet = rows.an_outlet("Harbour Post", slug="harbour-post")
    rows.a_feed(outlet, url="https://port.example/rss")
    same = {"outlet": "harbour-post", "name": "Harbour Post", "count": 4}
    path = looked(
        found(watched_by="harbour-post"), found("https://b.example/rss", same_as=same, newest=[found()["feeds"][0]["newest"][0]] * 5)
    )
    page = editor.get(path)
    assert [one.get("checked") for one in elements(page, "div.one-feed input")] == [None]
    assert texts(page, "p.wrong") == ["4 of its last 5 articles come from Harbour Post already."]


def test_a_feed_can_be_added_to_an_outlet_of_the_same_site(editor: Client) -> None:
    rows.an_outlet("Harbour Post", slug="harbour-post", home="https://www.port.example/")
    path = looked(found())
    row = models.PastedAddress.objects.get().uuid
    editor.post(f"{path}/save", form(editor, path) | {f"{row}-into": "harbour-post"})
    (outlet,) = outlets.outlets()
    assert (outlet.id, [feed.url for feed in outlet.feeds]) == ("harbour-post", ["https://port.example/rss"])


def test_adding_to_an_outlet_needs_no_country_of_its_own(editor: Client) -> None:
    rows.an_outlet("Harbour Post", slug="harbour-post", home="https://www.port.example/")
    path = looked(found())
    row = models.PastedAddress.objects.get().uuid
    page = editor.post(
        f"{path}/save", form(editor, path) | {f"{row}-into": "harbour-post", f"{row}-country": "", f"{row}-name": ""}, follow=True
    )
    assert texts(page, "p.success") == ["1 outlet saved; it is polled now."]
    (outlet,) = outlets.outlets()
    assert (outlet.name, outlet.country, [feed.url for feed in outlet.feeds]) == ("Harbour Post", "GB", ["https://port.example/rss"])


@pytest.mark.parametrize("address", ["http://127.0.0.1:5432/rss", "http://10.0.0.1/rss", "http://[::1]:8000/rss"])
def test_a_list_never_brings_in_an_address_of_this_machines_network(editor: Client, address: str) -> None:
    page = upload(
        editor, f'<opml version="2.0"><body><outline type="rss" text="A" language="fr" xmlUrl="{address}"/></body></opml>'.encode()
    )
    path = page.redirect_chain[-1][0]
    refused = {"outlet": None, "feeds": [], "requests": 0, "reason": "This address is on this machine."}
    for answer in ({}, refused, refused | {"feeds": [found(address, reason="refused", newest=[])["feeds"][0]]}):
        models.PastedAddress.objects.update(found=answer, state="looked" if answer else "waiting")
        row = models.PastedAddress.objects.get().uuid
        values = form(editor, path) | {f"{row}-country": "FR", f"{row}-take": "1", f"{row}-feed-0": "1"}
        assert (editor.post(f"{path}/save", values).status_code, models.Feed.objects.count()) == (422, 0)


def test_who_saves_second_is_told(editor: Client) -> None:
    path = looked(found())
    values = form(editor, path)
    rows.a_feed(rows.an_outlet("The Other"), url="https://port.example/rss")
    page = editor.post(f"{path}/save", values, follow=True)
    told = "Port News: Nothing was changed: the feed https://port.example/rss belongs to The Other."
    assert (texts(page, "p.warning"), len(outlets.outlets())) == ([told], 1)


def test_what_could_not_be_looked_at_says_why_and_can_be_looked_at_again(editor: Client) -> None:
    path = looked({"outlet": None, "feeds": [], "requests": 1, "reason": "The outlet's robots.txt asks PressMonitor by name to stay away."})
    page = editor.get(path)
    assert texts(page, "p.wrong") == ["The outlet's robots.txt asks PressMonitor by name to stay away."]
    (again,) = [one.get("action") for one in elements(page, "main form") if "/again/" in str(one.get("action"))]
    editor.post(again)
    assert models.PastedAddress.objects.values_list("state", "due_at").get() == ("waiting", rows.NOW)


def test_an_address_given_up_by_an_error_of_ours_says_so(editor: Client) -> None:
    path = looked(found())
    models.PastedAddress.objects.update(state="waiting", attempts=due.GIVE_UP_AFTER, found={})
    assert texts(editor.get(path), "p.wrong") == ["It could not be looked at because of an error of ours; the log says which."]


def test_a_paste_nobody_knows_is_not_found(editor: Client) -> None:
    assert [editor.get(f"/add-outlets/{uuid.uuid4()}").status_code, editor.post(f"/add-outlets/{uuid.uuid4()}/save").status_code] == [
        404,
        404,
    ]


PORT = Outlet("port", "Port", "FR", "fr", kind="agency", weight=0.8, owner="Quai", text="feed", note="n", enabled=False,
              feeds=(Feed("https://port.example/rss", section="africa"), Feed("https://port.example/b", enabled=False)))  # fmt: skip


def test_our_own_opml_comes_back_whole_without_waiting(editor: Client) -> None:
    page = upload(editor, dump_opml("Desk", [PORT], rows.NOW, lambda _: "Europe").encode())
    path = page.redirect_chain[-1][0]
    assert texts(page, "p.kicker") == ["list.opml"]
    editor.post(f"{path}/save", form(editor, path))
    (outlet,) = outlets.outlets()
    assert (outlet.enabled, outlet.weight, outlet.owner, outlet.text, outlet.kind) == (False, 0.8, "Quai", "feed", "agency")
    assert {(feed.url, feed.section) for feed in outlet.feeds} == {("https://port.example/rss", "africa"), ("https://port.example/b", None)}


def test_folders_of_another_reader_become_sections_or_notes(editor: Client) -> None:
    one, two = ('<outline type="rss" text="A" xmlUrl="https://a.example/"/>', '<outline type="rss" text="B" xmlUrl="https://b.example/"/>')
    body = f'<outline text="Afrique">{one}</outline><outline text="Favourites"><outline text="Sea">{two}</outline></outline>'
    upload(editor, f'<opml version="2.0"><body>{body}</body></opml>'.encode())
    first, second = models.PastedAddress.objects.order_by("position").values_list("said", flat=True)
    assert (first["feeds"][0]["section"], first["note"]) == ("africa", "")
    assert (second["feeds"][0]["section"], second["note"]) == ("", "Folder: Favourites / Sea")


def test_a_long_list_is_saved_at_once_with_a_country_for_all(editor: Client) -> None:
    feeds = "".join(f'<outline type="rss" text="Outlet {n}" xmlUrl="https://o{n}.example/" language="fr"/>' for n in range(30))
    page = upload(editor, f'<opml version="2.0"><body>{feeds}</body></opml>'.encode())
    path = page.redirect_chain[-1][0]
    response = editor.post(f"{path}/save", {"whole": "1"})
    assert (response.status_code, outlets.outlets(), len(texts(response, "ul.mistakes li"))) == (422, (), 20)
    page = editor.post(f"{path}/save", {"whole": "1", "default-country": "FR"}, follow=True)
    assert (texts(page, "p.success"), len(outlets.outlets())) == (["30 outlets saved; they are polled now."], 30)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b'<!DOCTYPE opml [<!ENTITY a "b">]><opml><body>&a;</body></opml>', "entities of its own"),
        (b"<opml><body>" + b"<outline>" * 100_000, "deeper than 32 levels"),
        (b"<opml><body>" + b"<outline text='x'/>" * 100_000, "more than 2000 entries"),
        (b"<html><body>login</body></html>", "no OPML"),
    ],
)
def test_hostile_files_are_told_and_not_used(editor: Client, data: bytes, said: str) -> None:
    response = upload(editor, data)
    assert (response.status_code, said in texts(response, "ul.mistakes li")[0], models.Paste.objects.count()) == (422, True, 0)


def test_a_feeds_yaml_is_shown_before_it_is_brought_in(editor: Client) -> None:
    rows.an_outlet("Only here", slug="only-here")
    text = b"outlets:\n  - {name: Port, country: FR, language: fr, feeds: [https://port.example/rss]}\n"
    page = upload(editor, text, "feeds.yaml")
    assert texts(page, "dl.facts dd") == ["1", "0", "0", "1"]
    assert texts(page, "ul.mistakes li") == ["Only here: is only in the database; it stays."]
    assert len(outlets.outlets()) == 1
    (held,) = [one.text for one in elements(page, "main textarea")]
    editor.post("/add-outlets/import", {"text": held})
    assert {outlet.name for outlet in outlets.outlets()} == {"Only here", "Port"}


def test_a_feeds_yaml_with_mistakes_tells_every_one(editor: Client) -> None:
    response = upload(editor, b"outlets:\n  - {name: Port, country: France, language: fr}\n  - {name: B, country: GB}\n", "feeds.yaml")
    assert len(texts(response, "ul.mistakes li")) == 2


def test_a_page_of_a_paste_asks_as_many_questions_for_ten_rows_as_for_one(editor: Client) -> None:
    counts = []
    for number in (1, 10):
        path = looked(*(found(f"https://port.example/{one}") for one in range(number)))
        with CaptureQueriesContext(connection) as asked:
            assert editor.get(path).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert counts[0] <= 10


@pytest.mark.parametrize("address", ["http://127.0.0.1:5432/", "http://[::1]/rss", "http://10.0.0.1/rss"])
def test_a_feeds_yaml_brought_to_a_page_never_reaches_into_this_machines_network(editor: Client, address: str) -> None:
    text = f"outlets:\n  - {{name: Port, country: FR, language: fr, feeds: ['{address}']}}\n"
    assert upload(editor, text.encode(), "feeds.yaml").status_code == 422
    assert (editor.post("/add-outlets/import", {"text": text}).status_code, outlets.outlets()) == (422, ())
    rows.a_feed(rows.an_outlet(), url=f"{address}known")
    assert upload(editor, text.encode(), "feeds.yaml").status_code == (422 if "10." in address else 200)

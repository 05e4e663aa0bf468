"""The interface for programs: the shapes of the command line, pages that stand still, conflicts told, limits kept."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from monitor.store import lists, models, pages_search, search, triage
from monitor.store.lists import Wanted
from monitor.web import triage_words
from monitor.web.api import routes
from monitor.web.api.pace import A_MINUTE, BUCKETS
from monitor.web.api.shapes import Dismissed, Snoozed
from tests.fakes import FakeClock
from tests.web import rows, searching
from tests.web.programs import Program, pages

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rested() -> None:
    BUCKETS.clear()


@pytest.fixture
def program() -> Program:
    return Program()


def fill(number: int = 3) -> None:
    """Leads with a story of two articles each, from outlets of their own."""
    for count in range(number):
        outlet = rows.an_outlet(position=count // 2)
        rows.a_feed(outlet)
        at = rows.NOW - timedelta(hours=count // 2)  # two and two at the same moment
        story = rows.a_story(newest_at=at, themes=["terror"], articles_count=2)
        for title in ("First", "Second"):
            themes, places = [{"theme": "terror", "score": 2.0}], [{"country": "ML", "count": 3, "score": 1.0}]
            rows.an_article(outlet, story, title, discovered_at=at, themes=themes, places=places, story_why=["word:convoy"])
        rows.a_lead(story, "Convoy", score=50.0 + count // 2, claimed_by=rows.a_person())


# ── shapes ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_listings_are_those_of_the_command_line(program: Program) -> None:
    fill()
    told = {name: sorted(program.get(name).json()["items"], key=str) for name in ("articles", "stories", "leads", "outlets")}
    listed = {"articles": lists.article_list, "stories": lists.story_list, "leads": lists.lead_list, "outlets": lists.outlet_list}
    assert told == {name: sorted(rows_(Wanted()), key=str) for name, rows_ in listed.items()}
    assert {name: len(found) for name, found in told.items()} == {"articles": 6, "stories": 3, "leads": 3, "outlets": 3}


def test_one_thing_is_what_its_listing_tells(program: Program) -> None:
    fill(1)
    for name in ("articles", "leads", "outlets"):
        first = program.get(name).json()["items"][0]
        assert program.get(f"{name}/{first['id']}").json() == first


def test_a_story_comes_with_its_articles_and_follows_a_merge(program: Program) -> None:
    fill(2)
    kept, gone = models.Story.objects.order_by("pk")
    gone.merged_into = kept
    gone.save()
    told = program.get(f"stories/{gone.uuid}").json()
    assert told == lists.story_show(str(kept.uuid))
    assert [article["why"] for article in told["articles"]] == [["word:convoy"], ["word:convoy"]]


def test_a_search_is_that_of_the_command_line(program: Program) -> None:
    searching.fill()
    query = searching_query("mali OR مالي")
    hits = search.find(query, most=50)
    expected = list(pages_search.found_json(query, [hit.key for hit in hits.found]))
    assert expected != []
    assert program.get("search", query="mali OR مالي").json() == {"items": expected, "next": None, "complete": True}
    assert [one["id"] for one in program.get("articles", query="mali OR مالي").json()["items"]] == [one["id"] for one in expected]
    french = program.get("search", query="mali OU مالي", operators="fr").json()["items"]
    assert [one["id"] for one in french] == [one["id"] for one in expected]


def searching_query(text: str) -> Any:
    from monitor.pipeline.query import parse

    return parse(text)


@pytest.mark.parametrize("listing", ["articles", "stories", "leads"])
@pytest.mark.parametrize(
    ("name", "value", "other"),
    [("theme", "terror", "terro"), ("section", "africa", "asia"), ("language", "en", "e"), ("outlet", None, "none")],
)
def test_filters_narrow_to_exactly_what_they_name(program: Program, listing: str, name: str, value: str | None, other: str) -> None:
    fill(1)
    models.Article.objects.update(section="africa")
    asked = value or models.Outlet.objects.get().slug
    assert len(program.get(listing, **{name: asked}).json()["items"]) == (2 if listing == "articles" else 1)
    assert program.get(listing, **{name: other}).json()["items"] == []


def test_since_takes_what_the_command_line_takes(program: Program) -> None:
    fill(4)
    counts = {
        since: len(program.get("articles", since=since).json()["items"])
        for since in ("30m", "2h", "1d", "2026-03-14", "2026-03-14T09:15:00+00:00", "2026-03-15")
    }
    assert counts == {"30m": 4, "2h": 8, "1d": 8, "2026-03-14": 8, "2026-03-14T09:15:00+00:00": 4, "2026-03-15": 0}


def test_leads_are_listed_by_their_state(program: Program) -> None:
    fill(1)
    assert [len(program.get("leads", status=status).json()["items"]) for status in ("queued", "dismissed")] == [1, 0]


# ── pages ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("listing", ["articles", "stories", "leads", "outlets"])
@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_pages_make_up_the_whole_with_ties_at_their_edges(program: Program, listing: str, limit: int) -> None:
    fill(5)
    whole = program.get(listing, limit=100).json()["items"]
    assert (pages(program, listing, limit=limit), len(whole)) == (whole, 10 if listing == "articles" else 5)


@pytest.mark.parametrize("listing", ["articles", "stories", "leads"])
def test_pages_stand_still_while_new_rows_come_in(program: Program, listing: str) -> None:
    fill(4)
    whole = program.get(listing, limit=100).json()["items"]
    first = program.get(listing, limit=2).json()
    outlet = rows.an_outlet()
    story = rows.a_story(newest_at=rows.NOW + timedelta(minutes=1), articles_count=1)
    rows.an_article(outlet, story, "New", discovered_at=rows.NOW + timedelta(minutes=1))
    rows.a_lead(story, "New", score=99.0)
    rest = program.get(listing, limit=100, cursor=first["next"]).json()["items"]
    assert first["items"] + rest == whole


def test_a_page_goes_on_where_its_last_row_was_deleted(program: Program) -> None:
    fill(4)
    whole = program.get("articles", limit=100).json()["items"]
    first = program.get("articles", limit=2).json()
    models.Article.objects.filter(uuid=first["items"][-1]["id"]).delete()
    assert program.get("articles", limit=100, cursor=first["next"]).json()["items"] == whole[2:]


def test_a_search_is_paged_too(program: Program) -> None:
    searching.fill()
    whole = program.get("search", query="mali").json()["items"]
    assert (pages(program, "search", query="mali", limit=1), len(whole) > 1) == (whole, True)
    assert pages(program, "articles", query="mali", limit=1) == program.get("articles", query="mali").json()["items"]


@pytest.mark.parametrize(("path", "most"), [("articles", 6), ("stories", 6), ("leads", 6), ("outlets", 7), ("search?query=told", 9)])
def test_the_count_of_queries_is_constant(program: Program, path: str, most: int) -> None:
    program.get("leads")  # notes the use of the token
    counts = []
    for number in (1, 30):
        fill(number)
        for count in range(number):
            searching.an_indexed(f"Told {count}", "Words told.", outlet=rows.an_outlet())
        with CaptureQueriesContext(connection) as asked:
            assert program.get(path).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert counts[0] <= most


# ── acting on leads ──────────────────────────────────────────────────────────────────────────────────────────────────


def a_lead(**values: Any) -> models.Lead:
    return rows.a_told_lead("Convoy", rows.an_outlet(), **values)


def test_a_lead_is_claimed_and_handed_back(program: Program) -> None:
    lead = a_lead()
    told = program.post(f"leads/{lead.uuid}/claim").json()
    assert (told["status"], told["claimed_by"]) == ("claimed", program.person.email)
    assert program.post(f"leads/{lead.uuid}/renew").status_code == 200
    assert program.post(f"leads/{lead.uuid}/claim").status_code == 200  # sent again: harmless
    assert program.post(f"leads/{lead.uuid}/release").json()["status"] == "queued"
    assert [event.kind for event in models.LeadEvent.objects.order_by("pk")] == ["claimed", "renewed", "released"]


def test_the_second_is_told_who_was_first(program: Program) -> None:
    lead = a_lead()
    first = Program(given="Marie", family="Durand")
    first.post(f"leads/{lead.uuid}/claim")
    answer = program.post(f"leads/{lead.uuid}/claim")
    told = answer.json()
    assert (answer.status_code, answer["Content-Type"], told["by"], told["lead"]["claimed_by"]) == (
        409,
        "application/problem+json",
        "Marie Durand",
        first.person.email,
    )
    assert told["detail"].startswith("Marie Durand was first: claimed at ")
    assert models.Lead.objects.get().claimed_by_id == first.person.pk


def test_problems_speak_the_persons_language() -> None:
    lead = a_lead(status="claimed", claimed_by=rows.a_person(), claimed_until=rows.NOW)
    told = Program(language="fr").post(f"leads/{lead.uuid}/claim").json()
    assert told["title"] == "Quelqu’un vous a devancé"


def test_a_lead_is_dismissed_put_off_and_brought_back(program: Program) -> None:
    lead = a_lead()
    path = f"leads/{lead.uuid}"
    met = [
        program.post(f"{path}/{act}", body).json()["status"]
        for act, body in (("dismiss", {"reason": "old"}), ("restore", None), ("snooze", {"until": "week"}), ("restore", None))
    ]
    assert met == ["dismissed", "queued", "snoozed", "queued"]
    assert models.LeadEvent.objects.filter(kind="dismissed").get().note == "old"


def test_what_was_put_aside_meanwhile_is_not_touched(program: Program) -> None:
    lead = a_lead(status="snoozed", snoozed_until=rows.NOW + timedelta(days=1))
    assert program.post(f"leads/{lead.uuid}/dismiss", {"reason": "old"}).status_code == 409
    assert program.post(f"leads/{lead.uuid}/dismiss", {"reason": "old", "seen": "snoozed"}).json()["status"] == "dismissed"


def test_reasons_and_lengths_are_those_of_the_pages() -> None:
    told = [shape.model_json_schema()["properties"][name]["enum"] for shape, name in ((Dismissed, "reason"), (Snoozed, "until"))]
    assert told == [list(triage.REASONS), list(triage_words.SNOOZE)]


# ── what cannot be used ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("articles?limit=0", "limit"),
        ("articles?limit=101", "limit"),
        ("articles?limit=x", "limit"),
        ("articles?limit=1&limit=2", "limit"),
        ("articles?langauge=fr", "langauge"),
        ("articles?since=yesterday", "since"),
        ("articles?since=0001-01-01T00:00:00%2B14:00", "since"),
        ("articles?since=9999-12-31T23:59:59-14:00", "since"),
        ("articles?since=999999d", "since"),
        ("articles?since=%D9%A3d", "since"),
        ("articles?outlet=a%00b", "outlet"),
        ("articles?theme=%22%25", "theme"),
        ("articles?section=" + "x" * 81, "section"),
        ("articles?cursor=AAAA", "cursor"),
        ("articles?cursor=%F0%9F%92%A3", "cursor"),
        ("articles?query=", "query"),
        ("search", "query"),
        ("search?query=" + "x" * 2001, "query"),
        ("leads?status=stolen", "status"),
        ("search?query=a&operators=de", "operators"),
        ("outlets?since=2d", "since"),
        ("leads?access_token=x", "access_token"),
    ],
)
def test_a_bad_value_is_told_by_its_name(program: Program, path: str, name: str) -> None:
    answer = program.get(path)
    told = answer.json()
    assert (answer.status_code, answer["Content-Type"], told["type"]) == (422, "application/problem+json", "/api#wrong-value")
    assert [(one["where"], one["name"]) for one in told["errors"]] == [("query", name)]


@pytest.mark.parametrize(
    "told",
    [
        ["stories", "2026-03-14T09:30:00+00:00", "00000000-0000-0000-0000-000000000000"],
        ["articles", "2026-03-14T09:30:00+00:00", "no uuid"],
        ["articles", 5, "00000000-0000-0000-0000-000000000000"],
        ["articles", "0001-01-01T00:00:00+14:00", "00000000-0000-0000-0000-000000000000"],
        ["articles", "2026-03-14T09:30:00+00:00", None],
        ["articles"],
        {"articles": 1},
        [[[[[[[]]]]]]],
        None,
    ],
)
def test_a_made_up_cursor_is_refused(program: Program, told: object) -> None:
    import base64

    text = base64.urlsafe_b64encode(json.dumps(told).encode()).decode().rstrip("=")
    assert program.get("articles", cursor=text).status_code == 422


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999", "true", '"x"'])
def test_a_cursor_of_leads_holds_a_number(program: Program, number: str) -> None:
    import base64

    text = base64.urlsafe_b64encode(f'["leads",{number},"00000000-0000-0000-0000-000000000000"]'.encode()).decode().rstrip("=")
    assert program.get("leads", cursor=text).status_code == (200 if number == "true" else 422)


def test_a_mistaken_query_is_told_with_its_place_and_a_suggestion(program: Program) -> None:
    answer = program.get("search", query="mali (army")
    told = answer.json()
    assert (answer.status_code, told["type"], told["place"]) == (422, "/api#wrong-query", 5)
    assert told["explained"].split("\n")[0] == told["detail"]
    assert told["explained"].split("\n")[-1] == told["suggestion"]
    assert program.get("articles", query="mali (army").json() == told


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", "text/plain", 415),
        (b"{", "application/json", 400),
        (b"[" * 3000, "application/json", 400),
        (b"{}", "application/json", 422),
        (b"null", "application/json", 422),
        (b'{"reason": "because"}', "application/json", 422),
        (b'{"reason": "old", "extra": 1}', "application/json", 422),
        (b'{"reason": "\\ud800"}', "application/json", 422),
        (b'{"reason": "old", "seen": "\xff"}', "application/json", 400),
        (b" " * 4097, "application/json", 413),
    ],
)
def test_a_body_that_cannot_be_used_changes_nothing(program: Program, body: bytes, kind: str, status: int) -> None:
    lead = a_lead()
    headers = {"Authorization": f"Bearer {program.token}"}
    answer = Client().generic("POST", f"/api/v1/leads/{lead.uuid}/dismiss", body, kind, headers=headers)
    assert (answer.status_code, answer["Content-Type"], answer.json()["status"]) == (status, "application/problem+json", status)
    assert models.Lead.objects.get().status == "queued"


@pytest.mark.parametrize(
    "path", ["", "nothing", "leads/", "leads/no-uuid", "leads/00000000-0000-0000-0000-000000000000", "outlets/none", "../people"]
)
def test_what_is_not_there_is_a_problem(program: Program, path: str) -> None:
    answer = program.get(path)
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


def test_a_lead_that_is_not_there_cannot_be_claimed(program: Program) -> None:
    assert program.post("leads/00000000-0000-0000-0000-000000000000/claim").status_code == 404


def test_an_address_too_long_is_refused(program: Program) -> None:
    assert program.get("articles?since=" + "x" * 30_000).status_code == 414


def test_a_bug_is_a_problem_without_its_words(program: Program, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    def broken(*_args: object) -> None:
        raise RuntimeError("a secret of the inside")

    monkeypatch.setattr("monitor.store.pages_api.leads", broken)
    answer = program.get("leads")
    assert (answer.status_code, answer["Content-Type"], "secret" in answer.content.decode()) == (500, "application/problem+json", False)
    assert [(record.name, record.getMessage()) for record in caplog.records] == [("monitor.web", "GET /api/v1/leads broke")]


def test_a_token_is_slowed_and_the_others_are_not(program: Program) -> None:
    from monitor.web import moment

    assert {program.get("leads/x").status_code for _ in range(3)} == {404}  # what leads nowhere costs nothing
    met = [program.get("outlets").status_code for _ in range(A_MINUTE + 1)]
    assert met == [200] * A_MINUTE + [429]
    slowed = program.get("outlets")
    assert (slowed["Retry-After"], slowed.json()["detail"]) == ("1", "A token may ask 120 times a minute. Ask again in 1 second.")
    assert Program().get("outlets").status_code == 200
    moment.use(FakeClock(rows.NOW + timedelta(seconds=1)))
    assert [program.get("outlets").status_code for _ in range(3)] == [200, 200, 429]


# ── the document ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_document_tells_every_operation_and_its_problems() -> None:
    told = Client().get("/api/v1/openapi.json").json()
    operations = [one for by_method in told["paths"].values() for one in by_method.values()]
    assert (told["openapi"][:2], len(operations), told["components"]["securitySchemes"]) == (
        "3.",
        15,
        {"Bearer": {"type": "http", "scheme": "bearer"}},
    )
    assert {tuple(one["security"][0]) for one in operations} == {("Bearer",)}
    kinds = {tuple(response["content"]) for one in operations for status, response in one["responses"].items() if int(status) >= 400}
    assert kinds == {("application/problem+json",)}
    assert len(operations) == len(routes.urlpatterns) - 3
    assert [one for each in operations for one in each.get("parameters", ()) if "anyOf" in one["schema"]] == []

"""Who may do what under /api/v1: every operation × every role × both scopes, made from the URLconf, against one table written out here."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern

from monitor.store import models
from monitor.store.models import Person
from monitor.web.access import READ, RIGHTS, TRIAGE
from monitor.web.api import routes
from monitor.web.api.pace import BUCKETS
from tests.web import rows
from tests.web.programs import Program

pytestmark = pytest.mark.django_db

# name → (right, acts, methods)
TABLE = {
    "api-list-articles": (READ, False, "GET"),
    "api-show-article": (READ, False, "GET"),
    "api-list-stories": (READ, False, "GET"),
    "api-show-story": (READ, False, "GET"),
    "api-list-leads": (READ, False, "GET"),
    "api-show-lead": (READ, False, "GET"),
    "api-list-outlets": (READ, False, "GET"),
    "api-show-outlet": (READ, False, "GET"),
    "api-search": (READ, False, "GET"),
    "api-claim": (TRIAGE, True, "POST"),
    "api-renew": (TRIAGE, True, "POST"),
    "api-release": (TRIAGE, True, "POST"),
    "api-dismiss": (TRIAGE, True, "POST"),
    "api-snooze": (TRIAGE, True, "POST"),
    "api-restore": (TRIAGE, True, "POST"),
}
OPEN = ("api-root", "api-openapi", "api-missing")
BODIES = {"api-dismiss": {"reason": "old"}, "api-snooze": {"until": "week"}}
BEFORE: dict[str, dict[str, Any]] = {"api-restore": {"status": "dismissed"}}


@pytest.fixture(autouse=True)
def _rested() -> None:
    BUCKETS.clear()


def address(name: str, person: Person) -> str:
    """The path of an operation behind /api/v1/, with something real behind it."""
    outlet = rows.an_outlet()
    held = {"status": "claimed", "claimed_by": person, "claimed_until": rows.NOW} if name in ("api-renew", "api-release") else {}
    lead = rows.a_told_lead("Convoy", outlet, **(BEFORE.get(name) or held))
    pattern = next(one for one in routes.urlpatterns if one.name == name)
    article = models.Article.objects.latest("pk")
    told = {
        "<uuidstr:article>": article.uuid,
        "<uuidstr:story>": lead.story.uuid,
        "<uuidstr:lead>": lead.uuid,
        "<slug:outlet>": outlet.slug,
    }
    path = str(pattern.pattern)
    for sign, value in told.items():
        path = path.replace(sign, str(value))
    return f"{path}?query=convoy" if name == "api-search" else path


def test_every_operation_is_in_the_table() -> None:
    assert all(isinstance(one, URLPattern) for one in routes.urlpatterns)
    assert [one.name for one in routes.urlpatterns if one.name not in OPEN] == list(TABLE)


@pytest.mark.parametrize("scope", ["read", "act"])
@pytest.mark.parametrize("role", [*RIGHTS, "nonsense"])
@pytest.mark.parametrize("name", TABLE)
def test_each_role_and_scope_gets_what_the_table_says(name: str, role: str, scope: str) -> None:
    right, acts, methods = TABLE[name]
    program = Program("contributor" if role == "nonsense" else role, scope)
    Person.objects.filter(pk=program.person.pk).update(role=role)
    path = address(name, program.person)
    allowed = right in RIGHTS.get(role, frozenset()) and (scope == "act" or not acts)
    met = {"GET": program.get(path).status_code, "POST": program.post(path, BODIES.get(name)).status_code}
    assert met == {method: (200 if allowed else 403) if method in methods else 405 for method in ("GET", "POST")}


@pytest.mark.parametrize("name", TABLE)
@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer desk_no"}, {"Authorization": "Basic YTpi"}, {"Authorization": "Bearer"}])
def test_no_cookie_opens_an_operation_and_no_bad_token(name: str, header: dict[str, str]) -> None:
    person = rows.a_person("admin")
    client = Client()
    client.force_login(person)
    path = f"/api/v1/{address(name, person)}"
    status = models.Lead.objects.latest("pk").status
    method = TABLE[name][2]
    response = client.generic(method, path, headers=header)
    assert (response.status_code, response["WWW-Authenticate"]) == (401, 'Bearer realm="Press Monitor"')
    assert (response["Content-Type"], response.json()["type"]) == ("application/problem+json", "/api#no-token")
    assert models.Lead.objects.latest("pk").status == status


def test_a_token_in_the_address_opens_nothing() -> None:
    program = Program()
    for name in ("token", "access_token", "authorization"):
        assert Client().get("/api/v1/leads", {name: program.token}).status_code == 401


def test_a_token_opens_no_page() -> None:
    program = Program("admin")
    answer = Client().get("/people", headers={"Authorization": f"Bearer {program.token}"})
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in?next=%2Fpeople")


def test_an_editor_hands_back_what_others_hold_and_a_contributor_does_not() -> None:
    lead = rows.a_told_lead("Convoy", rows.an_outlet(), status="claimed", claimed_by=rows.a_person(), claimed_until=rows.NOW)
    assert Program("contributor").post(f"leads/{lead.uuid}/release").status_code == 409
    assert Program("editor").post(f"leads/{lead.uuid}/release").json()["status"] == "queued"


def test_other_sites_are_told_nothing_of_what_they_may_do() -> None:
    program = Program()
    answer = Client().get("/api/v1/leads", headers={"Authorization": f"Bearer {program.token}", "Origin": "https://evil.example"})
    assert [name for name in answer.headers if name.lower().startswith("access-control")] == []
    asked = Client().options("/api/v1/leads", headers={"Origin": "https://evil.example", "Access-Control-Request-Method": "GET"})
    assert (asked.status_code, asked["Allow"]) == (405, "GET")


def test_no_cache_keeps_an_answer_and_no_cookie_is_set() -> None:
    program = Program()
    for answer in (program.get("leads"), program.get("nothing"), Client().get("/api/v1/leads"), Client().get("/api/v1/openapi.json")):
        assert (answer["Cache-Control"], answer["X-Content-Type-Options"], dict(answer.cookies)) == ("private, no-store", "nosniff", {})

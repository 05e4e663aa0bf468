"""The interface against its own OpenAPI document: schemathesis makes up requests, good and bad, and checks every answer."""

from __future__ import annotations

import os
from typing import Any

import pytest
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.store import models
from monitor.web.api import pace, routes
from tests.web import rows, searching
from tests.web.programs import a_token

schemathesis = pytest.importorskip("schemathesis", reason="schemathesis is not installed")
pytestmark = [pytest.mark.long, pytest.mark.django_db, pytest.mark.filterwarnings("default")]  # the warnings are the tool's own
EXAMPLES = int(os.environ.get("FUZZ", "150"))
OPERATIONS = [(method.upper(), path) for path, by_method in routes.document()["paths"].items() for method in by_method]
KNOWN = {"article": models.Article, "story": models.Story, "lead": models.Lead}


@pytest.fixture
def token(monkeypatch: pytest.MonkeyPatch) -> str:
    """An editor's token that is never slowed, at a desk with something of everything."""
    monkeypatch.setattr("monitor.web.api.bearer.BUCKETS", pace.Buckets(10**9))
    searching.fill()
    rows.a_told_lead("Convoy", rows.an_outlet(slug="harbour"))
    return a_token(rows.a_person("editor"))


def with_real_ids(case: Any) -> None:
    """About something that is there: a made-up id only ever meets "there is no such thing"."""
    for name in case.path_parameters or {}:
        case.path_parameters[name] = str(KNOWN[name].objects.values_list("uuid", flat=True).first()) if name in KNOWN else "harbour"


@pytest.mark.parametrize("mode", ["positive", "negative"])
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_no_request_breaks_the_interface_or_its_promises(method: str, path: str, mode: str, token: str) -> None:
    document = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
    operation = document[path][method]
    try:
        cases = operation.as_strategy(generation_mode=schemathesis.GenerationMode(mode))
        cases.validate()
    except Exception as nothing:  # the tool has no common error for "nothing can be wrong here"
        if mode == "negative" and "negat" in f"{type(nothing).__name__} {nothing}".lower():
            return
        raise
    # A date such as "x" is a text by the schema and no date to the desk: told with 422, which the document promises, too.
    too_strict = [schemathesis.checks.CHECKS.get_one("positive_data_acceptance")]
    rejects = schemathesis.checks.CHECKS.get_one("negative_data_rejection")

    @settings(max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(case=cases, real=st.booleans())
    def asks(case: Any, real: bool) -> None:
        if real and mode == "positive":
            with_real_ids(case)
        unsaid = [rejects] if any(value in (None, [], {}) for value in (case.query or {}).values()) else []  # never reaches the desk
        answer = case.call_and_validate(headers={"Authorization": f"Bearer {token}"}, excluded_checks=[*too_strict, *unsaid])
        assert answer.status_code < 500

    asks()

"""What is written is what is read back."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import UTC, datetime

from monitor.pipeline.story_doc_json import from_json, to_json
from monitor.records import StoryDoc

DOC = StoryDoc(
    id="1",
    outlet="port",
    language="ar",
    at=datetime(2026, 11, 20, 7, 5, tzinfo=UTC),
    terms={"ميناء": 2.0},
    features={"g:LB": 0.7, "n:17": 0.8},
    shingles=(2**64 - 2, 4),
    title_key="a “quoted” title",
    agency="Vega",
    names={"s:brt": "Beirut"},
)


def test_document_survives_keeping() -> None:
    assert from_json(json.loads(to_json(DOC))) == DOC


def test_every_field_is_kept() -> None:
    assert set(json.loads(to_json(DOC))) == {field.name for field in fields(StoryDoc)}

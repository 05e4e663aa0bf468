"""Days in both languages."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.template import engines
from django.utils import translation

from monitor.web.templatetags import days


@pytest.mark.parametrize(
    ("language", "value", "form", "written"),
    [
        ("fr", date(2026, 12, 1), "l j F Y", "mardi 1er décembre 2026"),
        ("fr", date(2026, 12, 2), "l j F Y", "mercredi 2 décembre 2026"),
        ("fr", date(2026, 12, 11), "j F", "11 décembre"),
        ("fr", datetime(2026, 12, 1, 8, 30, tzinfo=UTC), "j N H:i", "1er déc. 08:30"),
        ("en", date(2026, 12, 1), "l j F Y", "Tuesday 1 December 2026"),
    ],
)
def test_a_day_is_written_as_people_write_it(language: str, value: date, form: str, written: str) -> None:
    with translation.override(language):
        assert days.written(value, form) == written


def test_templates_write_the_first_of_a_month_in_french() -> None:
    template = engines["django"].from_string('{{ day|date:"l j F" }}|{{ day|date:"Y-m-d" }}|{{ none|date:"j F" }}')
    with translation.override("fr"):
        assert template.render({"day": date(2026, 12, 1), "none": None}) == "mardi 1er décembre|2026-12-01|"

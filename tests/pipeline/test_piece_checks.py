"""Each check of a piece: what is in order, what is to be mended, and what cannot be checked and is then never in order."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from monitor.pipeline.piece_checks import ORDER, Check, CheckedSource, PieceFacts, Rules, check, ready

DAY = date(2026, 3, 14)
TEXT = "Une embuscade a coupé la route du nord. " * 25
ASKED: dict[str, Any] = {"dated": DAY, "address": "https://a.example/1", "asked": True}
FIRST = CheckedSource(1, "Le Méridien", "Un convoi attaqué", "fr", "FR", text="Le convoi a été attaqué.", **ASKED)
SECOND = CheckedSource(2, "Harbour Post", "Convoy ambushed", "en", "GB", text="The convoy was attacked.", **ASKED)
GONE = replace(FIRST, text=None, gone=True)


def piece(**values: Any) -> PieceFacts:
    whole: dict[str, Any] = {"title": "La route coupée", "text": TEXT, "language": "fr", "signature": "Ada Byron", "day": DAY}
    whole["sources"] = (FIRST, SECOND)
    return PieceFacts(**whole | {"plain": values.get("text", TEXT)} | values)


def found(name: str, **values: Any) -> tuple[str, list[str]]:
    """The state of one check, and the codes of what it found."""
    told: Check = next(one for one in check(piece(**values)) if one.id == name)
    return told.state, [one.code for one in told.findings]


def with_first(**values: Any) -> tuple[CheckedSource, ...]:
    return replace(FIRST, **values), SECOND


def test_a_sound_piece_is_in_order_throughout() -> None:
    told = check(piece())
    assert [(one.id, one.state) for one in told] == [(name, "good") for name in ORDER]
    assert ready(told)


@pytest.mark.parametrize(
    ("words", "state", "code"),
    [(149, "bad", "too-short"), (150, "good", "length"), (300, "good", "length"), (301, "bad", "too-long")],
)
def test_length_is_that_of_the_style(words: int, state: str, code: str) -> None:
    assert found("words", text="mot " * words) == (state, [code])


def test_length_follows_another_style() -> None:
    assert found("words", text="mot " * 60, rules=Rules(50, 80, 60, 3, 7)) == ("good", ["length"])


@pytest.mark.parametrize(
    ("check_", "values", "state", "codes"),
    [
        ("title", {"title": "  "}, "bad", ["no-title"]),
        ("signature", {"signature": ""}, "bad", ["unsigned"]),
        ("sources", {"sources": (FIRST,)}, "bad", ["few-sources"]),
        ("spread", {"sources": (FIRST, replace(FIRST, position=2))}, "bad", ["one-voice"]),
        ("spread", {"sources": (FIRST, replace(FIRST, position=2, country="BE"))}, "good", ["spread"]),
        ("spread", {"sources": (FIRST, replace(FIRST, position=2, language="fr-CA", country=""))}, "unknown", ["spread-unknown"]),
        ("story", {"sources": with_first(known="archive")}, "warning", ["other-story"]),
        ("story", {"sources": with_first(known="typed", text=None)}, "unknown", ["typed"]),
        ("story", {"sources": with_first(known="waiting", text=None)}, "unknown", ["being-read"]),
        ("story", {"sources": with_first(known="unread", text=None)}, "unknown", ["page-unread"]),
        ("links", {"sources": (replace(FIRST, asked=False, asking=True),)}, "unknown", ["being-asked"]),
        ("story", {"sources": with_first(outlet_now="Another")}, "bad", ["other-outlet"]),
        ("story", {"sources": ()}, "unknown", ["no-sources"]),
        ("window", {"sources": with_first(dated=DAY - timedelta(days=15))}, "warning", ["older"]),
        ("window", {"sources": with_first(dated=DAY - timedelta(days=14))}, "good", ["in-window"]),
        ("window", {"sources": (replace(FIRST, dated=DAY - timedelta(days=40)),)}, "bad", ["none-in-window", "older"]),
        ("window", {"sources": with_first(dated=DAY + timedelta(days=2))}, "bad", ["future"]),
        ("window", {"sources": with_first(dated=None)}, "unknown", ["undated"]),
        ("links", {"sources": with_first(dead="404 Not Found")}, "bad", ["dead"]),
        ("links", {"sources": with_first(asked=False)}, "unknown", ["not-asked"]),
        ("links", {"sources": (replace(FIRST, asked=False), replace(SECOND, asked=False))}, "unknown", ["none-asked"]),
        ("links", {"sources": with_first(address="")}, "warning", ["no-address"]),
        ("headlines", {"sources": with_first(headline_now="Un convoi attaqué, dix-sept morts")}, "warning", ["headline-changed"]),
        ("headlines", {"sources": with_first(headline_now="Un  convoi attaqué ")}, "good", ["headlines"]),
        ("headlines", {"sources": with_first(headline="")}, "bad", ["no-headline"]),
        ("markdown", {"text": f"{TEXT} [x](javascript:alert(1))"}, "bad", ["link-not-allowed"]),
        ("markdown", {"text": f"{TEXT} [x](/desk)"}, "bad", ["link-not-allowed"]),
        ("markdown", {"text": f"{TEXT} [x](https://example.org)"}, "good", ["plain"]),
        ("markdown", {"text": f"{TEXT} <b>x</b>"}, "warning", ["tag"]),
        ("quotations", {"text": f"{TEXT} « Le convoi a été attaqué »"}, "good", ["verbatim"]),
        ("quotations", {"text": f"{TEXT} « Le camion a été attaqué »", "sources": (FIRST,)}, "bad", ["not-verbatim"]),
        ("quotations", {"text": f"{TEXT} « Le camion a été attaqué »"}, "unknown", ["quotation-translated"]),
        ("quotations", {"text": f"{TEXT} « Le camion a été attaqué »", "sources": (GONE,)}, "unknown", ["text-gone"]),
        ("copied", {"sources": with_first(text=None, gone=True)}, "unknown", ["copy-text-gone"]),
        ("copied", {"sources": with_first(text=None)}, "unknown", ["copy-unread"]),
        ("copied", {"sources": with_first(text=TEXT)}, "bad", ["copied"]),
    ],
)  # fmt: skip
def test_what_is_found(check_: str, values: dict[str, Any], state: str, codes: list[str]) -> None:
    assert found(check_, **values) == (state, codes)


def test_a_text_that_is_gone_never_makes_a_check_good() -> None:
    gone = tuple(replace(one, text=None, gone=True) for one in (FIRST, SECOND))
    told = {one.id: one.state for one in check(piece(text=f"{TEXT} « Le convoi a été attaqué »", sources=gone))}
    assert (told["quotations"], told["copied"]) == ("unknown", "unknown")


def test_a_finding_names_its_source_and_the_writers_words() -> None:
    told = next(one for one in check(piece(sources=with_first(text=TEXT))) if one.id == "copied")
    first = told.findings[0]
    assert (first.source, first.values["outlet"], first.passage[:13]) == (1, "Le Méridien", "Une embuscade")

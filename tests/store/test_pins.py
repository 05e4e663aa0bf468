"""A pin: an editor lets a lead stand first; undo, two editors at once, and what ranking is told."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monitor.pipeline.lead import PIN
from monitor.store import models, pages_today, triage
from tests.fakes import NOON
from tests.store.test_triage import HOUR, a_lead, a_person, events

pytestmark = pytest.mark.django_db


def stands(lead: models.Lead) -> tuple[bool, float, list[str]]:
    row = models.Lead.objects.get(pk=lead.pk)
    return row.pinned, row.score, row.reasons


def first(now_days: int = 0) -> list[int]:
    """The leads of a day in their order."""
    start = NOON.replace(hour=0) + timedelta(days=now_days)
    found = pages_today.open_leads(start, start + timedelta(days=1), moved_since=start - 36 * HOUR)
    return [line.key for line in found.lines if line.moved]


def test_a_pinned_lead_stands_first_and_says_why() -> None:
    strong, weak = a_lead(score=80.0, place=1), a_lead(score=12.0, place=2, reasons=["voices:1"])
    done = triage.pin(weak.uuid, a_person(role="editor"), NOON)
    assert done.standing is not None
    assert (done.changed, done.standing.kind, done.standing.by) == (True, "pinned", "Nour Haddad")
    assert (stands(weak), events(weak)) == ((True, 12.0 + PIN, ["pinned:50", "voices:1"]), [("pinned", "")])
    assert first() == [weak.pk, strong.pk]


def test_a_pinned_lead_stays_until_it_is_unpinned() -> None:
    old = a_lead(newest_at=NOON - timedelta(days=20), queued_at=NOON - timedelta(days=20))
    editor = a_person(role="editor")
    assert first() == []
    triage.pin(old.uuid, editor, NOON)
    assert (first(), first(30)) == ([old.pk], [old.pk])
    triage.pin(old.uuid, editor, NOON, on=False)
    assert (first(), events(old)) == ([], [("pinned", ""), ("unpinned", "")])


def test_a_pin_of_a_used_lead_does_not_keep_it_there() -> None:
    lead = a_lead(newest_at=NOON - timedelta(days=20), queued_at=NOON - timedelta(days=20), pinned=True, status="used")
    assert (first(), triage.pin(lead.uuid, a_person(role="editor"), NOON, on=False).changed) == ([], False)


def test_the_second_editor_is_told_that_it_is_pinned_already() -> None:
    lead, nour, ada = a_lead(score=10.0), a_person(role="editor"), a_person("Ada", "editor")
    triage.pin(lead.uuid, nour, NOON)
    late = triage.pin(lead.uuid, ada, NOON + HOUR)
    assert late.standing is not None
    assert (late.changed, late.of_pin, late.standing.by, late.standing.pinned) == (False, True, "Nour Haddad", True)
    assert (stands(lead)[:2], len(events(lead))) == ((True, 10.0 + PIN), 1)


def test_a_pin_is_undone_and_a_claim_under_it_stands() -> None:
    lead, nour, ada = a_lead(score=10.0, reasons=["voices:3"]), a_person(role="editor"), a_person("Ada")
    triage.pin(lead.uuid, nour, NOON)
    assert triage.undo(nour, NOON + HOUR).changed
    assert stands(lead) == (False, 10.0, ["voices:3"])
    triage.pin(lead.uuid, nour, NOON + HOUR)
    triage.claim(lead.uuid, ada, NOON + 2 * HOUR)
    assert triage.undo(nour, NOON + 3 * HOUR, lead.uuid).changed is False  # Ada did something since
    row = models.Lead.objects.get(pk=lead.pk)
    assert (row.status, row.claimed_by, row.pinned) == ("claimed", ada, True)


def test_what_was_unpinned_is_pinned_again_by_undo() -> None:
    lead, nour = a_lead(score=10.0), a_person(role="editor")
    triage.pin(lead.uuid, nour, NOON)
    triage.pin(lead.uuid, nour, NOON + HOUR, on=False)
    triage.undo(nour, NOON + 2 * HOUR)
    assert stands(lead) == (True, 10.0 + PIN, ["pinned:50"])


@pytest.mark.parametrize("status", ["dismissed", "snoozed", "merged", "used"])
def test_what_was_put_aside_is_not_pinned(status: str) -> None:
    lead = a_lead(status=status)
    assert (triage.pin(lead.uuid, a_person(role="editor"), NOON).changed, stands(lead)[0]) == (False, False)


def test_the_story_is_ranked_again_at_once_but_for_the_one_in_work() -> None:
    lead, editor = a_lead(), a_person(role="editor")
    later = NOON + 9 * HOUR
    models.ToRank.objects.create(story=lead.story, due_at=later)
    triage.pin(lead.uuid, editor, NOON)
    assert models.ToRank.objects.get().due_at == lead.ranked_at
    models.ToRank.objects.update(claim_token="somebody", due_at=later)
    triage.pin(lead.uuid, editor, NOON, on=False)
    assert models.ToRank.objects.get().due_at == later

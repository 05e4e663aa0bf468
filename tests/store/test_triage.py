"""Triage: claims with a lease, putting aside, undo, and two people at once."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from monitor.store import models, people, triage
from tests.fakes import NOON

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def a_lead(**values: object) -> models.Lead:
    story = models.Story.objects.create(created_at=NOON, newest_at=NOON, oldest_at=NOON)
    usual = {"section": "africa", "headline": "Convoy", "newest_at": NOON, "queued_at": NOON, "ranked_at": NOON}
    return models.Lead.objects.create(story=story, **usual | values)


def a_person(given: str = "Nour", role: str = "contributor") -> models.Person:
    return people.add(f"{given.lower()}@desk.localhost", given, "Haddad", role, "en", NOON)


def stands(lead: models.Lead) -> tuple[str, str]:
    """Status and claimant of a lead as the database has them."""
    row = models.Lead.objects.select_related("claimed_by").get(pk=lead.pk)
    return row.status, row.claimed_by.given_name if row.claimed_by else ""


def events(lead: models.Lead) -> list[tuple[str, str]]:
    return list(lead.events.order_by("pk").values_list("kind", "note"))


def test_a_claim_lasts_two_days() -> None:
    lead, nour = a_lead(), a_person()
    done = triage.claim(lead.uuid, nour, NOON)
    assert done.standing is not None
    assert (done.changed, done.standing.by, done.standing.mine, done.standing.until) == (True, "Nour Haddad", True, NOON + 48 * HOUR)
    assert (stands(lead), events(lead)) == (("claimed", "Nour"), [("claimed", "")])


def test_the_second_to_claim_is_told_who_was_first_and_nothing_is_lost() -> None:
    lead, nour, ada = a_lead(), a_person(), a_person("Ada")
    triage.claim(lead.uuid, nour, NOON)
    late = triage.claim(lead.uuid, ada, NOON + HOUR)
    assert late.standing is not None
    assert (late.changed, late.standing.by, late.standing.mine, late.standing.at) == (False, "Nour Haddad", False, NOON)
    assert (stands(lead), events(lead)) == (("claimed", "Nour"), [("claimed", "")])


def test_a_swap_on_what_has_changed_meanwhile_does_nothing() -> None:
    lead, nour, ada = a_lead(), a_person(), a_person("Ada")
    read_before = models.Lead.objects.get(pk=lead.pk)
    triage.claim(lead.uuid, nour, NOON)
    late = triage._change(read_before, ada, NOON, "claimed", "", {"status": "claimed", "claimed_by_id": ada.pk})
    assert (late.changed, stands(lead), events(lead)) == (False, ("claimed", "Nour"), [("claimed", "")])


@pytest.mark.parametrize("act", ["dismiss", "snooze"])
def test_what_somebody_claimed_cannot_be_put_aside_by_another(act: str) -> None:
    lead, nour, ada = a_lead(), a_person(), a_person("Ada")
    triage.claim(lead.uuid, nour, NOON)
    if act == "dismiss":
        late = triage.dismiss(lead.uuid, ada, "old", NOON)
    else:
        late = triage.snooze(lead.uuid, ada, NOON + HOUR, NOON, seen="claimed")
    assert (late.changed, stands(lead)) == (False, ("claimed", "Nour"))


def test_a_lead_another_dismissed_is_claimed_only_by_who_knows_it() -> None:
    lead, nour, ada = a_lead(), a_person(), a_person("Ada")
    triage.dismiss(lead.uuid, nour, "old", NOON)
    blind = triage.claim(lead.uuid, ada, NOON)
    assert blind.standing is not None
    assert (blind.changed, blind.standing.kind, blind.standing.note, blind.standing.by) == (False, "dismissed", "old", "Nour Haddad")
    assert triage.claim(lead.uuid, ada, NOON, seen="dismissed").changed
    assert stands(lead) == ("claimed", "Ada")


def test_a_quiet_lead_is_as_free_as_a_queued_one() -> None:
    lead, nour = a_lead(status="quiet"), a_person()
    assert triage.claim(lead.uuid, nour, NOON, seen="queued").changed


def test_a_used_lead_is_nobodys_to_move() -> None:
    lead, nour = a_lead(status="used"), a_person()
    outcomes = [
        triage.claim(lead.uuid, nour, NOON, seen="used"),
        triage.dismiss(lead.uuid, nour, "old", NOON, seen="used"),
        triage.snooze(lead.uuid, nour, NOON, NOON, seen="used"),
        triage.restore(lead.uuid, nour, NOON),
    ]
    assert [one.changed for one in outcomes] == [False] * 4
    assert events(lead) == []


def test_handing_back_is_for_who_holds_it_or_an_editor() -> None:
    lead, nour, ada = a_lead(), a_person(), a_person("Ada")
    triage.claim(lead.uuid, nour, NOON)
    assert triage.release(lead.uuid, ada, NOON).changed is False
    assert triage.release(lead.uuid, ada, NOON, others=True).changed is True
    assert stands(lead) == ("queued", "")
    triage.claim(lead.uuid, nour, NOON)
    assert triage.release(lead.uuid, nour, NOON).changed is True
    assert triage.release(lead.uuid, nour, NOON).changed is False


def test_a_claim_is_renewed_by_who_holds_it() -> None:
    lead, nour, ada = a_lead(), a_person(), a_person("Ada")
    triage.claim(lead.uuid, nour, NOON)
    assert triage.renew(lead.uuid, ada, NOON + HOUR).changed is False
    assert triage.renew(lead.uuid, nour, NOON + HOUR).changed is True
    assert models.Lead.objects.get().claimed_until == NOON + 49 * HOUR


def test_a_reason_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="nonsense"):
        triage.dismiss(a_lead().uuid, a_person(), "nonsense", NOON)


def test_a_lead_that_is_gone_says_so() -> None:
    assert triage.claim(uuid.uuid4(), a_person(), NOON) == triage.Outcome(False, None)


# ── undo ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_each_action_can_be_undone() -> None:
    nour = a_person()
    for act in (
        lambda lead: triage.claim(lead, nour, NOON),
        lambda lead: triage.dismiss(lead, nour, "old", NOON),
        lambda lead: triage.snooze(lead, nour, NOON + HOUR, NOON),
    ):
        lead = a_lead(status="quiet")
        assert act(lead.uuid).changed
        assert triage.undo(nour, NOON, lead.uuid).changed
        row = models.Lead.objects.get(pk=lead.pk)
        assert (row.status, row.claimed_by, row.claimed_until, row.snoozed_until) == ("quiet", None, None, None)


def test_undoing_goes_back_step_by_step() -> None:
    first, second, nour = a_lead(), a_lead(), a_person()
    triage.claim(first.uuid, nour, NOON)
    triage.dismiss(first.uuid, nour, "thin", NOON, seen="claimed")
    triage.snooze(second.uuid, nour, NOON + HOUR, NOON)
    steps = [(triage.undo(nour, NOON).changed, stands(first), stands(second)[0]) for _ in range(4)]
    assert steps == [
        (True, ("dismissed", ""), "queued"),
        (True, ("claimed", "Nour"), "queued"),
        (True, ("queued", ""), "queued"),
        (False, ("queued", ""), "queued"),
    ]
    assert models.Lead.objects.get(pk=first.pk).claimed_until is None
    assert events(first)[-1] == ("undone", "claimed")


def test_what_others_did_since_is_not_undone() -> None:
    lead, nour, ada = a_lead(), a_person(), a_person("Ada")
    triage.dismiss(lead.uuid, nour, "old", NOON)
    triage.claim(lead.uuid, ada, NOON, seen="dismissed")
    told = triage.undo(nour, NOON, lead.uuid)
    assert told.standing is not None
    assert (told.changed, told.standing.by, stands(lead)) == (False, "Ada Haddad", ("claimed", "Ada"))
    assert triage.undo(nour, NOON) == triage.Outcome(False, None)


def test_a_dismissed_lead_that_came_back_by_growing_is_not_undone() -> None:
    lead, nour = a_lead(), a_person()
    triage.dismiss(lead.uuid, nour, "old", NOON)
    models.Lead.objects.update(status="queued")
    models.LeadEvent.objects.create(lead=lead, kind="grown", at=NOON)
    assert triage.undo(nour, NOON).changed is False


def test_undo_is_over_after_a_day() -> None:
    lead, nour = a_lead(), a_person()
    triage.dismiss(lead.uuid, nour, "old", NOON)
    later = NOON + timedelta(hours=25)
    assert (triage.undo(nour, later).changed, triage.undo(nour, later, lead.uuid).changed) == (False, False)


def test_a_claim_whose_time_is_over_does_not_come_back_by_undo() -> None:
    lead, nour = a_lead(), a_person()
    triage.claim(lead.uuid, nour, NOON)
    triage.release(lead.uuid, nour, NOON + 40 * HOUR)
    assert triage.undo(nour, NOON + 49 * HOUR, lead.uuid).changed
    assert stands(lead) == ("queued", "")


# ── what time does ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_claim_is_handed_back_when_its_time_is_over_and_the_holder_can_be_told() -> None:
    lead, nour = a_lead(), a_person()
    triage.claim(lead.uuid, nour, NOON)
    assert triage.lapse(NOON + 47 * HOUR) == 0
    assert (triage.lapse(NOON + 48 * HOUR), triage.lapse(NOON + 48 * HOUR)) == (1, 0)
    assert stands(lead) == ("queued", "")
    last = lead.events.latest("pk")
    assert (last.kind, last.by) == ("lapsed", nour)


def test_a_claim_with_a_draft_does_not_lapse_and_one_of_nobody_does() -> None:
    nour = a_person()
    a_lead(status="claimed", claimed_by=nour, claimed_until=None)
    a_lead(status="claimed", claimed_by=None, claimed_until=None)
    assert triage.lapse(NOON) == 1
    assert sorted(models.Lead.objects.values_list("status", flat=True)) == ["claimed", "queued"]


def test_a_snooze_ends_at_its_moment() -> None:
    lead, nour = a_lead(), a_person()
    triage.snooze(lead.uuid, nour, NOON + HOUR, NOON)
    assert (triage.wake(NOON), triage.wake(NOON + HOUR), triage.wake(NOON + HOUR)) == (0, 1, 0)
    assert (stands(lead), events(lead)[-1]) == (("queued", ""), ("woken", ""))

"""Claims whose time is over go back to the queue, snoozes end."""

from __future__ import annotations

from datetime import timedelta

from monitor.flows.hand_back import HandBackReport, hand_back
from monitor.store import models, people, triage
from tests.flows.desk import FlowDesk


def test_what_is_over_comes_back_and_the_rest_stays(desk: FlowDesk) -> None:
    now = desk.clock.now()
    nour = people.add("nour@desk.localhost", "Nour", "Haddad", "contributor", "en", now)
    leads = []
    for _ in range(triage.BATCH + 3):
        story = models.Story.objects.create(created_at=now, newest_at=now, oldest_at=now)
        leads.append(models.Lead.objects.create(story=story, section="asia", headline="Port", newest_at=now, queued_at=now, ranked_at=now))
    models.Lead.objects.update(status="claimed", claimed_by=nour, claimed_until=now + timedelta(hours=48))
    models.Lead.objects.filter(pk__in=[lead.pk for lead in leads[:2]]).update(
        status="snoozed", claimed_by=None, claimed_until=None, snoozed_until=now + timedelta(hours=72)
    )
    assert hand_back(desk.kit) == HandBackReport(0, 0)
    desk.clock.advance(timedelta(hours=48))
    assert hand_back(desk.kit) == HandBackReport(triage.BATCH + 1, 0)
    desk.clock.advance(timedelta(hours=24))
    assert hand_back(desk.kit) == HandBackReport(0, 2)
    assert set(models.Lead.objects.values_list("status", "claimed_by", "claimed_until", "snoozed_until")) == {("queued", None, None, None)}

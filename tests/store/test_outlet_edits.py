"""Changing outlets: what is written, what is told to the second editor, what can be undone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.records import Feed, Outlet
from monitor.store import models, outlet_edits, outlets, people
from tests.fakes import NOON

pytestmark = pytest.mark.django_db
PORT = Outlet("port", "Port News", "FR", "fr", feeds=(Feed("https://port.example/rss"), Feed("https://port.example/sea")))


@pytest.fixture
def row() -> models.Outlet:
    outlets.save_merge((PORT,), (), (PORT,), NOON)
    return models.Outlet.objects.get()


def stored() -> Outlet:
    return outlets.outlets()[0]


def test_an_edit_is_written_and_undone(row: models.Outlet) -> None:
    ada = people.add("ada@desk.localhost", "Ada", "Example", "editor", "en", NOON)
    wanted = replace(PORT, name="Port Times", weight=0.9, feeds=PORT.feeds[:1])
    done = outlet_edits.save("port", row.revision, wanted, ada, NOON)
    assert (done.result, stored()) == ("done", wanted)
    assert outlet_edits.undo(done.change, ada, NOON).result == "done"
    assert stored() == PORT
    assert outlet_edits.undo(done.change, ada, NOON).result == "unknown"


def test_the_second_of_two_editors_is_told_and_nothing_is_written(row: models.Outlet) -> None:
    ada = people.add("ada@desk.localhost", "Ada", "Example", "editor", "en", NOON)
    first = outlet_edits.save("port", row.revision, replace(PORT, name="Port Times"), ada, NOON)
    second = outlet_edits.save("port", row.revision, replace(PORT, country="GB"), None, NOON)
    assert (first.result, second.result, second.by) == ("done", "meanwhile", "Ada Example")
    assert (second.outlet, stored().country) == (replace(PORT, name="Port Times"), "FR")


def test_an_import_counts_as_somebody_else(row: models.Outlet) -> None:
    changed = replace(PORT, note="terms changed")
    outlets.save_merge((changed,), (), (changed,), NOON)
    assert outlet_edits.save("port", row.revision, replace(PORT, name="X"), None, NOON).result == "meanwhile"


def test_an_edit_that_changes_nothing_is_no_change(row: models.Outlet) -> None:
    assert outlet_edits.save("port", row.revision, PORT, None, NOON).result == "same"
    assert models.OutletChange.objects.count() == 0


def test_a_feed_of_another_outlet_is_refused_and_nothing_is_written(row: models.Outlet) -> None:
    other = Outlet("harbour", "Harbour", "GB", "en", feeds=(Feed("https://harbour.example/rss"),))
    assert outlet_edits.add(other, None, NOON).result == "done"
    wanted = replace(PORT, name="X", feeds=(*PORT.feeds, other.feeds[0]))
    refused = outlet_edits.save("port", row.revision, wanted, None, NOON)
    assert (refused.result, refused.address, refused.owner) == ("taken", "https://harbour.example/rss", "Harbour")
    assert stored() == PORT
    assert outlet_edits.add(replace(other, name="Twin"), None, NOON).result == "taken"


def test_a_corrected_address_keeps_the_history_and_drops_what_belonged_to_the_old_one(row: models.Outlet) -> None:
    feed = models.Feed.objects.get(url=PORT.feeds[0].url)
    models.Feed.objects.filter(pk=feed.pk).update(etag='"1"', health="gone", gone_at=NOON, last_change_at=NOON, due_at=None)
    new = "https://port.example/new"
    wanted = replace(PORT, feeds=(Feed(new), PORT.feeds[1]))
    done = outlet_edits.save("port", row.revision, wanted, None, NOON, renamed={feed.url: new})
    feed.refresh_from_db()
    assert (done.result, feed.url, feed.etag, feed.health, feed.gone_at, feed.last_change_at) == ("done", new, "", "new", None, NOON)
    assert feed.due_at == NOON
    assert outlet_edits.undo(done.change, None, NOON).result == "done"
    feed.refresh_from_db()
    assert (feed.url, models.Feed.objects.count()) == (PORT.feeds[0].url, 2)


def test_the_address_a_feed_moved_to_is_adopted(row: models.Outlet) -> None:
    feed = models.Feed.objects.get(url=PORT.feeds[0].url)
    models.Feed.objects.filter(pk=feed.pk).update(perm_redirect_to="https://new.example/rss")
    assert outlet_edits.adopt("port", str(feed.uuid), "https://evil.example/", None, NOON).result == "meanwhile"
    done = outlet_edits.adopt("port", str(feed.uuid), "https://new.example/rss", None, NOON)
    feed.refresh_from_db()
    assert (done.result, feed.url, feed.perm_redirect_to) == ("done", "https://new.example/rss", "")
    assert outlet_edits.undo(done.change, None, NOON).result == "done"
    feed.refresh_from_db()
    assert feed.url == PORT.feeds[0].url


def test_archiving_stops_polling_and_is_undone(row: models.Outlet) -> None:
    done = outlet_edits.archive("port", None, NOON)
    assert (outlets.outlets(), set(models.Feed.objects.values_list("due_at", flat=True))) == ((), {None})
    assert outlet_edits.undo(done.change, None, NOON).result == "done"
    assert (stored(), set(models.Feed.objects.values_list("due_at", flat=True))) == (PORT, {NOON})
    outlet_edits.archive("port", None, NOON)
    assert outlet_edits.restore("port", None, NOON).result == "done"
    assert outlet_edits.restore("port", None, NOON).result == "unknown"


def test_what_was_added_is_archived_by_undo_and_gets_an_id_of_its_own(row: models.Outlet) -> None:
    added = outlet_edits.add(Outlet("port", "Port", "GB", "en"), None, NOON)
    assert added.outlet is not None
    assert added.outlet.id == "port-2"
    assert outlet_edits.undo(added.change, None, NOON).result == "done"
    assert [outlet.id for outlet in outlets.outlets()] == ["port"]


def test_undo_is_refused_once_something_came_after(row: models.Outlet) -> None:
    first = outlet_edits.save("port", row.revision, replace(PORT, name="A"), None, NOON)
    outlet_edits.set_enabled("port", enabled=False, now=NOON)
    assert outlet_edits.undo(first.change, None, NOON).result == "meanwhile"
    assert (stored().name, stored().enabled) == ("A", False)


def test_a_feed_that_is_gone_is_revived_no_sooner_than_politeness_allows(row: models.Outlet) -> None:
    feed = models.Feed.objects.get(url=PORT.feeds[0].url)
    asked = NOON - timedelta(minutes=5)
    models.Feed.objects.filter(pk=feed.pk).update(health="gone", gone_at=NOON, due_at=None, last_attempt_at=asked)
    assert outlet_edits.revive("port", str(feed.uuid), None, NOON).result == "done"
    feed.refresh_from_db()
    assert (feed.health, feed.gone_at, feed.due_at) == ("new", None, asked + timedelta(minutes=15))


def test_a_feed_that_was_given_up_is_due_again_when_its_outlet_is_resumed(row: models.Outlet) -> None:
    models.Feed.objects.update(attempts=5, due_at=NOON - timedelta(hours=1))
    assert outlet_edits.set_enabled("port", enabled=True, now=NOON)
    assert set(models.Feed.objects.values_list("attempts", "due_at")) == {(0, NOON)}
    assert not outlet_edits.set_enabled("nobody", enabled=True, now=NOON)


def test_asking_to_try_is_one_wish_however_often(row: models.Outlet) -> None:
    assert [outlet_edits.ask_to_try("port", NOON) for _ in range(2)] == [True, True]
    assert models.ToTry.objects.count() == 1
    outlet_edits.set_enabled("port", enabled=False, now=NOON)
    assert not outlet_edits.ask_to_try("port", NOON)

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.config.feed_address import feed_key
from monitor.config.feeds_merge import Merge, Summary, merge_feeds
from monitor.records import Feed, Outlet

UNE = Feed("https://vega.example/une.xml")
MONDE = Feed("https://vega.example/monde.xml", section="africa")
VEGA = Outlet("vega", "Agence Vega", "FR", "fr", kind="agency", feeds=(UNE, MONDE))
ORION = Outlet("orion", "Orion Post", "GB", "en", feeds=(Feed("https://orion.example/feed"),))


def applied(merge: Merge, current: tuple[Outlet, ...]) -> dict[str, Outlet]:
    """The database after an import."""
    held = {outlet.id: outlet for outlet in current} | {outlet.id: outlet for outlet in merge.to_save}
    return {ident: outlet for ident, outlet in held.items() if ident not in merge.to_archive}


def test_the_first_import_adds_everything():
    assert merge_feeds((), (VEGA, ORION), ()) == Merge((VEGA, ORION), (), (), Summary(2, 0, 0, 0))


def test_the_same_file_again_does_nothing():
    assert merge_feeds((VEGA, ORION), (VEGA, ORION), (ORION, VEGA)) == Merge((), (), (), Summary(0, 0, 0, 2))


def test_the_order_of_feeds_alone_is_no_change():
    turned = replace(VEGA, feeds=(MONDE, UNE))
    assert merge_feeds((VEGA,), (turned,), (VEGA,)) == Merge((), (), (), Summary(0, 0, 0, 1))


def test_what_changed_in_the_file_changes_in_the_database():
    wanted = replace(VEGA, name="Vega", weight=0.9, feeds=(replace(UNE, every=timedelta(hours=1)), Feed("https://vega.example/new.xml")))
    assert merge_feeds((VEGA,), (wanted,), (VEGA,)) == Merge((wanted,), (), (), Summary(0, 1, 0, 0))


def test_an_outlet_that_left_the_file_is_archived():
    assert merge_feeds((VEGA, ORION), (VEGA,), (VEGA, ORION)) == Merge((), ("orion",), (), Summary(0, 0, 1, 1))


def test_an_archived_outlet_that_comes_back_to_the_file_is_added_again():
    assert merge_feeds((VEGA,), (VEGA, ORION), (VEGA,)).to_save == (ORION,)


def test_what_a_person_changed_stays_and_is_reported():
    mine = replace(VEGA, weight=0.9, enabled=False, note="asked us to wait")
    wanted = replace(VEGA, weight=0.4, owner="Groupe Vega")
    assert merge_feeds((VEGA,), (wanted,), (mine,)) == Merge(
        (replace(mine, owner="Groupe Vega"),),
        (),
        (
            "Agence Vega: weight is 0.9 here and 0.4 in the file; 0.9 stays.",
            "Agence Vega: enabled is off here and on in the file; off stays.",
            "Agence Vega: note is “asked us to wait” here and nothing in the file; “asked us to wait” stays.",
        ),
        Summary(0, 1, 0, 0),
    )


def test_a_value_changed_alike_on_both_sides_is_no_difference():
    both = replace(VEGA, weight=0.9)
    assert merge_feeds((VEGA,), (both,), (both,)) == Merge((), (), (), Summary(0, 0, 0, 1))


def test_without_an_earlier_import_the_database_stays_and_differences_are_reported():
    mine = replace(VEGA, weight=0.9)
    assert merge_feeds((), (VEGA,), (mine,)) == Merge(
        (), (), ("Agence Vega: weight is 0.9 here and 0.6 in the file; 0.9 stays.",), Summary(0, 0, 0, 1)
    )


def test_an_outlet_added_by_a_person_stays_and_is_reported():
    assert merge_feeds((VEGA,), (VEGA,), (VEGA, ORION)) == Merge(
        (), (), ("Orion Post: is only in the database; it stays.",), Summary(0, 0, 0, 2)
    )


def test_an_outlet_archived_by_a_person_stays_archived():
    assert merge_feeds((VEGA, ORION), (VEGA, ORION), (VEGA,)) == Merge(
        (), (), ("Orion Post: is in the file but was archived here; it stays archived.",), Summary(0, 0, 0, 1)
    )


def test_an_outlet_changed_here_that_left_the_file_is_archived_and_reported():
    mine = replace(ORION, weight=1.0)
    assert merge_feeds((VEGA, ORION), (VEGA,), (VEGA, mine)) == Merge(
        (), ("orion",), ("Orion Post: left the file and is archived, although it was changed here.",), Summary(0, 0, 1, 1)
    )


def test_feeds_are_merged_one_by_one():
    added, fresh = Feed("https://vega.example/added.xml"), Feed("https://blog.vega-blog.example/new.xml")
    mine = replace(VEGA, feeds=(replace(MONDE, enabled=False), added, replace(UNE, note="x")))
    wanted = replace(VEGA, feeds=(UNE, replace(MONDE, section="europe"), fresh))
    got = merge_feeds((VEGA,), (wanted,), (mine,))
    assert got == Merge(
        (
            replace(
                VEGA,
                feeds=(replace(UNE, note="x"), replace(MONDE, enabled=False, section="europe"), fresh, added),
            ),
        ),
        (),
        (
            "Agence Vega, feed https://vega.example/une.xml: note is “x” here and nothing in the file; “x” stays.",
            "Agence Vega, feed https://vega.example/monde.xml: enabled is off here and on in the file; off stays.",
            "Agence Vega: the feed https://vega.example/added.xml is only in the database; it stays.",
        ),
        Summary(0, 1, 0, 0),
    )


def test_a_feed_removed_by_a_person_stays_removed():
    mine = replace(VEGA, feeds=(MONDE,))
    assert merge_feeds((VEGA,), (VEGA,), (mine,)) == Merge(
        (), (), ("Agence Vega: the feed https://vega.example/une.xml was removed here; it stays removed.",), Summary(0, 0, 0, 1)
    )


def test_a_feed_that_left_the_file_is_removed():
    wanted = replace(VEGA, feeds=(MONDE,))
    assert merge_feeds((VEGA,), (wanted,), (VEGA,)) == Merge((wanted,), (), (), Summary(0, 1, 0, 0))


def test_an_adopted_permanent_redirect_stays():
    moved = replace(VEGA, feeds=(Feed("https://www.vega.example/rss/une"), MONDE))
    said = (
        (
            "Agence Vega: the feed https://vega.example/une.xml of the file is https://www.vega.example/rss/une here (moved for good); "
            "https://www.vega.example/rss/une stays."
        ),
    )
    assert merge_feeds((VEGA,), (VEGA,), (moved,)) == Merge((), (), said, Summary(0, 0, 0, 1))


def test_an_adopted_redirect_takes_the_other_changes_of_the_file():
    moved = replace(VEGA, feeds=(Feed("https://www.vega.example/rss/une"), MONDE))
    wanted = replace(VEGA, feeds=(replace(UNE, section="europe"), MONDE))
    got = merge_feeds((VEGA,), (wanted,), (moved,))
    assert got.to_save == (replace(VEGA, feeds=(Feed("https://www.vega.example/rss/une", section="europe"), MONDE)),)


def test_a_redirect_to_https_stays_too():
    plain = replace(ORION, feeds=(Feed("http://orion.example/feed/"),))
    assert merge_feeds((plain,), (plain,), (ORION,)) == Merge(
        (),
        (),
        (
            (
                "Orion Post, feed https://orion.example/feed: url is “https://orion.example/feed” here and “http://orion.example/feed/” "
                "in the file; “https://orion.example/feed” stays."
            ),
        ),
        Summary(0, 0, 0, 1),
    )


def test_an_address_that_the_file_gives_to_another_outlet_stays_where_a_person_put_it():
    mine = replace(ORION, id="mine", name="My outlet", feeds=(UNE,))
    assert merge_feeds((), (replace(VEGA, feeds=(UNE,)),), (mine,)) == Merge(
        (replace(VEGA, feeds=()),),
        (),
        (
            "My outlet: is only in the database; it stays.",
            "Agence Vega: the feed https://vega.example/une.xml stays with My outlet, which has it here.",
        ),
        Summary(1, 0, 0, 1),
    )


def test_a_feed_may_move_from_one_outlet_of_the_file_to_another():
    before = (VEGA, ORION)
    after = (replace(VEGA, feeds=(MONDE,)), replace(ORION, feeds=(*ORION.feeds, UNE)))
    assert merge_feeds(before, after, before) == Merge(after, (), (), Summary(0, 2, 0, 0))


def test_the_file_wins_when_told_to():
    mine = replace(VEGA, weight=0.9, feeds=(MONDE,))
    assert merge_feeds((VEGA,), (VEGA,), (mine, ORION), file_wins=True) == Merge(
        (VEGA,),
        ("orion",),
        (
            "Agence Vega: weight was 0.9 here and becomes 0.6, the file wins.",
            "Agence Vega: its feeds become those of the file, the file wins.",
            "Orion Post: is not in the file and is archived, the file wins.",
        ),
        Summary(0, 1, 1, 0),
    )


# ── properties ───────────────────────────────────────────────────────────────────────────────────────────────────────

ADDRESSES = [f"https://{host}.example/{path}" for host in ("a", "b") for path in ("1", "2", "3")] + ["https://www.a.example/1"]


@st.composite
def sides(draw: st.DrawFn) -> tuple[Outlet, ...]:
    """Outlets as one side of a merge may hold them: no id and no address twice."""
    free = draw(st.permutations(ADDRESSES))
    outlets = []
    for ident in draw(st.lists(st.sampled_from(["one", "two", "three"]), unique=True)):
        taken, free = free[: (count := draw(st.integers(0, 3)))], free[count:]
        feeds = tuple(Feed(url, section=draw(st.sampled_from([None, "asia"])), enabled=draw(st.booleans())) for url in taken)
        outlets.append(Outlet(ident, draw(st.sampled_from(["A", "B"])), "FR", "fr", weight=draw(st.sampled_from([0.4, 0.8])), feeds=feeds))
    return tuple(outlets)


def as_held(outlets: dict[str, Outlet]) -> dict[str, Outlet]:
    return {ident: replace(outlet, feeds=tuple(sorted(outlet.feeds, key=lambda feed: feed.url))) for ident, outlet in outlets.items()}


FEW = settings(max_examples=150, deadline=None)


@FEW
@given(sides(), sides())
def test_an_import_of_an_unchanged_file_undoes_nothing(file, current):
    merge = merge_feeds(file, file, current)
    assert (merge.to_save, merge.to_archive) == ((), ())


@FEW
@given(sides(), sides())
def test_a_database_nobody_touched_becomes_what_the_file_says(last, file):
    after = applied(merge_feeds(last, file, last), last)
    assert as_held(after) == as_held({outlet.id: outlet for outlet in file})


@FEW
@given(sides(), sides(), sides())
def test_the_file_wins_whatever_was_there(last, file, current):
    after = applied(merge_feeds(last, file, current, file_wins=True), current)
    assert as_held(after) == as_held({outlet.id: outlet for outlet in file})


@FEW
@given(sides(), sides(), sides())
def test_importing_twice_is_importing_once(last, file, current):
    after = tuple(applied(merge_feeds(last, file, current), current).values())
    again = merge_feeds(file, file, after)
    assert (again.to_save, again.to_archive) == ((), ())


@FEW
@given(sides(), sides(), sides(), st.booleans())
def test_counts_add_up_and_no_address_has_two_outlets(last, file, current, file_wins):
    merge = merge_feeds(last, file, current, file_wins=file_wins)
    after = applied(merge, current)
    summary = merge.summary
    assert (summary.added + summary.changed, summary.archived) == (len(merge.to_save), len(merge.to_archive))
    assert len(after) == summary.added + summary.changed + summary.unchanged
    keys = [feed_key(feed.url) for outlet in after.values() for feed in outlet.feeds]
    assert len(keys) == len(set(keys))

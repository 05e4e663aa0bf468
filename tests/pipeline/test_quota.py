"""The queue balanced by section: owed places, shares, likeness, and why a lead stands where it does."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.pipeline.quota import Candidate, Place, Quota, balanced, quota_for


def order(leads: list[Candidate], quota: Quota) -> list[str]:
    return [one.story for one in balanced(leads, quota)]


def test_a_section_that_is_owed_places_gets_them_and_says_so() -> None:
    leads = [Candidate(f"e{one}", 90 - one, "europe") for one in range(10)] + [Candidate("f", 10, "africa"), Candidate("g", 5, "africa")]
    places = balanced(leads, Quota({"africa": 2, "europe": 2}, most=1.0, size=6))
    assert [one.story for one in places] == ["e0", "e1", "e2", "e3", "f", "g", "e4", "e5", "e6", "e7", "e8", "e9"]
    assert {one.story: one.why for one in places if one.why} == {"f": "quota", "g": "quota", "e4": "cap", "e5": "cap"}
    assert [one.place for one in places] == list(range(1, 13))


def test_a_section_takes_half_of_the_first_places_while_others_wait() -> None:
    leads = [Candidate(f"e{one}", 500 - one, "europe") for one in range(30)] + [Candidate(f"a{one}", 20 - one, "asia") for one in range(9)]
    first = order(leads, Quota(size=8))[:8]
    assert Counter(story[0] for story in first) == {"e": 4, "a": 4}


def test_a_section_alone_fills_the_queue() -> None:
    leads = [Candidate(f"e{one:02d}", 50 - one, "europe") for one in range(30)]
    assert order(leads, quota_for(["africa", "europe"])) == [f"e{one:02d}" for one in range(30)]


def test_stories_alike_are_kept_apart() -> None:
    leads = [Candidate("a", 50, "asia"), Candidate("b", 49, "asia"), Candidate("c", 45, "asia")]
    alike = balanced(leads, Quota(most=1.0), alike=lambda first, second: float({first, second} == {"a", "b"}))
    assert [one.story for one in alike] == ["a", "c", "b"]


def test_every_section_but_focus_is_owed_two() -> None:
    assert quota_for(["africa", "asia", "focus"]).owed == {"africa": 2, "asia": 2}


def test_no_lead_no_place() -> None:
    assert balanced([], quota_for(["africa"])) == ()
    assert balanced([Candidate("a", 1, "x")], quota_for(["africa"])) == (Place("a", 1, ""),)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 100), st.sampled_from(("africa", "asia", "europe"))), max_size=25),
    st.dictionaries(st.sampled_from(("africa", "asia", "america")), st.integers(0, 4)),
    st.integers(1, 20),
)
def test_every_lead_is_placed_once_and_the_quotas_are_kept(rows: list[tuple[int, str]], owed: dict[str, int], size: int) -> None:
    leads = [Candidate(f"s{number}", score, section) for number, (score, section) in enumerate(rows)]
    found = order(leads, Quota(owed, most=1.0, size=size))
    assert sorted(found) == sorted(lead.story for lead in leads)
    section = {lead.story: lead.section for lead in leads}
    there, shown = Counter(section.values()), Counter(section[story] for story in found[:size])
    due = {name: min(least, there[name]) for name, least in owed.items()}
    if sum(due.values()) <= size:
        assert all(shown[name] >= least for name, least in due.items())
    for name in there:
        mine = [lead.story for lead in sorted(leads, key=lambda lead: (-lead.score, lead.story)) if lead.section == name]
        assert [story for story in found if section[story] == name] == mine  # within a section the score decides

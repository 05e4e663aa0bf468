"""What people change of terms, laid over the file's."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.knowledge import ThemeDef, Themes
from monitor.pipeline.theme_terms import TermChange, applied, difference, fingerprint, in_use

TERMS = st.dictionaries(st.sampled_from(["convoi", "missile*", "ligne de front", "raid", "obus"]), st.sampled_from([0.5, 1.0, 2.0, 3.0]))


@settings(max_examples=60, deadline=None)
@given(TERMS, TERMS)
def test_a_change_applied_to_where_it_began_is_what_was_wanted_and_back(before: dict[str, float], after: dict[str, float]) -> None:
    was, is_ = difference(before, after)
    assert applied(before, is_) == after
    assert applied(after, was) == before


@settings(max_examples=60, deadline=None)
@given(TERMS, TERMS, TERMS)
def test_a_person_wins_over_a_newer_file_only_where_both_touched_a_term(
    old: dict[str, float], ours: dict[str, float], new: dict[str, float]
) -> None:
    change = difference(old, ours)[1]
    laid = applied(new, change)
    assert {term: laid.get(term) for term in change} == change
    assert {term: weight for term, weight in laid.items() if term not in change} == {t: w for t, w in new.items() if t not in change}


def test_changes_add_up_in_order_and_those_of_a_lost_theme_are_passed_by() -> None:
    themes = Themes((ThemeDef("forces", {"en": "Forces"}, terms={"fr": {"raid": 1.0}}),))
    changes = [
        TermChange("forces", "fr", {"raid": 2.0, "obus": 1.0}),
        TermChange("gone", "fr", {"x": 1.0}),
        TermChange("forces", "ko", {"가나": 1.0}),
        TermChange("forces", "fr", {"obus": None}),
        TermChange("forces", "ko", {"가나": None}),
    ]
    assert in_use(themes, changes).themes[0].terms == {"fr": {"raid": 2.0}}


def test_fingerprint_knows_terms_whatever_their_order() -> None:
    assert fingerprint({"a": 1, "b": 2.0}) == fingerprint({"b": 2, "a": 1.0})
    assert fingerprint({"a": 1}) != fingerprint({"a": 2})

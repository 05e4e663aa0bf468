from __future__ import annotations

import pytest

from monitor.config.newsroom_file import Samples, load_newsroom
from tests.path.truth import apart, article_id_of, copies, section_accuracy, story_scores, theme_scores


@pytest.fixture(scope="module")
def samples() -> Samples:
    return load_newsroom()


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("http://127.0.77.3:8901/international/titre-court-20-11-2026-AF5FR2.php", "af5-fr-2"),
        ("http://127.0.77.20:8901/kokusai/article.html?id=as10-ja-1", "as10-ja-1"),
        ("http://127.0.77.22:8901/dunya/port-sudan-haf6-tr-1", "af6-tr-1"),
        ("http://127.0.77.4:8901/2026/11/titre-eu1-fr-2/", "eu1-fr-2"),
        ("http://127.0.77.4:8901/rubric/0", ""),
        ("http://127.0.77.4:8901/", ""),
    ],
)
def test_article_id_of_an_address(address: str, expected: str):
    assert article_id_of(address) == expected


def test_the_truth_itself_scores_full_marks(samples: Samples):
    truths = [(one, truth) for truth in samples.truths for one in truth.articles]
    section = section_accuracy({one: truth.section for one, truth in truths}, samples)
    themes = theme_scores({one: truth.themes_of(one) for one, truth in truths}, samples)
    story = story_scores({one: truth.event for one, truth in truths}, samples)
    copied = copies({article.id: article.copy_of for article in samples.articles if article.copy_of}, samples)
    assert (section.share, section.wrong) == (1.0, {})
    assert (themes.precision, themes.recall, themes.f) == (1.0, 1.0, 1.0)
    assert (story.all.f, story.across_languages.f) == (1.0, 1.0)
    assert (copied.recall, copied.missed, copied.false) == (1.0, (), ())
    assert apart({one: truth.event for one, truth in truths}, samples) == []


def test_nothing_found_scores_nothing(samples: Samples):
    assert section_accuracy({}, samples).right == 0
    assert theme_scores({}, samples).f == 0.0
    assert (story_scores({}, samples).all.precision, story_scores({}, samples).across_languages.f) == (1.0, 0.0)
    assert copies({}, samples).recognised == 0


def test_everything_in_one_story_is_precise_in_nothing(samples: Samples):
    scores = story_scores({article.id: "one" for article in samples.articles}, samples)
    assert (scores.all.recall, scores.across_languages.recall) == (1.0, 1.0)
    assert scores.all.precision < 0.05
    assert scores.across_languages.precision < 0.05


def test_scores_count_each_mistake_by_hand(samples: Samples):
    found = {one: truth.event for truth in samples.truths for one in truth.articles}
    moved = found | {"af4-pl-1": "af5"}
    scores = story_scores(moved, samples)
    total = len(found)
    # af4 and af5 have 6 articles each. In the story of 7 the stray one is 1 of 7, the others 6 of 7; of its event it keeps 1 of 6,
    # the five that stay 5 of 6.
    assert scores.all.precision == pytest.approx((total - 7 + 1 / 7 + 6 * 6 / 7) / total)
    assert scores.all.recall == pytest.approx((total - 6 + 1 / 6 + 5 * 5 / 6) / total)


def test_lookalikes_in_one_story_are_named(samples: Samples):
    found = {"af1-fr-1": "s", "af2-fr-1": "s", "af3-fr-1": "s", "as1-ar-1": "t", "as2-ar-1": "u"}
    assert apart(found, samples) == [("af1-fr-1", "af2-fr-1")]


def test_a_false_copy_is_counted_and_the_direction_is_not(samples: Samples):
    scores = copies({"af1-fr-1": "af1-fr-3", "af2-fr-1": "af1-fr-1"}, samples)
    assert (scores.recognised, scores.false) == (1, (("af2-fr-1", "af1-fr-1"),))


def test_sections_of_noise_count_only_when_asked(samples: Samples):
    noise = sum(truth.noise for truth in samples.truths)
    found = {one: truth.section for truth in samples.truths for one in truth.articles}
    assert section_accuracy(found, samples, noise=True).total - section_accuracy(found, samples).total == noise

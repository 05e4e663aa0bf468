from __future__ import annotations

import re
import shutil
from collections import Counter
from pathlib import Path

import pytest

from monitor.config.newsroom_file import SHIPPED, Samples, load_newsroom
from monitor.errors import ConfigError

OUTLETS = """
outlets:
  - {id: aa, name: "A", language: en, country: GB, zone: Europe/London, form: rss, page: column, path: "/{id}", kind: agency}
  - {id: bb, name: "B", language: en, country: US, zone: America/New_York, form: atom, page: ledger, path: "/{slug}-{id}", credit: dateline}
labels:
  en: {sections: [World], by: "By {name}", published: p, related: r, popular: m, newsletter: n, subscribe: s, caption: c, cookies: k,
       accept: a, listen: l, rights: i}
"""
EVENT = """
articles:
  - id: af1-en-1
    outlet: aa
    hours_ago: 9
    title: "First"
    summary: "S."
    text: |
      PORT-AU-PRINCE — One ship sank.

      Two men
      swam.

      Three rested.
  - id: af1-en-2
    outlet: bb
    hours_ago: 8
    title: "Second"
    summary: "S."
    copy_of: af1-en-1
    credit: "(Vega)"
    replace: [["One ship", "A ship"], ["swam.", "swam ashore."]]
    drop_last: 1
"""
TRUTH = """
event: af1
what: "A ship sank."
section: africa
themes: [maritime]
countries: [NG]
follows: null
lookalike: []
articles: {af1-en-1: en, af1-en-2: en}
"""


@pytest.fixture(scope="module")
def samples() -> Samples:
    return load_newsroom()


def a_newsroom(folder: Path, *, outlets: str = OUTLETS, event: str = EVENT, truth: str = TRUTH) -> Path:
    for name in ("events", "truth"):
        (folder / name).mkdir()
    (folder / "outlets.yaml").write_text(outlets, encoding="utf-8")
    (folder / "events" / "af1.yaml").write_text(event, encoding="utf-8")
    (folder / "truth" / "af1.yaml").write_text(truth, encoding="utf-8")
    return folder


def said(folder: Path) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load_newsroom(folder)
    return [f"{problem.file}:{problem.line} {problem.message}" for problem in caught.value.problems]


def test_a_wire_copy_has_its_edits_its_cut_and_its_credit(tmp_path: Path):
    loaded = load_newsroom(a_newsroom(tmp_path))
    assert loaded.article("af1-en-1").paragraphs == ("PORT-AU-PRINCE — One ship sank.", "Two men swam.", "Three rested.")
    assert loaded.article("af1-en-2").paragraphs == ("PORT-AU-PRINCE (Vega) — A ship sank.", "Two men swam ashore.")


def test_a_copy_without_dateline_begins_with_the_credit(tmp_path: Path):
    loaded = load_newsroom(a_newsroom(tmp_path, event=EVENT.replace("PORT-AU-PRINCE — One", "There One")))
    assert loaded.article("af1-en-2").paragraphs[0] == "(Vega) There A ship sank."


def test_a_copy_elsewhere_ends_with_the_credit(tmp_path: Path):
    loaded = load_newsroom(a_newsroom(tmp_path, outlets=OUTLETS.replace("credit: dateline", "credit: end")))
    assert loaded.article("af1-en-2").paragraphs[-1] == "Two men swam ashore. (Vega)"


def test_every_mistake_is_told_at_once_with_its_line(tmp_path: Path):
    event = EVENT.replace("outlet: aa", "outlet: zz").replace('"One ship"', '"No ship"').replace("hours_ago: 8", "hours_ago: 80")
    event += '  - {id: af1-en-1, outlet: aa, hours_ago: 300, title: "T", summary: "S.", text: "t", colour: red}\n'
    truth = TRUTH.replace("africa", "atlantis").replace("maritime", "marine").replace("af1-en-2: en", "af1-en-3: en")
    assert said(a_newsroom(tmp_path, event=event, truth=truth)) == [
        "events/af1.yaml:4 the outlet zz is not known",
        "events/af1.yaml:17 is older than its original af1-en-1",
        "events/af1.yaml:22 the words “No ship” are not in af1-en-1",
        "events/af1.yaml:24 the key colour is not known",
        "events/af1.yaml:24 hours_ago must be a number from 0 to 240",
        "events/af1.yaml:24 the article af1-en-1 is there twice",
        "truth/af1.yaml:None does not name the article af1-en-2",
        "truth/af1.yaml:4 section must be one of africa, america, asia, europe, focus",
        "truth/af1.yaml:5 themes has marine, which is not known",
        "truth/af1.yaml:9 names af1-en-3, which is no article of af1",
    ]


def test_mistakes_of_outlets_are_told(tmp_path: Path):
    outlets = OUTLETS.replace("form: atom", "form: gopher").replace("Europe/London", "Europe/Atlantis").replace("p, related: r", "p")
    outlets = outlets.replace("/{slug}-{id}", "/{slug}").replace("id: bb", "id: aa")
    assert said(a_newsroom(tmp_path, outlets=outlets))[1:6] == [
        "outlets.yaml:3 the time zone Europe/Atlantis is not known",
        "outlets.yaml:4 form must be one of rss, atom, rdf, json-feed",
        "outlets.yaml:4 path must hold {id} or {code}",
        "outlets.yaml:4 the outlet aa is there twice",
        "outlets.yaml:6 labels.en lacks related",
    ]


def test_a_missing_file_is_a_mistake_not_a_crash(tmp_path: Path):
    folder = a_newsroom(tmp_path)
    (folder / "outlets.yaml").unlink()
    assert said(folder)[2] == "outlets.yaml:None cannot be read: No such file or directory"


def test_an_unreadable_event_leaves_the_others_checked(tmp_path: Path):
    shutil.copytree(SHIPPED, tmp_path / "n")
    (tmp_path / "n" / "events" / "af1.yaml").write_text("articles: [", encoding="utf-8")
    messages = said(tmp_path / "n")
    assert {message.split(":")[0] for message in messages} == {"events/af1.yaml", "truth/af1.yaml"}


def test_the_shipped_newsroom_is_large_and_speaks_many_languages(samples: Samples):
    told = [truth for truth in samples.truths if not truth.noise]
    articles = [article for article in samples.articles if samples.truth_of(article.id) in told]
    assert len(samples.outlets) >= 14
    assert len({article.language for article in articles}) >= 10
    assert len(articles) >= 160
    assert len(told) >= 30
    assert sum(len(set(truth.articles.values())) >= 3 for truth in told) > len(told) / 2


def test_the_shipped_newsroom_spreads_over_ten_days_with_half_of_it_fresh(samples: Samples):
    hours = sorted(article.hours_ago for article in samples.articles)
    assert hours[0] < 1
    assert hours[-1] > 216
    assert 0.4 < sum(hour <= 30 for hour in hours) / len(hours) < 0.6
    for truth in samples.truths:
        ages = [samples.article(one).hours_ago for one in truth.articles]
        assert max(ages) - min(ages) <= 36


def test_no_copy_equals_its_original_and_none_has_the_same_headline(samples: Samples):
    copied = [article for article in samples.articles if article.copy_of]
    assert len(copied) >= 15
    for article in copied:
        original = samples.article(article.copy_of)
        assert article.text.replace(f" {article.credit}", "") not in (original.text, "")
        assert (article.title == original.title, article.language == original.language) == (False, True)


def test_every_headline_and_every_edit_is_its_own(samples: Samples):
    titles = Counter([article.title for article in samples.articles] + [article.first_title for article in samples.articles])
    assert {title: count for title, count in titles.items() if count > 1 and title} == {}


def test_truth_is_complete_and_lookalikes_are_mutual(samples: Samples):
    events = {truth.event: truth for truth in samples.truths}
    assert sorted(one for truth in samples.truths for one in truth.articles) == sorted(article.id for article in samples.articles)
    for truth in samples.truths:
        assert truth.what.endswith(".")
        assert [truth.event in events[other].lookalike for other in truth.lookalike] == [True] * len(truth.lookalike)
        assert len(truth.themes) <= 3
        assert truth.countries


def test_the_magazine_that_refuses_readers_has_few_articles(samples: Samples):
    assert len(samples.of("bastion")) == 3
    assert [len(samples.of(outlet.id)) for outlet in samples.outlets if outlet.feed == "broken"] == [0]
    assert min(article.hours_ago for article in samples.of("tern-gazette")) > 9 * 24


def test_texts_are_typeset_as_their_language_wants(samples: Samples):
    no_break = re.compile(r"(?<![\u202f\u00a0\d])[;:!?»]|(?<=\d)[;!?»]|«(?![\u202f\u00a0])")
    for article in samples.articles:
        for text in (article.title, article.first_title, article.summary, article.text):
            assert "  " not in text
            if article.language == "fr":
                assert no_break.findall(text) == []
            if article.language != "he":  # Hebrew pages write straight quotation marks
                assert re.findall("[\"']", text) == []

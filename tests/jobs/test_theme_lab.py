"""Terms people change: tried on stored headlines, taken up by the parser children, and later articles tagged with them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.config.themes_file import load_themes
from monitor.jobs.fetch_threads import FetchThreads
from monitor.jobs.knowledge import knowledge_with
from monitor.jobs.theme_lab import tend_themes
from monitor.jobs.worker import Worker
from monitor.outside import reading
from monitor.outside.reader_pool import Killed
from monitor.outside.reading_trial import TRIAL
from monitor.records import AboutArticle, Article
from monitor.store import due, models, periodic, theme_edits
from tests.fakes import NOON
from tests.flows.desk import FaultyPool, FlowDesk
from tests.store.rows import an_article

pytestmark = pytest.mark.django_db

TEXT = """
themes:
  navy:
    label: {en: Navy}
    threshold: 4
    terms:
      en: {frigate*: 2}
      fr: {frégate*: 2}
    tests:
      - {title: "Frigate sails", language: en, themes: [navy]}
"""


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Worker]:
    (tmp_path / "themes.yaml").write_text(TEXT, encoding="utf-8")
    themes = load_themes(tmp_path / "themes.yaml")
    knowledge = knowledge_with(themes, ("en", "fr"))
    threads = FetchThreads(1, threading.Event())
    with FaultyPool(1, setup=reading.PREPARE, setup_args=(knowledge,), jobs=(*reading.JOBS, TRIAL)) as pool:
        opened = FlowDesk(pool, threads).worker
        opened.kit = replace(opened.kit, ready=lambda: None)
        opened.knowledge, opened.file_themes = knowledge, themes
        theme_edits.tell_file("themes.yaml", TEXT, themes, NOON)
        yield opened
    threads.shutdown()


def an_entry(title: str) -> reading.EntryDocument:
    about = AboutArticle("", "https://port.example/1", title, "", "", (), None, NOON, "", "", "port", "Port", "GB", "en", "newspaper")
    return reading.EntryDocument(about, "summary", "")


def themes_given(worker: Worker, title: str) -> list[str]:
    article = worker.kit.pool.submit(reading.ENTRY, an_entry(title)).result(timeout=600)
    assert isinstance(article, Article)
    return [score.theme for score in article.tagged.themes]


def ask(**terms: float) -> models.ThemeTrial:
    began = theme_edits.terms_in_use("navy", "en") or {}
    return models.ThemeTrial.objects.get(uuid=theme_edits.ask("navy", "en", "", terms, began, None, NOON))


def test_terms_are_tried_on_the_headlines_of_thirty_days_in_their_language(worker: Worker) -> None:
    for number, title in enumerate(("Frigate sails", "Submarine surfaces", "Rain")):
        an_article(number, title=title, language="en", at=NOON - timedelta(days=1))
    an_article(7, title="Submarine long ago", language="en", at=NOON - timedelta(days=31))
    an_article(8, title="Le submarine", language="fr")
    an_article(9, title="Submarine not read", language="en", state="waiting")
    trial = ask(**{"submarine*": 2.0})
    assert tend_themes(worker) == "1 trial of terms"
    trial.refresh_from_db()
    found = trial.found["languages"][0]
    told = {name: found["headlines"][name] for name in ("language", "articles", "before", "after", "gained", "lost")}
    assert told == {"language": "en", "articles": 3, "before": 1, "after": 1, "gained": 1, "lost": 1}
    assert [(one["title"], one["why"]) for one in found["headlines"]["gains"]] == [("Submarine surfaces", [["Submarine", "submarine*: 2"]])]
    assert [(one["title"], one["given"]) for one in found["tests"]["broken"]] == [("Frigate sails", [])]
    assert (trial.done_at, trial.due_at, tend_themes(worker)) == (NOON, None, "")


def test_saved_terms_are_taken_up_by_the_children_and_an_undo_too(worker: Worker) -> None:
    assert themes_given(worker, "A submarine and a storm") == []
    trial = ask(**{"frigate*": 2.0, "submarine*": 2.0})
    tend_themes(worker)
    saved = theme_edits.save(str(trial.uuid), None, NOON)
    assert (saved.result, themes_given(worker, "A submarine and a storm")) == ("done", [])
    assert tend_themes(worker) == "terms as of change 1 taken up"
    assert themes_given(worker, "A submarine and a storm") == ["navy"]
    assert periodic.fact(theme_edits.IN_USE) == {"number": 1, "problem": ""}
    theme_edits.undo(saved.change, None, NOON)
    assert tend_themes(worker) == "terms as of change 2 taken up"
    assert themes_given(worker, "A submarine and a storm") == []
    assert tend_themes(worker) == ""


def test_saved_terms_are_taken_up_between_two_trials(worker: Worker) -> None:
    """Terms saved while a row of trials is made hold before the next trial, not after the last."""
    first = ask(**{"submarine*": 2.0})
    tend_themes(worker)
    for weight in (3.0, 4.0):
        ask(**{"submarine*": weight})
    numbers: list[int] = []

    def ready() -> None:
        numbers.append(worker.terms_number)
        if len(numbers) == 1:
            theme_edits.save(str(first.uuid), None, NOON)

    worker.kit = replace(worker.kit, ready=ready)
    assert tend_themes(worker) == "terms as of change 1 taken up; 2 trials of terms"
    assert numbers == [0, 1]


def test_a_trial_that_costs_a_child_its_life_is_tried_again_and_then_given_up(worker: Worker) -> None:
    an_article(1, title="Frigate sails", language="en")
    trial = ask(**{"submarine*": 2.0})
    assert isinstance(worker.kit.pool, FaultyPool)
    worker.kit.pool.replaced[TRIAL] = "tests.nothing:there"
    for _ in range(due.GIVE_UP_AFTER + 1):
        assert tend_themes(worker) == ""
        worker.kit.clock.sleep(10)
    trial.refresh_from_db()
    assert (trial.attempts, trial.done_at) == (due.GIVE_UP_AFTER, None)
    assert trial.last_error.startswith(Killed("refused").reason)


def test_terms_of_any_language_are_tried_in_each_language_of_the_outlets(worker: Worker) -> None:
    article = an_article(1, title="Frégate et submarine", language="fr")
    models.Outlet.objects.filter(pk=article.outlet_id).update(language="fr")
    theme_edits.ask("navy", "*", "", {"submarine*": 2.0}, {}, None, NOON)
    assert tend_themes(worker) == "1 trial of terms"
    found = models.ThemeTrial.objects.get().found["languages"]
    assert [(one["headlines"]["language"], one["headlines"]["articles"]) for one in found] == [("fr", 1)]

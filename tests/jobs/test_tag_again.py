"""Articles of the last thirty days are tagged again when terms change: from what is stored, in parts, and stories follow."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from monitor.config.themes_file import load_themes
from monitor.flows import tag_again as flow
from monitor.flows.queue_leads import queue_leads
from monitor.jobs.fetch_threads import FetchThreads
from monitor.jobs.knowledge import knowledge_with
from monitor.jobs.theme_lab import retag, tend_themes
from monitor.jobs.worker import Worker
from monitor.outside import reading
from monitor.outside.reading_again import AGAIN, ToTagAgain
from monitor.outside.reading_trial import TRIAL
from monitor.pipeline.tag_again import fingerprint, prints
from monitor.records import AboutArticle, Article
from monitor.store import articles, due, models, periodic, rows, search_index, tag_again, theme_edits, workers
from tests.fakes import NOON
from tests.flows.desk import FaultyPool, FlowDesk
from tests.store.rows import an_article

pytestmark = pytest.mark.django_db

OLD = """
themes:
  navy:
    label: {en: Navy}
    threshold: 2
    priority: 1.0
    terms:
      en: {frigate*: 2}
      fr: {frégate*: 2}
  storm:
    label: {en: Storms}
    threshold: 2
    priority: 1.0
    terms:
      en: {gale*: 2}
"""
NEW = OLD.replace("{frigate*: 2}", "{submarine*: 4}")
LATER = timedelta(minutes=2)
NAVY = [{"theme": "navy", "score": 4.0, "confidence": 0.9}]


def known(folder: Path, text: str) -> reading.Knowledge:
    (folder / "themes.yaml").write_text(text, encoding="utf-8")
    return knowledge_with(load_themes(folder / "themes.yaml"), ("en", "fr"))


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FaultyPool]:
    """Children that know the new terms."""
    knowledge = known(tmp_path_factory.mktemp("lab"), NEW)
    with FaultyPool(1, setup=reading.PREPARE, setup_args=(knowledge,), jobs=(*reading.JOBS, TRIAL, AGAIN)) as opened:
        yield opened


@pytest.fixture
def worker(pool: FaultyPool, tmp_path: Path) -> Iterator[Worker]:
    """A worker that took up the new terms, on a desk whose articles were tagged with the old ones."""
    pool.replaced.clear()
    threads = FetchThreads(1, threading.Event())
    opened = FlowDesk(pool, threads).worker
    opened.kit = replace(opened.kit, ready=lambda: None)
    opened.knowledge = known(tmp_path, NEW)
    opened.priorities = {"navy": 1.0, "storm": 1.0}
    tag_again.begin(prints(known(tmp_path, OLD).themes), NOON)
    yield opened
    threads.shutdown()


def a_story(*, newest: datetime = NOON, alive: bool = True) -> models.Story:
    story = models.Story.objects.create(created_at=newest, newest_at=newest, oldest_at=newest)
    if alive:
        models.ToRank.objects.create(story=story, due_at=newest + timedelta(hours=1))
    return story


def read(
    worker: Worker, number: int, title: str, text: str = "", *, story: models.Story | None = None, at: datetime = NOON, **had: object
) -> models.Article:
    """An article read by a parser child and kept as the desk keeps it; `had` are columns as the old terms left them."""
    about = AboutArticle("", "https://port.example/1", title, "", "", (), None, at, "", "en", "port", "port", "GB", "en", "newspaper")
    said = worker.kit.pool.submit(reading.ENTRY, reading.EntryDocument(about, "summary", "", text)).result(timeout=600)
    assert isinstance(said, Article)
    row = an_article(number, title=title, language=said.language, at=at, story=story or a_story(newest=at), characters=len(said.text))
    rows.update(models.Article, "id", [(row.pk, articles.columns_of(said.tagged))])
    models.Article.objects.filter(pk=row.pk).update(**had)
    models.Outlet.objects.filter(pk=row.outlet_id).update(country="GB")
    if said.text:
        models.ArticleText.objects.create(article=row, text=said.text)
    models.ArticleDoc.objects.create(article=row, at=at, doc=json.loads(said.doc) | {"id": str(row.uuid)})
    return row


def themes_of(row: models.Article) -> list[str]:
    return [one["theme"] for one in models.Article.objects.get(pk=row.pk).themes]


def run() -> models.Retagging:
    return models.Retagging.objects.get()


def begun(worker: Worker) -> models.Retagging:
    """The run as it stands before its first part."""
    worker.kit = replace(worker.kit, stop=lambda: True)
    assert retag(worker) == ""
    worker.kit = replace(worker.kit, stop=lambda: False)
    return run()


def test_first_terms_of_a_desk_are_only_noted(worker: Worker) -> None:
    models.DeskFact.objects.all().delete()
    read(worker, 1, "Submarine surfaces", themes=[])
    assert (retag(worker), retag(worker)) == ("", "")
    assert (models.Retagging.objects.count(), set(periodic.fact(tag_again.TAGGED_WITH))) == (0, {"navy", "storm"})


def test_articles_of_thirty_days_get_the_new_terms_and_nothing_is_asked(worker: Worker) -> None:
    gained = read(worker, 1, "Submarine surfaces", "It was seen in the gale off the coast. " * 30, themes=[])
    lost = read(worker, 2, "Frigate sails", themes=NAVY)
    other = read(worker, 3, "Gale over the harbour")
    old = read(worker, 4, "Frigate sailed long ago", at=NOON - timedelta(days=31), themes=NAVY)
    untouched = models.Article.objects.values().get(pk=other.pk)
    assert retag(worker) == "3 articles tagged again, 2 changed"
    assert [themes_of(row) for row in (gained, lost, other, old)] == [["navy", "storm"], [], ["storm"], ["navy"]]
    assert models.Article.objects.values().get(pk=other.pk) == untouched
    assert (run().total, run().done, run().changed, run().done_at) == (3, 3, 2, None)
    worker.kit.clock.sleep(LATER.total_seconds())
    assert (retag(worker), run().done_at, retag(worker)) == ("", NOON + LATER, "")
    assert worker.kit.fetcher._desk.asked == []  # type: ignore[attr-defined]


def test_search_and_grouping_know_the_new_tags(worker: Worker) -> None:
    row = read(worker, 1, "Submarine surfaces", themes=[])
    doc = models.ArticleDoc.objects.get(pk=row.pk)
    features = dict(doc.doc["features"])
    doc.doc["features"] = {name: weight for name, weight in features.items() if name != "t:navy"} | {"t:storm": 0.2}
    doc.save()
    search_index.reindex([row.pk])
    assert models.ArticleWords.objects.get(pk=row.pk).themes == ""
    retag(worker)
    assert models.ArticleWords.objects.get(pk=row.pk).themes == "navy"
    assert models.ArticleDoc.objects.get(pk=row.pk).doc["features"] == features


def test_terms_saved_in_the_lab_and_their_undoing_are_followed(tmp_path: Path) -> None:
    """From the lab to the articles and back, with children that are renewed; at the end every tag is as it was."""
    threads = FetchThreads(1, threading.Event())
    knowledge = known(tmp_path, OLD)
    with FaultyPool(1, setup=reading.PREPARE, setup_args=(knowledge,), jobs=(*reading.JOBS, TRIAL, AGAIN)) as pool:
        worker = FlowDesk(pool, threads).worker
        worker.kit = replace(worker.kit, ready=lambda: None)
        worker.knowledge, worker.file_themes = knowledge, knowledge.themes
        theme_edits.tell_file("themes.yaml", OLD, knowledge.themes, NOON)
        retag(worker)
        texts = ("", "A gale met a frigate. " * 20, "There was a submarine, and a frigate in the gale. " * 9)
        for number, text in enumerate(texts, start=1):
            read(worker, number, "Frigate sails", text)
        kept = ("section", "themes", "places", "entities", "noise", "evidence", "doc__doc")
        before = list(models.Article.objects.order_by("pk").values(*kept))
        asked = theme_edits.ask("navy", "en", "", {"submarine*": 4.0}, {"frigate*": 2.0}, None, NOON)
        assert tend_themes(worker) == "1 trial of terms"
        saved = theme_edits.save(asked, None, NOON)
        tend_themes(worker)
        assert retag(worker) == "3 articles tagged again, 2 changed"  # one tells of both
        theme_edits.undo(saved.change, None, NOON)
        tend_themes(worker)
        assert retag(worker) == "3 articles tagged again, 2 changed"
        assert list(models.Article.objects.order_by("pk").values(*kept)) == before
    threads.shutdown()


def test_articles_of_other_languages_are_left_alone(worker: Worker) -> None:
    read(worker, 1, "Submarine surfaces", themes=[], language="fr")
    assert (retag(worker), run().total, run().languages) == ("", 0, ["en"])


def test_text_that_has_gone_is_replaced_by_title_and_evidence(worker: Worker) -> None:
    """A reserved text goes after a day: what it gave stays where the change takes no word of it, the title gives what is new."""
    said = [{"what": "theme:navy", "words": "warship", "zone": "body", "offset": 9, "rule": "submarine*: 3"}]
    taken = [said[0] | {"rule": "frigate*: 2"}]
    stays = read(worker, 1, "Harbour closed", "There was a gale. " * 9, themes=NAVY, evidence=said)
    goes = read(worker, 2, "Harbour closed", "There was a gale. " * 9, themes=NAVY, evidence=taken)
    new = read(worker, 3, "Submarine surfaces", "There was a gale. " * 9, themes=[])
    storms = [{"theme": "storm", "score": 3.0, "confidence": 0.8}]
    untouched = read(worker, 4, "Harbour closed", "There was a gale. " * 9, themes=storms)
    models.ArticleText.objects.all().delete()
    models.Article.objects.update(rights="reserved")
    retag(worker)
    assert [themes_of(row) for row in (stays, goes, new, untouched)] == [["navy"], [], ["navy"], ["storm"]]


# ── stories ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_open_stories_are_ranked_again_and_old_ones_do_not_come_back(worker: Worker) -> None:
    open_, ended = a_story(), a_story(newest=NOON - timedelta(days=9), alive=False)
    read(worker, 1, "Submarine surfaces", story=open_, themes=[])
    read(worker, 2, "Submarine dives", story=ended, at=NOON - timedelta(days=9), themes=[])
    assert retag(worker) == "2 articles tagged again, 2 changed"
    assert list(models.ToRank.objects.values_list("story_id", "due_at")) == [(open_.pk, NOON)]
    queue_leads(worker.kit, worker.desk, worker.priorities)
    assert list(models.Lead.objects.values_list("story_id", "themes")) == [(open_.pk, ["navy"])]
    ended.refresh_from_db()
    assert ended.themes == ["navy"]


def test_a_claim_and_a_pin_stay_when_a_story_loses_its_theme(worker: Worker) -> None:
    person = models.Person.objects.create(email="ana@example.org", joined_at=NOON)
    claimed, queued, pinned = a_story(), a_story(), a_story()
    read(worker, 1, "Submarine and frigate sail", story=claimed, themes=[*NAVY, {"theme": "storm", "score": 4.0, "confidence": 0.9}])
    for number, story in enumerate((queued, pinned), start=2):
        read(worker, number, "Frigate sails", story=story, themes=NAVY)
    models.ToRank.objects.update(due_at=NOON)
    assert queue_leads(worker.kit, worker.desk, worker.priorities).queued == 3
    until = NOON + timedelta(hours=48)
    models.Lead.objects.filter(story=claimed).update(status="claimed", claimed_by=person, claimed_until=until, section="asia")
    models.Lead.objects.filter(story=pinned).update(pinned=True)
    assert retag(worker) == "3 articles tagged again, 3 changed"
    queue_leads(worker.kit, worker.desk, worker.priorities)
    left = {lead.story_id: lead for lead in models.Lead.objects.all()}
    assert set(left) == {claimed.pk, pinned.pk}  # nothing keeps the other one in the queue
    mine = left[claimed.pk]
    assert (mine.status, mine.claimed_by, mine.claimed_until, mine.section, mine.themes) == ("claimed", person, until, "asia", ["navy"])
    assert (left[pinned.pk].status, left[pinned.pk].pinned) == ("queued", True)


# ── parts, kills and several workers ─────────────────────────────────────────────────────────────────────────────────


def many(worker: Worker, number: int) -> None:
    first = read(worker, 1, "Submarine surfaces", themes=[])
    doc = models.ArticleDoc.objects.get(pk=first.pk).doc
    for place in range(2, number + 1):
        at = NOON - timedelta(minutes=place // 3)
        row = an_article(place, title="Submarine surfaces", language="en", at=at, story=first.story)
        models.ArticleDoc.objects.create(article=row, at=NOON, doc=doc | {"id": str(row.uuid)})


def test_a_run_goes_on_where_it_was_stopped(worker: Worker) -> None:
    many(worker, 2 * tag_again.PART + 5)
    looks = iter((False, False, False, True))  # the second part is under way when the process is asked to stop
    worker.kit = replace(worker.kit, stop=lambda: next(looks, True))
    assert retag(worker) == f"{tag_again.PART} articles tagged again, {tag_again.PART} changed"
    assert (run().done, run().claim_token) == (tag_again.PART, "")
    worker.kit = replace(worker.kit, stop=lambda: False)
    assert retag(worker) == f"{tag_again.PART + 5} articles tagged again, {tag_again.PART + 5} changed"
    assert (run().done, run().changed) == (run().total, run().total)
    assert models.Article.objects.filter(themes=[]).count() == 0


def test_the_part_of_a_killed_worker_is_done_by_the_next(worker: Worker) -> None:
    many(worker, 3)
    killed = tag_again.claim(begun(worker).prints, NOON, worker="killed")
    assert killed is not None
    assert tag_again.claim(run().prints, NOON, worker="other") is None
    assert (models.Retagging in workers.KINDS, due.release_of(models.Retagging, "killed", NOON)) == (True, 1)
    late = tag_again.part(killed)
    assert retag(worker) == "3 articles tagged again, 3 changed"
    assert (tag_again.save(killed, late, (), NOON), run().done) == (False, 3)


def test_a_worker_with_older_terms_leaves_the_run_alone(worker: Worker, tmp_path: Path) -> None:
    many(worker, 2)
    begun(worker)
    assert flow.tag_again(worker.kit, fingerprint(prints(known(tmp_path, OLD).themes))) == flow.AgainReport()
    assert retag(worker) == "2 articles tagged again, 2 changed"


def test_a_second_change_takes_the_rest_of_the_first_along(worker: Worker, tmp_path: Path) -> None:
    read(worker, 1, "Submarine surfaces", themes=[])
    first = begun(worker).pk
    assert tag_again.begin(prints(known(tmp_path, NEW.replace("frégate", "corvette")).themes), NOON)
    assert (run().pk != first, run().languages, run().themes, run().total) == (True, ["en", "fr"], ["navy"], 1)


def test_an_article_read_while_the_terms_changed_is_tagged_again_at_last(worker: Worker) -> None:
    assert retag(worker) == ""
    late = an_article(1, title="Submarine surfaces", language="en", at=NOON - timedelta(hours=1), read_at=NOON + timedelta(seconds=20))
    worker.kit.clock.sleep(LATER.total_seconds())
    assert retag(worker) == "1 articles tagged again, 1 changed"
    assert (themes_of(late), run().done_at) == (["navy"], NOON + LATER)


def test_articles_that_another_worker_read_with_the_old_terms_are_tagged_again_however_long_it_took(worker: Worker) -> None:
    """Between the change and the end of the run another worker reads on with its old terms; a long run has many of them."""
    assert retag(worker) == ""
    number = tag_again.PART + 3
    at = NOON + timedelta(minutes=5)
    late = [an_article(place, title="Submarine surfaces", language="en", read_at=at) for place in range(1, number + 1)]
    worker.kit.clock.sleep(600)
    assert retag(worker) == f"{number} articles tagged again, {number} changed"
    assert [themes_of(row) for row in late] == [["navy"]] * number
    assert (run().total, run().done, run().done_at) == (0, 0, NOON + timedelta(minutes=10))


@pytest.mark.parametrize("minutes", [0.5, 30])
def test_a_worker_that_takes_up_the_terms_last_has_what_it_read_before_tagged_again(worker: Worker, tmp_path: Path, minutes: float) -> None:
    """Before the run ended and after it: what it has in hand at that moment is waited for, too."""
    other = replace(worker, knowledge=known(tmp_path, OLD), tagging=None)
    first = retag(worker)
    other.tagging = (other.knowledge.themes, fingerprint(prints(other.knowledge.themes))) if other.knowledge else None
    worker.kit.clock.sleep(60 * minutes)
    retag(worker)
    read_late = an_article(1, title="Submarine surfaces", language="en", read_at=worker.kit.clock.now())
    other.knowledge = known(tmp_path, NEW)
    assert (first, retag(other), run().done_at) == ("", "", None)
    worker.kit.clock.sleep(20)
    in_hand = an_article(2, title="Submarine dives", language="en", read_at=worker.kit.clock.now())
    assert retag(worker) == ""
    worker.kit.clock.sleep(40)
    assert retag(worker) == "2 articles tagged again, 2 changed"
    assert ([themes_of(row) for row in (read_late, in_hand)], run().done_at) == ([["navy"]] * 2, worker.kit.clock.now())
    assert (retag(worker), retag(other)) == ("", "")


def test_what_was_read_anew_meanwhile_is_not_overwritten(worker: Worker) -> None:
    row = read(worker, 1, "Submarine surfaces", themes=[])
    claimed = tag_again.claim(begun(worker).prints, NOON, worker="w")
    assert claimed is not None
    part = tag_again.part(claimed)
    found = worker.kit.pool.submit(AGAIN, ToTagAgain(("navy",), part.articles)).result(timeout=600)
    models.Article.objects.filter(pk=row.pk).update(read_at=NOON + timedelta(seconds=1))
    assert (len(found), tag_again.save(claimed, part, found, NOON), themes_of(row)) == (1, True, [])


def test_articles_that_cost_a_child_its_life_keep_their_tags(worker: Worker) -> None:
    many(worker, 3)
    assert isinstance(worker.kit.pool, FaultyPool)
    worker.kit.pool.replaced[AGAIN] = "tests.nothing:there"
    for _ in range(flow.TRIES - 1):
        assert retag(worker) == ""
        worker.kit.clock.sleep(flow.REST.total_seconds())
    assert (run().attempts, run().done, run().last_error != "") == (flow.TRIES - 1, 0, True)
    assert retag(worker) == "3 articles tagged again, 0 changed"


def test_the_days_are_counted_again(worker: Worker) -> None:
    read(worker, 1, "Submarine surfaces", themes=[])
    for back in (1, 40):
        day = (NOON - timedelta(days=back)).date()
        models.BalanceDay.objects.create(day=day, counts={})
        models.PulseDay.objects.create(day=day, theme="navy", country="GB", hours=[1])
    retag(worker)
    worker.kit.clock.sleep(LATER.total_seconds())
    retag(worker)
    old = (NOON - timedelta(days=40)).date()
    assert [list(model.objects.values_list("day", flat=True)) for model in (models.BalanceDay, models.PulseDay)] == [[old], [old]]
